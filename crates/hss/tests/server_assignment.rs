//! SAR as tables (TS 29.228 §6.1.2; requirements C04 to C09).

mod subscribers;

use diameter_codec::cx::ServerAssignmentType as Sat;
use hss::error::{Outcome, Subject};
use hss::notice::{Content, Reason};
use hss::policy::{RestorationUse, ServerNameStorage};
use hss::record::{Change, ImpuState, Pair, SubscriptionRecord};
use hss::server_assignment::{Answer, Request, UserDataAtScscf, decide};
use subscribers::*;

const DEREGISTRATIONS: [Sat; 4] = [
    Sat::TIMEOUT_DEREGISTRATION,
    Sat::USER_DEREGISTRATION,
    Sat::ADMINISTRATIVE_DEREGISTRATION,
    Sat::DEREGISTRATION_TOO_MUCH_DATA,
];
const STORING: [Sat; 2] = [
    Sat::TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME,
    Sat::USER_DEREGISTRATION_STORE_SERVER_NAME,
];
const FAILURES: [Sat; 2] = [Sat::AUTHENTICATION_FAILURE, Sat::AUTHENTICATION_TIMEOUT];
const SET: [&str; 3] = [BARRED, ALICE, TEL];

fn sar(sat: Sat, impi: &str, impu: &str) -> Request {
    Request {
        impi: Some(impi.to_owned()),
        impus: vec![impu.to_owned()],
        member: None,
        scscf: scscf("s1"),
        assignment_type: sat,
        user_data: UserDataAtScscf::NotAvailable,
        multiple_registration: false,
        pcscf_restoration: false,
        backup: None,
        restoration: RestorationUse::NotInUse,
    }
}

fn restoring(request: Request) -> Request {
    Request {
        restoration: RestorationUse::InUse,
        ..request
    }
}

/// The answer and what the record is then, its version left as it was.
fn answer(record: &SubscriptionRecord, request: &Request) -> (Answer, SubscriptionRecord) {
    let (changes, answer) = decide(record, request, ServerNameStorage::Keep);
    assert_eq!(changes.version, record.version);
    let mut after = record.clone();
    after.apply(&changes);
    after.version = record.version;
    // Since when is what tests of notices are about.
    for state in after.pairs.values_mut() {
        state.since = 0;
    }
    (answer, after)
}

fn states(record: &SubscriptionRecord) -> [ImpuState; 3] {
    SET.map(|impu| record.impu_state(impu))
}

use ImpuState::{NotRegistered, Registered, Unregistered};

#[test]
fn c05_registration_takes_the_whole_set_for_one_impi() {
    for sat in [Sat::REGISTRATION, Sat::RE_REGISTRATION] {
        for before in [
            alice(),
            alice_unregistered(),
            with(alice(), [challenged(A1, ALICE), served_by("s1")]),
        ] {
            let (answer, after) = answer(&before, &sar(sat, A1, ALICE));
            assert_eq!(answer.outcome, Outcome::Success);
            assert_eq!(states(&after), [Registered; 3]);
            assert_eq!(after.scscf, Some(scscf("s1")));
            assert!(after.unregistered.is_empty());
            assert!(
                SET.iter()
                    .all(|impu| !after.pair(A1, impu).authentication_pending)
            );
            assert!(SET.iter().all(|impu| !after.pair(A2, impu).registered));
            assert_eq!(after.impu_state(OFFICE), NotRegistered);
        }
    }
}

#[test]
fn c05_deregistration_by_the_last_impi_forgets_the_scscf() {
    for sat in DEREGISTRATIONS {
        let (answer, after) = answer(&alice_registered(&[A1]), &sar(sat, A1, TEL));
        assert_eq!(answer.outcome, Outcome::Success);
        assert_eq!(answer.user_data, None);
        assert_eq!((states(&after), after.scscf), ([NotRegistered; 3], None));
        assert!(after.pairs.is_empty() && after.backups.is_empty());
    }
}

