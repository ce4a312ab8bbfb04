//! A request that came in, and the transaction to answer it through.

use std::net::SocketAddr;
use std::rc::Rc;

use sip_message::{Message, Name};
use tracing::Span;

use super::transactions::Number;
use super::{Endpoint, Flow};
use crate::io::Io;

/// A new request: valid by `sip_message::validate`, its top Via stamped with its source.
pub struct Incoming<I: Io> {
    /// The request.
    pub message: Rc<Message>,
    /// Where it came from.
    pub source: SocketAddr,
    /// The way it came: what is sent over it reaches the same peer.
    pub flow: Flow,
    /// The way to answer it.
    pub transaction: ServerTransaction<I>,
}

impl<I: Io> Incoming<I> {
    /// The span of its transaction, for logs at level debug.
    pub(super) fn span(&self) -> Span {
        let text = |name| self.message.header(name).unwrap_or_default();
        tracing::debug_span!(
            "sip",
            source = %self.source,
            method = %self.message.method().map_or("", |method| method.as_str()),
            call_id = %text(Name::CALL_ID),
            cseq = %text(Name::CSEQ),
        )
    }
}

/// A server transaction that waits for its final response; dropped without one, it ends in silence.
pub struct ServerTransaction<I: Io> {
    endpoint: Endpoint<I>,
    number: Number,
}

impl<I: Io> ServerTransaction<I> {
    pub(super) fn new(endpoint: Endpoint<I>, number: Number) -> Self {
        Self { endpoint, number }
    }

    /// Sends the final response.
    pub fn respond(self, response: &Message) {
        self.endpoint.0.respond(self.number, response);
    }

    /// Sends a final response of which nothing is kept, as a stateless UAS does it (RFC 3261 §8.2.7): should the
    /// request come again, it is served again. For challenges of requests without credentials, whose To tag is
    /// [`stateless_tag`](sip_stack::branch::stateless_tag).
    pub fn respond_statelessly(self, response: &Message) {
        self.endpoint.0.respond_statelessly(self.number, response);
    }
}

impl<I: Io> Drop for ServerTransaction<I> {
    fn drop(&mut self) {
        self.endpoint.0.abandon(self.number);
    }
}
