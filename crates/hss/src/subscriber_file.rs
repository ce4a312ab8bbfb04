//! The subscriber file: JSON, read at start.
//!
//! ```json
#![doc = include_str!("../examples/subscribers.json")]
//! ```
//!
//! - `realm`: realm of digest credentials that name none; without it the part of the IMPI after `@`.
//! - `subscriptions[]`
//!   - `id`: the operator's name for it; without it the first IMPI.
//!   - `private_identities[]`: `impi`, and for SIP Digest either `password`, or `ha1` with `md5` (32 hexadecimal
//!     digits) or `sha256` (64) or both; `realm` that they are for. The database keeps HA1s, never a password. For AKA
//!     `aka`: `k`, and `opc` or `op` (32 hexadecimal digits each), `amf` (4, without it zeros), `sqn` (12, without
//!     it zeros) to begin with: once used it is the database's, until `k` or `opc` changes.
//!   - `implicit_registration_sets[]`: IMPUs that register together.
//!     - `private_identities`: IMPIs that share these IMPUs; without it all of the subscription.
//!     - `service_profiles[]`: `public_identities[]` (`identity`; `barring_indication`, `display_name`, and what
//!       else [`user_profile::PublicIdentity`] has), `initial_filter_criteria[]` and the rest of
//!       [`user_profile::ServiceProfile`]. The first identity that is not barred is the set's default.
//!       A range of users, such as those of a PBX, is one identity with `"identity_type": 4` and an extended regular
//!       expression between two `!`, in the user part of a SIP URI or in the number of a tel URI:
//!       `sip:pbx-!0[0-9]{3}!@home.example`. Its set has another identity that registers all of them. An identity that
//!       stands somewhere by itself is no member of a range; of several ranges the one counts that is the same up to
//!       its expression for the longest. A member that has an entry in the range's own set has `"identity_type": 3`.
//!     - A PSI is in a set of its own, with `"identity_type": 1`; a range of them has 2.
//!       - `activation`: `active` or `inactive`.
//!       - `application_server`: the SIP URI of the server that hosts it, to which I-CSCFs are then sent directly;
//!         without it calls go by an S-CSCF and filter criteria.
//!   - `capabilities`: of the S-CSCF, `mandatory`, `optional` (numbers), `server_names` (SIP URIs).
//!   - `charging`: Diameter URIs `primary_event`, `secondary_event`, `primary_collection`, `secondary_collection`.
//!   - `visited_networks`: from where it may register; without it from anywhere.
//!   - `registration`: `allowed` or `refused`.
//!
//! Unknown keys are refused. What is loaded replaces what was provisioned before; subscriptions and identities that
//! stay keep their registration state.

mod checks;
mod credentials;
mod wildcards;

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;
use user_profile::{IdentityType, ServiceProfile};

use credentials::PrivateIdentityEntry;

use crate::identity::{canonical, canonical_wildcard};
use crate::subscription::{
    Activation, Capabilities, ChargingFunctions, ImplicitRegistrationSet, RegistrationPermission,
    Subscription,
};

pub(crate) use checks::MAX_IDENTITY;

/// Longest subscriber file, in octets.
pub const MAX_FILE: u64 = 512 << 20;

/// What is wrong with a subscriber file.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("{file}: {fault}")]
pub struct SubscriberFileError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub fault: SubscriberFault,
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriberFault {
    /// Path of the key, such as `subscriptions[0].private_identities[1].impi`; empty: the whole file.
    pub key: String,
    /// Its value; empty where it is missing or secret.
    pub value: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub way_out: String,
}

impl SubscriberFault {
    /// Key, value and problem, without the way out.
    pub fn finding(&self) -> String {
        match (self.key.as_str(), self.value.as_str()) {
            ("", _) => self.problem.clone(),
            (key, "") => format!("{key}: {}", self.problem),
            (key, value) => format!("{key} = {value:?}: {}", self.problem),
        }
    }
}

impl fmt::Display for SubscriberFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}; {}", self.finding(), self.way_out)
    }
}

/// Reads and checks the subscriber file at `path`.
///
/// # Errors
/// [`SubscriberFileError`], which names file, key, value and the way out.
pub fn read(path: &Path) -> Result<Vec<Subscription>, SubscriberFileError> {
    let located = |fault| SubscriberFileError {
        file: path.display().to_string(),
        fault,
    };
    let unreadable = |error: std::io::Error| SubscriberFault {
        key: String::new(),
        value: String::new(),
        problem: format!("cannot be read: {error}"),
        way_out: "write the path of a readable file as `subscribers` in the configuration"
            .to_owned(),
    };
    let length = std::fs::metadata(path)
        .map_err(|error| located(unreadable(error)))?
        .len();
    if length > MAX_FILE {
        return Err(located(SubscriberFault {
            key: String::new(),
            value: String::new(),
            problem: format!("has {length} octets, {MAX_FILE} are allowed"),
            way_out: "spread the subscribers over several HSSs".to_owned(),
        }));
    }
    let text = std::fs::read(path).map_err(|error| located(unreadable(error)))?;
    parse(&text).map_err(located)
}

