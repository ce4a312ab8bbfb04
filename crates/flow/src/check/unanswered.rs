//! Requests that nobody answered (RFC 3261 §17.1.1.2, §17.1.2.2; RFC 6733 §6.2).
//!
//! A request is told once [`ANSWER_WITHIN`] of the capture have passed, after a provisional answer
//! [`FINAL_ANSWER_WITHIN`]; where the capture ends before, it is counted.

use super::exchange::{ANSWER_WITHIN, Exchange, FINAL_ANSWER_WITHIN};
use super::finding::Finding;
use super::kind::Kind;

pub(super) fn finding(exchange: &Exchange) -> Finding {
    let (what, within) = match exchange.rang {
        false => ("no answer", ANSWER_WITHIN),
        true => ("no final answer", FINAL_ANSWER_WITHIN),
    };
    Finding {
        packets: exchange.asked.first,
        kind: Kind::Unanswered,
        time: Some(exchange.time),
        from: Some(exchange.from),
        to: Some(exchange.to),
        transport: Some(exchange.transport),
        message: exchange.label.clone(),
        which: exchange.which.clone(),
        text: format!("{what} within {} s", within.as_secs()),
    }
}
