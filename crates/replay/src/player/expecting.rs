//! Which request of the capture a live one is.
//!
//! It is one that nothing came for yet, of the same command or method, in a call or on a connection that may be the
//! same; of several that which has most fields alike, and of those the first. So may live elements ask in another order
//! than in the capture: each call and each session keeps its own.

use std::collections::HashSet;
use std::net::SocketAddr;

use super::{Player, Role};
use crate::plan::{Kind, Message, Side};
use crate::sip::fields::Origin;

/// Requests of the capture that are looked at for a live one, and of those, whose fields are compared with its.
const MAX_LOOKED_AT: usize = 4_096;
const MAX_ALIKE: usize = 64;

impl Player {
    /// What a live request is; its names are learnt.
    pub(super) fn expect(&mut self, link: usize, from: SocketAddr, live: &Message) -> Role {
        let Some(at) = self.most_alike(link, live) else {
            return Role::Stranger;
        };
        self.expected.remove(&at);
        let turn = &self.plan.turns[at];
        let channel = turn.channel;
        match (&turn.message, live) {
            (Message::Sip(captured), Message::Sip(live)) => self.sip.learn_request(captured, live),
            (Message::Diameter(captured), Message::Diameter(live)) => {
                self.diameter.learn_request(captured, live);
            }
            _ => {}
        }
        let captured = (self.plan.channels[channel].node, turn.peer);
        if self.plan.channels[channel].opener == Side::Peer {
            if let Some((local, remote)) = self.links.bind(link, channel) {
                self.sip.addresses.add(captured.0, local);
                self.sip.addresses.add(captured.1, remote);
            }
        } else if self.against.is_none() {
            self.sip.addresses.add(captured.1, from);
            self.peers.entry(captured.1).or_insert(from);
        }
        Role::Request(at)
    }

    fn most_alike(&self, link: usize, live: &Message) -> Option<usize> {
        let mut threads = HashSet::new();
        let candidates: Vec<usize> = self
            .expected
            .iter()
            .copied()
            .take(MAX_LOOKED_AT)
            .filter(|at| self.may_be(*at, link, live))
            // Within a call or session they come in their order.
            .filter(|at| threads.insert(self.plan.turns[*at].thread))
            .take(MAX_ALIKE)
            .collect();
        if let [one] = candidates[..] {
            return Some(one);
        }
        let now: HashSet<_> = self.fields(live, Origin::Live).into_iter().collect();
        let alike = |at: &usize| {
            let captured = self.fields(&self.plan.turns[*at].message, Origin::Capture);
            let same = captured.iter().filter(|field| now.contains(field)).count();
            (same, std::cmp::Reverse(*at))
        };
        candidates.into_iter().max_by_key(alike)
    }

    fn may_be(&self, at: usize, link: usize, live: &Message) -> bool {
        let turn = &self.plan.turns[at];
        let same_channel = match self.links.channel(link) {
            Some(channel) => channel == turn.channel,
            // A connection that nobody knows yet is one that nobody has.
            None => !self.links.is_bound(turn.channel),
        };
        match (&turn.message, live) {
            // A peer may have one connection where it had several, or the other way round.
            (Message::Sip(captured), Message::Sip(live)) => {
                self.sip.is_same_request(captured, live)
            }
            (Message::Diameter(captured), Message::Diameter(live)) => {
                let (one, other) = (captured.header(), live.header());
                same_channel && (one.command, one.application) == (other.command, other.application)
            }
            _ => false,
        }
    }

    /// Takes a live request that came sooner than in the capture, while nothing else is to be done.
    pub(super) fn hear_ahead(&mut self) -> bool {
        let found = self.waiting.iter().find_map(|live| match live.role {
            Role::Request(at) => {
                let thread = self.plan.turns[at].thread;
                (self.threads[thread].front() == Some(&at)).then_some((at, thread))
            }
            Role::Answer(_) | Role::Stranger => None,
        });
        let Some((at, thread)) = found else {
            return false;
        };
        self.hear(at);
        self.ahead = Some(thread);
        true
    }

    /// The captured answer to a request of a peer.
    pub(super) fn captured_answer(&self, at: usize) -> Option<&Message> {
        let exchange = self.plan.turns[at].exchange;
        let answer = self
            .plan
            .turns
            .iter()
            .find(|turn| turn.exchange == exchange && turn.kind == Kind::Answer)?;
        Some(&answer.message)
    }
}
