//! One UDP socket, its transactions, and the loop that feeds them.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use sip_message::{Message, Name};
use sip_stack::branch;
use sip_stack::transaction::{non_invite_client as client, non_invite_server as server};
use thiserror::Error;
use tokio::sync::{Notify, mpsc};
use tokio::time::Sleep;
use tracing::Instrument;

use super::transactions::{Timer, Transactions};
use super::{ClosedFlows, Flow, Incoming, SipMetrics, SipSettings, Towards, Transport};
use crate::io::{Datagram, Io};

/// Room that every receive has: the largest UDP datagram.
const DATAGRAM_ROOM: usize = 65_535;
/// Receive buffers are cut from blocks of this size, so that a message costs no allocation of its own.
const RECEIVE_BLOCK: usize = 1 << 20;
/// Datagrams taken in one turn before other tasks of the shard run.
const BURST: usize = 32;

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

/// A SIP endpoint on one UDP socket: a handle, clones are the same endpoint.
pub struct Endpoint<I: Io>(pub(super) Rc<Shared<I>>);

impl<I: Io> Clone for Endpoint<I> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

pub(super) struct Shared<I: Io> {
    pub(super) io: I,
    pub(super) socket: I::Datagram,
    pub(super) sent_by: Box<str>,
    pub(super) settings: SipSettings,
    pub(super) metrics: SipMetrics,
    pub(super) transactions: RefCell<Transactions>,
    pub(super) earlier_timer: Notify,
    pub(super) draining: Cell<bool>,
    pub(super) answered: Notify,
    pub(super) told_of_closed: RefCell<Vec<mpsc::UnboundedSender<Flow>>>,
}

impl<I: Io> Endpoint<I> {
    /// Binds the socket of `settings`; nothing is received before [`serve`](Self::serve).
    ///
    /// # Errors
    /// What binding says, among it `AddrInUse`.
    pub async fn bind(io: I, settings: SipSettings, metrics: SipMetrics) -> io::Result<Self> {
        let socket = io.bind(settings.listen).await?;
        let sent_by = settings
            .sent_by
            .clone()
            .unwrap_or_else(|| socket.local_addr().to_string());
        let transactions = RefCell::new(Transactions::new(&io));
        Ok(Self(Rc::new(Shared {
            io,
            socket,
            sent_by: sent_by.into(),
            settings,
            metrics,
            transactions,
            earlier_timer: Notify::new(),
            draining: Cell::new(false),
            answered: Notify::new(),
            told_of_closed: RefCell::default(),
        })))
    }

    /// The bound address.
    pub fn local_addr(&self) -> SocketAddr {
        self.0.socket.local_addr()
    }

    /// `sent-by` in our Via.
    pub fn sent_by(&self) -> &str {
        &self.0.sent_by
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

    /// Sends `request` to `to` in a client transaction of its own, under a Via with a fresh branch, and waits for
    /// the final response, from which that Via is taken again.
    ///
    /// # Errors
    /// [`RequestError`], within timer F.
    pub async fn request(
        &self,
        mut request: Message,
        to: impl Into<Towards>,
    ) -> Result<Message, RequestError> {
        let to = match to.into() {
            Towards::Address {
                transport: Transport::Udp,
                address,
            } => address,
            Towards::Flow(Flow::Udp { local, remote }) if local == self.local_addr() => remote,
            Towards::Address {
                transport: Transport::Tcp,
                ..
            } => return Err(RequestError::Transport(ErrorKind::Unsupported)),
            Towards::Flow(_) => return Err(RequestError::FlowGone),
        };
        let mut octets = [0; 12];
        self.0.io.fill_random(&mut octets);
        let via = format!(
            "SIP/2.0/UDP {};branch={};rport",
            self.0.sent_by,
            branch::from_random(octets)
        );
        request.prepend(Name::VIA, &via);
        let answered = self.0.start_client(&request, to)?;
        let mut response = answered.await.map_err(|_| RequestError::TimedOut)??;
        response.pop_element(Name::VIA);
        Ok(response)
    }

    /// Every flow that ends from now on.
    pub fn closed_flows(&self) -> ClosedFlows {
        let (tell, told) = mpsc::unbounded_channel();
        self.0.told_of_closed.borrow_mut().push(tell);
        ClosedFlows(told)
    }

    /// Starts the loop: each new request goes to `handler` in a task of its own.
    pub fn serve<F>(&self, handler: impl Fn(Incoming<I>) -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        let endpoint = self.clone();
        crate::spawn(async move { endpoint.run(handler).await });
    }

    /// Takes no new request from now on (503), and returns when every transaction has its final response.
    pub async fn drain(&self) {
        let shared = &*self.0;
        shared.draining.set(true);
        loop {
            let answered = shared.answered.notified();
            if shared.transactions.borrow().unanswered() == 0 {
                return;
            }
            answered.await;
        }
    }

    async fn run<F>(self, handler: impl Fn(Incoming<I>) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let shared = &*self.0;
        let mut buffer = BytesMut::with_capacity(RECEIVE_BLOCK);
        let mut wake_at: Option<Instant> = None;
        let mut wake: Pin<Box<Sleep>> =
            Box::pin(tokio::time::sleep_until(tokio::time::Instant::now()));
        let mut taken = 0;
        loop {
            let next = shared.transactions.borrow().next_timer();
            if next != wake_at {
                wake_at = next;
                if let Some(at) = next {
                    wake.as_mut().reset(at.into());
                }
            }
            if buffer.capacity() - buffer.len() < DATAGRAM_ROOM {
                buffer.reserve(RECEIVE_BLOCK);
            }
            tokio::select! {
                biased;
                received = shared.socket.receive(&mut buffer) => match received {
                    Ok(source) => {
                        let datagram = buffer.split().freeze();
                        if let Some(incoming) = self.take(datagram, source) {
                            let span = incoming.span();
                            crate::spawn(handler(incoming).instrument(span));
                        }
                        taken += 1;
                        if taken == BURST {
                            taken = 0;
                            shared.fire_timers();
                            tokio::task::yield_now().await;
                        }
                    }
                    Err(problem) => {
                        // An ICMP error of an earlier send: the socket goes on, timers see to what is lost.
                        tracing::debug!(%problem, "receiving");
                        tokio::task::yield_now().await;
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

    /// Takes one datagram; gives a request that starts a transaction.
    fn take(&self, datagram: Bytes, source: SocketAddr) -> Option<Incoming<I>> {
        let shared = &*self.0;
        // Keep-alives (RFC 5626 §4.4.1 over UDP is STUN; bare CRLF is in use too) are no messages.
        if datagram
            .iter()
            .all(|octet| matches!(octet, b'\r' | b'\n' | 0))
        {
            return None;
        }
        let message = match Message::parse(datagram) {
            Ok(message) => message,
            Err(problem) => {
                tracing::debug!(%source, %problem, "datagram dropped");
                shared.metrics.unreadable.inc();
                return None;
            }
        };
        if message.status().is_some() {
            shared.take_response(message);
            None
        } else {
            self.take_request(message, source)
        }
    }
}

impl<I: Io> Shared<I> {
    pub(super) fn send(&self, octets: &[u8], to: SocketAddr) -> Result<(), ErrorKind> {
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
