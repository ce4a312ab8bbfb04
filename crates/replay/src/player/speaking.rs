//! What the node sends in a turn.

use std::net::SocketAddr;

use capture::Transport;
use sip_message::{CSeq, Method, Name, Via};

use super::{Again, Pause, Player, Sending};
use crate::plan::{Kind, Message, Side, sip_key};
use crate::sip;

impl Player {
    /// Sends what the node sent in a turn; nothing where what it answers did not come.
    pub(super) fn speak(&mut self, at: usize) -> Option<Sending> {
        let kind = self.plan.turns[at].kind;
        let sending = match kind {
            Kind::Request => self.ask(at),
            Kind::Answer => self.answer(at),
        };
        self.finished(at);
        self.outcome.sent += u64::from(sending.is_some());
        sending
    }

    /// The next answer to what came sooner than in the capture.
    pub(super) fn answer_ahead(&mut self) -> Option<Sending> {
        loop {
            let next = self.threads[self.ahead?].front().copied();
            let turn = next.map(|at| (at, &self.plan.turns[at]));
            match turn {
                Some((at, turn))
                    if turn.side == Side::Node
                        && turn.kind == Kind::Answer
                        && self.asks.contains_key(&turn.exchange) =>
                {
                    if let Some(sending) = self.speak(at) {
                        return Some(sending);
                    }
                }
                _ => self.ahead = None,
            }
        }
    }

    fn ask(&mut self, at: usize) -> Option<Sending> {
        let turn = &self.plan.turns[at];
        let exchange = turn.exchange;
        let (link, local) = self.links.way(turn.channel)?;
        let to = self.links.ends(link).and_then(|(_, remote)| remote);
        let to = to
            .or(self.against)
            .or_else(|| self.peers.get(&turn.peer).copied())?;
        let octets = match &turn.message {
            Message::Sip(captured) => {
                let live = self.sip.request(captured, local);
                if self.sip.has_proven() {
                    self.proven.insert(exchange);
                }
                if let Some(key) = sip::Translation::key(&live) {
                    self.asked_sip.insert(key, exchange);
                }
                let sending = Sending {
                    link,
                    to,
                    octets: live.to_bytes(),
                };
                self.remember_invite(&live, exchange, &sending);
                sending.octets
            }
            Message::Diameter(captured) => {
                let addresses = &self.sip.addresses;
                let (octets, hop_by_hop) =
                    self.diameter
                        .request(captured, local, addresses, &mut self.sip.credentials);
                self.asked_diameter.insert((link, hop_by_hop), exchange);
                octets
            }
        };
        let sending = Sending { link, to, octets };
        self.sent.insert(exchange, sending.clone());
        Some(sending)
    }

    fn answer(&mut self, at: usize) -> Option<Sending> {
        let turn = &self.plan.turns[at];
        let exchange = turn.exchange;
        let (link, from, asked) = self.asks.get(&exchange)?;
        let (link, from) = (*link, *from);
        let (local, remote) = self.links.ends(link)?;
        let (to, octets) = match (&turn.message, asked) {
            (Message::Sip(captured), Message::Sip(asked)) => {
                let octets = self.sip.answer(captured, asked).to_bytes();
                let to = remote.unwrap_or_else(|| answer_to(asked, from));
                let key = sip_key(asked);
                let is_final = captured.status().is_some_and(|status| status.0 >= 200);
                let sending = Sending { link, to, octets };
                if self.may_remember(&sending) {
                    self.answered.insert(exchange, sending.clone());
                    if let Some(served) = key.and_then(|key| self.served.get_mut(&key)) {
                        *served = Some(sending.clone());
                    }
                }
                if is_final {
                    self.asks.remove(&exchange);
                }
                return Some(sending);
            }
            (Message::Diameter(captured), Message::Diameter(asked)) => {
                let addresses = &self.sip.addresses;
                let octets = self.diameter.answer(captured, asked, local, addresses);
                self.asks.remove(&exchange);
                (remote.unwrap_or(from), octets)
            }
            _ => return None,
        };
        Some(Sending { link, to, octets })
    }

    /// An INVITE of the node, or the ACK of one.
    fn remember_invite(&mut self, live: &sip_message::Message, exchange: usize, sending: &Sending) {
        let Some(key) = call(live) else {
            return;
        };
        if live.method() == Some(Method::INVITE) {
            self.invites.insert(key, exchange);
        } else if live.method() == Some(Method::ACK)
            && let Some(invite) = self.invites.get(&key)
        {
            self.acknowledged.insert(*invite, sending.clone());
        }
    }

    /// What is sent again while nothing comes, over datagrams: the request that is not answered, or the answer to an
    /// INVITE that is not acknowledged.
    pub(super) fn again(&self) -> Option<Again> {
        let turn = &self.plan.turns[self.at];
        if self.plan.channels[turn.channel].transport != Transport::Udp {
            return None;
        }
        let Message::Sip(captured) = &turn.message else {
            return None;
        };
        let is_invite = || {
            let cseq = captured.read::<CSeq<'_>>().ok().flatten();
            cseq.is_some_and(|cseq| cseq.method == Method::INVITE)
        };
        let (exchange, sending, pause) = match turn.kind {
            Kind::Answer => {
                let is_proceeding = self.proceeding.contains(&turn.exchange);
                let pause = match (is_invite(), is_proceeding) {
                    (true, true) => return None,
                    (true, false) => Pause::Doubled,
                    (false, true) => Pause::T2,
                    (false, false) => Pause::DoubledToT2,
                };
                (turn.exchange, self.sent.get(&turn.exchange)?, pause)
            }
            Kind::Request if captured.method() == Some(Method::ACK) => {
                let key = call(captured)?;
                let turns = &self.plan.turns[..self.at];
                let invite = turns.iter().rev().find(|turn| match &turn.message {
                    Message::Sip(message) => {
                        message.method() == Some(Method::INVITE)
                            && call(message) == Some(key.clone())
                    }
                    Message::Diameter(_) => false,
                });
                let exchange = invite?.exchange;
                (exchange, self.answered.get(&exchange)?, Pause::DoubledToT2)
            }
            Kind::Request => return None,
        };
        Some(Again {
            sending: sending.clone(),
            exchange,
            pause,
        })
    }
}

/// Call-ID and number of the CSeq.
fn call(message: &sip_message::Message) -> Option<(String, u32)> {
    let call = message.header(Name::CALL_ID)?.to_owned();
    let cseq = message.read::<CSeq<'_>>().ok()??;
    Some((call, cseq.seq))
}

/// Where the answer to a datagram goes (RFC 3261 §18.2.2, RFC 3581 §4): the address that it came from, by the port of
/// its Via unless that wants the one that it came from.
fn answer_to(asked: &sip_message::Message, from: SocketAddr) -> SocketAddr {
    const SIP_PORT: u16 = 5060;
    let Ok(Some(via)) = asked.read::<Via<'_>>() else {
        return from;
    };
    match via.params.has("rport") {
        true => from,
        false => SocketAddr::new(from.ip(), via.port.unwrap_or(SIP_PORT)),
    }
}
