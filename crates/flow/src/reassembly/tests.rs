use proptest::prelude::*;

use super::*;

const LIMIT: usize = 1 << 20;

/// Segments of one direction, each in a packet of its own, a millisecond after the one before.
struct Scene {
    reassembly: Reassembly,
    packets: u64,
    /// More than that passes where a test lets it.
    milliseconds: u64,
    limit: usize,
    pieces: Vec<Piece>,
}

const PLAIN: Segment = Segment {
    sequence: 0,
    acknowledgment: None,
    syn: false,
    fin: false,
    rst: false,
};

impl Scene {
    fn new() -> Scene {
        Scene {
            reassembly: Reassembly::default(),
            packets: 0,
            milliseconds: 0,
            limit: LIMIT,
            pieces: Vec::new(),
        }
    }

    /// One that its SYN began, whose first octet has the number `first`.
    fn opened(first: u32) -> Scene {
        let mut scene = Scene::new();
        assert_eq!(scene.syn(first.wrapping_sub(1)), ["began at its start"]);
        scene
    }

    fn take(&mut self, segment: Segment, octets: &[u8]) -> Vec<String> {
        self.take_cut(segment, octets, 0)
    }

    fn take_cut(&mut self, segment: Segment, octets: &[u8], missing: u32) -> Vec<String> {
        self.packets += 1;
        self.milliseconds += 1;
        let arrival = Arrival {
            segment,
            octets: &Bytes::copy_from_slice(octets),
            missing,
            numbers: Numbers::one(self.packets),
            time: self.now(),
        };
        self.reassembly.take(arrival, self.limit, &mut self.pieces);
        self.told()
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.milliseconds)
    }

    fn syn(&mut self, sequence: u32) -> Vec<String> {
        let segment = Segment {
            sequence,
            syn: true,
            ..PLAIN
        };
        self.take(segment, b"")
    }

    fn fin(&mut self, sequence: u32, octets: &[u8]) -> Vec<String> {
        let segment = Segment {
            sequence,
            fin: true,
            ..PLAIN
        };
        self.take(segment, octets)
    }

    fn data(&mut self, sequence: u32, octets: &[u8]) -> Vec<String> {
        self.take(Segment { sequence, ..PLAIN }, octets)
    }

    /// Octets behind which the snap length cut off some more.
    fn cut(&mut self, sequence: u32, octets: &[u8], missing: u32) -> Vec<String> {
        self.take_cut(Segment { sequence, ..PLAIN }, octets, missing)
    }

    fn rst(&mut self, sequence: u32) -> Vec<String> {
        let segment = Segment {
            sequence,
            rst: true,
            ..PLAIN
        };
        self.take(segment, b"")
    }

    fn acknowledged(&mut self, number: u32) -> Vec<String> {
        let now = self.now();
        self.reassembly.acknowledged(number, now, &mut self.pieces);
        self.told()
    }

    fn told(&mut self) -> Vec<String> {
        let text = |piece| match piece {
            Piece::Began(Beginning::AtItsStart) => "began at its start".to_owned(),
            Piece::Began(Beginning::Within) => "began within".to_owned(),
            Piece::Octets {
                octets, numbers, ..
            } => format!("{numbers}: {}", octets.escape_ascii()),
            Piece::Missing { octets, between } => format!("{octets} missing in {between}"),
            Piece::Ended => "ended".to_owned(),
        };
        self.pieces.drain(..).map(text).collect()
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn segments_come_out_in_their_order() {
    let mut scene = Scene::opened(100);
    assert_eq!(scene.data(100, b"ab"), ["2: ab"]);
    assert_eq!(scene.data(105, b"fg"), NOTHING);
    assert_eq!(scene.data(104, b"e"), NOTHING);
    assert_eq!(scene.data(102, b"cd"), ["5: cd", "4: e", "3: fg"]);
    assert_eq!(scene.reassembly.held(), 0);
    assert_eq!(scene.data(107, b""), NOTHING);
}

#[test]
fn what_was_captured_first_counts() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(0, b"abc"), ["2: abc"]);
    // A retransmission, one that has more, and one before the beginning.
    assert_eq!(scene.data(0, b"XYZ"), NOTHING);
    assert_eq!(scene.data(1, b"XYd"), ["4: d"]);
    assert_eq!(scene.data(u32::MAX, b"XXXXXe"), ["5: e"]);
    // Of those that wait, too; what is between them is taken.
    assert_eq!(scene.data(7, b"h"), NOTHING);
    assert_eq!(scene.data(10, b"kl"), NOTHING);
    assert_eq!(scene.data(6, b"gXijXX"), NOTHING);
    assert_eq!(scene.data(10, b"XXm"), NOTHING);
    assert_eq!(
        scene.data(3, b"XXfXXXXXXXn"),
        ["10: f", "8: g", "6: h", "8: ij", "7: kl", "9: m", "10: n"]
    );
}

