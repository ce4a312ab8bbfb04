//! What a node and its peer said to each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::SystemTime;

use bytes::Bytes;
use capture::{Numbers, Transport};
use diameter_codec::base;
use flow::Event;
use flow::event::{Protocol, Purpose};
use sip_message::{CSeq, Method, Via};

use crate::error::ReplayError;
use crate::names::Place;

/// Messages of a plan.
pub const MAX_TURNS: usize = 100_000;

/// Octets of all messages of a plan.
pub const MAX_OCTETS: usize = 256 << 20;

/// The node's side, in the order of the capture, without what was sent again.
#[derive(Debug)]
pub struct Plan {
    pub(crate) turns: Vec<Turn>,
    pub(crate) channels: Vec<Channel>,
    /// The address of the peer that the live element takes the place of.
    pub(crate) peer: SocketAddr,
}

/// What carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) transport: Transport,
    pub(crate) protocol: Protocol,
    pub(crate) node: SocketAddr,
    /// Of a connection: a socket for datagrams has none.
    pub(crate) peer: Option<SocketAddr>,
}

/// One message.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) packets: Numbers,
    pub(crate) time: SystemTime,
    pub(crate) channel: usize,
    pub(crate) side: Side,
    pub(crate) kind: Kind,
    pub(crate) exchange: usize,
    pub(crate) label: String,
    pub(crate) message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What is played.
    Node,
    /// What is compared.
    Peer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Answer,
}

#[derive(Debug)]
pub(crate) enum Message {
    Sip(sip_message::Message),
    Diameter(diameter_codec::Message),
}

impl Plan {
    /// The plan for playing who is at `node`, whose name is `name`, against one peer: who is at `peer`, or else whom it
    /// sends most requests to.
    ///
    /// # Errors
    /// [`ReplayError`]: there is nothing to play, it cannot be played, or it is too much.
    pub fn new(
        events: impl IntoIterator<Item = Event>,
        node: &Place,
        name: &str,
        peer: Option<&Place>,
    ) -> Result<Plan, ReplayError> {
        let mut kept = Vec::new();
        let mut octets = 0;
        for event in events {
            let is_spoken = matches!(event.protocol, Protocol::Sip | Protocol::Diameter);
            if !is_spoken || node.has(event.source) == node.has(event.destination) {
                continue;
            }
            octets += event.octets.len();
            if kept.len() == MAX_TURNS || octets > MAX_OCTETS {
                return Err(ReplayError::TooLong);
            }
            // What was read at once is not kept for it.
            let octets = Bytes::copy_from_slice(&event.octets);
            kept.push(Event { octets, ..event });
        }
        let nothing = || ReplayError::NothingToPlay {
            name: name.to_owned(),
        };
        let peer = most_asked(&kept, node, peer).ok_or_else(nothing)?;
        let mut building = Building::default();
        for event in kept {
            let (other, side) = match node.has(event.source) {
                true => (event.destination, Side::Node),
                false => (event.source, Side::Peer),
            };
            if other != peer {
                continue;
            }
            if event.transport == Transport::Sctp {
                return Err(ReplayError::Sctp {
                    packet: event.packets.first,
                });
            }
            building.take(event, side)?;
        }
        Ok(Plan {
            turns: building.turns,
            channels: building.channels,
            peer,
        })
    }
}

/// The address that most requests of the node went to.
fn most_asked(events: &[Event], node: &Place, peer: Option<&Place>) -> Option<SocketAddr> {
    let mut asked: BTreeMap<SocketAddr, (usize, std::cmp::Reverse<usize>)> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        let is_request = event.outcome == flow::event::Outcome::Request;
        let is_peer = peer.is_none_or(|peer| peer.has(event.destination));
        if is_request && is_peer && node.has(event.source) {
            // Of two that are asked as often, the one that was asked first.
            let entry = asked
                .entry(event.destination)
                .or_insert((0, std::cmp::Reverse(at)));
            entry.0 += 1;
        }
    }
    asked
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(peer, _)| peer)
}

#[derive(Default)]
struct Building {
    turns: Vec<Turn>,
    channels: Vec<Channel>,
    /// By what a channel is, which of them.
    known: HashMap<(Transport, SocketAddr, Option<SocketAddr>), usize>,
    exchanges: usize,
    sip: HashMap<(String, String, String), usize>,
    /// By channel, side that asks, and hop-by-hop identifier.
    diameter: HashMap<(usize, bool, u32), usize>,
    /// Final and provisional answers that each exchange has, by what they are.
    answered: HashMap<usize, BTreeSet<String>>,
}

