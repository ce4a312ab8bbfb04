//! Peers that the network says nobody listens at: who waits for them need not wait out their timers (RFC 3261 §18.4).

use std::io::ErrorKind;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sip_message::Message;
use sip_stack::stun;
use sip_stack::transaction::key::ClientKey;

use super::RequestError;
use super::endpoint::{Endpoint, Shared};
use super::transactions::Way;
use crate::io::{Datagram, Io, Unreachable};

/// How long a socket is left alone whose report could not be taken.
const REPORT_PAUSE: Duration = Duration::from_millis(10);

impl<I: Io> Endpoint<I> {
    /// Takes what the network reports, for ever; ends where the system does not tell of it at all. One report that
    /// cannot be taken is no reason to ask for no other.
    pub(super) async fn watch_unreachable(self) {
        let mut quote = BytesMut::new();
        loop {
            match self.0.socket.unreachable(&mut quote).await {
                Ok(unreachable) => {
                    self.0.take_unreachable(unreachable, quote.split().freeze());
                }
                Err(problem) if problem.kind() == ErrorKind::Unsupported => return,
                Err(problem) => {
                    tracing::debug!(%problem, "a report of the network cannot be taken");
                    quote.clear();
                    // A socket that only fails would take the whole processor.
                    tokio::time::sleep(REPORT_PAUSE).await;
                }
            }
        }
    }
}

impl<I: Io> Shared<I> {
    /// Fails every request that waits on a destination, given proof that the report is about one of them: it quotes our
    /// branch, which nobody off the path can know. Flows, connections and other destinations are left alone.
    fn take_unreachable(&self, Unreachable { to, kind }: Unreachable, quote: Bytes) {
        if let Some(stun::Message::Request(transaction)) = stun::Message::parse(&quote) {
            self.answer_stun(transaction, to, Err(kind));
            return;
        }
        let asked = Message::parse(quote.clone())
            .ok()
            .and_then(|message| ClientKey::of_request(&message).ok());
        let waiting = {
            let transactions = self.transactions.borrow();
            let proven = asked
                .and_then(|key| transactions.client_numbers.get(&key))
                .and_then(|number| transactions.clients.get(number))
                .is_some_and(|client| {
                    client.way == Way::Datagram(to) && client.request.starts_with(&quote)
                });
            if !proven {
                return;
            }
            let mut waiting: Vec<_> = transactions
                .clients
                .iter()
                .filter(|(_, client)| client.way == Way::Datagram(to) && client.answer.is_some())
                .map(|(number, _)| *number)
                .collect();
            waiting.sort_unstable();
            waiting
        };
        tracing::debug!(%to, %kind, requests = waiting.len(), "unreachable");
        self.metrics.unreachable.inc();
        self.fail_clients(waiting, RequestError::Transport(kind));
    }
}
