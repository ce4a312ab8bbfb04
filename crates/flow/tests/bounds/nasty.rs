//! Packets that a reader trips over, as many as one likes; reading them.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Packet, Segment, Transport};
use flow::{Nodes, Reader};
use instruction_count::Kind;

/// A capture in which each packet has two octets for its place in the stream, one for the port of its sender, and one
/// for the length of what follows.
///
/// Not a file: what reading those costs is not counted here.
fn packets(file: &[u8]) -> Vec<Packet> {
    let mut packets = Vec::new();
    let mut rest = file;
    while let [place, more, port, length, after @ ..] = rest {
        let (octets, after) = after.split_at(after.len().min(usize::from(*length)));
        packets.push(Packet {
            numbers: Numbers::one(packets.len() as u64 + 1),
            time: SystemTime::UNIX_EPOCH + Duration::from_micros(packets.len() as u64),
            direction: None,
            interface: None,
            transport: match port {
                0 => Transport::Udp,
                _ => Transport::Tcp,
            },
            from: SocketAddr::from(([192, 0, 2, 1], u16::from(*port))),
            to: SocketAddr::from(([192, 0, 2, 2], 5060)),
            payload: Bytes::copy_from_slice(octets),
            missing: 0,
            segment: (*port != 0).then_some(Segment {
                sequence: u16::from_be_bytes([*place, *more]).into(),
                acknowledgment: None,
                syn: false,
                fin: false,
                rst: false,
            }),
            comment: None,
        });
        rest = after;
    }
    packets
}

pub(crate) fn read_everything(file: &[u8]) {
    let packets = packets(file);
    let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
    for packet in &packets {
        black_box(reader.read(packet, &mut nodes));
        black_box(reader.take_notices());
    }
    black_box(reader.finish(&mut nodes));
}

/// Every kind of capture, by its name.
pub(crate) const KINDS: [Kind; 11] = [
    ("octets", |n| {
        stream(b"OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n", 1, n)
    }),
    ("messages", |n| {
        stream(b"OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n", 200, n)
    }),
    ("long-head", |n| stream(&header_fields(n), 100, n)),
    ("garbage-lines", |n| stream(b"SIP/2.0 nothing\n", 100, n)),
    ("garbage-without-lines", |n| stream(b"x", 100, n)),
    ("line-ends", |n| stream(b"\r\n", 100, n)),
    ("refused", |n| {
        stream(b"OPTIONS sip:a SIP/2.0\r\n\r\n", 100, n)
    }),
    ("diameter-lost", |n| stream(b"\x01\x00\x00\x20\x80", 100, n)),
    ("every-other", |n| scattered(n, |place| 2 * place + 1)),
    ("backwards", |n| scattered(n, |place| 60_000 - 2 * place)),
    ("datagrams", |n| {
        repeated(b"\0\0\0\x1eOPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n", n)
    }),
];

fn repeated(part: &[u8], length: usize) -> Vec<u8> {
    part.iter().copied().cycle().take(length).collect()
}

fn header_fields(length: usize) -> Vec<u8> {
    let mut head = b"OPTIONS sip:a SIP/2.0\r\n".to_vec();
    head.extend(repeated(b"Via: x\r\n", length));
    head
}

/// A stream of `part` again and again, in segments of `step` octets.
fn stream(part: &[u8], step: usize, length: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut at = 0;
    while file.len() < length {
        let octets: Vec<u8> = (at..at + step).map(|at| part[at % part.len()]).collect();
        file.extend((at as u16).to_be_bytes());
        file.extend([1, octets.len() as u8]);
        file.extend(octets);
        at += step;
    }
    file
}

/// Single octets of one stream, at places where they wait for others.
fn scattered(length: usize, place: fn(usize) -> usize) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 1, b'x'];
    for number in 0..length / 5 {
        file.extend((place(number) as u16).to_be_bytes());
        file.extend([1, 1, b'x']);
    }
    file
}
