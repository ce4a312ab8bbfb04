//! The users of a bulk run, out of the HSS's subscriber file.

use std::fs;
use std::path::Path;

use aka::{Keys, Sqn};
use serde::Deserialize;
use sip_message::Uri;

use crate::config::Hex;
use crate::credentials::Credentials;

/// One user: who it is, and what proves it.
pub(crate) struct Subscriber {
    pub(crate) private_identity: String,
    pub(crate) public_identity: String,
    pub(crate) home: String,
    pub(crate) credentials: Credentials,
}

/// What the file is read for; the rest of it is the HSS's.
#[derive(Deserialize)]
struct File {
    subscriptions: Vec<Subscription>,
}

#[derive(Deserialize)]
struct Subscription {
    private_identities: Vec<PrivateIdentity>,
    implicit_registration_sets: Vec<ImplicitRegistrationSet>,
}

#[derive(Deserialize)]
struct PrivateIdentity {
    impi: String,
    password: Option<String>,
    aka: Option<Aka>,
}

#[derive(Deserialize)]
struct Aka {
    k: Hex<16>,
    opc: Option<Hex<16>>,
    op: Option<Hex<16>>,
}

#[derive(Deserialize)]
struct ImplicitRegistrationSet {
    service_profiles: Vec<ServiceProfile>,
}

#[derive(Deserialize)]
struct ServiceProfile {
    public_identities: Vec<PublicIdentity>,
}

#[derive(Deserialize)]
struct PublicIdentity {
    identity: String,
}

/// Every private identity of the file with the first public identity of its subscription, in the file's order.
///
/// # Errors
/// What is wrong with the file, in words that hold none of its secrets.
pub(crate) fn read(path: &Path) -> Result<Vec<Subscriber>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let file: File = serde_json::from_str(&text).map_err(|error| {
        // serde's own words may quote a key.
        format!("not a subscriber file, see line {}", error.line())
    })?;
    let mut subscribers = Vec::new();
    for subscription in file.subscriptions {
        let mut identities = subscription
            .implicit_registration_sets
            .iter()
            .flat_map(|set| &set.service_profiles)
            .flat_map(|profile| &profile.public_identities)
            .filter_map(|public| Some((public.identity.clone(), domain(&public.identity)?)));
        let Some((public_identity, home)) = identities.next() else {
            continue;
        };
        for private in subscription.private_identities {
            let impi = private.impi;
            let credentials = match (private.aka, private.password) {
                (Some(aka), _) => Credentials::usim(
                    keys(&aka).ok_or_else(|| format!("{impi}: `aka` has neither opc nor op"))?,
                    None::<Sqn>,
                ),
                (None, Some(password)) => Credentials::password(&password),
                (None, None) => {
                    return Err(format!("{impi} has neither a password nor keys of AKA"));
                }
            };
            subscribers.push(Subscriber {
                private_identity: impi,
                public_identity: public_identity.clone(),
                home: home.clone(),
                credentials,
            });
        }
    }
    Ok(subscribers)
}

fn keys(aka: &Aka) -> Option<Keys> {
    let k = aka.k.0;
    match (&aka.opc, &aka.op) {
        (Some(opc), _) => Some(Keys { k, opc: opc.0 }),
        (None, Some(op)) => Some(Keys::from_op(k, op.0)),
        (None, None) => None,
    }
}

/// The domain that `identity` registers with; only SIP URIs with a user have one.
pub(crate) fn domain(identity: &str) -> Option<String> {
    match Uri::parse(identity) {
        Ok(Uri::Sip(uri)) if uri.user.is_some() => Some(uri.host.to_string()),
        _ => None,
    }
}
