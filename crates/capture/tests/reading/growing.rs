//! Captures that grow while they are read, and captures that end too early.

use std::io::{self, Read};
use std::time::{Duration, SystemTime};

use capture::{Decoder, Direction, Message, ReadError, Reader, Recorder, Transport};

use crate::file::{IP_UDP, Order, all};

/// A file of ours with a stream and datagrams.
pub(crate) fn recorded() -> Vec<u8> {
    let mut recorder = Recorder::new(Vec::new(), "scscf").expect("taken");
    for (transport, comment) in [
        (Transport::Udp, Some("first")),
        (Transport::Tcp, None),
        (Transport::Udp, None),
    ] {
        let message = Message {
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1),
            direction: Direction::Sent,
            transport,
            from: "192.0.2.1:5060".parse().expect("an address"),
            to: "192.0.2.2:5060".parse().expect("an address"),
            payload: b"hello",
            comment,
        };
        recorder.record(&message).expect("taken");
    }
    recorder.into_inner()
}

#[test]
fn a_growing_file_gives_each_packet_as_soon_as_it_is_whole() {
    let file = recorded();
    let whole = all(&file).expect("well-formed");
    let mut decoder = Decoder::new();
    let mut packets = Vec::new();
    for octet in file {
        decoder.feed(&[octet]);
        let before = packets.len();
        while let Some(packet) = decoder.next_packet().expect("well-formed") {
            packets.push(packet);
        }
        // A packet comes out with the last octet of its block.
        assert!(packets.len() == before || decoder.is_at_boundary());
    }
    assert_eq!(packets, whole);
}

/// A file of which more appears after its end was seen.
struct Tail<'a>(Vec<&'a [u8]>);

impl Read for Tail<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let part = self.0.remove(0);
        out[..part.len()].copy_from_slice(part);
        Ok(part.len())
    }
}

#[test]
fn reading_goes_on_after_an_end_that_was_not_final() {
    let file = recorded();
    let half = file.len() - 30;
    let tail = Tail(vec![&file[..half], &[], &file[half..], &[], &[]]);
    let mut reader = Reader::new(tail);
    let mut count = 0;
    let error = loop {
        match reader.next_packet() {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("an end within a block"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, ReadError::Truncated), "{error}");
    assert!(reader.next_packet().expect("now whole").is_some());
    assert!(reader.next_packet().expect("an end").is_none());
    assert_eq!(count + 1, all(&file).expect("well-formed").len());
}

#[test]
fn every_truncation_is_an_end_or_says_so() {
    let order = Order::Big;
    for file in [recorded(), order.pcap(0xA1B2_C3D4, 101, &[(1, 1, &IP_UDP)])] {
        for length in 0..file.len() {
            match all(&file[..length]) {
                Ok(_) | Err(ReadError::Truncated) => {}
                Err(other) => panic!("cut at {length}: {other}"),
            }
        }
        assert!(matches!(
            all(&file[..file.len() - 1]),
            Err(ReadError::Truncated)
        ));
    }
    assert!(all(&[]).expect("an empty file").is_empty());
}
