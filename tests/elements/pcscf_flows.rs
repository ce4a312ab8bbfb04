//! Flows at the P-CSCF: Path with token and `ob`, and requests that come back by it (RFC 5626 §5, RFC 3327 §5).

use driver::sip::{Incoming, Transport};
use sim::{Faults, Sim, SimIo};
use sip_message::{Message, Method, Name, Status};

use crate::bench::*;

const INSTANCE: &str = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

#[test]
fn rfc5626_5_1_ob_where_outbound_is_asked_for_and_we_are_the_first_hop() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let got = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let mut alice = Phone::new(&hand(&sim, HAND).await, PCSCF, "alice");
        let (plain, reg_id, alone) = (
            "<sip:alice@10.0.0.9>".to_owned(),
            format!("<sip:alice@10.0.0.9>;reg-id=1;{INSTANCE}"),
            "<sip:alice@10.0.0.9>;reg-id=1".to_owned(),
        );
        let behind_another = (
            Name::VIA,
            "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKbehind;received=192.0.2.9",
        );
        let outbound = (Name::SUPPORTED, "outbound");
        for (contact, more, ob) in [
            (&reg_id, vec![outbound], true),
            (&plain, vec![outbound], false),
            (&alone, vec![outbound], false),
            (&reg_id, vec![], false),
            (&reg_id, vec![outbound, behind_another], false),
        ] {
            let mut headers = vec![(Name::CONTACT, contact.as_str())];
            headers.extend(more);
            assert_eq!(alice.ask(&headers).await.status(), Some(Status::OK));
            let path = path(got.borrow().last().expect("one"));
            assert_eq!(
                path.ends_with("@10.0.0.2:5070;lr;ob>"),
                ob,
                "{path} {headers:?}"
            );
            assert!(ob || path.ends_with("@10.0.0.2:5070;lr>"), "{path}");
        }
    });
}

#[test]
fn rfc5626_5_3_a_request_with_our_token_goes_over_its_flow_whatever_the_contact_says() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let answer = |request: &Message| {
            let mut response = Message::response(request, Status::OK);
            response.append(Name::P_ASSERTED_IDENTITY, "<sip:president@home.example>");
            response.append(Name::ALLOW, "OPTIONS");
            response
        };
        let (phone, got) = answering_hand(&sim, HAND, answer).await;
        let mut alice = Phone::new(&phone, PCSCF, "alice");
        // A contact behind a NAT: nothing is at that address.
        let contact = (Name::CONTACT, "<sip:alice@192.168.1.7:1111>");
        assert_eq!(alice.ask(&[contact]).await.status(), Some(Status::OK));
        let path = path(&home.borrow()[0]);
        let core = hand(&sim, SCSCF).await;
        for method in [Method::OPTIONS, Method::MESSAGE] {
            let request = from_core(method, "sip:alice@192.168.1.7:1111", Some(&path));
            let response = core
                .request(request, core_of(PCSCF))
                .await
                .expect("answered");
            assert_eq!(response.status(), Some(Status::OK));
            assert_eq!(response.header(Name::ALLOW), Some("OPTIONS"));
            // What only the network may say is not the phone's in a response either.
            assert_eq!(response.header(Name::P_ASSERTED_IDENTITY), None);
        }
        let got = got.borrow();
        assert_eq!(got.len(), 2);
        assert_eq!(got[0].header(Name::ROUTE), None, "RFC 3261 §16.4");
        assert_eq!(got[0].header(Name::P_CHARGING_VECTOR), None);
        // What the core says is not taken away.
        assert_eq!(
            got[0].header(Name::P_ASSERTED_IDENTITY),
            Some("<sip:bob@home.example>")
        );
        assert_eq!(got[0].request_uri(), Some("sip:alice@192.168.1.7:1111"));
        assert_eq!(pcscf.state()["flows"]["udp"], 1);
    });
}

#[test]
fn rfc5626_5_3_a_forged_token_reaches_nobody() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let (phone, got) =
            answering_hand(&sim, HAND, |request| Message::response(request, Status::OK)).await;
        let mut alice = Phone::new(&phone, PCSCF, "alice");
        let contact = (Name::CONTACT, "<sip:alice@10.0.0.9>");
        assert_eq!(alice.ask(&[contact]).await.status(), Some(Status::OK));
        let path = path(&home.borrow()[0]);
        let core = hand(&sim, SCSCF).await;
        let changed = match &path[5..6] {
            "A" => path.replacen("sip:A", "sip:B", 1),
            other => path.replacen(&format!("sip:{other}"), "sip:A", 1),
        };
        for (route, status) in [
            (Some(changed.as_str()), Status::FORBIDDEN),
            (Some("<sip:term@10.0.0.2:5070;lr>"), Status::FORBIDDEN),
            (Some("<sip:10.0.0.2:5070;lr>"), Status::NOT_FOUND),
            (None, Status::NOT_FOUND),
        ] {
            let request = from_core(Method::MESSAGE, "sip:alice@10.0.0.9", route);
            let response = core
                .request(request, core_of(PCSCF))
                .await
                .expect("answered");
            assert_eq!(response.status(), Some(status), "{route:?}");
        }
        assert_eq!(got.borrow().len(), 0);
    });
}

