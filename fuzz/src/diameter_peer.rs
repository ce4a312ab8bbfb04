//! The peer machine of RFC 6733 §5.6.

use diameter_stack::peer::{Action, Election, Input, Machine, Received, Side, State};

use crate::choices::Choices;

const ELECTIONS: [Election; 2] = [Election::Won, Election::Lost];
const SIDES: [Side; 2] = [Side::Initiator, Side::Responder];
const RECEIVED: [Received; 5] = [
    Received::Message,
    Received::Dwr,
    Received::Dwa,
    Received::Dpr,
    Received::Dpa,
];

/// What the owner of the machine has.
#[derive(Default)]
struct Owner {
    ours: bool,
    theirs: bool,
    answered: bool,
    timer: bool,
    open: Option<Side>,
}

impl Owner {
    fn has(&self, side: Side) -> bool {
        match side {
            Side::Initiator => self.ours,
            Side::Responder => self.theirs,
        }
    }
}

/// A list of events.
pub fn diameter_peer(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let (mut machine, mut owner) = (Machine::default(), Owner::default());
    while let Some(input) = input(&mut choices) {
        if matches!(input, Input::Timeout) {
            if !owner.timer {
                continue;
            }
            owner.timer = false;
        }
        let opening = matches!(
            machine.state(),
            State::WaitConnAck | State::WaitConnAckElect(_)
        );
        if matches!(input, Input::ConnNack) && opening {
            owner.ours = false;
        }
        let actions = machine.on(input);
        let told = actions
            .iter()
            .filter(|action| matches!(action, Action::Accept | Action::Reject))
            .count();
        // A connection that brought a CER is taken or dropped, never forgotten.
        assert_eq!(told, usize::from(matches!(input, Input::ConnCer(_))));
        for action in actions {
            act(&mut owner, action, input);
        }
        assert_eq!(machine.open(), owner.open, "{input:?}");
        match machine.state() {
            State::Closed => assert!(!owner.ours && !owner.theirs && !owner.timer),
            // Open: the one connection, and the watchdog has the timers.
            State::IOpen | State::ROpen => {
                assert!(owner.ours != owner.theirs && !owner.timer);
            }
            // Nothing else lasts for ever.
            _ => assert!(owner.timer, "{:?}", machine.state()),
        }
    }
    machine.on(Input::Stop);
    machine.on(Input::Timeout);
    assert_eq!(machine.state(), State::Closed);
}

fn act(owner: &mut Owner, action: Action, input: Input) {
    match action {
        Action::SndConnReq => assert!(!std::mem::replace(&mut owner.ours, true)),
        Action::SndCer => assert!(owner.ours),
        Action::Accept => {
            assert!(!std::mem::replace(&mut owner.theirs, true));
            owner.answered = false;
        }
        Action::Reject => {}
        // One answer to a CER.
        Action::SndCea => {
            assert!(owner.theirs && !std::mem::replace(&mut owner.answered, true));
        }
        Action::Disc(Side::Initiator) => {
            // One that opened after it was given up may be unknown.
            assert!(owner.ours || input == Input::ConnAck);
            owner.ours = false;
        }
        Action::Disc(Side::Responder) => assert!(std::mem::replace(&mut owner.theirs, false)),
        Action::Process(side)
        | Action::SndDwa(side)
        | Action::ProcessDwa(side)
        | Action::SndDpr(side)
        | Action::SndDpa(side) => assert!(owner.has(side)),
        Action::Set(_) => owner.timer = true,
        Action::Cancel => owner.timer = false,
        Action::Opened(side) => {
            assert!(owner.has(side));
            assert_eq!(owner.open.replace(side), None);
        }
        Action::Left => assert!(owner.open.take().is_some()),
    }
}

fn input(choices: &mut Choices<'_>) -> Option<Input> {
    Some(match choices.octet()? % 10 {
        0 => Input::Start,
        1 => Input::ConnCer(choices.one_of(&ELECTIONS)?),
        2 => Input::ConnAck,
        3 => Input::ConnNack,
        4 => Input::Cea,
        5 => Input::CeaRefused,
        6 => Input::Rcv(choices.one_of(&SIDES)?, choices.one_of(&RECEIVED)?),
        7 => Input::PeerDisc(choices.one_of(&SIDES)?),
        8 => Input::Timeout,
        _ => Input::Stop,
    })
}
