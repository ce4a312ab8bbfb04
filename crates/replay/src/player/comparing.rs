//! What came beside what the capture has.

use std::collections::HashSet;

use super::{MAX_DIFFERENCES, MAX_TOLD_OCTETS, Message, Player};
use crate::addresses::Addresses;
use crate::difference::{Difference, Fields, Shown, compare};
use crate::sip::fields::Origin;
use crate::{diameter, sip};

impl Player {
    /// Compares the message of a turn with the live one.
    pub(super) fn compare(&mut self, at: usize, live: &Message) {
        let turn = &self.plan.turns[at];
        let captured = self.fields(&turn.message, Origin::Capture);
        let now = self.fields(live, Origin::Live);
        let ignore = &self.ignore;
        let mut secrets = HashSet::new();
        for message in [&turn.message, live] {
            if let Message::Diameter(message) = message {
                secrets.extend(diameter::fields::secrets(message));
            }
        }
        let outcome = &mut self.outcome;
        let told_octets = &mut self.told_octets;
        compare(
            &captured,
            &now,
            |name| is_ignored(name, ignore),
            |field, one, other| {
                let is_secret = secrets.contains(field);
                let shown = |value: Option<&String>| match value {
                    Some(_) if is_secret => Shown::Secret,
                    value => Shown::of(value),
                };
                let (captured, live) = (shown(one), shown(other));
                *told_octets += field.len() + captured.octets() + live.octets();
                if outcome.differences.len() == MAX_DIFFERENCES || *told_octets > MAX_TOLD_OCTETS {
                    outcome.untold += 1;
                    return;
                }
                outcome.differences.push(Difference {
                    packets: turn.packets,
                    message: turn.label.clone(),
                    field: field.to_owned(),
                    captured,
                    live,
                });
            },
        );
        self.outcome.compared += 1;
    }

    pub(super) fn fields(&self, message: &Message, origin: Origin) -> Fields {
        let addresses: &Addresses = &self.sip.addresses;
        match message {
            Message::Sip(message) => sip::fields::of(message, origin, &self.sip),
            Message::Diameter(message) => {
                diameter::fields::of(message, origin, &self.diameter, addresses)
            }
        }
    }
}

/// Whether a wish has the field, a header that it is a parameter of, or an AVP that it is or is in.
fn is_ignored(field: &str, ignore: &[String]) -> bool {
    ignore.iter().any(|ignored| {
        let is = |name: &str| name.eq_ignore_ascii_case(ignored);
        let header = field.split('.').next().unwrap_or(field);
        is(field) || is(header) || field.split(" / ").any(is)
    })
}
