//! What comes from the live element.

use bytes::Bytes;
use diameter_codec::base;

use super::{Message, Player, status};
use crate::plan::{MAX_TURNS, Side, sip_key};
use crate::{diameter, sip};

impl Player {
    /// A SIP message that is new, with the exchange that it answers.
    pub(super) fn received_sip(
        &mut self,
        channel: usize,
        octets: Bytes,
    ) -> Option<(Message, Option<usize>)> {
        let Ok(message) = sip_message::Message::parse(octets) else {
            self.outcome.dropped += 1;
            return None;
        };
        let Some(code) = message.status() else {
            let key = sip_key(&message)?;
            return match self.served.get(&key) {
                // It was sent again: so is the answer, if there is one.
                Some(answer) => {
                    let again = answer.clone().map(|answer| (channel, answer));
                    self.outgoing.extend(again);
                    None
                }
                None => {
                    if self.served.len() < MAX_TURNS {
                        self.served.insert(key, None);
                    }
                    Some((Message::Sip(message), None))
                }
            };
        };
        if code.0 == 100 {
            return None;
        }
        let key = sip::Translation::key(&message);
        let exchange = key.and_then(|key| self.asked_sip.get(&key).copied());
        let Some(exchange) = exchange else {
            self.outcome.dropped += 1;
            return None;
        };
        let is_again = self.done.contains(&(exchange, u32::from(code.0)))
            || self.waiting.iter().any(|live| {
                live.exchange == Some(exchange) && status(&live.message) == u32::from(code.0)
            });
        (!is_again).then_some((Message::Sip(message), Some(exchange)))
    }

    /// A Diameter message that is for the plan, with the exchange that it answers.
    pub(super) fn received_diameter(
        &mut self,
        channel: usize,
        octets: Bytes,
    ) -> Option<(Message, Option<usize>)> {
        let Ok(message) = diameter_codec::Message::parse(octets) else {
            self.outcome.dropped += 1;
            return None;
        };
        if message.header().is_request() {
            let (host, realm) = self.identity(channel);
            if let Some(answer) = diameter::base_answer(&message, &host, &realm) {
                self.outgoing.push_back((channel, answer));
                return None;
            }
            return Some((Message::Diameter(message), None));
        }
        let key = (channel, message.header().hop_by_hop);
        match self.asked_diameter.remove(&key) {
            Some(exchange) => Some((Message::Diameter(message), Some(exchange))),
            None => {
                self.outcome.dropped += 1;
                None
            }
        }
    }

    /// Who the node is on a connection: as it says there.
    fn identity(&self, channel: usize) -> (String, String) {
        let said = self.plan.turns.iter().find_map(|turn| match &turn.message {
            Message::Diameter(message) if turn.channel == channel && turn.side == Side::Node => {
                Some(message)
            }
            _ => None,
        });
        let of = |code| {
            let avp = said.and_then(|message| message.find(code));
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
