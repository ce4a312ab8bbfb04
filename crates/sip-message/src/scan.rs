//! Line feeds and colons of the head, found 64 octets at a time: header lines are too short for a search each.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

/// Octets that are looked at together.
const BLOCK: usize = 64;

/// Blocks that are looked at in one go: which instructions the processor has is asked once for them all.
const BLOCKS: usize = 16;

/// Where line feeds and colons are in some blocks: the lowest bit of each is its first octet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Found {
    feeds: [u64; BLOCKS],
    colons: [u64; BLOCKS],
}

/// One pass over the lines of a head.
pub(crate) struct Scan<'a> {
    octets: &'a [u8],
    /// What is in the blocks looked at last; apart, so that the rest can be kept in registers.
    found: &'a mut Found,
    /// Where the block under way begins.
    base: usize,
    /// Its line feeds after the one given out last.
    feeds: u64,
    /// Where the line under way begins.
    at: usize,
}

/// The end of a line, and the first colon in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// Where the line feed is; where the octets end, if there is none.
    pub(crate) feed: usize,
    /// Where the first colon is; beyond the line feed, if there is none.
    pub(crate) colon: usize,
}

impl<'a> Scan<'a> {
    #[inline]
    pub(crate) fn new(octets: &'a [u8], found: &'a mut Found) -> Scan<'a> {
        look(octets, found);
        Scan {
            octets,
            base: 0,
            feeds: found.feeds[0],
            at: 0,
            found,
        }
    }

    /// The line after the one given out last.
    #[inline(always)]
    pub(crate) fn line(&mut self) -> Line {
        let mut colon = usize::MAX;
        if self.at < self.base + BLOCK {
            let colons = self.found.colons[self.base / BLOCK % BLOCKS] >> (self.at % BLOCK);
            if colons != 0 {
                colon = self.at + colons.trailing_zeros() as usize;
            }
        }
        while self.feeds == 0 {
            let base = self.base + BLOCK;
            if base >= self.octets.len() {
                self.at = self.octets.len();
                return Line {
                    feed: self.octets.len(),
                    colon,
                };
            }
            self.base = base;
            let block = base / BLOCK % BLOCKS;
            if block == 0 {
                look(&self.octets[base..], self.found);
            }
            self.feeds = self.found.feeds[block];
            if colon == usize::MAX && self.found.colons[block] != 0 {
                colon = base + self.found.colons[block].trailing_zeros() as usize;
            }
        }
        let feed = self.base + self.feeds.trailing_zeros() as usize;
        self.feeds &= self.feeds - 1;
        self.at = feed + 1;
        Line { feed, colon }
    }
}

/// Looks at the first blocks of `octets`, as many as there are.
#[inline(never)]
fn look(octets: &[u8], found: &mut Found) {
    dispatch!(Level::new(), simd => look_with(simd, octets, found));
}

#[inline(always)]
fn look_with<S: Simd>(simd: S, octets: &[u8], found: &mut Found) {
    let (feed, colon) = (u8x64::splat(simd, b'\n'), u8x64::splat(simd, b':'));
    let look = |block: &[u8; BLOCK], feeds: &mut u64, colons: &mut u64| {
        let octets = u8x64::simd_from(simd, *block);
        *feeds = octets.simd_eq(feed).to_bitmask();
        *colons = octets.simd_eq(colon).to_bitmask();
    };
    let (whole, rest) = octets.as_chunks::<BLOCK>();
    let masks = found.feeds.iter_mut().zip(&mut found.colons);
    for (block, (feeds, colons)) in whole.iter().zip(masks) {
        look(block, feeds, colons);
    }
    if !rest.is_empty() && whole.len() < BLOCKS {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        look(
            &block,
            &mut found.feeds[whole.len()],
            &mut found.colons[whole.len()],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of every length around that of a block, with the first colon at every place or nowhere.
    #[test]
    fn lines_and_their_first_colons() {
        for length in 0..2 * BLOCK + 3 {
            for colon in (0..length).map(Some).chain([None]) {
                let mut line = vec![b'x'; length];
                line.push(b'\n');
                if let Some(colon) = colon {
                    line[colon..length].fill(b':');
                }
                let mut octets = line.repeat(3);
                octets.extend_from_slice(b"end:");
                let mut found = Found::default();
                let mut scan = Scan::new(&octets, &mut found);
                for at in (0..3).map(|place| place * line.len()) {
                    let found = scan.line();
                    assert_eq!(found.feed, at + length);
                    let inside = Some(found.colon).filter(|colon| *colon < found.feed);
                    assert_eq!(inside, colon.map(|colon| at + colon));
                }
                let end = octets.len();
                assert_eq!((scan.line().feed, scan.line().feed), (end, end));
            }
        }
    }

    /// As many octets as are looked at in one go, and more, by the instructions of this processor and by those that
    /// every one has.
    #[test]
    fn several_windows() {
        let mut octets: Vec<u8> = (0..5 * BLOCKS * BLOCK)
            .map(|at| match at * at % 131 {
                0 => b'\n',
                1..4 => b':',
                _ => b'x',
            })
            .collect();
        for length in (0..200).chain(octets.len() - 200..octets.len()) {
            let octets = &octets[..length];
            let mut found = Found::default();
            let mut scan = Scan::new(octets, &mut found);
            let mut from = 0;
            for line in octets.split_inclusive(|octet| *octet == b'\n') {
                let feed = from + line.len() - usize::from(line.ends_with(b"\n"));
                let colon = line.iter().position(|octet| *octet == b':');
                let read = scan.line();
                assert_eq!(read.feed, feed);
                let inside = Some(read.colon).filter(|colon| *colon < feed);
                assert_eq!(inside, colon.map(|colon| from + colon));
                from += line.len();
            }
            assert_eq!(scan.line().feed, length);
        }
        octets.truncate(BLOCKS * BLOCK + 1);
        for length in 0..octets.len() {
            let (mut here, mut anywhere) = (Found::default(), Found::default());
            look(&octets[..length], &mut here);
            dispatch!(Level::baseline(), simd => look_with(simd, &octets[..length], &mut anywhere));
            assert_eq!(here, anywhere);
        }
    }

    /// Octets that differ from a line feed or a colon in one bit.
    #[test]
    fn near_misses() {
        for bit in 0..8 {
            let octets = [b'\n' ^ (1 << bit), b':' ^ (1 << bit)];
            let line = Scan::new(&octets, &mut Found::default()).line();
            assert_eq!((line.feed, line.colon), (2, usize::MAX));
        }
        let line = Scan::new(b"", &mut Found::default()).line();
        assert_eq!((line.feed, line.colon), (0, usize::MAX));
    }
}
