//! Requests that nobody answered (RFC 3261 §17.1.1.2, §17.1.2.2; RFC 6733 §6.2).
//!
//! A request is told once [`ANSWER_WITHIN`] of the capture have passed, after a provisional answer
//! [`FINAL_ANSWER_WITHIN`], or where the capture ends before.

use std::time::SystemTime;

use super::exchange::{ANSWER_WITHIN, Exchange, FINAL_ANSWER_WITHIN};
use super::finding::Finding;
use super::kind::Kind;

pub(super) fn finding(exchange: &Exchange, end: Option<SystemTime>) -> Finding {
    let (what, since, within) = match exchange.provisional {
        None => ("no answer", exchange.time, ANSWER_WITHIN),
        Some(time) => ("no final answer", time, FINAL_ANSWER_WITHIN),
    };
    let text = match end {
        None => format!("{what} within {} s", within.as_secs()),
        Some(end) => {
            let left = end.duration_since(since).unwrap_or_default();
            let left = left.as_secs_f64();
            format!("{what} until the end of the capture, {left:.3} s later")
        }
    };
    Finding {
        packets: exchange.asked.first,
        kind: Kind::Unanswered,
        time: Some(exchange.time),
        from: Some(exchange.from),
        to: Some(exchange.to),
        transport: Some(exchange.transport),
        message: exchange.label.clone(),
        text,
    }
}
