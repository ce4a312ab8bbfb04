//! Heap: counted by an allocator of the tests.

use bytes::Bytes;
use diameter_codec::{Command, MAX_FAILED_DATA, Message};

use super::frames;
use super::nasty::{KINDS, decode};

/// A refusal holds the offending AVP, once more while a group is put around it, and the answer with it, which the
/// buffer of the answer is grown to at once.
const FOR_EACH_OCTET: usize = 4;
const BESIDES: usize = 4_096;

/// Of a long message: what is written back, and beside it what a refusal holds.
fn limit(octets: usize) -> usize {
    (octets * FOR_EACH_OCTET).min(octets + 4 * MAX_FAILED_DATA) + BESIDES
}

fn peak(work: impl FnOnce()) -> usize {
    usize::try_from(allocation_counter::measure(work).bytes_max).expect("octets")
}

#[test]
fn at_most_the_stated_multiple() {
    for (kind, make) in KINDS {
        for length in [100, 1_000, 30_000, 900_000, 1_048_000] {
            let octets = Bytes::from(make(length));
            let limit = limit(octets.len());
            let held = peak(|| decode(&frames::message(octets.clone())));
            assert!(held <= limit, "{kind} of {length}: {held} of {limit}");
        }
    }
}

/// What is right takes none at all, however long its lists are.
#[test]
fn none_for_what_is_right() {
    let mut right = vec![
        frames::hex(include_str!("../frames/sar.hex")),
        frames::hex(include_str!("../frames/saa.hex")),
    ];
    let kinds = KINDS.iter().take(8);
    right.extend(kinds.map(|(_, make)| Bytes::from(make(30_000))));
    for octets in right {
        let counted = allocation_counter::measure(|| {
            let message = Message::parse(octets.clone()).expect("a frame");
            assert!(Command::decode(&message).is_ok());
        });
        // `Bytes` counts its handles in a place of its own, made when it is first shared.
        assert!(counted.count_total <= 1, "{counted:?}");
    }
}

/// Groups in groups are refused at the first level that breaks a rule, and printed to a stated depth.
#[test]
fn nesting_without_end() {
    let (_, nested) = KINDS[8];
    let message = frames::message(nested(900_000));
    assert!(
        Command::decode(&message).is_ok(),
        "Failed-AVP holds what it holds"
    );
    let text = message.to_string();
    let depth = text.matches("Failed-AVP:").count();
    assert_eq!(depth, diameter_codec::MAX_PRINTED_DEPTH, "{}", text.len());
    let (_, broken) = KINDS[10];
    let error = Command::decode(&frames::message(broken(900_000))).map(drop);
    let error = error.expect_err("no Proxy-Host");
    assert_eq!(
        error.to_string(),
        "MISSING_AVP (5005): Proxy-Info / Proxy-Host"
    );
}
