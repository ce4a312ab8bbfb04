//! Going through a plan: what to send, what to wait for, and what came otherwise.

mod comparing;
mod receiving;

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use capture::{Numbers, Transport};
use flow::event::Protocol;

use crate::credentials::Credentials;
use crate::diameter;
use crate::difference::{Difference, Shown};
use crate::plan::{Kind, Message, Plan, Side, sip_key};
use crate::sip::{self, CallIds};

/// Live messages that wait until the capture has theirs; more are dropped, and counted.
pub const MAX_WAITING: usize = 1_000;

/// What is to be otherwise than in the capture, and what is not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Whether Call-IDs are new.
    pub call_ids: CallIds,
    /// Who the node says that it is, in Diameter.
    pub origin: diameter::Origin,
    /// Fields that are not compared: a header, a header's parameter (`WWW-Authenticate.realm`), an AVP, with all that
    /// is in it.
    pub ignore: Vec<String>,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open a channel, and tell [`Player::opened`].
    Open {
        /// Which.
        channel: usize,
        /// What it is.
        transport: Transport,
        /// What will be spoken.
        protocol: Protocol,
    },
    /// Send a message.
    Send {
        /// By which channel.
        channel: usize,
        /// The message.
        octets: Bytes,
    },
    /// Wait for a message, and tell [`Player::received`] or [`Player::timed_out`].
    Wait {
        /// What to send again meanwhile, where datagrams may be lost.
        again: Option<(usize, Bytes)>,
    },
    /// Where time passes as in the capture: this much of it, before the next message is sent.
    Rest(Duration),
    /// The plan is done.
    Done,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In the order of the capture.
    pub differences: Vec<Difference>,
    /// Messages of the capture that did not come, with what they are.
    pub missing: Vec<(Numbers, String)>,
    /// Messages that were sent.
    pub sent: u64,
    /// Messages that were compared.
    pub compared: u64,
    /// Live messages that were dropped: nobody asked for them, or too many waited.
    pub dropped: u64,
}

/// A plan under way.
pub struct Player {
    plan: Plan,
    ignore: Vec<String>,
    sip: sip::Translation,
    diameter: diameter::Translation,
    origin: diameter::Origin,
    against: SocketAddr,
    at: usize,
    /// Whether the time before this turn has passed.
    rested: bool,
    channels: Vec<State>,
    outgoing: VecDeque<(usize, Bytes)>,
    waiting: Vec<Live>,
    /// Exchanges of the node by branch and method.
    asked_sip: HashMap<(String, String), usize>,
    /// By channel and hop-by-hop identifier.
    asked_diameter: HashMap<(usize, u32), usize>,
    sent: HashMap<usize, Bytes>,
    /// Live requests by the exchange that they are, with the channel.
    asks: HashMap<usize, (usize, Message)>,
    /// Live SIP requests, and the answer that they got.
    served: HashMap<(String, String, String), Option<Bytes>>,
    /// Answers that were compared, by exchange and status.
    done: HashSet<(usize, u32)>,
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unopened,
    Open(SocketAddr),
    Closed,
}

struct Live {
    channel: usize,
    message: Message,
    /// Of an answer.
    exchange: Option<usize>,
}

impl Player {
    /// Plays `plan` against the element at `against`. `random` makes all that is new in this run.
    #[must_use]
    pub fn new(
        plan: Plan,
        against: SocketAddr,
        wishes: Wishes,
        credentials: Credentials,
        random: [u8; 16],
    ) -> Player {
        let run: String = random[..8]
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        let word = |at: usize| {
            let [a, b, c, d] = [random[at], random[at + 1], random[at + 2], random[at + 3]];
            u32::from_be_bytes([a, b, c, d])
        };
        let mut sip = sip::Translation::new(credentials, wishes.call_ids, &run);
        sip.addresses.add(plan.peer, against);
        Player {
            ignore: wishes.ignore,
            sip,
            diameter: diameter::Translation::new(wishes.origin.clone(), &run, [word(8), word(12)]),
            origin: wishes.origin,
            against,
            at: 0,
            rested: false,
            channels: vec![State::Unopened; plan.channels.len()],
            outgoing: VecDeque::new(),
            waiting: Vec::new(),
            asked_sip: HashMap::new(),
            asked_diameter: HashMap::new(),
            sent: HashMap::new(),
            asks: HashMap::new(),
            served: HashMap::new(),
            done: HashSet::new(),
            outcome: Outcome::default(),
            plan,
        }
    }

    /// Where the live element is.
    #[must_use]
    pub fn against(&self) -> SocketAddr {
        self.against
    }

