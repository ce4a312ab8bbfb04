//! What outlives a P-CSCF's process, and what a running one takes from a new configuration.

use driver::sip::Transport;
use sim::{Faults, Sim};
use sip_message::{Message, Method, Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

#[test]
fn rfc5626_5_2_a_path_of_udp_outlives_a_restart_one_of_tcp_is_430_and_without_the_key_both_are_403()
{
    const OK: Option<Status> = Some(Status::OK);
    for (keeps_key, by_udp, by_tcp) in [
        (true, OK, Some(Status::FLOW_FAILED)),
        (false, Some(Status::FORBIDDEN), Some(Status::FORBIDDEN)),
    ] {
        run(move |sim| async move {
            let directory = sim.host(ip(PCSCF)).directory().expect("a directory");
            let file = directory.join("flow.key");
            let config = match keeps_key {
                true => format!("flow_key_file = {file:?}\n"),
                false => String::new(),
            };
            let _pcscf = pcscf_with(&sim, &config).await;
            let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
            let (phone, got) =
                answering_hand(&sim, HAND, |request| Message::response(request, Status::OK)).await;
            for transport in [Transport::Udp, Transport::Tcp] {
                let mut request = register("alice", &transport.to_string(), 1);
                request.append(CONTACT.0, CONTACT.1);
                let response = phone.request(request, (transport, at(PCSCF))).await;
                assert_eq!(response.expect("answered").status(), OK);
            }
            let paths: Vec<String> = home.borrow().iter().map(path).collect();
            sim.crash(ip(PCSCF));
            let pcscf = pcscf_with(&sim, &config).await;
            assert_eq!(pcscf.state()["registrations"], 0, "it remembers nobody");
            let core = hand(&sim, SCSCF).await;
            for (number, status) in [(0, by_udp), (1, by_tcp)] {
                let mut request =
                    from_core(Method::MESSAGE, "sip:alice@10.0.0.9", Some(&paths[number]));
                request.set(Name::CALL_ID, &format!("after-{number}"));
                let response = core.request(request, core_of(PCSCF)).await;
                assert_eq!(response.expect("answered").status(), status);
            }
            assert_eq!(got.borrow().len(), usize::from(keeps_key));
        });
    }
}

#[test]
fn a_reload_changes_what_is_said_for_the_next_request_and_where_home_networks_are() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let home = neighbour(&sim, ICSCF, |_, request| {
            let mut response = granted(request, 600);
            response.append(Name::REQUIRE, "outbound");
            response
        })
        .await;
        let other = neighbour(&sim, SCSCF, |_, request| granted(request, 600)).await;
        let phone = hand(&sim, HAND).await;
        let ask = async |uri: &str, cseq: u32, more: &[(Name<'static>, &str)]| {
            let mut request = register("alice", uri, cseq);
            request.set_request_uri(uri);
            for (name, value) in more {
                request.append(*name, value);
            }
            let asked = phone.request(request, (Transport::Tcp, at(PCSCF)));
            asked.await.expect("answered")
        };
        let outbound = [
            (
                Name::CONTACT,
                "<sip:alice@10.0.0.9>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"",
            ),
            (Name::SUPPORTED, "outbound"),
        ];
        let agreement = [CONTACT, (Name::REQUIRE, "sec-agree")];
        let far = "sip:far.example";
        assert_eq!(
            ask(far, 1, &[CONTACT]).await.status(),
            Some(Status::NOT_FOUND)
        );
        let refused = ask("sip:home.example", 1, &agreement).await;
        assert_eq!(refused.status(), Some(Status::BAD_EXTENSION));
        let top = "network = \"other.example\"\nsec_agree = \"strip\"\naccess_network_info = \"IEEE-802.3\"\n\
                   flow_timer_s = 40\nentry_wait_ms = 700\n";
        // Host 77 is silent, and has its time before the next.
        let names = "\"far.example\" = [\"10.0.0.77:5060\", \"10.0.0.4:5060\"]\n";
        let config: pcscf::Config =
            toml::from_str(&pcscf_config(top, names)).expect("a configuration");
        let reloaded = pcscf.reload(config).await.expect("nothing wrong with it");
        assert_eq!(
            reloaded.applied,
            [
                "network",
                "access_network_info",
                "sec_agree",
                "entry_wait_ms",
                "flow_timer_s",
                "names"
            ]
        );
        let response = ask("sip:home.example", 2, &agreement).await;
        assert_eq!(response.status(), Some(Status::OK));
        let response = ask("sip:home.example", 3, &outbound).await;
        assert_eq!(response.header(Name::FLOW_TIMER), Some("40"));
        let last = home.borrow().last().cloned().expect("one");
        for (name, value) in [
            (Name::P_VISITED_NETWORK_ID, "\"other.example\""),
            (Name::P_ACCESS_NETWORK_INFO, "IEEE-802.3;network-provided"),
        ] {
            assert_eq!(last.header(name), Some(value));
        }
        sim.cut(ip(PCSCF), ip(77));
        let before = sim.elapsed();
        assert_eq!(ask(far, 4, &[CONTACT]).await.status(), Some(Status::OK));
        let took = sim.elapsed() - before;
        assert!(took >= seconds(0) && took < seconds(1), "{took:?}");
        assert!(took.as_millis() >= 700, "{took:?}");
        assert_eq!(other.borrow().len(), 1);
    });
}
