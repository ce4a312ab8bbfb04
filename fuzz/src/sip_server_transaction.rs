//! The non-INVITE server transaction of RFC 3261 §17.2.2 with RFC 4320.

use std::collections::BTreeMap;
use std::time::Duration;

use sip_message::Status;
use sip_stack::timers::{Reliability, TimerValues};
use sip_stack::transaction::non_invite_server::{Action, Input, NonInviteServer, State, Timer};

use crate::choices::Choices;

/// What the transaction user and the driver have of one transaction.
#[derive(Default)]
struct Owner {
    now: Duration,
    timers: BTreeMap<Timer, Duration>,
    /// The last response that was sent.
    last: Option<Status>,
    ended: bool,
}

impl Owner {
    fn act(&mut self, action: Action, given: Option<Status>) {
        assert!(
            !self.ended || action == Action::Refused,
            "{action:?} after the end"
        );
        match action {
            Action::Send => {
                // One final response, the same each time.
                if let Some(given) = given {
                    assert!(self.last.is_none_or(|last| last.is_provisional()));
                    assert_ne!(given, Status::REQUEST_TIMEOUT);
                    self.last = Some(given);
                }
                assert!(self.last.is_some(), "nothing to send");
            }
            Action::SendTrying => {
                assert_eq!(self.last, None);
                self.last = Some(Status::TRYING);
            }
            Action::Set(timer, after) => {
                self.timers.insert(timer, self.now + after);
            }
            Action::Cancel(timer) => {
                self.timers.remove(&timer);
            }
            Action::TransportFailed => assert!(self.last.is_some()),
            Action::Refused => assert!(given.is_some()),
            Action::Terminated => self.ended = true,
        }
    }
}

/// A choice of the transport, and a list of events.
pub fn sip_server_transaction(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let both = [Reliability::Unreliable, Reliability::Reliable];
    let Some(reliability) = choices.one_of(&both) else {
        return;
    };
    let values = TimerValues::DEFAULT;
    let (mut machine, actions) = NonInviteServer::start(reliability, &values);
    let mut owner = Owner::default();
    for action in actions {
        owner.act(action, None);
    }
    loop {
        // At the end of the list only time goes by.
        let choice = choices.octet();
        let (input, given) = match choice.map(|choice| choice % 5) {
            Some(0) => (Input::Retransmission, None),
            Some(1 | 2) => {
                let Some(octet) = choices.octet() else {
                    continue;
                };
                let status = Status(100 + u16::from(octet) * 2);
                (Input::Respond(status), Some(status))
            }
            Some(3) => (Input::TransportError, None),
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
            owner.act(action, given);
        }
        assert_eq!(owner.ended, machine.state() == State::Terminated);
        assert!(!owner.ended || owner.timers.is_empty());
        assert!(owner.now <= values.f() + values.j(reliability));
        if choice.is_none() && owner.ended {
            return;
        }
    }
}
