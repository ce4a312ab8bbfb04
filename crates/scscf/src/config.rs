//! The S-CSCF's configuration file.

use std::net::IpAddr;
use std::time::Duration;

use cx::AuthScheme;
use process::config::{Check, ConfigFault, DiameterSection, SipSection, TrustedPeers};
use serde::Deserialize;
use sip_stack::digest::{Algorithm, QopOffer};

/// `scscf.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Our SIP URI, as the HSS stores it and the I-CSCF finds it (Server-Name), e.g. `sip:scscf.home.example`.
    pub name: String,
    /// The home network's domain: realm of the challenge, and what `Type 1` inter-operator identifiers name.
    pub realm: String,
    /// Where SIP is spoken.
    pub sip: SipSection,
    /// Towards the HSS.
    pub diameter: DiameterSection,
    /// How registrations are kept.
    #[serde(default)]
    pub registration: RegistrationSection,
    /// How users are authenticated.
    #[serde(default)]
    pub authentication: AuthenticationSection,
    /// Hosts whose `integrity-protected` is believed (TS 24.229 §7.2A.2): what they call `auth-done` or protected is
    /// not challenged. Everybody who can send from such an address can register everybody. An I-CSCF of ours may be
    /// named: what it passes on is said by its own `trusted_peers`. Addresses and networks; none by default.
    #[serde(default)]
    pub trusted_peers: TrustedPeers,
}

/// `[registration]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationSection {
    /// The longest registration granted, in seconds.
    pub max_expires: u32,
    /// The shortest registration granted, in seconds; less is answered 423 (RFC 3261 §10.3).
    pub min_expires: u32,
    /// What is granted where the REGISTER does not say, in seconds (RFC 3261 §10.2).
    pub default_expires: u32,
    /// What a contact without reg-id does that is new: it `replaces` those that the private identity has (TS 24.229
    /// §5.4.1.2.2), or is added to them, `adds` (RFC 3261 §10.3).
    pub new_contact: NewContact,
    /// How long a challenge may be answered, in seconds (reg-await-auth, TS 24.229 §7.8).
    pub reg_await_auth: u32,
    /// Contacts that one private identity may have bound with one implicit set; more are answered 403.
    pub max_contacts: usize,
    /// Digest algorithms to offer, best first: `SHA-256`, `MD5` (RFC 7616 §3.7).
    ///
    /// MD5 alone by default: it is what SIP Digest of TS 33.203 Annex N names, and phones and tools that look only
    /// at the first challenge (SIPp 3.6) fail on another.
    pub algorithms: Vec<String>,
}

impl Default for RegistrationSection {
    fn default() -> Self {
        Self {
            max_expires: 600_000,
            min_expires: 60,
            default_expires: 3600,
            new_contact: NewContact::Replaces,
            reg_await_auth: 240,
            max_contacts: 10,
            algorithms: vec!["MD5".to_owned()],
        }
    }
}

/// What a new contact without reg-id does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewContact {
    /// It takes the place of the others.
    Replaces,
    /// It is one more.
    Adds,
}

/// `[authentication]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthenticationSection {
    /// The scheme that the HSS is asked for: `SIP Digest`, `Digest-AKAv1-MD5` or `Unknown` (the default), with which the
    /// HSS chooses.
    pub scheme: Scheme,
    /// AKA vectors asked for at once, 1 to [`cx::MAX_VECTORS`].
    pub vectors: u32,
    /// Quality of protection offered: `auth`, `auth-int`, or `auth,auth-int` (RFC 7616 §3.3).
    pub qop: Qop,
    /// How long a nonce of SIP Digest is taken, in seconds.
    pub nonce_life: u32,
    /// How long HA1 of a registered user is kept, in seconds, so that a refresh needs no MAR; 0: it is not.
    /// A challenge that a MAR was needed for may be answered for `reg_await_auth` all the same.
    pub credentials_life: u32,
    /// Whether the 200 brings the nonce of the next REGISTER in Authentication-Info (RFC 7616 §3.5), so that a phone
    /// can refresh in one transaction.
    pub nextnonce: bool,
}

impl Default for AuthenticationSection {
    fn default() -> Self {
        Self {
            scheme: Scheme::Unknown,
            vectors: 1,
            qop: Qop::Auth,
            nonce_life: 3600,
            credentials_life: 3600,
            nextnonce: true,
        }
    }
}

/// SIP-Authentication-Scheme (TS 29.229 §6.3.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Scheme {
    /// SIP Digest.
    #[serde(rename = "SIP Digest")]
    SipDigest,
    /// AKA.
    #[serde(rename = "Digest-AKAv1-MD5")]
    DigestAkaV1Md5,
    /// The HSS chooses.
    Unknown,
}

impl Scheme {
    /// As it is asked for, with `vectors` where it is AKA.
    pub(crate) fn asked(self, vectors: u32) -> AuthScheme<'static> {
        match self {
            Self::SipDigest => AuthScheme::SipDigest,
            Self::DigestAkaV1Md5 => AuthScheme::DigestAkaV1Md5 { vectors },
            Self::Unknown => AuthScheme::Unknown { vectors },
        }
    }
}

