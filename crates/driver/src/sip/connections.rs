//! The TCP connections of one endpoint, and what waits to be written to them (RFC 3261 §18).

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::Flow;
use super::transactions::Number;
use crate::hash::{self, KeyedMap};
use crate::io::Io;

/// Who made a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Accepted,
    Opened,
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// By its peer, in good order.
    ByPeer,
    Failed(ErrorKind),
    /// It was never made.
    NotConnected(ErrorKind),
    Idle,
    SlowSender,
    SlowReader,
    /// The peer sent what is no SIP, or what breaks a limit.
    Unreadable,
    /// A ping was not answered (RFC 5626 §4.4.1).
    NoPong,
    /// The peer was to send keep-alives, and none came (RFC 5626 §8).
    NoKeepAlive,
    /// Nothing came while a request waited out its timer F.
    Silent,
    Draining,
}

impl Closed {
    /// As metrics name it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::ByPeer => "peer",
            Self::Failed(_) => "failed",
            Self::NotConnected(_) => "not_connected",
            Self::Idle => "idle",
            Self::SlowSender => "slow_sender",
            Self::SlowReader => "slow_reader",
            Self::Unreadable => "unreadable",
            Self::NoPong => "no_pong",
            Self::NoKeepAlive => "no_keep_alive",
            Self::Silent => "silent",
            Self::Draining => "draining",
        }
    }

    /// As a request that waited on the connection is told.
    pub(super) fn kind(self) -> ErrorKind {
        match self {
            Self::Failed(kind) | Self::NotConnected(kind) => kind,
            Self::ByPeer | Self::Idle | Self::Unreadable | Self::Draining => {
                ErrorKind::ConnectionAborted
            }
            Self::SlowSender
            | Self::SlowReader
            | Self::NoPong
            | Self::NoKeepAlive
            | Self::Silent => ErrorKind::TimedOut,
        }
    }
}

/// A connection, or one that is being made.
pub(super) struct Connection {
    pub(super) number: u64,
    pub(super) origin: Origin,
    pub(super) remote: SocketAddr,
    /// Our end, once it is made.
    pub(super) local: Cell<Option<SocketAddr>>,
    unsent: RefCell<BytesMut>,
    max_unsent: usize,
    /// Its task, which writes.
    task: RefCell<Option<Waker>>,
    /// It is to be closed: at once, or when all is written.
    ending: Cell<Option<(Ending, Closed)>>,
    /// Told when it is made, and when it ends.
    pub(super) changed: Notify,
    pub(super) closed: Cell<Option<Closed>>,
    /// Client transactions that wait for a response from it.
    pub(super) waiting: RefCell<BTreeSet<Number>>,
    /// Who waits for a pong.
    pub(super) pong: RefCell<Option<oneshot::Sender<()>>>,
    /// A line end came of which nobody knows whether it is the first half of a ping.
    pub(super) half_ping: Cell<bool>,
    /// How long the peer may say nothing, where it is to send keep-alives.
    pub(super) keep_alives: Cell<Option<Duration>>,
    /// Until then it is not idle, whatever is said.
    pub(super) kept_until: Cell<Option<Instant>>,
    /// When something whole last came.
    pub(super) heard: Cell<Instant>,
    /// When something was last written, or there was nothing to write.
    pub(super) written: Cell<Instant>,
}

/// How a connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Now,
    WhenWritten,
}

impl Connection {
    fn new(number: u64, origin: Origin, remote: SocketAddr, max_unsent: usize) -> Self {
        let now = Instant::now();
        Self {
            number,
            origin,
            remote,
            local: Cell::new(None),
            unsent: RefCell::default(),
            max_unsent,
            task: RefCell::default(),
            ending: Cell::new(None),
            changed: Notify::new(),
            closed: Cell::new(None),
            waiting: RefCell::default(),
            pong: RefCell::default(),
            half_ping: Cell::new(false),
            keep_alives: Cell::new(None),
            kept_until: Cell::new(None),
            heard: Cell::new(now),
            written: Cell::new(now),
        }
    }

    /// Its flow, once it is made.
    pub(super) fn flow(&self) -> Option<Flow> {
        Some(Flow::Tcp {
            connection: self.number,
            local: self.local.get()?,
            remote: self.remote,
        })
    }

    /// Queues `octets`; its task writes them.
    pub(super) fn send(&self, octets: &[u8]) -> Result<(), ErrorKind> {
        if let Some(closed) = self.closed.get() {
            return Err(closed.kind());
        }
        if let Some((_, closed)) = self.ending.get() {
            return Err(closed.kind());
        }
        let mut unsent = self.unsent.borrow_mut();
        if unsent.len() + octets.len() > self.max_unsent {
            drop(unsent);
            self.end(Ending::Now, Closed::SlowReader);
            return Err(ErrorKind::TimedOut);
        }
        if unsent.is_empty() {
            self.written.set(Instant::now());
        }
        unsent.extend_from_slice(octets);
        drop(unsent);
        self.wake();
        Ok(())
    }

