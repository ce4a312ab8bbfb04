//! Whose word counts at the I-CSCF (TS 24.229 §4.4, §5.3.1.2; RFC 3325 §5).

use driver::sip::Transport;
use sim::{Faults, Sim};
use sip_message::{Message, Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");
/// Not among the trusted peers.
const STRANGER: u8 = 11;

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

/// Credentials without a response, as a P-CSCF that vouches passes them on.
fn vouched(protection: &str) -> String {
    format!(
        "Digest username=\"alice@home.example\", realm=\"home.example\", nonce=\"\", uri=\"sip:home.example\", \
         response=\"\", integrity-protected=\"{protection}\""
    )
}

#[test]
fn ts24229_4_4_what_only_a_trusted_network_may_say_is_removed_and_what_is_for_it_only_stays() {
    for (host, is_trusted) in [(HAND, true), (STRANGER, false)] {
        run(move |sim| async move {
            let _hss = hss(&sim).await;
            let icscf = icscf(&sim).await;
            let answer = |_: usize, request: &Message| {
                let mut response = challenged(request, "n", ", ik=\"00\", ck=\"11\"");
                response.append(Name::P_CHARGING_VECTOR, "icid-value=1;term-ioi=home");
                response
            };
            let one = neighbour(&sim, SCSCF, answer).await;
            let other = neighbour(&sim, OTHER_SCSCF, answer).await;
            let mut alice = Phone::new(&hand(&sim, host).await, ICSCF, "alice");
            let said = vouched("ip-assoc-yes");
            let claims = [
                (Name::PATH, "<sip:token@10.0.0.2:5070;lr;ob>"),
                (Name::P_VISITED_NETWORK_ID, "\"visited.example\""),
                (Name::P_CHARGING_VECTOR, "icid-value=mine"),
                (Name::P_ASSERTED_IDENTITY, "<sip:bob@home.example>"),
                (Name::P_USER_DATABASE, "<aaa://evil.example>"),
                (
                    Name::P_ACCESS_NETWORK_INFO,
                    "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=1;network-provided",
                ),
            ];
            let mut headers = vec![CONTACT, (Name::AUTHORIZATION, said.as_str())];
            headers.extend(claims);
            let response = alice.ask(&headers).await;
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
            let challenge = response.header(Name::WWW_AUTHENTICATE).unwrap_or_default();
            assert_eq!(challenge.contains("ik="), is_trusted, "{challenge}");
            assert_eq!(
                response.header(Name::P_CHARGING_VECTOR).is_some(),
                is_trusted
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
            for (name, value) in claims {
                assert_eq!(
                    got.header(name),
                    is_trusted.then_some(value),
                    "{}",
                    name.as_str()
                );
            }
            let authorization = got.header(Name::AUTHORIZATION).unwrap_or_default();
            assert_eq!(authorization.contains("integrity-protected"), is_trusted);
            assert!(authorization.contains("username=\"alice@home.example\""));
            // What the HSS is asked is not by the stranger's word either.
            let uar = diameter_requests(&sim)
                .into_iter()
                .find(|request| request.header().command.0 == 300)
                .expect("a UAR");
            let visited = uar.find(diameter_codec::cx::avp::VISITED_NETWORK_IDENTIFIER);
            let network = if is_trusted {
                "visited.example"
            } else {
                "home.example"
            };
            assert_eq!(visited.expect("mandatory").text(), Some(network));
            assert!(icscf.state().is_object());
        });
    }
}

#[test]
fn ts24229_5_3_1_2_who_comes_straight_to_the_i_cscf_and_says_that_they_are_protected_is_challenged()
{
    run(|sim| async move {
        let hss = hss(&sim).await;
        let believes = "trusted_peers = [\"10.0.0.3\"]\n";
        let _one = scscf_with(&sim, SCSCF, believes).await;
        let _other = scscf_with(&sim, OTHER_SCSCF, believes).await;
        let _icscf = icscf(&sim).await;
        let _pcscf = pcscf(&sim).await;
        // Alice registers through the P-CSCF over TCP; of her connection it says that it is associated, and her
        // refresh is not challenged.
        let endpoint = hand(&sim, HAND).await;
        let mut alice = Phone::new(&endpoint, PCSCF, "alice");
        let over_tcp = (Transport::Tcp, at(PCSCF));
        let first = endpoint.request(alice.next(&[CONTACT]), over_tcp).await;
        let first = first.expect("answered");
        assert_eq!(first.status(), Some(Status::UNAUTHORIZED));
        alice.challenged_by(&first);
        let registered = endpoint.request(alice.next(&[CONTACT]), over_tcp).await;
        assert_eq!(registered.expect("answered").status(), Some(Status::OK));
        assert_eq!(at_hss(&hss, "alice").0, "registered");
        alice.challenge = None;
        let said = vouched("no");
        let refresh = alice.next(&[CONTACT, (Name::AUTHORIZATION, said.as_str())]);
        let refreshed = endpoint.request(refresh, over_tcp).await;
        assert_eq!(
            refreshed.expect("answered").status(),
            Some(Status::OK),
            "the P-CSCF is believed through the I-CSCF"
        );
        // Mallory says the same of herself.
        let stranger = hand(&sim, STRANGER).await;
        let mut mallory = Phone::new(&stranger, ICSCF, "alice");
        mallory.call_id = "mallory".to_owned();
        for protection in ["yes", "tls-yes", "ip-assoc-yes", "auth-done"] {
            let said = vouched(protection);
            let stolen = (Name::CONTACT, "<sip:mallory@10.0.0.11>");
            let response = mallory.ask(&[stolen, (Name::AUTHORIZATION, &said)]).await;
            assert_eq!(
                response.status(),
                Some(Status::UNAUTHORIZED),
                "{protection}"
            );
            mallory.challenge = None;
        }
    });
}
