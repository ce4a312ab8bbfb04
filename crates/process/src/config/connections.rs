//! `[sip.connections]`: the limits of SIP over TCP.

use std::time::Duration;

use driver::sip::StreamSettings;
use serde::Deserialize;

use super::{Check, ConfigFault};

/// `[sip.connections]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SipConnectionsSection {
    /// The most that are accepted, and the most that are opened; 16384.
    pub max: usize,
    /// How long one is kept on which nothing is said, in milliseconds; 3600000.
    pub idle_ms: u64,
    /// How long a message may take to come, and what we send to be taken, in milliseconds; 10000.
    pub slow_ms: u64,
    /// How long one may take to be made, in milliseconds; 5000.
    pub connect_ms: u64,
    /// How long the answer to a ping of ours may take, in milliseconds; 10000.
    pub pong_ms: u64,
    /// The longest body, in octets; 262144.
    pub max_body: usize,
    /// Octets that may wait to be written to one; 1048576.
    pub max_unsent: usize,
}

/// The longest that one of these times may be: a week.
const LONGEST_MS: u64 = 7 * 24 * 3_600_000;
/// The most connections that may be asked for.
const MOST_CONNECTIONS: usize = 1_000_000;
/// The most octets of a body, and that may wait to be written.
const MOST_OCTETS: usize = 1 << 26;

impl Default for SipConnectionsSection {
    fn default() -> Self {
        let of = StreamSettings::default();
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(LONGEST_MS);
        Self {
            max: of.max_connections,
            idle_ms: milliseconds(of.idle),
            slow_ms: milliseconds(of.slow),
            connect_ms: milliseconds(of.connect),
            pong_ms: milliseconds(of.pong),
            max_body: of.max_body,
            max_unsent: of.max_unsent,
        }
    }
}

impl SipConnectionsSection {
    /// The limits as the driver takes them.
    pub fn settings(&self) -> StreamSettings {
        StreamSettings {
            max_connections: self.max,
            idle: Duration::from_millis(self.idle_ms),
            slow: Duration::from_millis(self.slow_ms),
            connect: Duration::from_millis(self.connect_ms),
            pong: Duration::from_millis(self.pong_ms),
            max_body: self.max_body,
            max_unsent: self.max_unsent,
        }
    }
}

impl Check for SipConnectionsSection {
    fn check(&self) -> Result<(), ConfigFault> {
        for (key, value) in [
            ("idle_ms", self.idle_ms),
            ("slow_ms", self.slow_ms),
            ("connect_ms", self.connect_ms),
            ("pong_ms", self.pong_ms),
        ] {
            if !(1..=LONGEST_MS).contains(&value) {
                return Err(ConfigFault::new(
                    key,
                    value,
                    format!("not between 1 and {LONGEST_MS} milliseconds, a week"),
                    "leave it out for the default, or write a number in that range",
                ));
            }
        }
        for (key, value, least, most) in [
            ("max", self.max, 1, MOST_CONNECTIONS),
            ("max_body", self.max_body, 0, MOST_OCTETS),
            ("max_unsent", self.max_unsent, 65_536, MOST_OCTETS),
        ] {
            if !(least..=most).contains(&value) {
                return Err(ConfigFault::new(
                    key,
                    value,
                    format!("not between {least} and {most}"),
                    "leave it out for the default, or write a number in that range",
                ));
            }
        }
        Ok(())
    }
}
