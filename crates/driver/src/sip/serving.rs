//! Requests that come in: checked, matched to their transactions, answered (RFC 3261 §17.2, §18.2).

use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Instant;

use sip_message::{Message, Method, Name, Status, StreamFault};
use sip_stack::timers::Reliability;
use sip_stack::transaction::key::ServerKey;
use sip_stack::transaction::non_invite_server::{self as server, NonInviteServer};
use sip_stack::{branch, via};

use super::connections::Connection;
use super::endpoint::{Endpoint, Shared};
use super::transactions::{Number, Reply, Server, Timer, TimerSettings, Transactions, Way};
use super::{Flow, Incoming, ServerTransaction};
use crate::io::Io;

/// When who was refused with 503, for our load or because we stop, may ask again: Retry-After in seconds.
pub const RETRY_AFTER_S: u32 = 10;

impl<I: Io> Endpoint<I> {
    /// Takes a request; gives what is to be served, and what its transaction waits for if that takes its time.
    pub(super) fn take_request(
        &self,
        mut request: Message,
        flow: Flow,
    ) -> Option<(Incoming<I>, Begun)> {
        let shared = &*self.0;
        let source = flow.remote();
        let Ok(arrival) = via::arrive(&mut request, source) else {
            shared.metrics.unreadable.inc();
            return None;
        };
        let reply = reply(&arrival, flow);
        if let Err(invalid) = sip_message::validate(&request) {
            tracing::debug!(%source, status = %invalid.status, reason = %invalid.reason, "request refused");
            let response = Message::response_with_reason(&request, invalid.status, invalid.reason);
            shared.refuse(&request, response, reply);
            return None;
        }
        let method = request.method()?;
        if method == Method::ACK {
            // An ACK for a response that was sent without a transaction (RFC 3261 §8.2.7).
            return None;
        }
        let Ok(key) = arrival.key else {
            shared.metrics.unreadable.inc();
            return None;
        };
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = shared.transactions.borrow_mut();
        if let Some(number) = transactions.server_number(&key) {
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
            let is_known = method == Method::CANCEL
                && shared.settings.methods.iter().any(|&cancelled| {
                    ServerKey::cancelled(&request, cancelled)
                        .is_some_and(|key| transactions.server_number(&key).is_some())
                });
            drop(transactions);
            let status = match method {
                // RFC 3261 §9.2: it changes nothing for what is no INVITE, and is answered 200 all the same.
                Method::CANCEL if is_known => Status::OK,
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
            shared.refuse(&request, response, reply);
            return None;
        }
        if transactions.len() >= shared.settings.max_transactions || shared.draining.get() {
            drop(transactions);
            let mut response = Message::response(&request, Status::SERVICE_UNAVAILABLE);
            // RFC 3261 §21.5.4.
            response.append(Name::RETRY_AFTER, &RETRY_AFTER_S.to_string());
            shared.refuse(&request, response, reply);
            return None;
        }
        shared.metrics.requests_received.inc();
        let request = Rc::new(request);
        let (machine, actions) =
            NonInviteServer::start(reply.way.reliability(), &shared.settings.timers);
        let number = transactions.add_server(Server {
            machine,
            key,
            reply,
            request: Some(Rc::clone(&request)),
            response: Box::default(),
            settings: TimerSettings::default(),
        });
        shared.metrics.transactions.inc();
        drop(transactions);
        let incoming = Incoming {
            message: request,
            source,
            flow,
            transaction: ServerTransaction::new(self.clone(), number),
        };
        Some((
            incoming,
            Begun {
                number,
                actions,
                now,
            },
        ))
    }
}

/// A transaction whose request is being served for the first time.
pub(super) struct Begun {
    number: Number,
    /// The timers of its waiting.
    actions: server::Actions,
    now: Instant,
}

/// The way back of the response.
fn reply(arrival: &via::Arrival, flow: Flow) -> Reply {
    match flow {
        Flow::Udp { .. } => Reply {
            way: Way::Datagram(arrival.response_address),
            reconnect: None,
        },
        Flow::Tcp { connection, .. } => Reply {
            way: Way::Connection(connection),
            reconnect: Some(arrival.reconnection_address),
        },
    }
}

impl<I: Io> Shared<I> {
    /// Sets the timers of a transaction that was not answered at once. One that was needs none of them, and they
    /// would lie in their queue for as long as they last.
    pub(super) fn await_response(&self, begun: Begun) {
        let mut transactions = self.transactions.borrow_mut();
        let server = transactions.servers.get(begun.number);
        if server.is_some_and(|server| server.machine.state() == server::State::Trying) {
            self.server_actions(&mut transactions, begun.number, begun.actions, begun.now);
        }
    }

    /// Answers what broke a stream, where that can be answered; the connection is closed after it.
    pub(super) fn answer_fault(&self, connection: &Connection, fault: StreamFault) {
        self.metrics.unreadable.inc();
        let StreamFault::Refused {
            message: mut request,
            invalid,
        } = fault
        else {
            return;
        };
        let Some(flow) = connection.flow() else {
            return;
        };
        if request.method().is_some()
            && let Ok(arrival) = via::arrive(&mut request, flow.remote())
        {
            let reply = reply(&arrival, flow);
            let response = Message::response_with_reason(&request, invalid.status, invalid.reason);
            self.refuse(&request, response, reply);
        }
    }

