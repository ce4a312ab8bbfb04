//! Answers that are none to their request.
//!
//! Diameter: another command or end-to-end identifier than the request that has its hop-by-hop identifier (RFC 6733 §3,
//! §6.2). Both: a second final answer of another result; a server sends the first again and no other (RFC 3261
//! §17.2.2), but to an INVITE, which forks.

use super::exchange::{Answer, Exchange, Ids};
use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

pub(super) fn to_another(event: &Event, asked: &Exchange, ids: Ids) -> Finding {
    let Exchange { label, .. } = asked;
    let packet = asked.asked.first;
    let text = if asked.ids.command != ids.command {
        format!("answers {label} of packet {packet}, which is another command")
    } else {
        format!(
            "end-to-end identifier {:#010x}; {label} of packet {packet}, which it answers, has {:#010x}",
            ids.end_to_end, asked.ids.end_to_end
        )
    };
    Finding::about(event, Kind::WrongAnswer, text)
}

pub(super) fn second(event: &Event, first: &Answer) -> Finding {
    let Answer { label, .. } = first;
    let packet = first.passages.first;
    let text = format!("a second final answer, after {label} of packet {packet}");
    Finding::about(event, Kind::WrongAnswer, text)
}
