//! Requests that go out, and what becomes of them (RFC 3261 §17.1, §18.1.2).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_message::{Message, Name, Status};
use sip_stack::branch;
use sip_stack::transaction::key::ClientKey;
use sip_stack::transaction::non_invite_client::{self as client, NonInviteClient};
use tokio::sync::oneshot;

use super::connections::{Closed, Ending};
use super::endpoint::{Endpoint, Shared};
use super::transactions::{Client, Number, Timer, TimerSettings, Transactions, Way};
use super::{Flow, RequestError, Towards, Transport};
use crate::io::Io;

/// What tells the outcome of a request.
pub(super) type Answered = oneshot::Receiver<Result<Message, RequestError>>;

impl<I: Io> Endpoint<I> {
    /// Sends `request` towards `to` in a client transaction of its own, under a Via with a fresh branch, and waits for
    /// the final response, from which that Via is taken again.
    ///
    /// To one address all requests share one connection, which is made where there is none.
    ///
    /// # Errors
    /// [`RequestError`], within timer F.
    pub async fn request(
        &self,
        request: Message,
        to: impl Into<Towards>,
    ) -> Result<Message, RequestError> {
        self.request_within(request, to, Duration::MAX).await
    }

    /// The same where silence is a failure after `patience`: who has answered provisionally by then has until timer F.
    ///
    /// # Errors
    /// [`RequestError`], within timer F.
    pub async fn request_within(
        &self,
        mut request: Message,
        to: impl Into<Towards>,
        patience: Duration,
    ) -> Result<Message, RequestError> {
        match to.into() {
            Towards::Address {
                transport: Transport::Udp,
                address,
            } => {
                self.0.add_via(&mut request, Transport::Udp);
                let octets = request.to_bytes();
                if octets.len() <= self.0.settings.datagram_limit {
                    return self
                        .ask(&request, octets, Way::Datagram(address), patience)
                        .await;
                }
                // RFC 3261 §18.1.1: so long a request MUST go by TCP, and by UDP again where nobody accepts it there.
                let mut by_tcp = request.clone();
                by_tcp.pop_element(Name::VIA);
                match self.ask_by_tcp(by_tcp, address, patience).await {
                    Err(RequestError::Transport(ErrorKind::ConnectionRefused)) => {
                        self.ask(&request, octets, Way::Datagram(address), patience)
                            .await
                    }
                    outcome => outcome,
                }
            }
            Towards::Address {
                transport: Transport::Tcp,
                address,
            } => self.ask_by_tcp(request, address, patience).await,
            Towards::Flow(flow) => {
                let way = self.0.way_over(flow).ok_or(RequestError::FlowGone)?;
                self.0.add_via(&mut request, flow.transport());
                if flow.transport() == Transport::Tcp {
                    request.set_content_length();
                }
                let octets = request.to_bytes();
                self.ask(&request, octets, way, patience).await
            }
        }
    }

    /// The flow to `to`, for [`Towards::Flow`] and for keep-alives; a connection is made where there is none.
    ///
    /// # Errors
    /// [`RequestError::Transport`] where no connection can be made, [`RequestError::FlowGone`] where there is no such
    /// flow, [`RequestError::Overloaded`].
    pub async fn flow_to(&self, to: impl Into<Towards>) -> Result<Flow, RequestError> {
        match to.into() {
            Towards::Address {
                transport: Transport::Udp,
                address,
            } => Ok(Flow::Udp {
                local: self.local_addr(),
                remote: address,
            }),
            Towards::Address {
                transport: Transport::Tcp,
                address,
            } => {
                let connection = self.connection_to(address)?;
                loop {
                    let changed = connection.changed.notified();
                    if let Some(closed) = connection.closed.get() {
                        return Err(RequestError::Transport(closed.kind()));
                    }
                    if let Some(flow) = connection.flow() {
                        return Ok(flow);
                    }
                    changed.await;
                }
            }
            Towards::Flow(flow) => match self.0.way_over(flow) {
                Some(_) => Ok(flow),
                None => Err(RequestError::FlowGone),
            },
        }
    }

    async fn ask_by_tcp(
        &self,
        mut request: Message,
        address: SocketAddr,
        patience: Duration,
    ) -> Result<Message, RequestError> {
        self.0.add_via(&mut request, Transport::Tcp);
        request.set_content_length();
        let connection = self.connection_to(address)?;
        let octets = request.to_bytes();
        self.ask(
            &request,
            octets,
            Way::Connection(connection.number),
            patience,
        )
        .await
    }

    async fn ask(
        &self,
        request: &Message,
        octets: Bytes,
        way: Way,
        patience: Duration,
    ) -> Result<Message, RequestError> {
        let (number, mut answered) = self.0.start_client(request, octets, way)?;
        // Most have all the time there is, and need no timer of their own.
        let answer = match patience {
            Duration::MAX => answered.await,
            patience => match tokio::time::timeout(patience, &mut answered).await {
                Ok(answer) => answer,
                Err(_) if self.0.is_proceeding(number) => answered.await,
                Err(_) => return Err(RequestError::TimedOut),
            },
        };
        let mut response = answer.map_err(|_| RequestError::TimedOut)??;
        response.pop_element(Name::VIA);
        Ok(response)
    }
}

