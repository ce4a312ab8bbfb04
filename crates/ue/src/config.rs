//! The test phone's configuration file.

use std::net::SocketAddr;
use std::path::PathBuf;

use aka::{Keys, Sqn};
use driver::sip::Transport;
use process::config::{Check, ConfigFault, SipSection};
use serde::{Deserialize, Deserializer};

use crate::credentials::Credentials;
use crate::subscribers::{Subscriber, domain};

/// The most P-CSCFs of one phone: reg-id counts them.
pub const MAX_PCSCFS: usize = 4;
/// The most sockets of a bulk run.
pub const MAX_SOCKETS: usize = 1_000;
/// The most registrations that a bulk run begins in a second.
pub const MAX_RATE: u32 = 100_000;

/// `ue.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Private identity (IMPI), e.g. `alice@home.example`.
    pub private_identity: Option<String>,
    /// Public identity (IMPU) to register, e.g. `sip:alice@home.example`.
    pub public_identity: Option<String>,
    /// The password of SIP Digest.
    pub password: Option<Secret>,
    /// `[aka]`: the keys of UMTS AKA, instead of a password.
    pub aka: Option<AkaSection>,
    /// The home domain: Request-URI of the REGISTER; that of the public identity where absent.
    pub home: Option<String>,
    /// The P-CSCF's address; a list for a registration by each of them (RFC 5626).
    pub pcscf: PcscfList,
    /// `udp` or `tcp`.
    #[serde(default)]
    pub transport: TransportName,
    /// Whether the phone asks for outbound (RFC 5626); without it, where it has several P-CSCFs.
    pub outbound: Option<bool>,
    /// The URN in `+sip.instance`; one of the private identity's own where absent.
    pub instance: Option<String>,
    /// Seconds between keep-alives where Flow-Timer says nothing of them; where absent: 120 over TCP and 29 over UDP if
    /// outbound is in use (RFC 5626 §4.4), none if not.
    pub keep_alive_s: Option<u64>,
    /// Seconds of registration to ask for.
    #[serde(default = "default_expires")]
    pub expires: u32,
    /// Where the phone is reached. Timers are those of a radio access (TS 24.229 §7.7).
    #[serde(deserialize_with = "process::config::towards_phones")]
    pub sip: SipSection,
    /// `[bulk]`: many phones instead of one.
    pub bulk: Option<BulkSection>,
}

/// `[aka]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AkaSection {
    /// K, 32 hexadecimal digits.
    pub k: Hex<16>,
    /// OPc, 32 hexadecimal digits.
    pub opc: Option<Hex<16>>,
    /// OP instead of OPc.
    pub op: Option<Hex<16>>,
    /// The highest SQN that the USIM has taken, 12 hexadecimal digits; 0 where absent.
    pub sqn: Option<Hex<6>>,
}

/// `[bulk]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkSection {
    /// The HSS's subscriber file: each private identity in it is a phone.
    pub subscribers: PathBuf,
    /// How many of them, from the first; all where absent.
    pub users: Option<usize>,
    /// Registrations, refreshes and deregistrations begun in a second.
    #[serde(default = "default_rate")]
    pub rate: u32,
    /// How often each phone refreshes before the end.
    #[serde(default = "default_refreshes")]
    pub refreshes: u32,
    /// Sockets that the phones are spread over, or connections with TCP.
    #[serde(default = "default_sockets")]
    pub sockets: usize,
    /// What comes last: `deregister`, and the program ends; or `stay`, and it keeps them registered.
    #[serde(default)]
    pub end: BulkEnd,
}

/// How a bulk run ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BulkEnd {
    /// Every phone deregisters, and the program ends.
    #[default]
    Deregister,
    /// The phones stay registered until the program is stopped.
    Stay,
}

/// A transport by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportName {
    /// Datagrams.
    #[default]
    Udp,
    /// Connections.
    Tcp,
}

/// One P-CSCF or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "ADDRESS:PORT of a P-CSCF, or a list of such")]
pub enum PcscfList {
    /// One.
    One(SocketAddr),
    /// Each gets a registration of its own.
    Several(Vec<SocketAddr>),
}

/// A password: not shown when the configuration is printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Octets written in hexadecimal: not shown when the configuration is printed, for keys are.
#[derive(Clone, PartialEq, Eq)]
pub struct Hex<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> std::fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |at: usize| {
            let digit = text.as_bytes().get(at).copied().map(char::from);
            digit.and_then(|digit| digit.to_digit(16))
        };
        let mut octets = [0; N];
        for (index, octet) in octets.iter_mut().enumerate() {
            let (high, low) = (digit(2 * index), digit(2 * index + 1));
            match (high, low) {
                (Some(high), Some(low)) => *octet = (high << 4 | low) as u8,
                _ => return Err(wrong_digits::<D::Error, N>()),
            }
        }
        if text.len() != 2 * N {
            return Err(wrong_digits::<D::Error, N>());
        }
        Ok(Self(octets))
    }
}

fn wrong_digits<E: serde::de::Error, const N: usize>() -> E {
    E::custom(format!("not {} hexadecimal digits", 2 * N))
}

fn default_expires() -> u32 {
    600_000
}

fn default_rate() -> u32 {
    200
}

fn default_refreshes() -> u32 {
    1
}

fn default_sockets() -> usize {
    1
}

impl TransportName {
    pub(crate) fn transport(self) -> Transport {
        match self {
            Self::Udp => Transport::Udp,
            Self::Tcp => Transport::Tcp,
        }
    }
}

