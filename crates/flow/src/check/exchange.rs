//! Requests with their answers, of SIP and Diameter alike, each hop by itself: a request may pass several without a Via
//! of theirs, load balancers and NATs.
//!
//! An answer belongs to the request of its transaction that went between its two ends, the other way. Where there is
//! none, ports may differ (RFC 3261 §18.2.2, RFC 3581 §4) and one of the addresses: what was asked may answer from
//! another of its own, or to where the Via tells. With SCTP both may: an association has several at each end (RFC 6733
//! §2.1). An answer between two others is none to it. Whoever asked by several ways has its answer with one.

use std::hash::Hash;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use capture::Transport;

use super::clock::{Clock, Moment};
use super::finding::{Findings, shortened};
use super::index::Index;
use super::lasting::Lasting;
use super::passages::Passages;
use super::{retransmitted, unanswered, unasked, wrong_answer};
use crate::event::Event;

/// Requests that are followed at one time, those included that were answered lately; one takes about 500 octets.
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
    /// Call-ID or hop-by-hop identifier.
    pub(crate) which: String,
    pub(crate) ids: Ids,
    /// Another request came with its identifier: an answer may be for that.
    contested: bool,
    name: Option<u64>,
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) asked: Passages,
    /// When it was asked first.
    pub(crate) time: SystemTime,
    /// A provisional answer came.
    pub(crate) rang: bool,
    /// Who asked got an answer by another way.
    satisfied: bool,
    pub(crate) answer: Option<Answer>,
}

/// A final answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) label: String,
    pub(crate) time: SystemTime,
    pub(crate) passages: Passages,
}

/// What a request and its answer have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The transaction at this hop.
    pub(crate) key: u64,
    /// The transaction at any hop, where answers may come by another.
    pub(crate) name: Option<u64>,
    /// For the reader.
    pub(crate) which: &'a str,
    pub(crate) ids: Ids,
}

/// Command code and end-to-end identifier; 0 for SIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Ids {
    pub(crate) command: u32,
    pub(crate) end_to_end: u32,
}

impl Ids {
    pub(crate) const SIP: Ids = Ids {
        command: 0,
        end_to_end: 0,
    };
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
    /// To an INVITE: another follows.
    Provisional,
    Final,
    /// To an INVITE: others may follow, of other branches.
    OfInvite,
}

/// The request that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    /// As it was when it was asked.
    pub(crate) key: u64,
    /// It has no other final answer.
    pub(crate) is_first: bool,
}

/// Exchanges under way, and those that ended lately.
#[derive(Debug)]
pub(crate) struct Exchanges {
    limit: usize,
    open: Lasting<Exchange>,
    answered: Lasting<Exchange>,
    by_name: Index,
    /// When the last was forgotten for want of room.
    forgot: Option<Moment>,
    /// Answers whose requests may have passed before the capture began, or were forgotten.
    perhaps_asked: u64,
    /// Requests that may be answered after the capture ends.
    perhaps_answered: u64,
}

impl Exchanges {
    pub(crate) fn new(limit: usize) -> Exchanges {
        Exchanges {
            limit,
            open: Lasting::new(limit, ANSWER_WITHIN),
            answered: Lasting::new(limit, ANSWER_WITHIN),
            by_name: Index::default(),
            forgot: None,
            perhaps_asked: 0,
            perhaps_answered: 0,
        }
    }

    pub(crate) fn key(&self, key: impl Hash) -> u64 {
        self.open.key(key)
    }

    /// The time of the capture goes on: tells what is over.
    pub(crate) fn advance(&mut self, now: Moment, findings: &mut Findings) {
        while let Some((key, exchange)) = self.open.pop_ended(now) {
            self.conclude(key, exchange, findings);
        }
        while let Some((key, exchange)) = self.answered.pop_ended(now) {
            self.conclude(key, exchange, findings);
        }
    }

    /// A request that waits for its answer.
    pub(crate) fn waiting(&self, key: u64) -> Option<&Exchange> {
        self.open.get(key)
    }

