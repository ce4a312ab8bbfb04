//! Walks through the table of RFC 6733 §5.6.

use super::Action::*;
use super::Side::{Initiator, Responder};
use super::*;

const LOST: Input = Input::ConnCer(Election::Lost);
const WON: Input = Input::ConnCer(Election::Won);

/// Walks `steps` (input, actions, next state) from Closed.
fn walk(steps: &[(Input, &[Action], State)]) -> Machine {
    let mut machine = Machine::default();
    for (at, (input, actions, next)) in steps.iter().enumerate() {
        assert_eq!(
            machine.on(*input).as_slice(),
            *actions,
            "step {at}: {input:?}"
        );
        assert_eq!(machine.state(), *next, "step {at}: {input:?}");
    }
    machine
}

const START: (Input, &[Action], State) = (
    Input::Start,
    &[SndConnReq, Set(Timer::Setup)],
    State::WaitConnAck,
);
const ACK: (Input, &[Action], State) = (Input::ConnAck, &[SndCer], State::WaitICea);
const CEA: (Input, &[Action], State) = (Input::Cea, &[Cancel, Opened(Initiator)], State::IOpen);
const CER: (Input, &[Action], State) = (LOST, &[Accept, SndCea, Opened(Responder)], State::ROpen);
const ELECT: (Input, &[Action], State) = (LOST, &[Accept], State::WaitConnAckElect(Election::Lost));

#[test]
fn rfc6733_5_6_initiator_opens_works_and_stops() {
    let machine = walk(&[
        START,
        ACK,
        CEA,
        (
            Input::Rcv(Initiator, Received::Message),
            &[Process(Initiator)],
            State::IOpen,
        ),
        (
            Input::Rcv(Initiator, Received::Dwr),
            &[SndDwa(Initiator)],
            State::IOpen,
        ),
        (
            Input::Rcv(Initiator, Received::Dwa),
            &[ProcessDwa(Initiator)],
            State::IOpen,
        ),
        (LOST, &[Reject], State::IOpen),
        (
            Input::Stop,
            &[SndDpr(Initiator), Left, Set(Timer::Close)],
            State::Closing(Initiator),
        ),
        (
            Input::Rcv(Initiator, Received::Message),
            &[Process(Initiator)],
            State::Closing(Initiator),
        ),
        (
            Input::Rcv(Initiator, Received::Dpa),
            &[Cancel, Disc(Initiator)],
            State::Closed,
        ),
    ]);
    assert_eq!(machine.open(), None);
}

#[test]
fn rfc6733_5_6_responder_opens_works_and_is_left() {
    walk(&[
        CER,
        (
            Input::Rcv(Responder, Received::Message),
            &[Process(Responder)],
            State::ROpen,
        ),
        (Input::Rcv(Initiator, Received::Message), &[], State::ROpen),
        (LOST, &[Reject], State::ROpen),
        (
            Input::Rcv(Responder, Received::Dpr),
            &[SndDpa(Responder), Left, Set(Timer::Close)],
            State::Closing(Responder),
        ),
        (Input::PeerDisc(Initiator), &[], State::Closing(Responder)),
        (
            Input::PeerDisc(Responder),
            &[Cancel, Disc(Responder)],
            State::Closed,
        ),
    ]);
    walk(&[
        CER,
        (
            Input::PeerDisc(Responder),
            &[Disc(Responder), Left],
            State::Closed,
        ),
    ]);
}

#[test]
fn rfc6733_5_6_connection_refused_or_silent() {
    walk(&[START, (Input::ConnNack, &[Cancel], State::Closed)]);
    walk(&[
        START,
        (Input::Timeout, &[Cancel, Disc(Initiator)], State::Closed),
        (Input::ConnAck, &[Disc(Initiator)], State::Closed),
    ]);
    for refused in [
        Input::CeaRefused,
        Input::Rcv(Initiator, Received::Message),
        Input::PeerDisc(Initiator),
        Input::Timeout,
        Input::Stop,
    ] {
        walk(&[
            START,
            ACK,
            (refused, &[Cancel, Disc(Initiator)], State::Closed),
        ]);
    }
}

#[test]
fn rfc6733_5_6_4_election_won_keeps_the_peers_connection() {
    walk(&[
        START,
        ACK,
        (
            WON,
            &[Accept, Cancel, Disc(Initiator), SndCea, Opened(Responder)],
            State::ROpen,
        ),
        (Input::Cea, &[], State::ROpen),
        (Input::PeerDisc(Initiator), &[], State::ROpen),
    ]);
    walk(&[
        START,
        (WON, &[Accept], State::WaitConnAckElect(Election::Won)),
        (
            Input::ConnAck,
            &[SndCer, Cancel, Disc(Initiator), SndCea, Opened(Responder)],
            State::ROpen,
        ),
    ]);
}

#[test]
fn rfc6733_5_6_4_election_lost_waits_for_the_peer_to_drop_one() {
    let lost: [(Input, &[Action], State); 3] = [START, ACK, (LOST, &[Accept], State::WaitReturns)];
    let then = |last: &[(Input, &[Action], State)]| {
        walk(&[&lost[..], last].concat());
    };
    then(&[(
        Input::Cea,
        &[Cancel, Disc(Responder), Opened(Initiator)],
        State::IOpen,
    )]);
    then(&[
        (
            Input::PeerDisc(Responder),
            &[Disc(Responder)],
            State::WaitICea,
        ),
        CEA,
    ]);
    then(&[(
        Input::PeerDisc(Initiator),
        &[Cancel, Disc(Initiator), SndCea, Opened(Responder)],
        State::ROpen,
    )]);
    then(&[(LOST, &[Reject], State::WaitReturns)]);
    then(&[(
        Input::Timeout,
        &[Cancel, Disc(Initiator), Disc(Responder)],
        State::Closed,
    )]);
}

#[test]
fn rfc6733_5_6_wait_conn_ack_elect() {
    let elect = |last| walk(&[START, ELECT, last]);
    elect((Input::ConnAck, &[SndCer], State::WaitReturns));
    elect((
        Input::ConnNack,
        &[Cancel, SndCea, Opened(Responder)],
        State::ROpen,
    ));
    elect((
        Input::PeerDisc(Responder),
        &[Disc(Responder)],
        State::WaitConnAck,
    ));
    elect((LOST, &[Reject], State::WaitConnAckElect(Election::Lost)));
    elect((
        Input::Timeout,
        &[Cancel, Disc(Initiator), Disc(Responder)],
        State::Closed,
    ));
}

#[test]
fn rfc6733_5_6_4_comparison_folds_ascii_case() {
    assert_eq!(
        elect("scscf.home.example", "hss.home.example"),
        Election::Won
    );
    assert_eq!(
        elect("HSS.home.example", "scscf.home.example"),
        Election::Lost
    );
    assert_eq!(elect("Z.example", "a.example"), Election::Won);
    assert_eq!(elect("a.example.net", "a.example"), Election::Won);
}

#[test]
fn both_start_at_once_and_meet_on_the_same_connection() {
    // The greater host's machine is `high`. Its own connection is dropped, the one that `low` opened stays.
    let mut high = walk(&[START, ACK]);
    let mut low = walk(&[START, ACK]);
    assert_eq!(low.on(LOST).as_slice(), [Accept]);
    assert!(high.on(WON).contains(&SndCea));
    assert_eq!(
        low.on(Input::PeerDisc(Responder)).as_slice(),
        [Disc(Responder)]
    );
    low.on(Input::Cea);
    assert_eq!(
        (high.open(), low.open()),
        (Some(Responder), Some(Initiator))
    );
}
