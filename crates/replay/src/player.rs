//! Going through a plan: what to send, what to wait for, and what came otherwise.

mod comparing;
mod expecting;
mod hearing;
mod links;
mod receiving;
mod speaking;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use capture::{Numbers, Transport};
use flow::event::Protocol;

use crate::credentials::Credentials;
use crate::diameter;
use crate::difference::{Difference, Shown};
use crate::plan::{Kind, Message, Plan, Side, Turn};
use crate::sip::{self, CallIds};
use links::Links;

/// Live messages that wait until the capture has theirs; more are dropped, and counted.
pub const MAX_WAITING: usize = 1_000;

/// Octets of those messages together.
pub const MAX_WAITING_OCTETS: usize = 64 << 20;

/// Octets of what is kept to be sent again; of more, nothing is.
pub const MAX_REMEMBERED_OCTETS: usize = 64 << 20;

/// Differences that are told; more are counted.
pub const MAX_DIFFERENCES: usize = 10_000;

/// Octets of what is told of them.
const MAX_TOLD_OCTETS: usize = 64 << 20;

/// Connections of live elements that are taken in one replay; more are refused.
pub const MAX_ACCEPTED: usize = 1_000;

/// Sockets and connections that the node has open at once, as long as there are some whose turns are over: those are
/// closed for others.
pub const MAX_OPEN: usize = 256;

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
    /// Take connections from now on, and tell [`Player::accepted`].
    Listen {
        /// What will be spoken.
        protocol: Protocol,
    },
    /// Open a link to the live element, and tell [`Player::opened`].
    Open {
        /// Which.
        link: usize,
        /// What it is.
        transport: Transport,
        /// What will be spoken.
        protocol: Protocol,
    },
    /// Close a link, in order: what was sent arrives.
    Close {
        /// Which.
        link: usize,
    },
    /// Send a message.
    Send(Sending),
    /// Wait for a message, and tell [`Player::received`] or [`Player::timed_out`].
    Wait {
        /// What to send again meanwhile, where datagrams may be lost.
        again: Option<Again>,
    },
    /// Where time passes as in the capture: this much of it, before the next message is sent.
    Rest(Duration),
    /// The plan is done.
    Done,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// By which link.
    pub link: usize,
    /// Where to, if the link is a socket for datagrams.
    pub to: SocketAddr,
    /// The message.
    pub octets: Bytes,
}

/// What is sent again while nothing comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The message.
    pub sending: Sending,
    /// What it belongs to: its pauses go on where they were.
    pub exchange: usize,
    /// The next pause.
    pub pause: Pause,
}

/// How long it is from one time that a message is sent to the next; the first is T1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Twice that before: timer A of an INVITE (RFC 3261 §17.1.1.2).
    Doubled,
    /// Twice that before, and no more than T2: timer E of another request (§17.1.2.2), timer G of an answer to an INVITE
    /// (§17.2.1).
    DoubledToT2,
    /// T2: timer E once there was a provisional answer.
    T2,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In the order of the capture.
    pub differences: Vec<Difference>,
    /// Differences more than are told.
    pub untold: u64,
    /// Messages of the capture that did not come, with what they are.
    pub missing: Vec<(Numbers, String)>,
    /// Users whose live challenges nobody could answer for want of credentials.
    pub without_credentials: BTreeSet<String>,
    /// Proofs of users that a live element answered with another challenge, unlike in the capture.
    pub challenged_again: u64,
    /// Connections that the live element closed while something was to come.
    pub closed: u64,
    /// Messages of the node that were not sent because no live element answered any more.
    pub unsent: u64,
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
    against: Option<SocketAddr>,
    /// The first turn that is not done.
    at: usize,
    done: Vec<bool>,
    count_done: usize,
    /// Turns of each thread that are not done.
    threads: Vec<VecDeque<usize>>,
    /// The thread in which a live element was sooner than in the capture, and gets its answers.
    ahead: Option<usize>,
    /// Whether the time before this turn has passed.
    rested: bool,
    links: Links,
    /// Turns of each channel that are not done.
    to_come: Vec<usize>,
    /// Who sends datagrams, by the address in the capture.
    peers: HashMap<SocketAddr, SocketAddr>,
    outgoing: VecDeque<Sending>,
    waiting: Vec<Live>,
    waiting_octets: usize,
    /// Requests of peers that nothing came for yet.
    expected: BTreeSet<usize>,
    /// Exchanges of the node by branch and method.
    asked_sip: HashMap<(String, String), usize>,
    /// By link and hop-by-hop identifier.
    asked_diameter: HashMap<(usize, u32), usize>,
    sent: HashMap<usize, Sending>,
    /// INVITEs of the node by Call-ID and CSeq, and what acknowledged their final answers.
    invites: HashMap<(String, u32), usize>,
    acknowledged: HashMap<usize, Sending>,
    /// Exchanges of the node that answer a live challenge.
    proven: HashSet<usize>,
    /// Exchanges with a provisional answer.
    proceeding: HashSet<usize>,
    /// Live requests by the exchange that they are, with where they came from.
    asks: HashMap<usize, (usize, SocketAddr, Message)>,
    /// Live SIP requests, and the answer that they got.
    served: HashMap<(String, String, String), Option<Sending>>,
    /// Final answers to live requests, by exchange.
    answered: HashMap<usize, Sending>,
    /// Answers that were compared, by exchange and status.
    compared: HashSet<(usize, u32)>,
    /// Messages in a row that did not come in time.
    unanswered: u32,
    remembered_octets: usize,
    told_octets: usize,
    outcome: Outcome,
}

