//! What a peer's machine and watchdog decide, done: connections opened and dropped, messages sent, timers run.

use std::rc::Rc;

use diameter_stack::peer::{Action, Input, Side, State, Timer};
use diameter_stack::watchdog;
use tokio::time::{Instant, sleep_until};

use super::base::DisconnectReason;
use super::exchange::Outcome;
use super::link::{Ended, Link};
use super::node::Inner;
use super::peer::{Countdown, Peer};
use crate::io::Io;
use crate::task::spawn;

/// Times Tc until a peer that said BUSY or DO_NOT_WANT_TO_TALK_TO_YOU is tried again (RFC 6733 §5.4.3).
const UNWANTED: u32 = 10;

impl<I: Io> Inner<I> {
    /// Starts a peer's timers and, where its address is known, the first attempt to connect.
    pub(super) fn start_peer(self: &Rc<Self>, peer: &Rc<Peer>) {
        let timers = spawn(Rc::clone(self).run_timers(Rc::clone(peer)));
        *peer.timers.borrow_mut() = Some(timers);
        if peer.address.is_some() {
            self.set_countdown(peer, watchdog::Timer::Tc);
            self.feed(peer, Input::Start);
        }
    }

    /// Ends all that a peer has.
    pub(super) fn end_peer(&self, peer: &Rc<Peer>) {
        for task in [&peer.timers, &peer.connecting] {
            if let Some(task) = task.borrow_mut().take() {
                task.abort();
            }
        }
        for side in [Side::Initiator, Side::Responder] {
            self.drop_link(peer, side);
        }
        self.peers
            .borrow_mut()
            .retain(|other| !Rc::ptr_eq(other, peer) || !other.is_stranger());
    }

    /// Gives the machine an event that is no message and does what it says.
    pub(super) fn feed(self: &Rc<Self>, peer: &Rc<Peer>, input: Input) {
        self.feed_with(peer, input, None);
    }

    /// Gives the machine an event of `link` and does what it says; whether the message is to be processed.
    pub(super) fn feed_with(
        self: &Rc<Self>,
        peer: &Rc<Peer>,
        input: Input,
        link: Option<&Rc<Link>>,
    ) -> Processed {
        let actions = peer.machine.borrow_mut().on(input);
        let mut processed = Processed::No;
        for action in actions {
            match action {
                Action::SndConnReq => self.connect(peer),
                Action::SndCer => self.on_link(peer, Side::Initiator, |link| self.send_cer(link)),
                Action::Accept => *peer.responder.borrow_mut() = link.cloned(),
                Action::Reject => {
                    if let Some(link) = link {
                        link.end_now();
                    }
                    // The peer seems to have forgotten the connection that we hold: see whether it lives.
                    if let Some(open) = peer.open_link() {
                        self.send_dwr(&open);
                    }
                }
                Action::SndCea => self.on_link(peer, Side::Responder, |link| self.send_cea(link)),
                Action::Disc(side) => self.drop_link(peer, side),
                Action::Process(_) => processed = Processed::Yes,
                // The answer needs the request's identifiers, so it is made where the request is.
                Action::SndDwa(_) | Action::SndDpa(_) => processed = Processed::Yes,
                Action::ProcessDwa(_) => self.feed_watchdog(peer, watchdog::Input::Dwa),
                Action::SndDpr(side) => self.on_link(peer, side, |link| self.send_dpr(link)),
                Action::Set(timer) => {
                    let timers = &self.settings.timers;
                    let deadline = Instant::now()
                        + match timer {
                            Timer::Setup => timers.setup,
                            Timer::Close => timers.close,
                        };
                    peer.deadline.set(Some(deadline));
                    peer.wake_by(deadline);
                }
                Action::Cancel => peer.deadline.set(None),
                Action::Opened(side) => {
                    peer.deadline.set(None);
                    peer.patience.set(1);
                    self.metrics.connections.inc();
                    self.metrics.open_connections.inc();
                    tracing::info!(peer = %peer.name(), ?side, "Diameter peer open");
                    self.feed_watchdog(peer, watchdog::Input::Up);
                    self.settled.notify_one();
                    peer.changed.notify_waiters();
                }
                Action::Left => {
                    self.metrics.open_connections.dec();
                    tracing::info!(peer = %peer.name(), "Diameter peer left");
                    let parted = matches!(peer.state(), State::Closing(_));
                    let input = if parted {
                        watchdog::Input::Parted
                    } else {
                        watchdog::Input::Down
                    };
                    self.feed_watchdog(peer, input);
                }
            }
        }
        if peer.state() == State::Closed {
            self.settled.notify_one();
            peer.changed.notify_waiters();
            if peer.is_stranger() {
                self.end_peer(peer);
            }
        }
        processed
    }

