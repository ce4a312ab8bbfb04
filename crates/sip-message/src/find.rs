//! The first of some octets in a value: most are too short for a call of `memchr`.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x16};

/// Octets that are looked at together.
const BLOCK: usize = 16;

/// Where the first octet is that is one of `wanted`.
#[inline]
pub(crate) fn find<const N: usize>(wanted: [u8; N], octets: &[u8]) -> Option<usize> {
    let (blocks, rest) = octets.as_chunks::<BLOCK>();
    for (place, block) in blocks.iter().enumerate() {
        let found = look(wanted, block);
        if found != 0 {
            return Some(place * BLOCK + found.trailing_zeros() as usize);
        }
    }
    match octets.last_chunk::<BLOCK>() {
        // The last block once more as far as it reaches back: what is found is in the rest.
        Some(last) if !rest.is_empty() => {
            let found = look(wanted, last);
            (found != 0).then(|| octets.len() - BLOCK + found.trailing_zeros() as usize)
        }
        Some(_) => None,
        None => rest.iter().position(|octet| wanted.contains(octet)),
    }
}

/// Which octets of `block` are wanted: the lowest bit is the first.
#[inline(always)]
fn look<const N: usize>(wanted: [u8; N], block: &[u8; BLOCK]) -> u64 {
    // What every processor has can be inlined.
    dispatch!(Level::baseline(), simd => {
        let octets = u8x16::simd_from(simd, *block);
        let found = wanted.map(|octet| octets.simd_eq(u8x16::splat(simd, octet)));
        found.into_iter().reduce(|found, other| found | other).map_or(0, |found| found.to_bitmask())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of them at every place of octets of every length around those of blocks, and near misses everywhere.
    #[test]
    fn the_first_of_them() {
        const WANTED: [u8; 3] = [b',', b'<', b'"'];
        for length in 0..3 * BLOCK + 2 {
            for octet in WANTED {
                let near = (0..length).map(|at| octet ^ (1 << (at % 8)));
                let near: Vec<u8> = near
                    .map(|near| if b",<\">".contains(&near) { 0 } else { near })
                    .collect();
                assert_eq!(find(WANTED, &near), None);
                for at in 0..length {
                    let mut octets = near.clone();
                    octets[at..].fill(octet);
                    assert_eq!(find(WANTED, &octets), Some(at));
                    assert_eq!(find([octet], &octets), Some(at));
                    octets[at] = b'>';
                    assert_eq!(find([b'>'], &octets), Some(at));
                    assert_eq!(
                        find(WANTED, &octets),
                        Some(at + 1).filter(|at| *at < length)
                    );
                }
            }
        }
    }
}