#[test]
fn c05_deregistration_by_one_of_two_impis_removes_its_pair_and_backup_alone() {
    for sat in DEREGISTRATIONS.into_iter().chain(STORING) {
        let (answer, after) = answer(&alice_registered(&[A1, A2]), &sar(sat, A1, ALICE));
        assert_eq!(answer.outcome, Outcome::Success);
        assert_eq!(after, alice_registered(&[A2]));
    }
}

#[test]
fn c05_deregistration_keeps_the_scscf_that_another_identity_needs() {
    for needs in [
        registered(A1, OFFICE),
        unregistered(OFFICE),
        challenged(A1, OFFICE),
    ] {
        let before = with(alice_registered(&[A1]), [needs]);
        let (_, after) = answer(&before, &sar(Sat::USER_DEREGISTRATION, A1, ALICE));
        assert_eq!(
            (states(&after), after.scscf),
            ([NotRegistered; 3], Some(scscf("s1")))
        );
    }
}

#[test]
fn c05_deregistration_of_an_unregistered_identity_forgets_the_scscf() {
    for sat in DEREGISTRATIONS {
        let (answer, after) = answer(&alice_unregistered(), &sar(sat, A1, ALICE));
        assert_eq!(answer.outcome, Outcome::Success);
        assert_eq!((states(&after), after.scscf), ([NotRegistered; 3], None));
    }
}

#[test]
fn c05_deregistration_sent_again_changes_nothing() {
    for sat in DEREGISTRATIONS.into_iter().chain(STORING) {
        let (_, once) = answer(&alice_registered(&[A1]), &sar(sat, A1, ALICE));
        let (answer, twice) = answer(&once, &sar(sat, A1, ALICE));
        assert_eq!(answer.outcome, Outcome::Success);
        assert_eq!(twice, once, "{sat:?}");
    }
}

#[test]
fn c05_deregistration_without_public_identity_is_of_all_that_the_impi_has() {
    let before = with(alice_registered(&[A1, A2]), [registered(A1, OFFICE)]);
    let request = Request {
        impus: Vec::new(),
        ..sar(Sat::USER_DEREGISTRATION, A1, ALICE)
    };
    let (answer, after) = answer(&before, &request);
    assert_eq!(
        (answer.outcome, answer.impi.as_deref()),
        (Outcome::Success, Some(A1))
    );
    assert_eq!(after, with(alice_registered(&[A2]), []));
}

#[test]
fn c05_deregistration_without_user_name_is_of_all_impis() {
    let before = with(alice_registered(&[A1, A2]), [registered(A1, OFFICE)]);
    let request = Request {
        impi: None,
        ..sar(Sat::ADMINISTRATIVE_DEREGISTRATION, A1, ALICE)
    };
    let (_, after) = answer(&before, &request);
    assert_eq!(states(&after), [NotRegistered; 3]);
    assert_eq!(after.impu_state(OFFICE), Registered);
    let both = Request {
        impus: vec![ALICE.to_owned(), TEL.to_owned(), OFFICE.to_owned()],
        ..request
    };
    let (_, after) = answer(&before, &both);
    assert!(after.pairs.is_empty() && after.scscf.is_none());
}

#[test]
fn c05_deregistration_that_stores_the_server_name() {
    for sat in STORING {
        let request = sar(sat, A1, ALICE);
        let (kept, after) = answer(&alice_registered(&[A1]), &request);
        assert_eq!(kept.outcome, Outcome::Success);
        assert_eq!(
            (states(&after), after.scscf),
            ([Unregistered; 3], Some(scscf("s1")))
        );
        assert!(after.pairs.is_empty() && after.backups.is_empty());

        let before = alice_registered(&[A1]);
        let (changes, forgotten) = decide(&before, &request, ServerNameStorage::Forget);
        assert_eq!(forgotten.outcome, Outcome::ServerNameNotStored);
        let mut after = before;
        after.apply(&changes);
        assert_eq!((states(&after), after.scscf), ([NotRegistered; 3], None));
    }
}