    /// Another request came with the identifier of one that waits.
    pub(crate) fn contest(&mut self, key: u64) {
        if let Some(exchange) = self.open.get_mut(key) {
            exchange.contested = true;
        }
    }

    /// Takes a request.
    pub(crate) fn asked(
        &mut self,
        names: Names<'_>,
        event: &Event,
        clock: &Clock,
        findings: &mut Findings,
    ) -> Novelty {
        let now = clock.now();
        let until = clock.at().after(ANSWER_WITHIN);
        let Names {
            key,
            name,
            which,
            ids,
        } = names;
        // The time for an answer runs from the first; what comes later keeps the record alive only.
        if let Some(exchange) = self.open.touch(key, now) {
            exchange.asked.again(event);
            return Novelty::Again;
        }
        if let Some(exchange) = self.answered.get_mut(key) {
            exchange.asked.again(event);
            self.answered.prolong(key, until, now);
            return Novelty::Again;
        }
        let exchange = Exchange {
            label: shortened(&event.label),
            which: shortened(which),
            ids,
            contested: false,
            name,
            transport: event.transport,
            from: event.source,
            to: event.destination,
            asked: Passages::new(event),
            time: event.time,
            rang: false,
            satisfied: false,
            answer: None,
        };
        self.make_room(now, findings);
        if let Some(name) = name {
            self.by_name.add(name, key);
        }
        // What falls out is counted: it may have been answered, had there been room.
        if let Some((key, fallen)) = self.open.insert(key, exchange, until, now) {
            self.unname(key, &fallen);
            self.forgot = Some(now);
        }
        Novelty::New
    }

    /// Forgets an exchange whose identifier is used for another: tells what there is to tell.
    pub(crate) fn end(&mut self, key: u64, findings: &mut Findings) {
        if let Some(exchange) = self.answered.remove(key) {
            self.conclude(key, exchange, findings);
        }
    }

    /// Takes an answer; none where it answers nothing that is known.
    pub(crate) fn answered(
        &mut self,
        names: Names<'_>,
        event: &Event,
        finality: Finality,
        clock: &Clock,
        findings: &mut Findings,
    ) -> Option<Answered> {
        let Some(key) = self.of_answer(names, event) else {
            self.unasked(names, event, finality, clock, findings);
            return None;
        };
        let now = clock.now();
        let until = clock.at().after(ANSWER_WITHIN);
        if let Some(exchange) = self.answered.get_mut(key) {
            if let Some(answer) = &mut exchange.answer
                && finality != Finality::Provisional
            {
                if answer.passages.same_octets(event) {
                    answer.passages.again(event);
                } else if finality == Finality::Final && answer.label != event.label {
                    findings.add(wrong_answer::second(event, answer));
                }
                self.answered.prolong(key, until, now);
            }
            return Some(Answered {
                key,
                is_first: false,
            });
        }
        if finality == Finality::Provisional {
            if let Some(exchange) = self.open.get_mut(key) {
                exchange.rang = true;
            }
            let until = clock.at().after(FINAL_ANSWER_WITHIN);
            self.open.prolong(key, until, now);
            return None;
        }
        let mut exchange = self.open.remove(key)?;
        if exchange.ids != names.ids && !exchange.contested {
            findings.add(wrong_answer::to_another(event, &exchange, names.ids));
        }
        exchange.answer = Some(Answer {
            label: shortened(&event.label),
            time: event.time,
            passages: Passages::new(event),
        });
        self.satisfy(key, &exchange);
        self.answered.insert(key, exchange, until, now);
        Some(Answered {
            key,
            is_first: true,
        })
    }

    /// The capture is over.
    pub(crate) fn finish(&mut self, now: Moment, findings: &mut Findings) {
        while let Some((key, exchange, until)) = self.open.pop_oldest() {
            if until <= now || exchange.satisfied {
                self.conclude(key, exchange, findings);
            } else {
                self.perhaps_answered += 1;
                tell_passages(&exchange, findings);
            }
        }
        while let Some((key, exchange, _)) = self.answered.pop_oldest() {
            self.conclude(key, exchange, findings);
        }
    }