impl Building {
    fn take(&mut self, event: Event, side: Side) -> Result<(), ReplayError> {
        match event.protocol {
            Protocol::Sip => {
                if let Ok(message) = sip_message::Message::parse(event.octets.clone()) {
                    self.sip(&event, side, message);
                }
            }
            _ => {
                if let Ok(message) = diameter_codec::Message::parse(event.octets.clone()) {
                    self.diameter(&event, side, message)?;
                }
            }
        }
        Ok(())
    }

    fn channel(&mut self, event: &Event, side: Side) -> usize {
        let (node, peer) = match side {
            Side::Node => (event.source, event.destination),
            Side::Peer => (event.destination, event.source),
        };
        let channel = Channel {
            transport: event.transport,
            protocol: event.protocol,
            node,
            peer: (event.transport == Transport::Tcp).then_some(peer),
        };
        let key = (channel.transport, channel.node, channel.peer);
        *self.known.entry(key).or_insert_with(|| {
            self.channels.push(channel);
            self.channels.len() - 1
        })
    }

    fn sip(&mut self, event: &Event, side: Side, message: sip_message::Message) {
        let Some(key) = sip_key(&message) else {
            return;
        };
        let kind = match message.status() {
            None => Kind::Request,
            // Whether it is sent depends on how long the answer takes.
            Some(status) if status.0 == 100 => return,
            Some(_) => Kind::Answer,
        };
        let exchange = match (kind, self.sip.get(&key)) {
            // Sent again.
            (Kind::Request, Some(_)) | (Kind::Answer, None) => return,
            (Kind::Request, None) => {
                self.sip.insert(key, self.exchanges);
                self.exchanges += 1;
                self.exchanges - 1
            }
            (Kind::Answer, Some(&exchange)) => {
                let answers = self.answered.entry(exchange).or_default();
                if !answers.insert(event.label.clone()) {
                    return;
                }
                exchange
            }
        };
        self.push(event, side, kind, exchange, Message::Sip(message));
    }

    fn diameter(
        &mut self,
        event: &Event,
        side: Side,
        message: diameter_codec::Message,
    ) -> Result<(), ReplayError> {
        let header = *message.header();
        let kind = match header.is_request() {
            true => Kind::Request,
            false => Kind::Answer,
        };
        let begins = header.command == base::command::CAPABILITIES_EXCHANGE;
        if side == Side::Peer && kind == Kind::Request && begins {
            return Err(ReplayError::Listens {
                packet: event.packets.first,
                peer: event.source,
            });
        }
        let channel = self.channel(event, side);
        let asker_is_node = (side == Side::Node) == (kind == Kind::Request);
        // When the live element looks whether we live, or parts, is its own affair; we answer it.
        if !asker_is_node && event.purpose != Purpose::Procedure {
            return Ok(());
        }
        let key = (channel, asker_is_node, header.hop_by_hop);
        let exchange = match (kind, self.diameter.get(&key)) {
            (Kind::Request, Some(exchange)) if !self.answered.contains_key(exchange) => {
                return Ok(());
            }
            (Kind::Request, _) => {
                self.diameter.insert(key, self.exchanges);
                self.exchanges += 1;
                self.exchanges - 1
            }
            (Kind::Answer, None) => return Ok(()),
            (Kind::Answer, Some(&exchange)) => {
                let answers = self.answered.entry(exchange).or_default();
                if !answers.insert(String::new()) {
                    return Ok(());
                }
                exchange
            }
        };
        self.push(event, side, kind, exchange, Message::Diameter(message));
        Ok(())
    }

    fn push(&mut self, event: &Event, side: Side, kind: Kind, exchange: usize, message: Message) {
        let channel = self.channel(event, side);
        self.turns.push(Turn {
            packets: event.packets,
            time: event.time,
            channel,
            side,
            kind,
            exchange,
            label: event.label.clone(),
            message,
        });
    }
}

/// Branch, sent-by and method (RFC 3261 §17.1.3, §17.2.3).
pub(crate) fn sip_key(message: &sip_message::Message) -> Option<(String, String, String)> {
    let via = message.read::<Via<'_>>().ok()??;
    let cseq = message.read::<CSeq<'_>>().ok()??;
    let branch = via.branch()?.to_owned();
    let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
    let sent_by = format!("{}{port}", via.host).to_ascii_lowercase();
    // An ACK to a final answer other than 2xx has its INVITE's branch, and no answer of its own.
    let method = match message.method() {
        Some(method) if method == Method::ACK => "ACK",
        _ => cseq.method.as_str(),
    };
    Some((branch, sent_by, method.to_owned()))
}
