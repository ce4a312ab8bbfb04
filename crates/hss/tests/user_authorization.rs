//! UAR, MAR and LIR as tables (TS 29.228 §6.1.1, §6.3, §6.1.4).

mod subscribers;

use diameter_codec::cx::UserAuthorizationType as Uat;
use hss::error::{Outcome, Subject};
use hss::policy::RestorationUse;
use hss::record::{Change, ImpuState, SubscriptionRecord};
use hss::user_authorization::{Answer, Request, decide};
use hss::{location_info, multimedia_auth};
use subscribers::*;

fn uar(impu: &str, authorization_type: Uat) -> Request {
    Request {
        impu: impu.to_owned(),
        visited_network: b"visited.example".to_vec(),
        authorization_type,
        emergency_registration: false,
        restoration: RestorationUse::NotInUse,
    }
}

fn answer(record: &SubscriptionRecord, request: &Request) -> Answer {
    let (changes, answer) = decide(record, request);
    assert!(changes.list.is_empty(), "{changes:?}");
    answer
}

fn serving(outcome: Outcome, name: &str) -> Answer {
    Answer {
        server_name: Some(scscf(name).name),
        ..Answer::only(outcome)
    }
}

#[test]
fn the_first_registration_gets_capabilities() {
    let first = answer(&alice(), &uar(ALICE, Uat::REGISTRATION));
    assert_eq!(first.outcome, Outcome::FirstRegistration);
    assert_eq!(first.capabilities.unwrap().mandatory, [1, 2]);
    assert_eq!(first.server_name, None);
}

#[test]
fn a_service_is_not_registered_and_nobody_is_let_try() {
    for authorization_type in [Uat::REGISTRATION, Uat::REGISTRATION_AND_CAPABILITIES] {
        let refused = answer(&record("carol"), &uar(SERVICE, authorization_type));
        assert_eq!(refused, Answer::only(Outcome::AuthorizationRejected));
    }
    let unknown = answer(&record("carol"), &uar(SERVICE, Uat::DE_REGISTRATION));
    assert_eq!(unknown, Answer::only(Outcome::IdentityNotRegistered));
}

#[test]
fn a_known_scscf_is_named_by_every_reason_to_keep_it() {
    for record in [
        alice_registered(&[A1]),
        alice_registered(&[A2]),
        alice_unregistered(),
        with(alice(), [challenged(A2, ALICE), served_by("s1")]),
        with(alice(), [registered(A1, OFFICE), served_by("s1")]),
    ] {
        let again = answer(&record, &uar(ALICE, Uat::REGISTRATION));
        assert_eq!(again, serving(Outcome::SubsequentRegistration, "s1"));
    }
}

#[test]
fn de_registration_needs_a_registered_or_unregistered_identity_and_no_roaming_agreement() {
    for record in [alice_registered(&[A1]), alice_unregistered()] {
        let elsewhere = Request {
            visited_network: b"far.example".to_vec(),
            ..uar(ALICE, Uat::DE_REGISTRATION)
        };
        assert_eq!(answer(&record, &elsewhere), serving(Outcome::Success, "s1"));
    }
    for record in [
        alice(),
        with(alice(), [registered(A1, OFFICE), served_by("s1")]),
    ] {
        let refused = answer(&record, &uar(ALICE, Uat::DE_REGISTRATION));
        assert_eq!(refused, Answer::only(Outcome::IdentityNotRegistered));
    }
}

#[test]
fn roaming_is_checked_by_visited_network() {
    for (network, outcome) in [
        (&b"home.example"[..], Outcome::FirstRegistration),
        (b"VISITED.example", Outcome::FirstRegistration),
        (b"visited.example.evil", Outcome::RoamingNotAllowed),
        (b"", Outcome::RoamingNotAllowed),
    ] {
        for uat in [Uat::REGISTRATION, Uat::REGISTRATION_AND_CAPABILITIES] {
            let asked = Request {
                visited_network: network.to_vec(),
                ..uar(ALICE, uat)
            };
            let allowed = outcome != Outcome::RoamingNotAllowed;
            let wanted = if allowed && uat != Uat::REGISTRATION {
                Outcome::Success
            } else {
                outcome
            };
            assert_eq!(
                answer(&alice(), &asked).outcome,
                wanted,
                "{network:?} {uat:?}"
            );
        }
    }
    let anywhere = Request {
        visited_network: b"far.example".to_vec(),
        ..uar(BOB, Uat::REGISTRATION)
    };
    assert_eq!(
        answer(&record(B1), &anywhere).outcome,
        Outcome::FirstRegistration
    );
}

#[test]
fn an_emergency_registration_may_come_from_any_network() {
    let far = |emergency_registration| Request {
        visited_network: b"far.example".to_vec(),
        emergency_registration,
        ..uar(ALICE, Uat::REGISTRATION)
    };
    assert_eq!(
        answer(&alice(), &far(false)),
        Answer::only(Outcome::RoamingNotAllowed)
    );
    assert_eq!(
        answer(&alice(), &far(true)).outcome,
        Outcome::FirstRegistration
    );
}