#[test]
fn c05_authentication_failure_clears_the_challenge_alone() {
    let challenged_again = with(alice_registered(&[A2]), [challenged(A1, ALICE)]);
    let first = with(alice(), [challenged(A1, ALICE), served_by("s1")]);
    let unregistered = with(alice_unregistered(), [challenged(A1, ALICE)]);
    for sat in FAILURES {
        for (before, wanted_states, wanted_scscf) in [
            (&first, [NotRegistered; 3], None),
            (&challenged_again, [Registered; 3], Some(scscf("s1"))),
            (&unregistered, [Unregistered; 3], Some(scscf("s1"))),
        ] {
            let (answer, after) = answer(before, &sar(sat, A1, ALICE));
            assert_eq!(answer.outcome, Outcome::Success);
            assert_eq!(
                (states(&after), &after.scscf),
                (wanted_states, &wanted_scscf)
            );
            assert!(!after.pair(A1, ALICE).authentication_pending);
            assert_eq!(answer.user_data, None);
        }
    }
}

#[test]
fn c05_unregistered_user_without_registration() {
    for before in [alice(), alice_unregistered()] {
        let request = Request {
            impi: None,
            ..sar(Sat::UNREGISTERED_USER, A1, ALICE)
        };
        let (answer, after) = answer(&before, &request);
        assert_eq!(answer.outcome, Outcome::Success);
        assert_eq!(answer.impi.as_deref(), Some(A1));
        assert!(answer.user_data.is_some());
        assert_eq!(
            (states(&after), after.scscf),
            ([Unregistered; 3], Some(scscf("s1")))
        );
    }
}

#[test]
fn c05_no_assignment_reads_for_the_assigned_scscf() {
    let before = alice_registered(&[A1, A2]);
    let request = sar(Sat::NO_ASSIGNMENT, A1, ALICE);
    let (assigned, after) = answer(&before, &restoring(request.clone()));
    assert_eq!(assigned.outcome, Outcome::Success);
    assert_eq!(
        assigned.backups,
        [
            format!("backup of {A1}").into_bytes(),
            format!("backup of {A2}").into_bytes()
        ]
    );
    assert!(assigned.user_data.is_some());
    assert_eq!(after, before);

    let stranger = Request {
        scscf: scscf("s2"),
        ..request.clone()
    };
    assert_eq!(
        answer(&before, &stranger).0,
        Answer::only(Outcome::UnableToComply)
    );
    assert_eq!(
        answer(&alice(), &request).0,
        Answer::only(Outcome::UnableToComply)
    );
    let pending = with(before, [Change::ReassignmentPending(true)]);
    let (answer, after) = answer(&pending, &stranger);
    assert_eq!(answer.outcome, Outcome::Success);
    assert_eq!(after, pending);
}

#[test]
fn c05_assignment_types_of_other_interfaces_are_refused() {
    for sat in [
        Sat::AAA_USER_DATA_REQUEST,
        Sat::PGW_UPDATE,
        Sat::RESTORATION,
        Sat(99),
    ] {
        let (answer, after) = answer(&alice_registered(&[A1]), &sar(sat, A1, ALICE));
        assert_eq!(
            answer,
            Answer::only(Outcome::InvalidAvpValue(Subject::ServerAssignmentType))
        );
        assert_eq!(after, alice_registered(&[A1]));
    }
}