    /// Gives the watchdog an event and does what it says.
    fn feed_watchdog(self: &Rc<Self>, peer: &Rc<Peer>, input: watchdog::Input) {
        let actions = peer.watchdog.borrow_mut().on(input);
        for action in actions {
            match action {
                watchdog::Action::Set(timer) => self.set_countdown(peer, timer),
                watchdog::Action::SendDwr => {
                    if let Some(link) = peer.open_link() {
                        self.send_dwr(&link);
                    }
                }
                watchdog::Action::AttemptOpen => {
                    if peer.address.is_some() && !self.stopping.get() {
                        self.feed(peer, Input::Start);
                    }
                }
                watchdog::Action::Close => {
                    let open = peer.machine.borrow().open();
                    if let Some(side) = open {
                        tracing::warn!(peer = %peer.name(), "Diameter peer silent: connection closed");
                        self.feed(peer, Input::PeerDisc(side));
                    }
                }
                // Which peer a new request goes to is asked of the watchdog's state; those that wait are told.
                watchdog::Action::Failover => {
                    self.metrics.failovers.inc();
                    tracing::warn!(peer = %peer.name(), "Diameter peer in doubt");
                    if let Some(link) = peer.open_link() {
                        for waiting in link.pending.borrow().iter() {
                            waiting.settle(Outcome::Doubt);
                        }
                    }
                }
                watchdog::Action::Failback => {
                    tracing::info!(peer = %peer.name(), "Diameter peer trusted")
                }
            }
        }
    }

    /// The peer was heard: a read brought at least one message.
    pub(super) fn heard(self: &Rc<Self>, peer: &Rc<Peer>) {
        if peer.machine.borrow().open().is_none() {
            return;
        }
        // Most reads only move the timer; no jitter is drawn and no task woken for that.
        let okay = matches!(peer.watchdog.borrow().state(), watchdog::State::Okay(_));
        match peer.countdown.get() {
            Some(countdown) if okay && countdown.kind == watchdog::Timer::Tw => {
                peer.countdown.set(Some(Countdown {
                    from: Instant::now(),
                    ..countdown
                }));
            }
            _ => self.feed_watchdog(peer, watchdog::Input::NonDwa),
        }
    }

    fn set_countdown(&self, peer: &Peer, kind: watchdog::Timer) {
        let timers = &self.settings.timers;
        let after = match kind {
            watchdog::Timer::Tw => watchdog::jittered_tw(timers.watchdog, self.random()),
            watchdog::Timer::Tc => {
                watchdog::jittered_tc(timers.reconnect, self.random()) * peer.patience.get()
            }
        };
        let from = Instant::now();
        peer.countdown.set(Some(Countdown { kind, from, after }));
        peer.wake_by(from + after);
    }

