//! Heap: counted by an allocator of the tests.

use bytes::Bytes;
use sip_message::{Message, validate};

use super::nasty::{KINDS, read_everything};

/// What parsing and judging may hold at once: 16 octets a field of at least three, twice that where the list of them
/// grows, and a readable copy of a head that is not UTF-8.
const FOR_EACH_OCTET: usize = 12;
/// What reading everything, editing and printing may hold besides.
const FOR_EACH_OCTET_EDITED: usize = 24;
const BESIDES: usize = 4_096;

fn peak(work: impl FnOnce()) -> usize {
    usize::try_from(allocation_counter::measure(work).bytes_max).expect("octets")
}

#[test]
fn at_most_the_stated_multiple() {
    for (kind, make) in KINDS {
        for length in [100, 1_000, 30_000] {
            let octets = Bytes::from(make(length));
            let limit = octets.len() * FOR_EACH_OCTET + BESIDES;
            let broken = {
                let mut broken = octets.to_vec();
                let end = broken.len().min(3_000);
                for octet in broken[30..end].iter_mut().step_by(2) {
                    *octet |= 0x80;
                }
                Bytes::from(broken)
            };
            for octets in [octets.clone(), broken] {
                let held = peak(|| {
                    if let Ok(message) = Message::parse(octets.clone()) {
                        let _ = validate(&message);
                    }
                });
                assert!(held <= limit, "{kind} of {length}: {held} of {limit}");
            }
            let held = peak(|| read_everything(&octets));
            let limit = octets.len() * FOR_EACH_OCTET_EDITED + BESIDES;
            assert!(held <= limit, "{kind} of {length}, read: {held} of {limit}");
        }
    }
}

/// A usual message takes none at all.
#[test]
fn none_for_a_usual_message() {
    let octets = Bytes::from_static(include_bytes!(
        "../../../../fuzz/seeds/sip_message/2-register-in-the-core.sip"
    ));
    let counted = allocation_counter::measure(|| {
        let message = Message::parse(octets.clone()).expect("a message");
        assert_eq!(validate(&message), Ok(()));
    });
    assert_eq!(counted.count_total, 0);
}
