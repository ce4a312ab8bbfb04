//! Every row of the table of RFC 6733 §5.6, and every event that is in no row of its state.

use diameter_stack::peer::Action::*;
use diameter_stack::peer::Side::{Initiator, Responder};
use diameter_stack::peer::{Action, Election, Input, Machine, Received, Side, State, Timer};

const LOST: Input = Input::ConnCer(Election::Lost);
const WON: Input = Input::ConnCer(Election::Won);
const SIDES: [Side; 2] = [Initiator, Responder];
const RECEIVED: [Received; 5] = [
    Received::Message,
    Received::Dwr,
    Received::Dwa,
    Received::Dpr,
    Received::Dpa,
];

/// Every state, and the events that lead there from Closed.
fn ways() -> Vec<(State, Vec<Input>)> {
    use Input::{ConnAck, Start};
    vec![
        (State::Closed, vec![]),
        (State::WaitConnAck, vec![Start]),
        (State::WaitICea, vec![Start, ConnAck]),
        (State::WaitConnAckElect(Election::Lost), vec![Start, LOST]),
        (State::WaitConnAckElect(Election::Won), vec![Start, WON]),
        (State::WaitReturns, vec![Start, ConnAck, LOST]),
        (State::ROpen, vec![LOST]),
        (State::IOpen, vec![Start, ConnAck, Input::Cea]),
        (State::Closing(Responder), vec![LOST, Input::Stop]),
        (
            State::Closing(Initiator),
            vec![Start, ConnAck, Input::Cea, Input::Stop],
        ),
    ]
}

/// Every event.
fn events() -> Vec<Input> {
    let mut events = vec![
        Input::Start,
        LOST,
        WON,
        Input::ConnAck,
        Input::ConnNack,
        Input::Cea,
        Input::CeaRefused,
        Input::Timeout,
        Input::Stop,
    ];
    for side in SIDES {
        events.push(Input::PeerDisc(side));
        events.extend(RECEIVED.map(|received| Input::Rcv(side, received)));
    }
    events
}

/// The row of the table: what is done (the timer besides, which the table leaves out), and the next state.
fn row(state: State, input: Input) -> Option<(Vec<Action>, State)> {
    use State::{
        Closed, Closing, IOpen, ROpen, WaitConnAck, WaitConnAckElect, WaitICea, WaitReturns,
    };
    let setup = Set(Timer::Setup);
    let close = Set(Timer::Close);
    let row = |actions: &[Action], next| Some((actions.to_vec(), next));
    match (state, input) {
        (Closed, Input::Start) => row(&[SndConnReq, setup], WaitConnAck),
        (Closed, LOST | WON) => row(&[Accept, SndCea, Opened(Responder)], ROpen),

        (WaitConnAck, Input::ConnAck) => row(&[SndCer], WaitICea),
        (WaitConnAck, Input::ConnNack) => row(&[Cancel], Closed),
        (WaitConnAck, Input::ConnCer(election)) => row(&[Accept], WaitConnAckElect(election)),
        // Error: what is there is given up.
        (WaitConnAck, Input::Timeout) => row(&[Cancel, Disc(Initiator)], Closed),

        (WaitICea, Input::Cea) => row(&[Cancel, Opened(Initiator)], IOpen),
        (WaitICea, LOST) => row(&[Accept], WaitReturns),
        // Win-Election follows at once.
        (WaitICea, WON) => row(
            &[Accept, Cancel, Disc(Initiator), SndCea, Opened(Responder)],
            ROpen,
        ),
        (WaitICea, Input::PeerDisc(Initiator) | Input::Timeout) => {
            row(&[Cancel, Disc(Initiator)], Closed)
        }
        // I-Rcv-Non-CEA.
        (WaitICea, Input::Rcv(Initiator, _) | Input::CeaRefused) => {
            row(&[Cancel, Disc(Initiator)], Closed)
        }

        (WaitConnAckElect(Election::Lost), Input::ConnAck) => row(&[SndCer], WaitReturns),
        (WaitConnAckElect(Election::Won), Input::ConnAck) => row(
            &[SndCer, Cancel, Disc(Initiator), SndCea, Opened(Responder)],
            ROpen,
        ),
        (WaitConnAckElect(_), Input::ConnNack) => row(&[Cancel, SndCea, Opened(Responder)], ROpen),
        (WaitConnAckElect(_), Input::PeerDisc(Responder)) => row(&[Disc(Responder)], WaitConnAck),
        (WaitConnAckElect(_), LOST | WON) => row(&[Reject], state),
        (WaitConnAckElect(_), Input::Timeout) => {
            row(&[Cancel, Disc(Initiator), Disc(Responder)], Closed)
        }

        (WaitReturns, Input::PeerDisc(Initiator)) => {
            row(&[Cancel, Disc(Initiator), SndCea, Opened(Responder)], ROpen)
        }
        (WaitReturns, Input::Cea) => row(&[Cancel, Disc(Responder), Opened(Initiator)], IOpen),
        (WaitReturns, Input::PeerDisc(Responder)) => row(&[Disc(Responder)], WaitICea),
        (WaitReturns, LOST | WON) => row(&[Reject], WaitReturns),
        (WaitReturns, Input::Timeout) => row(&[Cancel, Disc(Initiator), Disc(Responder)], Closed),

        (ROpen, LOST | WON) | (IOpen, LOST | WON) => row(&[Reject], state),
        (ROpen, Input::Stop) => row(&[SndDpr(Responder), Left, close], Closing(Responder)),
        (IOpen, Input::Stop) => row(&[SndDpr(Initiator), Left, close], Closing(Initiator)),
        (ROpen, Input::PeerDisc(Responder)) => row(&[Disc(Responder), Left], Closed),
        (IOpen, Input::PeerDisc(Initiator)) => row(&[Disc(Initiator), Left], Closed),
        (ROpen, Input::Rcv(side @ Responder, received))
        | (IOpen, Input::Rcv(side @ Initiator, received)) => match received {
            Received::Message => row(&[Process(side)], state),
            Received::Dwr => row(&[SndDwa(side)], state),
            Received::Dwa => row(&[ProcessDwa(side)], state),
            Received::Dpr => row(&[SndDpa(side), Left, close], Closing(side)),
            Received::Dpa => None,
        },

        (Closing(side), Input::Rcv(from, Received::Dpa) | Input::PeerDisc(from))
            if side == from =>
        {
            row(&[Cancel, Disc(side)], Closed)
        }
        (Closing(side), Input::Timeout) => row(&[Cancel, Disc(side)], Closed),
        _ => None,
    }
}