    async fn run_timers(self: Rc<Self>, peer: Rc<Peer>) {
        loop {
            let next = peer.next_deadline();
            peer.armed.set(next);
            let due = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = peer.rearm.notified() => {}
                () = due => self.on_time(&peer),
            }
        }
    }

    fn on_time(self: &Rc<Self>, peer: &Rc<Peer>) {
        let now = Instant::now();
        for side in [Side::Initiator, Side::Responder] {
            let Some(link) = peer.link(side) else {
                continue;
            };
            loop {
                let expired = link.pending.borrow_mut().expire(now.into_std());
                let Some(waiting) = expired else { break };
                self.metrics.timeouts.inc();
                waiting.settle(Outcome::TimedOut);
            }
        }
        if self.stopping.get() {
            self.settled.notify_one();
        }
        if peer.deadline.get().is_some_and(|deadline| deadline <= now) {
            peer.deadline.set(None);
            self.feed(peer, Input::Timeout);
        }
        if peer
            .countdown
            .get()
            .is_some_and(|countdown| countdown.from + countdown.after <= now)
        {
            peer.countdown.set(None);
            self.feed_watchdog(peer, watchdog::Input::Expired);
        }
    }

    fn connect(self: &Rc<Self>, peer: &Rc<Peer>) {
        let Some(address) = peer.address else { return };
        let (inner, owner) = (Rc::clone(self), Rc::clone(peer));
        let connecting = spawn(async move {
            match inner.io.connect(inner.settings.connect_from, address).await {
                Ok(stream) => {
                    let link = Link::new(
                        &stream,
                        Side::Initiator,
                        &inner.settings.limits,
                        inner.random(),
                    );
                    let link = Rc::new(link);
                    *owner.initiator.borrow_mut() = Some(Rc::clone(&link));
                    // From here the connection ends by its link, not with this task.
                    drop(owner.connecting.borrow_mut().take());
                    inner.feed(&owner, Input::ConnAck);
                    inner.carry_for(&owner, &link, stream).await;
                }
                Err(error) => {
                    tracing::debug!(peer = %owner.name(), %address, %error, "Diameter peer out of reach");
                    drop(owner.connecting.borrow_mut().take());
                    inner.feed(&owner, Input::ConnNack);
                }
            }
        });
        *peer.connecting.borrow_mut() = Some(connecting);
    }

    /// Carries a connection that belongs to `peer` until it ends.
    async fn carry_for(self: &Rc<Self>, peer: &Rc<Peer>, link: &Rc<Link>, stream: I::Stream) {
        let ended = link
            .carry(
                stream,
                self.settings.limits.frame,
                |message| self.deliver(peer, link, message),
                || self.heard(peer),
            )
            .await;
        self.link_ended(peer, link, &ended);
    }

    /// Tells the machine that a connection is gone, and everybody who waits on it.
    pub(super) fn link_ended(self: &Rc<Self>, peer: &Rc<Peer>, link: &Rc<Link>, ended: &Ended) {
        match ended {
            Ended::Broken(_) => {
                self.metrics.broken_frames.inc();
                tracing::warn!(peer = %peer.name(), %ended, "Diameter connection closed");
            }
            _ => tracing::debug!(peer = %peer.name(), %ended, "Diameter connection ended"),
        }
        link.lose_waiting();
        if let Some(side) = peer.side_of(link) {
            self.feed(peer, Input::PeerDisc(side));
        }
    }

    /// An accepted connection ended that became no peer's.
    pub(super) fn stranger_ended(&self, link: &Link, ended: &Ended) {
        if let Ended::Broken(_) = ended {
            self.metrics.broken_frames.inc();
        }
        tracing::debug!(remote = %link.remote, %ended, "unidentified Diameter connection ended");
    }

    /// A DPR said why the peer goes.
    pub(super) fn note_disconnect(&self, peer: &Peer, reason: DisconnectReason) {
        peer.patience.set(match reason {
            DisconnectReason::Rebooting => 1,
            DisconnectReason::Unwanted => UNWANTED,
        });
    }

    fn on_link(&self, peer: &Peer, side: Side, then: impl FnOnce(&Link)) {
        if let Some(link) = peer.link(side) {
            then(&link);
        }
    }

    /// Closes a connection, or gives up opening it.
    fn drop_link(&self, peer: &Peer, side: Side) {
        if side == Side::Initiator
            && let Some(connecting) = peer.connecting.borrow_mut().take()
        {
            connecting.abort();
        }
        let link = peer.slot(side).borrow_mut().take();
        if let Some(link) = link {
            link.end_when_written();
            link.lose_waiting();
        }
    }
}

/// Whether the machine lets a message through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processed {
    /// It is late or out of place.
    No,
    /// It is to be looked at.
    Yes,
}
