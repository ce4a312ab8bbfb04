//! SIP over one UDP socket: transactions driven by the clock, requests in and out as `async` calls.

mod asking;
mod endpoint;
mod flow;
mod incoming;
mod metrics;
mod serving;
mod settings;
mod transactions;

pub use endpoint::{Endpoint, RequestError};
pub use flow::{ClosedFlows, Flow, Towards, Transport};
pub use incoming::{Incoming, ServerTransaction};
pub use metrics::SipMetrics;
pub use settings::{DEFAULT_MAX_TRANSACTIONS, SipSettings};
