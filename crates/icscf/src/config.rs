//! The I-CSCF's configuration file.

use process::config::{
    Check, ConfigFault, DiameterSection, DnsSection, NamesSection, SipSection, TrustedPeers,
};
use serde::Deserialize;

/// Most S-CSCFs that may be listed.
pub const MAX_CANDIDATES: usize = 1_024;
/// Most capabilities that one S-CSCF may be said to have.
pub const MAX_CAPABILITIES: usize = 1_024;
/// Most S-CSCFs that may be tried for one request.
pub const MAX_TRIES: usize = 10;
/// The longest that any of the times may be, in milliseconds: an hour.
pub const LONGEST_MS: u64 = 3_600_000;

/// `icscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where SIP is spoken.
    pub sip: SipSection,
    /// Towards the HSS.
    pub diameter: DiameterSection,
    /// The S-CSCFs to choose from where the HSS names none.
    pub scscf: Vec<Candidate>,
    /// How long an S-CSCF may take where another can be chosen, in milliseconds; 10000: more than it waits for the
    /// HSS, so that one which waits is not taken for dead.
    #[serde(default = "scscf_wait")]
    pub scscf_wait_ms: u64,
    /// How many S-CSCFs may be tried for one request; 3.
    #[serde(default = "scscf_tries")]
    pub scscf_tries: usize,
    /// How long an S-CSCF that did not answer is chosen only where there is no other, in milliseconds; 30000. With 0
    /// every request tries it anew.
    #[serde(default = "scscf_avoid")]
    pub scscf_avoid_ms: u64,
    /// When a request is answered at the latest once the HSS has spoken, in milliseconds; 30000: before the P-CSCF
    /// gives up, which it does after 64 times T1.
    #[serde(default = "answer_within")]
    pub answer_within_ms: u64,
    /// Addresses and networks of the P-CSCFs and other elements of trusted networks (TS 24.229 §5.3.1.2). What anybody
    /// else says that only such a network may say is removed: `integrity-protected`, Path, P-Visited-Network-ID,
    /// P-Charging-Vector, P-Asserted-Identity and others; and they get no keys and no charging data. Left out: this
    /// host alone, by 127.0.0.0/8 and ::1.
    #[serde(default = "TrustedPeers::loopback")]
    pub trusted_peers: TrustedPeers,
    /// Host names known without DNS.
    #[serde(default)]
    pub names: NamesSection,
    /// Who is asked for the others.
    pub dns: Option<DnsSection>,
}

/// One `[[scscf]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Its SIP URI, e.g. `sip:scscf.home.example`.
    pub name: String,
    /// The numbers of the capabilities that it has (TS 29.228 §6.7: their meaning is the operator's).
    #[serde(default)]
    pub capabilities: Vec<u32>,
}

fn scscf_wait() -> u64 {
    10_000
}

fn scscf_tries() -> usize {
    3
}

fn scscf_avoid() -> u64 {
    30_000
}

fn answer_within() -> u64 {
    30_000
}

impl Config {
    fn check_times(&self) -> Result<(), ConfigFault> {
        for (key, value, shortest, default) in [
            ("scscf_wait_ms", self.scscf_wait_ms, 1, scscf_wait()),
            ("scscf_avoid_ms", self.scscf_avoid_ms, 0, scscf_avoid()),
            (
                "answer_within_ms",
                self.answer_within_ms,
                1,
                answer_within(),
            ),
        ] {
            if !(shortest..=LONGEST_MS).contains(&value) {
                return Err(ConfigFault::new(
                    key,
                    value,
                    format!("not between {shortest} and {LONGEST_MS} milliseconds"),
                    format!("leave it out for {default}, or write a number in that range"),
                ));
            }
        }
        if !(1..=MAX_TRIES).contains(&self.scscf_tries) {
            return Err(ConfigFault::new(
                "scscf_tries",
                self.scscf_tries,
                format!("not between 1 and {MAX_TRIES}"),
                format!(
                    "leave it out for {}, or write a number in that range",
                    scscf_tries()
                ),
            ));
        }
        Ok(())
    }

