//! How long the connection of a phone lives (RFC 5626 §4.4, §8): Flow-Timer, keep-alives, and phones that do without.

use driver::sip::{Endpoint, Transport};
use sim::{Event, Faults, Sim, SimIo};
use sip_message::{Message, Method, Name, Status};

use crate::bench::*;

const OUTBOUND: &str = "<sip:alice@10.0.0.9>;reg-id=1;\
                        +sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
const PLAIN: &str = "<sip:alice@10.0.0.9>";
/// What is granted, in seconds.
const GRANTED: u32 = 7200;

fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

/// A registrar that does outbound where it is asked to.
async fn home(sim: &Sim, flow_timer: Option<&'static str>) -> Got {
    let answer = move |_: usize, request: &Message| {
        let leaves = request.header(Name::EXPIRES) == Some("0");
        let mut response = granted(request, if leaves { 0 } else { GRANTED });
        if request
            .elements(Name::SUPPORTED)
            .any(|tag| tag == "outbound")
        {
            response.append(Name::REQUIRE, "outbound");
        }
        if let Some(seconds) = flow_timer {
            response.append(Name::FLOW_TIMER, seconds);
        }
        response
    };
    neighbour(sim, ICSCF, answer).await
}

fn ok(request: &Message) -> Message {
    Message::response(request, Status::OK)
}

async fn ask(
    phone: &Endpoint<SimIo>,
    alice: &mut Phone,
    transport: Transport,
    headers: &[(Name<'static>, &str)],
) -> Message {
    let asked = phone.request(alice.next(headers), (transport, at(PCSCF)));
    let response = asked.await.expect("answered");
    assert_eq!(response.status(), Some(Status::OK));
    response
}

#[test]
fn rfc5626_8_flow_timer_is_said_over_tcp_where_outbound_is_in_use() {
    const TCP: Transport = Transport::Tcp;
    for (config, registrars, transport, contact, supported, said) in [
        ("", None, TCP, OUTBOUND, "outbound", Some("120")),
        (
            "flow_timer_s = 60\n",
            None,
            TCP,
            OUTBOUND,
            "outbound",
            Some("60"),
        ),
        ("", Some("40"), TCP, OUTBOUND, "outbound", Some("40")),
        ("", Some("400"), TCP, OUTBOUND, "outbound", Some("120")),
        ("flow_timer_s = 0\n", None, TCP, OUTBOUND, "outbound", None),
        ("", None, TCP, PLAIN, "outbound", None),
        ("", None, TCP, OUTBOUND, "path", None),
        ("", None, Transport::Udp, OUTBOUND, "outbound", None),
    ] {
        run(move |sim| async move {
            let _pcscf = pcscf_with(&sim, config).await;
            let _home = home(&sim, registrars).await;
            let phone = hand(&sim, HAND).await;
            let mut alice = Phone::new(&phone, PCSCF, "alice");
            let headers = [(Name::CONTACT, contact), (Name::SUPPORTED, supported)];
            let response = ask(&phone, &mut alice, transport, &headers).await;
            assert_eq!(
                response.header(Name::FLOW_TIMER),
                said,
                "{config}{contact} {supported}"
            );
            let leaving = [headers[0], headers[1], (Name::EXPIRES, "0")];
            let response = ask(&phone, &mut alice, transport, &leaving).await;
            if registrars.is_none() {
                assert_eq!(
                    response.header(Name::FLOW_TIMER),
                    None,
                    "nobody is registered"
                );
            }
        });
    }
}

#[test]
fn rfc5626_8_a_silent_connection_is_closed_after_the_time_that_was_said_and_30_s() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let home = home(&sim, None).await;
        let (phone, got) = answering_hand(&sim, HAND, ok).await;
        let mut alice = Phone::new(&phone, PCSCF, "alice");
        let headers = [(Name::CONTACT, OUTBOUND), (Name::SUPPORTED, "outbound")];
        ask(&phone, &mut alice, Transport::Tcp, &headers).await;
        let flow = phone.flow_to((Transport::Tcp, at(PCSCF))).await;
        let flow = flow.expect("it is there");
        let mut closed = phone.closed_flows();
        // As long as it keeps what it was told, it stays.
        tokio::select! {
            biased;
            failure = phone.keep_alive(flow, seconds(120)) => panic!("{failure}"),
            () = pass(seconds(5000)) => {}
        }
        assert_eq!(pcscf.state()["cut_off"], 0);
        // The last ping was up to 120 s ago; a refresh counts as well.
        ask(&phone, &mut alice, Transport::Tcp, &headers).await;
        let early = tokio::time::timeout(seconds(149), closed.next()).await;
        assert!(early.is_err(), "closed before its time");
        assert_eq!(pcscf.state()["cut_off"], 0);
        let late = tokio::time::timeout(seconds(2), closed.next()).await;
        assert_eq!(late, Ok(Some(flow)));
        assert_eq!(pcscf.state()["cut_off"], 1);
        let core = hand(&sim, SCSCF).await;
        let route = path(&home.borrow()[0]);
        let request = from_core(Method::OPTIONS, "sip:alice@10.0.0.9", Some(&route));
        let response = core.request(request, core_of(PCSCF)).await;
        assert_eq!(
            response.expect("answered").status(),
            Some(Status::FLOW_FAILED)
        );
        assert_eq!(got.borrow().len(), 0);
    });
}

