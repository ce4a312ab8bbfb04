//! REGISTER through the I-CSCF, to S-CSCFs played by hand (TS 24.229 §5.3.1).

use diameter_codec::ResultCode;
use diameter_codec::cx::{UserAuthorizationType as Uat, avp};
use driver::sip::Endpoint;
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Name, Status};

use crate::bench::*;
use crate::hand_hss::hand_hss;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

async fn bench(sim: &Sim) -> (Started, Endpoint<SimIo>) {
    let hss = hss(sim).await;
    let _icscf = icscf(sim).await;
    (hss, hand(sim, HAND).await)
}

fn answers(status: Status) -> impl Fn(usize, &Message) -> Message {
    move |_, request| Message::response(request, status)
}

#[test]
fn ts24229_5_3_1_2_the_request_goes_to_the_s_cscf_by_its_name() {
    run(|sim| async move {
        let (_hss, hand) = bench(&sim).await;
        let one = neighbour(&sim, SCSCF, answers(Status::UNAUTHORIZED)).await;
        let other = neighbour(&sim, OTHER_SCSCF, answers(Status::UNAUTHORIZED)).await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        let visited = (Name::P_VISITED_NETWORK_ID, "\"visited.example\"");
        assert_eq!(
            alice.ask(&[CONTACT, visited]).await.status(),
            Some(Status::UNAUTHORIZED)
        );
        let got: Vec<Message> = one
            .borrow()
            .iter()
            .chain(&*other.borrow())
            .cloned()
            .collect();
        let [got] = &got[..] else {
            panic!("one S-CSCF is asked once")
        };
        assert!(matches!(
            got.request_uri(),
            Some("sip:10.0.0.4" | "sip:10.0.0.6")
        ));
        assert_eq!(got.header(Name::MAX_FORWARDS), Some("69"));
        let uar = diameter_requests(&sim)
            .into_iter()
            .find(|request| request.header().command.0 == 300);
        let uar = uar.expect("a UAR");
        let network = uar
            .find(avp::VISITED_NETWORK_IDENTIFIER)
            .expect("mandatory");
        assert_eq!(network.text(), Some("visited.example"));
    });
}

#[test]
fn ts24229_5_3_1_2_who_the_hss_does_not_know_gets_403_with_a_tag() {
    run(|sim| async move {
        let (_hss, hand) = bench(&sim).await;
        let mut mallory = Phone::new(&hand, ICSCF, "mallory");
        let refused = mallory.ask(&[CONTACT]).await;
        assert_eq!(refused.status(), Some(Status::FORBIDDEN));
        assert!(
            refused
                .header(Name::TO)
                .is_some_and(|to| to.contains(";tag=")),
            "RFC 3261 §8.2.6.2"
        );
    });
}

#[test]
fn ts24229_5_3_1_3_a_silent_s_cscf_is_passed_over_in_time() {
    for alive in [SCSCF, OTHER_SCSCF] {
        run(|sim| async move {
            let (_hss, hand) = bench(&sim).await;
            let got = neighbour(&sim, alive, answers(Status::UNAUTHORIZED)).await;
            let mut alice = Phone::new(&hand, ICSCF, "alice");
            let answered = alice.ask(&[CONTACT]).await;
            assert_eq!(answered.status(), Some(Status::UNAUTHORIZED));
            assert_eq!(got.borrow().len(), 1);
            assert!(sim.elapsed() < seconds(15), "while the P-CSCF waits");
        });
    }
}

#[test]
fn ts24229_5_3_1_3_an_s_cscf_that_says_480_or_3xx_or_503_is_passed_over() {
    for status in [
        Status::TEMPORARILY_UNAVAILABLE,
        Status(302),
        Status::SERVICE_UNAVAILABLE,
    ] {
        for able in [SCSCF, OTHER_SCSCF] {
            run(|sim| async move {
                let (_hss, hand) = bench(&sim).await;
                let unable = if able == SCSCF { OTHER_SCSCF } else { SCSCF };
                let _unable = neighbour(&sim, unable, answers(status)).await;
                let got = neighbour(&sim, able, answers(Status::UNAUTHORIZED)).await;
                let mut alice = Phone::new(&hand, ICSCF, "alice");
                assert_eq!(
                    alice.ask(&[CONTACT]).await.status(),
                    Some(Status::UNAUTHORIZED)
                );
                assert_eq!(got.borrow().len(), 1);
            });
        }
    }
}