    fn check_candidates(&self) -> Result<(), ConfigFault> {
        if self.scscf.is_empty() {
            return Err(ConfigFault::new(
                "scscf",
                "[]",
                "there is no S-CSCF to choose",
                "add [[scscf]] with name = \"sip:HOST\"",
            ));
        }
        if self.scscf.len() > MAX_CANDIDATES {
            return Err(ConfigFault::new(
                "scscf",
                self.scscf.len(),
                format!("more than {MAX_CANDIDATES} S-CSCFs"),
                "list fewer",
            ));
        }
        for (number, candidate) in self.scscf.iter().enumerate() {
            let key = format!("scscf[{number}].name");
            process::config::sip_uri(&key, &candidate.name)?;
            if self
                .scscf
                .iter()
                .take(number)
                .any(|other| other.name == candidate.name)
            {
                return Err(ConfigFault::new(
                    key,
                    &candidate.name,
                    "listed twice",
                    "leave one of the two out",
                ));
            }
            if candidate.capabilities.len() > MAX_CAPABILITIES {
                return Err(ConfigFault::new(
                    format!("scscf[{number}].capabilities"),
                    candidate.capabilities.len(),
                    format!("more than {MAX_CAPABILITIES} capabilities"),
                    "list fewer",
                ));
            }
        }
        Ok(())
    }
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))?;
        if let Some(dns) = &self.dns {
            dns.check().map_err(|fault| fault.under("dns"))?;
        }
        self.check_times()?;
        self.check_candidates()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(more: &str) -> Result<(), ConfigFault> {
        let text = format!(
            "{more}\n[sip]\nlisten = \"127.0.0.4:5060\"\n[diameter]\nidentity = \"icscf.home.example\"\n\
             realm = \"home.example\"\n[[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"127.0.0.6:3868\"\n\
             [[scscf]]\nname = \"sip:one.home.example\"\n[[scscf]]\nname = \"sip:two.home.example\"\n"
        );
        toml::from_str::<Config>(&text).expect("known keys").check()
    }

    #[test]
    fn ranges() {
        assert_eq!(check(""), Ok(()));
        for good in [
            "scscf_wait_ms = 1",
            "scscf_avoid_ms = 0",
            "answer_within_ms = 3600000",
            "scscf_tries = 10",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, key) in [
            ("scscf_wait_ms = 0", "scscf_wait_ms"),
            ("scscf_wait_ms = 3600001", "scscf_wait_ms"),
            ("scscf_avoid_ms = 3600001", "scscf_avoid_ms"),
            ("answer_within_ms = 0", "answer_within_ms"),
            ("scscf_tries = 0", "scscf_tries"),
            ("scscf_tries = 11", "scscf_tries"),
        ] {
            assert_eq!(check(bad).unwrap_err().key, key, "{bad}");
        }
    }

    #[test]
    fn candidates() {
        let with = |scscf: Vec<Candidate>| {
            let text = "[sip]\nlisten = \"127.0.0.4:5060\"\n[diameter]\nidentity = \"i.home.example\"\n\
                        realm = \"home.example\"\n[[diameter.peer]]\nidentity = \"hss.home.example\"\n\
                        address = \"127.0.0.6:3868\"\n[[scscf]]\nname = \"sip:one\"\n";
            let mut config: Config = toml::from_str(text).expect("known keys");
            config.scscf = scscf;
            config.check().map_err(|fault| fault.key)
        };
        let candidate = |number: usize| Candidate {
            name: format!("sip:s{number}.home.example"),
            capabilities: Vec::new(),
        };
        assert_eq!(with((0..MAX_CANDIDATES).map(candidate).collect()), Ok(()));
        let many = (0..=MAX_CANDIDATES).map(candidate).collect();
        assert_eq!(with(many), Err("scscf".to_owned()));
        assert_eq!(with(Vec::new()), Err("scscf".to_owned()));
        let twice = vec![candidate(1), candidate(1)];
        assert_eq!(with(twice), Err("scscf[1].name".to_owned()));
        let mut able = candidate(1);
        able.capabilities = vec![1; MAX_CAPABILITIES + 1];
        assert_eq!(with(vec![able]), Err("scscf[0].capabilities".to_owned()));
    }
}
