//! What a peer sends in a turn, beside what came.

use super::{Player, Role, is_final, status};
use crate::plan::{Kind, Message};

impl Player {
    /// Compares what the peer sent in a turn with what came; whether something came.
    pub(super) fn hear(&mut self, at: usize) -> bool {
        let turn = &self.plan.turns[at];
        let found = self.waiting.iter().position(|live| match live.role {
            Role::Answer(exchange) => {
                turn.kind == Kind::Answer
                    && exchange == turn.exchange
                    && is_final(&live.message) == is_final(&turn.message)
            }
            Role::Request(of) => of == at,
            Role::Stranger => false,
        });
        let Some(found) = found else {
            return false;
        };
        self.unanswered = 0;
        let live = self.waiting.remove(found);
        self.waiting_octets = self.waiting_octets.saturating_sub(live.message.octets());
        match (&turn.message, &live.message, turn.kind) {
            (Message::Sip(captured), Message::Sip(live), Kind::Answer) => {
                let is_challenge = |message: &sip_message::Message| {
                    matches!(message.status().map(|it| it.0), Some(401 | 407))
                };
                if is_challenge(live)
                    && !is_challenge(captured)
                    && self.proven.contains(&turn.exchange)
                {
                    self.outcome.challenged_again += 1;
                }
                self.sip.learn(captured, live);
            }
            (Message::Diameter(captured), Message::Diameter(live), Kind::Answer) => {
                self.diameter.learn(captured, live);
            }
            _ => {}
        }
        self.compare(at, &live.message);
        let turn = &self.plan.turns[at];
        let exchange = turn.exchange;
        match turn.kind {
            Kind::Request => {
                let mut thread = self.threads[turn.thread].iter();
                if thread.any(|at| {
                    let turn = &self.plan.turns[*at];
                    turn.exchange == exchange && turn.kind == Kind::Answer
                }) {
                    let asked = (live.link, live.from, live.message);
                    self.asks.insert(exchange, asked);
                }
            }
            Kind::Answer => {
                self.compared.insert((exchange, status(&live.message)));
            }
        }
        self.finished(at);
        true
    }

    /// Whether what this turn has can still come: an answer only where its request was sent, and a provisional one only
    /// before the final one.
    pub(super) fn may_come(&self) -> bool {
        let turn = &self.plan.turns[self.at];
        let has_final = || {
            self.waiting
                .iter()
                .any(|live| live.role == Role::Answer(turn.exchange) && is_final(&live.message))
        };
        match turn.kind {
            Kind::Request => true,
            Kind::Answer => self.sent.contains_key(&turn.exchange) && !has_final(),
        }
    }
}
