//! A machine under test on a virtual time line: its timers fire, and what it does is noted.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::mem;
use std::time::Duration;

use sip_message::Status;
use sip_stack::timers::{Reliability, TimerValues};
use sip_stack::transaction::non_invite_client::{self as client, NonInviteClient};
use sip_stack::transaction::non_invite_server::{self as server, NonInviteServer};

/// A machine, its timers that are set, and the actions that are no timer's.
pub(crate) struct Line<M: Machine> {
    pub(crate) machine: M,
    now: Duration,
    timers: BTreeMap<M::Timer, Duration>,
    done: Vec<M::Action>,
    ended: bool,
}

/// What the line needs to know of a machine.
pub(crate) trait Machine {
    type Timer: Copy + Ord + Debug;
    type Input;
    type Action: Copy + PartialEq + Debug;
    fn input(&mut self, input: Self::Input) -> Vec<Self::Action>;
    fn fired(timer: Self::Timer) -> Self::Input;
    fn effect(action: Self::Action) -> Effect<Self::Timer>;
}

pub(crate) enum Effect<T> {
    Set(T, Duration),
    Cancel(T),
    End,
    Other,
}

impl<M: Machine> Line<M> {
    fn new((machine, actions): (M, Vec<M::Action>)) -> Self {
        let mut line = Line {
            machine,
            now: Duration::ZERO,
            timers: BTreeMap::new(),
            done: Vec::new(),
            ended: false,
        };
        line.carry_out(actions);
        line
    }

    /// An input at this moment, and what the machine does at once.
    pub(crate) fn on(&mut self, input: M::Input) -> Vec<M::Action> {
        let actions = self.machine.input(input);
        self.carry_out(actions);
        mem::take(&mut self.done)
    }

    /// Nothing happens up to one millisecond before `milliseconds`; then exactly `expected`.
    #[track_caller]
    pub(crate) fn at(&mut self, milliseconds: u64, expected: &[M::Action]) {
        if milliseconds > 0 {
            self.nothing_until(milliseconds - 1);
        }
        self.pass_until(milliseconds);
        assert_eq!(mem::take(&mut self.done), expected, "at {milliseconds} ms");
    }

    /// Nothing happens up to and at `milliseconds`.
    #[track_caller]
    pub(crate) fn nothing_until(&mut self, milliseconds: u64) {
        self.pass_until(milliseconds);
        assert_eq!(mem::take(&mut self.done), [], "before {milliseconds} ms");
    }

    /// Time passes; what happened stays noted.
    pub(crate) fn pass_until(&mut self, milliseconds: u64) {
        let until = Duration::from_millis(milliseconds);
        while let Some((&timer, &at)) = self.timers.iter().min_by_key(|(_, at)| **at)
            && at <= until
        {
            self.timers.remove(&timer);
            self.now = at;
            let actions = self.machine.input(M::fired(timer));
            self.carry_out(actions);
        }
        self.now = until;
    }

    /// What was noted and not asked for yet.
    pub(crate) fn taken(&mut self) -> Vec<M::Action> {
        mem::take(&mut self.done)
    }

    /// The end is here, and no timer is left set.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    fn carry_out(&mut self, actions: Vec<M::Action>) {
        for action in actions {
            match M::effect(action) {
                Effect::Set(timer, after) => {
                    assert!(!self.ended, "{timer:?} set after the end");
                    let before = self.timers.insert(timer, self.now + after);
                    assert_eq!(before, None, "{timer:?} was set already");
                }
                Effect::Cancel(timer) => {
                    let before = self.timers.remove(&timer);
                    assert!(before.is_some(), "{timer:?} was not set");
                }
                Effect::End => {
                    assert!(!self.ended, "ended twice");
                    assert!(self.timers.is_empty(), "left set: {:?}", self.timers);
                    self.ended = true;
                    self.done.push(action);
                }
                Effect::Other => self.done.push(action),
            }
        }
    }
}

impl Line<NonInviteClient> {
    pub(crate) fn client(reliability: Reliability, timers: &TimerValues) -> Self {
        let (machine, actions) = NonInviteClient::start(reliability, timers);
        Line::new((machine, actions.to_vec()))
    }
}

impl Line<NonInviteServer> {
    pub(crate) fn server(reliability: Reliability, timers: &TimerValues) -> Self {
        let (machine, actions) = NonInviteServer::start(reliability, timers);
        Line::new((machine, actions.to_vec()))
    }

    /// The transaction user answers `code`.
    pub(crate) fn respond(&mut self, code: u16) -> Vec<server::Action> {
        self.on(server::Input::Respond(Status(code)))
    }
}

impl Machine for NonInviteClient {
    type Timer = client::Timer;
    type Input = client::Input;
    type Action = client::Action;

    fn input(&mut self, input: client::Input) -> Vec<client::Action> {
        self.on(input).to_vec()
    }

    fn fired(timer: client::Timer) -> client::Input {
        client::Input::Timer(timer)
    }

    fn effect(action: client::Action) -> Effect<client::Timer> {
        match action {
            client::Action::Set(timer, after) => Effect::Set(timer, after),
            client::Action::Cancel(timer) => Effect::Cancel(timer),
            client::Action::Terminated => Effect::End,
            client::Action::Send
            | client::Action::Deliver
            | client::Action::TimedOut
            | client::Action::TransportFailed => Effect::Other,
        }
    }
}

impl Machine for NonInviteServer {
    type Timer = server::Timer;
    type Input = server::Input;
    type Action = server::Action;

    fn input(&mut self, input: server::Input) -> Vec<server::Action> {
        self.on(input).to_vec()
    }

    fn fired(timer: server::Timer) -> server::Input {
        server::Input::Timer(timer)
    }

    fn effect(action: server::Action) -> Effect<server::Timer> {
        match action {
            server::Action::Set(timer, after) => Effect::Set(timer, after),
            server::Action::Cancel(timer) => Effect::Cancel(timer),
            server::Action::Terminated => Effect::End,
            server::Action::Send
            | server::Action::SendTrying
            | server::Action::TransportFailed
            | server::Action::Refused => Effect::Other,
        }
    }
}