impl<I: Io> Shared<I> {
    fn add_via(&self, request: &mut Message, transport: Transport) {
        let mut octets = [0; 12];
        self.io.fill_random(&mut octets);
        let branch = branch::from_random(octets);
        // RFC 3581 §3 is about datagrams.
        let rport = match transport {
            Transport::Udp => ";rport",
            Transport::Tcp => "",
        };
        let via = format!(
            "SIP/2.0/{transport} {};branch={branch}{rport}",
            self.sent_by
        );
        request.prepend(Name::VIA, &via);
    }

    /// How octets go over `flow`, if it is there still.
    pub(super) fn way_over(&self, flow: Flow) -> Option<Way> {
        match flow {
            Flow::Udp { local, remote } => (local == self.local).then_some(Way::Datagram(remote)),
            Flow::Tcp { connection, .. } => {
                let connections = self.connections.borrow();
                let open = connections.get(connection)?;
                (open.flow() == Some(flow) && open.ending().is_none())
                    .then_some(Way::Connection(connection))
            }
        }
    }

    /// Whether only a provisional response to request `number` has come.
    fn is_proceeding(&self, number: Number) -> bool {
        let transactions = self.transactions.borrow();
        let client = transactions.clients.get(&number);
        client.is_some_and(|client| client.machine.state() == client::State::Proceeding)
    }

    /// Starts the transaction of `request`, whose octets are `octets`.
    pub(super) fn start_client(
        &self,
        request: &Message,
        octets: Bytes,
        way: Way,
    ) -> Result<(Number, Answered), RequestError> {
        let mut transactions = self.transactions.borrow_mut();
        if transactions.len() >= self.settings.max_transactions {
            return Err(RequestError::Overloaded);
        }
        let key =
            ClientKey::of(request).map_err(|_| RequestError::Transport(ErrorKind::InvalidInput))?;
        let now = tokio::time::Instant::now().into_std();
        let (machine, actions) = NonInviteClient::start(way.reliability(), &self.settings.timers);
        let (answer, answered) = oneshot::channel();
        let number = transactions.add_client(Client {
            machine,
            key,
            way,
            request: octets,
            answer: Some(answer),
            settings: TimerSettings::default(),
        });
        if let Way::Connection(connection) = way
            && let Some(connection) = self.connections.borrow().get(connection)
        {
            connection.waiting.borrow_mut().insert(number);
        }
        self.metrics.requests_sent.inc();
        self.metrics.transactions.inc();
        self.client_actions(&mut transactions, number, actions, now, None);
        Ok((number, answered))
    }

    /// The transport failed for these transactions (RFC 3261 §18.4).
    pub(super) fn fail_clients(
        &self,
        numbers: impl IntoIterator<Item = Number>,
        error: RequestError,
    ) {
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = self.transactions.borrow_mut();
        for number in numbers {
            self.finish(&mut transactions, number, Err(error.clone()));
            self.client_input(
                &mut transactions,
                number,
                client::Input::TransportError,
                now,
                None,
            );
        }
    }

    pub(super) fn take_response(&self, response: Message) {
        // RFC 3261 §18.3: a response whose body is cut off MUST be discarded; nor is one passed on that others frame
        // otherwise than we do.
        if let Err(invalid) = sip_message::validate_response(&response) {
            tracing::debug!(reason = %invalid.reason, "response dropped");
            self.metrics.unreadable.inc();
            return;
        }
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

    pub(super) fn client_input(
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
                    let (request, way) = (client.request.clone(), client.way);
                    if let Err(problem) = self.send(&request, way) {
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
                    self.suspect(transactions, number);
                    self.finish(transactions, number, Err(RequestError::TimedOut));
                }
                client::Action::TransportFailed => {}
                client::Action::Terminated => {
                    if let Some(Way::Connection(connection)) = transactions.remove_client(number)
                        && let Some(connection) = self.connections.borrow().get(connection)
                    {
                        connection.waiting.borrow_mut().remove(&number);
                    }
                    self.metrics.transactions.dec();
                }
            }
        }
    }

    /// A connection on which nothing at all came while a request waited out its timer F is of no more use: the next
    /// request to that address gets a new one.
    fn suspect(&self, transactions: &Transactions, number: Number) {
        let Some(Way::Connection(connection)) =
            transactions.clients.get(&number).map(|client| client.way)
        else {
            return;
        };
        let connections = self.connections.borrow();
        if let Some(connection) = connections.get(connection)
            && connection.heard.get().elapsed() >= self.settings.timers.f()
        {
            connection.end(Ending::Now, Closed::Silent);
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
