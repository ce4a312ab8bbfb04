//! TLS whose keys are known: whatever the octets, and whatever is lost of them.

use std::net::SocketAddr;
use std::time::SystemTime;

use bytes::Bytes;
use capture::{Decoder, Numbers, Packet, Record, Secrets, Segment, Transport};
use flow::{Limits, Nodes, Reader};

/// The seeds are its connections; it has their keys.
const CAPTURE: &[u8] = include_bytes!("../../pcaps/kamailio-tls.pcapng");

/// Segments: an octet that says whose (bit 7) and whether it is lost (bit 6), one for its length, and what it carries.
pub fn tls(octets: &[u8]) {
    let scarce = Limits {
        connections: 2,
        held_by_direction: 300,
        held: 400,
    };
    for limits in [Limits::default(), scarce] {
        read(octets, limits);
    }
}

fn secrets() -> Secrets {
    let mut decoder = Decoder::new();
    decoder.feed(CAPTURE);
    loop {
        match decoder.next_record() {
            Ok(Some(Record::Secrets(secrets))) => return secrets,
            Ok(Some(_)) => {}
            other => panic!("no secrets before {other:?}"),
        }
    }
}

fn read(octets: &[u8], limits: Limits) {
    let mut reader = Reader::new(limits);
    reader.learn(&secrets()).expect("a key log");
    let mut nodes = Nodes::new([]);
    let ends = [
        SocketAddr::from(([192, 0, 2, 1], 40_000)),
        SocketAddr::from(([192, 0, 2, 2], 5061)),
    ];
    let mut places = [0_u32; 2];
    let mut packets = 0;
    let mut came = 0;
    let mut given = 0;
    let mut rest = octets;
    while let [head, length, after @ ..] = rest {
        let side = usize::from(head >> 7);
        let place = places[side];
        places[side] = place.wrapping_add((*length).into());
        rest = after;
        if head & 0x40 != 0 {
            continue;
        }
        let (payload, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        packets += 1;
        came += payload.len();
        let packet = Packet {
            numbers: Numbers::one(packets),
            time: SystemTime::UNIX_EPOCH,
            direction: None,
            interface: None,
            transport: Transport::Tcp,
            from: ends[side],
            to: ends[1 - side],
            payload: Bytes::copy_from_slice(payload),
            segment: Some(Segment {
                sequence: place,
                acknowledgment: Some(places[1 - side]),
                syn: false,
                fin: false,
                rst: false,
            }),
            missing: 0,
            comment: None,
        };
        for event in reader.read(&packet, &mut nodes) {
            assert!(event.packets.first <= event.packets.last && event.packets.last <= packets);
            given += event.octets.len();
        }
    }
    let events = reader.finish(&mut nodes);
    given += events.iter().map(|event| event.octets.len()).sum::<usize>();
    for notice in reader.take_notices() {
        assert!(notice.packets.last <= packets, "{notice}");
    }
    // Nothing is told that was not there; an octet that is not UTF-8 may have become a character of three.
    assert!(given <= 3 * came);
}
