//! TCP listeners and connections of the virtual network.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::{Connection, End, Segment};
use crate::datagram::crashed;
use crate::network::Network;

/// How many octets one way of a connection holds, written and not yet read; then the writer waits.
pub const WINDOW: usize = 65_536;
/// How many connections wait to be accepted; further ones are refused.
pub const BACKLOG: usize = 1024;
/// How often a SYN that finds no way is sent again, 1, 2, 4 … seconds apart; then `TimedOut`.
pub const SYN_RETRIES: u32 = 6;
/// How long a connection bears a cut link before its sender sees `TimedOut`, as on Linux (`tcp_retries2` of 15).
pub const STREAM_TIMEOUT: Duration = Duration::from_millis(924_600);

/// A listening TCP socket.
pub struct Listener {
    pub(crate) network: Rc<Network>,
    pub(crate) local: SocketAddr,
    pub(crate) acceptor: Rc<Acceptor>,
}

/// Connections that wait to be accepted.
#[derive(Default)]
pub(crate) struct Acceptor {
    queue: RefCell<VecDeque<Rc<Connection>>>,
    closed: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Acceptor {
    pub(crate) fn has_room(&self) -> bool {
        self.queue.borrow().len() < BACKLOG
    }

    pub(crate) fn arrive(&self, connection: Rc<Connection>) {
        self.queue.borrow_mut().push_back(connection);
        self.wake();
    }

    pub(crate) fn close(&self) {
        self.closed.set(true);
        self.wake();
    }

    fn wake(&self) {
        self.waiting.borrow_mut().drain(..).for_each(Waker::wake);
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<io::Result<Rc<Connection>>> {
        if self.closed.get() {
            return Poll::Ready(Err(crashed()));
        }
        match self.queue.borrow_mut().pop_front() {
            Some(connection) => Poll::Ready(Ok(connection)),
            None => {
                self.waiting.borrow_mut().push(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl driver::io::Listener for Listener {
    type Stream = Stream;

    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    async fn accept(&self) -> io::Result<Stream> {
        let connection = poll_fn(|cx| self.acceptor.poll(cx)).await?;
        Ok(Stream {
            network: self.network.clone(),
            connection,
            end: End::Called,
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.network.with_host(self.local.ip(), |host| {
            host.listeners.remove(self.local.port(), &self.acceptor);
        });
        for connection in self.acceptor.queue.take() {
            if connection.broken(End::Called).is_none() {
                connection.drop_end(End::Called);
                connection.break_off(End::Called, ErrorKind::ConnectionAborted);
                self.network
                    .send_segment(&connection, End::Called, Segment::Reset);
            }
        }
    }
}

/// A connection that is being made.
pub(crate) struct Call {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    outcome: RefCell<Option<Result<Rc<Connection>, ErrorKind>>>,
    caller: RefCell<Option<Waker>>,
}

impl Call {
    pub(crate) fn new(from: SocketAddr, to: SocketAddr) -> Call {
        Call {
            from,
            to,
            outcome: RefCell::new(None),
            caller: RefCell::new(None),
        }
    }

    pub(crate) fn end(&self, outcome: Result<Rc<Connection>, ErrorKind>) {
        *self.outcome.borrow_mut() = Some(outcome);
        if let Some(caller) = self.caller.borrow_mut().take() {
            caller.wake();
        }
    }

    pub(crate) async fn answered(&self) -> io::Result<Rc<Connection>> {
        poll_fn(|cx| match self.outcome.borrow_mut().take() {
            Some(outcome) => Poll::Ready(outcome.map_err(io::Error::from)),
            None => {
                *self.caller.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

/// A TCP connection.
pub struct Stream {
    pub(crate) network: Rc<Network>,
    pub(crate) connection: Rc<Connection>,
    pub(crate) end: End,
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.connection.poll_read(self.end, cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.connection
            .poll_room(self.end, cx, octets.len())
            .map_ok(|room| {
                if room > 0 {
                    self.network
                        .send_data(&self.connection, self.end, &octets[..room]);
                }
                room
            })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(why) = self.connection.broken(self.end) {
            return Poll::Ready(Err(why.into()));
        }
        if !self.connection.finish_sent(self.end) {
            self.network
                .send_segment(&self.connection, self.end, Segment::Finish);
        }
        Poll::Ready(Ok(()))
    }
}

impl driver::io::Stream for Stream {
    fn local_addr(&self) -> SocketAddr {
        self.connection.address(self.end)
    }

    fn remote_addr(&self) -> SocketAddr {
        self.connection.address(self.end.other())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.network.drop_end(&self.connection, self.end);
    }
}
