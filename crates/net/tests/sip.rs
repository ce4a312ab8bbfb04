//! SIP endpoints over sockets of this machine: both transports, both families, one port.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "sockets and clocks are what is tested"
)]

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use driver::sip::{
    Endpoint, Flow, FlowFailure, Incoming, RequestError, SipMetrics, SipSettings, Towards,
    Transport,
};
use net::Net;
use sip_message::{Message, Method, Name, Status, TypedHeader, Via};

const METHODS: &[Method<'static>] = &[Method::REGISTER];
/// Far more than any of it takes; well below timer F of 32 s.
const SOON: Duration = Duration::from_secs(10);

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// Loopback of both families, IPv6 where the machine has it.
fn homes() -> Vec<SocketAddr> {
    let v6 = std::net::UdpSocket::bind("[::1]:0").map(|_| address("[::1]:0"));
    [address("127.0.0.1:0")].into_iter().chain(v6).collect()
}

async fn bound(settings: SipSettings) -> std::io::Result<Endpoint<Net>> {
    let net = Net::new().expect("randomness");
    Endpoint::bind(net, settings, SipMetrics::default()).await
}

async fn endpoint(home: SocketAddr) -> (Endpoint<Net>, Rc<RefCell<Vec<(Flow, String)>>>) {
    let endpoint = bound(SipSettings::new(home, METHODS)).await.expect("bound");
    let seen = Rc::new(RefCell::new(Vec::new()));
    let served = Rc::clone(&seen);
    endpoint.serve(move |incoming: Incoming<Net>| {
        let via = incoming.message.header(Name::VIA).unwrap_or_default();
        served.borrow_mut().push((incoming.flow, via.to_owned()));
        async move {
            let response = Message::response(&incoming.message, Status::OK);
            incoming.transaction.respond(&response);
        }
    });
    (endpoint, seen)
}

fn request(body: usize) -> Message {
    let mut request = Message::request(Method::REGISTER, "sip:home.example");
    for (name, value) in [
        (Name::MAX_FORWARDS, "70"),
        (Name::FROM, "<sip:a@home.example>;tag=1"),
        (Name::TO, "<sip:a@home.example>"),
        (Name::CALL_ID, "call"),
        (Name::CSEQ, "1 REGISTER"),
    ] {
        request.append(name, value);
    }
    request.set_body("text/plain", Bytes::from(vec![b'x'; body]));
    request
}

#[test]
fn requests_go_both_ways_over_both_transports_and_families() {
    net::run(async {
        for home in homes() {
            let (server, seen) = endpoint(home).await;
            let (client, rung) = endpoint(home).await;
            for transport in [Transport::Udp, Transport::Tcp] {
                let to = Towards::from((transport, server.local_addr()));
                let answer = client.request(request(3), to).await.expect("answered");
                assert_eq!(answer.status(), Some(Status::OK));
                let (flow, via) = seen.borrow_mut().pop().expect("served");
                assert_eq!(flow.transport(), transport);
                assert_eq!(flow.local(), server.local_addr());
                assert_eq!(flow.remote().ip(), home.ip());
                // RFC 3261 §18.1.1: sent-by is where we listen, an IPv6 address in brackets.
                let sent_by = client.local_addr();
                assert!(
                    via.starts_with(&format!("SIP/2.0/{transport} {sent_by};")),
                    "{via}"
                );
                server
                    .request(request(3), flow)
                    .await
                    .expect("answered on the flow");
                assert_eq!(
                    rung.borrow_mut().pop().expect("served").0.remote(),
                    server.local_addr()
                );
            }
            // RFC 3261 §18.1.1.
            let long = client.request(request(1_300), server.local_addr()).await;
            assert_eq!(long.expect("answered").status(), Some(Status::OK));
            assert_eq!(seen.borrow()[0].0.transport(), Transport::Tcp);
        }
    })
    .expect("a runtime");
}

#[test]
fn rfc3581_received_and_rport_have_no_brackets() {
    net::run(async {
        for home in homes() {
            let (server, seen) = endpoint(home).await;
            let settings = SipSettings {
                sent_by: Some("phone.example:5062".to_owned()),
                ..SipSettings::new(home, METHODS)
            };
            let client = bound(settings).await.expect("bound");
            client.serve(|_: Incoming<Net>| async {});
            client
                .request(request(0), server.local_addr())
                .await
                .expect("answered");
            let (_, via) = seen.borrow_mut().pop().expect("served");
            let from = client.local_addr();
            let expected = format!(";received={};rport={}", from.ip(), from.port());
            assert!(via.ends_with(&expected), "{via}");
            let via = Via::parse(&via).expect("a Via");
            assert_eq!(via.received(), Some(from.ip()));
            assert_eq!(via.rport(), Some(Some(from.port())));
        }
    })
    .expect("a runtime");
}

#[test]
fn a_port_where_nobody_listens_is_known_at_once_over_both_transports() {
    net::run(async {
        for home in homes() {
            let (client, _) = endpoint(home).await;
            let (gone, _) = endpoint(home).await;
            let closed = gone.local_addr();
            // A port of its own that is surely free now, as both its sockets were ours.
            let free = {
                let taken = std::net::UdpSocket::bind(home).expect("bound");
                taken.local_addr().expect("an address")
            };
            for transport in [Transport::Udp, Transport::Tcp] {
                let began = Instant::now();
                let outcome = client.request(request(0), (transport, free)).await;
                let refused = RequestError::Transport(ErrorKind::ConnectionRefused);
                assert_eq!(outcome.unwrap_err(), refused, "{transport} {home}");
                assert!(began.elapsed() < SOON);
            }
            let there = client.request(request(0), closed).await;
            assert_eq!(there.expect("others go on").status(), Some(Status::OK));
            let flow = client.flow_to(free).await.expect("a flow");
            let failure = client.keep_alive(flow, SOON).await;
            assert_eq!(
                failure,
                FlowFailure::Unreachable(ErrorKind::ConnectionRefused)
            );
        }
    })
    .expect("a runtime");
}

#[test]
fn a_wildcard_wants_to_be_told_how_others_reach_it() {
    net::run(async {
        for wildcard in ["0.0.0.0:0", "[::]:0"] {
            let wildcard = address(wildcard);
            let Err(error) = bound(SipSettings::new(wildcard, METHODS)).await else {
                panic!("bound without sent_by");
            };
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains("sent_by"), "{error}");
        }
        for home in homes() {
            let wildcard = match home {
                SocketAddr::V4(_) => address("0.0.0.0:0"),
                SocketAddr::V6(_) => address("[::]:0"),
            };
            let settings = SipSettings {
                sent_by: Some("core.example".to_owned()),
                ..SipSettings::new(wildcard, METHODS)
            };
            let everywhere = bound(settings).await.expect("bound");
            everywhere.serve(|_: Incoming<Net>| async {});
            let (server, seen) = endpoint(home).await;
            for transport in [Transport::Udp, Transport::Tcp] {
                let to = (transport, server.local_addr());
                everywhere.request(request(0), to).await.expect("answered");
                let (_, via) = seen.borrow_mut().pop().expect("served");
                // The system chose the port, so it stands beside the name.
                let port = everywhere.local_addr().port();
                let sent_by = format!("SIP/2.0/{transport} core.example:{port};");
                assert!(via.starts_with(&sent_by), "{via}");
            }
        }
    })
    .expect("a runtime");
}

