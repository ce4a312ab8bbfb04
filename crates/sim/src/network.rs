//! The network: who is there, what is under way, which links are cut.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use driver::io::Unreachable;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::connection::{Connection, End, Segment};
use crate::datagram::Socket;
use crate::dice::Dice;
use crate::dns::Dns;
use crate::faults::Faults;
use crate::host::Host;
use crate::ports::Ports;
use crate::queue::Queue;
use crate::run::Cause;
use crate::stream::{Acceptor, Call};
use crate::trace::{Event, Fate, Trace, TracedPacket};

mod streams;

pub(crate) struct Network {
    pub(crate) seed: u64,
    start: Instant,
    packet_limit: u64,
    // Never borrowed while a task runs or a handle is dropped; waking a task only queues it.
    state: RefCell<State>,
    earlier: Notify,
    failed: Cell<Option<Cause>>,
    failure: RefCell<Option<Waker>>,
    dns: RefCell<Dns>,
}

struct State {
    dice: Dice,
    faults: Faults,
    links: BTreeMap<Link, Faults>,
    cut: BTreeSet<Link>,
    /// When the last datagram of a link arrives that keeps its turn.
    turns: BTreeMap<Link, Duration>,
    queue: Queue<Happening>,
    hosts: BTreeMap<IpAddr, Host>,
    connections: Vec<Weak<Connection>>,
    trace: Trace,
}

/// From one host to another.
type Link = (IpAddr, IpAddr);

enum Happening {
    Datagram {
        from: SocketAddr,
        to: SocketAddr,
        payload: Bytes,
    },
    /// ICMP: the datagram from `from` found no socket at `to`.
    Unreachable {
        from: SocketAddr,
        to: SocketAddr,
        payload: Bytes,
    },
    Syn {
        call: Weak<Call>,
        attempt: u32,
    },
    Answer {
        call: Weak<Call>,
        connection: Option<Rc<Connection>>,
    },
    Segment {
        connection: Rc<Connection>,
        from: End,
    },
    GiveUp {
        connection: Weak<Connection>,
        from: End,
        stall: u64,
    },
}

impl Network {
    pub(crate) fn new(seed: u64, faults: Faults, packet_limit: u64) -> Rc<Network> {
        Rc::new(Network {
            seed,
            start: Instant::now(),
            packet_limit,
            state: RefCell::new(State {
                dice: Dice::new(seed),
                faults,
                links: BTreeMap::new(),
                cut: BTreeSet::new(),
                turns: BTreeMap::new(),
                queue: Queue::new(),
                hosts: BTreeMap::new(),
                connections: Vec::new(),
                trace: Trace::new(),
            }),
            earlier: Notify::new(),
            failed: Cell::new(None),
            failure: RefCell::new(None),
            dns: RefCell::default(),
        })
    }

    pub(crate) fn with_dns<R>(&self, use_dns: impl FnOnce(&mut Dns) -> R) -> R {
        use_dns(&mut self.dns.borrow_mut())
    }