#[test]
fn c04_what_may_be_absent_and_what_may_be_several() {
    let one = [
        Sat::NO_ASSIGNMENT,
        Sat::REGISTRATION,
        Sat::RE_REGISTRATION,
        Sat::UNREGISTERED_USER,
        Sat::AUTHENTICATION_FAILURE,
        Sat::AUTHENTICATION_TIMEOUT,
    ];
    for sat in one {
        let none = Request {
            impus: Vec::new(),
            ..sar(sat, A1, ALICE)
        };
        let refused = answer(&alice_registered(&[A1]), &none).0;
        assert_eq!(
            refused,
            Answer::only(Outcome::MissingAvp(Subject::PublicIdentity)),
            "{sat:?}"
        );
        let two = Request {
            impus: vec![ALICE.to_owned(), TEL.to_owned()],
            ..sar(sat, A1, ALICE)
        };
        let refused = answer(&alice_registered(&[A1]), &two).0;
        assert_eq!(
            refused,
            Answer::only(Outcome::OccursTooManyTimes(Subject::PublicIdentity)),
            "{sat:?}"
        );
    }
    for sat in [
        Sat::REGISTRATION,
        Sat::RE_REGISTRATION,
        Sat::AUTHENTICATION_FAILURE,
        Sat::AUTHENTICATION_TIMEOUT,
    ] {
        let nameless = Request {
            impi: None,
            ..sar(sat, A1, ALICE)
        };
        let refused = answer(&alice_registered(&[A1]), &nameless).0;
        assert_eq!(
            refused,
            Answer::only(Outcome::MissingAvp(Subject::UserName)),
            "{sat:?}"
        );
    }
    for sat in DEREGISTRATIONS.into_iter().chain(STORING) {
        let neither = Request {
            impi: None,
            impus: Vec::new(),
            ..sar(sat, A1, ALICE)
        };
        let refused = answer(&alice_registered(&[A1]), &neither).0;
        assert_eq!(
            refused,
            Answer::only(Outcome::MissingAvp(Subject::UserName)),
            "{sat:?}"
        );
        let two = Request {
            impus: vec![ALICE.to_owned(), OFFICE.to_owned()],
            ..sar(sat, A1, ALICE)
        };
        assert_eq!(
            answer(&alice_registered(&[A1]), &two).0.outcome,
            Outcome::Success,
            "{sat:?}"
        );
    }
}

#[test]
fn c06_another_scscf_is_refused_and_told_the_stored_name() {
    let all = [
        Sat::REGISTRATION,
        Sat::RE_REGISTRATION,
        Sat::UNREGISTERED_USER,
    ];
    for sat in all
        .into_iter()
        .chain(DEREGISTRATIONS)
        .chain(STORING)
        .chain(FAILURES)
    {
        for restoration in [RestorationUse::NotInUse, RestorationUse::InUse] {
            let before = alice_registered(&[A1]);
            let request = Request {
                scscf: scscf("s2"),
                restoration,
                ..sar(sat, A1, ALICE)
            };
            let (refused, after) = answer(&before, &request);
            assert_eq!(
                refused,
                Answer {
                    server_name: Some("sip:s1.home.example".to_owned()),
                    ..Answer::only(Outcome::IdentityAlreadyRegistered)
                },
                "{sat:?}"
            );
            assert_eq!(after, before, "{sat:?}");
        }
    }
}

#[test]
fn c06_another_scscf_is_taken_while_reassignment_is_pending() {
    for sat in [
        Sat::REGISTRATION,
        Sat::RE_REGISTRATION,
        Sat::UNREGISTERED_USER,
    ] {
        let before = with(alice_registered(&[A1]), [Change::ReassignmentPending(true)]);
        let (answer, after) = answer(
            &before,
            &restoring(Request {
                scscf: scscf("s2"),
                ..sar(sat, A1, ALICE)
            }),
        );
        assert_eq!(answer.outcome, Outcome::Success, "{sat:?}");
        assert_eq!(
            (after.scscf, after.reassignment_pending),
            (Some(scscf("s2")), false),
            "{sat:?}"
        );
        assert_eq!(after.pairs, before.pairs);
    }
}

/// A1 and A2 registered at s1, and a challenge of s2 is out.
fn challenged_elsewhere() -> SubscriptionRecord {
    let holding = Change::Holding(Some(scscf("s1")));
    with(alice_registered(&[A1, A2]), [holding, served_by("s2")])
}

fn from(name: &str, sat: Sat) -> Request {
    Request {
        scscf: scscf(name),
        ..sar(sat, A1, ALICE)
    }
}

#[test]
fn a_challenge_that_nobody_answers_gives_the_user_back_to_who_holds_the_registrations() {
    for sat in FAILURES.into_iter().chain([
        Sat::TIMEOUT_DEREGISTRATION,
        Sat::ADMINISTRATIVE_DEREGISTRATION,
    ]) {
        let (answer, after) = answer(&challenged_elsewhere(), &from("s2", sat));
        assert_eq!(answer.outcome, Outcome::Success, "{sat:?}");
        assert_eq!(after, with(alice_registered(&[A1, A2]), []), "{sat:?}");
    }
}