struct Live {
    link: usize,
    from: SocketAddr,
    message: Message,
    role: Role,
}

/// What a live message is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// An answer in this exchange.
    Answer(usize),
    /// The request of this turn.
    Request(usize),
    /// A request that the capture has not.
    Stranger,
}

impl Player {
    /// Plays `plan` against the element at `against`, or against who comes. `random` makes all that is new in this run.
    #[must_use]
    pub fn new(
        plan: Plan,
        against: Option<SocketAddr>,
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
        if let (Some(peer), Some(against)) = (plan.peer, against) {
            sip.addresses.add(peer, against);
        }
        let mut threads = vec![VecDeque::new(); plan.threads];
        let mut expected = BTreeSet::new();
        let mut to_come = vec![0; plan.channels.len()];
        for (at, turn) in plan.turns.iter().enumerate() {
            threads[turn.thread].push_back(at);
            to_come[turn.channel] += 1;
            if turn.side == Side::Peer && turn.kind == Kind::Request {
                expected.insert(at);
            }
        }
        Player {
            ignore: wishes.ignore,
            sip,
            diameter: diameter::Translation::new(wishes.origin.clone(), &run, [word(8), word(12)]),
            origin: wishes.origin,
            against,
            at: 0,
            done: vec![false; plan.turns.len()],
            count_done: 0,
            threads,
            ahead: None,
            rested: false,
            links: Links::new(&plan.channels),
            to_come,
            peers: HashMap::new(),
            outgoing: VecDeque::new(),
            waiting: Vec::new(),
            waiting_octets: 0,
            expected,
            asked_sip: HashMap::new(),
            asked_diameter: HashMap::new(),
            sent: HashMap::new(),
            invites: HashMap::new(),
            acknowledged: HashMap::new(),
            proven: HashSet::new(),
            proceeding: HashSet::new(),
            asks: HashMap::new(),
            served: HashMap::new(),
            answered: HashMap::new(),
            compared: HashSet::new(),
            unanswered: 0,
            remembered_octets: 0,
            told_octets: 0,
            outcome: Outcome::default(),
            plan,
        }
    }

    /// Where the live element is, if the node goes to it.
    #[must_use]
    pub fn against(&self) -> Option<SocketAddr> {
        self.against
    }

    /// How many messages of the plan are done; it rises while something is.
    #[must_use]
    pub fn position(&self) -> usize {
        self.count_done
    }

