//! The HSS's configuration file.

use std::path::PathBuf;
use std::time::Duration;

use process::config::{Admit, Check, ConfigFault, DiameterSection};
use serde::Deserialize;

use crate::courier::Patience;
use crate::policy::{Policy, Restoration, ServerNameStorage, Unanswered};
use crate::scscf_pool::{KnownScscf, ScscfPool};

/// `hss.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The subscriber file (see [`crate::subscriber_file`]), read at start; a relative path is beside this file.
    #[serde(default = "subscribers")]
    pub subscribers: PathBuf,
    /// The SQLite file, made where it is not there, a relative path beside this file; `:memory:` forgets all when the
    /// process ends.
    #[serde(default = "database")]
    pub database: PathBuf,
    /// S-CSCF restoration: `never`, `negotiated` (with peers that list it), `always`.
    #[serde(default)]
    pub restoration: Restoration,
    /// Deregistrations that ask to keep the S-CSCF's name: `keep` it or `forget` it.
    #[serde(default)]
    pub server_name: ServerNameStorage,
    /// `[[scscf]]`: S-CSCFs over which users are spread; none: I-CSCFs choose by capabilities alone.
    #[serde(default)]
    pub scscf: Vec<KnownScscf>,
    /// RTR and PPR.
    #[serde(default)]
    pub notices: NoticesSection,
    /// Towards I-CSCF and S-CSCF.
    pub diameter: DiameterSection,
}

/// `[notices]`: how RTR and PPR are brought to S-CSCFs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticesSection {
    /// How often one is sent before it is given up; 5.
    pub attempts: u32,
    /// The pause between attempts, in milliseconds; 10 000.
    pub pause_ms: u64,
    /// What an RTR that is given up comes to: `clear` the registration, or `keep` it.
    pub unanswered: Unanswered,
}

/// Most attempts.
const MAX_ATTEMPTS: u32 = 100;
/// The longest pause, in milliseconds.
const MAX_PAUSE_MS: u64 = 3_600_000;

impl Default for NoticesSection {
    fn default() -> Self {
        Self {
            attempts: 5,
            pause_ms: 10_000,
            unanswered: Unanswered::default(),
        }
    }
}

impl NoticesSection {
    pub(crate) fn patience(&self) -> Patience {
        Patience {
            attempts: self.attempts,
            pause: Duration::from_millis(self.pause_ms),
            unanswered: self.unanswered,
        }
    }

    fn check(&self) -> Result<(), ConfigFault> {
        if !(1..=MAX_ATTEMPTS).contains(&self.attempts) {
            return Err(ConfigFault::new(
                "attempts",
                self.attempts.to_string(),
                "is no number of attempts",
                format!("write 1 to {MAX_ATTEMPTS}, or leave it out for 5"),
            ));
        }
        if self.pause_ms > MAX_PAUSE_MS {
            return Err(ConfigFault::new(
                "pause_ms",
                self.pause_ms.to_string(),
                "is longer than an hour",
                format!("write up to {MAX_PAUSE_MS} milliseconds, or leave it out for 10 seconds"),
            ));
        }
        Ok(())
    }
}

fn subscribers() -> PathBuf {
    PathBuf::from("subscribers.json")
}

fn database() -> PathBuf {
    PathBuf::from("hss.sqlite3")
}

impl Config {
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            restoration: self.restoration,
            server_name: self.server_name,
            scscfs: ScscfPool::new(&self.scscf, &self.diameter.realm),
        }
    }
}

impl Check for Config {
    fn paths(&mut self) -> Vec<&mut PathBuf> {
        let in_memory = self.database.as_os_str() == ":memory:";
        let database = (!in_memory).then_some(&mut self.database);
        [&mut self.subscribers]
            .into_iter()
            .chain(database)
            .collect()
    }