#[test]
fn who_holds_the_registrations_ends_them_while_another_challenges_and_starts_none() {
    let before = challenged_elsewhere();
    for sat in DEREGISTRATIONS {
        let (one, after) = answer(&before, &from("s1", sat));
        assert_eq!(one.outcome, Outcome::Success, "{sat:?}");
        assert_eq!(after.pairs, alice_registered(&[A2]).pairs, "{sat:?}");
        assert_eq!(after.holder(), Some(&scscf("s1")), "{sat:?}");
    }
    let (refused, after) = answer(&before, &from("s1", Sat::REGISTRATION));
    assert_eq!(refused.outcome, Outcome::IdentityAlreadyRegistered);
    assert_eq!(after, before);
    let (said, after) = answer(&before, &from("s1", Sat::RE_REGISTRATION));
    assert_eq!((said.outcome, after), (Outcome::Success, before.clone()));
    // TS 29.228 §6.1.2: what it brings to be kept is kept.
    let bringing = restoring(Request {
        backup: Some(b"new".to_vec()),
        ..from("s1", Sat::RE_REGISTRATION)
    });
    let (said, after) = answer(&before, &bringing);
    assert_eq!(said.outcome, Outcome::Success);
    let kept = after.backups.get(&Pair::new(A1, BARRED));
    assert_eq!(kept.map(Vec::as_slice), Some(&b"new"[..]));
}

/// IMPIs of the RTRs that `request` makes the HSS owe, each with its S-CSCF.
fn owed(record: &SubscriptionRecord, request: &Request) -> Vec<(String, String)> {
    let (changes, _) = decide(record, request, ServerNameStorage::Keep);
    let owed = changes.list.into_iter().filter_map(|change| match change {
        Change::Notice(notice) => match notice.content {
            Content::Termination(rtr) => {
                assert_eq!(
                    (rtr.reason, rtr.impus),
                    (Reason::NewServerAssigned, SET.map(str::to_owned).to_vec())
                );
                Some((rtr.impi, notice.scscf.name))
            }
            Content::Profile(_) => None,
        },
        _ => None,
    });
    owed.collect()
}

#[test]
fn ts29228_8_1_1_one_scscf_serves_all_identities_of_a_subscription() {
    let before = challenged_elsewhere();
    let old = "sip:s1.home.example".to_owned();
    let request = from("s2", Sat::REGISTRATION);
    let (taken, after) = answer(&before, &request);
    assert_eq!(taken.outcome, Outcome::Success);
    // Where the other's contacts were, nobody serves any more: it is not left registered without them.
    assert_eq!(after.pairs, alice_registered(&[A1]).pairs);
    assert_eq!((after.scscf, after.holding), (Some(scscf("s2")), None));
    let both = [(A1.to_owned(), old.clone()), (A2.to_owned(), old.clone())];
    assert_eq!(owed(&before, &request), both);
    // One whose backup is here is restored from it, where there is restoration.
    let (_, after) = answer(&before, &restoring(request));
    assert!(after.pair(A2, ALICE).registered);
    // A user who leaves at the other leaves, and the others stay where they are.
    let request = from("s2", Sat::USER_DEREGISTRATION);
    let (_, after) = answer(&before, &request);
    assert_eq!(after, with(alice_registered(&[A2]), []));
    assert_eq!(owed(&before, &request), [(A1.to_owned(), old)]);
}

#[test]
fn c06_the_same_name_from_another_host_is_the_same_scscf() {
    let mut moved = sar(Sat::RE_REGISTRATION, A1, ALICE);
    moved.scscf.host = "s1-new.home.example".to_owned();
    let (answer, after) = answer(&alice_registered(&[A1]), &moved);
    assert_eq!(answer.outcome, Outcome::Success);
    assert_eq!(after.scscf.unwrap().host, "s1-new.home.example");
}

#[test]
fn c07_unregistered_user_for_a_registered_identity() {
    let before = alice_registered(&[A1, A2]);
    let request = Request {
        impi: None,
        ..sar(Sat::UNREGISTERED_USER, A1, ALICE)
    };
    let (refused, after) = answer(&before, &request);
    assert_eq!(refused, Answer::only(Outcome::InAssignmentType));
    assert_eq!(after, before);

    let (restored, after) = answer(&before, &restoring(request));
    assert_eq!(restored.outcome, Outcome::Success);
    assert_eq!(
        restored.backups,
        [
            format!("backup of {A1}").into_bytes(),
            format!("backup of {A2}").into_bytes()
        ]
    );
    assert_eq!(restored.impi.as_deref(), Some(A1));
    assert_eq!(states(&after), [Registered; 3]);
    assert_eq!(after, before);
}

