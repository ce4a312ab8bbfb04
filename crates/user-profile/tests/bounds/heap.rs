//! Heap: counted by an allocator of the tests.

use user_profile::MAX_DOCUMENT;

use super::nasty::{KINDS, read_everything};

/// The profile, its lists while they grow, and the document that is written from it.
const FOR_EACH_OCTET: usize = 16;
const BESIDES: usize = 4_096;

#[test]
fn at_most_the_stated_multiple() {
    for (kind, make) in KINDS {
        for length in [100, 1_000, 30_000, MAX_DOCUMENT - 1_000] {
            let document = make(length);
            let limit = document.len() * FOR_EACH_OCTET + BESIDES;
            let measured = allocation_counter::measure(|| read_everything(&document));
            let held = usize::try_from(measured.bytes_max).expect("octets");
            assert!(held <= limit, "{kind} of {length}: {held} of {limit}");
        }
    }
}
