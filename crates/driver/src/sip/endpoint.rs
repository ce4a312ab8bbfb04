//! The endpoint: its sockets, its transactions, and the loop that feeds them.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use sip_message::Message;
use sip_stack::own::OwnNames;
use sip_stack::transaction::{non_invite_client as client, non_invite_server as server};
use sip_stack::{branch, stun};
use thiserror::Error;
use tokio::sync::{Notify, mpsc};
use tokio::time::Sleep;
use tracing::Instrument;

use super::connections::{Closed, Connections, Ending};
use super::keep_alive::Asked;
use super::transactions::{Timer, Transactions, Way};
use super::{ClosedFlows, Flow, Incoming, SipMetrics, SipSettings};
use crate::hash;
use crate::io::{Datagram, Io, Local, Sharing};

/// Datagrams are cut from blocks of this size: a message costs no allocation of its own, and one that is kept keeps no
/// more than this. Small, so that it stays in the processor's nearest memory.
const RECEIVE_BLOCK: usize = 16_384;
/// A block with less room than this is not filled further; a datagram that is longer gets a longer block.
const ROOM: usize = 2_048;
/// Datagrams taken in one turn before other tasks of the shard run.
const BURST: usize = 32;
/// How long a socket that has failed [`BURST`] times in a row is left alone.
const RECEIVE_PAUSE: Duration = Duration::from_millis(10);
/// Room into which all connections read; what they keep of it is copied out.
const LANDING: usize = 65_536;
/// How often a port that the system chose for UDP may be taken for TCP before that is given up.
const PORT_TRIES: usize = 16;

/// Why a request got no final response.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum RequestError {
    /// Timer F fired (RFC 3261 §17.1.2.2): nothing came back in time.
    #[error("no final response in time")]
    TimedOut,
    /// The system did not send it.
    #[error("not sent: {0}")]
    Transport(ErrorKind),
    /// The flow that the request was to go over has ended (RFC 5626 §5.3.1: a proxy answers 430).
    #[error("the flow is gone")]
    FlowGone,
    /// The endpoint holds as many transactions as it may.
    #[error("too many transactions")]
    Overloaded,
}

/// A SIP endpoint on one address, for UDP and TCP: a handle, clones are the same endpoint.
pub struct Endpoint<I: Io>(pub(super) Rc<Shared<I>>);

impl<I: Io> Clone for Endpoint<I> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// What takes a new request: starts the task that serves it.
type Taker<I> = dyn Fn(Incoming<I>);

pub(super) struct Shared<I: Io> {
    me: Weak<Self>,
    pub(super) io: I,
    pub(super) socket: I::Datagram,
    pub(super) local: SocketAddr,
    /// Until it is served.
    listener: Cell<Option<I::Listener>>,
    pub(super) sent_by: Box<str>,
    own_names: OwnNames,
    pub(super) settings: SipSettings,
    pub(super) metrics: SipMetrics,
    pub(super) transactions: RefCell<Transactions>,
    pub(super) connections: RefCell<Connections>,
    pub(super) landing: RefCell<Box<[u8]>>,
    /// Where responses are written before the octets that they need are known.
    pub(super) printing: RefCell<BytesMut>,
    /// Owned by the loops, so that an endpoint that its host drops is no circle.
    taker: RefCell<Option<Weak<Taker<I>>>>,
    pub(super) earlier_timer: Notify,
    pub(super) draining: Cell<bool>,
    pub(super) drained: Notify,
    pub(super) answered: Notify,
    pub(super) told_of_closed: RefCell<Vec<mpsc::UnboundedSender<Flow>>>,
    pub(super) asked_stun: RefCell<Asked>,
}

impl<I: Io> Endpoint<I> {
    /// Binds the sockets of `settings`; nothing is received before [`serve`](Self::serve).
    ///
    /// # Errors
    /// What binding says, among it `AddrInUse`; `InvalidInput` where a wildcard is to be bound and no `sent_by` says
    /// how others reach us.
    pub async fn bind(io: I, settings: SipSettings, metrics: SipMetrics) -> io::Result<Self> {
        let (socket, listener) = sockets(&io, &settings).await?;
        let local = socket.local_addr();
        let sent_by = match &settings.sent_by {
            Some(sent_by) if settings.listen.port() == 0 => with_port(sent_by, local.port()),
            Some(sent_by) => sent_by.clone(),
            None if local.ip().is_unspecified() => {
                let text = format!("{local} is a wildcard: sent_by must say how others reach us");
                return Err(io::Error::new(ErrorKind::InvalidInput, text));
            }
            None => sent_by(local),
        };
        let own_names = OwnNames::of(local, &sent_by, &settings.own_names);
        let transactions = RefCell::new(Transactions::new(&io));
        let connections = RefCell::new(Connections::new(&io));
        let asked_stun = RefCell::new(hash::map(&io));
        Ok(Self(Rc::new_cyclic(|me| Shared {
            me: me.clone(),
            io,
            socket,
            local,
            listener: Cell::new(Some(listener)),
            sent_by: sent_by.into(),
            own_names,
            settings,
            metrics,
            transactions,
            connections,
            landing: RefCell::new(vec![0; LANDING].into_boxed_slice()),
            printing: RefCell::default(),
            taker: RefCell::new(None),
            earlier_timer: Notify::new(),
            draining: Cell::new(false),
            drained: Notify::new(),
            answered: Notify::new(),
            told_of_closed: RefCell::default(),
            asked_stun,
        })))
    }