    /// Which message of the plan is next; it rises while something is done.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// What is to be done next.
    pub fn next_action(&mut self) -> Action {
        if let Some((channel, octets)) = self.outgoing.pop_front() {
            return Action::Send { channel, octets };
        }
        loop {
            let Some(turn) = self.plan.turns.get(self.at) else {
                return Action::Done;
            };
            let channel = turn.channel;
            match self.channels[channel] {
                State::Unopened => {
                    let about = self.plan.channels[channel];
                    return Action::Open {
                        channel,
                        transport: about.transport,
                        protocol: about.protocol,
                    };
                }
                State::Closed if turn.side == Side::Node => {
                    self.pass();
                    continue;
                }
                State::Open(_) | State::Closed => {}
            }
            if turn.side == Side::Node {
                if let Some(rest) = self.rest() {
                    return Action::Rest(rest);
                }
                let local = match self.channels[channel] {
                    State::Open(local) => local,
                    State::Unopened | State::Closed => continue,
                };
                match self.speak(local) {
                    Some((channel, octets)) => return Action::Send { channel, octets },
                    None => continue,
                }
            }
            if self.hear() {
                continue;
            }
            if self.channels[channel] == State::Closed || !self.may_come() {
                self.timed_out();
                continue;
            }
            return Action::Wait {
                again: self.again(),
            };
        }
    }

    /// What is to be sent at once, whatever is waited for.
    pub fn take_outgoing(&mut self) -> Option<(usize, Bytes)> {
        self.outgoing.pop_front()
    }

    /// A channel is open, and sends from `local`.
    pub fn opened(&mut self, channel: usize, local: SocketAddr) {
        self.channels[channel] = State::Open(local);
        let captured = self.plan.channels[channel].node;
        self.sip.addresses.add(captured, local);
    }

    /// The live element closed a connection.
    pub fn closed(&mut self, channel: usize) {
        self.channels[channel] = State::Closed;
    }

    /// Takes a message of the live element.
    pub fn received(&mut self, channel: usize, octets: Bytes) {
        let live = match self.plan.channels[channel].protocol {
            Protocol::Sip => self.received_sip(channel, octets),
            _ => self.received_diameter(channel, octets),
        };
        match live {
            Some((message, exchange)) if self.waiting.len() < MAX_WAITING => {
                self.waiting.push(Live {
                    channel,
                    message,
                    exchange,
                });
            }
            Some(_) => self.outcome.dropped += 1,
            None => {}
        }
    }

    /// What is waited for did not come in time.
    pub fn timed_out(&mut self) {
        if let Some(turn) = self.plan.turns.get(self.at) {
            self.outcome
                .missing
                .push((turn.packets, turn.label.clone()));
        }
        self.pass();
    }

