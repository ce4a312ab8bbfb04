//! The messages of a capture: whatever the file holds, and however little may be kept of it.

use std::collections::BTreeSet;

use flow::{Found, Limits, Nodes, Reading};

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
    let mut reading = Reading::new(file, limits);
    let mut nodes = Nodes::new([]);
    let mut told = BTreeSet::new();
    let mut octets = 0;
    while let Some(found) = reading.next(&mut nodes) {
        let last = match found {
            Found::Packet(packet) => {
                octets += packet.payload.len();
                packet.numbers.last
            }
            Found::Message(event) => {
                assert!(event.packets.first <= event.packets.last);
                told.insert((event.packets, event.octets.len()));
                event.packets.last
            }
            Found::Notice(notice) => notice.packets.last,
            Found::Fault(fault) => fault.packet,
        };
        assert!(last <= reading.packets());
        assert!(reading.held() <= limits.held, "{}", reading.held());
    }
    assert!(reading.next(&mut nodes).is_none(), "more after the end");
    // Nothing is told that was not there; an octet that is not UTF-8 may have become a character of three.
    let longest = told.iter().map(|(_, octets)| *octets).max();
    assert!(longest.unwrap_or(0) <= 3 * octets);
}
