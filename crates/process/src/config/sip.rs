//! `[sip]`: where an element listens for SIP, and its timers.

use std::net::SocketAddr;
use std::time::Duration;

use driver::sip::SipSettings;
use serde::Deserialize;
use sip_message::Method;
use sip_stack::timers::TimerValues;

use super::{Check, ConfigFault};

/// `[sip]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SipSection {
    /// ADDRESS:PORT for SIP over UDP.
    pub listen: SocketAddr,
    /// `[sip.timers]`.
    #[serde(default)]
    pub timers: SipTimersSection,
}

/// `[sip.timers]`: the values that all SIP timers follow from (RFC 3261 §17.1.1.1, table 4).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SipTimersSection {
    /// Round-trip estimate, in milliseconds; 500.
    pub t1_ms: u64,
    /// Longest interval between retransmissions, in milliseconds; 4000.
    pub t2_ms: u64,
    /// How long a message stays in the network, in milliseconds; 5000.
    pub t4_ms: u64,
}

/// The longest that a SIP timer value may be.
const LONGEST_MS: u64 = 60_000;

impl Default for SipTimersSection {
    fn default() -> Self {
        Self {
            t1_ms: 500,
            t2_ms: 4_000,
            t4_ms: 5_000,
        }
    }
}

impl SipSection {
    /// What an endpoint is told that takes `methods`.
    pub fn settings(&self, methods: &'static [Method<'static>]) -> SipSettings {
        SipSettings {
            timers: self.timers.values(),
            ..SipSettings::new(self.listen, methods)
        }
    }
}

impl SipTimersSection {
    /// The values as the stack takes them.
    pub fn values(&self) -> TimerValues {
        TimerValues {
            t1: Duration::from_millis(self.t1_ms),
            t2: Duration::from_millis(self.t2_ms),
            t4: Duration::from_millis(self.t4_ms),
        }
    }
}

impl Check for SipSection {
    fn check(&self) -> Result<(), ConfigFault> {
        self.timers.check().map_err(|fault| fault.under("timers"))
    }
}

impl Check for SipTimersSection {
    fn check(&self) -> Result<(), ConfigFault> {
        for (key, value) in [
            ("t1_ms", self.t1_ms),
            ("t2_ms", self.t2_ms),
            ("t4_ms", self.t4_ms),
        ] {
            if !(1..=LONGEST_MS).contains(&value) {
                return Err(ConfigFault::new(
                    key,
                    value,
                    format!("not between 1 and {LONGEST_MS} milliseconds"),
                    "leave it out for the value of RFC 3261, or write a number in that range",
                ));
            }
        }
        if self.t2_ms < self.t1_ms {
            return Err(ConfigFault::new(
                "t2_ms",
                self.t2_ms,
                format!("smaller than t1_ms, which is {}", self.t1_ms),
                "retransmissions double from t1_ms up to t2_ms: write a t2_ms that is not smaller",
            ));
        }
        Ok(())
    }
}
