//! Requests that go out, and what becomes of them (RFC 3261 §17.1, §18.1.2).

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use sip_message::{Message, Status};
use sip_stack::timers::Reliability;
use sip_stack::transaction::key::ClientKey;
use sip_stack::transaction::non_invite_client::{self as client, NonInviteClient};
use tokio::sync::oneshot;

use super::RequestError;
use super::endpoint::Shared;
use super::transactions::{Client, Number, Timer, TimerSettings, Transactions};
use crate::io::Io;

impl<I: Io> Shared<I> {
    pub(super) fn start_client(
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

    pub(super) fn take_response(&self, response: Message) {
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
