//! SIP over UDP and TCP on one address: transactions driven by the clock, requests in and out as `async` calls.

mod asking;
mod carrying;
mod connections;
mod endpoint;
mod flow;
mod incoming;
mod keep_alive;
mod metrics;
mod numbered;
mod serving;
mod settings;
mod transactions;
mod unreachable;

pub use endpoint::{Endpoint, RequestError};
pub use flow::{ClosedFlows, Towards};
pub use incoming::{Incoming, ServerTransaction};
pub use keep_alive::{DEFAULT_PONG_LIMIT, FlowFailure, STUN_TRIES};
pub use metrics::SipMetrics;
pub use serving::RETRY_AFTER_S;
pub use settings::{
    DEFAULT_CONNECT_LIMIT, DEFAULT_DATAGRAM_LIMIT, DEFAULT_IDLE_LIMIT, DEFAULT_MAX_CONNECTIONS,
    DEFAULT_MAX_TRANSACTIONS, DEFAULT_MAX_UNSENT, DEFAULT_SLOW_LIMIT, SipSettings, StreamSettings,
};
pub use sip_stack::flow::{Flow, Transport};