    /// Answers without a transaction; the To tag is the same for the same request (RFC 3261 §8.2.7).
    fn refuse(&self, request: &Message, mut response: Message, reply: Reply) {
        if request.method() == Some(Method::ACK) {
            return;
        }
        self.metrics.refused.inc();
        response.set_to_tag(&branch::stateless_tag(request));
        // Nobody waits for it; the peer asks again.
        let _lost = self.reply(&response.to_bytes(), reply);
    }

    /// Sends a response: RFC 3261 §18.2.2, over the connection of its request, or else over a new one.
    fn reply(&self, response: &[u8], reply: Reply) -> Result<(), ErrorKind> {
        let (Way::Connection(number), Some(reconnect)) = (reply.way, reply.reconnect) else {
            return self.send(response, reply.way);
        };
        if self.connections.borrow().get(number).is_some() {
            return self.send(response, reply.way);
        }
        let endpoint = self.endpoint().ok_or(ErrorKind::NotConnected)?;
        let connection = endpoint
            .connection_to(reconnect)
            .map_err(|_| ErrorKind::NotConnected)?;
        self.send(response, Way::Connection(connection.number))
    }

    /// `response` as octets, none too many: it is kept until timer J fires.
    fn printed(&self, response: &Message) -> Box<[u8]> {
        let mut printing = self.printing.borrow_mut();
        printing.clear();
        response.print(&mut printing);
        printing[..].into()
    }

    /// The TU's response for server transaction `number`.
    pub(super) fn respond(&self, number: Number, response: &Message) {
        let Some(status) = response.status() else {
            return;
        };
        let now = tokio::time::Instant::now().into_std();
        let mut transactions = self.transactions.borrow_mut();
        let Some(server) = transactions.servers.get_mut(number) else {
            return;
        };
        let actions = server.machine.on(server::Input::Respond(status));
        if actions.contains(&server::Action::Refused) {
            tracing::warn!(%status, "not sent: RFC 4320 forbids it, or the transaction is over");
            return;
        }
        server.response = match server.reply.way {
            // RFC 3261 §18.3: a response that came as a datagram may lack what a connection needs.
            Way::Connection(_) if !response.has_content_length() => {
                let mut response = response.clone();
                response.set_content_length();
                self.printed(&response)
            }
            _ => self.printed(response),
        };
        if !status.is_provisional() {
            server.request = None;
            self.answered.notify_waiters();
        }
        self.metrics.responses_sent.inc();
        self.server_actions(&mut transactions, number, actions, now);
    }

    /// The TU's response for server transaction `number`, which then never was.
    pub(super) fn respond_statelessly(&self, number: Number, response: &Message) {
        let mut transactions = self.transactions.borrow_mut();
        let Some(server) = transactions.servers.get(number) else {
            return;
        };
        // RFC 3261 §8.2.7: a stateless UAS sends no 100; and over a connection nothing is kept anyway.
        let has_waited = server.machine.state() != server::State::Trying;
        if has_waited || server.reply.way.reliability() == Reliability::Reliable {
            drop(transactions);
            return self.respond(number, response);
        }
        let reply = server.reply;
        self.drop_server(&mut transactions, number);
        drop(transactions);
        self.metrics.responses_sent.inc();
        let mut printing = self.printing.borrow_mut();
        printing.clear();
        response.print(&mut printing);
        // A peer that does not get it asks again.
        let _lost = self.reply(&printing, reply);
    }

    fn drop_server(&self, transactions: &mut Transactions, number: Number) {
        transactions.remove_server(number);
        self.metrics.transactions.dec();
        // Somebody drains.
        self.answered.notify_waiters();
    }

    /// The TU has nothing to say (RFC 4320 §4.2): the transaction absorbs retransmissions in silence until it ends.
    pub(super) fn abandon(&self, number: Number) {
        if let Some(server) = self.transactions.borrow_mut().servers.get_mut(number) {
            server.request = None;
            self.answered.notify_waiters();
        }
    }

    pub(super) fn server_input(
        &self,
        transactions: &mut Transactions,
        number: Number,
        input: server::Input,
        now: Instant,
    ) {
        if let Some(server) = transactions.servers.get_mut(number) {
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
                    let Some(server) = transactions.servers.get(number) else {
                        return;
                    };
                    if self.reply(&server.response, server.reply).is_err() {
                        self.server_input(transactions, number, server::Input::TransportError, now);
                    }
                }
                server::Action::SendTrying => {
                    let Some(server) = transactions.servers.get_mut(number) else {
                        return;
                    };
                    let Some(request) = &server.request else {
                        continue;
                    };
                    server.response = self.printed(&Message::response(request, Status::TRYING));
                    let _lost = self.reply(&server.response, server.reply);
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
                server::Action::Terminated => self.drop_server(transactions, number),
            }
        }
    }
}
