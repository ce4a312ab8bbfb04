//! Requests with their answers, of SIP and Diameter alike.

use std::hash::Hash;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use capture::Transport;

use super::finding::{Findings, shortened};
use super::passages::Passages;
use super::table::Table;
use super::{retransmitted, unanswered, unasked};
use crate::event::Event;

/// Requests that are followed at one time; one takes about 300 octets.
pub(crate) const MAX_EXCHANGES: usize = 100_000;

/// How long an answer may take before its request counts as unanswered, and how long an answered one is remembered, so
/// that what is sent again is recognised.
///
/// SIP: 64·T1, timers B, F, H and J of RFC 3261 §17. Diameter names no time; ours is the same.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(32);

/// How long a final answer may take after a provisional one to an INVITE: timer C of RFC 3261 §16.6.
pub const FINAL_ANSWER_WITHIN: Duration = Duration::from_secs(180);

/// One request and what came back.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) label: String,
    /// Diameter: the end-to-end identifier.
    pub(crate) end_to_end: u32,
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) asked: Passages,
    /// When it was asked first.
    pub(crate) time: SystemTime,
    /// The last provisional answer.
    pub(crate) provisional: Option<SystemTime>,
    pub(crate) answer: Option<Answer>,
    /// When nothing more is expected.
    until: SystemTime,
    /// When it is looked at next: never later than those behind it in the table.
    look: SystemTime,
}

/// A final answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) label: String,
    pub(crate) time: SystemTime,
    pub(crate) passages: Passages,
}

/// What a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Novelty {
    New,
    /// It is one that is followed already.
    Again,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finality {
    /// Another follows, within the time of an INVITE.
    Provisional,
    Final,
}

/// Exchanges under way, and those that ended lately.
#[derive(Debug)]
pub(crate) struct Exchanges {
    table: Table<Exchange>,
    began: Option<SystemTime>,
    now: SystemTime,
    /// Answers whose requests may have passed before the capture began.
    perhaps_asked: u64,
}

impl Exchanges {
    pub(crate) fn new(limit: usize) -> Exchanges {
        Exchanges {
            table: Table::new(limit),
            began: None,
            now: SystemTime::UNIX_EPOCH,
            perhaps_asked: 0,
        }
    }

    pub(crate) fn key(&self, key: impl Hash) -> u64 {
        self.table.key(key)
    }

    /// The time of the capture goes on: tells what is over.
    pub(crate) fn advance(&mut self, now: SystemTime, findings: &mut Findings) {
        self.began.get_or_insert(now);
        self.now = self.now.max(now);
        while let Some((_, oldest)) = self.table.oldest()
            && oldest.look <= self.now
        {
            let Some((key, mut exchange)) = self.table.pop_oldest() else {
                return;
            };
            if exchange.until > self.now {
                exchange.look = self.now + ANSWER_WITHIN;
                self.table.insert(key, exchange);
            } else {
                conclude(&exchange, None, findings);
            }
        }
    }

    /// A request that waits for its answer.
    pub(crate) fn waiting(&self, key: u64) -> Option<&Exchange> {
        self.table
            .get(key)
            .filter(|exchange| exchange.answer.is_none())
    }

    /// Takes a request.
    pub(crate) fn asked(&mut self, key: u64, end_to_end: u32, event: &Event) -> Novelty {
        let until = self.now + ANSWER_WITHIN;
        if let Some(exchange) = self.table.touch(key) {
            exchange.asked.again(event);
            // The time for an answer runs from the first; what comes later keeps the record alive only.
            if exchange.answer.is_some() {
                exchange.until = until;
            }
            exchange.look = until;
            return Novelty::Again;
        }
        let exchange = Exchange {
            label: shortened(&event.label),
            end_to_end,
            transport: event.transport,
            from: event.source,
            to: event.destination,
            asked: Passages::new(event),
            time: event.time,
            provisional: None,
            answer: None,
            until,
            look: until,
        };
        // What falls out is counted: it may have been answered, had there been room.
        self.table.insert(key, exchange);
        Novelty::New
    }

    /// Forgets an exchange whose identifier is used for another: tells what there is to tell.
    pub(crate) fn end(&mut self, key: u64, findings: &mut Findings) {
        if let Some(exchange) = self.table.remove(key) {
            conclude(&exchange, None, findings);
        }
    }

    /// Takes an answer; `sooner` is how long a request of this kind may have been on its way.
    pub(crate) fn answered(
        &mut self,
        key: u64,
        event: &Event,
        finality: Finality,
        sooner: Duration,
        findings: &mut Findings,
    ) {
        let now = self.now;
        let Some(exchange) = self.table.touch(key) else {
            let began = self.began.unwrap_or(now);
            if now.duration_since(began).unwrap_or_default() < sooner {
                self.perhaps_asked += 1;
            } else {
                findings.add(unasked::finding(event));
            }
            return;
        };
        exchange.look = now + ANSWER_WITHIN;
        match (finality, &mut exchange.answer) {
            (Finality::Provisional, None) => {
                exchange.provisional = Some(event.time);
                exchange.until = now + FINAL_ANSWER_WITHIN;
            }
            (Finality::Provisional, Some(_)) => {}
            (Finality::Final, None) => {
                exchange.answer = Some(Answer {
                    label: shortened(&event.label),
                    time: event.time,
                    passages: Passages::new(event),
                });
                exchange.until = now + ANSWER_WITHIN;
            }
            (Finality::Final, Some(answer)) => {
                // Others are those of other branches of a forked request.
                if answer.passages.same_octets(event) {
                    answer.passages.again(event);
                }
                exchange.until = now + ANSWER_WITHIN;
            }
        }
    }

    /// The capture is over.
    pub(crate) fn finish(&mut self, findings: &mut Findings) {
        while let Some((_, exchange)) = self.table.pop_oldest() {
            conclude(&exchange, Some(self.now), findings);
        }
    }

    /// How many were forgotten for want of room.
    pub(crate) fn forgotten(&self) -> u64 {
        self.table.forgotten()
    }

    /// Answers so early in the capture that their requests may have passed before.
    pub(crate) fn perhaps_asked(&self) -> u64 {
        self.perhaps_asked
    }
}

/// Tells what an exchange leaves to be told; `end` is that of the capture, if that is what ends it.
fn conclude(exchange: &Exchange, end: Option<SystemTime>, findings: &mut Findings) {
    if exchange.answer.is_none() {
        findings.add(unanswered::finding(exchange, end));
    }
    for finding in retransmitted::of_exchange(exchange) {
        findings.add(finding);
    }
}
