//! `[sip]`: where an element listens for SIP, and its timers.

use std::net::SocketAddr;
use std::time::Duration;

use driver::sip::SipSettings;
use serde::{Deserialize, Deserializer};
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
    };
    Ok(section)
}

fn milliseconds(time: Duration) -> Option<u64> {
    u64::try_from(time.as_millis()).ok()
}

/// The longest that a SIP timer value may be.
const LONGEST_MS: u64 = 60_000;

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
        self.values_or(TimerValues::DEFAULT)
    }

    fn values_or(&self, absent: TimerValues) -> TimerValues {
        let or = |value: Option<u64>, absent| value.map_or(absent, Duration::from_millis);
        TimerValues {
            t1: or(self.t1_ms, absent.t1),
            t2: or(self.t2_ms, absent.t2),
            t4: or(self.t4_ms, absent.t4),
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
        let values = self.values();
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
