//! A peer: its machine, its watchdog, its connections and its timers.

use std::cell::{Cell, OnceCell, RefCell};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use diameter_stack::peer::{Machine, Side, State};
use diameter_stack::watchdog::{self, Watchdog};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::link::{Capabilities, Link};
use super::node::PeerStatus;
use super::settings::PeerSettings;

/// Where a peer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The settings: it stays.
    Configured,
    /// It connected, or a redirect indication named it: gone with its connection.
    Stranger,
}

/// How much a peer is trusted with requests, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// OKAY.
    Okay,
    /// REOPEN: only where no other serves.
    OnTrial,
}

/// A time that moves with each message without waking the timer task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Countdown {
    pub(super) kind: watchdog::Timer,
    pub(super) from: Instant,
    pub(super) after: Duration,
}

#[derive(Debug)]
pub(super) struct Peer {
    /// Its Origin-Host; where none is configured, the first that it showed.
    identity: OnceCell<Rc<str>>,
    realm: Option<String>,
    pub(super) address: Option<SocketAddr>,
    origin: Origin,
    pub(super) machine: RefCell<Machine>,
    pub(super) watchdog: RefCell<Watchdog>,
    pub(super) initiator: RefCell<Option<Rc<Link>>>,
    pub(super) responder: RefCell<Option<Rc<Link>>>,
    pub(super) connecting: RefCell<Option<JoinHandle<()>>>,
    /// The peer machine's timer.
    pub(super) deadline: Cell<Option<Instant>>,
    /// The watchdog's.
    pub(super) countdown: Cell<Option<Countdown>>,
    /// Set by a DPR: how many Tc until the next attempt.
    pub(super) patience: Cell<u32>,
    /// The last Origin-State-Id that it showed.
    pub(super) origin_state: Cell<Option<u32>>,
    /// It opened or closed.
    pub(super) changed: Notify,
    /// When the timer task wakes.
    pub(super) armed: Cell<Option<Instant>>,
    pub(super) rearm: Notify,
    pub(super) timers: RefCell<Option<JoinHandle<()>>>,
}

impl Peer {
    pub(super) fn configured(settings: &PeerSettings) -> Self {
        let PeerSettings {
            identity,
            realm,
            address,
        } = settings;
        Self::new(
            identity.as_deref(),
            realm.clone(),
            *address,
            Origin::Configured,
        )
    }

    pub(super) fn stranger(identity: &str) -> Self {
        Self::new(Some(identity), None, None, Origin::Stranger)
    }

    /// One that a redirect indication named.
    pub(super) fn redirected(identity: Option<&str>, address: SocketAddr) -> Self {
        Self::new(identity, None, Some(address), Origin::Stranger)
    }

    fn new(
        identity: Option<&str>,
        realm: Option<String>,
        address: Option<SocketAddr>,
        origin: Origin,
    ) -> Self {
        Self {
            identity: identity
                .map(|identity| OnceCell::from(Rc::from(identity)))
                .unwrap_or_default(),
            realm,
            address,
            origin,
            machine: RefCell::default(),
            watchdog: RefCell::default(),
            initiator: RefCell::default(),
            responder: RefCell::default(),
            connecting: RefCell::default(),
            deadline: Cell::default(),
            countdown: Cell::default(),
            patience: Cell::new(1),
            origin_state: Cell::default(),
            changed: Notify::new(),
            armed: Cell::default(),
            rearm: Notify::new(),
            timers: RefCell::default(),
        }
    }

    /// Its Origin-Host; empty while it is unknown.
    pub(super) fn name(&self) -> Rc<str> {
        self.identity.get().cloned().unwrap_or_default()
    }

    /// Whether this is its Origin-Host.
    pub(super) fn is_named(&self, identity: &str) -> bool {
        self.identity
            .get()
            .is_some_and(|name| name.eq_ignore_ascii_case(identity))
    }

