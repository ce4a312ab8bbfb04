//! What types cannot say of a subscriber file: uniqueness, references, syntax of identities.

use std::collections::HashSet;

use super::{SubscriberFault, wildcards};
use crate::subscription::{ImplicitRegistrationSet, Subscription};
use user_profile::{ImsSubscription, MAX_DOCUMENT, MAX_ELEMENTS, ReadError};

/// Longest identity, in octets.
pub(crate) const MAX_IDENTITY: usize = 1024;

/// Checks subscriptions against each other, and each by itself.
pub(super) fn whole(subscriptions: &[Subscription]) -> Result<(), SubscriberFault> {
    let mut seen = Seen::default();
    for (at, subscription) in subscriptions.iter().enumerate() {
        one(subscription, &mut seen)
            .map_err(|fault| fault.under(&format!("subscriptions[{at}]")))?;
    }
    Ok(())
}

/// What may stand once in the whole file.
#[derive(Default)]
struct Seen<'a> {
    ids: HashSet<&'a str>,
    impis: HashSet<&'a str>,
    impus: HashSet<&'a str>,
}

fn one<'a>(subscription: &'a Subscription, seen: &mut Seen<'a>) -> Result<(), SubscriberFault> {
    text("id", &subscription.id)?;
    if !seen.ids.insert(&subscription.id) {
        return Err(twice("id", &subscription.id, "two subscriptions have it"));
    }
    for (at, identity) in subscription.private_identities.iter().enumerate() {
        let key = format!("private_identities[{at}].impi");
        text(&key, &identity.impi)?;
        if !seen.impis.insert(&identity.impi) {
            return Err(twice(
                &key,
                &identity.impi,
                "an IMPI belongs to one subscription, and stands in it once",
            ));
        }
    }
    if subscription.implicit_registration_sets.is_empty() {
        let problem = "is empty: nothing could be registered";
        return Err(SubscriberFault::new(
            "implicit_registration_sets",
            "[]",
            problem,
            "write at least one set",
        ));
    }
    for (at, set) in subscription.implicit_registration_sets.iter().enumerate() {
        one_set(subscription, set, seen)
            .map_err(|fault| fault.under(&format!("implicit_registration_sets[{at}]")))?;
    }
    for (at, name) in subscription.capabilities.server_names.iter().enumerate() {
        uri(
            &format!("capabilities.server_names[{at}]"),
            name,
            &["sip:", "sips:"],
        )?;
    }
    if let Some(charging) = &subscription.charging {
        for (key, function) in [
            ("charging.primary_event", &charging.primary_event),
            ("charging.secondary_event", &charging.secondary_event),
            ("charging.primary_collection", &charging.primary_collection),
            (
                "charging.secondary_collection",
                &charging.secondary_collection,
            ),
        ] {
            if let Some(function) = function {
                uri(key, function, &["aaa://", "aaas://"])?;
            }
        }
    }
    for (at, network) in subscription.visited_networks.iter().flatten().enumerate() {
        text(&format!("visited_networks[{at}]"), network)?;
    }
    Ok(())
}

