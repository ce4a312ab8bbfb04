//! A request and its answers as one line.
//!
//! Folded are a Diameter request and its answer, a SIP request with all its answers and retransmissions, and with what
//! was asked again after a challenge: a registration of REGISTER, 401, REGISTER, 200 is one line for each hop.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use diameter_codec::Message as Diameter;
use sip_message::{CSeq, CallId, Message as Sip, Method};

use crate::event::{Event, Outcome, Passage, Protocol};
use crate::node::NodeId;

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
    open: HashMap<Key, u64>,
}

#[derive(Debug)]
struct Line {
    event: Event,
    key: Option<Key>,
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

/// A transaction between two nodes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Sip {
        from: NodeId,
        to: NodeId,
        call_id: String,
        method: String,
    },
    Diameter {
        from: NodeId,
        to: NodeId,
        hop_by_hop: u32,
    },
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
        self.open.clear();
        self.waiting.drain(..).map(Line::folded).collect()
    }

    fn take(&mut self, mut event: Event) {
        let key = key(&event);
        event.octets = Bytes::new();
        let line = key.as_ref().and_then(|key| self.open.get(key)).copied();
        let line = line.and_then(|number| self.waiting.get_mut((number - self.first) as usize));
        let is_request = event.outcome == Outcome::Request;
        match (line, is_request) {
            (Some(line), true) if event.passage == Passage::Again => {
                line.retransmissions += 1;
                line.see(&event);
            }
            (Some(line), true) if line.state == State::Challenged => {
                line.challenged = line.answer.take().map(|answer| answer.label);
                line.state = State::Open;
                line.see(&event);
            }
            (Some(line), false) if line.state != State::Challenged => {
                line.see(&event);
                line.state = match event.outcome {
                    Outcome::Provisional => State::Open,
                    Outcome::Challenge => State::Challenged,
                    _ => State::Done,
                };
                line.answer = Some(event);
                if line.state == State::Done
                    && let Some(key) = &line.key
                {
                    self.open.remove(key);
                }
            }
            (_, true) => {
                let state = match key {
                    Some(_) => State::Open,
                    None => State::Done,
                };
                if let Some(key) = &key {
                    let number = self.first + self.waiting.len() as u64;
                    self.open.insert(key.clone(), number);
                }
                self.waiting.push_back(Line::new(event, key, state));
            }
            (_, false) => self.waiting.push_back(Line::new(event, None, State::Done)),
        }
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
            if let Some(key) = &line.key
                && self.open.get(key) == Some(&self.first)
            {
                self.open.remove(key);
            }
            self.first += 1;
            ready.push(line.folded());
        }
        ready
    }
}

impl Line {
    fn new(event: Event, key: Option<Key>, state: State) -> Line {
        Line {
            event,
            key,
            answer: None,
            challenged: None,
            retransmissions: 0,
            state,
        }
    }

    fn see(&mut self, event: &Event) {
        self.event.packets = self.event.packets.and(event.packets);
    }

    fn folded(self) -> Folded {
        let Line {
            mut event,
            key,
            answer,
            challenged,
            retransmissions,
            ..
        } = self;
        if key.is_none() {
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

/// Of what has or is an answer.
fn key(event: &Event) -> Option<Key> {
    let is_request = event.outcome == Outcome::Request;
    let (from, to) = match is_request {
        true => (event.from, event.to),
        false => (event.to, event.from),
    };
    match event.protocol {
        Protocol::Sip if event.outcome == Outcome::Unreadable => None,
        Protocol::Sip => {
            let message = Sip::parse(event.octets.clone()).ok()?;
            let cseq = message.read::<CSeq<'_>>().ok()??;
            let call_id = message.read::<CallId<'_>>().ok()??;
            // Nobody answers an ACK.
            (cseq.method != Method::ACK).then(|| Key::Sip {
                from,
                to,
                call_id: call_id.0.to_owned(),
                method: cseq.method.to_string(),
            })
        }
        Protocol::Diameter => {
            let message = Diameter::parse(event.octets.clone()).ok()?;
            Some(Key::Diameter {
                from,
                to,
                hop_by_hop: message.header().hop_by_hop,
            })
        }
        Protocol::Stun | Protocol::Unknown => None,
    }
}

#[cfg(test)]
mod tests;
