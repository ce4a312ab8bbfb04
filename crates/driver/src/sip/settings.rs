//! What an endpoint is told.

use std::net::SocketAddr;
use std::time::Duration;

use sip_message::Method;
use sip_stack::timers::TimerValues;

/// The most transactions that one endpoint keeps when its settings say nothing else: at 10,000 requests a second
/// and 32 s of timer J that is what is alive. Requests beyond it are answered 503.
pub const DEFAULT_MAX_TRANSACTIONS: usize = 500_000;

/// The longest request, in octets, that goes by UDP where the path MTU is not known (RFC 3261 §18.1.1).
pub const DEFAULT_DATAGRAM_LIMIT: usize = 1_300;

/// The most connections that are accepted, and the most that are opened, unless the settings say otherwise; a
/// connection beyond it is closed at once.
pub const DEFAULT_MAX_CONNECTIONS: usize = 16_384;

/// How long a connection is kept on which nothing is said: longer than any transaction (RFC 3261 §18), and than the
/// keep-alives of a phone.
pub const DEFAULT_IDLE_LIMIT: Duration = Duration::from_secs(3_600);

/// How long a message may take from its first octet to its last, a new connection until its first message, and a peer
/// until it reads what we send; then the connection is closed.
pub const DEFAULT_SLOW_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection may take to be made.
pub const DEFAULT_CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Octets that wait to be written to one connection before it is closed; from half of it on, nothing more is read.
pub const DEFAULT_MAX_UNSENT: usize = 1 << 20;

/// The settings of an [`Endpoint`](super::Endpoint).
#[derive(Debug, Clone)]
pub struct SipSettings {
    /// Where to listen, for UDP and TCP alike.
    pub listen: SocketAddr,
    /// Whether other shards listen there too (`SO_REUSEPORT`).
    pub reuse_port: bool,
    /// `sent-by` in our Via: how others reach `listen`; the bound address where absent, which then is no wildcard.
    ///
    /// Where the system chooses the port of `listen`, that port stands in it.
    pub sent_by: Option<String>,
    /// Other names by which Routes name us, `HOST[:PORT]`.
    pub own_names: Vec<String>,
    /// RFC 3261 Table 4.
    pub timers: TimerValues,
    /// The methods that the handler takes; others are answered 405 with this list in Allow (RFC 3261 §8.2.1).
    pub methods: &'static [Method<'static>],
    /// The most transactions kept at once.
    pub max_transactions: usize,
    /// The longest request in octets that goes by UDP; a longer one goes by TCP (RFC 3261 §18.1.1).
    pub datagram_limit: usize,
    /// The limits of connections.
    pub streams: StreamSettings,
}

/// The limits of TCP connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamSettings {
    /// The most that are accepted, and the most that are opened.
    pub max_connections: usize,
    /// How long one is kept on which nothing is said.
    pub idle: Duration,
    /// How long a message may take to come, and what we send to be taken.
    pub slow: Duration,
    /// How long one may take to be made.
    pub connect: Duration,
    /// How long the answer to a ping of ours may take.
    pub pong: Duration,
    /// The longest body, octets; a longer one is answered 413.
    pub max_body: usize,
    /// Octets that may wait to be written.
    pub max_unsent: usize,
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self {
            max_connections: DEFAULT_MAX_CONNECTIONS,
            idle: DEFAULT_IDLE_LIMIT,
            slow: DEFAULT_SLOW_LIMIT,
            connect: DEFAULT_CONNECT_LIMIT,
            pong: super::DEFAULT_PONG_LIMIT,
            max_body: sip_message::DEFAULT_MAX_BODY,
            max_unsent: DEFAULT_MAX_UNSENT,
        }
    }
}

impl SipSettings {
    /// Listens at `listen`, takes `methods`, and has the standard's timers.
    pub fn new(listen: SocketAddr, methods: &'static [Method<'static>]) -> Self {
        Self {
            listen,
            reuse_port: false,
            sent_by: None,
            own_names: Vec::new(),
            timers: TimerValues::default(),
            methods,
            max_transactions: DEFAULT_MAX_TRANSACTIONS,
            datagram_limit: DEFAULT_DATAGRAM_LIMIT,
            streams: StreamSettings::default(),
        }
    }
}
