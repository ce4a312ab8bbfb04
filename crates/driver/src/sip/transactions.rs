//! The transactions of one endpoint: by key for messages, by number for timers.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use sip_message::Message;
use sip_stack::transaction::key::{ClientKey, ServerKey};
use sip_stack::transaction::{non_invite_client, non_invite_server};
use tokio::sync::oneshot;

use super::RequestError;
use crate::hash::{self, KeyedMap};
use crate::io::Io;
use crate::timer_queue::TimerQueue;

/// A transaction's number, never used twice.
pub(super) type Number = u64;

pub(super) struct Server {
    pub(super) machine: non_invite_server::NonInviteServer,
    pub(super) key: ServerKey,
    pub(super) reply_to: SocketAddr,
    /// The request until its final response, for a 100 (RFC 4320 §4.1).
    pub(super) request: Option<Message>,
    /// The last response, sent again on retransmission.
    pub(super) response: Bytes,
}

pub(super) struct Client {
    pub(super) machine: non_invite_client::NonInviteClient,
    pub(super) key: ClientKey,
    pub(super) to: SocketAddr,
    /// The request, until its final response.
    pub(super) request: Bytes,
    pub(super) answer: Option<oneshot::Sender<Result<Message, RequestError>>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Timer {
    Server(Number, non_invite_server::Timer),
    Client(Number, non_invite_client::Timer),
}

pub(super) struct Transactions {
    next: Number,
    pub(super) server_numbers: KeyedMap<ServerKey, Number>,
    pub(super) client_numbers: KeyedMap<ClientKey, Number>,
    pub(super) servers: KeyedMap<Number, Server>,
    pub(super) clients: KeyedMap<Number, Client>,
    pub(super) timers: TimerQueue<Timer>,
}

impl Transactions {
    pub(super) fn new(io: &impl Io) -> Self {
        Self {
            next: 0,
            server_numbers: hash::map(io),
            client_numbers: hash::map(io),
            servers: hash::map(io),
            clients: hash::map(io),
            timers: TimerQueue::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    pub(super) fn add_server(&mut self, server: Server) -> Number {
        self.next += 1;
        self.server_numbers.insert(server.key.clone(), self.next);
        self.servers.insert(self.next, server);
        self.next
    }

    pub(super) fn add_client(&mut self, client: Client) -> Number {
        self.next += 1;
        self.client_numbers.insert(client.key.clone(), self.next);
        self.clients.insert(self.next, client);
        self.next
    }

    pub(super) fn remove_server(&mut self, number: Number) {
        if let Some(server) = self.servers.remove(&number) {
            self.server_numbers.remove(&server.key);
        }
    }

    pub(super) fn remove_client(&mut self, number: Number) {
        if let Some(client) = self.clients.remove(&number) {
            self.client_numbers.remove(&client.key);
        }
    }

    pub(super) fn next_timer(&self) -> Option<Instant> {
        self.timers.next()
    }
}
