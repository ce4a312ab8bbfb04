//! Hop-by-hop identifiers that two waiting requests of a connection have (RFC 6733 §3: unique at any given time).

use super::exchange::Exchange;
use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

/// `waits` has the identifier of the request that came.
pub(super) fn finding(event: &Event, identifier: u32, waits: &Exchange) -> Finding {
    let (label, packets) = (&waits.label, waits.asked.first);
    let text = format!(
        "hop-by-hop identifier {identifier:#010x} while {label} of packet {packets} waits with it"
    );
    Finding::about(event, Kind::HopByHopReused, text)
}