    fn check(&self) -> Result<(), ConfigFault> {
        for (key, path) in [
            ("subscribers", &self.subscribers),
            ("database", &self.database),
        ] {
            if path.as_os_str().is_empty() {
                return Err(ConfigFault::new(
                    key,
                    "\"\"",
                    "names no file",
                    "write the path of a file, or leave it out",
                ));
            }
        }
        for (at, scscf) in self.scscf.iter().enumerate() {
            let sip = ["sip:", "sips:"]
                .iter()
                .any(|scheme| scscf.name.starts_with(scheme));
            let twice = self.scscf[..at]
                .iter()
                .any(|other| other.name == scscf.name);
            let problem = match (sip, twice) {
                (false, _) => "is no SIP URI",
                (true, true) => "stands there already",
                (true, false) => continue,
            };
            return Err(ConfigFault::new(
                format!("scscf[{at}].name"),
                format!("{:?}", scscf.name),
                problem,
                "write the SIP URI of an S-CSCF as it stands in its own configuration, each once",
            ));
        }
        self.notices
            .check()
            .map_err(|fault| fault.under("notices"))?;
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))?;
        if self.diameter.peer.is_empty() {
            if self.diameter.admit == Admit::ConfiguredPeers {
                return Err(ConfigFault::new(
                    "diameter.peer",
                    "",
                    "is missing: nobody may connect to this HSS",
                    "add [[diameter.peer]] with the identity of each I-CSCF and S-CSCF, or admit = \"anyone\" for a lab",
                ));
            }
            if self.diameter.listen.is_none() {
                return Err(ConfigFault::new(
                    "diameter.listen",
                    "",
                    "is missing: nobody could reach this HSS",
                    "write listen = \"ADDRESS:PORT\" for I-CSCF and S-CSCF to connect to",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        let loaded = process::config::parse::<Config>(Path::new("hss.toml"), text.to_owned());
        loaded
            .map(|loaded| loaded.split().0)
            .map_err(|error| error.to_string())
    }

    const EXAMPLE: &str = include_str!("../examples/hss.toml");

    #[test]
    fn the_example_loads() {
        let config = parse(EXAMPLE).unwrap();
        let policy = Policy {
            scscfs: config.policy().scscfs,
            ..Policy::default()
        };
        assert_eq!(config.policy(), policy);
        assert_eq!(config.notices, NoticesSection::default());
        assert_eq!(config.diameter.peer.len(), 2);
    }

    #[test]
    fn a_wrong_value_is_named_with_the_way_out() {
        for (from, to, said) in [
            (
                "\"negotiated\"",
                "\"sometimes\"",
                ["restoration", "`never`"],
            ),
            ("\"keep\"", "\"kept\"", ["server_name", "`forget`"]),
            (
                "\"subscribers.json\"",
                "\"\"",
                ["subscribers", "path of a file"],
            ),
            (
                "database =",
                "databases =",
                ["databases", "did you mean `database`"],
            ),
            (
                "\"hss.home.example\"",
                "\"hss home\"",
                ["diameter.identity", "domain name"],
            ),
            (
                "attempts = 5",
                "attempts = 0",
                ["notices.attempts", "1 to 100"],
            ),
            ("10000", "3600001", ["notices.pause_ms", "an hour"]),
            ("\"clear\"", "\"forget\"", ["notices.unanswered", "`keep`"]),
        ] {
            assert!(EXAMPLE.contains(from), "{from}");
            let error = parse(&EXAMPLE.replace(from, to)).unwrap_err();
            for said in said {
                assert!(error.contains(said), "{said} in {error}");
            }
        }
    }

    #[test]
    fn an_hss_that_nobody_can_reach_is_refused() {
        let lonely = "[diameter]\nidentity = \"hss.home.example\"\nrealm = \"home.example\"\n";
        assert!(parse(lonely).unwrap_err().contains("nobody may connect"));
        let deaf = format!("{lonely}admit = \"anyone\"\n");
        assert!(parse(&deaf).unwrap_err().contains("diameter.listen"));
        let open = format!("{deaf}listen = \"127.0.0.1:0\"\n");
        assert_eq!(parse(&open).unwrap().database, PathBuf::from("hss.sqlite3"));
    }
}