#[test]
fn a_phone_cannot_use_the_core_side_methods_nor_the_core_register() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let hand = hand(&sim, HAND).await;
        let message = from_core(Method::MESSAGE, "sip:bob@home.example", None);
        let response = hand.request(message, at(PCSCF)).await.expect("answered");
        assert_eq!(response.status(), Some(Status::METHOD_NOT_ALLOWED));
        let response = hand
            .request(register("alice", "1", 1), core_of(PCSCF))
            .await
            .expect("answered");
        assert_eq!(response.status(), Some(Status::METHOD_NOT_ALLOWED));
    });
}

#[test]
fn options_for_the_p_cscf_itself_is_answered() {
    run(|sim| async move {
        let _pcscf = pcscf(&sim).await;
        let core = hand(&sim, SCSCF).await;
        let request = from_core(Method::OPTIONS, "sip:10.0.0.2:5070", None);
        let response = core
            .request(request, core_of(PCSCF))
            .await
            .expect("answered");
        assert_eq!(response.status(), Some(Status::OK));
    });
}

#[test]
fn rfc5626_5_3_1_a_connection_that_is_gone_is_430_and_its_registrations_are_cut_off() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let home = neighbour(&sim, ICSCF, |_, request| granted(request, 600)).await;
        let (phone, got) =
            answering_hand(&sim, HAND, |request| Message::response(request, Status::OK)).await;
        let mut request = register("alice", "over-tcp", 1);
        request.append(Name::CONTACT, "<sip:alice@10.0.0.9>");
        let response = phone.request(request, (Transport::Tcp, at(PCSCF))).await;
        assert_eq!(
            response.expect("answered").status(),
            Some(Status::OK),
            "over TCP"
        );
        assert_eq!(pcscf.state()["flows"]["tcp"], 1);
        let path = path(&home.borrow()[0]);
        let core = hand(&sim, SCSCF).await;
        let ask = async |cseq: &str| {
            let mut request = from_core(Method::OPTIONS, "sip:alice@10.0.0.9", Some(&path));
            request.set(Name::CALL_ID, cseq);
            let response = core.request(request, core_of(PCSCF)).await;
            response.expect("answered").status()
        };
        assert_eq!(ask("alive").await, Some(Status::OK));
        assert_eq!(got.borrow().len(), 1);
        sim.crash(ip(HAND));
        pass(seconds(1)).await;
        assert_eq!(ask("gone").await, Some(Status::FLOW_FAILED));
        let state = pcscf.state();
        assert_eq!(
            (&state["cut_off"], &state["registrations"]),
            (&1.into(), &1.into())
        );
        assert_eq!(state["first"][0]["flow_ended"], true);
        // Who listens at the phone's address next gets nothing of it.
        let (_other, got) =
            answering_hand(&sim, HAND, |request| Message::response(request, Status::OK)).await;
        assert_eq!(ask("other").await, Some(Status::FLOW_FAILED));
        assert_eq!(got.borrow().len(), 0);
    });
}

#[test]
fn a_connection_that_ends_while_the_registrar_is_asked_is_cut_off_and_counted_once() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let home = bound(sim.host(ip(ICSCF)), at(ICSCF)).await;
        home.serve(|incoming: Incoming<SimIo>| async move {
            pass(seconds(2)).await;
            let mut response = granted(&incoming.message, 600);
            response.set_to_tag("home");
            incoming.transaction.respond(&response);
        });
        let phone = hand(&sim, HAND).await;
        let mut request = register("alice", "leaves", 1);
        request.append(Name::CONTACT, "<sip:alice@10.0.0.9>");
        let asked = phone.request(request, (Transport::Tcp, at(PCSCF)));
        assert!(tokio::time::timeout(seconds(1), asked).await.is_err());
        sim.crash(ip(HAND));
        pass(seconds(2)).await;
        assert_eq!(pcscf.state()["first"][0]["flow_ended"], true);
        assert_eq!(pcscf.counted("pcscf_cut_off"), 1);
    });
}
