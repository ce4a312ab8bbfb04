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
use sip_message::{Message, Method, Name, Status};
use sip_stack::timers::Reliability;
use sip_stack::transaction::key::{ClientKey, ServerKey};
use sip_stack::transaction::non_invite_client::{self as client, NonInviteClient};
use sip_stack::transaction::non_invite_server::{self as server, NonInviteServer};
use sip_stack::{branch, via};
use thiserror::Error;
use tokio::sync::{Notify, oneshot};
use tokio::time::Sleep;

use super::transactions::{Client, Number, Server, Timer, TimerSettings, Transactions};
use super::{Incoming, ServerTransaction, SipMetrics, SipSettings};
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
    io: I,
    socket: I::Datagram,
    sent_by: Box<str>,
    settings: SipSettings,
    metrics: SipMetrics,
    transactions: RefCell<Transactions>,
    earlier_timer: Notify,
    draining: Cell<bool>,
    answered: Notify,
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
        to: SocketAddr,
    ) -> Result<Message, RequestError> {
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
                            crate::spawn(handler(incoming));
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

    fn take_request(&self, mut request: Message, source: SocketAddr) -> Option<Incoming<I>> {
        let shared = &*self.0;
        if via::stamp_source(&mut request, source).is_err() {
            shared.metrics.unreadable.inc();
            return None;
        }
        let Ok(reply_to) = via::response_address(&request, source) else {
            shared.metrics.unreadable.inc();
            return None;
        };
        if let Err(invalid) = sip_message::validate(&request) {
            tracing::debug!(%source, status = %invalid.status, reason = %invalid.reason, "request refused");
            let response = Message::response_with_reason(&request, invalid.status, invalid.reason);
            shared.refuse(&request, response, reply_to);
            return None;
        }
        let method = request.method()?;
        if method == Method::ACK {
            // An ACK for a response that was sent without a transaction (RFC 3261 §8.2.7).
            return None;
        }
        let Ok(key) = ServerKey::of(&request) else {
            shared.metrics.unreadable.inc();
            return None;
        };
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = shared.transactions.borrow_mut();
        if let Some(&number) = transactions.server_numbers.get(&key) {
            shared.metrics.retransmissions_received.inc();
            shared.server_input(
                &mut transactions,
                number,
                server::Input::Retransmission,
                now,
            );
            return None;
        }
        if !shared.settings.methods.contains(&method) {
            drop(transactions);
            let status = match method {
                Method::CANCEL => Status::CALL_TRANSACTION_DOES_NOT_EXIST,
                _ => Status::METHOD_NOT_ALLOWED,
            };
            let mut response = Message::response(&request, status);
            if status == Status::METHOD_NOT_ALLOWED {
                let allowed: Vec<&str> = shared
                    .settings
                    .methods
                    .iter()
                    .map(|method| method.as_str())
                    .collect();
                response.append(Name::ALLOW, &allowed.join(", "));
            }
            shared.refuse(&request, response, reply_to);
            return None;
        }
        if transactions.len() >= shared.settings.max_transactions || shared.draining.get() {
            drop(transactions);
            let response = Message::response(&request, Status::SERVICE_UNAVAILABLE);
            shared.refuse(&request, response, reply_to);
            return None;
        }
        shared.metrics.requests_received.inc();
        let (machine, actions) =
            NonInviteServer::start(Reliability::Unreliable, &shared.settings.timers);
        let number = transactions.add_server(Server {
            machine,
            key,
            reply_to,
            request: Some(request.clone()),
            response: Bytes::new(),
            settings: TimerSettings::default(),
        });
        shared.metrics.transactions.inc();
        shared.server_actions(&mut transactions, number, actions, now);
        drop(transactions);
        Some(Incoming {
            message: request,
            source,
            transaction: ServerTransaction::new(self.clone(), number),
        })
    }
}

impl<I: Io> Shared<I> {
    /// Answers without a transaction; the To tag is the same for the same request (RFC 3261 §8.2.7).
    fn refuse(&self, request: &Message, mut response: Message, reply_to: SocketAddr) {
        if request.method() == Some(Method::ACK) {
            return;
        }
        self.metrics.refused.inc();
        response.set_to_tag(&branch::stateless_tag(request));
        // Nobody waits for it; the peer asks again.
        let _lost = self.send(&response.to_bytes(), reply_to);
    }

