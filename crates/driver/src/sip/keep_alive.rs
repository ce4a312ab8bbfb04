//! Keep-alives (RFC 5626 §4.4): pings of connections, STUN between sockets, ours and the peers'.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip_stack::stun::{Message, TransactionId};
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::Flow;
use super::connections::{Closed, Connection, Ending};
use super::endpoint::{Endpoint, Shared};
use crate::hash::KeyedMap;
use crate::io::{Datagram, Io};

/// How long a pong may take (RFC 5626 §4.4.1).
pub const DEFAULT_PONG_LIMIT: Duration = Duration::from_secs(10);
/// How often a STUN request is sent before its peer counts as gone (RFC 8489 §6.2.1, Rc).
pub const STUN_TRIES: u32 = 7;
/// How many times the first interval is waited after the last of them (RFC 8489 §6.2.1, Rm).
const LAST_WAIT: u32 = 16;
/// The shortest of the intervals between keep-alives, in percent of the longest (RFC 5626 §4.4).
const SHORTEST_PERCENT: u32 = 80;

const PING: &[u8] = b"\r\n\r\n";

/// Why a flow has failed: it is of no more use, and its peer wants a new one (RFC 5626 §4.4).
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum FlowFailure {
    /// The connection has ended, or never was.
    #[error("the connection has ended")]
    Ended,
    /// A ping was not answered in time; the connection is closed for it.
    #[error("no pong came")]
    NoPong,
    /// No STUN request was answered.
    #[error("no answer to STUN came")]
    NoAnswer,
    /// The network says that nobody is there.
    #[error("unreachable: {0}")]
    Unreachable(ErrorKind),
    /// The peer sees us at another address than before: a NAT has forgotten the flow (RFC 5626 §4.4.2).
    #[error("our address there was {before} and is {now}")]
    Moved {
        /// What it was when the keep-alives began.
        before: SocketAddr,
        /// What it is.
        now: SocketAddr,
    },
}

/// STUN requests of ours without an answer, and to whom they went.
pub(super) type Asked = KeyedMap<TransactionId, (SocketAddr, oneshot::Sender<Outcome>)>;

/// Our address as the peer sees it, or what the network says.
type Outcome = Result<SocketAddr, ErrorKind>;

impl<I: Io> Endpoint<I> {
    /// Keeps `flow` alive until it fails: now and every `interval`, shortened by up to a fifth at random, a ping goes out.
    /// Drop it to stop.
    pub async fn keep_alive(&self, flow: Flow, interval: Duration) -> FlowFailure {
        let failure = match flow {
            Flow::Tcp { .. } => self.ping_for_ever(flow, interval).await,
            Flow::Udp { remote, .. } => self.ask_for_ever(remote, interval).await,
        };
        self.0.metrics.flows_failed.inc();
        tracing::debug!(remote = %flow.remote(), %failure, "flow failed");
        failure
    }

    /// Closes the connection of `flow` once its peer has said nothing for `within`: it was told to send keep-alives more
    /// often (RFC 5626 §8). With `None` it may be silent again. Of UDP there is nothing to close.
    pub fn expect_keep_alives(&self, flow: Flow, within: Option<Duration>) {
        self.change(flow, |connection| connection.keep_alives.set(within));
    }

    /// Takes the connection of `flow` for idle at `until` at the earliest, however long nothing is said: somebody is
    /// registered over it.
    pub fn keep_until(&self, flow: Flow, until: Instant) {
        self.change(flow, |connection| {
            connection.kept_until.set(Some(until.into()))
        });
    }

    /// Whether what is sent over `flow` can arrive: of TCP whether its connection is open still.
    pub fn is_open(&self, flow: Flow) -> bool {
        self.0.way_over(flow).is_some()
    }

    fn change(&self, flow: Flow, change: impl FnOnce(&Connection)) {
        let Flow::Tcp { connection, .. } = flow else {
            return;
        };
        let connections = self.0.connections.borrow();
        let found = connections.get(connection);
        if let Some(connection) = found.filter(|open| open.flow() == Some(flow)) {
            change(connection);
            connection.wake();
        }
    }

