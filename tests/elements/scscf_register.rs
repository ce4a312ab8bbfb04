//! REGISTER at the S-CSCF, against a whole HSS (TS 24.229 §5.4.1, RFC 3261 §10.3).

use std::time::Duration;

use diameter_codec::cx::ServerAssignmentType as Sat;
use driver::sip::Endpoint;
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Name, Status};

use crate::bench::*;

const A: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>;expires=600");
const B: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9:5070>;expires=600");
const STAR: [(Name<'static>, &str); 2] = [(Name::CONTACT, "*"), (Name::EXPIRES, "0")];

struct Bench {
    hss: Started,
    scscf: Started,
    hand: Endpoint<SimIo>,
    alice: Phone,
}

async fn bench(sim: &Sim) -> Bench {
    bench_with(sim, "").await
}

/// The same with `more` at the top of the S-CSCF's configuration.
async fn bench_with(sim: &Sim, more: &str) -> Bench {
    let hss = hss(sim).await;
    let scscf = scscf_with(sim, SCSCF, more).await;
    let hand = hand(sim, HAND).await;
    let alice = Phone::new(&hand, SCSCF, "alice");
    Bench {
        hss,
        scscf,
        hand,
        alice,
    }
}

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

fn held(bench: &Bench) -> u64 {
    bench.scscf.state()["registrar"]["contacts"]
        .as_u64()
        .expect("a number")
}

fn sat(types: &[Sat]) -> Vec<u32> {
    types.iter().map(|sat| sat.0).collect()
}

fn is_stale(response: &Message) -> bool {
    response
        .header(Name::WWW_AUTHENTICATE)
        .is_some_and(|value| value.to_ascii_lowercase().contains("stale=true"))
}

#[test]
fn ts24229_5_4_1_2_2_a_registration_is_challenged_stored_at_the_hss_and_answered() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let first = bench.alice.ask(&[A]).await;
        assert_eq!(first.status(), Some(Status::UNAUTHORIZED));
        assert!(!is_stale(&first));
        assert_eq!(
            at_hss(&bench.hss, "alice"),
            ("not registered".to_owned(), true)
        );
        let vector = (
            Name::P_CHARGING_VECTOR,
            "icid-value=\"i1\";icid-generated-at=10.0.0.2;orig-ioi=\"Type 1v\"",
        );
        let paths = (Name::PATH, "<sip:token@10.0.0.2;lr>");
        let done = bench.alice.ask(&[A, vector, paths]).await;
        assert_eq!(done.status(), Some(Status::OK));
        assert_eq!(
            done.header(Name::CONTACT),
            Some("<sip:alice@10.0.0.9>;expires=600")
        );
        assert_eq!(done.header(Name::PATH), Some("<sip:token@10.0.0.2;lr>"));
        assert_eq!(
            done.header(Name::SERVICE_ROUTE),
            Some("<sip:orig@10.0.0.4;lr>")
        );
        assert_eq!(
            done.header(Name::P_ASSOCIATED_URI),
            Some("<sip:alice@home.example>")
        );
        assert_eq!(
            done.header(Name::P_CHARGING_VECTOR),
            Some(
                "icid-value=\"i1\";icid-generated-at=10.0.0.2;orig-ioi=\"Type 1v\";term-ioi=\"Type 1home.example\""
            )
        );
        assert!(
            done.header(Name::TO).is_some_and(|to| to.contains(";tag=")),
            "RFC 3261 §8.2.6.2"
        );
        assert_eq!(
            at_hss(&bench.hss, "alice"),
            ("registered".to_owned(), false)
        );
        assert_eq!(assignments(&sim), sat(&[Sat::REGISTRATION]));
    });
}

#[test]
fn a_refresh_asks_the_hss_nothing() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let asked = diameter_requests(&sim).len();
        pass(seconds(100)).await;
        let refreshed = bench.alice.ask(&[A]).await;
        assert_eq!(
            refreshed.header(Name::CONTACT),
            Some("<sip:alice@10.0.0.9>;expires=600")
        );
        let queried = bench.alice.ask(&[]).await;
        assert_eq!(
            contacts(&queried),
            ["sip:alice@10.0.0.9"],
            "RFC 3261 §10.2.3: a query shows what is bound"
        );
        let requests = diameter_requests(&sim);
        let watchdogs = requests[asked..]
            .iter()
            .filter(|request| request.header().command.0 == 280)
            .count();
        assert_eq!(requests.len() - asked, watchdogs);
    });
}

