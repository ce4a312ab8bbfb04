//! What happens on one TCP connection, from its making to its end (RFC 3261 §18).

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sip_message::{Framer, Piece, StreamFault};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::RequestError;
use super::connections::{Closed, Connection, Ending, Origin};
use super::endpoint::{Endpoint, Shared};
use crate::io::{Io, Listener, Stream};

/// How long a listener pauses that cannot accept, because the system is out of files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long what a peer still sends is read and thrown away after our last word, so that the system does not answer it
/// with a reset, which would overtake that word.
const LINGER: Duration = Duration::from_secs(2);

/// The line end that answers a ping (RFC 5626 §3.5.1).
const PONG: &[u8] = b"\r\n";

/// What a connection's task wakes for.
enum Event {
    Read,
    End,
    Over(Closed),
    Due,
}

impl<I: Io> Endpoint<I> {
    /// Accepts until the endpoint drains.
    pub(super) async fn accept(self, listener: I::Listener) {
        let shared = &*self.0;
        loop {
            let accepted = tokio::select! {
                biased;
                () = shared.drained.notified() => return,
                accepted = listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok(stream) => stream,
                Err(problem) => {
                    tracing::warn!(%problem, "connections are not accepted for a moment");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let limits = &shared.settings.streams;
            let connection = shared.connections.borrow_mut().accept(
                stream.remote_addr(),
                limits.max_connections,
                limits.max_unsent,
            );
            let Some(connection) = connection else {
                tracing::debug!(source = %stream.remote_addr(), "too many connections: closed at once");
                shared.metrics.connections_refused.inc();
                continue;
            };
            shared.metrics.connections_accepted.inc();
            shared.metrics.connections.inc();
            let endpoint = self.clone();
            crate::spawn(async move { endpoint.carry(connection, stream).await });
        }
    }

    /// The connection to `address` that is there, or a new one, which is made meanwhile.
    pub(super) fn connection_to(
        &self,
        address: SocketAddr,
    ) -> Result<Rc<Connection>, RequestError> {
        let shared = &*self.0;
        let mut connections = shared.connections.borrow_mut();
        if let Some(connection) = connections.towards(address) {
            return Ok(Rc::clone(connection));
        }
        let limits = &shared.settings.streams;
        let connection = connections
            .open(address, limits.max_connections, limits.max_unsent)
            .ok_or(RequestError::Overloaded)?;
        shared.metrics.connections_opened.inc();
        shared.metrics.connections.inc();
        let (endpoint, made) = (self.clone(), Rc::clone(&connection));
        crate::spawn(async move { endpoint.connect(made).await });
        Ok(connection)
    }

    async fn connect(self, connection: Rc<Connection>) {
        let shared = &*self.0;
        let own = Some(self.local_addr().ip()).filter(|ip| !ip.is_unspecified());
        let connecting = shared.io.connect(own, connection.remote);
        match timeout(shared.settings.streams.connect, connecting).await {
            Ok(Ok(stream)) => self.carry(connection, stream).await,
            Ok(Err(problem)) => shared.ended(&connection, Closed::NotConnected(problem.kind())),
            Err(_) => shared.ended(&connection, Closed::NotConnected(io::ErrorKind::TimedOut)),
        }
    }

    async fn carry(self, connection: Rc<Connection>, mut stream: I::Stream) {
        connection.local.set(Some(stream.local_addr()));
        connection.changed.notify_waiters();
        let closed = self.talk(&connection, &mut stream).await;
        match closed {
            Closed::Failed(_) | Closed::SlowReader | Closed::Silent | Closed::NoPong => {
                self.0.ended(&connection, closed);
            }
            _ => {
                let sent = stream.shutdown().await;
                self.0.ended(&connection, closed);
                if sent.is_ok() && closed != Closed::ByPeer {
                    let _may_last = timeout(LINGER, self.0.read_out(&mut stream)).await;
                }
            }
        }
    }

    /// Reads and writes until there is a reason to end.
    async fn talk(&self, connection: &Rc<Connection>, stream: &mut I::Stream) -> Closed {
        let shared = &*self.0;
        let mut watch = Watch {
            opened: Instant::now(),
            has_spoken: connection.origin == Origin::Opened,
            begun: None,
        };
        let mut framer = Framer::new(shared.settings.streams.max_body);
        let mut alarm = pin!(sleep_until(watch.due(connection, shared)));
        loop {
            let event = poll_fn(|cx| {
                shared.poll(cx, connection, stream, &mut framer, &watch, alarm.as_mut())
            });
            match event.await {
                Event::Over(closed) => return closed,
                Event::Read => {
                    if let Err(fault) = self.take_pieces(connection, &mut framer, &mut watch) {
                        tracing::debug!(source = %connection.remote, %fault, "stream given up");
                        shared.answer_fault(connection, fault);
                        connection.end(Ending::WhenWritten, Closed::Unreadable);
                    }
                }
                Event::End => {
                    if framer.is_partial()
                        && let Some(fault) = framer.incomplete()
                    {
                        shared.answer_fault(connection, fault);
                    }
                    connection.end(Ending::WhenWritten, Closed::ByPeer);
                }
                Event::Due => {
                    match watch.overdue(connection, shared) {
                        Some(Closed::SlowReader) => return Closed::SlowReader,
                        Some(closed) => {
                            if closed == Closed::SlowSender
                                && let Some(fault) = framer.incomplete()
                            {
                                shared.answer_fault(connection, fault);
                            }
                            connection.end(Ending::WhenWritten, closed);
                        }
                        None => {}
                    }
                    alarm.as_mut().reset(watch.due(connection, shared));
                }
            }
        }
    }

    /// Takes what is complete.
    fn take_pieces(
        &self,
        connection: &Connection,
        framer: &mut Framer,
        watch: &mut Watch,
    ) -> Result<(), StreamFault> {
        let now = Instant::now();
        let Some(flow) = connection.flow() else {
            return Ok(());
        };
        let mut begun = watch.begun;
        while let Some(piece) = framer.next()? {
            begun = None;
            watch.has_spoken = true;
            connection.heard.set(now);
            match piece {
                Piece::Message(message) => {
                    connection.half_ping.set(false);
                    self.0.metrics.carried.tcp.messages_received.inc();
                    self.take(message, flow);
                }
                Piece::LineEnd => self.0.take_line_end(connection),
            }
        }
        watch.begun = framer.is_partial().then(|| begun.unwrap_or(now));
        Ok(())
    }
}

impl<I: Io> Shared<I> {
    fn poll(
        &self,
        cx: &mut Context<'_>,
        connection: &Connection,
        stream: &mut I::Stream,
        framer: &mut Framer,
        watch: &Watch,
        mut alarm: Pin<&mut Sleep>,
    ) -> Poll<Event> {
        if let Poll::Ready(kind) = connection.poll_write(cx, stream) {
            return Poll::Ready(Event::Over(Closed::Failed(kind)));
        }
        match connection.ending() {
            Some((Ending::Now, closed)) => return Poll::Ready(Event::Over(closed)),
            Some((Ending::WhenWritten, closed)) if !connection.has_unsent() => {
                return Poll::Ready(Event::Over(closed));
            }
            None if !connection.is_backed_up() => {
                let read = self.poll_read(cx, stream, |octets| framer.push(octets));
                if let Poll::Ready(read) = read {
                    return Poll::Ready(match read {
                        Ok(0) => Event::End,
                        Ok(_) => Event::Read,
                        Err(problem) => Event::Over(Closed::Failed(problem.kind())),
                    });
                }
            }
            _ => {}
        }
        let due = watch.due(connection, self);
        if due < alarm.deadline() {
            alarm.as_mut().reset(due);
        }
        alarm.poll(cx).map(|()| Event::Due)
    }

    /// Reads into the room that all connections share; what is kept is copied out, in its true size.
    fn poll_read(
        &self,
        cx: &mut Context<'_>,
        stream: &mut I::Stream,
        keep: impl FnOnce(&[u8]),
    ) -> Poll<io::Result<usize>> {
        let mut landing = self.landing.borrow_mut();
        let mut room = ReadBuf::new(&mut landing);
        ready!(Pin::new(stream).poll_read(cx, &mut room))?;
        let read = room.filled().len() as u64;
        self.metrics.carried.tcp.octets_received.inc_by(read);
        keep(room.filled());
        Poll::Ready(Ok(room.filled().len()))
    }

    async fn read_out(&self, stream: &mut I::Stream) {
        while let Ok(1..) = poll_fn(|cx| self.poll_read(cx, stream, |_| {})).await {}
    }

    /// RFC 5626 §3.5.1: two line ends are a ping, to be answered by one; one is the answer to ours.
    fn take_line_end(&self, connection: &Connection) {
        if let Some(waiting) = connection.pong.take() {
            self.metrics.pongs_received.inc();
            // Who waits for it may have given up.
            let _gone = waiting.send(());
        } else if connection.half_ping.replace(!connection.half_ping.get()) {
            self.metrics.pings_received.inc();
            // Its task sees to a failure.
            let _lost = connection.send(PONG);
        }
    }

    /// The end of `connection`: whoever waits on it is told.
    fn ended(&self, connection: &Rc<Connection>, closed: Closed) {
        tracing::debug!(remote = %connection.remote, ?closed, "connection closed");
        connection.closed.set(Some(closed));
        self.connections.borrow_mut().remove(connection);
        self.metrics.connections.dec();
        self.metrics.connection_closed(closed);
        let waiting = connection.waiting.take();
        self.fail_clients(waiting, RequestError::Transport(closed.kind()));
        connection.pong.take();
        if let Some(flow) = connection.flow() {
            self.told_of_closed
                .borrow_mut()
                .retain(|tell| tell.send(flow).is_ok());
        }
        connection.changed.notify_waiters();
        // Somebody drains.
        self.answered.notify_waiters();
    }
}

/// What a connection's deadlines go by.
struct Watch {
    opened: Instant,
    /// Something whole has come; a connection that we made need not say anything.
    has_spoken: bool,
    /// When the message began that is not complete.
    begun: Option<Instant>,
}

impl Watch {
    fn deadlines<I: Io>(
        &self,
        connection: &Connection,
        shared: &Shared<I>,
    ) -> [(Option<Instant>, Closed); 5] {
        let limits = &shared.settings.streams;
        let written = connection.written.get();
        let heard = connection.heard.get();
        let idle = Some(heard.max(written) + limits.idle).max(connection.kept_until.get());
        let keep_alives = connection.keep_alives.get();
        [
            (
                connection.has_unsent().then(|| written + limits.slow),
                Closed::SlowReader,
            ),
            (self.begun.map(|at| at + limits.slow), Closed::SlowSender),
            (
                (!self.has_spoken).then(|| self.opened + limits.slow),
                Closed::SlowSender,
            ),
            (
                keep_alives.map(|within| heard + within),
                Closed::NoKeepAlive,
            ),
            (idle, Closed::Idle),
        ]
    }

    fn due<I: Io>(&self, connection: &Connection, shared: &Shared<I>) -> Instant {
        let deadlines = self.deadlines(connection, shared);
        deadlines
            .into_iter()
            .filter_map(|(at, _)| at)
            .min()
            .unwrap_or(self.opened)
    }

    fn overdue<I: Io>(&self, connection: &Connection, shared: &Shared<I>) -> Option<Closed> {
        let now = Instant::now();
        let deadlines = self.deadlines(connection, shared);
        let (_, closed) = deadlines
            .into_iter()
            .find(|(at, _)| at.is_some_and(|at| at <= now))?;
        if closed == Closed::Idle && !connection.waiting.borrow().is_empty() {
            // A request that waits out its timers is no idleness.
            connection.heard.set(now);
            return None;
        }
        Some(closed)
    }
}