    async fn ping_for_ever(&self, flow: Flow, interval: Duration) -> FlowFailure {
        let shared = &*self.0;
        let Flow::Tcp { connection, .. } = flow else {
            return FlowFailure::Ended;
        };
        loop {
            let found = shared.connections.borrow().get(connection).cloned();
            let Some(connection) = found.filter(|open| open.flow() == Some(flow)) else {
                return FlowFailure::Ended;
            };
            let (pong, came) = oneshot::channel();
            *connection.pong.borrow_mut() = Some(pong);
            shared.metrics.pings_sent.inc();
            if connection.send(PING).is_err() {
                return FlowFailure::Ended;
            }
            match timeout(shared.settings.streams.pong, came).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) if connection.closed.get().is_some() => return FlowFailure::Ended,
                // Another one waits for the pong in our stead.
                Ok(Err(_)) => {}
                Err(_) => {
                    connection.end(Ending::Now, Closed::NoPong);
                    return FlowFailure::NoPong;
                }
            }
            sleep(shared.shortened(interval)).await;
        }
    }

    async fn ask_for_ever(&self, remote: SocketAddr, interval: Duration) -> FlowFailure {
        let shared = &*self.0;
        let mut first = None;
        loop {
            let now = match self.ask_address(remote).await {
                Ok(mapped) => mapped,
                Err(failure) => return failure,
            };
            let before = *first.get_or_insert(now);
            if now != before {
                return FlowFailure::Moved { before, now };
            }
            sleep(shared.shortened(interval)).await;
        }
    }

    /// One STUN transaction (RFC 8489 §6.2.1); the first interval between its requests is T1.
    async fn ask_address(&self, remote: SocketAddr) -> Result<SocketAddr, FlowFailure> {
        let shared = &*self.0;
        let mut octets = [0; 12];
        shared.io.fill_random(&mut octets);
        let transaction = TransactionId(octets);
        let (answer, mut answered) = oneshot::channel();
        shared
            .asked_stun
            .borrow_mut()
            .insert(transaction, (remote, answer));
        let _forgotten = Forget(shared, transaction);
        let request = Message::Request(transaction).to_octets();
        let t1 = shared.settings.timers.t1;
        for attempt in 0..STUN_TRIES {
            shared.metrics.pings_sent.inc();
            // One that is not sent is as good as lost.
            let _lost = shared.socket.send(&request, remote);
            let last = attempt + 1 == STUN_TRIES;
            let wait = if last { LAST_WAIT } else { 1 << attempt };
            if let Ok(Ok(outcome)) = timeout(wait * t1, &mut answered).await {
                return outcome.map_err(FlowFailure::Unreachable);
            }
        }
        Err(FlowFailure::NoAnswer)
    }
}

/// A transaction that nobody waits for any more.
struct Forget<'a, I: Io>(&'a Shared<I>, TransactionId);

impl<I: Io> Drop for Forget<'_, I> {
    fn drop(&mut self) {
        self.0.asked_stun.borrow_mut().remove(&self.1);
    }
}

impl<I: Io> Shared<I> {
    /// RFC 5626 §4.4: a random time between 80 and 100 percent of `interval`.
    fn shortened(&self, interval: Duration) -> Duration {
        let mut octets = [0; 4];
        self.io.fill_random(&mut octets);
        let part = u32::from_be_bytes(octets) % (100 - SHORTEST_PERCENT + 1);
        interval * (SHORTEST_PERCENT + part) / 100
    }

    /// Takes a datagram of STUN: answers a request, hands an answer to who waits for it.
    pub(super) fn take_stun(&self, datagram: &[u8], source: SocketAddr) {
        let Some(message) = Message::parse(datagram) else {
            self.metrics.unreadable.inc();
            return;
        };
        match message {
            Message::Success {
                transaction,
                mapped,
            } => {
                self.metrics.pongs_received.inc();
                self.answer_stun(transaction, source, Ok(mapped));
            }
            // RFC 8489 §6.3.4: a refusal is an answer, but none that says where we are.
            Message::Failure(transaction) => {
                self.answer_stun(transaction, source, Err(ErrorKind::Unsupported));
            }
            request => {
                self.metrics.pings_received.inc();
                if let Some(answer) = request.answer(source) {
                    let _lost = self.socket.send(&answer.to_octets(), source);
                }
            }
        }
    }

    /// Whether a request of ours to `remote` was `transaction`; who waits for it is told.
    pub(super) fn answer_stun(
        &self,
        transaction: TransactionId,
        remote: SocketAddr,
        outcome: Outcome,
    ) {
        let mut asked = self.asked_stun.borrow_mut();
        if asked.get(&transaction).is_some_and(|(to, _)| *to == remote)
            && let Some((_, answer)) = asked.remove(&transaction)
        {
            // Who waited may have given up.
            let _gone = answer.send(outcome);
        }
    }
}
