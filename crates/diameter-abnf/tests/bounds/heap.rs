//! Heap: counted by an allocator of the tests.

use super::nasty::{KINDS, read_everything};

/// The words with their places, the names in their tables, and the dictionary; lists and tables that grow hold the
/// smaller one too. The shortest member, `[A]`, is three octets.
const FOR_EACH_OCTET: usize = 64;
const BESIDES: usize = 16_384;

#[test]
fn at_most_the_stated_multiple() {
    for (kind, make) in KINDS {
        for length in [100, 1_000, 30_000, 300_000] {
            let text = make(length);
            let limit = text.len() * FOR_EACH_OCTET + BESIDES;
            let measured = allocation_counter::measure(|| read_everything(&text));
            let held = usize::try_from(measured.bytes_max).expect("octets");
            assert!(held <= limit, "{kind} of {length}: {held} of {limit}");
        }
    }
}