#[test]
fn numbers_go_on_after_the_highest() {
    let first = u32::MAX - 1;
    let mut scene = Scene::opened(first);
    assert_eq!(scene.data(2, b"ef"), NOTHING);
    assert_eq!(scene.data(first, b"abcd"), ["3: abcd", "2: ef"]);
    assert_eq!(scene.data(u32::MAX, b"XXX"), NOTHING);
    assert_eq!(scene.fin(4, b"g"), ["5: g", "ended"]);
}

#[test]
fn a_gap_is_told_once_the_other_side_has_what_was_not_captured() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(0, b"ab"), ["2: ab"]);
    assert_eq!(scene.data(5, b"f"), NOTHING);
    assert_eq!(scene.data(8, b"i"), NOTHING);
    assert_eq!(scene.acknowledged(2), NOTHING);
    assert_eq!(scene.acknowledged(4), NOTHING);
    assert_eq!(scene.acknowledged(6), NOTHING);
    // It may be captured after its acknowledgment.
    scene.milliseconds += MAX_LATE.as_millis() as u64 - 1;
    assert_eq!(scene.acknowledged(9), NOTHING);
    scene.milliseconds += 1;
    assert_eq!(scene.acknowledged(9), ["3 missing in 2-3", "3: f"]);
    scene.milliseconds += MAX_LATE.as_millis() as u64;
    assert_eq!(scene.acknowledged(9), ["2 missing in 3-4", "4: i"]);
    // Acknowledged before it is captured.
    assert_eq!(scene.acknowledged(20), NOTHING);
    assert_eq!(scene.data(9, b"j"), ["5: j"]);
    assert_eq!(scene.data(19, b"t"), NOTHING);
    assert_eq!(scene.data(12, b"m"), NOTHING);
    scene.milliseconds += MAX_LATE.as_millis() as u64;
    let told = ["2 missing in 5-7", "7: m", "6 missing in 6-7", "6: t"];
    assert_eq!(scene.data(15, b""), NOTHING);
    assert_eq!(scene.data(20, b"u"), [&told[..], &["9: u"]].concat());
    // What comes after all is late.
    assert_eq!(scene.data(13, b"n"), NOTHING);
}

#[test]
fn what_is_captured_after_its_acknowledgment_is_not_lost() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(2, b"cd"), NOTHING);
    assert_eq!(scene.acknowledged(4), NOTHING);
    assert_eq!(scene.data(0, b"ab"), ["3: ab", "2: cd"]);
}

#[test]
fn what_was_cut_off_is_missing_at_once() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.cut(0, b"ab", 3), ["2: ab", "3 missing in 2"]);
    assert_eq!(scene.cut(5, b"", 2), ["2 missing in 3"]);
    // Behind a gap, too; what was captured of it counts.
    assert_eq!(scene.cut(9, b"j", 9), NOTHING);
    assert_eq!(scene.data(12, b"m"), NOTHING);
    let told = ["6: hi", "4: j", "2 missing in 4", "5: m"];
    assert_eq!(scene.data(7, b"hi"), told);
    assert_eq!(scene.cut(13, b"nop", 4), ["7: nop", "4 missing in 7"]);
    // The same once more, and one that reaches beyond.
    assert_eq!(scene.cut(13, b"nop", 4), NOTHING);
    assert_eq!(scene.cut(13, b"nop", 5), ["1 missing in 9"]);
    // A FIN stands behind what was sent.
    let fin = Segment {
        sequence: 21,
        fin: true,
        ..PLAIN
    };
    assert_eq!(
        scene.take_cut(fin, b"v", 2),
        ["10: v", "2 missing in 10", "ended"]
    );
}

