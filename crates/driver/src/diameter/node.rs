//! The node: its start, its requests, its stop.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use diameter_codec::{ApplicationId, Message};
use diameter_stack::duplicates::Requests;
use diameter_stack::identifiers::{EndToEnd, SessionIds};
use diameter_stack::redirect::Cache;
use diameter_stack::routing::Table;
use diameter_stack::{peer as machine, watchdog};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::base::Advertised;
use super::dispatch::Unidentified;
use super::metrics::Metrics;
use super::peer::Peer;
use super::serving::Asker;
use super::settings::NodeSettings;
use crate::hash::{self, Keyed};
use crate::io::{Io, Listener as _};
use crate::task::spawn;

/// Where a request is to go (RFC 6733 §6.1).
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// Destination-Realm.
    pub realm: &'a str,
    /// Destination-Host, where it is known.
    pub host: Option<&'a str>,
    /// The application.
    pub application: ApplicationId,
}

/// What a request is to carry.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a> {
    /// Hop-by-Hop Identifier.
    pub hop_by_hop: u32,
    /// End-to-End Identifier.
    pub end_to_end: u32,
    /// A fresh Session-Id.
    pub session_id: &'a str,
}

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No connection is open to a peer that serves this realm, host and application.
    #[error("no Diameter peer is connected for this destination")]
    NoPeer,
    /// [`Limits::in_flight`](super::Limits::in_flight) or [`Limits::output_queue`](super::Limits::output_queue)
    /// is reached.
    #[error("too many Diameter requests are under way")]
    Congested,
    /// No answer within [`DiameterTimers::request`](super::DiameterTimers::request).
    #[error("the Diameter peer did not answer in time")]
    TimedOut,
    /// The connection ended while the request waited, and no other peer took it.
    #[error("the connection to the Diameter peer was lost")]
    ConnectionLost,
    /// It has more octets than [`diameter_codec::MAX_MESSAGE`], with which it would end the connection for all.
    #[error("the Diameter request has more octets than a peer takes")]
    TooLong,
    /// The node is being stopped.
    #[error("this Diameter node is stopping")]
    Stopping,
}

/// A request of a peer; its application and command are among those that the node serves.
#[derive(Debug, Clone)]
pub struct IncomingRequest {
    /// The request.
    pub message: Message,
    /// Identity of the peer that it came through (the Origin-Host is another one behind a relay).
    pub peer: Rc<str>,
}

/// A line of the admin view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// Origin-Host.
    pub identity: String,
    /// Realm.
    pub realm: String,
    /// The peer's end of the connection that is open, else where we connect to.
    pub address: Option<SocketAddr>,
    /// State of the peer machine.
    pub state: machine::State,
    /// State of the watchdog.
    pub watchdog: watchdog::State,
    /// Requests of ours that wait for an answer.
    pub in_flight: usize,
    /// Its requests that are being served.
    pub serving: usize,
}

type Answering = Pin<Box<dyn Future<Output = Bytes>>>;

/// A Diameter node. A handle: clones are the same node.
pub struct Node<I: Io>(pub(super) Rc<Inner<I>>);

impl<I: Io> Clone for Node<I> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<I: Io> std::fmt::Debug for Node<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("identity", &self.0.settings.identity)
            .finish_non_exhaustive()
    }
}

pub(super) struct Inner<I: Io> {
    pub(super) io: I,
    pub(super) settings: NodeSettings,
    pub(super) metrics: Metrics,
    pub(super) advertised: Advertised,
    pub(super) handler: Box<dyn Fn(IncomingRequest) -> Answering>,
    pub(super) peers: RefCell<Vec<Rc<Peer>>>,
    /// Accepted connections without CER.
    pub(super) unidentified: Cell<usize>,
    pub(super) origin_state_id: u32,
    pub(super) stopping: Cell<bool>,
    /// A peer opened or closed, or a request ended while stopping.
    pub(super) settled: Notify,
    pub(super) routes: Table,
    pub(super) redirects: RefCell<Cache>,
    pub(super) duplicates: RefCell<Requests<Asker, Keyed>>,
    end_to_end: RefCell<EndToEnd>,
    pub(super) session_ids: RefCell<SessionIds>,
    pub(super) session_id: RefCell<String>,
    local_addr: Option<SocketAddr>,
    accepting: RefCell<Option<JoinHandle<()>>>,
}

impl<I: Io> Node<I> {
    /// Listens, starts connecting to its peers, and serves requests by `handler`, each in a task of its own.
    ///
    /// An empty answer of the handler is not sent.
    ///
    /// # Errors
    /// What the system says of the address to listen on.
    pub async fn start<A>(
        io: I,
        settings: NodeSettings,
        handler: impl Fn(IncomingRequest) -> A + 'static,
    ) -> io::Result<Self>
    where
        A: Future<Output = Bytes> + 'static,
    {
        let listener = match settings.listen {
            Some(address) => Some(io.listen(address).await?),
            None => None,
        };
        let seconds = io
            .wall_clock()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        // Both identifiers are defined by the low 32 bits (RFC 6733 §3, §8.8).
        #[allow(clippy::cast_possible_truncation)]
        let seconds = seconds as u32;
        let peers = settings
            .peers
            .iter()
            .map(|peer| Rc::new(Peer::configured(peer)));
        let inner = Rc::new(Inner {
            peers: RefCell::new(peers.collect()),
            unidentified: Cell::new(0),
            origin_state_id: seconds,
            stopping: Cell::new(false),
            settled: Notify::new(),
            end_to_end: RefCell::new(EndToEnd::new(seconds, random(&io))),
            session_ids: RefCell::new(SessionIds::new(&settings.identity, seconds)),
            session_id: RefCell::new(String::new()),
            routes: Table::new(settings.routes.clone()),
            redirects: RefCell::default(),
            duplicates: RefCell::new(Requests::new(settings.limits.duplicates, hash::keyed(&io))),
            local_addr: listener.as_ref().map(|listener| listener.local_addr()),
            accepting: RefCell::new(None),
            handler: Box::new(move |request| Box::pin(handler(request))),
            io,
            advertised: Advertised::new(&settings.applications),
            settings,
            metrics: Metrics::default(),
        });
        if let Some(listener) = listener {
            let accepting = spawn(Rc::clone(&inner).accept(listener));
            *inner.accepting.borrow_mut() = Some(accepting);
        }
        let peers = inner.peers.borrow().clone();
        for peer in peers {
            inner.start_peer(&peer);
        }
        Ok(Self(inner))
    }