    /// Whether a peer that shows this Origin-Host is this one; a peer without name gets it.
    pub(super) fn goes_by(&self, identity: &str) -> bool {
        self.identity
            .get_or_init(|| identity.into())
            .eq_ignore_ascii_case(identity)
    }

    /// Whether it is configured without a name and connects from here.
    pub(super) fn is_nameless_at(&self, remote: IpAddr) -> bool {
        self.identity.get().is_none() && self.address.is_some_and(|at| at.ip() == remote)
    }

    /// How near it is to `realm`, over `capabilities`: a peer of the realm before a relay agent.
    pub(super) fn serves(&self, realm: &str, capabilities: &Capabilities) -> Option<usize> {
        let own = self.realm.as_deref().unwrap_or(&capabilities.realm);
        if own.eq_ignore_ascii_case(realm) {
            Some(0)
        } else {
            capabilities.relay.then_some(1)
        }
    }

    /// Whether an attempt to open it is under way.
    pub(super) fn is_opening(&self) -> bool {
        !matches!(
            self.state(),
            State::Closed | State::Closing(_) | State::IOpen | State::ROpen
        )
    }

    pub(super) fn is_stranger(&self) -> bool {
        self.origin == Origin::Stranger
    }

    pub(super) fn state(&self) -> State {
        self.machine.borrow().state()
    }

    /// The connection on which requests may be sent.
    pub(super) fn open_link(&self) -> Option<Rc<Link>> {
        let side = self.machine.borrow().open()?;
        self.slot(side).borrow().clone()
    }

    /// Whether requests may be sent as far as the watchdog knows.
    pub(super) fn trust(&self) -> Option<Trust> {
        match self.watchdog.borrow().state() {
            watchdog::State::Okay(_) => Some(Trust::Okay),
            watchdog::State::Reopen { .. } => Some(Trust::OnTrial),
            watchdog::State::Initial | watchdog::State::Suspect(_) | watchdog::State::Down => None,
        }
    }

    pub(super) fn status(&self) -> PeerStatus {
        let link = self.open_link();
        let shown = link
            .as_ref()
            .and_then(|link| Some(link.capabilities.get()?.realm.clone()));
        PeerStatus {
            identity: self.name().to_string(),
            realm: shown.or_else(|| self.realm.clone()).unwrap_or_default(),
            address: link.as_ref().map(|link| link.remote).or(self.address),
            state: self.state(),
            watchdog: self.watchdog.borrow().state(),
            in_flight: link.as_ref().map_or(0, |link| link.pending.borrow().len()),
            serving: link.as_ref().map_or(0, |link| link.serving()),
        }
    }

    /// Has the timer task wake at `deadline` or before.
    pub(super) fn wake_by(&self, deadline: Instant) {
        if self.armed.get().is_none_or(|armed| armed > deadline) {
            self.armed.set(Some(deadline));
            self.rearm.notify_one();
        }
    }

    pub(super) fn slot(&self, side: Side) -> &RefCell<Option<Rc<Link>>> {
        match side {
            Side::Initiator => &self.initiator,
            Side::Responder => &self.responder,
        }
    }

    pub(super) fn link(&self, side: Side) -> Option<Rc<Link>> {
        self.slot(side).borrow().clone()
    }

    /// The side on which `link` is this peer's connection.
    pub(super) fn side_of(&self, link: &Rc<Link>) -> Option<Side> {
        let held = self.slot(link.side).borrow();
        held.as_ref()
            .is_some_and(|held| Rc::ptr_eq(held, link))
            .then_some(link.side)
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let waiting = [&self.initiator, &self.responder]
            .into_iter()
            .filter_map(|slot| {
                let slot = slot.borrow();
                let deadline = slot.as_ref()?.pending.borrow().next_deadline()?;
                Some(Instant::from_std(deadline))
            });
        let countdown = self
            .countdown
            .get()
            .map(|countdown| countdown.from + countdown.after);
        waiting.chain(self.deadline.get()).chain(countdown).min()
    }
}
