//! The messages of a capture: whatever the file holds, and however little may be kept of it.

use std::collections::BTreeSet;

use capture::{Decoder, Record};
use flow::{Limits, Nodes, Reader};

/// A file.
pub fn capture_flow(file: &[u8]) {
    let scarce = Limits {
        connections: 2,
        held_by_direction: 300,
        held: 400,
    };
    for limits in [Limits::default(), scarce] {
        read(file, limits);
    }
}

fn read(file: &[u8], limits: Limits) {
    let mut decoder = Decoder::new();
    decoder.feed(file);
    let mut reader = Reader::new(limits);
    let mut nodes = Nodes::new([]);
    let mut told = BTreeSet::new();
    let mut octets = 0;
    while let Ok(Some(record)) = decoder.next_record() {
        match record {
            Record::Packet(packet) => {
                octets += packet.payload.len();
                for event in reader.read(&packet, &mut nodes) {
                    assert!(event.packets.first <= event.packets.last);
                    assert!(event.packets.last <= decoder.packets());
                    told.insert((event.packets, event.octets.len()));
                }
            }
            Record::Fault(fault) => assert!(fault.packet <= decoder.packets()),
            Record::Secrets(_) => {}
        }
    }
    decoder.finish();
    let events = reader.finish(&mut nodes);
    told.extend(
        events
            .iter()
            .map(|event| (event.packets, event.octets.len())),
    );
    for notice in reader.take_notices() {
        assert!(notice.packets.last <= decoder.packets(), "{notice}");
    }
    // Nothing is told that was not there; an octet that is not UTF-8 may have become a character of three.
    let longest = told.iter().map(|(_, octets)| *octets).max();
    assert!(longest.unwrap_or(0) <= 3 * octets);
}