/// `qop` of challenges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Qop {
    /// Method and URI are protected.
    #[serde(rename = "auth")]
    Auth,
    /// The body too.
    #[serde(rename = "auth-int")]
    AuthInt,
    /// The phone chooses.
    #[serde(rename = "auth,auth-int")]
    Both,
}

/// What procedures go by: the configuration but for names and addresses. SIGHUP replaces it whole.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) registration: RegistrationSection,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) reg_await_auth: Duration,
    pub(crate) scheme: Scheme,
    pub(crate) vectors: u32,
    pub(crate) qop: QopOffer,
    pub(crate) nonce_life: Duration,
    pub(crate) credentials_life: Duration,
    pub(crate) next_nonce: bool,
    trusted_peers: TrustedPeers,
}

impl Rules {
    /// Those of `config`, which was checked.
    pub(crate) fn of(config: &Config) -> Self {
        let seconds = |seconds| Duration::from_secs(u64::from(seconds));
        let (registration, authentication) = (&config.registration, &config.authentication);
        Self {
            algorithms: registration.algorithms(),
            reg_await_auth: seconds(registration.reg_await_auth),
            registration: registration.clone(),
            scheme: authentication.scheme,
            vectors: authentication.vectors,
            qop: match authentication.qop {
                Qop::Auth => QopOffer::Auth,
                Qop::AuthInt => QopOffer::AuthInt,
                Qop::Both => QopOffer::Both,
            },
            nonce_life: seconds(authentication.nonce_life),
            credentials_life: seconds(authentication.credentials_life),
            next_nonce: authentication.nextnonce,
            trusted_peers: config.trusted_peers.clone(),
        }
    }

    /// Whether HA1 of a registered user is kept.
    pub(crate) fn keeps_credentials(&self) -> bool {
        !self.credentials_life.is_zero()
    }

    /// Whether what `host` says of protection is believed.
    pub(crate) fn trusts(&self, host: IpAddr) -> bool {
        self.trusted_peers.trusts(host)
    }
}

impl RegistrationSection {
    /// The algorithms to offer, best first; unknown names were refused by the check.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        self.algorithms
            .iter()
            .filter_map(|name| Algorithm::of(name))
            .collect()
    }
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        process::config::sip_uri("name", &self.name)?;
        process::config::domain("realm", &self.realm)?;
        self.sip.check().map_err(|fault| fault.under("sip"))?;
        self.diameter
            .check()
            .map_err(|fault| fault.under("diameter"))?;
        self.registration
            .check()
            .map_err(|fault| fault.under("registration"))?;
        self.authentication
            .check()
            .map_err(|fault| fault.under("authentication"))
    }
}

impl Check for AuthenticationSection {
    fn check(&self) -> Result<(), ConfigFault> {
        if !(1..=cx::MAX_VECTORS).contains(&self.vectors) {
            return Err(ConfigFault::new(
                "vectors",
                self.vectors,
                "no number of vectors that an HSS is asked for at once",
                format!("write a number from 1 to {}", cx::MAX_VECTORS),
            ));
        }
        if self.nonce_life == 0 {
            return Err(ConfigFault::new(
                "nonce_life",
                0,
                "no challenge could ever be answered",
                "leave it out for an hour, or write another number of seconds",
            ));
        }
        Ok(())
    }
}

impl Check for RegistrationSection {
    fn check(&self) -> Result<(), ConfigFault> {
        if self.min_expires > self.max_expires {
            return Err(ConfigFault::new(
                "min_expires",
                self.min_expires,
                format!("more than max_expires, which is {}", self.max_expires),
                "write a smaller number of seconds",
            ));
        }
        if !(self.min_expires..=self.max_expires).contains(&self.default_expires) {
            return Err(ConfigFault::new(
                "default_expires",
                self.default_expires,
                format!(
                    "not between min_expires, which is {}, and max_expires, which is {}",
                    self.min_expires, self.max_expires
                ),
                "write a number of seconds between them",
            ));
        }
        if self.reg_await_auth == 0 {
            return Err(ConfigFault::new(
                "reg_await_auth",
                0,
                "no challenge could ever be answered",
                "leave it out for the 240 seconds of TS 24.229, or write another number of seconds",
            ));
        }
        if self.max_contacts == 0 {
            return Err(ConfigFault::new(
                "max_contacts",
                0,
                "nobody could ever register",
                "leave it out for 10, or write another number",
            ));
        }
        let known = |name: &String| {
            matches!(
                Algorithm::of(name),
                Some(Algorithm::Sha256 | Algorithm::Md5)
            )
        };
        if self.algorithms.is_empty() || !self.algorithms.iter().all(known) {
            return Err(ConfigFault::new(
                "algorithms",
                format!("{:?}", self.algorithms),
                "not a list of digest algorithms that the HSS has credentials for",
                "take one or both of \"SHA-256\", \"MD5\", best first",
            ));
        }
        Ok(())
    }
}