    /// The bound address.
    pub fn local_addr(&self) -> SocketAddr {
        self.0.local
    }

    /// `sent-by` in our Via.
    pub fn sent_by(&self) -> &str {
        &self.0.sent_by
    }

    /// What Routes that name us say (RFC 3261 §16.4).
    pub fn own_names(&self) -> &OwnNames {
        &self.0.own_names
    }

    /// The host's clock, randomness and sockets.
    pub fn io(&self) -> &I {
        &self.0.io
    }

    /// Transactions alive now.
    pub fn transactions(&self) -> usize {
        self.0.transactions.borrow().len()
    }

    /// A fresh tag for From or To (RFC 3261 §19.3).
    pub fn new_tag(&self) -> String {
        let mut octets = [0; 8];
        self.0.io.fill_random(&mut octets);
        branch::tag(octets)
    }

    /// Every flow that ends from now on.
    pub fn closed_flows(&self) -> ClosedFlows {
        let (tell, told) = mpsc::unbounded_channel();
        self.0.told_of_closed.borrow_mut().push(tell);
        ClosedFlows(told)
    }

    /// Starts the loops: each new request goes to `handler`, which goes on in a task of its own where it has to wait.
    pub fn serve<F>(&self, handler: impl Fn(Incoming<I>) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        let taker: Rc<Taker<I>> = Rc::new(move |incoming: Incoming<I>| {
            let span = incoming.span();
            crate::task::begin(handler(incoming).instrument(span));
        });
        *self.0.taker.borrow_mut() = Some(Rc::downgrade(&taker));
        let endpoint = self.clone();
        crate::spawn(async move { endpoint.run(taker).await });
        let endpoint = self.clone();
        crate::spawn(async move { endpoint.watch_unreachable().await });
        if let Some(listener) = self.0.listener.take() {
            let endpoint = self.clone();
            crate::spawn(async move { endpoint.accept(listener).await });
        }
    }

    /// Takes no new request from now on (503), and returns when every transaction has its final response and every
    /// connection has taken it and is closed.
    pub async fn drain(&self) {
        let shared = &*self.0;
        shared.draining.set(true);
        shared.listener.take();
        shared.drained.notify_one();
        loop {
            let answered = shared.answered.notified();
            if shared.transactions.borrow().unanswered() == 0 {
                break;
            }
            answered.await;
        }
        for connection in shared.connections.borrow().all() {
            connection.end(Ending::WhenWritten, Closed::Draining);
        }
        loop {
            let answered = shared.answered.notified();
            if shared.connections.borrow().is_empty() {
                return;
            }
            answered.await;
        }
    }

    async fn run(self, _taker: Rc<Taker<I>>) {
        let shared = &*self.0;
        let mut buffer = BytesMut::with_capacity(RECEIVE_BLOCK);
        let mut wake_at: Option<Instant> = None;
        let mut wake: Pin<Box<Sleep>> =
            Box::pin(tokio::time::sleep_until(tokio::time::Instant::now()));
        let (mut taken, mut failed) = (0, 0);
        loop {
            let next = shared.transactions.borrow_mut().next_timer();
            if next != wake_at {
                wake_at = next;
                if let Some(at) = next {
                    wake.as_mut().reset(at.into());
                }
            }
            if buffer.capacity() - buffer.len() < ROOM {
                buffer.reserve(RECEIVE_BLOCK);
            }
            tokio::select! {
                biased;
                received = shared.socket.receive(&mut buffer) => match received {
                    Ok(source) => {
                        failed = 0;
                        let datagram = buffer.split().freeze();
                        self.take_datagram(datagram, source);
                        taken += 1;
                        if taken == BURST {
                            taken = 0;
                            shared.fire_timers();
                            tokio::task::yield_now().await;
                        }
                    }
                    Err(problem) => {
                        // The socket goes on, timers see to what is lost.
                        tracing::debug!(%problem, "receiving");
                        failed += 1;
                        if failed < BURST {
                            tokio::task::yield_now().await;
                        } else {
                            // A socket that only fails would take the whole processor.
                            tokio::time::sleep(RECEIVE_PAUSE).await;
                        }
                    }
                },
                () = &mut wake, if wake_at.is_some() => {
                    taken = 0;
                    wake_at = None;
                    shared.fire_timers();
                }
                () = shared.earlier_timer.notified() => {}
            }
        }
    }