#[test]
fn rfc7616_3_3_a_right_answer_to_a_forgotten_nonce_is_stale_and_a_wrong_one_is_not() {
    run(|sim| async move {
        let life = "[authentication]\nnonce_life = 240\n";
        let mut bench = bench_with(&sim, life).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        pass(seconds(241)).await;
        let again = bench.alice.ask(&[A]).await;
        assert_eq!(
            (again.status(), is_stale(&again)),
            (Some(Status::UNAUTHORIZED), true)
        );
        assert_eq!(bench.alice.ask(&[A]).await.status(), Some(Status::OK));
        pass(seconds(241)).await;
        bench.alice.password = "wrong";
        let wrong = bench.alice.ask(&[A]).await;
        assert_eq!(
            (wrong.status(), is_stale(&wrong)),
            (Some(Status::UNAUTHORIZED), false)
        );
    });
}

#[test]
fn ts24229_5_4_1_4_the_user_leaves_by_expires_0_or_star_and_the_hss_knows() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let zero: &[(Name<'static>, &str)] = &[(Name::CONTACT, "<sip:alice@10.0.0.9>;expires=0")];
        for leaving in [zero, &STAR] {
            assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
            assert_eq!(at_hss(&bench.hss, "alice").0, "registered");
            let left = bench.alice.register(leaving).await;
            assert_eq!(
                (left.status(), contacts(&left).len()),
                (Some(Status::OK), 0)
            );
            assert_eq!(
                (held(&bench), at_hss(&bench.hss, "alice").0.as_str()),
                (0, "not registered")
            );
        }
        let told = [
            Sat::REGISTRATION,
            Sat::USER_DEREGISTRATION,
            Sat::REGISTRATION,
            Sat::USER_DEREGISTRATION,
        ];
        assert_eq!(assignments(&sim), sat(&told));
    });
}

#[test]
fn ts24229_5_4_1_5_a_registration_that_nobody_refreshes_runs_out_here_and_at_the_hss() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        pass(Duration::from_millis(599_900)).await;
        assert_eq!(
            (held(&bench), at_hss(&bench.hss, "alice").0.as_str()),
            (1, "registered")
        );
        pass(Duration::from_millis(200)).await;
        assert_eq!(
            (held(&bench), at_hss(&bench.hss, "alice").0.as_str()),
            (0, "not registered")
        );
        assert_eq!(
            assignments(&sim),
            sat(&[Sat::REGISTRATION, Sat::TIMEOUT_DEREGISTRATION])
        );
    });
}

#[test]
fn an_hss_that_was_out_of_reach_is_told_later_what_ran_out() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let mut bob = Phone::new(&bench.hand, SCSCF, "bob");
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let contact = (Name::CONTACT, "<sip:bob@10.0.0.9>;expires=600");
        assert_eq!(bob.register(&[contact]).await.status(), Some(Status::OK));
        sim.partition(ip(SCSCF), ip(HSS));
        pass(seconds(660)).await;
        assert_eq!(held(&bench), 0);
        assert_eq!(at_hss(&bench.hss, "alice").0, "registered");
        sim.heal(ip(SCSCF), ip(HSS));
        pass(seconds(30)).await;
        // Who came back meanwhile is not deregistered after the fact.
        assert_eq!(bob.register(&[contact]).await.status(), Some(Status::OK));
        pass(seconds(120)).await;
        assert_eq!(at_hss(&bench.hss, "alice").0, "not registered");
        assert_eq!(at_hss(&bench.hss, "bob").0, "registered");
        assert_eq!(held(&bench), 1);
    });
}