#[test]
fn a_barred_identity_registers_only_for_another_of_its_set() {
    assert_eq!(
        answer(&alice(), &uar(BARRED, Uat::REGISTRATION)).outcome,
        Outcome::FirstRegistration
    );
    for uat in [
        Uat::REGISTRATION,
        Uat::DE_REGISTRATION,
        Uat::REGISTRATION_AND_CAPABILITIES,
    ] {
        let refused = answer(&record("carol"), &uar(CAROL, uat));
        assert_eq!(refused, Answer::only(Outcome::AuthorizationRejected));
    }
    let mut allowed = record("carol").subscription.as_ref().clone();
    allowed.registration = hss::subscription::RegistrationPermission::Allowed;
    let emergency = Request {
        emergency_registration: true,
        ..uar(CAROL, Uat::REGISTRATION)
    };
    let registered = answer(&SubscriptionRecord::new(allowed), &emergency);
    assert_eq!(registered.outcome, Outcome::FirstRegistration);
}

#[test]
fn a_subscription_that_may_not_register_is_rejected() {
    let refused = answer(&record("carol"), &uar(SERVICE, Uat::REGISTRATION));
    assert_eq!(refused, Answer::only(Outcome::AuthorizationRejected));
    let inactive = answer(&record("carol"), &uar(OFF, Uat::REGISTRATION));
    assert_eq!(inactive, Answer::only(Outcome::UserUnknown));
}

#[test]
fn capabilities_without_name_set_the_reassignment_pending_flag_where_restoration_is_used() {
    let request = uar(ALICE, Uat::REGISTRATION_AND_CAPABILITIES);
    let plain = answer(&alice_registered(&[A1]), &request);
    assert_eq!(
        (plain.outcome, &plain.server_name),
        (Outcome::Success, &None)
    );
    assert_eq!(plain.capabilities.as_ref().unwrap().optional, [3]);

    let restoring = Request {
        restoration: RestorationUse::InUse,
        ..request
    };
    let (changes, restored) = decide(&alice_registered(&[A1]), &restoring);
    assert_eq!(restored, plain);
    assert_eq!(changes.list, [Change::ReassignmentPending(true)]);
    let pending = with(alice_registered(&[A1]), changes.list);
    assert_eq!(decide(&pending, &restoring).0.list, []);
}

#[test]
fn an_unknown_authorization_type_is_refused() {
    let refused = answer(&alice(), &uar(ALICE, Uat(3)));
    assert_eq!(
        refused,
        Answer::only(Outcome::InvalidAvpValue(Subject::UserAuthorizationType))
    );
}

fn mar(impi: &str, scheme: &str) -> multimedia_auth::Request {
    multimedia_auth::Request {
        impi: impi.to_owned(),
        impu: ALICE.to_owned(),
        member: None,
        scheme: scheme.to_owned(),
        authorization: None,
        rands: vec![[1; 16]],
        scscf: scscf("s1"),
    }
}

#[test]
fn mar_takes_the_scscf_and_notes_the_challenge() {
    for scheme in ["SIP Digest", "Unknown"] {
        let (changes, answer) = multimedia_auth::decide(&alice(), &mar(A1, scheme));
        assert_eq!(answer.outcome, Outcome::Success);
        let multimedia_auth::Items::Digest(credentials) = answer.items else {
            panic!("{scheme}")
        };
        assert_eq!(credentials.realm, "home.example");
        // printf 'a1@home.example:home.example:wonderland' | md5sum
        assert_eq!(
            credentials.md5.unwrap().digits(),
            "eac86fe1a8554cd8e21b1f9e62cdbf31"
        );
        assert!(credentials.sha256.is_some());
        assert_eq!(changes.list, [served_by("s1"), challenged(A1, ALICE)]);
    }
}

#[test]
fn mar_for_a_registered_identity_leaves_its_state() {
    let (changes, answer) =
        multimedia_auth::decide(&alice_registered(&[A1]), &mar(A1, "SIP Digest"));
    assert_eq!((answer.outcome, changes.list), (Outcome::Success, vec![]));
}

#[test]
fn mar_from_another_scscf_overwrites_the_name_and_keeps_the_backup() {
    let before = with(alice_registered(&[A1]), [Change::ReassignmentPending(true)]);
    let request = multimedia_auth::Request {
        scscf: scscf("s2"),
        ..mar(A1, "SIP Digest")
    };
    let (changes, _) = multimedia_auth::decide(&before, &request);
    assert_eq!(
        changes.list,
        [
            Change::Holding(Some(scscf("s1"))),
            served_by("s2"),
            Change::ReassignmentPending(false)
        ]
    );
    let after = with(before.clone(), changes.list);
    assert_eq!(
        (&after.backups, after.impu_state(ALICE)),
        (&before.backups, ImpuState::Registered)
    );
}