#[test]
fn a_phone_that_was_told_nothing_is_not_cut_off_while_it_is_registered() {
    for (config, supported) in [("", "path"), ("flow_timer_s = 0\n", "outbound")] {
        run(move |sim| async move {
            let pcscf = pcscf_with(&sim, config).await;
            let _home = home(&sim, None).await;
            let phone = hand(&sim, HAND).await;
            let mut alice = Phone::new(&phone, PCSCF, "alice");
            let headers = [(Name::CONTACT, OUTBOUND), (Name::SUPPORTED, supported)];
            ask(&phone, &mut alice, Transport::Tcp, &headers).await;
            let mut closed = phone.closed_flows();
            // The idle limit is an hour.
            let while_registered = seconds(u64::from(GRANTED) - 1);
            let early = tokio::time::timeout(while_registered, closed.next()).await;
            assert!(early.is_err(), "closed while registered");
            assert_eq!(pcscf.state()["cut_off"], 0);
            let late = tokio::time::timeout(seconds(2), closed.next()).await;
            assert!(late.is_ok(), "kept for nobody");
        });
    }
}

#[test]
fn who_has_left_holds_no_connection() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let _home = home(&sim, None).await;
        let phone = hand(&sim, HAND).await;
        let mut alice = Phone::new(&phone, PCSCF, "alice");
        let contact = (Name::CONTACT, PLAIN);
        ask(&phone, &mut alice, Transport::Tcp, &[contact]).await;
        let leaves = [contact, (Name::EXPIRES, "0")];
        ask(&phone, &mut alice, Transport::Tcp, &leaves).await;
        assert_eq!(pcscf.state()["registrations"], 0);
        let mut closed = phone.closed_flows();
        // The idle limit is an hour, and what was granted two.
        let early = tokio::time::timeout(seconds(3599), closed.next()).await;
        assert!(early.is_err(), "closed before it was idle for long");
        let late = tokio::time::timeout(seconds(2), closed.next()).await;
        assert!(late.is_ok(), "kept for nobody");
    });
}