/// Reads and checks a subscriber document.
///
/// # Errors
/// [`SubscriberFault`] with the first value that cannot be used.
pub fn parse(text: &[u8]) -> Result<Vec<Subscription>, SubscriberFault> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let document: Document = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let key = error.path().to_string();
        unreadable_json(if key == "." { "" } else { &key }, error.inner())
    })?;
    reader.end().map_err(|error| unreadable_json("", &error))?;
    let subscriptions = document
        .subscriptions
        .into_iter()
        .enumerate()
        .map(|(at, entry)| {
            entry
                .provision(document.realm.as_deref())
                .map_err(|fault| fault.under(&format!("subscriptions[{at}]")))
        });
    let subscriptions = subscriptions.collect::<Result<Vec<_>, _>>()?;
    checks::whole(&subscriptions)?;
    Ok(subscriptions)
}

fn unreadable_json(key: &str, error: &serde_json::Error) -> SubscriberFault {
    // What serde says of a value that is not text may show the value.
    let secret = ["password", "md5", "sha256", "ha1", "k", "opc", "op", "aka"]
        .iter()
        .any(|name| key.rsplit('.').next() == Some(name));
    let problem = match secret {
        true => format!(
            "is not text, at line {} column {}",
            error.line(),
            error.column()
        ),
        false => error.to_string(),
    };
    let way_out = match error.classify() {
        serde_json::error::Category::Data => {
            "the documentation of hss::subscriber_file says what may stand there"
        }
        _ => "make the file valid JSON",
    };
    SubscriberFault {
        key: key.to_owned(),
        value: String::new(),
        problem,
        way_out: way_out.to_owned(),
    }
}

impl SubscriberFault {
    fn new(key: &str, value: &str, problem: &str, way_out: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: value.to_owned(),
            problem: problem.to_owned(),
            way_out: way_out.to_owned(),
        }
    }

    fn under(mut self, table: &str) -> Self {
        self.key = format!("{table}.{}", self.key);
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    realm: Option<String>,
    subscriptions: Vec<SubscriptionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionEntry {
    id: Option<String>,
    private_identities: Vec<PrivateIdentityEntry>,
    implicit_registration_sets: Vec<SetEntry>,
    #[serde(default)]
    capabilities: Capabilities,
    charging: Option<ChargingFunctions>,
    visited_networks: Option<Vec<String>>,
    #[serde(default)]
    registration: RegistrationPermission,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetEntry {
    private_identities: Option<Vec<String>>,
    service_profiles: Vec<ServiceProfile>,
    #[serde(default)]
    activation: Activation,
    application_server: Option<String>,
}

impl SubscriptionEntry {
    fn provision(self, realm: Option<&str>) -> Result<Subscription, SubscriberFault> {
        let private_identities =
            self.private_identities
                .into_iter()
                .enumerate()
                .map(|(at, entry)| {
                    entry
                        .provision(realm)
                        .map_err(|fault| fault.under(&format!("private_identities[{at}]")))
                });
        let private_identities = private_identities.collect::<Result<Vec<_>, _>>()?;
        let Some(first) = private_identities.first() else {
            return Err(SubscriberFault::new(
                "private_identities",
                "[]",
                "is empty",
                "write at least one IMPI",
            ));
        };
        let all: Vec<String> = private_identities
            .iter()
            .map(|identity| identity.impi.clone())
            .collect();
        let sets =
            self.implicit_registration_sets
                .into_iter()
                .map(|entry| ImplicitRegistrationSet {
                    private_identities: entry.private_identities.unwrap_or_else(|| all.clone()),
                    service_profiles: entry
                        .service_profiles
                        .into_iter()
                        .map(canonical_identities)
                        .collect(),
                    activation: entry.activation,
                    application_server: entry.application_server,
                });
        Ok(Subscription {
            id: self.id.unwrap_or_else(|| first.impi.clone()),
            implicit_registration_sets: sets.collect(),
            private_identities,
            capabilities: self.capabilities,
            charging: self.charging,
            visited_networks: self.visited_networks,
            registration: self.registration,
        })
    }
}

fn canonical_identities(mut profile: ServiceProfile) -> ServiceProfile {
    for identity in &mut profile.public_identities {
        identity.identity = match identity.identity_type() {
            IdentityType::WILDCARDED_IMPU | IdentityType::WILDCARDED_PSI => {
                canonical_wildcard(&identity.identity)
            }
            _ => canonical(&identity.identity),
        };
    }
    profile
}
