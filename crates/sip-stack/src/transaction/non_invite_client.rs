//! The non-INVITE client transaction, RFC 3261 §17.1.2 and Figure 6.

use std::time::Duration;

use sip_message::Status;
use smallvec::{SmallVec, smallvec};

use crate::timers::{Reliability, TimerValues};

/// Where the transaction is.
///
/// ```text
///                                    |Request from TU
///                                    |send request
///                Timer E             V
///                send request  +-----------+
///                    +---------|           |-------------------+
///                    |         |  Trying   |  Timer F          |
///                    +-------->|           |  or transport err.|
///                              +-----------+  tell TU          |
///                 200-699         |  |                         |
///                 to TU           |  | 1xx, to TU              |
///                 +---------------+  V                         |
///                 |            +-----------+                   |
///                 |  Timer E   |           |                   |
///                 |  send +----|           | Timer F           |
///                 |       +--->|Proceeding | or transport err. |
///                 |   1xx +----|           | tell TU           |
///                 | to TU +--->|           |------------------>|
///                 |            +-----------+                   |
///                 |                  | 200-699, to TU          |
///                 |                  V                         |
///                 |            +-----------+                   |
///                 +----------->| Completed |                   |
///                              +-----------+                   |
///                                    | Timer K                 |
///                                    V                         |
///                              +------------+                  |
///                              | Terminated |<-----------------+
///                              +------------+
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The request was sent, nothing came back.
    Trying {
        /// What timer E was last set to.
        interval: Duration,
    },
    /// A provisional response came.
    Proceeding,
    /// A final response came; retransmissions of it are absorbed (unreliable transports only).
    Completed,
    /// The end: the driver drops the transaction.
    Terminated,
}

/// The timers of this machine, RFC 3261 Table 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// Retransmission of the request.
    E,
    /// Timeout of the transaction.
    F,
    /// End of absorbing response retransmissions.
    K,
}

/// What happens to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A response matched to this transaction.
    Response(Status),
    /// A timer that was set has fired.
    Timer(Timer),
    /// The transport could not send the request, or the connection is gone.
    TransportError,
}

/// What the driver does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send the request: first time or again, always the same octets to the same address.
    Send,
    /// Give the response that was the input to the transaction user.
    Deliver,
    /// Set a timer to fire after this long.
    Set(Timer, Duration),
    /// A timer that is set must not fire any more.
    Cancel(Timer),
    /// Tell the transaction user that no final response came in time (RFC 3261 §8.1.3.1: as a 408).
    TimedOut,
    /// Tell the transaction user that the transport failed (RFC 3261 §8.1.3.1: as a 503).
    TransportFailed,
    /// Drop the transaction; none of its timers is set any more.
    Terminated,
}

/// The actions of one input.
pub type Actions = SmallVec<[Action; 4]>;

/// One non-INVITE client transaction.
#[derive(Clone, Debug)]
pub struct NonInviteClient {
    state: State,
    reliability: Reliability,
    timers: TimerValues,
}

impl NonInviteClient {
    /// The transaction user sends a request (RFC 3261 §17.1.2.2).
    pub fn start(reliability: Reliability, timers: &TimerValues) -> (Self, Actions) {
        let mut actions: Actions = smallvec![Action::Send, Action::Set(Timer::F, timers.f())];
        if reliability == Reliability::Unreliable {
            actions.push(Action::Set(Timer::E, timers.e()));
        }
        let machine = NonInviteClient {
            state: State::Trying {
                interval: timers.e(),
            },
            reliability,
            timers: *timers,
        };
        (machine, actions)
    }

    /// Where the transaction is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Takes one input; a timer that fired late, when its state is left, changes nothing.
    pub fn on(&mut self, input: Input) -> Actions {
        match (self.state, input) {
            (State::Trying { .. } | State::Proceeding, Input::Response(status))
                if status.is_provisional() =>
            {
                self.state = State::Proceeding;
                smallvec![Action::Deliver]
            }
            (State::Trying { .. } | State::Proceeding, Input::Response(_)) => self.complete(),
            (State::Trying { interval }, Input::Timer(Timer::E)) => {
                let interval = self.timers.e_after(interval);
                self.state = State::Trying { interval };
                smallvec![Action::Send, Action::Set(Timer::E, interval)]
            }
            // §17.1.2.2: in Proceeding timer E MUST be reset with T2.
            (State::Proceeding, Input::Timer(Timer::E)) => {
                smallvec![Action::Send, Action::Set(Timer::E, self.timers.t2)]
            }
            (State::Trying { .. } | State::Proceeding, Input::Timer(Timer::F)) => {
                self.fail(Action::TimedOut, TimerF::Fired)
            }
            (State::Trying { .. } | State::Proceeding, Input::TransportError) => {
                self.fail(Action::TransportFailed, TimerF::Running)
            }
            (State::Trying { .. } | State::Proceeding, Input::Timer(Timer::K)) => Actions::new(),

            (State::Completed, Input::Timer(Timer::K)) => {
                self.state = State::Terminated;
                smallvec![Action::Terminated]
            }
            // §17.1.2.2: Completed exists to absorb retransmitted responses.
            (State::Completed, Input::Response(_)) => Actions::new(),
            // Nothing is sent in Completed; the response is with the transaction user already.
            (State::Completed, Input::TransportError) => Actions::new(),
            (State::Completed, Input::Timer(Timer::E | Timer::F)) => Actions::new(),

            (State::Terminated, Input::Response(_) | Input::Timer(_) | Input::TransportError) => {
                Actions::new()
            }
        }
    }

    /// A final response came, RFC 3261 §17.1.2.2.
    fn complete(&mut self) -> Actions {
        match self.reliability {
            Reliability::Unreliable => {
                self.state = State::Completed;
                smallvec![
                    Action::Deliver,
                    Action::Cancel(Timer::E),
                    Action::Cancel(Timer::F),
                    Action::Set(Timer::K, self.timers.k(self.reliability)),
                ]
            }
            // Timer K is zero: Completed is passed through at once.
            Reliability::Reliable => {
                self.state = State::Terminated;
                smallvec![
                    Action::Deliver,
                    Action::Cancel(Timer::F),
                    Action::Terminated
                ]
            }
        }
    }

    fn fail(&mut self, told: Action, f: TimerF) -> Actions {
        self.state = State::Terminated;
        let mut actions = Actions::new();
        if self.reliability == Reliability::Unreliable {
            actions.push(Action::Cancel(Timer::E));
        }
        if f == TimerF::Running {
            actions.push(Action::Cancel(Timer::F));
        }
        actions.extend([told, Action::Terminated]);
        actions
    }
}

/// Whether timer F is still to be cancelled.
#[derive(PartialEq, Eq)]
enum TimerF {
    Running,
    Fired,
}
