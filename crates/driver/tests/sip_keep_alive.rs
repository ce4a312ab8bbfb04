//! Keep-alives of RFC 5626 §4.4 on a simulated network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::BytesMut;
use driver::io::{Datagram, Io, Listener};
use driver::sip::{
    Endpoint, Flow, FlowFailure, Incoming, SipMetrics, SipSettings, Towards, Transport,
};
use sim::{Event, Faults, Sim, SimIo};
use sip_message::Method;
use sip_stack::stun;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const PCSCF: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const INTERVAL: Duration = Duration::from_secs(100);

fn at(ip: IpAddr) -> SocketAddr {
    SocketAddr::new(ip, 5060)
}

async fn endpoint(sim: &Sim, ip: IpAddr) -> Endpoint<SimIo> {
    const METHODS: &[Method<'static>] = &[Method::REGISTER];
    let settings = SipSettings::new(at(ip), METHODS);
    let endpoint = Endpoint::bind(sim.host(ip), settings, SipMetrics::default())
        .await
        .expect("bound");
    endpoint.serve(|_: Incoming<SimIo>| async {});
    endpoint
}

async fn flow(phone: &Endpoint<SimIo>, transport: Transport) -> Flow {
    let to = Towards::from((transport, at(PCSCF)));
    phone.flow_to(to).await.expect("a flow")
}

/// When `ip` sent something, in milliseconds.
fn sent(sim: &Sim, ip: IpAddr, what: &[u8]) -> Vec<u128> {
    sim.packets()
        .iter()
        .filter(|packet| packet.from.ip() == ip && packet.payload.starts_with(what))
        .filter(|packet| matches!(packet.event, Event::Data | Event::Datagram(_)))
        .map(|packet| packet.at.as_millis())
        .collect()
}

async fn until(at: Instant) {
    tokio::time::sleep_until(at).await;
}

#[test]
fn rfc5626_4_4_1_pings_go_out_at_80_to_100_percent_and_a_missing_pong_ends_the_flow_in_10_s() {
    sim::run(1, Faults::none(), |sim| async move {
        let _pcscf = endpoint(&sim, PCSCF).await;
        let phone = endpoint(&sim, PHONE).await;
        let flow = flow(&phone, Transport::Tcp).await;
        let mut closed = phone.closed_flows();
        let keeping = driver::spawn({
            let phone = phone.clone();
            async move { phone.keep_alive(flow, INTERVAL).await }
        });
        until(Instant::now() + 20 * INTERVAL).await;
        assert!(!keeping.is_finished());
        let pings = sent(&sim, PHONE, b"\r\n\r\n");
        let pongs = sent(&sim, PCSCF, b"\r\n");
        assert!((20..=26).contains(&pings.len()), "{}", pings.len());
        assert_eq!(pings.len(), pongs.len());
        let gaps: Vec<u128> = pings.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(
            gaps.iter().all(|gap| (80_000..=100_010).contains(gap)),
            "{gaps:?}"
        );
        assert!(
            gaps.windows(2).any(|two| two[0].abs_diff(two[1]) > 1_000),
            "{gaps:?}"
        );
        sim.cut(PHONE, PCSCF);
        assert_eq!(keeping.await.expect("no panic"), FlowFailure::NoPong);
        let last = *sent(&sim, PHONE, b"\r\n\r\n").last().expect("a ping");
        assert_eq!(sim.elapsed().as_millis(), last + 10_000);
        assert_eq!(closed.next().await, Some(flow));
    });
}

#[test]
fn a_flow_that_ends_otherwise_ends_its_keep_alives() {
    sim::run(2, Faults::none(), |sim| async move {
        let _pcscf = endpoint(&sim, PCSCF).await;
        let phone = endpoint(&sim, PHONE).await;
        let flow = flow(&phone, Transport::Tcp).await;
        let keeping = driver::spawn({
            let phone = phone.clone();
            async move { phone.keep_alive(flow, INTERVAL).await }
        });
        until(Instant::now() + INTERVAL / 2).await;
        sim.reset(PHONE, PCSCF);
        assert_eq!(keeping.await.expect("no panic"), FlowFailure::Ended);
        let now = phone.keep_alive(flow, INTERVAL).await;
        assert_eq!(now, FlowFailure::Ended);
    });
}

#[test]
fn rfc5626_4_4_2_stun_is_answered_and_seven_silences_end_the_flow() {
    sim::run(3, Faults::none(), |sim| async move {
        let _pcscf = endpoint(&sim, PCSCF).await;
        let phone = endpoint(&sim, PHONE).await;
        let flow = flow(&phone, Transport::Udp).await;
        let keeping = driver::spawn({
            let phone = phone.clone();
            async move { phone.keep_alive(flow, INTERVAL).await }
        });
        until(Instant::now() + 10 * INTERVAL).await;
        assert!(!keeping.is_finished());
        let asked = sent(&sim, PHONE, &[0, 1]);
        assert!((10..=13).contains(&asked.len()), "{asked:?}");
        assert_eq!(sent(&sim, PCSCF, &[1, 1]).len(), asked.len());
        sim.cut(PHONE, PCSCF);
        assert_eq!(keeping.await.expect("no panic"), FlowFailure::NoAnswer);
        let asked = sent(&sim, PHONE, &[0, 1]).split_off(asked.len());
        let after: Vec<u128> = asked.iter().map(|at| at - asked[0]).collect();
        // RFC 8489 §6.2.1, to the figure.
        assert_eq!(after, [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
        assert_eq!(sim.elapsed().as_millis() - asked[0], 39_500);
    });
}

#[test]
fn rfc5626_4_4_2_a_changed_address_ends_the_flow_and_an_answer_of_another_does_not_count() {
    sim::run(4, Faults::none(), |sim| async move {
        let nat = sim.host(PCSCF).bind(at(PCSCF)).await.expect("bound");
        let stranger = sim
            .host(PCSCF)
            .bind(SocketAddr::new(PCSCF, 7))
            .await
            .expect("bound");
        let phone = endpoint(&sim, PHONE).await;
        let flow = flow(&phone, Transport::Udp).await;
        let keeping = driver::spawn({
            let phone = phone.clone();
            async move { phone.keep_alive(flow, INTERVAL).await }
        });
        let seen = |port: u16| SocketAddr::new(PHONE, port);
        for port in [40_000, 40_000, 40_001] {
            let mut asked = BytesMut::new();
            let from = nat.receive(&mut asked).await.expect("a request");
            let Some(stun::Message::Request(transaction)) = stun::Message::parse(&asked) else {
                panic!("no request");
            };
            let answer = |mapped| {
                stun::Message::Success {
                    transaction,
                    mapped,
                }
                .to_octets()
            };
            stranger.send(&answer(seen(9)), from).expect("sent");
            until(Instant::now() + Duration::from_millis(10)).await;
            nat.send(&answer(seen(port)), from).expect("sent");
        }
        let moved = FlowFailure::Moved {
            before: seen(40_000),
            now: seen(40_001),
        };
        assert_eq!(keeping.await.expect("no panic"), moved);
    });
}

#[test]
fn a_closed_port_ends_the_keep_alives_of_a_datagram_flow_at_once() {
    sim::run(5, Faults::none(), |sim| async move {
        let _there = sim.host(PCSCF);
        let phone = endpoint(&sim, PHONE).await;
        let flow = flow(&phone, Transport::Udp).await;
        let failure = phone.keep_alive(flow, INTERVAL).await;
        assert_eq!(
            failure,
            FlowFailure::Unreachable(std::io::ErrorKind::ConnectionRefused)
        );
        assert!(sim.elapsed() < Duration::from_millis(10));
    });
}

#[test]
fn malformed_stun_is_not_answered() {
    sim::run(6, Faults::none(), |sim| async move {
        let _pcscf = endpoint(&sim, PCSCF).await;
        let socket = sim.host(PHONE).bind(at(PHONE)).await.expect("bound");
        let request = stun::Message::Request(stun::TransactionId([7; 12])).to_octets();
        for end in [1, 8, 19] {
            socket.send(&request[..end], at(PCSCF)).expect("sent");
        }
        socket.send(&[0; 64], at(PCSCF)).expect("sent");
        until(Instant::now() + Duration::from_secs(1)).await;
        assert!(sim.packets().iter().all(|packet| packet.from.ip() == PHONE));
        socket.send(&request, at(PCSCF)).expect("sent");
        let mut answer = BytesMut::new();
        socket.receive(&mut answer).await.expect("an answer");
        let mapped = stun::Message::Success {
            transaction: stun::TransactionId([7; 12]),
            mapped: at(PHONE),
        };
        assert_eq!(stun::Message::parse(&answer), Some(mapped));
    });
}

#[test]
fn a_pong_in_the_same_segment_as_a_message_counts() {
    sim::run(7, Faults::none(), |sim| async move {
        let listener = sim.host(PCSCF).listen(at(PCSCF)).await.expect("listening");
        let phone = endpoint(&sim, PHONE).await;
        let (flow, accepted) = tokio::join!(flow(&phone, Transport::Tcp), listener.accept());
        let mut stream = accepted.expect("accepted");
        let keeping = driver::spawn({
            let phone = phone.clone();
            async move { phone.keep_alive(flow, INTERVAL).await }
        });
        let stray = "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKgone\r\nFrom: <sip:a@b>;tag=1\r\n\
                     To: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
        for _ in 0..3 {
            let mut ping = [0; 4];
            stream.read_exact(&mut ping).await.expect("a ping");
            assert_eq!(&ping, b"\r\n\r\n");
            let answer = format!("{stray}\r\n");
            stream.write_all(answer.as_bytes()).await.expect("written");
        }
        assert!(!keeping.is_finished());
    });
}
