//! Heap: counted by an allocator of the tests.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use sip_message::{
    CSeq, CallId, Contact, Expires, Framer, From, Message, Path, Piece, RecordRoute, Route,
    ServiceRoute, To, TypedHeader, Via, validate,
};

use super::nasty::{KINDS, read_everything};

/// What parsing and judging may hold for each octet: a readable copy of a head that is not UTF-8, where one becomes
/// three.
const FOR_EACH_OCTET: usize = 3;
/// The index of [`sip_message::MAX_FIELDS`] fields, 16 octets each, and while it grows its half too.
const BESIDES: usize = 25 * 1_024;
/// What reading everything, editing and printing may hold: copies, and the index of one that has a field more.
const FOR_EACH_OCTET_EDITED: usize = 5;
const BESIDES_EDITED: usize = 72 * 1_024;

fn peak(work: impl FnOnce()) -> usize {
    usize::try_from(allocation_counter::measure(work).bytes_max).expect("octets")
}

#[test]
fn at_most_the_stated_multiple() {
    let mut found = String::new();
    for (kind, make) in KINDS {
        // The index grows for the last time at 513 fields of two octets.
        for length in [100, 1_030, 2_200, 30_000] {
            let octets = Bytes::from(make(length));
            let broken = {
                let mut broken = octets.to_vec();
                let end = broken.len().min(3_000);
                for octet in broken[30.min(end)..end].iter_mut().step_by(2) {
                    *octet |= 0x80;
                }
                Bytes::from(broken)
            };
            let mut check = |what, held, limit| {
                if held > limit {
                    found.push_str(&format!("\n{kind} of {length}, {what}: {held} of {limit}"));
                }
            };
            for octets in [octets.clone(), broken] {
                let held = peak(|| {
                    if let Ok(message) = Message::parse(octets.clone()) {
                        let _ = validate(&message);
                    }
                });
                check("judged", held, octets.len() * FOR_EACH_OCTET + BESIDES);
            }
            let held = peak(|| read_everything(&octets));
            let limit = octets.len() * FOR_EACH_OCTET_EDITED + BESIDES_EDITED;
            check("read", held, limit);
        }
    }
    assert!(found.is_empty(), "more than is stated:{found}");
}

/// A usual message takes none at all: found, judged, read and printed.
#[test]
fn none_for_a_usual_message() {
    let octets = Bytes::from_static(include_bytes!(
        "../../../../fuzz/seeds/sip_message/2-register-in-the-core.sip"
    ));
    let mut out = BytesMut::with_capacity(octets.len());
    let counted = allocation_counter::measure(|| {
        let message = Message::parse(octets.clone()).expect("a message");
        assert_eq!(validate(&message), Ok(()));
        assert!(all::<Via<'_>>(&message) > 1);
        assert_eq!(all::<From<'_>>(&message), 1);
        assert_eq!(all::<To<'_>>(&message), 1);
        assert_eq!(all::<CallId<'_>>(&message), 1);
        assert_eq!(all::<CSeq<'_>>(&message), 1);
        assert_eq!(all::<Contact<'_>>(&message), 1);
        let routes = [
            all::<Route<'_>>(&message),
            all::<RecordRoute<'_>>(&message),
            all::<Path<'_>>(&message),
            all::<ServiceRoute<'_>>(&message),
        ];
        assert_ne!(routes, [0; 4]);
        black_box(all::<Expires>(&message));
        message.print(&mut out);
    });
    assert_eq!(out, octets);
    assert_eq!(counted.count_total, 0);
}

/// How many elements of one kind there are, each of which can be read.
fn all<'a, H: TypedHeader<'a>>(message: &'a Message) -> usize {
    let each = message.read_all::<H>();
    each.map(|element| black_box(element.is_ok()))
        .filter(|is_read| *is_read)
        .count()
}

/// While a body comes, no more is held than was read, and asking for it costs nothing.
#[test]
fn none_for_each_piece_of_a_body() {
    let mut framer = Framer::new(1_000);
    framer.push(b"MESSAGE sip:a SIP/2.0\r\nl: 1000\r\n\r\n");
    assert!(matches!(framer.next(), Ok(None)));
    for _ in 1..1_000 {
        framer.push(b"b");
        let counted = allocation_counter::measure(|| {
            assert!(matches!(framer.next(), Ok(None)));
        });
        assert_eq!(counted.count_total, 0);
    }
    framer.push(b"b");
    assert!(matches!(framer.next(), Ok(Some(Piece::Message(_)))));
}
