//! REGISTER through the P-CSCF, to a home network played by hand (TS 24.229 §5.2.2).

use sim::{Faults, Sim};
use sip_message::{Message, Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

#[test]
fn ts24229_5_2_2_1_what_the_p_cscf_puts_and_what_a_phone_may_not_say() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let forged = [
            CONTACT,
            (Name::PATH, "<sip:evil@192.0.2.1;lr>"),
            (Name::P_VISITED_NETWORK_ID, "\"home.example\""),
            (Name::P_CHARGING_VECTOR, "icid-value=mine"),
            (Name::P_ASSERTED_IDENTITY, "<sip:bob@home.example>"),
            (Name::P_USER_DATABASE, "<aaa://evil.example>"),
            (
                Name::P_ACCESS_NETWORK_INFO,
                "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=1;network-provided",
            ),
            (
                Name::P_ACCESS_NETWORK_INFO,
                "IEEE-802.11;i-wlan-node-id=aabbccddeeff",
            ),
            (
                Name::AUTHORIZATION,
                "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", uri=\"sip:home.example\", \
                 response=\"\", integrity-protected=\"auth-done\"",
            ),
        ];
        assert_eq!(alice.ask(&forged).await.status(), Some(Status::OK));
        let got = &got.borrow()[0];
        let paths: Vec<&str> = got.elements(Name::PATH).collect();
        assert!(
            paths.len() == 1 && paths[0].ends_with("@10.0.0.2:5070;lr>"),
            "{paths:?}"
        );
        assert_eq!(got.elements(Name::REQUIRE).collect::<Vec<_>>(), ["path"]);
        assert_eq!(
            got.header(Name::P_VISITED_NETWORK_ID),
            Some("\"visited.example\"")
        );
        let vector = got.header(Name::P_CHARGING_VECTOR).unwrap_or_default();
        assert!(
            vector.starts_with("icid-value=\"") && !vector.contains("mine"),
            "{vector}"
        );
        assert!(
            vector.ends_with(";icid-generated-at=10.0.0.2;orig-ioi=\"Type 1visited.example\""),
            "{vector}"
        );
        assert_eq!(got.header(Name::P_ASSERTED_IDENTITY), None);
        assert_eq!(got.header(Name::P_USER_DATABASE), None);
        let access: Vec<&str> = got.elements(Name::P_ACCESS_NETWORK_INFO).collect();
        assert_eq!(access, ["IEEE-802.11;i-wlan-node-id=aabbccddeeff"]);
        assert!(got.header(Name::AUTHORIZATION).is_some_and(|value| {
            value.ends_with(", integrity-protected=\"ip-assoc-pending\"")
                && !value.contains("auth-done")
        }));
    });
}

#[test]
fn ts24229_5_2_2_2_what_is_between_home_network_and_p_cscf_does_not_reach_the_phone() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let answer = |before: usize, request: &Message| {
            let mut response = match before {
                0 => challenged(request, "n", ", ik=\"00\", ck=\"11\""),
                _ => granted(request, 600),
            };
            response.append(Name::P_CHARGING_VECTOR, "icid-value=1;term-ioi=home");
            response.append(Name::P_CHARGING_FUNCTION_ADDRESSES, "ccf=192.0.2.1");
            response.append(Name::SERVICE_ROUTE, "<sip:orig@scscf.home.example;lr>");
            response
        };
        let _home = neighbour(&sim, ICSCF, answer).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        for status in [Status::UNAUTHORIZED, Status::OK] {
            let response = alice.ask(&[CONTACT]).await;
            assert_eq!(response.status(), Some(status));
            assert_eq!(response.header(Name::P_CHARGING_VECTOR), None);
            assert_eq!(response.header(Name::P_CHARGING_FUNCTION_ADDRESSES), None);
            assert!(response.header(Name::SERVICE_ROUTE).is_some());
            let challenge = response.header(Name::WWW_AUTHENTICATE).unwrap_or_default();
            assert!(
                !challenge.contains("ik=") && !challenge.contains("ck="),
                "{challenge}"
            );
        }
    });
}

#[test]
fn ts24229_5_2_2_1_a_registration_is_remembered_as_long_as_it_lasts() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        // The registrar writes the contact in its own way (RFC 3261 §19.1.4).
        let answer = |_: usize, request: &Message| {
            let mut response = Message::response(request, Status::OK);
            response.append(Name::CONTACT, "<sip:%61lice@10.0.0.9>;expires=600");
            response
        };
        let _home = neighbour(&sim, ICSCF, answer).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        assert_eq!(alice.ask(&[CONTACT]).await.status(), Some(Status::OK));
        assert_eq!(pcscf.state()["registrations"], 1);
        pass(seconds(599)).await;
        assert_eq!(pcscf.state()["registrations"], 1);
        pass(seconds(1)).await;
        assert_eq!(pcscf.state()["registrations"], 0);
    });
}

#[test]
fn a_phone_does_not_choose_where_the_p_cscf_sends_to() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let elsewhere = neighbour(&sim, SCSCF, |_, request| granted(request, 600)).await;
        let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let hand = hand(&sim, HAND).await;
        let ask = |uri: &'static str, cseq| {
            let mut request = register("alice", "elsewhere", cseq);
            request.set_request_uri(uri);
            request.append(CONTACT.0, CONTACT.1);
            let hand = hand.clone();
            async move { hand.request(request, at(PCSCF)).await.expect("a response") }
        };
        let refused = ask("sip:10.0.0.4", 1).await;
        assert_eq!(refused.status(), Some(Status::NOT_FOUND));
        assert!(
            refused
                .header(Name::TO)
                .is_some_and(|to| to.contains(";tag=")),
            "RFC 3261 §8.2.6.2"
        );
        assert_eq!(
            ask("sip:home.example:9", 2).await.status(),
            Some(Status::OK),
            "at the port of the configuration"
        );
        assert_eq!((elsewhere.borrow().len(), home.borrow().len()), (0, 1));
    });
}