/// The connection ends before the 200 is there.
#[test]
fn rfc5626_5_3_a_flow_that_ended_while_the_registrar_was_asked_is_known_as_ended() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let breaking = sim.clone();
        let answer = move |_: usize, request: &Message| {
            breaking.reset(ip(HAND), ip(PCSCF));
            granted(request, GRANTED)
        };
        let _home = neighbour(&sim, ICSCF, answer).await;
        let phone = hand(&sim, HAND).await;
        let mut alice = Phone::new(&phone, PCSCF, "alice");
        let asked = alice.next(&[(Name::CONTACT, PLAIN)]);
        let asked = phone.request(asked, (Transport::Tcp, at(PCSCF))).await;
        assert!(asked.is_err(), "the connection is gone: {asked:?}");
        pass(seconds(1)).await;
        let state = pcscf.state();
        assert_eq!(
            (&state["cut_off"], &state["flows"]["tcp"]),
            (&1.into(), &0.into()),
            "{state}"
        );
    });
}

#[test]
fn who_says_outbound_no_more_owes_no_keep_alives() {
    run(|sim| async move {
        let pcscf = pcscf(&sim).await;
        let _home = home(&sim, None).await;
        let phone = hand(&sim, HAND).await;
        let mut alice = Phone::new(&phone, PCSCF, "alice");
        let outbound = [(Name::CONTACT, OUTBOUND), (Name::SUPPORTED, "outbound")];
        ask(&phone, &mut alice, Transport::Tcp, &outbound).await;
        let plain = [(Name::CONTACT, PLAIN)];
        ask(&phone, &mut alice, Transport::Tcp, &plain).await;
        pass(seconds(2000)).await;
        assert_eq!(pcscf.state()["cut_off"], 0);
        assert_eq!(pcscf.state()["flows"]["tcp"], 1);
    });
}

/// Our own phone over TCP with `more` keys; requests of the core that reach it after `after` seconds of silence.
async fn reached(sim: &Sim, more: &str, after: u64) -> Option<Status> {
    let _pcscf = pcscf_with(sim, "flow_timer_s = 60\n").await;
    let home = home(sim, None).await;
    let user = format!("password = \"alice-secret\"\nexpires = 7200\ntransport = \"tcp\"\n{more}");
    let ue = ue_with(sim, &alice(&user), "\"10.0.0.2:5060\"").await;
    pass(seconds(1)).await;
    assert_eq!(ue.state()["registration"], "registered");
    pass(seconds(after)).await;
    assert_eq!(home.borrow().len(), 1, "no refresh yet");
    let core = hand(sim, SCSCF).await;
    let route = path(&home.borrow()[0]);
    let request = from_core(Method::OPTIONS, "sip:alice@10.0.0.11", Some(&route));
    let response = core.request(request, core_of(PCSCF)).await;
    response.expect("answered").status()
}

/// When pings went to the P-CSCF.
fn pings(sim: &Sim) -> Vec<std::time::Duration> {
    let packets = sim.packets();
    let to_pcscf = packets
        .iter()
        .filter(|packet| packet.event == Event::Data && packet.to == at(PCSCF));
    to_pcscf
        .filter(|packet| &packet.payload[..] == b"\r\n\r\n")
        .map(|packet| packet.at)
        .collect()
}

#[test]
fn rfc5626_4_4_our_phone_keeps_alive_as_often_as_it_is_told() {
    run(|sim| async move {
        let status = reached(&sim, "outbound = true\n", 6000).await;
        assert_eq!(status, Some(Status::OK));
        let pings = pings(&sim);
        let gaps = pings.windows(2).map(|two| two[1] - two[0]);
        for gap in gaps {
            // The next goes once the pong of the one before has come.
            assert!(
                (seconds(48)..seconds(61)).contains(&gap),
                "80 to 100 percent of 60 s: {gap:?}"
            );
        }
        assert!(pings.len() >= 100, "{}", pings.len());
    });
}

#[test]
fn our_phone_is_reached_over_a_silent_connection_where_nobody_asks_for_keep_alives() {
    run(|sim| async move {
        assert_eq!(reached(&sim, "", 6000).await, Some(Status::OK));
        assert_eq!(pings(&sim).len(), 0);
    });
}