    /// Whether any live element was heard of.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.against.is_some() || self.links.is_met
    }

    /// What is to be done next.
    pub fn next_action(&mut self) -> Action {
        if let Some(sending) = self.outgoing.pop_front() {
            return Action::Send(sending);
        }
        if let Some(action) = self.links.opening(&self.plan.channels, self.against) {
            return action;
        }
        loop {
            if let Some(sending) = self.answer_ahead() {
                return Action::Send(sending);
            }
            let Some(turn) = self.plan.turns.get(self.at) else {
                return Action::Done;
            };
            if let Some(action) = self.links.open(&self.plan.channels, turn.channel) {
                return action;
            }
            let (side, channel) = (turn.side, turn.channel);
            if side == Side::Node {
                if let Some(rest) = self.rest() {
                    return Action::Rest(rest);
                }
                match self.speak(self.at) {
                    Some(sending) => return Action::Send(sending),
                    None => continue,
                }
            }
            if self.hear(self.at) {
                continue;
            }
            if !self.links.may_speak(&self.plan.channels, channel) || !self.may_come() {
                self.missed();
                continue;
            }
            if self.hear_ahead() {
                continue;
            }
            return Action::Wait {
                again: self.again(),
            };
        }
    }

    /// What is to be sent at once, whatever is waited for.
    pub fn take_outgoing(&mut self) -> Option<Sending> {
        self.outgoing.pop_front()
    }

    /// A link is open, and sends from `local`.
    pub fn opened(&mut self, link: usize, local: SocketAddr) {
        if let Some(channel) = self.links.opened(link, local) {
            let captured = self.plan.channels[channel].node;
            self.sip.addresses.add(captured, local);
        }
    }

    /// Takes a connection of a live element: the link that it is, or none where there are too many.
    pub fn accepted(&mut self, local: SocketAddr, remote: SocketAddr) -> Option<usize> {
        self.links.accepted(&self.plan.channels, local, remote)
    }

    /// The live element closed a connection.
    pub fn closed(&mut self, link: usize) {
        if self.links.closed(link) && self.at < self.plan.turns.len() {
            self.outcome.closed += 1;
        }
    }

    /// Takes a message of a live element.
    pub fn received(&mut self, link: usize, from: SocketAddr, octets: Bytes) {
        let Some(protocol) = self.links.heard(link) else {
            return;
        };
        let length = octets.len();
        let live = match protocol {
            Protocol::Sip => self.received_sip(link, from, octets),
            _ => self.received_diameter(link, octets),
        };
        let Some((message, exchange)) = live else {
            return;
        };
        if self.waiting.len() == MAX_WAITING || self.waiting_octets + length > MAX_WAITING_OCTETS {
            self.outcome.dropped += 1;
            return;
        }
        let role = match exchange {
            Some(exchange) => Role::Answer(exchange),
            None => self.expect(link, from, &message),
        };
        self.waiting_octets += length;
        self.waiting.push(Live {
            link,
            from,
            message,
            role,
        });
    }

    /// What is waited for did not come in time.
    pub fn timed_out(&mut self) {
        self.unanswered += 1;
        self.missed();
    }

    /// How many messages in a row did not come in time.
    #[must_use]
    pub fn unanswered(&self) -> u32 {
        self.unanswered
    }

    /// Nothing is waited for any more, and nothing sent.
    pub fn give_up(&mut self) {
        while let Some(turn) = self.plan.turns.get(self.at) {
            match turn.side {
                Side::Peer => self.missed(),
                Side::Node => {
                    self.outcome.unsent += 1;
                    self.finished(self.at);
                }
            }
        }
    }

    /// What the peer sends in this turn does not come.
    fn missed(&mut self) {
        if let Some(turn) = self.plan.turns.get(self.at) {
            self.outcome
                .missing
                .push((turn.packets, turn.label.clone()));
            self.finished(self.at);
        }
    }

    /// What came of it; what still waits was never in the capture.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        let last = self.plan.turns.last();
        for live in std::mem::take(&mut self.waiting) {
            let turn = match live.role {
                Role::Answer(exchange) => {
                    let mut turns = self.plan.turns.iter();
                    turns.find(|turn| turn.exchange == exchange)
                }
                Role::Request(at) => self.plan.turns.get(at),
                Role::Stranger => last,
            };
            let Some(turn) = turn else {
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
        self.outcome.without_credentials = self.sip.without_credentials();
        self.outcome
            .differences
            .sort_by_key(|difference| difference.packets);
        self.outcome.missing.sort();
        self.outcome
    }

    /// A turn is over, come what may.
    fn finished(&mut self, at: usize) {
        if std::mem::replace(&mut self.done[at], true) {
            return;
        }
        self.count_done += 1;
        self.expected.remove(&at);
        let Turn {
            thread, channel, ..
        } = self.plan.turns[at];
        self.to_come[channel] -= 1;
        if self.to_come[channel] == 0 {
            self.links.over(channel);
        }
        let thread = &mut self.threads[thread];
        while thread.front().is_some_and(|at| self.done[*at]) {
            thread.pop_front();
        }
        while self.done.get(self.at) == Some(&true) {
            self.at += 1;
            self.rested = false;
        }
    }

    /// Whether a message may be kept to be sent again.
    fn may_remember(&mut self, sending: &Sending) -> bool {
        self.remembered_octets += sending.octets.len();
        self.remembered_octets <= MAX_REMEMBERED_OCTETS
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
