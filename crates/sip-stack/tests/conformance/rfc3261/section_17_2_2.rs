//! RFC 3261 §17.2.2: the non-INVITE server transaction, transport errors by RFC 6026 §8.8.

use std::time::Duration;

use proptest::prelude::*;
use sip_message::Status;
use sip_stack::timers::Reliability::{Reliable, Unreliable};
use sip_stack::timers::TimerValues;
use sip_stack::transaction::non_invite_server::{
    Action::{Cancel, Refused, Send, SendTrying, Set, Terminated, TransportFailed},
    Input::{self, Respond, Retransmission, TransportError},
    NonInviteServer, State,
    Timer::{Expiry, J, Trying},
};

use crate::line::Line;

fn over(reliability: sip_stack::timers::Reliability) -> Line<NonInviteServer> {
    Line::server(reliability, &TimerValues::DEFAULT)
}

#[test]
fn in_trying_retransmissions_are_absorbed() {
    let mut line = over(Unreliable);
    line.at(0, &[]);
    for at in [500, 1500, 3499] {
        line.nothing_until(at);
        assert_eq!(line.on(Retransmission), []);
    }
    assert_eq!(line.machine.state(), State::Trying);
}

#[test]
fn a_final_is_sent_and_sent_again_for_each_retransmission_until_timer_j() {
    for code in [200, 302, 401, 504, 603] {
        let mut line = over(Unreliable);
        line.nothing_until(200);
        assert_eq!(line.respond(code), [Send]);
        assert_eq!(line.machine.state(), State::Completed);
        for at in [500, 1500, 32_199] {
            line.nothing_until(at);
            assert_eq!(line.on(Retransmission), [Send]);
        }
        line.at(32_200, &[Terminated]);
        assert_eq!(line.on(Retransmission), []);
    }
}

#[test]
fn after_a_final_nothing_else_is_taken() {
    let mut line = over(Unreliable);
    assert_eq!(line.respond(401), [Send]);
    for code in [100, 200, 401] {
        assert_eq!(line.respond(code), [Refused]);
    }
    assert_eq!(line.on(Retransmission), [Send]);
}

#[test]
fn a_final_over_tcp_ends_the_transaction_at_once() {
    let mut line = over(Reliable);
    assert_eq!(line.respond(200), [Send, Terminated]);
    line.nothing_until(200_000);
    assert_eq!(line.respond(200), [Refused]);
}

#[test]
fn a_transport_error_is_told_and_a_retransmission_gets_the_answer() {
    let mut line = over(Unreliable);
    assert_eq!(line.respond(200), [Send]);
    assert_eq!(line.on(TransportError), [TransportFailed]);
    line.nothing_until(500);
    assert_eq!(line.on(Retransmission), [Send]);
    line.at(32_000, &[Terminated]);
}

#[test]
fn a_transaction_without_an_answer_ends_with_the_client_s_timer_f() {
    let mut line = over(Unreliable);
    line.at(3500, &[SendTrying]);
    line.at(32_000, &[Terminated]);
    assert_eq!(line.respond(200), [Refused]);
}

/// A machine in each state: Trying, Proceeding, Completed, Terminated.
fn in_every_state() -> [NonInviteServer; 4] {
    let trying = NonInviteServer::start(Unreliable, &TimerValues::DEFAULT).0;
    let mut proceeding = trying.clone();
    proceeding.on(Input::Timer(Trying));
    let mut completed = trying.clone();
    completed.on(Respond(Status::OK));
    let mut terminated = trying.clone();
    terminated.on(Input::Timer(Expiry));
    [trying, proceeding, completed, terminated]
}

#[test]
fn every_input_in_every_state() {
    let j = Set(J, Duration::from_secs(32));
    let table = [
        // input, then actions and next state from Trying, Proceeding, Completed, Terminated
        (
            Retransmission,
            [
                (vec![], State::Trying),
                (vec![Send], State::Proceeding),
                (vec![Send], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            Respond(Status::TRYING),
            [
                (vec![Refused], State::Trying),
                (vec![Send], State::Proceeding),
                (vec![Refused], State::Completed),
                (vec![Refused], State::Terminated),
            ],
        ),
        (
            Respond(Status::SESSION_PROGRESS),
            [
                (vec![Refused], State::Trying),
                (vec![Refused], State::Proceeding),
                (vec![Refused], State::Completed),
                (vec![Refused], State::Terminated),
            ],
        ),
        (
            Respond(Status::UNAUTHORIZED),
            [
                (
                    vec![Send, Cancel(Trying), Cancel(Expiry), j],
                    State::Completed,
                ),
                (vec![Send, Cancel(Expiry), j], State::Completed),
                (vec![Refused], State::Completed),
                (vec![Refused], State::Terminated),
            ],
        ),
        (
            Respond(Status::REQUEST_TIMEOUT),
            [
                (vec![Refused], State::Trying),
                (vec![Refused], State::Proceeding),
                (vec![Refused], State::Completed),
                (vec![Refused], State::Terminated),
            ],
        ),
        (
            Input::Timer(Trying),
            [
                (vec![SendTrying], State::Proceeding),
                (vec![], State::Proceeding),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            Input::Timer(Expiry),
            [
                (vec![Cancel(Trying), Terminated], State::Terminated),
                (vec![Terminated], State::Terminated),
                (vec![], State::Completed),
                (vec![], State::Terminated),
            ],
        ),
        (
            Input::Timer(J),
            [
                (vec![], State::Trying),
                (vec![], State::Proceeding),
                (vec![Terminated], State::Terminated),
                (vec![], State::Terminated),
            ],
        ),
        (
            TransportError,
            [
                (vec![], State::Trying),
                (vec![TransportFailed], State::Proceeding),
                (vec![TransportFailed], State::Completed),
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
    /// Whatever comes whenever: timers are set and cancelled in order (the line checks it), at most
    /// one final is sent first, never one that RFC 4320 forbids, and the transaction ends.
    #[test]
    fn any_history_ends(
        reliable in any::<bool>(),
        history in prop::collection::vec((0u64..3000, prop_oneof![
            3 => Just(Retransmission),
            2 => (100u16..700).prop_map(|code| Respond(Status(code))),
            1 => Just(Respond(Status::TRYING)),
            1 => Just(TransportError),
        ]), 0..20),
    ) {
        let mut line = over(if reliable { Reliable } else { Unreliable });
        let mut now = 0;
        let mut finals = 0;
        for (pause, input) in history {
            now += pause;
            line.pass_until(now);
            line.taken();
            let actions = line.on(input);
            if let Respond(status) = input {
                let sent = actions.contains(&Send);
                prop_assert_ne!(sent, actions.contains(&Refused));
                prop_assert!(!sent || status == Status::TRYING || status.is_final());
                prop_assert!(!sent || status != Status::REQUEST_TIMEOUT);
                finals += usize::from(sent && status.is_final());
            }
        }
        line.pass_until(now + 64_000);
        prop_assert!(finals <= 1);
        prop_assert!(line.has_ended());
    }
}