#[test]
fn c07_a_service_is_not_registered() {
    for sat in [Sat::REGISTRATION, Sat::RE_REGISTRATION] {
        let refused = answer(&record("carol"), &sar(sat, C1, SERVICE)).0;
        assert_eq!(refused, Answer::only(Outcome::InAssignmentType));
    }
    let (served, after) = answer(&record("carol"), &sar(Sat::UNREGISTERED_USER, C1, SERVICE));
    assert_eq!(
        (served.outcome, after.impu_state(SERVICE)),
        (Outcome::Success, Unregistered)
    );
    for sat in (0..=11).map(Sat) {
        let refused = answer(&record("carol"), &sar(sat, C1, OFF)).0;
        assert_eq!(refused, Answer::only(Outcome::UserUnknown), "{sat:?}");
    }
}

#[test]
fn c08_the_profile_has_the_default_identity_first_and_goes_with_charging() {
    let (answer, _) = answer(&alice(), &sar(Sat::REGISTRATION, A1, BARRED));
    let profile = answer.user_data.unwrap();
    assert_eq!(profile.private_id, A1);
    let identities: Vec<&str> = profile
        .public_identities()
        .map(|it| it.identity.as_str())
        .collect();
    assert_eq!(identities, [ALICE, BARRED, TEL]);
    assert_eq!(profile.service_profiles[1].initial_filter_criteria.len(), 1);
    assert_eq!(
        answer.charging.unwrap().primary_collection.as_deref(),
        Some("aaa://cdf.home.example")
    );
    assert_eq!(answer.impi.as_deref(), Some(A1));
}

#[test]
fn c08_the_default_identity_is_first_also_out_of_a_later_profile() {
    let mut subscription = alice().subscription.as_ref().clone();
    let set = &mut subscription.implicit_registration_sets[0];
    set.service_profiles[0].public_identities.truncate(1);
    let (answer, _) = answer(
        &SubscriptionRecord::new(subscription),
        &sar(Sat::REGISTRATION, A1, TEL),
    );
    let profile = answer.user_data.unwrap();
    let identities: Vec<&str> = profile
        .public_identities()
        .map(|it| it.identity.as_str())
        .collect();
    assert_eq!(identities, [TEL, BARRED]);
}

#[test]
fn c08_associated_identities_are_the_other_impis() {
    let (of_alice, _) = answer(&alice(), &sar(Sat::REGISTRATION, A1, ALICE));
    assert_eq!(of_alice.associated, [A2]);
    let (of_bob, _) = answer(&record(B1), &sar(Sat::REGISTRATION, B1, BOB));
    assert!(of_bob.associated.is_empty());
    assert_eq!(of_bob.charging, None);
}

#[test]
fn c08_associated_registered_identities_are_there_from_two_impis_on() {
    let (one, _) = answer(&alice(), &sar(Sat::REGISTRATION, A1, ALICE));
    assert!(one.associated_registered.is_empty());
    let (two, _) = answer(&alice_registered(&[A2]), &sar(Sat::REGISTRATION, A1, ALICE));
    assert_eq!(two.associated_registered, [A1, A2]);
}

#[test]
fn c09_the_profile_is_downloaded_for_four_types_and_only_where_it_is_lacking() {
    for sat in (0..=11).map(Sat) {
        let download = sat.0 <= 3;
        let before = match sat {
            Sat::UNREGISTERED_USER => alice_unregistered(),
            _ => alice_registered(&[A1]),
        };
        let (lacking, _) = answer(&before, &sar(sat, A1, ALICE));
        assert_eq!(lacking.outcome, Outcome::Success, "{sat:?}");
        assert_eq!(lacking.user_data.is_some(), download, "{sat:?}");
        assert_eq!(lacking.charging.is_some(), download, "{sat:?}");
        let has = Request {
            user_data: UserDataAtScscf::AlreadyAvailable,
            ..sar(sat, A1, ALICE)
        };
        let (having, _) = answer(&before, &has);
        assert_eq!((having.user_data, having.charging), (None, None), "{sat:?}");
    }
}

