//! What was sent again: in SIP within one transaction (RFC 3261 §17), in Diameter with the T flag (RFC 6733 §3).

use super::exchange::Exchange;
use super::finding::Finding;
use super::kind::Kind;
use super::passages::Passages;

/// How often a request and its final answer were sent beyond the first time.
pub(super) fn of_exchange(exchange: &Exchange) -> impl Iterator<Item = Finding> {
    let request = (exchange.asked.count > 1).then(|| Finding {
        packets: exchange.asked.first,
        kind: Kind::Retransmitted,
        time: Some(exchange.time),
        from: Some(exchange.from),
        to: Some(exchange.to),
        transport: Some(exchange.transport),
        message: exchange.label.clone(),
        which: exchange.which.clone(),
        text: text(&exchange.asked),
    });
    let answer = exchange.answer.as_ref();
    let answer = answer.filter(|answer| answer.passages.count > 1);
    let answer = answer.map(|answer| Finding {
        packets: answer.passages.first,
        kind: Kind::Retransmitted,
        time: Some(answer.time),
        from: Some(exchange.to),
        to: Some(exchange.from),
        transport: Some(exchange.transport),
        message: answer.label.clone(),
        which: exchange.which.clone(),
        text: text(&answer.passages),
    });
    request.into_iter().chain(answer)
}

/// `sent 3 times, until packet 12, the same octets`
fn text(passages: &Passages) -> String {
    let octets = match passages.changed {
        true => "not always the same octets",
        false => "the same octets",
    };
    let Passages { count, last, .. } = passages;
    format!("sent {count} times, until packet {last}, {octets}")
}

/// `sent 2 times, until packet 12, with the T flag`: hop-by-hop identifier and flags differ, and with them the octets.
pub(super) fn flagged(passages: &Passages) -> String {
    let Passages { count, last, .. } = passages;
    format!("sent {count} times, until packet {last}, with the T flag")
}