#[test]
fn ts24229_5_4_1_2_2_reg_await_auth_ends_once_for_a_pair_and_not_for_who_registered() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        for _ in 0..20 {
            bench.alice.challenge = None;
            assert_eq!(
                bench.alice.ask(&[A]).await.status(),
                Some(Status::UNAUTHORIZED)
            );
        }
        let mut bob = Phone::new(&bench.hand, SCSCF, "bob");
        assert_eq!(
            bob.register(&[(Name::CONTACT, "<sip:bob@10.0.0.9>")])
                .await
                .status(),
            Some(Status::OK)
        );
        let kept = bench.scscf.state()["challenges"].as_u64();
        assert_eq!(
            kept,
            Some(1),
            "however often she asks; who registered is awaited no more"
        );
        assert!(at_hss(&bench.hss, "alice").1);
        pass(seconds(241)).await;
        assert_eq!(
            assignments(&sim),
            sat(&[Sat::REGISTRATION, Sat::AUTHENTICATION_TIMEOUT])
        );
        assert!(!at_hss(&bench.hss, "alice").1);
        assert_eq!(at_hss(&bench.hss, "bob").0, "registered");
        assert_eq!(bench.scscf.state()["challenges"].as_u64(), Some(0));
    });
}

#[test]
fn ts24229_5_4_1_2_3_wrong_answers_get_a_fresh_challenge_then_403_and_the_hss_hears() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        bench.alice.password = "wrong";
        for status in [
            Status::UNAUTHORIZED,
            Status::UNAUTHORIZED,
            Status::FORBIDDEN,
        ] {
            assert_eq!(bench.alice.ask(&[A]).await.status(), Some(status));
        }
        assert_eq!(assignments(&sim), sat(&[Sat::AUTHENTICATION_FAILURE]));
        assert_eq!(
            at_hss(&bench.hss, "alice"),
            ("not registered".to_owned(), false)
        );
    });
}

#[test]
fn a_new_contact_takes_the_place_of_the_old_one_however_often() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        for port in 5061..5100 {
            let contact = format!("<sip:alice@10.0.0.9:{port}>");
            let moved = bench.alice.register(&[(Name::CONTACT, &contact)]).await;
            assert_eq!(contacts(&moved), [format!("sip:alice@10.0.0.9:{port}")]);
        }
        assert_eq!(held(&bench), 1, "contacts do not pile up");
        assert_eq!(assignments(&sim), sat(&[Sat::REGISTRATION]));
    });
}

#[test]
fn rfc3261_10_2_2_removing_one_contact_and_adding_another_in_one_request_keeps_the_other() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let swap = [(Name::CONTACT, "<sip:alice@10.0.0.9>;expires=0"), B];
        let swapped = bench.alice.register(&swap).await;
        assert_eq!(contacts(&swapped), ["sip:alice@10.0.0.9:5070"]);
        assert_eq!(
            (held(&bench), at_hss(&bench.hss, "alice").0.as_str()),
            (1, "registered")
        );
        // Written otherwise, it is the same contact (RFC 3261 §19.1.4).
        let same = [(Name::CONTACT, "<sip:%61lice@10.0.0.9:5070>;expires=0")];
        assert_eq!(contacts(&bench.alice.register(&same).await).len(), 0);
        assert_eq!(
            (held(&bench), at_hss(&bench.hss, "alice").0.as_str()),
            (0, "not registered")
        );
    });
}

#[test]
fn rfc3261_10_3_a_request_older_than_the_binding_changes_nothing() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        bench.alice.cseq = 10;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        let zero: &[(Name<'static>, &str)] = &[(Name::CONTACT, "<sip:alice@10.0.0.9>;expires=0")];
        for late in [&[A][..], &[B], zero, &STAR] {
            bench.alice.cseq = 5;
            let refused = bench.alice.register(late).await;
            assert_eq!(
                refused.status(),
                Some(Status::SERVER_INTERNAL_ERROR),
                "{late:?}"
            );
        }
        bench.alice.call_id = "after-a-restart".to_owned();
        let other = bench.alice.register(&[A]).await;
        assert_eq!(
            (other.status(), contacts(&other).len()),
            (Some(Status::OK), 1)
        );
    });
}

#[test]
fn ts24229_5_4_1_2_an_hss_out_of_reach_is_504_and_nothing_changes() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let first = bench.alice.ask(&[A]).await;
        assert_eq!(first.status(), Some(Status::UNAUTHORIZED));
        sim.partition(ip(SCSCF), ip(HSS));
        let began = sim.elapsed();
        assert_eq!(
            bench.alice.ask(&[A]).await.status(),
            Some(Status::SERVER_TIME_OUT)
        );
        assert!(sim.elapsed() - began < seconds(6));
        assert_eq!(
            held(&bench),
            0,
            "nothing is promised that the HSS did not store"
        );
        sim.heal(ip(SCSCF), ip(HSS));
        pass(seconds(60)).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        sim.partition(ip(SCSCF), ip(HSS));
        assert_eq!(
            bench.alice.register(&STAR).await.status(),
            Some(Status::SERVER_TIME_OUT)
        );
        assert_eq!(
            held(&bench),
            1,
            "the user has not left before the HSS knows"
        );
    });
}

