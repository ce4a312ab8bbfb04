//! Answers to no request.
//!
//! An answer is told only where the capture had begun so long before that its request should be in it, and where none
//! was forgotten since; earlier ones are counted.

use super::exchange::Exchange;
use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

pub(super) fn finding(event: &Event) -> Finding {
    Finding::about(event, Kind::Unasked, "answers no request of this capture")
}

/// Its transaction is known, of two other hosts.
pub(super) fn between_others(event: &Event, asked: &Exchange) -> Finding {
    let Exchange {
        label,
        from,
        to,
        asked,
        ..
    } = asked;
    let packet = asked.first;
    let text = format!("answers {label} of packet {packet}, which went from {from} to {to}");
    Finding::about(event, Kind::Unasked, text)
}