/// What the machine does beyond the table, and why.
fn beyond(state: State, input: Input) -> Option<(Vec<Action>, State)> {
    let done = |actions: &[Action], next| Some((actions.to_vec(), next));
    match (state, input) {
        // The connection was given up while it was being opened: it is not left behind.
        (State::Closed, Input::ConnAck) => done(&[Disc(Initiator)], State::Closed),
        // Stop also ends what is not open yet.
        (State::WaitConnAck | State::WaitICea, Input::Stop) => {
            done(&[Cancel, Disc(Initiator)], State::Closed)
        }
        (State::WaitConnAckElect(_) | State::WaitReturns, Input::Stop) => {
            done(&[Cancel, Disc(Initiator), Disc(Responder)], State::Closed)
        }
        // I-Rcv-Non-CEA, as in Wait-I-CEA.
        (State::WaitReturns, Input::CeaRefused | Input::Rcv(Initiator, _)) => {
            done(&[Cancel, Disc(Initiator), Disc(Responder)], State::Closed)
        }
        // What crossed the DPR still counts.
        (State::Closing(side), Input::Rcv(from, received)) if side == from => match received {
            Received::Message => done(&[Process(side)], state),
            Received::Dwr => done(&[SndDwa(side)], state),
            Received::Dpr => done(&[SndDpa(side)], state),
            Received::Dwa | Received::Dpa => None,
        },
        (State::Closing(_), LOST | WON) => done(&[Reject], state),
        _ => None,
    }
}

fn at(way: &[Input], state: State) -> Machine {
    let mut machine = Machine::default();
    for input in way {
        machine.on(*input);
    }
    assert_eq!(machine.state(), state);
    machine
}

#[test]
fn every_event_in_every_state_does_what_its_row_says_and_nothing_without_one() {
    let mut rows = 0;
    for (state, way) in ways() {
        for input in events() {
            let mut machine = at(&way, state);
            let actions = machine.on(input).to_vec();
            let found = row(state, input);
            rows += usize::from(found.is_some());
            let (expected, next) = found
                .or_else(|| beyond(state, input))
                .unwrap_or((Vec::new(), state));
            assert_eq!(actions, expected, "{state:?} {input:?}");
            assert_eq!(machine.state(), next, "{state:?} {input:?}");
        }
    }
    // Rows of the table with Win-Election folded in, for both elections, kinds of messages and sides.
    assert_eq!(rows, 59);
}

/// Whatever comes in whatever order: a peer is never left with a connection that nobody ends.
#[test]
fn a_closed_peer_holds_no_connection() {
    let mut seeds = 1_u64;
    let mut draw = |below: usize| {
        seeds = seeds
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(seeds >> 33).unwrap() % below
    };
    let events = events();
    for _ in 0..2_000 {
        let mut machine = Machine::default();
        let (mut initiator, mut responder) = (false, false);
        for _ in 0..30 {
            let input = events[draw(events.len())];
            let before = machine.state();
            for action in machine.on(input) {
                match action {
                    SndConnReq => initiator = true,
                    Accept => responder = true,
                    Disc(Initiator) => initiator = false,
                    Disc(Responder) => responder = false,
                    _ => {}
                }
            }
            // It never came to be.
            if let (State::WaitConnAck | State::WaitConnAckElect(_), Input::ConnNack) =
                (before, input)
            {
                initiator = false;
            }
            if machine.state() == State::Closed {
                assert!(!initiator && !responder, "after {input:?}");
            }
        }
    }
}