#[test]
fn what_waits_is_bounded() {
    let mut scene = Scene::opened(0);
    scene.limit = 3 * (WAITING_SEGMENT + 1);
    for at in [1, 3, 5] {
        assert_eq!(scene.data(at, b"x"), NOTHING);
    }
    assert_eq!(scene.reassembly.held(), scene.limit);
    assert_eq!(scene.data(7, b"x"), ["1 missing in 1-2", "2: x"]);
    assert!(scene.reassembly.held() <= scene.limit);
}

#[test]
fn what_waits_does_so_for_a_while() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(1, b"b"), NOTHING);
    scene.milliseconds += MAX_WAIT.as_millis() as u64 - 1;
    assert_eq!(scene.data(3, b"d"), NOTHING);
    assert_eq!(
        scene.data(4, b"e"),
        ["1 missing in 1-2", "2: b"],
        "the one after the next gap has waited less"
    );
}

#[test]
fn a_stream_may_be_captured_from_its_middle() {
    let mut scene = Scene::new();
    // Nothing is known of what was acknowledged or is kept alive.
    assert_eq!(scene.acknowledged(7), NOTHING);
    assert_eq!(scene.data(6, b""), NOTHING);
    assert_eq!(scene.fin(9, b""), NOTHING);
    assert_eq!(scene.data(7, b"ab"), ["began within", "3: ab"]);
    assert_eq!(scene.data(9, b"c"), ["4: c"]);
    assert_eq!(scene.data(5, b"XX"), NOTHING);
}

#[test]
fn fin_and_rst_end_a_stream() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.fin(2, b"cd"), NOTHING);
    // Nothing is said after the FIN.
    assert_eq!(scene.data(0, b"abcdEF"), ["3: ab", "2: cd", "ended"]);
    assert_eq!(scene.fin(2, b"cd"), NOTHING);
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(1, b"b"), NOTHING);
    let told = ["1 missing in 1-2", "2: b", "ended"];
    assert_eq!(scene.rst(2), told);
    assert_eq!(scene.rst(2), NOTHING);
}

/// RFC 5961 §3.2: of any other number it is from somebody else, or old.
#[test]
fn an_rst_is_believed_at_the_next_number() {
    for at in [0, 1, 3, 4, 1_000, 5_000_000, u32::MAX] {
        let mut scene = Scene::opened(0);
        assert_eq!(scene.data(0, b"ab"), ["2: ab"]);
        assert_eq!(scene.rst(at), NOTHING, "{at}");
        assert_eq!(scene.data(2, b"cd"), ["4: cd"]);
        assert_eq!(scene.rst(4), ["ended"]);
    }
    // Behind what was acknowledged and not captured, and behind a FIN.
    let mut scene = Scene::opened(0);
    assert_eq!(scene.acknowledged(7), NOTHING);
    assert_eq!(scene.rst(7), ["ended"]);
    let mut scene = Scene::opened(0);
    assert_eq!(scene.fin(7, b""), NOTHING);
    assert_eq!(scene.rst(8), ["ended"]);
}

/// RFC 9293 §3.10.7.4: what is outside the window is dropped.
#[test]
fn a_fin_is_believed_within_the_window() {
    for at in [1, 0, u32::MAX - 7, 3 + MAX_DISTANCE as u32, 900_000_000] {
        let mut scene = Scene::opened(0);
        assert_eq!(scene.data(0, b"ab"), ["2: ab"]);
        assert_eq!(scene.fin(at, b""), NOTHING, "{at}");
        assert_eq!(scene.data(2, b"cd"), ["4: cd"]);
        assert_eq!(scene.fin(4, b""), ["ended"]);
    }
}

#[test]
fn ports_are_used_again() {
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(0, b"ab"), ["2: ab"]);
    // The same SYN once more begins nothing.
    assert_eq!(scene.syn(u32::MAX), NOTHING);
    assert_eq!(scene.syn(70_000), NOTHING);
    assert_eq!(
        scene.fin(70_001, b"x"),
        ["ended", "began at its start", "5: x", "ended"]
    );
    // Even with the same numbers, once the one before has ended.
    assert_eq!(scene.syn(70_000), ["began at its start"]);
    assert_eq!(scene.fin(70_001, b"y"), ["7: y", "ended"]);
    // Octets beyond the end are another stream, whose SYN was not captured.
    assert_eq!(scene.data(70_500, b"z"), ["began within", "8: z"]);
}

