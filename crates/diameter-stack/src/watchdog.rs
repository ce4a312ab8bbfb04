//! The watchdog of RFC 3539 §3.4.1, as RFC 6733 §5.5 uses it.
//!
//! The machine counts nothing down: it says when its timer is to be set anew, and the owner adds the jitter.

use std::time::Duration;

use smallvec::SmallVec;

/// Twinit where none is configured (RFC 3539 §3.4.1).
pub const DEFAULT_TW: Duration = Duration::from_secs(30);

/// The least Twinit that RFC 3539 §3.4.1 allows.
pub const MIN_TW: Duration = Duration::from_secs(6);

/// Tc where none is configured: the time between attempts to connect (RFC 6733 §2.1).
pub const DEFAULT_TC: Duration = Duration::from_secs(30);

/// The jitter of Tw is between minus and plus this (RFC 3539 §3.4.1).
pub const JITTER: Duration = Duration::from_secs(2);

/// Watchdog answers after which a reopened connection is trusted again.
const REOPEN_ANSWERS: i8 = 3;

/// Tw: `twinit` moved by jitter; `random` is uniform over all of `u32`.
pub fn jittered_tw(twinit: Duration, random: u32) -> Duration {
    let spread = u64::try_from(2 * JITTER.as_micros()).expect("seconds fit");
    let moved = u64::from(random) * spread / u64::from(u32::MAX);
    (twinit.max(MIN_TW) + Duration::from_micros(moved)).saturating_sub(JITTER)
}

/// Tc: `tc` moved by up to a tenth either way, so that the peers of a restarted node do not come all at once;
/// `random` is uniform over all of `u32`.
pub fn jittered_tc(tc: Duration, random: u32) -> Duration {
    tc.mul_f64(0.9 + 0.2 * f64::from(random) / f64::from(u32::MAX))
}

//   Initial --up--> Okay --timer, DWR unanswered--> Suspect --timer--> Down
//                    ^  <------- any message --------'                  |
//                    |                                                  | up
//                    '---- three watchdogs answered ---- Reopen <-------'
/// A state of RFC 3539 §3.4.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// INITIAL: not connected so far, or parted in order.
    Initial,
    /// OKAY.
    Okay(Dwr),
    /// SUSPECT: a watchdog went unanswered, requests go elsewhere.
    Suspect(Dwr),
    /// DOWN: the connection failed.
    Down,
    /// REOPEN: connected again, being tried.
    Reopen {
        /// Whether a watchdog is unanswered.
        dwr: Dwr,
        /// NumDWA: watchdogs answered, −1 after one that was not.
        answered: i8,
    },
}

/// Pending of RFC 3539 §3.4.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dwr {
    /// No watchdog request is unanswered.
    Idle,
    /// One is.
    Pending,
}

/// An event of RFC 3539 §3.4.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// Connection up: capabilities are exchanged.
    Up,
    /// Connection down.
    Down,
    /// Connection closed after DPR and DPA: the next one needs no trial.
    Parted,
    /// Receive DWA.
    Dwa,
    /// Receive non-DWA.
    NonDwa,
    /// Timer expires.
    Expired,
}

/// What the owner does, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// SetWatchdog(): the timer runs anew.
    Set(Timer),
    /// SendWatchdog().
    SendDwr,
    /// AttemptOpen().
    AttemptOpen,
    /// CloseConnection().
    Close,
    /// Failover(): what waits for this peer is to go elsewhere.
    Failover,
    /// Failback(): the peer takes requests again.
    Failback,
}

/// What the watchdog's one timer stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Tw, with jitter.
    Tw,
    /// Tc, with jitter: without a connection the timer of RFC 6733 §2.1 paces the attempts.
    Tc,
}

/// Actions of one input; three is the most.
pub type Actions = SmallVec<[Action; 3]>;

/// The watchdog of one peer.
#[derive(Debug, Clone)]
pub struct Watchdog {
    state: State,
}

impl Default for Watchdog {
    fn default() -> Self {
        Self {
            state: State::Initial,
        }
    }
}