impl PcscfList {
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        match self {
            Self::One(address) => std::slice::from_ref(address),
            Self::Several(addresses) => addresses,
        }
    }
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        let pcscfs = self.pcscf.addresses();
        if pcscfs.is_empty() || pcscfs.len() > MAX_PCSCFS {
            return Err(ConfigFault::new(
                "pcscf",
                pcscfs.len(),
                format!("not between 1 and {MAX_PCSCFS} P-CSCFs"),
                "write one address, or a list of a few",
            ));
        }
        if let Some(other) = pcscfs
            .iter()
            .find(|pcscf| pcscf.is_ipv4() != self.sip.listen.is_ipv4())
        {
            return Err(ConfigFault::new(
                "pcscf",
                other,
                format!("of another IP version than sip.listen, {}", self.sip.listen),
                "write both as IPv4, or both as IPv6",
            ));
        }
        if self.expires == 0 {
            return Err(ConfigFault::new(
                "expires",
                0,
                "would deregister instead of register",
                "leave it out for the 600000 seconds that are usual in IMS, or write another number",
            ));
        }
        if self.keep_alive_s == Some(0) {
            return Err(ConfigFault::new(
                "keep_alive_s",
                0,
                "would send without a pause",
                "leave it out for none, or write the seconds between two",
            ));
        }
        match &self.bulk {
            Some(bulk) => {
                bulk.check().map_err(|fault| fault.under("bulk"))?;
                self.nothing_of_one_phone()?;
            }
            None => drop(self.subscriber()?),
        }
        self.sip.check().map_err(|fault| fault.under("sip"))
    }

    fn paths(&mut self) -> Vec<&mut PathBuf> {
        self.bulk
            .iter_mut()
            .map(|bulk| &mut bulk.subscribers)
            .collect()
    }
}

impl Check for BulkSection {
    fn check(&self) -> Result<(), ConfigFault> {
        let range = |key: &str, value: usize, most: usize| match value {
            1.. if value <= most => Ok(()),
            _ => Err(ConfigFault::new(
                key,
                value,
                format!("not between 1 and {most}"),
                "leave it out, or write a number in that range",
            )),
        };
        range("rate", self.rate as usize, MAX_RATE as usize)?;
        range("sockets", self.sockets, MAX_SOCKETS)?;
        range("users", self.users.unwrap_or(1), usize::MAX)
    }
}

impl Config {
    /// The one user that the configuration names.
    ///
    /// # Errors
    /// What it lacks.
    pub(crate) fn subscriber(&self) -> Result<Subscriber, ConfigFault> {
        let missing = |key: &str, way_out: &str| ConfigFault::new(key, "", "is missing", way_out);
        let public_identity = self.public_identity.clone().ok_or_else(|| {
            missing(
                "public_identity",
                "write it as sip:USER@DOMAIN; or give a section [bulk] for many phones",
            )
        })?;
        process::config::sip_uri("public_identity", &public_identity)?;
        let private_identity = self
            .private_identity
            .clone()
            .ok_or_else(|| missing("private_identity", "write it as USER@DOMAIN"))?;
        if private_identity.is_empty() || private_identity.contains(['"', '\\', '\r', '\n']) {
            return Err(ConfigFault::new(
                "private_identity",
                format!("{private_identity:?}"),
                "empty, or with a character that no user name has",
                "write it as USER@DOMAIN",
            ));
        }
        let home = self.home.clone().or_else(|| domain(&public_identity));
        let home = home.ok_or_else(|| {
            ConfigFault::new(
                "public_identity",
                format!("{public_identity:?}"),
                "names no domain to register with",
                "write it as sip:USER@DOMAIN, or give `home`",
            )
        })?;
        let credentials = match (&self.password, &self.aka) {
            (Some(password), None) => Credentials::password(&password.0),
            (None, Some(aka)) => aka.credentials()?,
            (None, None) => {
                return Err(missing(
                    "password",
                    "write the password of SIP Digest, or the keys of AKA in a section [aka]",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(ConfigFault::new(
                    "aka",
                    "",
                    "given beside a password",
                    "keep one of them: a phone proves itself in one way",
                ));
            }
        };
        Ok(Subscriber {
            private_identity,
            public_identity,
            home,
            credentials,
        })
    }

    fn nothing_of_one_phone(&self) -> Result<(), ConfigFault> {
        let given = [
            ("private_identity", self.private_identity.is_some()),
            ("public_identity", self.public_identity.is_some()),
            ("password", self.password.is_some()),
            ("aka", self.aka.is_some()),
            ("instance", self.instance.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((key, _)) => Err(ConfigFault::new(
                key,
                "",
                "is of one phone, and [bulk] has its own for each",
                "take it out, or take [bulk] out",
            )),
        }
    }
}

impl AkaSection {
    fn credentials(&self) -> Result<Credentials, ConfigFault> {
        let keys = match (&self.opc, &self.op) {
            (Some(opc), None) => Keys {
                k: self.k.0,
                opc: opc.0,
            },
            (None, Some(op)) => Keys::from_op(self.k.0, op.0),
            _ => {
                return Err(ConfigFault::new(
                    "aka.opc",
                    "",
                    "there is to be one of `opc` and `op`",
                    "write the one that the HSS has too",
                ));
            }
        };
        let sqn = self.sqn.as_ref().map(|sqn| Sqn::from(sqn.0));
        Ok(Credentials::usim(keys, sqn))
    }
}