    /// Virtual time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Delivers what is due, for ever.
    pub(crate) async fn run(&self) -> Infallible {
        loop {
            self.deliver();
            let first = self.state.borrow().queue.first();
            let due = async {
                match first {
                    Some(at) => tokio::time::sleep_until(self.start + at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = self.earlier.notified() => {}
                () = due => {}
            }
        }
    }

    fn deliver(&self) {
        let now = self.now();
        loop {
            let Some(happening) = self.state.borrow_mut().queue.pop(now) else {
                return;
            };
            self.happen(happening);
        }
    }

    fn schedule(&self, state: &mut State, at: Duration, happening: Happening) {
        if state.queue.first().is_none_or(|first| at < first) {
            self.earlier.notify_one();
        }
        state.queue.push(at, happening);
    }

    fn happen(&self, happening: Happening) {
        match happening {
            Happening::Datagram { from, to, payload } => {
                let socket = self.with_host(to.ip(), |host| {
                    host.sockets.holder(to.port(), from).cloned()
                });
                match socket {
                    Some(Some(socket)) => socket.arrive(from, payload),
                    Some(None) => self.report(from, to, payload),
                    None => {}
                }
            }
            Happening::Unreachable { from, to, payload } => {
                let kind = ErrorKind::ConnectionRefused;
                let socket = self.with_host(from.ip(), |host| {
                    host.sockets.holder(from.port(), to).cloned()
                });
                if let Some(socket) = socket.flatten() {
                    socket.report(Unreachable { to, kind }, payload);
                }
            }
            Happening::Syn { call, attempt } => self.called(call, attempt),
            Happening::Answer { call, connection } => self.answered(&call, connection),
            Happening::Segment { connection, from } => self.segment(&connection, from),
            Happening::GiveUp {
                connection,
                from,
                stall,
            } => {
                let connection = connection.upgrade();
                if let Some(connection) = connection.filter(|way| way.still_stalled(from, stall)) {
                    connection.break_off(from, ErrorKind::TimedOut);
                }
            }
        }
    }

    // --- hosts

    /// Gives `use_host` the host at `ip`, if there is one.
    pub(crate) fn with_host<R>(
        &self,
        ip: IpAddr,
        use_host: impl FnOnce(&mut Host) -> R,
    ) -> Option<R> {
        self.state.borrow_mut().hosts.get_mut(&ip).map(use_host)
    }

    /// Gives `use_host` the host at `ip`, which is made where there was none.
    pub(crate) fn with_made_host<R>(&self, ip: IpAddr, use_host: impl FnOnce(&mut Host) -> R) -> R {
        let seed = self.seed;
        let mut state = self.state.borrow_mut();
        let host = state.hosts.entry(ip).or_insert_with(|| Host::new(seed, ip));
        use_host(host)
    }

    /// Takes everything from a host but its disk; its peers' connections are reset.
    pub(crate) fn crash(&self, ip: IpAddr) {
        let seed = self.seed;
        let gone = self.with_host(ip, |host| host.crash(seed, ip));
        for connection in self.connections() {
            for end in connection.ends_at(ip) {
                if connection.broken(end).is_none() {
                    connection.break_off(end, ErrorKind::ConnectionAborted);
                    self.send_segment(&connection, end, Segment::Reset);
                }
            }
        }
        // Tasks, sockets and listeners end here, with the state free for what their destructors do.
        drop(gone);
    }

    /// Ends all hosts: what their tasks hold would else hold the network.
    pub(crate) fn shut_down(&self) {
        let hosts: Vec<IpAddr> = self.state.borrow().hosts.keys().copied().collect();
        for ip in hosts {
            self.crash(ip);
        }
    }

    // --- links

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.state.borrow_mut().faults = faults;
    }

    pub(crate) fn set_link(&self, link: Link, faults: Faults) {
        self.state.borrow_mut().links.insert(link, faults);
    }

    pub(crate) fn cut(&self, link: Link) {
        self.state.borrow_mut().cut.insert(link);
    }

    pub(crate) fn mend(&self, link: Link) {
        if !self.state.borrow_mut().cut.remove(&link) {
            return;
        }
        for connection in self.connections() {
            for from in End::BOTH {
                let ends = (connection.address(from), connection.address(from.other()));
                if (ends.0.ip(), ends.1.ip()) != link {
                    continue;
                }
                for _ in 0..connection.resume(from) {
                    let state = &mut *self.state.borrow_mut();
                    let at = self.now() + state.delay(link);
                    connection.hold_until(from, at);
                    let connection = connection.clone();
                    self.schedule(state, at, Happening::Segment { connection, from });
                }
            }
        }
    }

    /// Breaks off every connection between two hosts, as a middlebox would: both ends are told at once.
    pub(crate) fn reset(&self, one: IpAddr, other: IpAddr) {
        for connection in self.connections() {
            let ends = (
                connection.address(End::Caller).ip(),
                connection.address(End::Called).ip(),
            );
            if ends == (one, other) || ends == (other, one) {
                let ends = (
                    connection.address(End::Caller),
                    connection.address(End::Called),
                );
                let state = &mut *self.state.borrow_mut();
                self.trace(state, ends.0, ends.1, Event::Reset, Bytes::new());
                for end in End::BOTH {
                    connection.break_off(end, ErrorKind::ConnectionReset);
                }
            }
        }
    }

    // --- datagrams

    pub(crate) fn send_datagram(&self, from: SocketAddr, to: SocketAddr, payload: Bytes) {
        let link = (from.ip(), to.ip());
        let state = &mut *self.state.borrow_mut();
        let faults = state.faults_of(link);
        let fate = if state.cut.contains(&link) {
            Fate::Cut
        } else if state.dice.chance(faults.loss) {
            Fate::Lost
        } else if state.dice.chance(faults.duplication) {
            Fate::Duplicated
        } else if state.dice.chance(faults.reordering) {
            Fate::HeldBack
        } else {
            Fate::Delivered
        };
        let copies = match fate {
            Fate::Cut | Fate::Lost => 0,
            Fate::Duplicated => 2,
            Fate::HeldBack | Fate::Delivered => 1,
        };
        for _ in 0..copies {
            let delayed = self.now() + state.dice.between(&faults.delay);
            let at = if fate == Fate::HeldBack {
                delayed + state.dice.between(&(Duration::ZERO..=Faults::HELD_BACK))
            } else {
                let turn = state.turns.entry(link).or_default();
                *turn = delayed.max(*turn);
                *turn
            };
            let payload = payload.clone();
            self.schedule(state, at, Happening::Datagram { from, to, payload });
        }
        self.trace(state, from, to, Event::Datagram(fate), payload);
    }

    /// The host of `to` tells the sender that nobody is there; a report may be lost as any packet may.
    fn report(&self, from: SocketAddr, to: SocketAddr, payload: Bytes) {
        let back = (to.ip(), from.ip());
        let state = &mut *self.state.borrow_mut();
        let loss = state.faults_of(back).loss;
        if state.cut.contains(&back) || state.dice.chance(loss) {
            return;
        }
        let at = self.now() + state.delay(back);
        self.schedule(state, at, Happening::Unreachable { from, to, payload });
    }

    fn connections(&self) -> Vec<Rc<Connection>> {
        let state = self.state.borrow();
        state.connections.iter().filter_map(Weak::upgrade).collect()
    }

    // --- what is seen of it

    fn trace(
        &self,
        state: &mut State,
        from: SocketAddr,
        to: SocketAddr,
        event: Event,
        payload: Bytes,
    ) {
        state.trace.add(TracedPacket {
            at: self.now(),
            from,
            to,
            event,
            payload,
        });
        if state.trace.sent() > self.packet_limit {
            self.fail(Cause::PacketLimit(self.packet_limit));
        }
    }

    pub(crate) fn trace_hash(&self) -> u64 {
        self.state.borrow().trace.hash()
    }

    pub(crate) fn packets(&self) -> Vec<TracedPacket> {
        self.state.borrow().trace.kept().cloned().collect()
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.state.borrow_mut().dice.below(bound)
    }

    /// Ends the run; the first cause stays.
    pub(crate) fn fail(&self, cause: Cause) {
        let first = self.failed.take().unwrap_or(cause);
        self.failed.set(Some(first));
        if let Some(waker) = self.failure.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Waits until the run has failed.
    pub(crate) async fn failure(&self) -> Cause {
        poll_fn(|cx| match self.failed.take() {
            Some(cause) => Poll::Ready(cause),
            None => {
                *self.failure.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

impl State {
    fn faults_of(&self, link: Link) -> Faults {
        if link.0 == link.1 {
            return Faults {
                delay: Duration::ZERO..=Duration::ZERO,
                ..Faults::none()
            };
        }
        self.links.get(&link).unwrap_or(&self.faults).clone()
    }

    fn delay(&mut self, link: Link) -> Duration {
        let range = self.faults_of(link).delay;
        self.dice.between(&range)
    }
}

/// What a crashed host no longer has.
pub(crate) struct Remains {
    pub(crate) _tasks: Option<Rc<tokio::task::LocalSet>>,
    pub(crate) sockets: Ports<Socket>,
    pub(crate) listeners: Ports<Acceptor>,
}

impl Drop for Remains {
    fn drop(&mut self) {
        self.sockets.all().for_each(|socket| socket.close());
        self.listeners.all().for_each(|queue| queue.close());
    }
}
