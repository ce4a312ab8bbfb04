//! Line feeds and colons of the head, found 64 octets at a time: header lines are too short for a search each.

use wide::u8x16;

/// Octets that are looked at together.
const BLOCK: usize = 64;

/// Where line feeds and colons are in one block: the lowest bit is the first octet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Found {
    feeds: u64,
    colons: u64,
}

/// One pass over the lines of a head.
pub(crate) struct Scan<'a> {
    octets: &'a [u8],
    /// Where the block under way begins.
    base: usize,
    /// What was found in it and stands after the line feed given out last.
    found: Found,
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
    pub(crate) fn new(octets: &'a [u8]) -> Scan<'a> {
        Scan {
            octets,
            base: 0,
            found: found_at(octets, 0),
        }
    }

    /// The line after the one given out last.
    #[inline]
    pub(crate) fn line(&mut self) -> Line {
        let mut colon = usize::MAX;
        loop {
            let Found { feeds, colons } = self.found;
            if colons != 0 && colon == usize::MAX {
                colon = self.base + colons.trailing_zeros() as usize;
            }
            if feeds != 0 {
                // The lowest bit set, and all below it.
                let until = feeds ^ (feeds - 1);
                self.found = Found {
                    feeds: feeds & !until,
                    colons: colons & !until,
                };
                return Line {
                    feed: self.base + feeds.trailing_zeros() as usize,
                    colon,
                };
            }
            if self.base + BLOCK >= self.octets.len() {
                self.found = Found::default();
                return Line {
                    feed: self.octets.len(),
                    colon,
                };
            }
            self.base += BLOCK;
            self.found = found_at(self.octets, self.base);
        }
    }
}

#[inline]
fn found_at(octets: &[u8], base: usize) -> Found {
    let rest = &octets[base..];
    match rest.first_chunk::<BLOCK>() {
        Some(block) => look(block),
        None => look_at_end(rest),
    }
}

fn look_at_end(rest: &[u8]) -> Found {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    look(&block)
}

#[inline]
fn look(block: &[u8; BLOCK]) -> Found {
    let (feed, colon) = (u8x16::splat(b'\n'), u8x16::splat(b':'));
    let mut found = Found::default();
    let (words, _) = block.as_chunks::<16>();
    for (place, word) in words.iter().enumerate() {
        let octets = u8x16::new(*word);
        found.feeds |= u64::from(octets.simd_eq(feed).to_bitmask()) << (16 * place);
        found.colons |= u64::from(octets.simd_eq(colon).to_bitmask()) << (16 * place);
    }
    found
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
                let mut scan = Scan::new(&octets);
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

    /// Octets that differ from a line feed or a colon in one bit.
    #[test]
    fn near_misses() {
        for bit in 0..8 {
            let octets = [b'\n' ^ (1 << bit), b':' ^ (1 << bit)];
            let line = Scan::new(&octets).line();
            assert_eq!((line.feed, line.colon), (2, usize::MAX));
        }
        let line = Scan::new(b"").line();
        assert_eq!((line.feed, line.colon), (0, usize::MAX));
    }
}