fn one_set<'a>(
    subscription: &Subscription,
    set: &'a ImplicitRegistrationSet,
    seen: &mut Seen<'a>,
) -> Result<(), SubscriberFault> {
    if set.private_identities.is_empty() {
        let way_out = "name an IMPI, or leave the key out for all of the subscription";
        return Err(SubscriberFault::new(
            "private_identities",
            "[]",
            "is empty",
            way_out,
        ));
    }
    for (at, impi) in set.private_identities.iter().enumerate() {
        let key = format!("private_identities[{at}]");
        if subscription.private_identity(impi).is_none() {
            return Err(SubscriberFault::new(
                &key,
                impi,
                "is no IMPI of this subscription",
                "write one that stands in the subscription's private_identities",
            ));
        }
        if set.private_identities[..at].contains(impi) {
            return Err(twice(&key, impi, "it is in the set already"));
        }
    }
    if set.service_profiles.is_empty() {
        return Err(SubscriberFault::new(
            "service_profiles",
            "[]",
            "is empty",
            "write at least one profile",
        ));
    }
    for (at, profile) in set.service_profiles.iter().enumerate() {
        let under = |fault: SubscriberFault| fault.under(&format!("service_profiles[{at}]"));
        if profile.public_identities.is_empty() {
            let way_out = "write at least one public identity";
            return Err(under(SubscriberFault::new(
                "public_identities",
                "[]",
                "is empty",
                way_out,
            )));
        }
        for (at, identity) in profile.public_identities.iter().enumerate() {
            let key = format!("public_identities[{at}].identity");
            uri(&key, &identity.identity, &["sip:", "sips:", "tel:"]).map_err(under)?;
            wildcards::identity(&format!("public_identities[{at}]"), identity, set)
                .map_err(under)?;
            if !seen.impus.insert(&identity.identity) {
                let problem =
                    "an IMPU belongs to one set of one subscription; its IMPIs share it there";
                return Err(under(twice(&key, &identity.identity, problem)));
            }
        }
        let mut priorities = HashSet::new();
        for (at, criteria) in profile.initial_filter_criteria.iter().enumerate() {
            let key = format!("initial_filter_criteria[{at}]");
            uri(
                &format!("{key}.application_server.server_name"),
                &criteria.application_server.server_name,
                &["sip:", "sips:"],
            )
            .map_err(under)?;
            if !priorities.insert(criteria.priority) {
                let key = format!("{key}.priority");
                let problem = "another criterion of the profile has it";
                return Err(under(twice(&key, &criteria.priority.to_string(), problem)));
            }
            if criteria.trigger_point.as_ref().is_some_and(|trigger| {
                trigger.spts.is_empty() || trigger.spts.iter().any(|spt| spt.groups.is_empty())
            }) {
                let key = format!("{key}.trigger_point");
                let problem = "has no condition, or a condition that is in no group";
                let way_out =
                    "write spts, each with its groups, or leave the trigger point out for always";
                return Err(under(SubscriberFault::new(&key, "", problem, way_out)));
            }
        }
    }
    let services = set
        .public_identities()
        .filter(|identity| identity.is_psi())
        .count();
    if services > 0 && set.public_identities().count() > 1 {
        return Err(SubscriberFault::new(
            "service_profiles",
            "",
            "a PSI stands beside other identities",
            "give each PSI a set of its own: it is never registered",
        ));
    }
    downloadable(set)?;
    wildcards::set(set)
}

/// What an S-CSCF would refuse to read as User-Data could never be registered.
fn downloadable(set: &ImplicitRegistrationSet) -> Result<(), SubscriberFault> {
    let longest = set.private_identities.iter().max_by_key(|impi| impi.len());
    let Some(impi) = longest else { return Ok(()) };
    let document = set.profile(impi, None).write();
    // So short, it has not too many of even the shortest elements, `<a/>`: most need not be read.
    if document.len() <= 4 * MAX_ELEMENTS {
        return Ok(());
    }
    let problem = match ImsSubscription::read(document.as_bytes()) {
        Ok(_) => return Ok(()),
        Err(ReadError::TooLong(octets)) => {
            format!("is {octets} octets as User-Data, and an S-CSCF takes up to {MAX_DOCUMENT}")
        }
        Err(ReadError::TooManyElements) => {
            format!("is more elements as User-Data than the {MAX_ELEMENTS} that an S-CSCF takes")
        }
        Err(refused) => format!("is no User-Data that an S-CSCF takes: {refused}"),
    };
    Err(SubscriberFault::new(
        "service_profiles",
        "",
        &problem,
        "take criteria or identities out, or spread the identities over several sets",
    ))
}

fn text(key: &str, value: &str) -> Result<(), SubscriberFault> {
    let problem = match value {
        "" => "is empty",
        long if long.len() > MAX_IDENTITY => "is longer than 1024 octets",
        odd if odd
            .chars()
            .any(|character| character.is_control() || character.is_whitespace()) =>
        {
            "holds white space or a control character"
        }
        _ => return Ok(()),
    };
    Err(SubscriberFault::new(
        key,
        value,
        problem,
        "write a name without white space",
    ))
}

pub(super) fn uri(key: &str, value: &str, schemes: &[&str]) -> Result<(), SubscriberFault> {
    text(key, value)?;
    if schemes.iter().any(|scheme| {
        value
            .strip_prefix(scheme)
            .is_some_and(|rest| !rest.is_empty())
    }) {
        return Ok(());
    }
    let way_out = format!("write a URI that begins with {}", schemes.join(" or "));
    Err(SubscriberFault::new(
        key,
        value,
        "is not a URI that can stand here",
        &way_out,
    ))
}

fn twice(key: &str, value: &str, problem: &str) -> SubscriberFault {
    SubscriberFault::new(key, value, problem, "take one of them out")
}