#[test]
fn whether_the_hss_did_what_a_sar_without_an_answer_said_is_cleared_up() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let first = bench.alice.ask(&[A]).await;
        assert_eq!(first.status(), Some(Status::UNAUTHORIZED));
        // What the HSS hears and does, and cannot say.
        sim.cut(ip(HSS), ip(SCSCF));
        let timed_out = Some(Status::SERVER_TIME_OUT);
        assert_eq!(bench.alice.ask(&[A]).await.status(), timed_out);
        assert_eq!(
            (at_hss(&bench.hss, "alice").0.as_str(), held(&bench)),
            ("registered", 0)
        );
        sim.heal(ip(HSS), ip(SCSCF));
        // The challenge may be answered again until its time is over.
        pass(seconds(300)).await;
        assert_eq!(at_hss(&bench.hss, "alice").0, "not registered");
        // The same of one who wants to leave, and was told that it did not work.
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        sim.cut(ip(HSS), ip(SCSCF));
        assert_eq!(bench.alice.register(&STAR).await.status(), timed_out);
        assert_eq!(
            (at_hss(&bench.hss, "alice").0.as_str(), held(&bench)),
            ("not registered", 1)
        );
        sim.heal(ip(HSS), ip(SCSCF));
        pass(seconds(60)).await;
        assert_eq!(at_hss(&bench.hss, "alice").0, "registered");
    });
}

#[test]
fn ts29228_6_1_2_a_stranger_whose_mar_has_no_answer_touches_no_registration() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        // The HSS alone knows of her.
        sim.crash(ip(SCSCF));
        bench.scscf = scscf_with(&sim, SCSCF, "").await;
        pass(seconds(5)).await;
        sim.cut(ip(HSS), ip(SCSCF));
        bench.alice.challenge = None;
        let timed_out = Some(Status::SERVER_TIME_OUT);
        assert_eq!(bench.alice.ask(&[A]).await.status(), timed_out);
        sim.heal(ip(HSS), ip(SCSCF));
        pass(seconds(300)).await;
        let told = [Sat::REGISTRATION, Sat::AUTHENTICATION_TIMEOUT];
        assert_eq!(assignments(&sim), sat(&told));
        assert_eq!(
            at_hss(&bench.hss, "alice"),
            ("registered".to_owned(), false)
        );
        // What was never sent leaves nothing to clear up.
        sim.partition(ip(HSS), ip(SCSCF));
        pass(seconds(120)).await;
        assert_eq!(bench.alice.ask(&[A]).await.status(), timed_out);
        sim.heal(ip(HSS), ip(SCSCF));
        pass(seconds(300)).await;
        assert_eq!(assignments(&sim), sat(&told));
    });
}

#[test]
fn an_identity_that_is_too_long_is_400_and_the_hss_is_not_asked() {
    run(|sim| async move {
        let bench = bench(&sim).await;
        for (octets, status) in [(200, Status::FORBIDDEN), (256, Status::BAD_REQUEST)] {
            let user: &'static str = "u".repeat(octets).leak();
            let mut phone = Phone::new(&bench.hand, SCSCF, user);
            assert_eq!(phone.ask(&[A]).await.status(), Some(status), "{octets}");
        }
        let requests = diameter_requests(&sim);
        let mars = requests
            .iter()
            .filter(|asked| asked.header().command.0 == 303);
        assert_eq!(mars.count(), 1);
    });
}

