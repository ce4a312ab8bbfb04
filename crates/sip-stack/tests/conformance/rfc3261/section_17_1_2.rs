//! RFC 3261 §17.1.2: the non-INVITE client transaction.

use std::time::Duration;

use proptest::prelude::*;
use sip_message::Status;
use sip_stack::timers::Reliability::{Reliable, Unreliable};
use sip_stack::timers::TimerValues;
use sip_stack::transaction::non_invite_client::{
    Action::{Cancel, Deliver, Send, Set, Terminated, TimedOut, TransportFailed},
    Input::{self, Response, TransportError},
    NonInviteClient, State,
    Timer::{E, F, K},
};

use crate::line::Line;

const TRYING: Input = Response(Status::TRYING);
const OK: Input = Response(Status::OK);

fn over(reliability: sip_stack::timers::Reliability) -> Line<NonInviteClient> {
    Line::client(reliability, &TimerValues::DEFAULT)
}

#[test]
fn without_an_answer_udp_sends_eleven_times_and_gives_up_at_32_s() {
    let mut line = over(Unreliable);
    line.at(0, &[Send]);
    for at in [
        500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ] {
        line.at(at, &[Send]);
    }
    line.at(32_000, &[TimedOut, Terminated]);
    line.nothing_until(200_000);
}

#[test]
fn without_an_answer_tcp_sends_once_and_gives_up_at_32_s() {
    let mut line = over(Reliable);
    line.at(0, &[Send]);
    line.at(32_000, &[TimedOut, Terminated]);
}

#[test]
fn the_radio_values_of_ts_24_229_make_other_times() {
    let mut line = Line::client(Unreliable, &TimerValues::RADIO);
    line.at(0, &[Send]);
    for at in [
        2000, 6000, 14_000, 30_000, 46_000, 62_000, 78_000, 94_000, 110_000, 126_000,
    ] {
        line.at(at, &[Send]);
    }
    line.at(128_000, &[TimedOut, Terminated]);
}

#[test]
fn a_provisional_leaves_timer_e_running_and_then_it_is_t2() {
    let mut line = over(Unreliable);
    line.at(0, &[Send]);
    line.nothing_until(200);
    assert_eq!(line.on(TRYING), [Deliver]);
    assert_eq!(line.machine.state(), State::Proceeding);
    for at in [500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500] {
        line.at(at, &[Send]);
    }
    line.at(32_000, &[TimedOut, Terminated]);
}

#[test]
fn every_provisional_is_delivered() {
    let mut line = over(Unreliable);
    line.at(0, &[Send]);
    for code in [100, 183, 100, 199] {
        assert_eq!(line.on(Response(Status(code))), [Deliver]);
    }
}

#[test]
fn a_final_is_delivered_once_and_its_retransmissions_are_absorbed_for_t4() {
    for code in [200, 302, 401, 503, 603] {
        let mut line = over(Unreliable);
        line.at(0, &[Send]);
        line.at(500, &[Send]);
        line.nothing_until(700);
        assert_eq!(line.on(Response(Status(code))), [Deliver]);
        assert_eq!(line.machine.state(), State::Completed);
        line.nothing_until(5000);
        assert_eq!(line.on(Response(Status(code))), []);
        assert_eq!(line.on(Response(Status(500))), []);
        line.at(5700, &[Terminated]);
        assert_eq!(line.on(OK), []);
    }
}

#[test]
fn a_final_over_tcp_ends_the_transaction_at_once() {
    let mut line = over(Reliable);
    line.at(0, &[Send]);
    assert_eq!(line.on(TRYING), [Deliver]);
    assert_eq!(line.on(OK), [Deliver, Terminated]);
    line.nothing_until(200_000);
}

#[test]
fn a_transport_error_is_told_at_once() {
    for reliability in [Reliable, Unreliable] {
        let mut line = over(reliability);
        line.at(0, &[Send]);
        assert_eq!(line.on(TransportError), [TransportFailed, Terminated]);
        line.nothing_until(200_000);
    }
}

/// A machine in each state: Trying, Proceeding, Completed, Terminated.
fn in_every_state() -> [NonInviteClient; 4] {
    let trying = NonInviteClient::start(Unreliable, &TimerValues::DEFAULT).0;
    let mut proceeding = trying.clone();
    proceeding.on(TRYING);
    let mut completed = trying.clone();
    completed.on(OK);
    let mut terminated = trying.clone();
    terminated.on(TransportError);
    [trying, proceeding, completed, terminated]
}

#[test]
fn every_input_in_every_state() {
    let tried = State::Trying {
        interval: Duration::from_millis(500),
    };
    let tried_twice = State::Trying {
        interval: Duration::from_secs(1),
    };
    let second = Duration::from_secs(1);
    let table = [
        // input, then actions and next state from Trying, Proceeding, Completed, Terminated
        (
            TRYING,
            [
                (vec![Deliver], State::Proceeding),
                (vec![Deliver], State::Proceeding),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            OK,
            [
                (
                    vec![Deliver, Cancel(E), Cancel(F), Set(K, 5 * second)],
                    State::Completed,
                ),
                (
                    vec![Deliver, Cancel(E), Cancel(F), Set(K, 5 * second)],
                    State::Completed,
                ),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            Input::Timer(E),
            [
                (vec![Send, Set(E, second)], tried_twice),
                (vec![Send, Set(E, 4 * second)], State::Proceeding),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            Input::Timer(F),
            [
                (vec![Cancel(E), TimedOut, Terminated], State::Terminated),
                (vec![Cancel(E), TimedOut, Terminated], State::Terminated),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            Input::Timer(K),
            [
                (vec![], tried),
                (vec![], State::Proceeding),
                (vec![Terminated], State::Terminated),
                (vec![], State::Terminated),
            ],
        ),
        (
            TransportError,
            [
                (
                    vec![Cancel(E), Cancel(F), TransportFailed, Terminated],
                    State::Terminated,
                ),
                (
                    vec![Cancel(E), Cancel(F), TransportFailed, Terminated],
                    State::Terminated,
                ),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
    ];
    for (input, expected) in table {
        for (mut machine, (actions, state)) in in_every_state().into_iter().zip(expected) {
            let from = machine.state();
            assert_eq!(machine.on(input).to_vec(), actions, "{input:?} in {from:?}");
            assert_eq!(machine.state(), state, "{input:?} in {from:?}");
        }
    }
}

proptest! {
    /// Whatever comes whenever: timers are set and cancelled in order (the line checks it), one
    /// outcome is told, and the transaction ends.
    #[test]
    fn any_history_ends_with_one_outcome(
        reliable in any::<bool>(),
        history in prop::collection::vec((0u64..3000, prop_oneof![
            3 => Just(TRYING),
            1 => (100u16..700).prop_map(|code| Response(Status(code))),
            1 => Just(TransportError),
        ]), 0..20),
    ) {
        let mut line = over(if reliable { Reliable } else { Unreliable });
        let mut now = 0;
        let mut outcomes = 0;
        for (pause, input) in history {
            now += pause;
            line.pass_until(now);
            outcomes += line.taken().iter().filter(|a| matches!(a, TimedOut)).count();
            let is_final = matches!(input, Response(status) if status.is_final());
            let actions = line.on(input);
            outcomes += actions.iter().filter(|a| {
                matches!(a, TransportFailed) || (is_final && matches!(a, Deliver))
            }).count();
        }
        line.pass_until(now + 40_000);
        outcomes += line.taken().iter().filter(|a| matches!(a, TimedOut)).count();
        prop_assert_eq!(outcomes, 1);
        prop_assert!(line.has_ended());
    }
}