    /// What came of it; what still waits was never in the capture.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let last = self.plan.turns.last();
        for live in std::mem::take(&mut self.waiting) {
            let of = |exchange| {
                let mut turns = self.plan.turns.iter();
                turns.find(|turn| turn.exchange == exchange)
            };
            let Some(turn) = live.exchange.and_then(of).or(last) else {
                continue;
            };
            self.outcome.differences.push(Difference {
                packets: turn.packets,
                message: turn.label.clone(),
                field: "message".to_owned(),
                captured: Shown::Absent,
                live: Shown::Text(first_line(&live.message)),
            });
        }
        self.outcome
            .differences
            .sort_by_key(|difference| difference.packets);
        self.outcome
    }

    fn pass(&mut self) {
        self.at += 1;
        self.rested = false;
    }

    /// The time between this message and that before it, once.
    fn rest(&mut self) -> Option<Duration> {
        if std::mem::replace(&mut self.rested, true) {
            return None;
        }
        let before = self.at.checked_sub(1)?;
        let [before, this] = [before, self.at].map(|at| self.plan.turns[at].time);
        let since = this.duration_since(before).ok()?;
        (!since.is_zero()).then_some(since)
    }

    /// Sends what the node sent in this turn.
    fn speak(&mut self, local: SocketAddr) -> Option<(usize, Bytes)> {
        let turn = &self.plan.turns[self.at];
        let (mut channel, exchange) = (turn.channel, turn.exchange);
        let octets = match (&turn.message, turn.kind) {
            (Message::Sip(captured), Kind::Request) => {
                let live = self.sip.request(captured, local);
                if let Some(key) = sip::Translation::key(&live) {
                    self.asked_sip.insert(key, exchange);
                }
                Some(live.to_bytes())
            }
            (Message::Sip(captured), Kind::Answer) => match self.asks.get(&exchange) {
                Some((by, Message::Sip(asked))) => {
                    channel = *by;
                    let octets = self.sip.answer(captured, asked).to_bytes();
                    if let Some(key) = sip_key(asked) {
                        self.served.insert(key, Some(octets.clone()));
                    }
                    Some(octets)
                }
                _ => None,
            },
            (Message::Diameter(captured), Kind::Request) => {
                let (octets, hop_by_hop) = self.diameter.request(captured, local);
                self.asked_diameter.insert((channel, hop_by_hop), exchange);
                Some(octets)
            }
            (Message::Diameter(captured), Kind::Answer) => match self.asks.get(&exchange) {
                Some((by, Message::Diameter(asked))) => {
                    channel = *by;
                    Some(self.diameter.answer(captured, asked, local))
                }
                _ => None,
            },
        };
        if turn.kind == Kind::Request
            && let Some(octets) = &octets
        {
            self.sent.insert(exchange, octets.clone());
        }
        self.pass();
        let octets = octets?;
        self.outcome.sent += 1;
        Some((channel, octets))
    }

    /// Compares what the peer sent in this turn with what came; whether something came.
    fn hear(&mut self) -> bool {
        let turn = &self.plan.turns[self.at];
        let found = match turn.kind {
            Kind::Answer => self.waiting.iter().position(|live| {
                live.exchange == Some(turn.exchange)
                    && is_final(&live.message) == is_final(&turn.message)
            }),
            Kind::Request => self.waiting.iter().position(|live| {
                live.exchange.is_none() && is_same(&self.sip, &turn.message, &live.message)
            }),
        };
        let Some(found) = found else {
            return false;
        };
        let live = self.waiting.remove(found);
        match (&turn.message, &live.message, turn.kind) {
            (Message::Sip(captured), Message::Sip(live), Kind::Answer) => {
                self.sip.learn(captured, live);
            }
            (Message::Sip(captured), Message::Sip(live), Kind::Request) => {
                self.sip.learn_request(captured, live);
            }
            (Message::Diameter(captured), Message::Diameter(live), Kind::Answer) => {
                self.diameter.learn(captured, live);
            }
            (Message::Diameter(captured), Message::Diameter(live), Kind::Request) => {
                self.diameter.learn_request(captured, live);
            }
            _ => {}
        }
        self.compare(self.at, &live.message);
        let turn = &self.plan.turns[self.at];
        let exchange = turn.exchange;
        match turn.kind {
            Kind::Request => {
                self.asks.insert(exchange, (live.channel, live.message));
            }
            Kind::Answer => {
                self.done.insert((exchange, status(&live.message)));
            }
        }
        self.pass();
        true
    }

    /// Whether what this turn has can still come: an answer only where its request was sent, and a provisional one only
    /// before the final one.
    fn may_come(&self) -> bool {
        let turn = &self.plan.turns[self.at];
        let has_final = || {
            self.waiting
                .iter()
                .any(|live| live.exchange == Some(turn.exchange) && is_final(&live.message))
        };
        match turn.kind {
            Kind::Request => true,
            Kind::Answer => self.sent.contains_key(&turn.exchange) && !has_final(),
        }
    }

    fn again(&self) -> Option<(usize, Bytes)> {
        let turn = &self.plan.turns[self.at];
        let is_lossy = self.plan.channels[turn.channel].transport == Transport::Udp;
        let octets = self.sent.get(&turn.exchange)?;
        (turn.kind == Kind::Answer && is_lossy).then(|| (turn.channel, octets.clone()))
    }
}

fn is_same(sip: &sip::Translation, captured: &Message, live: &Message) -> bool {
    match (captured, live) {
        (Message::Sip(captured), Message::Sip(live)) => sip.is_same_request(captured, live),
        (Message::Diameter(captured), Message::Diameter(live)) => {
            let (one, other) = (captured.header(), live.header());
            (one.command, one.application) == (other.command, other.application)
        }
        _ => false,
    }
}

fn is_final(message: &Message) -> bool {
    match message {
        Message::Sip(message) => message.status().is_some_and(|status| status.0 >= 200),
        Message::Diameter(_) => true,
    }
}

/// 0 for Diameter, where a request has one answer.
fn status(message: &Message) -> u32 {
    match message {
        Message::Sip(message) => message.status().map_or(0, |status| u32::from(status.0)),
        Message::Diameter(_) => 0,
    }
}

fn first_line(message: &Message) -> String {
    match message {
        Message::Sip(message) => {
            let octets = message.to_bytes();
            let line = octets.split(|octet| *octet == b'\r').next();
            String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
        }
        Message::Diameter(message) => match message.header().name() {
            Some(name) => name.short.to_owned(),
            None => format!("command {}", message.header().command.0),
        },
    }
}
