//! Heap: counted by an allocator of the tests.

use std::net::SocketAddr;
use std::time::SystemTime;

use bytes::Bytes;
use capture::{Numbers, Packet, Segment, Transport};
use flow::{Limits, Nodes, Reader};

/// What a connection takes that is idle, octets, its places in the tables included.
const IDLE: usize = 700;

/// What the tables and an event take beside.
const BESIDES: usize = 64 * 1_024;

fn packet(connection: u32, sequence: u32, payload: &'static [u8]) -> Packet {
    let [_, a, b, c] = connection.to_be_bytes();
    Packet {
        numbers: Numbers::one(1),
        time: SystemTime::UNIX_EPOCH,
        direction: None,
        interface: None,
        transport: Transport::Tcp,
        from: SocketAddr::from(([10, a, b, c], 40_000)),
        to: SocketAddr::from(([192, 0, 2, 2], 5060)),
        payload: Bytes::from_static(payload),
        missing: 0,
        segment: Some(Segment {
            sequence,
            acknowledgment: None,
            syn: false,
            fin: false,
            rst: false,
        }),
        comment: None,
    }
}

/// The most that is held at once while `packets` are read.
fn held(limits: Limits, packets: impl Iterator<Item = Packet>) -> usize {
    let measured = allocation_counter::measure(|| {
        let (mut reader, mut nodes) = (Reader::new(limits), Nodes::new([]));
        for packet in packets {
            drop(reader.read(&packet, &mut nodes));
            drop(reader.take_notices());
        }
    });
    usize::try_from(measured.bytes_max).expect("octets")
}

#[test]
fn a_hundred_thousand_idle_connections_are_cheap() {
    let connections = Limits::default().connections as u32;
    assert_eq!(connections, 100_000);
    let message = b"OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n";
    let packets = (0..connections + 1_000).map(|number| packet(number, 0, message));
    let held = held(Limits::default(), packets);
    let limit = connections as usize * IDLE + BESIDES;
    assert!(held <= limit, "{held} of {limit}");
}

#[test]
fn what_waits_takes_at_most_what_is_allowed() {
    let limits = Limits {
        connections: 1_000,
        held_by_direction: 100_000,
        held: 1_000_000,
    };
    // In each of a thousand connections single octets, messages that have begun, and a gap before more.
    let packets = (0..200_000).map(|number| {
        let begun = b"OPTIONS sip:a SIP/2.0\r\nVia: abcdefghijklmnopqrstuvwxyz\r\n";
        let place = number / 1_000;
        match place {
            0 => packet(number % 1_000, 0, begun),
            _ => packet(number % 1_000, 2 * place + 1_000, b"x"),
        }
    });
    let held = held(limits, packets);
    // Maps and buffers are as much as twice as large as what is in them.
    let limit = 2 * limits.held + limits.connections * IDLE + BESIDES;
    assert!(held <= limit, "{held} of {limit}");
}