    /// Asks for its end; the first reason stays, unless a hurry overtakes it.
    pub(super) fn end(&self, ending: Ending, closed: Closed) {
        if !matches!(self.ending.get(), Some((now, _)) if now == Ending::Now || ending == Ending::WhenWritten)
        {
            self.ending.set(Some((ending, closed)));
        }
        self.wake();
    }

    /// How it is to end, if it is.
    pub(super) fn ending(&self) -> Option<(Ending, Closed)> {
        self.ending.get()
    }

    /// Lets its task look again at what it goes by.
    pub(super) fn wake(&self) {
        if let Some(task) = self.task.borrow_mut().take() {
            task.wake();
        }
    }

    pub(super) fn has_unsent(&self) -> bool {
        !self.unsent.borrow().is_empty()
    }

    /// So much waits to be written that nothing more is read: who sends requests and reads no answers waits too.
    pub(super) fn is_backed_up(&self) -> bool {
        self.unsent.borrow().len() > self.max_unsent / 2
    }

    /// Writes what can be written; `Ready` on failure only. The task is woken when there is more to do.
    pub(super) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        stream: &mut (impl AsyncWrite + Unpin),
    ) -> Poll<ErrorKind> {
        *self.task.borrow_mut() = Some(cx.waker().clone());
        let mut unsent = self.unsent.borrow_mut();
        while !unsent.is_empty() {
            match Pin::new(&mut *stream).poll_write(cx, &unsent) {
                Poll::Ready(Ok(0)) => return Poll::Ready(ErrorKind::WriteZero),
                Poll::Ready(Ok(written)) => {
                    unsent.advance(written);
                    self.written.set(Instant::now());
                }
                Poll::Ready(Err(problem)) => return Poll::Ready(problem.kind()),
                Poll::Pending => return Poll::Pending,
            }
        }
        // An idle connection holds no memory.
        *unsent = BytesMut::new();
        Poll::Pending
    }
}

/// All connections of an endpoint.
pub(super) struct Connections {
    next: u64,
    open: KeyedMap<u64, Rc<Connection>>,
    /// Those that we made or are making, for further requests to the same address. What a peer opened is no way to
    /// the address that it claims to have (RFC 5923 §9.3).
    towards: KeyedMap<SocketAddr, u64>,
    accepted: usize,
}

impl Connections {
    pub(super) fn new(io: &impl Io) -> Self {
        let mut first = [0; 8];
        io.fill_random(&mut first);
        Self {
            // A flow that a former process of ours told somebody names no connection of this one.
            next: u64::from_le_bytes(first) >> 1,
            open: hash::map(io),
            towards: hash::map(io),
            accepted: 0,
        }
    }

    /// A connection that a peer opened; `None` where there are `limit` of them.
    pub(super) fn accept(
        &mut self,
        remote: SocketAddr,
        limit: usize,
        max_unsent: usize,
    ) -> Option<Rc<Connection>> {
        (self.accepted < limit).then(|| {
            self.accepted += 1;
            self.add(Origin::Accepted, remote, max_unsent)
        })
    }

    /// A connection that is to be made; `None` where there are `limit` of them.
    pub(super) fn open(
        &mut self,
        remote: SocketAddr,
        limit: usize,
        max_unsent: usize,
    ) -> Option<Rc<Connection>> {
        (self.open.len() - self.accepted < limit).then(|| {
            let connection = self.add(Origin::Opened, remote, max_unsent);
            self.towards.insert(remote, connection.number);
            connection
        })
    }

    fn add(&mut self, origin: Origin, remote: SocketAddr, max_unsent: usize) -> Rc<Connection> {
        self.next += 1;
        let connection = Rc::new(Connection::new(self.next, origin, remote, max_unsent));
        self.open.insert(self.next, Rc::clone(&connection));
        connection
    }

    pub(super) fn get(&self, number: u64) -> Option<&Rc<Connection>> {
        self.open.get(&number)
    }

    /// The connection that we made to `remote`, if it is not about to end.
    pub(super) fn towards(&self, remote: SocketAddr) -> Option<&Rc<Connection>> {
        let connection = self.open.get(self.towards.get(&remote)?)?;
        connection.ending().is_none().then_some(connection)
    }

    pub(super) fn remove(&mut self, connection: &Connection) {
        if self.open.remove(&connection.number).is_none() {
            return;
        }
        if connection.origin == Origin::Accepted {
            self.accepted -= 1;
        } else if self.towards.get(&connection.remote) == Some(&connection.number) {
            self.towards.remove(&connection.remote);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// All of them, in the order of their making.
    pub(super) fn all(&self) -> Vec<Rc<Connection>> {
        let mut all: Vec<_> = self.open.values().cloned().collect();
        all.sort_unstable_by_key(|connection| connection.number);
        all
    }
}