#[test]
fn shards_share_a_port_for_both_transports() {
    net::run(async {
        let shard = |listen| SipSettings {
            reuse_port: true,
            ..SipSettings::new(listen, METHODS)
        };
        let one = bound(shard(address("127.0.0.1:0"))).await.expect("bound");
        let port = one.local_addr();
        bound(shard(port)).await.expect("shared");
        let alone = bound(SipSettings::new(port, METHODS)).await;
        assert_eq!(
            alone.err().map(|error| error.kind()),
            Some(ErrorKind::AddrInUse)
        );
    })
    .expect("a runtime");
}

#[test]
fn draining_closes_the_port_for_connections_once_all_is_answered() {
    net::run(async {
        let home = address("127.0.0.1:0");
        let (server, _) = endpoint(home).await;
        let (client, _) = endpoint(home).await;
        let to = (Transport::Tcp, server.local_addr());
        client.request(request(0), to).await.expect("answered");
        let mut closed = client.closed_flows();
        tokio::time::timeout(SOON, server.drain())
            .await
            .expect("drained");
        assert_eq!(
            closed.next().await.expect("a flow").remote(),
            server.local_addr()
        );
        let refused = client.request(request(0), to).await;
        assert_eq!(
            refused.unwrap_err(),
            RequestError::Transport(ErrorKind::ConnectionRefused)
        );
    })
    .expect("a runtime");
}
