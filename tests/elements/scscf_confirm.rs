//! An HSS that comes back without all that it was told hears it again with the next refresh (TS 29.228 §6.1.2,
//! RE_REGISTRATION).

use diameter_codec::ResultCode;
use diameter_codec::cx::ServerAssignmentType as Sat;
use sim::{Faults, Sim};
use sip_message::{Name, Status};

use crate::bench::*;
use crate::hand_hss::{hand_hss, profile};

const A: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>;expires=600");
const OK: Option<Status> = Some(Status::OK);

fn told_again() -> [u32; 2] {
    [Sat::REGISTRATION.0, Sat::RE_REGISTRATION.0]
}

#[test]
fn an_hss_that_lost_its_database_knows_who_is_registered_after_one_refresh_each() {
    sim::run(1, Faults::none(), |sim| async move {
        let _hss = hss(&sim).await;
        let scscf = scscf_with(&sim, SCSCF, "").await;
        let hand = hand(&sim, HAND).await;
        let mut alice = Phone::new(&hand, SCSCF, "alice");
        assert_eq!(alice.register(&[A]).await.status(), OK);
        sim.crash(ip(HSS));
        let hss = hss(&sim).await;
        pass(seconds(5)).await;
        assert_eq!(at_hss(&hss, "alice").0, "not registered");
        assert_eq!(alice.ask(&[A]).await.status(), OK);
        assert_eq!(at_hss(&hss, "alice"), ("registered".to_owned(), false));
        assert_eq!(assignments(&sim), told_again());
        // Once: it has lost nothing since.
        assert_eq!(alice.ask(&[A]).await.status(), OK);
        assert_eq!(assignments(&sim), told_again());
        assert_eq!(scscf.state()["registrar"]["contacts"], 1);
    });
}

#[test]
fn who_is_not_ours_by_what_the_hss_says_is_held_no_more_and_registers_anew() {
    for (code, status, left) in [
        (5005, Status::CALL_TRANSACTION_DOES_NOT_EXIST, 0),
        (5003, Status::CALL_TRANSACTION_DOES_NOT_EXIST, 0),
        (5001, Status::FORBIDDEN, 0),
        (5002, Status::FORBIDDEN, 0),
        // It takes no RE_REGISTRATION: that says nothing of the user.
        (5007, Status::OK, 1),
    ] {
        sim::run(1, Faults::none(), |sim| async move {
            let hss = hand_hss(&sim).await;
            let scscf = scscf_with(&sim, SCSCF, "").await;
            let hand = hand(&sim, HAND).await;
            let mut alice = Phone::new(&hand, SCSCF, "alice");
            assert_eq!(alice.register(&[A]).await.status(), OK);
            sim.reset(ip(SCSCF), ip(HSS));
            pass(seconds(5)).await;
            hss.policy.borrow_mut().refuse = Some(code);
            assert_eq!(alice.ask(&[A]).await.status(), Some(status), "{code}");
            let held = scscf.state()["registrar"]["contacts"].as_u64();
            assert_eq!(held, Some(left), "{code}");
            assert_eq!(alice.register(&[A]).await.status(), OK, "{code}");
            let told = assignments(&sim);
            assert_eq!(told[..2], told_again());
            // Who stayed was asked about once; who did not has registered anew.
            let more = if left == 0 {
                &[Sat::REGISTRATION.0][..]
            } else {
                &[]
            };
            assert_eq!(told[2..], *more, "{code}");
        });
    }
}

#[test]
fn an_hss_that_cannot_take_it_is_told_later_and_the_phone_stays_registered() {
    sim::run(1, Faults::none(), |sim| async move {
        let hss = hand_hss(&sim).await;
        let scscf = scscf_with(&sim, SCSCF, "").await;
        let hand = hand(&sim, HAND).await;
        let mut alice = Phone::new(&hand, SCSCF, "alice");
        assert_eq!(alice.register(&[A]).await.status(), OK);
        sim.reset(ip(SCSCF), ip(HSS));
        pass(seconds(5)).await;
        hss.policy.borrow_mut().broken = Some(ResultCode::UNABLE_TO_COMPLY);
        assert_eq!(alice.ask(&[A]).await.status(), OK);
        hss.policy.borrow_mut().broken = None;
        let before = assignments(&sim).len();
        pass(seconds(40)).await;
        assert_eq!(assignments(&sim)[before..], [Sat::RE_REGISTRATION.0]);
        assert_eq!(alice.ask(&[A]).await.status(), OK);
        assert_eq!(assignments(&sim).len(), before + 1, "it knows");
        assert_eq!(scscf.state()["registrar"]["contacts"], 1);
    });
}

/// Alice, registered, whose HSS was away and has another profile of her since; she refreshes, at once or when the HSS has
/// not taken the confirmation at first. Gives the status of the refresh.
async fn refreshed_with(
    sim: &Sim,
    identities: &[(&str, bool)],
    late: bool,
) -> (Started, Option<Status>) {
    let hss = hand_hss(sim).await;
    let scscf = scscf_with(sim, SCSCF, "").await;
    let hand = hand(sim, HAND).await;
    let mut alice = Phone::new(&hand, SCSCF, "alice");
    assert_eq!(alice.register(&[A]).await.status(), OK);
    sim.reset(ip(SCSCF), ip(HSS));
    pass(seconds(5)).await;
    hss.policy.borrow_mut().user_data = profile(identities);
    hss.policy.borrow_mut().broken = late.then_some(ResultCode::UNABLE_TO_COMPLY);
    let status = alice.ask(&[A]).await.status();
    hss.policy.borrow_mut().broken = None;
    pass(seconds(100)).await;
    (scscf, status)
}

#[test]
fn who_is_confirmed_has_the_profile_of_then_at_once_or_late() {
    for late in [false, true] {
        sim::run(1, Faults::none(), |sim| async move {
            let identities = [("sip:alice@home.example", false), ("tel:+15551", false)];
            let (scscf, status) = refreshed_with(&sim, &identities, late).await;
            assert_eq!(status, OK);
            let held = &scscf.state()["registrar"]["first"][0];
            let shown = ["sip:alice@home.example", "tel:+15551"];
            assert_eq!(
                held["public_identities"],
                serde_json::json!(shown),
                "{late}"
            );
            let told = assignments(&sim);
            assert_eq!(told.last(), Some(&Sat::RE_REGISTRATION.0), "{late}");
        });
    }
}

#[test]
fn who_is_confirmed_and_barred_by_then_is_registered_no_more() {
    for (late, status, last) in [
        (false, Status::FORBIDDEN, Sat::ADMINISTRATIVE_DEREGISTRATION),
        (true, Status::OK, Sat::TIMEOUT_DEREGISTRATION),
    ] {
        sim::run(1, Faults::none(), |sim| async move {
            let (scscf, said) =
                refreshed_with(&sim, &[("sip:alice@home.example", true)], late).await;
            assert_eq!(said, Some(status));
            assert_eq!(scscf.state()["registrar"]["contacts"], 0, "{late}");
            let told = assignments(&sim);
            let confirmed = told.len() - 2;
            assert_eq!(
                told[confirmed..],
                [Sat::RE_REGISTRATION.0, last.0],
                "{late}"
            );
        });
    }
}
