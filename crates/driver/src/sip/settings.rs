//! What an endpoint is told.

use std::net::SocketAddr;

use sip_message::Method;
use sip_stack::timers::TimerValues;

/// The most transactions that one endpoint keeps when its settings say nothing else: at 10,000 requests a second
/// and 32 s of timer J that is what is alive. Requests beyond it are answered 503.
pub const DEFAULT_MAX_TRANSACTIONS: usize = 500_000;

/// The settings of an [`Endpoint`](super::Endpoint).
#[derive(Debug, Clone)]
pub struct SipSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// `sent-by` in our Via: how others reach `listen`; the bound address where absent.
    pub sent_by: Option<String>,
    /// RFC 3261 Table 4.
    pub timers: TimerValues,
    /// The methods that the handler takes; others are answered 405 with this list in Allow (RFC 3261 §8.2.1).
    pub methods: &'static [Method<'static>],
    /// The most transactions kept at once.
    pub max_transactions: usize,
}

impl SipSettings {
    /// Listens at `listen`, takes `methods`, and has the standard's timers.
    pub fn new(listen: SocketAddr, methods: &'static [Method<'static>]) -> Self {
        Self {
            listen,
            sent_by: None,
            timers: TimerValues::default(),
            methods,
            max_transactions: DEFAULT_MAX_TRANSACTIONS,
        }
    }
}
