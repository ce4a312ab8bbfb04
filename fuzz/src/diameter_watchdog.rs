//! The watchdog of RFC 3539 §3.4.1.

use diameter_stack::watchdog::{Action, Dwr, Input, State, Watchdog};

use crate::choices::Choices;

const INPUTS: [Input; 6] = [
    Input::Up,
    Input::Down,
    Input::Parted,
    Input::Dwa,
    Input::NonDwa,
    Input::Expired,
];

/// Expiries in a row after which nothing is taken for alive.
const ENOUGH: u32 = 4;

/// A list of events.
pub fn diameter_watchdog(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let mut watchdog = Watchdog::default();
    let (mut failed_over, mut expiries) = (false, 0);
    while let Some(input) = choices.one_of(&INPUTS) {
        let before = watchdog.state();
        let actions = watchdog.on(input);
        expiries = if input == Input::Expired {
            expiries + 1
        } else {
            0
        };
        if input == Input::Expired {
            // The timer fired, so another one is set.
            assert!(
                actions
                    .iter()
                    .any(|action| matches!(action, Action::Set(_)))
            );
        }
        for action in actions {
            match action {
                // One DWR at a time.
                Action::SendDwr => assert!(!matches!(
                    before,
                    State::Okay(Dwr::Pending)
                        | State::Suspect(Dwr::Pending)
                        | State::Reopen {
                            dwr: Dwr::Pending,
                            ..
                        }
                )),
                // They take turns.
                Action::Failover => assert!(!std::mem::replace(&mut failed_over, true)),
                Action::Failback => assert!(std::mem::replace(&mut failed_over, false)),
                Action::Close => assert_eq!(watchdog.state(), State::Down),
                Action::AttemptOpen => assert!(matches!(before, State::Initial | State::Down)),
                Action::Set(_) => {}
            }
        }
        if input == Input::Parted {
            failed_over = false;
        }
        let dead = matches!(watchdog.state(), State::Initial | State::Down);
        assert!(expiries < ENOUGH || dead, "{:?}", watchdog.state());
    }
}
