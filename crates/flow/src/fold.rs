//! A request and its answers as one line.
//!
//! Folded are a Diameter request and its answer, a SIP request with all its answers and retransmissions, and with what
//! was asked again after a challenge: a registration of REGISTER, 401, REGISTER, 200 is one line for each hop.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use diameter_codec::Message as Diameter;
use sip_message::Message as Sip;

use crate::event::{Event, Outcome, Passage, Protocol};
use crate::transaction::Transaction;

/// Lines that wait at most, for answers or for what stands before them; with one more, the first goes as it is.
pub const MAX_WAITING: usize = 4_096;

/// How long an answer is waited for, by the times of the capture: twice timer B and F of RFC 3261 §17.
pub const MAX_AGE: Duration = Duration::from_secs(64);

/// What became of a request.
#[derive(Debug, Clone)]
pub struct Folded {
    /// The request, with how it ended in its label and detail; or a message that stands alone. Without its octets.
    pub event: Event,
    /// From the request to the last answer; none of what stands alone.
    pub took: Option<Duration>,
}

/// Lines that wait for their answers, in the order of their requests.
#[derive(Debug, Default)]
pub struct Fold {
    waiting: VecDeque<Line>,
    /// The number of the line that stands first.
    first: u64,
    /// Keyed, so that nobody outside can choose two that collide.
    hash: RandomState,
    /// The lines of transactions, and those that wait to be asked again after a challenge.
    by_transaction: HashMap<u64, u64>,
    challenged: HashMap<u64, u64>,
}

#[derive(Debug)]
struct Line {
    event: Event,
    keys: Option<Keys>,
    /// Of the last answer.
    answer: Option<Event>,
    challenged: Option<String>,
    retransmissions: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Answered by a challenge: asked again it goes on.
    Challenged,
    Done,
}

/// What a message is part of, hashed.
#[derive(Debug, Clone, Copy)]
struct Keys {
    transaction: u64,
    /// Of all requests of a method in a call between two nodes; only of SIP.
    call: Option<u64>,
}

impl Fold {
    /// Takes the next message; gives the lines that are complete, and before which nothing waits.
    pub fn push(&mut self, event: Event) -> Vec<Folded> {
        let now = event.time;
        self.take(event);
        self.ready(now)
    }

    /// What waits still.
    pub fn finish(&mut self) -> Vec<Folded> {
        self.by_transaction.clear();
        self.challenged.clear();
        self.waiting.drain(..).map(Line::folded).collect()
    }

    fn take(&mut self, mut event: Event) {
        let keys = self.keys(&event);
        event.octets = Bytes::new();
        match event.outcome {
            Outcome::Request => self.request(event, keys),
            _ => self.answer(event, keys),
        }
    }

    fn request(&mut self, event: Event, keys: Option<Keys>) {
        let Some(keys) = keys else {
            return self.put(event, None);
        };
        // A Diameter identifier is free again once it is answered.
        let may_be_again = event.protocol == Protocol::Sip || event.passage == Passage::Again;
        let known = self.by_transaction.get(&keys.transaction).copied();
        if let Some(line) = known.filter(|_| may_be_again).and_then(|it| self.line(it)) {
            line.retransmissions += 1;
            line.see(&event);
            return;
        }
        let challenged = keys.call.and_then(|call| self.challenged.remove(&call));
        let number = challenged.unwrap_or(self.first + self.waiting.len() as u64);
        self.by_transaction.insert(keys.transaction, number);
        match self.line(number) {
            Some(line) => {
                line.challenged = line.answer.take().map(|answer| answer.label);
                line.state = State::Open;
                line.see(&event);
                if let Some(before) = line.keys.replace(keys) {
                    self.by_transaction.remove(&before.transaction);
                }
            }
            None => self.put(event, Some(keys)),
        }
    }

    fn answer(&mut self, event: Event, keys: Option<Keys>) {
        let number = keys.and_then(|keys| self.by_transaction.get(&keys.transaction).copied());
        let Some((number, line)) = number.and_then(|it| Some((it, self.line(it)?))) else {
            return self.put(event, None);
        };
        if line.state != State::Open {
            match event.passage {
                Passage::Again => line.see(&event),
                Passage::First => self.put(event, None),
            }
            return;
        }
        line.see(&event);
        line.state = match event.outcome {
            Outcome::Provisional => State::Open,
            Outcome::Challenge => State::Challenged,
            _ => State::Done,
        };
        line.answer = Some(event);
        if line.state == State::Challenged
            && let Some(call) = line.keys.and_then(|keys| keys.call)
        {
            self.challenged.insert(call, number);
        }
    }