    /// Where it listens.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.0.local_addr
    }

    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Sends the request that `encode` appends and waits for its answer, within
    /// [`DiameterTimers::request`](super::DiameterTimers::request), on [`MAX_ATTEMPTS`](super::MAX_ATTEMPTS)
    /// connections at most.
    ///
    /// The preferred peer is Destination-Host itself, then what the realm routing table says, then the first
    /// configured one that serves the realm; one that is being tried again after a failure (REOPEN of RFC 3539)
    /// serves where no other does. Where the connection is lost, or the watchdog doubts the peer, the request goes
    /// to the next peer with the T flag; after UNABLE_TO_DELIVER and TOO_BUSY without it. Without a next peer it
    /// fails at once when the connection is lost, and waits on while the peer is only in doubt.
    ///
    /// # Errors
    /// [`RequestError`]; `NoPeer`, `Congested`, `TooLong` and `Stopping` at once.
    pub async fn request(
        &self,
        route: Route<'_>,
        encode: impl FnOnce(Ids<'_>, &mut BytesMut),
    ) -> Result<Message, RequestError> {
        self.0.ask(route, encode).await.inspect_err(|error| {
            use RequestError::{Congested, ConnectionLost, NoPeer, Stopping, TimedOut, TooLong};
            match error {
                NoPeer | Congested | TooLong | Stopping => drop(self.0.metrics.unsent.inc()),
                TimedOut | ConnectionLost => {}
            }
        })
    }

    /// Grows whenever a connection to a peer opens, or a peer says that it lost its state: what it was told before, it
    /// may not know any more.
    pub fn renewals(&self) -> u64 {
        let metrics = &self.0.metrics;
        metrics.connections.get() + metrics.peer_restarts.get()
    }

    /// Every peer, configured ones first.
    pub fn peers(&self) -> Vec<PeerStatus> {
        self.0
            .peers
            .borrow()
            .iter()
            .map(|peer| peer.status())
            .collect()
    }

    /// Waits until some peer is open, `within` at most; says whether one is.
    pub async fn connected(&self, within: Duration) -> bool {
        let open = || {
            self.0
                .peers
                .borrow()
                .iter()
                .any(|peer| peer.open_link().is_some())
        };
        timeout(within, self.0.until(open)).await.is_ok()
    }

    /// Refuses new requests of ours, waits for those under way on both sides, then parts from every peer by DPR;
    /// all within twice [`DiameterTimers::close`](super::DiameterTimers::close).
    pub async fn stop(&self) {
        let inner = &self.0;
        inner.stopping.set(true);
        if let Some(accepting) = inner.accepting.borrow_mut().take() {
            accepting.abort();
        }
        let bound = inner.settings.timers.close;
        let links = |inner: &Inner<I>| {
            inner
                .peers
                .borrow()
                .iter()
                .filter_map(|peer| peer.open_link())
                .collect::<Vec<_>>()
        };
        let idle = || {
            links(inner)
                .iter()
                .all(|link| link.serving() == 0 && link.pending.borrow().is_empty())
        };
        let peers = inner.peers.borrow().clone();
        // Who has nothing under way need not wait for those who have.
        let is_idle = |peer: &&Rc<Peer>| {
            let link = peer.open_link();
            link.is_none_or(|link| link.serving() == 0 && link.pending.borrow().is_empty())
        };
        for peer in peers.iter().filter(is_idle) {
            inner.feed(peer, machine::Input::Stop);
        }
        // What is not done by then fails with its connection.
        drop(timeout(bound, inner.until(idle)).await);
        for peer in &peers {
            inner.feed(peer, machine::Input::Stop);
        }
        let closed = || {
            inner
                .peers
                .borrow()
                .iter()
                .all(|peer| peer.state() == machine::State::Closed)
        };
        drop(timeout(bound, inner.until(closed)).await);
        for peer in peers {
            inner.end_peer(&peer);
        }
    }
}

impl<I: Io> Inner<I> {
    async fn until(&self, done: impl Fn() -> bool) {
        while !done() {
            self.settled.notified().await;
        }
    }

    pub(super) fn end_to_end(&self) -> u32 {
        self.end_to_end.borrow_mut().fresh()
    }

    pub(super) fn random(&self) -> u32 {
        random(&self.io)
    }

    async fn accept(self: Rc<Self>, listener: I::Listener) {
        loop {
            match listener.accept().await {
                Ok(stream) if self.unidentified.get() < self.settings.limits.unidentified => {
                    let unidentified = Unidentified::count(&self);
                    spawn(Rc::clone(&self).serve_connection(stream, unidentified));
                }
                Ok(_) => {
                    tracing::warn!("too many Diameter connections without CER: one more closed")
                }
                Err(error) => {
                    tracing::warn!(%error, "a Diameter connection could not be accepted");
                    // Out of descriptors, say: asking again at once would spin.
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

fn random(io: &impl Io) -> u32 {
    let mut octets = [0; 4];
    io.fill_random(&mut octets);
    u32::from_le_bytes(octets)
}