impl Watchdog {
    /// Where it is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Takes one event.
    pub fn on(&mut self, input: Input) -> Actions {
        use Action::{AttemptOpen, Close, Failback, Failover, SendDwr, Set};
        use Dwr::{Idle, Pending};
        use State::{Down, Initial, Okay, Reopen, Suspect};

        let mut actions = Actions::new();
        let mut run = |list: &[Action]| actions.extend_from_slice(list);
        self.state = match (self.state, input) {
            (Okay(_), Input::Dwa) => {
                run(&[Set(Timer::Tw)]);
                Okay(Idle)
            }
            (Okay(dwr), Input::NonDwa) => {
                run(&[Set(Timer::Tw)]);
                Okay(dwr)
            }
            (Okay(Idle), Input::Expired) => {
                run(&[SendDwr, Set(Timer::Tw)]);
                Okay(Pending)
            }
            (Okay(Pending), Input::Expired) => {
                run(&[Failover, Set(Timer::Tw)]);
                Suspect(Pending)
            }
            (Okay(_), Input::Down) => {
                run(&[Close, Failover, Set(Timer::Tc)]);
                Down
            }

            (Suspect(_), Input::Dwa) => {
                run(&[Failback, Set(Timer::Tw)]);
                Okay(Idle)
            }
            (Suspect(dwr), Input::NonDwa) => {
                run(&[Failback, Set(Timer::Tw)]);
                Okay(dwr)
            }
            (Suspect(_), Input::Expired | Input::Down) => {
                run(&[Close, Set(Timer::Tc)]);
                Down
            }

            (Reopen { answered, .. }, Input::Dwa) if answered + 1 < REOPEN_ANSWERS => Reopen {
                dwr: Idle,
                answered: answered + 1,
            },
            (Reopen { .. }, Input::Dwa) => {
                run(&[Failback]);
                Okay(Idle)
            }
            // The figure has Throwaway() here. Its peer may hold this connection to be good, and losing its
            // requests would make an outage of a minute out of a restart: the message is taken, the trial goes on.
            (reopen @ Reopen { .. }, Input::NonDwa) => reopen,
            (
                Reopen {
                    dwr: Idle,
                    answered,
                },
                Input::Expired,
            ) => {
                run(&[SendDwr, Set(Timer::Tw)]);
                Reopen {
                    dwr: Pending,
                    answered,
                }
            }
            (
                Reopen {
                    dwr: Pending,
                    answered: 0..,
                },
                Input::Expired,
            ) => {
                run(&[Set(Timer::Tw)]);
                Reopen {
                    dwr: Pending,
                    answered: -1,
                }
            }
            (Reopen { dwr: Pending, .. }, Input::Expired) | (Reopen { .. }, Input::Down) => {
                run(&[Close, Set(Timer::Tc)]);
                Down
            }

            (Initial, Input::Up) => {
                run(&[Set(Timer::Tw)]);
                Okay(Idle)
            }
            (Down, Input::Up) => {
                run(&[SendDwr, Set(Timer::Tw)]);
                Reopen {
                    dwr: Pending,
                    answered: 0,
                }
            }
            (state @ (Initial | Down), Input::Expired) => {
                run(&[AttemptOpen, Set(Timer::Tc)]);
                state
            }

            (Okay(_) | Suspect(_) | Reopen { .. } | Initial | Down, Input::Parted) => {
                run(&[Set(Timer::Tc)]);
                Initial
            }

            // Without a connection there is nothing to receive or to lose; with one, it does not come up again.
            (state @ (Initial | Down), Input::Dwa | Input::NonDwa | Input::Down)
            | (state @ (Okay(_) | Suspect(_) | Reopen { .. }), Input::Up) => state,
        };
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::Action::*;
    use super::*;

    fn walk(watchdog: &mut Watchdog, steps: &[(Input, &[Action], State)]) {
        for (at, (input, actions, next)) in steps.iter().enumerate() {
            assert_eq!(
                watchdog.on(*input).as_slice(),
                *actions,
                "step {at}: {input:?}"
            );
            assert_eq!(watchdog.state(), *next, "step {at}: {input:?}");
        }
    }

    const TW: &[Action] = &[Set(Timer::Tw)];
    const IDLE: State = State::Okay(Dwr::Idle);
    const PENDING: State = State::Okay(Dwr::Pending);
    const UP: (Input, &[Action], State) = (Input::Up, TW, IDLE);
    const ASK: (Input, &[Action], State) = (Input::Expired, &[SendDwr, Set(Timer::Tw)], PENDING);
    const DOUBT: (Input, &[Action], State) = (
        Input::Expired,
        &[Failover, Set(Timer::Tw)],
        State::Suspect(Dwr::Pending),
    );
    const FALL: (Input, &[Action], State) = (Input::Expired, &[Close, Set(Timer::Tc)], State::Down);
    const TRY: (Input, &[Action], State) = (
        Input::Up,
        &[SendDwr, Set(Timer::Tw)],
        State::Reopen {
            dwr: Dwr::Pending,
            answered: 0,
        },
    );

    #[test]
    fn rfc3539_3_4_1_attempts_until_up_and_answers_keep_it_okay() {
        let attempt: (Input, &[Action], State) = (
            Input::Expired,
            &[AttemptOpen, Set(Timer::Tc)],
            State::Initial,
        );
        walk(
            &mut Watchdog::default(),
            &[
                attempt,
                attempt,
                UP,
                (Input::NonDwa, TW, IDLE),
                ASK,
                // Traffic moves the timer but does not answer the watchdog.
                (Input::NonDwa, TW, PENDING),
                (Input::Dwa, TW, IDLE),
            ],
        );
    }

    #[test]
    fn rfc3539_3_4_1_suspect_fails_over_then_back_or_down() {
        let back: &[Action] = &[Failback, Set(Timer::Tw)];
        walk(
            &mut Watchdog::default(),
            &[UP, ASK, DOUBT, (Input::Dwa, back, IDLE)],
        );
        walk(
            &mut Watchdog::default(),
            &[UP, ASK, DOUBT, (Input::NonDwa, back, PENDING)],
        );
        walk(&mut Watchdog::default(), &[UP, ASK, DOUBT, FALL]);
        walk(
            &mut Watchdog::default(),
            &[
                UP,
                ASK,
                DOUBT,
                (Input::Down, &[Close, Set(Timer::Tc)], State::Down),
            ],
        );
    }

    #[test]
    fn rfc3539_3_4_1_reopen_takes_three_answers() {
        let reopen = |dwr, answered| State::Reopen { dwr, answered };
        let ask = |answered| -> (Input, &[Action], State) {
            (
                Input::Expired,
                &[SendDwr, Set(Timer::Tw)],
                reopen(Dwr::Pending, answered),
            )
        };
        walk(
            &mut Watchdog::default(),
            &[
                UP,
                (Input::Down, &[Close, Failover, Set(Timer::Tc)], State::Down),
                (Input::Expired, &[AttemptOpen, Set(Timer::Tc)], State::Down),
                TRY,
                (Input::NonDwa, &[], reopen(Dwr::Pending, 0)),
                (Input::Dwa, &[], reopen(Dwr::Idle, 1)),
                ask(1),
                (Input::Dwa, &[], reopen(Dwr::Idle, 2)),
                ask(2),
                (Input::Dwa, &[Failback], IDLE),
            ],
        );
    }

    #[test]
    fn rfc3539_3_4_1_reopen_unanswered_twice_is_down_and_one_miss_starts_the_count_again() {
        let reopen = |dwr, answered| State::Reopen { dwr, answered };
        let miss: (Input, &[Action], State) = (Input::Expired, TW, reopen(Dwr::Pending, -1));
        let broken: [(Input, &[Action], State); 3] = [
            UP,
            (Input::Down, &[Close, Failover, Set(Timer::Tc)], State::Down),
            TRY,
        ];
        let mut watchdog = Watchdog::default();
        walk(&mut watchdog, &broken);
        walk(&mut watchdog, &[miss, FALL]);
        let mut watchdog = Watchdog::default();
        walk(&mut watchdog, &broken);
        walk(
            &mut watchdog,
            &[miss, (Input::Dwa, &[], reopen(Dwr::Idle, 0))],
        );
    }

    #[test]
    fn parting_in_order_needs_no_trial() {
        walk(
            &mut Watchdog::default(),
            &[UP, (Input::Parted, &[Set(Timer::Tc)], State::Initial), UP],
        );
    }

    #[test]
    fn jitter_stays_within_two_seconds_and_tw_above_its_minimum() {
        assert_eq!(jittered_tw(DEFAULT_TW, 0), Duration::from_secs(28));
        assert_eq!(jittered_tw(DEFAULT_TW, u32::MAX), Duration::from_secs(32));
        assert_eq!(
            jittered_tc(Duration::from_secs(10), 0),
            Duration::from_secs(9)
        );
        assert_eq!(
            jittered_tc(Duration::from_secs(10), u32::MAX),
            Duration::from_secs(11)
        );
        assert_eq!(jittered_tw(Duration::ZERO, 0), MIN_TW - JITTER);
    }
}