    /// How many were forgotten for want of room, unanswered.
    pub(crate) fn forgotten(&self) -> u64 {
        self.open.forgotten()
    }

    pub(crate) fn perhaps_asked(&self) -> u64 {
        self.perhaps_asked
    }

    pub(crate) fn perhaps_answered(&self) -> u64 {
        self.perhaps_answered
    }

    fn get(&self, key: u64) -> Option<&Exchange> {
        self.open.get(key).or_else(|| self.answered.get(key))
    }

    /// The key of the request that this is an answer to.
    fn of_answer(&self, names: Names<'_>, event: &Event) -> Option<u64> {
        if self.get(names.key).is_some() {
            return Some(names.key);
        }
        let alike = self.named(names.name).iter().filter_map(|&key| {
            let alike = alikeness(self.get(key)?, event)?;
            Some((alike, key))
        });
        alike.max_by_key(|(alike, _)| *alike).map(|(_, key)| key)
    }

    fn named(&self, name: Option<u64>) -> &[u64] {
        name.map_or(&[], |name| self.by_name.get(name))
    }

    fn unasked(
        &mut self,
        names: Names<'_>,
        event: &Event,
        finality: Finality,
        clock: &Clock,
        findings: &mut Findings,
    ) {
        let between = self.named(names.name).first();
        if let Some(exchange) = between.and_then(|key| self.get(*key)) {
            findings.add(unasked::between_others(event, exchange));
            return;
        }
        let sooner = match finality {
            Finality::Final => ANSWER_WITHIN,
            _ => FINAL_ANSWER_WITHIN + ANSWER_WITHIN,
        };
        let since = self.forgot.unwrap_or(clock.began());
        if clock.now() < since.after(sooner) {
            self.perhaps_asked += 1;
        } else {
            findings.add(unasked::finding(event));
        }
    }

    /// Others by which the same one asked the same.
    fn satisfy(&mut self, key: u64, exchange: &Exchange) {
        let Some(name) = exchange.name else {
            return;
        };
        for other in self.by_name.get(name) {
            if *other != key
                && let Some(other) = self.open.get_mut(*other)
                && other.from.ip() == exchange.from.ip()
            {
                other.satisfied = true;
            }
        }
    }

    /// Of those that were answered, only what is sent again would be missed: they go first, and are told.
    fn make_room(&mut self, now: Moment, findings: &mut Findings) {
        while self.open.len() + self.answered.len() >= self.limit
            && let Some((key, exchange, _)) = self.answered.pop_oldest()
        {
            self.forgot = Some(now);
            self.conclude(key, exchange, findings);
        }
    }

    fn unname(&mut self, key: u64, exchange: &Exchange) {
        if let Some(name) = exchange.name {
            self.by_name.remove(name, key);
        }
    }

    /// Tells what an exchange leaves to be told.
    fn conclude(&mut self, key: u64, exchange: Exchange, findings: &mut Findings) {
        self.unname(key, &exchange);
        if exchange.answer.is_none() && !exchange.satisfied {
            findings.add(unanswered::finding(&exchange));
        }
        tell_passages(&exchange, findings);
    }
}

fn tell_passages(exchange: &Exchange, findings: &mut Findings) {
    for finding in retransmitted::of_exchange(exchange) {
        findings.add(finding);
    }
}

/// How well the ends of an answer are those of a request; none where it cannot be one to it.
fn alikeness(exchange: &Exchange, answer: &Event) -> Option<u32> {
    let to_who_asked = end(exchange.from, answer.destination);
    let from_who_was_asked = end(exchange.to, answer.source);
    let alike = to_who_asked + from_who_was_asked;
    (alike > 0 || exchange.transport == Transport::Sctp).then_some(alike)
}

fn end(asked: SocketAddr, answered: SocketAddr) -> u32 {
    match (asked == answered, asked.ip() == answered.ip()) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 0,
    }
}