    fn send(&self, octets: &[u8], to: SocketAddr) -> Result<(), ErrorKind> {
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

    fn set_timer(
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

    /// The TU's response for server transaction `number`.
    pub(super) fn respond(&self, number: Number, response: &Message) {
        let Some(status) = response.status() else {
            return;
        };
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = self.transactions.borrow_mut();
        let Some(server) = transactions.servers.get_mut(&number) else {
            return;
        };
        let actions = server.machine.on(server::Input::Respond(status));
        if actions.contains(&server::Action::Refused) {
            tracing::warn!(%status, "not sent: RFC 4320 forbids it, or the transaction is over");
            return;
        }
        server.response = response.to_bytes();
        if !status.is_provisional() {
            server.request = None;
            self.answered.notify_waiters();
        }
        self.metrics.responses_sent.inc();
        self.server_actions(&mut transactions, number, actions, now);
    }

    /// The TU has nothing to say (RFC 4320 §4.2): the transaction absorbs retransmissions in silence until it ends.
    pub(super) fn abandon(&self, number: Number) {
        if let Some(server) = self.transactions.borrow_mut().servers.get_mut(&number) {
            server.request = None;
            self.answered.notify_waiters();
        }
    }

    fn server_input(
        &self,
        transactions: &mut Transactions,
        number: Number,
        input: server::Input,
        now: Instant,
    ) {
        if let Some(server) = transactions.servers.get_mut(&number) {
            let actions = server.machine.on(input);
            if input == server::Input::Retransmission && actions.contains(&server::Action::Send) {
                self.metrics.retransmissions_sent.inc();
            }
            self.server_actions(transactions, number, actions, now);
        }
    }

    fn server_actions(
        &self,
        transactions: &mut Transactions,
        number: Number,
        actions: server::Actions,
        now: Instant,
    ) {
        for action in actions {
            match action {
                server::Action::Send => {
                    let Some(server) = transactions.servers.get(&number) else {
                        return;
                    };
                    let (response, to) = (server.response.clone(), server.reply_to);
                    if self.send(&response, to).is_err() {
                        self.server_input(transactions, number, server::Input::TransportError, now);
                    }
                }
                server::Action::SendTrying => {
                    let Some(server) = transactions.servers.get_mut(&number) else {
                        return;
                    };
                    let Some(request) = &server.request else {
                        continue;
                    };
                    server.response = Message::response(request, Status::TRYING).to_bytes();
                    let (response, to) = (server.response.clone(), server.reply_to);
                    let _lost = self.send(&response, to);
                }
                server::Action::Set(timer, after) => {
                    self.set_timer(transactions, now, after, Timer::Server(number, timer));
                }
                server::Action::Cancel(timer) => {
                    transactions.cancel_timer(Timer::Server(number, timer))
                }
                // Handled where the response came in.
                server::Action::Refused => {}
                server::Action::TransportFailed => {}
                server::Action::Terminated => {
                    transactions.remove_server(number);
                    self.metrics.transactions.dec();
                    // It may have ended without an answer, and somebody drains.
                    self.answered.notify_waiters();
                }
            }
        }
    }

    fn start_client(
        &self,
        request: &Message,
        to: SocketAddr,
    ) -> Result<oneshot::Receiver<Result<Message, RequestError>>, RequestError> {
        let mut transactions = self.transactions.borrow_mut();
        if transactions.len() >= self.settings.max_transactions {
            return Err(RequestError::Overloaded);
        }
        let key =
            ClientKey::of(request).map_err(|_| RequestError::Transport(ErrorKind::InvalidInput))?;
        let now = tokio::time::Instant::now().into_std();
        let (machine, actions) =
            NonInviteClient::start(Reliability::Unreliable, &self.settings.timers);
        let (answer, answered) = oneshot::channel();
        let number = transactions.add_client(Client {
            machine,
            key,
            to,
            request: request.to_bytes(),
            answer: Some(answer),
            settings: TimerSettings::default(),
        });
        self.metrics.requests_sent.inc();
        self.metrics.transactions.inc();
        self.client_actions(&mut transactions, number, actions, now, None);
        Ok(answered)
    }

    fn take_response(&self, response: Message) {
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = self.transactions.borrow_mut();
        let number = ClientKey::of(&response)
            .ok()
            .and_then(|key| transactions.client_numbers.get(&key).copied());
        match (number, response.status()) {
            (Some(number), Some(status)) => {
                self.metrics.responses_received.inc();
                self.client_input(
                    &mut transactions,
                    number,
                    client::Input::Response(status),
                    now,
                    Some(response),
                );
            }
            // RFC 3261 §18.1.2 with RFC 6026 §7.3: a stray response goes nowhere.
            _ => {
                self.metrics.strays.inc();
            }
        }
    }

    fn client_input(
        &self,
        transactions: &mut Transactions,
        number: Number,
        input: client::Input,
        now: Instant,
        response: Option<Message>,
    ) {
        if let Some(client) = transactions.clients.get_mut(&number) {
            let actions = client.machine.on(input);
            self.client_actions(transactions, number, actions, now, response);
        }
    }

    fn client_actions(
        &self,
        transactions: &mut Transactions,
        number: Number,
        actions: client::Actions,
        now: Instant,
        mut response: Option<Message>,
    ) {
        for action in actions {
            match action {
                client::Action::Send => {
                    let Some(client) = transactions.clients.get(&number) else {
                        return;
                    };
                    let (request, to) = (client.request.clone(), client.to);
                    if let Err(problem) = self.send(&request, to) {
                        self.finish(transactions, number, Err(RequestError::Transport(problem)));
                        self.client_input(
                            transactions,
                            number,
                            client::Input::TransportError,
                            now,
                            None,
                        );
                    }
                }
                client::Action::Deliver => {
                    let is_final =
                        |response: &mut Message| response.status().is_some_and(Status::is_final);
                    if let Some(response) = response.take_if(is_final) {
                        self.finish(transactions, number, Ok(response));
                    }
                }
                client::Action::Set(timer, after) => {
                    self.set_timer(transactions, now, after, Timer::Client(number, timer));
                }
                client::Action::Cancel(timer) => {
                    transactions.cancel_timer(Timer::Client(number, timer))
                }
                client::Action::TimedOut => {
                    self.metrics.timeouts.inc();
                    self.finish(transactions, number, Err(RequestError::TimedOut));
                }
                client::Action::TransportFailed => {}
                client::Action::Terminated => {
                    transactions.remove_client(number);
                    self.metrics.transactions.dec();
                }
            }
        }
    }

    /// Tells who waits for transaction `number`; the request is not needed any more.
    fn finish(
        &self,
        transactions: &mut Transactions,
        number: Number,
        outcome: Result<Message, RequestError>,
    ) {
        if let Some(client) = transactions.clients.get_mut(&number) {
            client.request = Bytes::new();
            self.answered.notify_waiters();
            if let Some(answer) = client.answer.take() {
                // The procedure that asked may be gone.
                let _gone = answer.send(outcome);
            }
        }
    }
}