    fn take_datagram(&self, datagram: Bytes, source: SocketAddr) {
        let shared = &*self.0;
        shared
            .metrics
            .carried
            .udp
            .octets_received
            .inc_by(datagram.len() as u64);
        if datagram
            .first()
            .is_none_or(|first| !first.is_ascii_alphabetic())
        {
            if stun::is_stun(&datagram) {
                shared.take_stun(&datagram, source);
                return;
            }
            // Keep-alives of bare line ends are in use over UDP too, and are no messages.
            if datagram
                .iter()
                .all(|octet| matches!(octet, b'\r' | b'\n' | 0))
            {
                return;
            }
        }
        let flow = Flow::Udp {
            local: shared.local,
            remote: source,
        };
        match Message::parse(datagram) {
            Ok(message) => {
                shared.metrics.carried.udp.messages_received.inc();
                self.take(message, flow);
            }
            Err(problem) => {
                tracing::debug!(%source, %problem, "datagram dropped");
                shared.metrics.unreadable.inc();
            }
        }
    }

    /// Takes one message; a request that starts a transaction goes to the handler.
    pub(super) fn take(&self, message: Message, flow: Flow) {
        if message.status().is_some() {
            self.0.take_response(message);
            return;
        }
        let Some((incoming, begun)) = self.take_request(message, flow) else {
            return;
        };
        let taker = self.0.taker.borrow().as_ref().and_then(Weak::upgrade);
        if let Some(taker) = taker {
            taker(incoming);
        }
        self.0.await_response(begun);
    }
}

/// Both sockets of `settings`, on one port.
async fn sockets<I: Io>(io: &I, settings: &SipSettings) -> io::Result<(I::Datagram, I::Listener)> {
    let mut local = Local {
        address: settings.listen,
        sharing: match settings.reuse_port {
            true => Sharing::Shared,
            false => Sharing::Alone,
        },
    };
    let mut tries = 1;
    loop {
        local.address = settings.listen;
        let socket = io.bind(local).await?;
        local.address = socket.local_addr();
        match io.listen(local).await {
            Ok(listener) => return Ok((socket, listener)),
            Err(problem)
                if problem.kind() == ErrorKind::AddrInUse
                    && settings.listen.port() == 0
                    && tries < PORT_TRIES =>
            {
                tries += 1;
            }
            Err(problem) => return Err(problem),
        }
    }
}

/// An address as sent-by (RFC 3261 §25.1); the scope of a link-local one is ours alone.
fn sent_by(local: SocketAddr) -> String {
    match local {
        SocketAddr::V4(local) => local.to_string(),
        SocketAddr::V6(local) => format!("[{}]:{}", local.ip(), local.port()),
    }
}

/// The host of `sent_by`, at `port`.
fn with_port(sent_by: &str, port: u16) -> String {
    let host = match sent_by.rfind([':', ']']) {
        Some(at) if sent_by[at..].starts_with(':') => &sent_by[..at],
        _ => sent_by,
    };
    format!("{host}:{port}")
}

impl<I: Io> Shared<I> {
    /// The handle of this endpoint.
    pub(super) fn endpoint(&self) -> Option<Endpoint<I>> {
        self.me.upgrade().map(Endpoint)
    }

    pub(super) fn send(&self, octets: &[u8], way: Way) -> Result<(), ErrorKind> {
        let to = match way {
            Way::Datagram(to) => to,
            Way::Connection(number) => {
                let connections = self.connections.borrow();
                let connection = connections.get(number).ok_or(ErrorKind::NotConnected)?;
                self.metrics.carried.tcp.sent(octets.len());
                return connection.send(octets);
            }
        };
        self.metrics.carried.udp.sent(octets.len());
        match self.socket.send(octets, to) {
            Ok(()) => Ok(()),
            // A full socket buffer loses a datagram as a network would: retransmission sees to it.
            Err(problem) if problem.kind() == ErrorKind::WouldBlock => {
                self.metrics.send_failures.inc();
                Ok(())
            }
            Err(problem) => {
                tracing::debug!(%to, %problem, "sending");
                self.metrics.send_failures.inc();
                Err(problem.kind())
            }
        }
    }

    pub(super) fn set_timer(
        &self,
        transactions: &mut Transactions,
        now: Instant,
        after: Duration,
        timer: Timer,
    ) {
        let earlier = transactions
            .next_timer()
            .is_none_or(|next| now + after < next);
        transactions.set_timer(now, after, timer);
        if earlier {
            self.earlier_timer.notify_one();
        }
    }

    fn fire_timers(&self) {
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = self.transactions.borrow_mut();
        while let Some(timer) = transactions.pop_timer(now) {
            match timer {
                Timer::Server(number, timer) => {
                    self.server_input(&mut transactions, number, server::Input::Timer(timer), now);
                }
                Timer::Client(number, timer) => {
                    if timer == client::Timer::E {
                        self.metrics.retransmissions_sent.inc();
                    }
                    self.client_input(
                        &mut transactions,
                        number,
                        client::Input::Timer(timer),
                        now,
                        None,
                    );
                }
            }
        }
    }
}
