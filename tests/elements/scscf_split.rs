//! Two S-CSCFs that hold one user because the RTR to the one before was lost (TS 24.229 §5.4.1.2; TS 29.228 §6.1.2,
//! §6.3.1, §8.1.1).
//!
//! An RTR is lost with the connection that it was on, and is sent again; until then whoever comes to the S-CSCF before
//! is asked about at the HSS, as the connection is another one. So the split ends with whichever is first, whether the
//! HSS has heard a MAR of the one before or not.

use diameter_codec::cx::ServerAssignmentType as Sat;
use sim::{Faults, Sim};
use sip_message::{Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>;expires=600");

/// Contacts at each of the two.
fn held(scscfs: [&Started; 2]) -> [u64; 2] {
    scscfs.map(|one| {
        let contacts = one.state()["registrar"]["contacts"].as_u64();
        contacts.expect("a number")
    })
}

/// Whom the HSS has assigned to alice, and who holds her instead.
fn served_by(hss: &Started) -> (Option<u8>, Option<u8>) {
    let state = hss.state();
    let subscriptions = state["subscribers"]["subscriptions"].as_array();
    let alice = subscriptions.into_iter().flatten().find(|one| {
        let mut impis = one["private_identities"].as_array().into_iter().flatten();
        impis.any(|impi| impi == "alice@home.example")
    });
    let alice = alice.expect("alice");
    let host = |key: &str| alice[key].as_str()?.rsplit('.').next()?.parse().ok();
    (host("scscf"), host("registrations_held_by"))
}

/// Alice registers at the first S-CSCF, which is configured with `more`, and at the other while the HSS cannot reach the
/// first; then by a nonce of the first there again, `wait` after the two can talk.
fn run(more: &'static str, scenario: impl AsyncFnOnce(&Sim, &Started, [&Started; 2], Phone)) {
    sim::run(1, Faults::none(), |sim: Sim| async move {
        let hss = hss(&sim).await;
        let first = scscf_with(&sim, SCSCF, more).await;
        let other = scscf_with(&sim, OTHER_SCSCF, "").await;
        let hand = hand(&sim, HAND).await;
        let mut alice = Phone::new(&hand, SCSCF, "alice");
        assert_eq!(alice.register(&[CONTACT]).await.status(), Some(Status::OK));
        sim.partition(ip(SCSCF), ip(HSS));
        let mut moved = Phone::new(&hand, OTHER_SCSCF, "alice");
        assert_eq!(moved.register(&[CONTACT]).await.status(), Some(Status::OK));
        // The RTR is lost with the connection that it was on.
        sim.reset(ip(SCSCF), ip(HSS));
        sim.heal(ip(SCSCF), ip(HSS));
        pass(seconds(3)).await;
        assert_eq!(held([&first, &other]), [1, 1]);
        assert_eq!(served_by(&hss), (Some(OTHER_SCSCF), None));
        scenario(&sim, &hss, [&first, &other], alice).await;
    });
}

#[test]
fn ts29228_6_3_1_who_comes_to_the_one_before_with_a_mar_is_taken_back() {
    // HA1 is asked for at each refresh, as AKA vectors are: the HSS takes the first S-CSCF for one that only challenges.
    let more = "[authentication]\ncredentials_life = 1\n";
    run(more, async |sim, hss, both, mut alice| {
        assert_eq!(
            alice.ask(&[CONTACT]).await.status(),
            Some(Status::UNAUTHORIZED)
        );
        assert_eq!(served_by(hss), (Some(SCSCF), Some(OTHER_SCSCF)));
        assert_eq!(alice.ask(&[CONTACT]).await.status(), Some(Status::OK));
        assert_eq!(assignments(sim).last(), Some(&Sat::RE_REGISTRATION.0));
        pass(seconds(15)).await;
        assert_eq!(held(both), [1, 0], "the HSS told the other one");
        assert_eq!(served_by(hss), (Some(SCSCF), None));
    });
}

#[test]
fn ts29228_6_1_2_1_who_comes_to_the_one_before_without_a_mar_begins_anew() {
    run("", async |sim, hss, both, mut alice| {
        let refused = alice.ask(&[CONTACT]).await;
        assert_eq!(
            refused.status(),
            Some(Status::CALL_TRANSACTION_DOES_NOT_EXIST)
        );
        assert_eq!(assignments(sim).last(), Some(&Sat::RE_REGISTRATION.0));
        assert_eq!(held(both), [0, 1], "what the HSS has is what counts");
        assert_eq!(alice.register(&[CONTACT]).await.status(), Some(Status::OK));
        pass(seconds(15)).await;
        assert_eq!(held(both), [1, 0]);
        assert_eq!(served_by(hss), (Some(SCSCF), None));
    });
}

#[test]
fn ts29228_8_1_1_the_one_before_hears_of_it_though_nobody_comes() {
    run("", async |_, hss, both, _| {
        pass(seconds(15)).await;
        assert_eq!(held(both), [0, 1]);
        assert_eq!(served_by(hss), (Some(OTHER_SCSCF), None));
    });
}
