//! The non-INVITE server transaction, RFC 3261 §17.2.2 and Figure 8, as RFC 4320 corrects it.

use std::time::Duration;

use sip_message::Status;
use smallvec::{SmallVec, smallvec};

use crate::timers::{Reliability, TimerValues};

/// Where the transaction is.
///
/// ```text
///                         |Request received
///                         |to TU
///                         V
///                   +------------+
///                   |            | request: absorbed
///                   |   Trying   | Expiry
///        +----------|            |-------------------------+
///        |          +------------+                         |
///        |                | 3.5 s without an answer, or    |
///        |                | 100 from TU (reliable only):   |
///        |                | send 100                       |
///        |                V                                |
///        |          +------------+                         |
///        |          |            | request: send 100       |
///        |          | Proceeding | Expiry                  |
///        |          |            |------------------------>|
///        |          +------------+                         |
///        | 200-699 from TU| 200-699 from TU                |
///        | send response  | send response                  |
///        |                V                                |
///        |          +------------+                         |
///        +--------->|            | request: send response  |
///                   | Completed  | Timer J                 |
///                   |            |------------------------>|
///                   +------------+                         |
///                                                          V
///                                                   +------------+
///                                                   | Terminated |
///                                                   +------------+
/// ```
///
/// A transport error is told to the transaction user and changes no state: RFC 6026 §8.8 has
/// replaced what Figure 8 shows, and a retransmission then gets the same answer, not a second run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The request is with the transaction user; nothing was answered.
    Trying,
    /// 100 was sent.
    Proceeding,
    /// A final response was sent; it is sent again for every retransmission of the request.
    Completed,
    /// The end: the driver drops the transaction.
    Terminated,
}

/// The timers of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// End of absorbing request retransmissions, RFC 3261 Table 4.
    J,
    /// When 100 is sent if nothing else was (RFC 4320 §4.1).
    Trying,
    /// 64·T1 after the request: the client's timer F has fired and no answer is of use any more
    /// (RFC 4320 §4.2: such a transaction expires without a final response).
    Expiry,
}

/// What happens to the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The request came again.
    Retransmission,
    /// The transaction user answers.
    Respond(Status),
    /// A timer that was set has fired.
    Timer(Timer),
    /// The transport could not send a response.
    TransportError,
}

/// What the driver does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send the last response, which the driver keeps: the one just given, or the one sent before.
    Send,
    /// Make a 100 for the request, send it, and keep it as the last response.
    SendTrying,
    /// Set a timer to fire after this long.
    Set(Timer, Duration),
    /// A timer that is set must not fire any more.
    Cancel(Timer),
    /// Tell the transaction user that its response could not be sent.
    TransportFailed,
    /// Drop the transaction; none of its timers is set any more.
    Terminated,
    /// The response is not sent and not kept: a provisional other than 100, a 100 too early or a 408
    /// (RFC 4320 §4), or anything after a final response (RFC 3261 §17.2.2).
    Refused,
}

/// The actions of one input.
pub type Actions = SmallVec<[Action; 4]>;

/// One non-INVITE server transaction.
#[derive(Clone, Debug)]
pub struct NonInviteServer {
    state: State,
    reliability: Reliability,
    /// How long timer J lasts: all that is kept of the timer values, as a transaction lives on for it.
    j: Duration,
}

impl NonInviteServer {
    /// A request came that matches no transaction; it goes to the transaction user.
    pub fn start(reliability: Reliability, timers: &TimerValues) -> (Self, Actions) {
        let machine = NonInviteServer {
            state: State::Trying,
            reliability,
            j: timers.j(reliability),
        };
        let actions = smallvec![
            Action::Set(Timer::Trying, timers.trying()),
            Action::Set(Timer::Expiry, timers.f()),
        ];
        (machine, actions)
    }

    /// Where the transaction is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Takes one input; a timer that fired late, when its state is left, changes nothing.
    pub fn on(&mut self, input: Input) -> Actions {
        match (self.state, input) {
            // §17.2.2: in Trying retransmissions are discarded.
            (State::Trying, Input::Retransmission) => Actions::new(),
            (State::Trying | State::Proceeding, Input::Respond(status)) => self.respond(status),
            // RFC 4320 §4.1: over any transport, 100 MUST be sent if nothing else was by now.
            (State::Trying, Input::Timer(Timer::Trying)) => {
                self.state = State::Proceeding;
                smallvec![Action::SendTrying]
            }
            (State::Trying, Input::Timer(Timer::Expiry)) => {
                self.state = State::Terminated;
                smallvec![Action::Cancel(Timer::Trying), Action::Terminated]
            }
            // Nothing was sent that could have failed.
            (State::Trying, Input::TransportError) => Actions::new(),
            (State::Trying, Input::Timer(Timer::J)) => Actions::new(),

            (State::Proceeding, Input::Retransmission) => smallvec![Action::Send],
            (State::Proceeding, Input::Timer(Timer::Expiry)) => {
                self.state = State::Terminated;
                smallvec![Action::Terminated]
            }
            (State::Proceeding | State::Completed, Input::TransportError) => {
                smallvec![Action::TransportFailed]
            }
            (State::Proceeding, Input::Timer(Timer::J | Timer::Trying)) => Actions::new(),

            (State::Completed, Input::Retransmission) => smallvec![Action::Send],
            // §17.2.2: any other final response MUST be discarded in Completed.
            (State::Completed, Input::Respond(_)) => smallvec![Action::Refused],
            (State::Completed, Input::Timer(Timer::J)) => {
                self.state = State::Terminated;
                smallvec![Action::Terminated]
            }
            (State::Completed, Input::Timer(Timer::Trying | Timer::Expiry)) => Actions::new(),

            (State::Terminated, Input::Respond(_)) => smallvec![Action::Refused],
            (
                State::Terminated,
                Input::Retransmission | Input::Timer(_) | Input::TransportError,
            ) => Actions::new(),
        }
    }

    /// The transaction user answers for the first time, or after a 100.
    fn respond(&mut self, status: Status) -> Actions {
        match (status, self.state, self.reliability) {
            // RFC 4320 §4.2: never 408. The transaction goes on absorbing until it expires.
            (Status::REQUEST_TIMEOUT, _, _) => smallvec![Action::Refused],
            // RFC 4320 §4.1: over an unreliable transport no 100 before its timer.
            (Status::TRYING, State::Trying, Reliability::Unreliable) => smallvec![Action::Refused],
            (Status::TRYING, State::Trying, Reliability::Reliable) => {
                self.state = State::Proceeding;
                smallvec![Action::Send, Action::Cancel(Timer::Trying)]
            }
            (Status::TRYING, _, _) => smallvec![Action::Send],
            // RFC 4320 §4.1: no provisional but 100.
            (status, _, _) if status.is_provisional() => smallvec![Action::Refused],
            (_, state, _) => self.complete(state),
        }
    }

    /// The final response, from `state`.
    fn complete(&mut self, state: State) -> Actions {
        let mut actions: Actions = smallvec![Action::Send];
        if state == State::Trying {
            actions.push(Action::Cancel(Timer::Trying));
        }
        actions.push(Action::Cancel(Timer::Expiry));
        match self.reliability {
            Reliability::Unreliable => {
                self.state = State::Completed;
                actions.push(Action::Set(Timer::J, self.j));
            }
            // Timer J is zero: Completed is passed through at once.
            Reliability::Reliable => {
                self.state = State::Terminated;
                actions.push(Action::Terminated);
            }
        }
        actions
    }
}
