//! The non-INVITE client transaction of RFC 3261 §17.1.2.

use std::collections::BTreeMap;
use std::time::Duration;

use sip_message::Status;
use sip_stack::timers::{Reliability, TimerValues};
use sip_stack::transaction::non_invite_client::{Action, Input, NonInviteClient, State, Timer};

use crate::choices::Choices;

/// What the transaction user and the driver have of one transaction.
#[derive(Default)]
struct Owner {
    now: Duration,
    timers: BTreeMap<Timer, Duration>,
    endings: u32,
    sent: u32,
    ended: bool,
}

impl Owner {
    fn act(&mut self, action: Action, response: Option<Status>) {
        assert!(!self.ended, "{action:?} after the end");
        match action {
            Action::Send => self.sent += 1,
            Action::Deliver => {
                let status = response.expect("a response is delivered when it comes");
                self.endings += u32::from(!status.is_provisional());
            }
            Action::Set(timer, after) => {
                self.timers.insert(timer, self.now + after);
            }
            Action::Cancel(timer) => {
                self.timers.remove(&timer);
            }
            Action::TimedOut | Action::TransportFailed => self.endings += 1,
            Action::Terminated => self.ended = true,
        }
        // RFC 3261 §8.1.3.1: one final response, or one failure.
        assert!(self.endings <= 1);
    }
}

/// A choice of the transport, and a list of events.
pub fn sip_client_transaction(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let both = [Reliability::Unreliable, Reliability::Reliable];
    let Some(reliability) = choices.one_of(&both) else {
        return;
    };
    let values = TimerValues::DEFAULT;
    let (mut machine, actions) = NonInviteClient::start(reliability, &values);
    let mut owner = Owner::default();
    for action in actions {
        owner.act(action, None);
    }
    loop {
        // At the end of the list only time goes by.
        let choice = choices.octet();
        let (input, response) = match choice.map(|choice| choice % 4) {
            Some(0 | 1) => {
                let Some(octet) = choices.octet() else {
                    continue;
                };
                let status = Status(100 + u16::from(octet) * 2);
                (Input::Response(status), Some(status))
            }
            Some(2) => (Input::TransportError, None),
            _ => {
                let next = owner.timers.iter().min_by_key(|(_, due)| **due);
                let Some((timer, due)) = next.map(|(timer, due)| (*timer, *due)) else {
                    assert!(owner.ended, "{:?} without a timer", machine.state());
                    return;
                };
                owner.timers.remove(&timer);
                owner.now = owner.now.max(due);
                (Input::Timer(timer), None)
            }
        };
        for action in machine.on(input) {
            owner.act(action, response);
        }
        assert_eq!(owner.ended, machine.state() == State::Terminated);
        if owner.ended {
            assert!(owner.timers.is_empty() && owner.endings == 1);
        }
        assert!(owner.now <= values.f() + values.k(reliability));
        // Retransmissions at T1, doubled up to T2, until F: 11 in all (RFC 3261 §17.1.2.2).
        assert!(owner.sent <= 11, "{}", owner.sent);
        if choice.is_none() && owner.ended {
            return;
        }
    }
}