#[test]
fn c09_a_backup_is_stored_for_registration_and_re_registration_alone() {
    let kept = Some(b"backup of a1@home.example".to_vec());
    let pair = Pair::new(A1, BARRED);
    for sat in (0..=11).map(Sat) {
        let stores = matches!(sat, Sat::REGISTRATION | Sat::RE_REGISTRATION);
        let request = restoring(Request {
            backup: Some(b"new".to_vec()),
            ..sar(sat, A1, ALICE)
        });
        let (_, after) = answer(&alice_registered(&[A1]), &request);
        let removes = DEREGISTRATIONS.contains(&sat) || STORING.contains(&sat);
        let wanted = match (stores, removes) {
            (true, _) => Some(b"new".to_vec()),
            (_, true) => None,
            _ => kept.clone(),
        };
        assert_eq!(after.backups.get(&pair), wanted.as_ref(), "{sat:?}");
        // Where restoration is not in use there is nothing to restore from.
        let request = Request {
            restoration: RestorationUse::NotInUse,
            ..request
        };
        let (_, after) = answer(&alice(), &request);
        assert_eq!(after.backups.len(), 0, "{sat:?}");
    }
}

#[test]
fn c09_multiple_registration_gets_the_stored_backup_and_keeps_it() {
    let before = alice_registered(&[A1]);
    let request = restoring(Request {
        multiple_registration: true,
        backup: Some(b"new".to_vec()),
        ..sar(Sat::REGISTRATION, A1, ALICE)
    });
    let (indicated, after) = answer(&before, &request);
    assert_eq!(indicated.outcome, Outcome::InAssignmentType);
    assert_eq!(indicated.backups, [b"backup of a1@home.example".to_vec()]);
    assert!(indicated.user_data.is_some());
    assert_eq!(after, before);

    // Nothing to give back: another pair, no backup yet, or the SAR's own first copy.
    for (record, request) in [
        (alice_registered(&[A2]), request.clone()),
        (
            with(alice(), [registered(A1, ALICE), served_by("s1")]),
            request.clone(),
        ),
        (
            before,
            Request {
                backup: Some(b"backup of a1@home.example".to_vec()),
                ..request
            },
        ),
    ] {
        let (answer, after) = answer(&record, &request);
        assert_eq!(
            (answer.outcome, answer.backups.len()),
            (Outcome::Success, 0)
        );
        assert_eq!(
            after.backups.get(&Pair::new(A1, BARRED)),
            request.backup.as_ref()
        );
    }
}

#[test]
fn p_cscf_restoration_leaves_the_user_unregistered_without_backup() {
    let request = restoring(Request {
        pcscf_restoration: true,
        ..sar(Sat::UNREGISTERED_USER, A1, ALICE)
    });
    let (answer, after) = answer(&alice_registered(&[A1, A2]), &request);
    assert_eq!(answer.outcome, Outcome::Success);
    assert_eq!(
        (states(&after), after.scscf),
        ([Unregistered; 3], Some(scscf("s1")))
    );
    assert!(after.backups.is_empty() && after.pairs.is_empty());
}

#[test]
fn re_registration_makes_no_other_registration_of_what_is_registered() {
    let since = |record: &SubscriptionRecord, sat| {
        let (changes, _) = decide(record, &sar(sat, A1, ALICE), ServerNameStorage::Keep);
        let mut after = record.clone();
        after.apply(&changes);
        after.pair(A1, ALICE).since
    };
    let mut record = alice_registered(&[A1]);
    record.version = 7;
    assert_eq!(since(&record, Sat::RE_REGISTRATION), 0);
    assert_eq!(since(&record, Sat::REGISTRATION), 7);
    // The HSS had forgotten it.
    let mut record = alice();
    record.version = 7;
    assert_eq!(since(&record, Sat::RE_REGISTRATION), 7);
}
