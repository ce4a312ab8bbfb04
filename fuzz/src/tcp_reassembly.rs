//! One direction of a TCP connection: what comes out is what was sent, or is said to be missing.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Segment};
use flow::reassembly::{Arrival, Beginning, Piece, Reassembly, WAITING_SEGMENT};

use crate::choices::Choices;

/// The octet at each place of what a packet brings, so that every octet that comes out shows where it belongs and which
/// packet brought it: one that is sent again is another.
fn sent(place: u32, packet: u64) -> u8 {
    let mixed = place.wrapping_mul(0x9e37_79b9) ^ (packet as u32).wrapping_mul(0x85eb_ca6b);
    (mixed >> 24) as u8
}

/// What is known of a stream beside the machine.
#[derive(Default)]
struct Model {
    /// Where the next octet belongs; none while no stream is there.
    at: Option<u32>,
    /// Octets that came out since a stream began, and those said to be missing.
    octets: u64,
    missing: u64,
    /// Where the stream began, and where the last SYN of another one stands.
    start: u32,
    syn: u32,
    /// The packet that brought each octet first, by its distance from the first octet.
    brought: Vec<Option<u64>>,
}

impl Model {
    fn take(&mut self, pieces: &mut Vec<Piece>, first: u32, packets: u64) {
        for piece in pieces.drain(..) {
            match piece {
                Piece::Began(beginning) => {
                    assert_eq!(self.at, None, "a stream began within another");
                    self.start = match beginning {
                        Beginning::AtItsStart => self.syn,
                        Beginning::Within => first,
                    };
                    self.at = Some(self.start);
                    (self.octets, self.missing) = (0, 0);
                }
                Piece::Octets {
                    octets, numbers, ..
                } => {
                    let at = self.at.as_mut().expect("a stream has begun");
                    assert!(!octets.is_empty());
                    assert!((1..=packets).contains(&numbers.last));
                    for octet in octets {
                        assert_eq!(octet, sent(*at, numbers.last));
                        let place = at.wrapping_sub(self.start) as usize;
                        if let Some(first) = self.brought.get(place) {
                            assert_eq!(*first, Some(numbers.last), "not the first at {place}");
                        }
                        *at = at.wrapping_add(1);
                        self.octets += 1;
                    }
                }
                Piece::Missing { octets, between } => {
                    let at = self.at.as_mut().expect("a stream has begun");
                    assert!(octets > 0 && between.last <= packets);
                    *at = at.wrapping_add(octets as u32);
                    self.missing += octets;
                }
                Piece::Ended => {
                    let ended = self.at.take();
                    assert!(ended.is_some(), "no stream was there");
                }
            }
        }
    }
}

/// Octets as a list of segments: of all of a short stream in whatever order, with others, acknowledgments and ends.
pub fn tcp_reassembly(octets: &[u8]) {
    all_that_was_sent_comes_out(octets);
    whatever_comes(octets);
}

/// Each octet says where a segment begins, and the next how long it is; a last one has all. Nothing is lost.
fn all_that_was_sent_comes_out(choices: &[u8]) {
    let length = 256 + 64_u32;
    let first = u32::from_be_bytes(*choices.first_chunk().unwrap_or(&[0xff; 4]));
    let mut reassembly = Reassembly::default();
    let mut model = Model {
        syn: first,
        brought: vec![None; length as usize],
        ..Model::default()
    };
    let mut pieces = Vec::new();
    let mut packets = 0;
    let mut put = |place: u32, length: u32, flags: Segment, pieces: &mut Vec<Piece>| {
        packets += 1;
        let sequence = first.wrapping_add(place);
        let octets: Bytes = (0..length)
            .map(|place| sent(sequence.wrapping_add(place), packets))
            .collect();
        let covered = model.brought.iter_mut().skip(place as usize);
        for first in covered.take(length as usize) {
            first.get_or_insert(packets);
        }
        let arrival = Arrival {
            segment: Segment { sequence, ..flags },
            octets: &octets,
            missing: 0,
            numbers: Numbers::one(packets),
            time: SystemTime::UNIX_EPOCH,
        };
        reassembly.take(arrival, usize::MAX, pieces);
        model.take(pieces, first, packets);
    };
    let syn = Segment { syn: true, ..PLAIN };
    put(u32::MAX, 0, syn, &mut pieces);
    for pair in choices.chunks_exact(2) {
        put(pair[0].into(), u32::from(pair[1]) % 65, PLAIN, &mut pieces);
    }
    let fin = Segment { fin: true, ..PLAIN };
    put(0, length, fin, &mut pieces);
    assert_eq!((model.octets, model.missing), (length.into(), 0));
    assert_eq!(model.at, None);
    assert_eq!(reassembly.held(), 0);
}

const PLAIN: Segment = Segment {
    sequence: 0,
    acknowledgment: None,
    syn: false,
    fin: false,
    rst: false,
};

/// Segments, acknowledgments and pauses of any kind.
fn whatever_comes(octets: &[u8]) {
    const LIMIT: usize = 8 * WAITING_SEGMENT;
    let mut choices = Choices::new(octets);
    let mut reassembly = Reassembly::default();
    let mut model = Model::default();
    let mut pieces = Vec::new();
    let mut sequence = 0xffff_ff00_u32;
    let mut time = SystemTime::UNIX_EPOCH;
    let mut packets = 0;
    while let Some(choice) = choices.octet() {
        let Some(distance) = choices.octet() else {
            break;
        };
        let distance = i32::from(distance.cast_signed());
        let place = sequence.wrapping_add_signed(distance);
        match choice % 8 {
            0 => {
                reassembly.acknowledged(place, time, &mut pieces);
                model.take(&mut pieces, place, packets);
                continue;
            }
            1 => {
                time += Duration::from_secs(distance.unsigned_abs().into());
                continue;
            }
            2 => {
                // Another stream, anywhere.
                sequence = place.wrapping_mul(0x0100_0001);
                continue;
            }
            _ => {}
        }
        packets += 1;
        let length = u32::from(choice >> 3);
        let flags = choice % 8;
        let syn = flags == 3;
        let first = place.wrapping_add(u32::from(syn));
        let octets: Bytes = (0..length)
            .map(|at| sent(first.wrapping_add(at), packets))
            .collect();
        if syn && (model.at.is_none() || first != model.start) {
            model.syn = first;
        }
        let arrival = Arrival {
            segment: Segment {
                sequence: place,
                acknowledgment: None,
                syn,
                fin: flags == 4 && length == 31,
                rst: flags == 5 && length == 31,
            },
            octets: &octets,
            missing: match flags {
                6 => length,
                _ => 0,
            },
            numbers: Numbers::one(packets),
            time,
        };
        reassembly.take(arrival, LIMIT, &mut pieces);
        model.take(&mut pieces, first, packets);
        assert!(reassembly.held() <= LIMIT);
        sequence = sequence.wrapping_add(length);
    }
    reassembly.finish(&mut pieces);
    model.take(&mut pieces, 0, packets);
    assert_eq!(reassembly.held(), 0);
    assert_eq!(model.at, None);
}
