//! Whatever the types hold is written and read back the same.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use user_profile::{
    ApplicationServer, Condition, ConditionType, CoreNetworkServicesAuthorization, DefaultHandling,
    IdentityType, ImsSubscription, InitialFilterCriteria, ProfilePartIndicator, PublicIdentity,
    RegistrationType, ServicePointTrigger, ServiceProfile, SessionCase, TriggerPoint,
};

/// Text of a string element: anything that XML has, kept to the octet.
fn text() -> impl Strategy<Value = String> {
    "[\t\n\r &<>'\"\\]a-z\u{80}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]{0,12}"
}

/// Text of a URI element, whose outer white space does not count.
fn token() -> impl Strategy<Value = String> {
    "[&<>'\"a-z:@!.*é]{0,16}"
}

fn public_identity() -> impl Strategy<Value = PublicIdentity> {
    (
        any::<bool>(),
        token(),
        option::of(any::<u8>()),
        option::of(token()),
        option::of(text()),
        option::of(text()),
        option::of(token()),
        option::of(text()),
    )
        .prop_map(
            |(barring_indication, identity, kind, psi, display_name, alias, impu, trace)| {
                PublicIdentity {
                    barring_indication,
                    identity,
                    identity_type: kind.map(IdentityType),
                    wildcarded_psi: psi,
                    display_name,
                    alias_identity_group_id: alias,
                    wildcarded_impu: impu,
                    service_level_trace_info: trace,
                }
            },
        )
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        text().prop_map(Condition::RequestUri),
        token().prop_map(Condition::Method),
        (text(), option::of(text()))
            .prop_map(|(header, content)| Condition::SipHeader { header, content }),
        any::<u8>().prop_map(|case| Condition::SessionCase(SessionCase(case))),
        (text(), option::of(text()))
            .prop_map(|(line, content)| Condition::SessionDescription { line, content }),
    ]
}

fn spt() -> impl Strategy<Value = ServicePointTrigger> {
    (
        any::<bool>(),
        vec(any::<u32>(), 1..3),
        condition(),
        vec(any::<u8>(), 0..3),
    )
        .prop_map(
            |(condition_negated, groups, condition, types)| ServicePointTrigger {
                condition_negated,
                groups,
                condition,
                registration_types: types.into_iter().map(RegistrationType).collect(),
            },
        )
}

fn criteria() -> impl Strategy<Value = InitialFilterCriteria> {
    let trigger = (any::<bool>(), vec(spt(), 1..3)).prop_map(|(cnf, spts)| TriggerPoint {
        condition_type: if cnf {
            ConditionType::Cnf
        } else {
            ConditionType::Dnf
        },
        spts,
    });
    let server = (
        token(),
        option::of(any::<u8>()),
        option::of(text()),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(server_name, handling, service_info, request, response)| {
            ApplicationServer {
                server_name,
                default_handling: handling.map(DefaultHandling),
                service_info,
                include_register_request: request,
                include_register_response: response,
            }
        });
    (
        any::<u32>(),
        option::of(trigger),
        server,
        option::of(any::<u8>()),
    )
        .prop_map(|(priority, trigger_point, application_server, part)| {
            InitialFilterCriteria {
                priority,
                trigger_point,
                application_server,
                profile_part_indicator: part.map(ProfilePartIndicator),
            }
        })
}

fn service_profile() -> impl Strategy<Value = ServiceProfile> {
    let authorization = (option::of(any::<u32>()), option::of(vec(token(), 0..3))).prop_map(
        |(subscribed_media_profile_id, service_ids)| CoreNetworkServicesAuthorization {
            subscribed_media_profile_id,
            service_ids,
        },
    );
    (
        vec(public_identity(), 1..3),
        option::of(authorization),
        vec(criteria(), 0..3),
        vec(any::<u32>(), 0..3),
    )
        .prop_map(
            |(public_identities, authorization, criteria, sets)| ServiceProfile {
                public_identities,
                core_network_services_authorization: authorization,
                initial_filter_criteria: criteria,
                shared_ifc_set_ids: sets,
            },
        )
}

proptest! {
    #[test]
    fn written_is_read_back(private_id in token(), service_profiles in vec(service_profile(), 1..3)) {
        let profile = ImsSubscription { private_id, service_profiles };
        let read = ImsSubscription::read(profile.write().as_bytes());
        prop_assert_eq!(read, Ok(profile));
    }

    #[test]
    fn json_is_read_back(profile in service_profile()) {
        let json = serde_json::to_vec(&profile).unwrap();
        prop_assert_eq!(serde_json::from_slice::<ServiceProfile>(&json).unwrap(), profile);
    }

    #[test]
    fn no_octets_panic(octets in vec(any::<u8>(), 0..256)) {
        drop(ImsSubscription::read(&octets));
    }

    #[test]
    fn no_damaged_document_panics(profile in service_profile(), at in any::<prop::sample::Index>(), octet: u8) {
        let document = ImsSubscription { private_id: "a@b".to_owned(), service_profiles: vec![profile] };
        let mut octets = document.write().into_bytes();
        let at = at.index(octets.len());
        octets[at] = octet;
        drop(ImsSubscription::read(&octets));
    }
}
