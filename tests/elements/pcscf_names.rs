//! Under which names the P-CSCF is reached, and what it does when it stops.

use std::time::Duration;

use sim::{Faults, Sim};
use sip_message::{Message, Method, Name, Status};

use crate::bench::*;

const CONTACT: (Name<'static>, &str) = (Name::CONTACT, "<sip:alice@10.0.0.9>");

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

#[test]
fn rfc3261_16_4_a_route_with_a_name_of_ours_is_ours() {
    run(|sim| async move {
        let config = "network = \"visited.example\"\n[sip]\nlisten = \"10.0.0.2:5060\"\n\
                      sent_by = \"pcscf.visited.example\"\nown_names = [\"192.0.2.7:5099\"]\n[core]\n\
                      listen = \"10.0.0.2:5070\"\nsent_by = \"mw.visited.example:5070\"\n[names]\n\
                      \"home.example\" = \"10.0.0.3:5060\"\n";
        let _pcscf = start::<pcscf::Pcscf>(&sim, PCSCF, config.to_owned()).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        for (route, status) in [
            ("<sip:pcscf.visited.example;lr>", Status::OK),
            ("<sip:PCSCF.visited.example:5060;lr>", Status::OK),
            ("<sip:192.0.2.7:5099;lr>", Status::OK),
            ("<sip:10.0.0.2;lr>", Status::OK),
            ("<sip:192.0.2.7;lr>", Status::FORBIDDEN),
            ("<sip:scscf.home.example;lr>", Status::FORBIDDEN),
        ] {
            let answer = alice.ask(&[CONTACT, (Name::ROUTE, route)]).await;
            assert_eq!(answer.status(), Some(status), "{route}");
        }
        let got = got.borrow();
        assert!(path(&got[0]).contains("@mw.visited.example:5070;"));
        let charging = got[0].header(Name::P_CHARGING_VECTOR);
        assert!(
            charging.is_some_and(|said| said.contains(";icid-generated-at=mw.visited.example;")),
            "{charging:?}"
        );
    });
}

#[test]
fn rfc3261_26_2_2_sips_is_refused_and_does_not_go_out_in_the_clear() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let phone = hand(&sim, HAND).await;
        let mut request = Message::request(Method::REGISTER, "sips:home.example");
        for header in register("alice", "secure", 1).headers() {
            request.append(header.name, header.value);
        }
        request.append(CONTACT.0, CONTACT.1);
        let response = phone.request(request, at(PCSCF)).await.expect("answered");
        assert_eq!(response.status(), Some(Status::UNSUPPORTED_URI_SCHEME));
        assert_eq!(got.borrow().len(), 0);
    });
}

#[test]
fn who_stops_takes_nothing_new_on_either_side_while_a_phone_is_slow() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        assert_eq!(alice.ask(&[CONTACT]).await.status(), Some(Status::OK));
        let path = path(&home.borrow()[0]);
        let core = hand(&sim, SCSCF).await;
        let asked = |method| {
            let request = from_core(method, "sip:alice@10.0.0.9", Some(&path));
            let core = core.clone();
            async move { core.request(request, core_of(PCSCF)).await }
        };
        // The phone is gone: its answer is waited for.
        sim.partition(ip(HAND), ip(PCSCF));
        let _waiting = driver::spawn(asked(Method::MESSAGE));
        pass(seconds(1)).await;
        let began = sim.elapsed();
        let stopping = driver::spawn(async move { pcscf.stop().await });
        pass(Duration::from_millis(100)).await;
        let late = asked(Method::OPTIONS).await.expect("answered");
        assert_eq!(late.status(), Some(Status::SERVICE_UNAVAILABLE));
        assert!(late.header(Name::RETRY_AFTER).is_some());
        assert!(sim.elapsed() - began < seconds(1));
        stopping.abort();
    });
}
