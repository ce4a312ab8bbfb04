//! Ranges of identities in a subscriber file, and services: what may stand there.

use user_profile::{IdentityType, PublicIdentity, Wildcard, WildcardParts};

use super::SubscriberFault;
use crate::subscription::ImplicitRegistrationSet;

/// Checks `identity` of `set`, which stands at `key`.
pub(super) fn identity(
    key: &str,
    identity: &PublicIdentity,
    set: &ImplicitRegistrationSet,
) -> Result<(), SubscriberFault> {
    let fault = |field: &str, value: &str, problem: &str, way_out: &str| {
        let key = format!("{key}.{field}");
        Err(SubscriberFault::new(&key, value, problem, way_out))
    };
    for (field, value) in [
        ("wildcarded_impu", &identity.wildcarded_impu),
        ("wildcarded_psi", &identity.wildcarded_psi),
    ] {
        if let Some(value) = value {
            let way_out = "leave it out: write the range as identity, with identity_type 4 or, of services, 2";
            return fault(field, value, "follows from the range", way_out);
        }
    }
    let written = identity.identity.as_str();
    match identity.identity_type {
        Some(IdentityType::WILDCARDED_IMPU | IdentityType::WILDCARDED_PSI) => {
            let way_out = "write an extended regular expression between two `!`, such as \
                           sip:pbx-!0[0-9]{3}!@home.example";
            if let Err(error) = Wildcard::parse(written) {
                return fault("identity", written, &error.to_string(), way_out);
            }
            // It stands between `<` and `>` in P-Associated-URI.
            if written.contains(['<', '>', '"']) {
                return fault("identity", written, "holds one of `<`, `>`, `\"`", way_out);
            }
        }
        Some(IdentityType::NON_DISTINCT_IMPU) => {
            let is_range = |other: &&PublicIdentity| {
                other.identity_type == Some(IdentityType::WILDCARDED_IMPU)
            };
            let mut ranges = set.public_identities().filter(is_range);
            let covered = ranges.any(|range| {
                Wildcard::parse(&range.identity).is_ok_and(|range| range.matches(written))
            });
            if !covered {
                let problem = "is in no range of its set, which identity_type 3 says";
                let way_out =
                    "write the range (identity_type 4) in the same set, or leave identity_type out";
                return fault("identity", written, problem, way_out);
            }
        }
        None if WildcardParts::of(written).is_some() => {
            let problem = "has an expression between two `!`, and no identity_type";
            let way_out = "write identity_type 4 for a range of users, 2 for one of services, 0 where the `!` are \
                           part of one user's identity";
            return fault("identity", written, problem, way_out);
        }
        _ => {}
    }
    Ok(())
}

/// Checks what a set with ranges or services has besides.
pub(super) fn set(set: &ImplicitRegistrationSet) -> Result<(), SubscriberFault> {
    let has_range = set
        .public_identities()
        .any(|identity| identity.identity_type == Some(IdentityType::WILDCARDED_IMPU));
    // A range registers implicitly only, and is no default identity (TS 23.228 §4.3.3.2b).
    if has_range && set.default_impu().is_none() {
        let problem = "has a range, and no identity that is not barred to register it by";
        let way_out = "add the identity that registers, such as that of the PBX itself";
        return Err(SubscriberFault::new(
            "service_profiles",
            "",
            problem,
            way_out,
        ));
    }
    match &set.application_server {
        Some(server) if !set.is_psi() => Err(SubscriberFault::new(
            "application_server",
            server,
            "hosts a PSI, and this set has none",
            "write identity_type 1 or 2, or for users initial_filter_criteria",
        )),
        Some(server) => super::checks::uri("application_server", server, &["sip:", "sips:"]),
        None => Ok(()),
    }
}