#[test]
fn ts24229_5_3_1_3_for_an_assigned_s_cscf_that_died_the_hss_is_asked_again_and_another_serves() {
    run(|sim| async move {
        let (hss, hand) = bench(&sim).await;
        let _one = scscf(&sim, SCSCF, "").await;
        let _other = scscf(&sim, OTHER_SCSCF, "").await;
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        assert_eq!(
            alice.ask(&[CONTACT]).await.status(),
            Some(Status::UNAUTHORIZED)
        );
        // An authentication is pending, so the HSS names the S-CSCF that has it.
        let assigned = hss.state()["subscribers"]
            .to_string()
            .contains("sip:10.0.0.4");
        let (dead, alive) = if assigned {
            (SCSCF, "sip:10.0.0.6")
        } else {
            (OTHER_SCSCF, "sip:10.0.0.4")
        };
        sim.crash(ip(dead));
        let registered = alice.register(&[CONTACT]).await;
        assert_eq!(registered.status(), Some(Status::OK));
        assert_eq!(at_hss(&hss, "alice").0, "registered");
        assert!(hss.state()["subscribers"].to_string().contains(alive));
        let requests = diameter_requests(&sim);
        let kinds: Vec<u32> = requests
            .iter()
            .filter_map(|request| request.find(avp::USER_AUTHORIZATION_TYPE)?.unsigned32())
            .collect();
        assert!(
            kinds.contains(&Uat::REGISTRATION_AND_CAPABILITIES.0),
            "{kinds:?}"
        );
    });
}

#[test]
fn an_hss_that_is_too_busy_is_503_and_the_phone_comes_again() {
    run(|sim| async move {
        let hss = hand_hss(&sim).await;
        let _icscf = icscf(&sim).await;
        let hand = hand(&sim, HAND).await;
        hss.policy.borrow_mut().broken = Some(ResultCode::TOO_BUSY);
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        let refused = alice.ask(&[CONTACT]).await;
        assert_eq!(refused.status(), Some(Status::SERVICE_UNAVAILABLE));
        assert_eq!(refused.header(Name::RETRY_AFTER), Some("10"));
    });
}

#[test]
fn ts24229_5_3_1_2_an_hss_out_of_reach_is_504() {
    run(|sim| async move {
        let (_hss, hand) = bench(&sim).await;
        sim.partition(ip(ICSCF), ip(HSS));
        let mut alice = Phone::new(&hand, ICSCF, "alice");
        let refused = alice.ask(&[CONTACT]).await;
        assert_eq!(refused.status(), Some(Status::SERVER_TIME_OUT));
        assert!(sim.elapsed() < seconds(6));
    });
}

#[test]
fn the_hss_is_asked_about_whom_the_credentials_of_the_home_realm_name() {
    let named = |user: &str, realm: &str| {
        format!(
            "Digest username=\"{user}@home.example\", realm=\"{realm}\", nonce=\"n\", uri=\"sip:home.example\", \
             response=\"00000000000000000000000000000000\""
        )
    };
    let (elsewhere, home) = (
        named("mallory", "elsewhere.example"),
        named("alice", "home.example"),
    );
    for (credentials, impi) in [
        (&[&elsewhere, &home][..], "alice@home.example"),
        // A user's secrets may be of any realm: who knows them judges.
        (&[&elsewhere], "mallory@home.example"),
    ] {
        run(|sim| async move {
            let (_hss, hand) = bench(&sim).await;
            let _one = neighbour(&sim, SCSCF, answers(Status::UNAUTHORIZED)).await;
            let _other = neighbour(&sim, OTHER_SCSCF, answers(Status::UNAUTHORIZED)).await;
            let mut alice = Phone::new(&hand, ICSCF, "alice");
            let mut headers = vec![CONTACT];
            headers.extend(
                credentials
                    .iter()
                    .map(|value| (Name::AUTHORIZATION, value.as_str())),
            );
            alice.ask(&headers).await;
            let requests = diameter_requests(&sim);
            let uar = requests
                .iter()
                .find(|request| request.header().command.0 == 300);
            let user = uar
                .expect("a UAR")
                .find(diameter_codec::base::avp::USER_NAME);
            assert_eq!(user.and_then(|user| user.text()), Some(impi));
        });
    }
}
