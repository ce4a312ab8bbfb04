//! From messages of a capture to turns of a plan.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;

use capture::Transport;
use diameter_codec::base;
use flow::Event;
use flow::event::{Protocol, Purpose};
use sip_message::Name;

use super::{Channel, Ends, Kind, Message, Side, Turn, sip_key};

#[derive(Default)]
pub(super) struct Building {
    pub(super) turns: Vec<Turn>,
    pub(super) channels: Vec<Channel>,
    pub(super) threads: usize,
    /// By what a channel is, which of them.
    known: HashMap<(Transport, SocketAddr, Option<SocketAddr>), usize>,
    exchanges: usize,
    sip: HashMap<(String, String, String), usize>,
    /// By channel, side that asks, and hop-by-hop identifier.
    diameter: HashMap<(usize, bool, u32), usize>,
    /// Final and provisional answers that each exchange has, by what they are.
    answered: HashMap<usize, BTreeSet<String>>,
    calls: HashMap<String, usize>,
    /// By channel and Session-Id, empty for what has none.
    sessions: HashMap<(usize, String), usize>,
}

impl Building {
    pub(super) fn take(&mut self, event: Event, ends: Ends, opener: Side) {
        match event.protocol {
            Protocol::Sip => {
                if let Ok(message) = sip_message::Message::parse(event.octets.clone()) {
                    self.sip(&event, ends, opener, message);
                }
            }
            _ => {
                if let Ok(message) = diameter_codec::Message::parse(event.octets.clone()) {
                    self.diameter(&event, ends, opener, message);
                }
            }
        }
    }

    fn channel(&mut self, event: &Event, ends: Ends, opener: Side) -> usize {
        let channel = Channel {
            transport: event.transport,
            protocol: event.protocol,
            node: ends.node,
            peer: (event.transport == Transport::Tcp).then_some(ends.peer),
            opener,
            identity: None,
        };
        let key = (channel.transport, channel.node, channel.peer);
        *self.known.entry(key).or_insert_with(|| {
            self.channels.push(channel);
            self.channels.len() - 1
        })
    }

    fn sip(&mut self, event: &Event, ends: Ends, opener: Side, message: sip_message::Message) {
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
        let call = message.header(Name::CALL_ID).unwrap_or_default();
        let next = &mut self.threads;
        let thread = *self.calls.entry(call.to_owned()).or_insert_with(|| {
            *next += 1;
            *next - 1
        });
        let channel = self.channel(event, ends, opener);
        let message = Message::Sip(message);
        self.push(event, ends, channel, (kind, exchange, thread), message);
    }

    fn diameter(
        &mut self,
        event: &Event,
        ends: Ends,
        opener: Side,
        message: diameter_codec::Message,
    ) {
        let header = *message.header();
        let kind = match header.is_request() {
            true => Kind::Request,
            false => Kind::Answer,
        };
        let channel = self.channel(event, ends, opener);
        let asker_is_node = (ends.side == Side::Node) == (kind == Kind::Request);
        let begins = header.command == base::command::CAPABILITIES_EXCHANGE;
        // When the live element looks whether we live, or parts, is its own affair; we answer it.
        if !asker_is_node && event.purpose != Purpose::Procedure && !begins {
            return;
        }
        if begins && ends.side == Side::Peer && kind == Kind::Request {
            let host = message.find(base::avp::ORIGIN_HOST);
            self.channels[channel].identity = host.map(|host| host.data.to_vec());
        }
        let key = (channel, asker_is_node, header.hop_by_hop);
        let exchange = match (kind, self.diameter.get(&key)) {
            (Kind::Request, Some(exchange)) if !self.answered.contains_key(exchange) => {
                return;
            }
            (Kind::Request, _) => {
                self.diameter.insert(key, self.exchanges);
                self.exchanges += 1;
                self.exchanges - 1
            }
            (Kind::Answer, None) => return,
            (Kind::Answer, Some(&exchange)) => {
                let answers = self.answered.entry(exchange).or_default();
                if !answers.insert(String::new()) {
                    return;
                }
                exchange
            }
        };
        let session = message.session_id().unwrap_or_default().to_owned();
        let next = &mut self.threads;
        let thread = *self.sessions.entry((channel, session)).or_insert_with(|| {
            *next += 1;
            *next - 1
        });
        let message = Message::Diameter(message);
        self.push(event, ends, channel, (kind, exchange, thread), message);
    }

    fn push(
        &mut self,
        event: &Event,
        ends: Ends,
        channel: usize,
        (kind, exchange, thread): (Kind, usize, usize),
        message: Message,
    ) {
        self.turns.push(Turn {
            packets: event.packets,
            time: event.time,
            channel,
            side: ends.side,
            kind,
            exchange,
            thread,
            peer: ends.peer,
            label: event.label.clone(),
            message,
        });
    }
}