#[test]
fn mar_from_the_scscf_that_holds_the_registrations_assigns_it_again() {
    let challenged_at = |record, name| {
        let request = multimedia_auth::Request {
            scscf: scscf(name),
            ..mar(A1, "SIP Digest")
        };
        let (changes, _) = multimedia_auth::decide(&record, &request);
        with(record, changes.list)
    };
    let at_s2 = challenged_at(alice_registered(&[A1]), "s2");
    let at_s3 = challenged_at(at_s2.clone(), "s3");
    assert_eq!(at_s3.scscf, Some(scscf("s3")));
    assert_eq!(at_s3.holder(), Some(&scscf("s1")));
    for record in [at_s2, at_s3] {
        let back = challenged_at(record, "s1");
        assert_eq!((back.scscf, back.holding), (Some(scscf("s1")), None));
        assert_eq!(back.pairs, alice_registered(&[A1]).pairs);
    }
    // Who holds nothing is not remembered.
    assert_eq!(
        challenged_at(challenged_at(alice(), "s1"), "s2").holding,
        None
    );
}

#[test]
fn mar_for_an_unregistered_identity_keeps_it_unregistered() {
    let (changes, _) = multimedia_auth::decide(&alice_unregistered(), &mar(A1, "SIP Digest"));
    assert_eq!(changes.list, [challenged(A1, ALICE)]);
}

#[test]
fn mar_with_a_scheme_that_the_user_lacks_is_refused_and_changes_nothing() {
    let refused = multimedia_auth::Answer::only(Outcome::AuthSchemeNotSupported);
    for scheme in [
        "Digest-AKAv1-MD5",
        "NASS-Bundled",
        "Early-IMS-Security",
        "sip digest",
        "",
    ] {
        let (changes, answer) = multimedia_auth::decide(&alice(), &mar(A1, scheme));
        assert_eq!(
            (changes.list, answer),
            (vec![], refused.clone()),
            "{scheme}"
        );
    }
    let request = multimedia_auth::Request {
        impu: CAROL.to_owned(),
        ..mar(C1, "Unknown")
    };
    assert_eq!(
        multimedia_auth::decide(&record("carol"), &request).1,
        refused
    );
}

#[test]
fn mar_gives_no_more_items_than_asked_for() {
    let request = multimedia_auth::Request {
        rands: Vec::new(),
        ..mar(A1, "SIP Digest")
    };
    let (_, answer) = multimedia_auth::decide(&alice(), &request);
    assert_eq!(
        (answer.outcome, answer.items),
        (Outcome::Success, multimedia_auth::Items::None)
    );
}

#[test]
fn lir_finds_the_scscf_or_says_what_one_needs() {
    let lir = |impu: &str, originating| location_info::Request {
        impu: impu.to_owned(),
        member: None,
        originating,
        authorization_type: None,
        restoration: RestorationUse::InUse,
    };
    let elsewhere = with(alice(), [registered(A1, OFFICE), served_by("s1")]);
    let named = Some("sip:s1.home.example".to_owned());
    for (record, impu, originating, outcome, name) in [
        (
            alice_registered(&[A1]),
            ALICE,
            false,
            Outcome::Success,
            &named,
        ),
        (alice_unregistered(), ALICE, false, Outcome::Success, &named),
        // The shared set's only criterion is for the registered; the office identity's is for both.
        (alice(), ALICE, false, Outcome::IdentityNotRegistered, &None),
        (
            elsewhere.clone(),
            ALICE,
            false,
            Outcome::IdentityNotRegistered,
            &None,
        ),
        (elsewhere, ALICE, true, Outcome::Success, &named),
        (alice(), ALICE, true, Outcome::UnregisteredService, &None),
        (alice(), OFFICE, false, Outcome::UnregisteredService, &None),
        (record("carol"), OFF, true, Outcome::UserUnknown, &None),
    ] {
        let (changes, answer) = location_info::decide(&record, &lir(impu, originating));
        assert_eq!((answer.outcome, &answer.server_name), (outcome, name));
        assert_eq!(
            answer.capabilities.is_some(),
            outcome == Outcome::UnregisteredService
        );
        assert!(changes.list.is_empty());
    }
    let reselect = location_info::Request {
        authorization_type: Some(Uat::REGISTRATION_AND_CAPABILITIES),
        ..lir(ALICE, false)
    };
    let (changes, answer) = location_info::decide(&alice_registered(&[A1]), &reselect);
    assert_eq!(
        (answer.outcome, answer.server_name),
        (Outcome::Success, None)
    );
    assert_eq!(changes.list, [Change::ReassignmentPending(true)]);
}
