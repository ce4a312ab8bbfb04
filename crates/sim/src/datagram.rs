//! UDP sockets of the virtual network.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use driver::io::Unreachable;

use crate::network::Network;

/// The longest datagram, octets: that of IPv4.
pub const MAX_DATAGRAM: usize = 65_507;
/// How many octets wait in a socket before further datagrams are dropped.
pub const MAX_QUEUED: usize = 4 << 20;

/// How many reports of unreachable destinations wait in a socket; further ones are dropped.
pub const MAX_REPORTS: usize = 256;
/// How many octets of a datagram such a report quotes, as Linux hosts do.
pub const MAX_QUOTE: usize = 548;

/// A bound UDP socket.
pub struct Datagram {
    pub(crate) network: Rc<Network>,
    pub(crate) local: SocketAddr,
    pub(crate) socket: Rc<Socket>,
}

/// What the network knows of a socket.
#[derive(Default)]
pub(crate) struct Socket {
    queue: RefCell<VecDeque<(SocketAddr, Bytes)>>,
    octets: Cell<usize>,
    reports: RefCell<VecDeque<(Unreachable, Bytes)>>,
    closed: Cell<bool>,
    readers: RefCell<Vec<Waker>>,
}

impl Socket {
    pub(crate) fn arrive(&self, from: SocketAddr, payload: Bytes) {
        // An empty datagram takes room too.
        let octets = self.octets.get() + payload.len() + 1;
        if octets <= MAX_QUEUED {
            self.octets.set(octets);
            self.queue.borrow_mut().push_back((from, payload));
            self.wake();
        }
    }

    /// The network has found nobody at the end of a datagram of ours.
    pub(crate) fn report(&self, unreachable: Unreachable, mut quote: Bytes) {
        quote.truncate(MAX_QUOTE);
        let mut reports = self.reports.borrow_mut();
        if reports.len() < MAX_REPORTS {
            reports.push_back((unreachable, quote));
            drop(reports);
            self.wake();
        }
    }

    fn poll_report(&self, cx: &mut Context<'_>) -> Poll<io::Result<(Unreachable, Bytes)>> {
        if self.closed.get() {
            return Poll::Ready(Err(crashed()));
        }
        match self.reports.borrow_mut().pop_front() {
            Some(report) => Poll::Ready(Ok(report)),
            None => {
                self.wait(cx);
                Poll::Pending
            }
        }
    }

    fn wait(&self, cx: &Context<'_>) {
        let mut readers = self.readers.borrow_mut();
        if !readers.iter().any(|reader| reader.will_wake(cx.waker())) {
            readers.push(cx.waker().clone());
        }
    }

    /// The host is gone; who still holds the socket is told.
    pub(crate) fn close(&self) {
        self.closed.set(true);
        self.wake();
    }

    fn wake(&self) {
        self.readers.borrow_mut().drain(..).for_each(Waker::wake);
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<io::Result<(SocketAddr, Bytes)>> {
        if self.closed.get() {
            return Poll::Ready(Err(crashed()));
        }
        match self.queue.borrow_mut().pop_front() {
            Some((from, payload)) => {
                self.octets.set(self.octets.get() - payload.len() - 1);
                Poll::Ready(Ok((from, payload)))
            }
            None => {
                self.wait(cx);
                Poll::Pending
            }
        }
    }
}

pub(crate) fn crashed() -> io::Error {
    io::Error::new(
        ErrorKind::NotConnected,
        "the host of this handle has crashed",
    )
}

/// Nothing goes from IPv4 to IPv6 or back.
pub(crate) fn same_family(local: SocketAddr, remote: SocketAddr) -> io::Result<()> {
    if local.is_ipv4() == remote.is_ipv4() {
        return Ok(());
    }
    let text = format!("{remote} cannot be reached from {local}");
    Err(io::Error::new(ErrorKind::InvalidInput, text))
}

impl driver::io::Datagram for Datagram {
    fn local_addr(&self) -> SocketAddr {
        self.local
    }

    async fn receive(&self, buffer: &mut BytesMut) -> io::Result<SocketAddr> {
        let (from, payload) = poll_fn(|cx| self.socket.poll(cx)).await?;
        buffer.extend_from_slice(&payload);
        Ok(from)
    }

    async fn unreachable(&self, quote: &mut BytesMut) -> io::Result<Unreachable> {
        let (unreachable, quoted) = poll_fn(|cx| self.socket.poll_report(cx)).await?;
        quote.extend_from_slice(&quoted);
        Ok(unreachable)
    }

    fn send(&self, octets: &[u8], to: SocketAddr) -> io::Result<()> {
        if self.socket.closed.get() {
            return Err(crashed());
        }
        if octets.len() > MAX_DATAGRAM {
            let text = format!("a datagram of {} octets", octets.len());
            return Err(io::Error::new(ErrorKind::InvalidInput, text));
        }
        same_family(self.local, to)?;
        self.network
            .send_datagram(self.local, to, Bytes::copy_from_slice(octets));
        Ok(())
    }
}

impl Drop for Datagram {
    fn drop(&mut self) {
        self.network.with_host(self.local.ip(), |host| {
            host.sockets.remove(self.local.port(), &self.socket);
        });
    }
}
