//! What the P-CSCF believes of phones and of the core (TS 24.229 §4.4, §5.2.2; RFC 3261 §16).

use driver::sip::Transport;
use sim::{Faults, Sim};
use sip_message::{Message, Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

#[test]
fn rfc3261_16_4_a_route_of_another_is_refused_and_our_own_goes() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let spoofed = [
            CONTACT,
            (Name::ROUTE, "<sip:10.0.0.2;lr>, <sip:10.0.0.4;lr>"),
        ];
        let refused = alice.ask(&spoofed).await;
        assert_eq!(refused.status(), Some(Status::FORBIDDEN));
        assert_eq!(got.borrow().len(), 0);
        let own = [CONTACT, (Name::ROUTE, "<sip:10.0.0.2;lr>")];
        assert_eq!(alice.ask(&own).await.status(), Some(Status::OK));
        assert_eq!(got.borrow()[0].header(Name::ROUTE), None);
    });
}

#[test]
fn rfc3261_16_7_503_of_the_core_is_500_for_the_phone_and_retry_after_stays() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let _home = neighbour(&sim, ICSCF, |_, request| {
            let mut response = Message::response(request, Status::SERVICE_UNAVAILABLE);
            response.append(Name::RETRY_AFTER, "40");
            response
        })
        .await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let response = alice.ask(&[CONTACT]).await;
        assert_eq!(response.status(), Some(Status::SERVER_INTERNAL_ERROR));
        assert_eq!(response.header(Name::RETRY_AFTER), Some("40"));
    });
}

#[test]
fn rfc3261_16_7_a_response_without_the_phones_via_is_not_forwarded() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let _home = neighbour(&sim, ICSCF, |_, request| {
            let mut response = granted(request, 600);
            let ours = response.pop_element(Name::VIA).expect("ours");
            response.set(Name::VIA, &ours);
            response
        })
        .await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let response = alice.ask(&[CONTACT]).await;
        assert_eq!(response.status(), Some(Status::BAD_GATEWAY));
        assert_eq!(pcscf.state()["registrations"], 0);
    });
}

#[test]
fn a_home_network_that_is_silent_is_504_before_the_phone_gives_up() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let mut request = register("alice", "silent", 1);
        request.append(CONTACT.0, CONTACT.1);
        // Timer F of the hand is 32 s, as that of Mw; a phone of IMS waits 128 s (TS 24.229 §7.7).
        let phone = radio_hand(&sim, HAND).await;
        let response = phone.request(request, at(PCSCF)).await.expect("in time");
        assert_eq!(response.status(), Some(Status::SERVER_TIME_OUT));
    });
}

#[test]
fn rfc3329_2_3_a_security_agreement_that_is_required_is_refused_by_name() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        for required in [Name::REQUIRE, Name::PROXY_REQUIRE] {
            let response = alice.ask(&[CONTACT, (required, "sec-agree")]).await;
            assert_eq!(response.status(), Some(Status::BAD_EXTENSION));
            assert_eq!(response.header(Name::UNSUPPORTED), Some("sec-agree"));
        }
        assert_eq!(got.borrow().len(), 0);
        // Offered only: the offer ends here.
        let offer = (
            Name::SECURITY_CLIENT,
            "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=1;spi-s=2;port-c=3;port-s=4",
        );
        assert_eq!(
            alice.ask(&[CONTACT, offer]).await.status(),
            Some(Status::OK)
        );
        assert_eq!(got.borrow()[0].header(Name::SECURITY_CLIENT), None);
    });
}

#[test]
fn sec_agree_strip_takes_the_requirement_out_and_nothing_else() {
    run(|sim| async move {
        let _pcscf = pcscf_with(&sim, "sec_agree = \"strip\"\n").await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let response = alice
            .ask(&[
                CONTACT,
                (Name::REQUIRE, "sec-agree, other"),
                (Name::PROXY_REQUIRE, "sec-agree"),
                (Name::SECURITY_CLIENT, "ipsec-3gpp"),
                (Name::SECURITY_VERIFY, "ipsec-3gpp"),
                (
                    Name::AUTHORIZATION,
                    "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", \
                     uri=\"sip:home.example\", response=\"\"",
                ),
            ])
            .await;
        assert_eq!(response.status(), Some(Status::OK));
        let got = &got.borrow()[0];
        assert_eq!(
            got.elements(Name::REQUIRE).collect::<Vec<_>>(),
            ["other", "path"]
        );
        for name in [
            Name::PROXY_REQUIRE,
            Name::SECURITY_CLIENT,
            Name::SECURITY_VERIFY,
        ] {
            assert_eq!(got.header(name), None);
        }
        // TS 24.229 §5.2.2: it is to be protected by IPsec, and is not.
        assert!(
            got.header(Name::AUTHORIZATION)
                .is_some_and(|value| value.ends_with("integrity-protected=\"no\""))
        );
    });
}

#[test]
fn ts24229_5_2_2_a_refresh_from_where_the_user_registered_says_so() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let endpoint = hand(&sim, HAND).await;
        let authorization = |user: &str| {
            format!(
                "Digest username=\"{user}@home.example\", realm=\"home.example\", nonce=\"\", \
                 uri=\"sip:home.example\", response=\"\""
            )
        };
        let (alices, bobs) = (authorization("alice"), authorization("bob"));
        let mut alice = Phone::new(&endpoint, PCSCF, "alice");
        for credentials in [
            vec![&alices],
            vec![&alices],
            // The registrar may take either.
            vec![&alices, &bobs],
            vec![&alices, &alices],
            vec![&alices, &alices],
            vec![&bobs],
        ] {
            let mut more = vec![CONTACT];
            more.extend(
                credentials
                    .into_iter()
                    .map(|one| (Name::AUTHORIZATION, one.as_str())),
            );
            let over_tcp = (Transport::Tcp, at(PCSCF));
            let response = endpoint.request(alice.next(&more), over_tcp).await;
            assert_eq!(response.expect("answered").status(), Some(Status::OK));
        }
        // Anybody can write alice's address on a datagram.
        for _ in 0..2 {
            let more = [CONTACT, (Name::AUTHORIZATION, alices.as_str())];
            assert_eq!(alice.ask(&more).await.status(), Some(Status::OK));
        }
        let protection: Vec<bool> = got
            .borrow()
            .iter()
            .map(|request| {
                request
                    .header(Name::AUTHORIZATION)
                    .is_some_and(|value| value.ends_with("integrity-protected=\"ip-assoc-yes\""))
            })
            .collect();
        assert_eq!(
            protection,
            [false, true, false, false, true, false, false, false]
        );
    });
}

#[test]
fn ts24229_7_2a_4_the_configured_access_is_said_as_the_networks() {
    run(|sim| async move {
        let _pcscf = pcscf_with(&sim, "access_network_info = \"IEEE-802.3\"\n").await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let claimed = (
            Name::P_ACCESS_NETWORK_INFO,
            "IEEE-802.11, 3GPP-GERAN;network-provided",
        );
        assert_eq!(
            alice.ask(&[CONTACT, claimed]).await.status(),
            Some(Status::OK)
        );
        let got = &got.borrow()[0];
        let access: Vec<&str> = got.elements(Name::P_ACCESS_NETWORK_INFO).collect();
        assert_eq!(access, ["IEEE-802.11", "IEEE-802.3;network-provided"]);
    });
}