/// RFC 5961 §4.2: a SYN within a connection is answered with an acknowledgment, which a peer that knows nothing of the
/// connection answers with an RST.
#[test]
fn a_syn_amid_a_stream_is_believed_once_something_follows_it() {
    for at in [1, 101, 70_000, 900_000_000, u32::MAX - 70_000] {
        let mut scene = Scene::opened(0);
        assert_eq!(scene.data(0, b"ab"), ["2: ab"]);
        assert_eq!(scene.syn(at), NOTHING);
        assert_eq!(scene.acknowledged(2), NOTHING);
        assert_eq!(scene.data(2, b"cd"), ["4: cd"], "{at}");
    }
    let mut scene = Scene::opened(0);
    assert_eq!(scene.data(0, b"ab"), ["2: ab"]);
    assert_eq!(scene.syn(70_000), NOTHING);
    // The first octets were not captured, or came in another order.
    let told = ["ended", "began at its start"];
    assert_eq!(scene.data(70_003, b"ef"), told);
    assert_eq!(scene.data(70_001, b"cd"), ["5: cd", "4: ef"]);
    // So it is where the other side acknowledges it.
    assert_eq!(scene.syn(900_000), NOTHING);
    assert_eq!(scene.acknowledged(900_001), told);
    assert_eq!(scene.data(900_001, b"x"), ["7: x"]);
}

#[test]
fn numbers_that_are_far_away_are_of_another_stream() {
    let far = MAX_DISTANCE as u32;
    for (at, is_another) in [
        (far, false),
        (far + 1, true),
        (0_u32.wrapping_sub(far + 1), true),
    ] {
        let mut scene = Scene::opened(0);
        let told = scene.data(at, b"x");
        match is_another {
            true => assert_eq!(told, ["ended", "began within", "2: x"]),
            false => assert_eq!(told, NOTHING),
        }
    }
}

/// Many small segments behind gaps, and then one over all of them.
#[test]
fn one_segment_may_fill_all_gaps() {
    let mut scene = Scene::opened(0);
    for at in (1..60_000).step_by(2) {
        scene.limit = usize::MAX;
        assert_eq!(scene.data(at, b"x"), NOTHING);
    }
    let told = scene.data(0, &vec![b'y'; 60_000]);
    assert_eq!(told.len(), 60_000);
    assert_eq!(scene.reassembly.held(), 0);
}

/// Parts of a stream, so that all of it is there; in any order, some twice, over each other.
fn sent() -> impl Strategy<Value = (u32, Vec<u8>, Vec<(usize, usize)>)> {
    let stream = proptest::collection::vec(any::<u8>(), 1..400);
    let first = prop_oneof![any::<u32>(), (u32::MAX - 500)..=u32::MAX];
    (first, stream).prop_flat_map(|(first, stream)| {
        let length = stream.len();
        let cuts = proptest::collection::vec(0..length, 0..20);
        let more = proptest::collection::vec((0..length, 0..60_usize), 0..20);
        let parts = (cuts, more).prop_map(move |(mut cuts, more)| {
            cuts.extend([0, length]);
            cuts.sort_unstable();
            let all = cuts.windows(2).map(|pair| (pair[0], pair[1]));
            let more = more
                .into_iter()
                .map(|(at, more)| (at, length.min(at + more)));
            all.chain(more).collect::<Vec<_>>()
        });
        let parts = parts.prop_shuffle();
        (Just(first), Just(stream), parts)
    })
}

proptest! {
    #[test]
    fn what_was_sent_comes_out_whatever_became_of_it((first, stream, parts) in sent()) {
        let mut scene = Scene::opened(first);
        let mut out = Vec::new();
        for (from, until) in parts {
            let arrival = Arrival {
                segment: Segment {
                    sequence: first.wrapping_add(from as u32),
                    fin: until == stream.len(),
                    ..PLAIN
                },
                octets: &Bytes::copy_from_slice(&stream[from..until]),
                missing: 0,
                numbers: Numbers::one(1),
                time: SystemTime::UNIX_EPOCH,
            };
            scene.reassembly.take(arrival, LIMIT, &mut scene.pieces);
            for piece in scene.pieces.drain(..) {
                match piece {
                    Piece::Octets { octets, .. } => out.extend_from_slice(&octets),
                    Piece::Ended => prop_assert_eq!(out.len(), stream.len()),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
        }
        prop_assert_eq!(out, stream);
        prop_assert_eq!(scene.reassembly.held(), 0);
    }
}
