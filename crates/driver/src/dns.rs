//! Questions to the DNS and their answers, as far as RFC 3263 asks them.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use thiserror::Error;

/// Records of one answer that are read; more are passed over.
pub const MAX_RECORDS: usize = 64;

/// How the DNS is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsSettings {
    /// Who is asked.
    pub servers: Servers,
    /// How long one server has for one question.
    pub timeout: Duration,
    /// How often a question is asked again that got no answer.
    pub retries: usize,
}

/// The DNS servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Servers {
    /// Those of the host (`/etc/resolv.conf`).
    System,
    /// These, in this order.
    These(Vec<SocketAddr>),
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordType {
    /// Services of a domain (RFC 3403).
    Naptr,
    /// Servers of a service (RFC 2782).
    Srv,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
}

/// One record of an answer; domain names have no final dot, but `.` stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// RFC 3403 §4.1.
    Naptr(Naptr),
    /// RFC 2782.
    Srv(Srv),
    /// A or AAAA.
    Address(IpAddr),
}

/// A NAPTR record (RFC 3403 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naptr {
    /// Lower ones first, without exception.
    pub order: u16,
    /// Lower ones first among equal orders.
    pub preference: u16,
    /// `s`: an SRV record follows.
    pub flags: String,
    /// Such as `SIP+D2U`.
    pub services: String,
    /// Empty in what SIP uses.
    pub regexp: String,
    /// The domain of the SRV record.
    pub replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// Lower ones first.
    pub priority: u16,
    /// The share among equal priorities.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; `.` where the service is decidedly not there.
    pub target: String,
}

/// What the DNS says to one question; no records where there are none of that type, or no such name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The records of the type asked for, in the order of the answer.
    pub records: Vec<Record>,
    /// How long it holds.
    pub ttl: Duration,
}

impl Answer {
    /// `addresses` for `ttl`.
    pub fn of_addresses<A: Into<IpAddr>>(
        addresses: impl IntoIterator<Item = A>,
        ttl: Duration,
    ) -> Self {
        let addresses = addresses.into_iter().map(Into::into);
        Self {
            records: addresses.map(Record::Address).collect(),
            ttl,
        }
    }
}

impl From<Ipv4Addr> for Record {
    fn from(address: Ipv4Addr) -> Self {
        Self::Address(address.into())
    }
}

impl From<Ipv6Addr> for Record {
    fn from(address: Ipv6Addr) -> Self {
        Self::Address(address.into())
    }
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DnsError {
    /// No server answered in time.
    #[error("no DNS server answered in time")]
    TimedOut,
    /// The servers refuse or fail.
    #[error("the DNS servers fail: {0}")]
    Failed(String),
}

/// Asks the DNS.
pub trait Resolver: 'static {
    /// Asks for the records of `name`, a domain name without final dot; nothing is remembered.
    ///
    /// # Errors
    /// [`DnsError`], in bounded time.
    fn ask(
        &self,
        name: &str,
        record_type: RecordType,
    ) -> impl Future<Output = Result<Answer, DnsError>>;
}
