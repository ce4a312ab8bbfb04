//! The P-CSCF's configuration file.

use std::path::PathBuf;

use process::config::{Check, ConfigFault, DnsSection, NamesSection, SipSection};
use serde::Deserialize;
use sip_message::{PAccessNetworkInfo, TypedHeader};

use crate::SecAgree;

/// `pcscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The network that this P-CSCF stands in: P-Visited-Network-ID and `Type 1` inter-operator identifier.
    pub network: String,
    /// What P-Access-Network-Info says of the access beside what phones say, such as
    /// `3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=001010001000000A`; nothing where absent.
    pub access_network_info: Option<String>,
    /// What becomes of phones that require a security agreement: `refuse` or `strip`.
    #[serde(default)]
    pub sec_agree: SecAgree,
    /// Gm: where phones reach it. Timers are those of a radio access (TS 24.229 §7.7).
    #[serde(deserialize_with = "process::config::towards_phones")]
    pub sip: SipSection,
    /// Mw: where the core reaches it; what comes in there is trusted.
    pub core: SipSection,
    /// The I-CSCF of each home domain that phones may register with: `"home.example" = "ADDRESS:PORT"`.
    #[serde(default)]
    pub names: NamesSection,
    /// Who is asked for the entry of other home domains; without it phones register with those of `[names]` only.
    pub dns: Option<DnsSection>,
    /// How long one entry of a home network may take where there is another to try (RFC 3263 §4.3), in milliseconds;
    /// 4000.
    #[serde(default = "entry_wait")]
    pub entry_wait_ms: u64,
    /// How often a phone that uses outbound is to send keep-alives over TCP, in seconds (Flow-Timer, RFC 5626 §8); it is
    /// cut off when it is silent for 30 seconds more. 120; with 0 it is not told, and not cut off.
    #[serde(default = "flow_timer")]
    pub flow_timer_s: u32,
    /// Where the key of flow tokens is kept, so that the core reaches phones after a restart too, over UDP; it is made
    /// where there is none. Left out: a new key at each start, with which nobody is reached before their next refresh.
    pub flow_key_file: Option<PathBuf>,
}

/// The longest that a phone may be told to be silent, in seconds: a day.
pub const LONGEST_FLOW_TIMER_S: u32 = 86_400;

fn flow_timer() -> u32 {
    120
}

fn entry_wait() -> u64 {
    4_000
}

impl Check for Config {
    fn paths(&mut self) -> Vec<&mut PathBuf> {
        self.flow_key_file.iter_mut().collect()
    }

    fn check(&self) -> Result<(), ConfigFault> {
        process::config::domain("network", &self.network)?;
        if let Some(info) = &self.access_network_info
            && (PAccessNetworkInfo::parse(info).is_err() || info.contains(','))
        {
            return Err(ConfigFault::new(
                "access_network_info",
                format!("{info:?}"),
                "cannot stand in P-Access-Network-Info (RFC 7315 §5.4)",
                "write it as ACCESS-TYPE;PARAMETER=VALUE, or leave it out",
            ));
        }
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.core.check().map_err(|fault| fault.under("core"))?;
        if let Some(dns) = &self.dns {
            dns.check().map_err(|fault| fault.under("dns"))?;
        }
        if self.names.0.is_empty() && self.dns.is_none() {
            return Err(ConfigFault::new(
                "names",
                "",
                "is missing, and [dns] too: no home network could be found",
                "add [names] with \"DOMAIN\" = \"ADDRESS:PORT\" for each home domain, or a [dns] section",
            ));
        }
        if !(1..=64_000).contains(&self.entry_wait_ms) {
            return Err(ConfigFault::new(
                "entry_wait_ms",
                self.entry_wait_ms,
                "not between 1 and 64000 milliseconds",
                "leave it out for 4000, or write a number in that range",
            ));
        }
        if self.flow_timer_s > LONGEST_FLOW_TIMER_S {
            return Err(ConfigFault::new(
                "flow_timer_s",
                self.flow_timer_s,
                format!("more than {LONGEST_FLOW_TIMER_S} seconds, a day"),
                "leave it out for 120, write 0 for no Flow-Timer, or a smaller number",
            ));
        }
        if self
            .flow_key_file
            .as_ref()
            .is_some_and(|file| file.as_os_str().is_empty())
        {
            return Err(ConfigFault::new(
                "flow_key_file",
                "\"\"",
                "names no file",
                "name a file that this process may read and write, or leave it out",
            ));
        }
        if self.core.listen == self.sip.listen && self.core.listen.port() != 0 {
            return Err(ConfigFault::new(
                "core.listen",
                self.core.listen,
                "the address of [sip] too: what phones send could not be told from what the core sends",
                "write another port or another address, one that only the core reaches",
            ));
        }
        Ok(())
    }
}