#[test]
fn requests_of_one_user_that_wait_are_bounded_and_other_users_do_not_wait() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        // Cut off, the HSS keeps each request of alice waiting for its time-out.
        sim.partition(ip(SCSCF), ip(HSS));
        let many = driver::turns::MAX_WAITING + 10;
        let asked: Vec<_> = (0..many)
            .map(|n| {
                let (endpoint, mut request) = (
                    bench.hand.clone(),
                    register("alice", &format!("flood-{n}"), 1),
                );
                request.append(A.0, A.1);
                driver::spawn(async move { endpoint.request(request, at(SCSCF)).await })
            })
            .collect();
        let mut refused = 0;
        for asked in asked {
            if let Ok(response) = asked.await.expect("no panic")
                && response.status() == Some(Status::SERVER_INTERNAL_ERROR)
            {
                assert_eq!(response.header(Name::RETRY_AFTER), Some("5"));
                refused += 1;
            }
        }
        assert_eq!(refused, many - driver::turns::MAX_WAITING - 1);
        sim.heal(ip(SCSCF), ip(HSS));
        pass(seconds(60)).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
    });
}

#[test]
fn rfc4475_3_3_7_an_authorization_of_an_unknown_scheme_is_as_none() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let other = (
            Name::AUTHORIZATION,
            "NoOneKnowsThisScheme username=\"bob@home.example\", response=\"1\"",
        );
        assert_eq!(
            bench.alice.ask(&[A, other]).await.status(),
            Some(Status::UNAUTHORIZED)
        );
        assert!(
            at_hss(&bench.hss, "alice").1,
            "alice is challenged, whom To names"
        );
    });
}

#[test]
fn ts24229_5_4_1_4_an_s_cscf_that_only_challenged_shows_and_removes_no_contacts_of_another() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        let _other = scscf(&sim, OTHER_SCSCF, "").await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        for (number, headers) in [
            &[][..],
            &[(Name::CONTACT, "<sip:alice@10.0.0.9>;expires=0")],
            &[(Name::CONTACT, "<sip:alice@10.0.0.99>;expires=0")],
        ]
        .iter()
        .enumerate()
        {
            let mut astray = Phone::new(&bench.hand, OTHER_SCSCF, "alice");
            astray.call_id = format!("astray-{number}");
            let refused = astray.register(headers).await;
            assert_eq!(
                refused.status(),
                Some(Status::CALL_TRANSACTION_DOES_NOT_EXIST),
                "{headers:?}"
            );
            assert_eq!(
                (held(&bench), at_hss(&bench.hss, "alice")),
                (1, ("registered".to_owned(), false))
            );
        }
        // Who holds it serves on.
        let shown = bench.alice.register(&[]).await;
        assert_eq!(contacts(&shown), ["sip:alice@10.0.0.9"]);
    });
}

#[test]
fn ts24229_5_4_1_4_what_an_s_cscf_lost_with_its_memory_is_over_when_the_phone_leaves() {
    run(|sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        sim.crash(ip(SCSCF));
        let _again = scscf(&sim, SCSCF, "").await;
        let leaving = [(Name::CONTACT, "<sip:alice@10.0.0.9>;expires=0")];
        let gone = bench.alice.register(&leaving).await;
        assert_eq!(gone.status(), Some(Status::CALL_TRANSACTION_DOES_NOT_EXIST));
        assert_eq!(
            at_hss(&bench.hss, "alice"),
            ("not registered".to_owned(), false)
        );
    });
}

/// When an HSS that was out of reach hears that alice's registration ran out, after it could have.
fn told_again(seed: u64) -> Duration {
    sim::run(seed, Faults::none(), |sim| async move {
        let mut bench = bench(&sim).await;
        assert_eq!(bench.alice.register(&[A]).await.status(), Some(Status::OK));
        pass(seconds(595)).await;
        sim.partition(ip(SCSCF), ip(HSS));
        // It runs out after 600 s; the connection to the HSS is given up, and what waited on it.
        pass(seconds(200)).await;
        sim.heal(ip(SCSCF), ip(HSS));
        let healed = sim.elapsed();
        while at_hss(&bench.hss, "alice").0 == "registered" {
            pass(Duration::from_millis(10)).await;
            assert!(sim.elapsed() - healed < seconds(60), "never told");
        }
        sim.elapsed() - healed
    })
}

#[test]
fn after_an_outage_the_hss_is_not_told_everything_at_once() {
    let mut told: Vec<Duration> = (1..=6).map(told_again).collect();
    assert_eq!(told[0], told_again(1), "the same seed, the same time");
    for after in &told {
        // A pause that begins while the connection is not back yet, 2 s at most.
        assert!(*after < seconds(33), "{after:?}");
    }
    told.sort_unstable();
    assert!(
        *told.last().expect("six") - told[0] > seconds(3),
        "{told:?}"
    );
}
