//! What comes from a live element.

use std::net::SocketAddr;

use bytes::Bytes;
use diameter_codec::base;

use super::{Message, Player, Role, Sending, status};
use crate::plan::{Kind, MAX_TURNS, Side, sip_key};
use crate::{diameter, sip};

/// Octets of what identifies a SIP request that is remembered.
const MAX_KEY: usize = 1_024;

impl Player {
    /// A SIP message that is new, with the exchange that it answers.
    pub(super) fn received_sip(
        &mut self,
        link: usize,
        from: SocketAddr,
        octets: Bytes,
    ) -> Option<(Message, Option<usize>)> {
        let Ok(message) = sip_message::Message::parse(octets) else {
            self.outcome.dropped += 1;
            return None;
        };
        let Some(code) = message.status() else {
            let Some(key) = sip_key(&message) else {
                self.outcome.dropped += 1;
                return None;
            };
            return match self.served.get(&key) {
                // It was sent again: so is the answer, if there is one.
                Some(answer) => {
                    let again = answer.clone();
                    self.outgoing.extend(again.map(|it| Sending {
                        link,
                        to: from,
                        ..it
                    }));
                    None
                }
                None => {
                    let octets = key.0.len() + key.1.len() + key.2.len();
                    if self.served.len() < MAX_TURNS && octets <= MAX_KEY {
                        self.served.insert(key, None);
                    }
                    Some((Message::Sip(message), None))
                }
            };
        };
        let key = sip::Translation::key(&message);
        let exchange = key.and_then(|key| self.asked_sip.get(&key).copied());
        let Some(exchange) = exchange else {
            self.outcome.dropped += u64::from(code.0 != 100);
            return None;
        };
        if code.0 < 200 {
            self.proceeding.insert(exchange);
        }
        if code.0 == 100 {
            return None;
        }
        let is_again = self.compared.contains(&(exchange, u32::from(code.0)))
            || self.waiting.iter().any(|live| {
                live.role == Role::Answer(exchange) && status(&live.message) == u32::from(code.0)
            });
        if is_again && code.0 >= 200 {
            // Its ACK was lost (RFC 3261 §13.2.2.4, §17.1.1.2).
            self.outgoing
                .extend(self.acknowledged.get(&exchange).cloned());
        }
        (!is_again).then_some((Message::Sip(message), Some(exchange)))
    }

    /// A Diameter message that is for the plan, with the exchange that it answers.
    pub(super) fn received_diameter(
        &mut self,
        link: usize,
        octets: Bytes,
    ) -> Option<(Message, Option<usize>)> {
        let Ok(message) = diameter_codec::Message::parse(octets) else {
            self.outcome.dropped += 1;
            return None;
        };
        if !message.header().is_request() {
            let key = (link, message.header().hop_by_hop);
            let exchange = self.asked_diameter.remove(&key);
            self.outcome.dropped += u64::from(exchange.is_none());
            return exchange.map(|exchange| (Message::Diameter(message), Some(exchange)));
        }
        let answer = match message.header().command {
            base::command::CAPABILITIES_EXCHANGE => self.capabilities_again(link, &message),
            _ => {
                let (host, realm) = self.identity(link);
                diameter::base_answer(&message, &host, &realm)
            }
        };
        let Some(octets) = answer else {
            return Some((Message::Diameter(message), None));
        };
        // Who connects has an address; elsewhere it does not matter.
        let remote = self.links.ends(link).and_then(|(_, remote)| remote);
        if let Some(to) = remote.or(self.against) {
            self.outgoing.push_back(Sending { link, to, octets });
        }
        None
    }

    /// The answer to a CER of who was there before, and connects again: that of the capture.
    fn capabilities_again(
        &mut self,
        link: usize,
        message: &diameter_codec::Message,
    ) -> Option<Bytes> {
        let host = message.find(base::avp::ORIGIN_HOST)?.data;
        let is_expected = |at: &usize| match &self.plan.turns[*at].message {
            Message::Diameter(captured) => {
                captured.header().command == base::command::CAPABILITIES_EXCHANGE
            }
            Message::Sip(_) => false,
        };
        let of_channel = |channel: &usize| {
            let captured = self.plan.channels[*channel].identity.as_deref();
            captured.is_some_and(|captured| self.diameter.live_peer(captured) == host)
        };
        let channel = (0..self.plan.channels.len()).find(of_channel)?;
        let turns = || 0..self.plan.turns.len();
        if turns().any(|at| {
            self.plan.turns[at].channel == channel
                && self.expected.contains(&at)
                && is_expected(&at)
        }) {
            return None;
        }
        let at = turns().find(|at| {
            let turn = &self.plan.turns[*at];
            turn.channel == channel
                && (turn.side, turn.kind) == (Side::Peer, Kind::Request)
                && is_expected(at)
        })?;
        let Some(Message::Diameter(captured)) = self.captured_answer(at) else {
            return None;
        };
        let (local, _) = self.links.ends(link)?;
        let answer = self
            .diameter
            .answer(captured, message, local, &self.sip.addresses);
        self.links.bind(link, channel);
        Some(answer)
    }

    /// Who the node is on a connection: as it says there, or else anywhere.
    fn identity(&self, link: usize) -> (String, String) {
        let channel = self.links.channel(link);
        let of_node = self
            .plan
            .turns
            .iter()
            .filter_map(|turn| match &turn.message {
                Message::Diameter(message) if turn.side == Side::Node => {
                    Some((turn.channel, message))
                }
                _ => None,
            });
        let here = of_node.clone().find(|(it, _)| Some(*it) == channel);
        let said = here.or_else(|| of_node.clone().next());
        let of = |code| {
            let avp = said.and_then(|(_, message)| message.find(code));
            avp.and_then(|avp| avp.text())
                .unwrap_or_default()
                .to_owned()
        };
        let host = self.origin.host.clone();
        let realm = self.origin.realm.clone();
        (
            host.unwrap_or_else(|| of(base::avp::ORIGIN_HOST)),
            realm.unwrap_or_else(|| of(base::avp::ORIGIN_REALM)),
        )
    }
}
