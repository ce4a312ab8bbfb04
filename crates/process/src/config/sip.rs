//! `[sip]`: where an element listens for SIP, and its timers.

use std::net::SocketAddr;
use std::time::Duration;

use driver::sip::{DEFAULT_DATAGRAM_LIMIT, SipSettings};
use serde::{Deserialize, Deserializer};
use sip_message::{Method, TypedHeader, Via};
use sip_stack::timers::{OwnValues, TimerValues};

use super::{Check, ConfigFault, SipConnectionsSection};
use crate::shard::Shard;

/// `[sip]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipSection {
    /// ADDRESS:PORT for SIP over UDP and TCP.
    pub listen: SocketAddr,
    /// `HOST[:PORT]` in our Via; none: `listen`, which then is no wildcard.
    pub sent_by: Option<String>,
    /// `HOST[:PORT]` by which others know this element too: a Route that names one of them is its own (RFC 3261 §16.4).
    #[serde(default)]
    pub own_names: Vec<String>,
    /// The longest request in octets that goes by UDP; a longer one goes by TCP (RFC 3261 §18.1.1); 1300.
    #[serde(default = "datagram_limit")]
    pub datagram_limit: usize,
    /// `[sip.connections]`.
    #[serde(default)]
    pub connections: SipConnectionsSection,
    /// `[sip.timers]`.
    #[serde(default)]
    pub timers: SipTimersSection,
    /// Other shards listen there too: not a key, it follows from `threads`.
    #[serde(skip)]
    pub reuse_port: bool,
}

/// `[sip.timers]`: the values that all SIP timers follow from (RFC 3261 §17.1.1.1, table 4).
///
/// What is left out is of RFC 3261, and towards phones ([`towards_phones`]) of TS 24.229 §7.7.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SipTimersSection {
    /// Round-trip estimate, in milliseconds; 500, towards phones 2000.
    pub t1_ms: Option<u64>,
    /// Longest interval between retransmissions, in milliseconds; 4000, towards phones 16000.
    pub t2_ms: Option<u64>,
    /// How long a message stays in the network, in milliseconds; 5000, towards phones 17000.
    pub t4_ms: Option<u64>,
    /// Timer B, the time-out of an INVITE, in milliseconds; 64 T1.
    pub b_ms: Option<u64>,
    /// Timer F, the time-out of every other request, in milliseconds; 64 T1.
    pub f_ms: Option<u64>,
    /// Timer J, how long repetitions of an answered request are absorbed over UDP, in milliseconds; 64 T1.
    pub j_ms: Option<u64>,
    /// Timer K, how long repetitions of a final response are absorbed over UDP, in milliseconds; T4.
    pub k_ms: Option<u64>,
}

/// Reads a [`SipSection`] for the radio side of a phone and its P-CSCF, for `#[serde(deserialize_with = …)]`.
///
/// # Errors
/// What reading a [`SipSection`] says.
pub fn towards_phones<'de, D: Deserializer<'de>>(section: D) -> Result<SipSection, D::Error> {
    let mut section = SipSection::deserialize(section)?;
    let values = section.timers.values_or(TimerValues::RADIO);
    section.timers = SipTimersSection {
        t1_ms: milliseconds(values.t1),
        t2_ms: milliseconds(values.t2),
        t4_ms: milliseconds(values.t4),
        ..section.timers
    };
    Ok(section)
}

fn milliseconds(time: Duration) -> Option<u64> {
    u64::try_from(time.as_millis()).ok()
}

/// The longest that T1, T2 and T4 may be.
const LONGEST_MS: u64 = 60_000;
/// The longest that another SIP timer may be.
const LONGEST_DERIVED_MS: u64 = 64 * LONGEST_MS;

impl SipSection {
    /// That of `shard`, under `key`: the ports of `listen` and `sent_by` count on.
    ///
    /// # Errors
    /// There are not so many ports.
    pub fn of_shard(&self, key: &str, shard: Shard) -> Result<Self, ConfigFault> {
        let under = |name| format!("{key}.{name}");
        let mut own = self.clone();
        own.listen = shard.address(&under("listen"), self.listen)?;
        if let Some(sent_by) = &self.sent_by {
            own.sent_by = Some(shard.sent_by(&under("sent_by"), sent_by)?);
        }
        Ok(own)
    }

    /// What an endpoint is told that takes `methods`.
    pub fn settings(&self, methods: &'static [Method<'static>]) -> SipSettings {
        SipSettings {
            sent_by: self.sent_by.clone(),
            own_names: self.own_names.clone(),
            datagram_limit: self.datagram_limit,
            streams: self.connections.settings(),
            timers: self.timers.values(),
            reuse_port: self.reuse_port,
            ..SipSettings::new(self.listen, methods)
        }
    }
}