    fn line(&mut self, number: u64) -> Option<&mut Line> {
        let place = number.checked_sub(self.first)?;
        self.waiting.get_mut(usize::try_from(place).ok()?)
    }

    fn put(&mut self, event: Event, keys: Option<Keys>) {
        self.waiting.push_back(Line::new(event, keys));
    }

    fn ready(&mut self, now: SystemTime) -> Vec<Folded> {
        let mut ready = Vec::new();
        while let Some(line) = self.waiting.front() {
            let age = now.duration_since(line.event.time).unwrap_or_default();
            let waits = line.state != State::Done && age <= MAX_AGE;
            if waits && self.waiting.len() <= MAX_WAITING {
                break;
            }
            let Some(line) = self.waiting.pop_front() else {
                break;
            };
            if let Some(keys) = line.keys {
                forget(&mut self.by_transaction, keys.transaction, self.first);
                if let Some(call) = keys.call {
                    forget(&mut self.challenged, call, self.first);
                }
            }
            self.first += 1;
            ready.push(line.folded());
        }
        ready
    }

    /// Of what has or is an answer.
    fn keys(&self, event: &Event) -> Option<Keys> {
        let (from, to) = match event.outcome {
            Outcome::Request => (event.from, event.to),
            _ => (event.to, event.from),
        };
        match event.protocol {
            Protocol::Sip => {
                let message = Sip::parse(event.octets.clone()).ok()?;
                let transaction = Transaction::of(&message)?;
                // Nobody answers an ACK.
                (!transaction.is_ack()).then(|| Keys {
                    transaction: self.hash.hash_one((from, to, transaction.key())),
                    call: Some(self.hash.hash_one((
                        from,
                        to,
                        transaction.call_id,
                        transaction.cseq.method.as_str(),
                    ))),
                })
            }
            Protocol::Diameter => {
                let message = Diameter::parse(event.octets.clone()).ok()?;
                let header = message.header();
                let (from, to) = match header.is_request() {
                    true => (event.source, event.destination),
                    false => (event.destination, event.source),
                };
                Some(Keys {
                    transaction: self.hash.hash_one((from, to, header.hop_by_hop)),
                    call: None,
                })
            }
            Protocol::Stun | Protocol::Unknown => None,
        }
    }
}

/// What stands for a line that is gone.
fn forget(lines: &mut HashMap<u64, u64>, key: u64, number: u64) {
    if lines.get(&key) == Some(&number) {
        lines.remove(&key);
    }
}

impl Line {
    /// What has no answer is done.
    fn new(event: Event, keys: Option<Keys>) -> Line {
        Line {
            event,
            keys,
            answer: None,
            challenged: None,
            retransmissions: 0,
            state: match keys {
                Some(_) => State::Open,
                None => State::Done,
            },
        }
    }

    fn see(&mut self, event: &Event) {
        self.event.packets = self.event.packets.and(event.packets);
    }

    fn folded(self) -> Folded {
        let Line {
            mut event,
            keys,
            answer,
            challenged,
            retransmissions,
            ..
        } = self;
        if keys.is_none() {
            return Folded { event, took: None };
        }
        let mut details = Vec::new();
        let took = answer
            .as_ref()
            .map(|answer| answer.time.duration_since(event.time).unwrap_or_default());
        let asked = std::mem::take(&mut event.detail);
        match answer {
            Some(answer) => {
                // `UAA 2001` to `UAR`, `401` to `REGISTER`.
                let code = answer.label.rsplit(' ').next().unwrap_or_default();
                event.label = format!("{} {code}", event.label);
                event.outcome = answer.outcome;
                if event.protocol == Protocol::Diameter {
                    details.push(asked);
                    details.push(answer.detail);
                } else {
                    details.push(answer.detail);
                    details.push(asked);
                }
            }
            None => {
                details.push("no answer".to_owned());
                details.push(asked);
            }
        }
        if let Some(challenge) = challenged {
            details.insert(0, format!("after {challenge}"));
        }
        if retransmissions > 0 {
            details.insert(0, format!("sent {} times", retransmissions + 1));
        }
        details.retain(|detail| !detail.is_empty());
        event.detail = details.join(", ");
        Folded { event, took }
    }
}

#[cfg(test)]
mod tests;