impl SipTimersSection {
    /// The values as the stack takes them.
    pub fn values(&self) -> TimerValues {
        self.values_or(TimerValues::DEFAULT)
    }

    fn values_or(&self, absent: TimerValues) -> TimerValues {
        let or = |value: Option<u64>, absent| value.map_or(absent, Duration::from_millis);
        TimerValues {
            t1: or(self.t1_ms, absent.t1),
            t2: or(self.t2_ms, absent.t2),
            t4: or(self.t4_ms, absent.t4),
            own: OwnValues {
                b: self.b_ms.map(Duration::from_millis),
                f: self.f_ms.map(Duration::from_millis),
                j: self.j_ms.map(Duration::from_millis),
                k: self.k_ms.map(Duration::from_millis),
            },
        }
    }
}

/// The longest datagram of UDP over IPv4.
const LONGEST_DATAGRAM: usize = 65_507;

fn datagram_limit() -> usize {
    DEFAULT_DATAGRAM_LIMIT
}

impl Check for SipSection {
    fn check(&self) -> Result<(), ConfigFault> {
        match &self.sent_by {
            None if self.listen.ip().is_unspecified() => {
                return Err(ConfigFault::new(
                    "listen",
                    self.listen,
                    "a wildcard, which nobody can answer to".to_owned(),
                    "add `sent_by = \"HOST:PORT\"`, as others reach this element, or listen on one address",
                ));
            }
            Some(sent_by) if !is_sent_by(sent_by) => {
                return Err(ConfigFault::new(
                    "sent_by",
                    sent_by,
                    "not a name or an address, with or without a port".to_owned(),
                    "write HOST or HOST:PORT, an IPv6 address in brackets",
                ));
            }
            _ => {}
        }
        if let Some(name) = self.own_names.iter().find(|name| !is_sent_by(name)) {
            return Err(ConfigFault::new(
                "own_names",
                format!("{name:?}"),
                "not a name or an address, with or without a port".to_owned(),
                "write HOST or HOST:PORT, an IPv6 address in brackets",
            ));
        }
        if self.datagram_limit > LONGEST_DATAGRAM {
            return Err(ConfigFault::new(
                "datagram_limit",
                self.datagram_limit,
                format!("more than {LONGEST_DATAGRAM}, the longest datagram"),
                "leave it out for the value of RFC 3261, or write a smaller number",
            ));
        }
        self.connections
            .check()
            .map_err(|fault| fault.under("connections"))?;
        self.timers.check().map_err(|fault| fault.under("timers"))
    }
}

/// `sent-by` of RFC 3261 §25.1.
fn is_sent_by(text: &str) -> bool {
    let via = format!("SIP/2.0/UDP {text}");
    !text.contains([';', ',', ' ', '\r', '\n']) && Via::parse(&via).is_ok()
}

impl Check for SipTimersSection {
    fn check(&self) -> Result<(), ConfigFault> {
        for (key, value) in [
            ("t1_ms", self.t1_ms),
            ("t2_ms", self.t2_ms),
            ("t4_ms", self.t4_ms),
        ] {
            if let Some(value) = value
                && !(1..=LONGEST_MS).contains(&value)
            {
                return Err(ConfigFault::new(
                    key,
                    value,
                    format!("not between 1 and {LONGEST_MS} milliseconds"),
                    "leave it out for the value of RFC 3261, or write a number in that range",
                ));
            }
        }
        for (key, value) in [
            ("b_ms", self.b_ms),
            ("f_ms", self.f_ms),
            ("j_ms", self.j_ms),
            ("k_ms", self.k_ms),
        ] {
            if let Some(value) = value
                && !(1..=LONGEST_DERIVED_MS).contains(&value)
            {
                return Err(ConfigFault::new(
                    key,
                    value,
                    format!("not between 1 and {LONGEST_DERIVED_MS} milliseconds"),
                    "leave it out for what RFC 3261 derives from t1_ms and t4_ms, or write a number in that range",
                ));
            }
        }
        let values = self.values();
        for (key, value) in [("b_ms", values.b()), ("f_ms", values.f())] {
            if value <= values.t1 {
                return Err(ConfigFault::new(
                    key,
                    value.as_millis(),
                    format!("not more than t1_ms, which is {}", values.t1.as_millis()),
                    "a request would end before it was sent twice: write a greater number, or leave it out",
                ));
            }
        }
        if values.t2 < values.t1 {
            return Err(ConfigFault::new(
                "t2_ms",
                values.t2.as_millis(),
                format!("smaller than t1_ms, which is {}", values.t1.as_millis()),
                "retransmissions double from t1_ms up to t2_ms: write a t2_ms that is not smaller",
            ));
        }
        Ok(())
    }
}
