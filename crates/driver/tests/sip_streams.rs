//! SIP over TCP on a simulated network (RFC 3261 §18, RFC 5626 §3.5.1, §4.4.1).

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use driver::io::{Io, Listener};
use driver::sip::{
    Endpoint, Flow, Incoming, RequestError, SipMetrics, SipSettings, StreamSettings, Towards,
    Transport,
};
use sim::{Event, Faults, Sim, SimIo};
use sip_message::{Message, Method, Name, Status, Via};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const METHODS: &[Method<'static>] = &[Method::REGISTER, Method::MESSAGE];

fn at(ip: IpAddr) -> SocketAddr {
    SocketAddr::new(ip, 5060)
}

fn by_tcp() -> Towards {
    Towards::from((Transport::Tcp, at(SERVER)))
}

/// What a test needs of the limits, small enough to be met.
fn settings(ip: IpAddr) -> SipSettings {
    SipSettings {
        streams: StreamSettings {
            max_connections: 3,
            max_body: 2_000,
            max_unsent: 200_000,
            ..StreamSettings::default()
        },
        ..SipSettings::new(at(ip), METHODS)
    }
}

async fn endpoint(io: SimIo) -> Endpoint<SimIo> {
    let settings = settings(io.ip());
    Endpoint::bind(io, settings, SipMetrics::default())
        .await
        .expect("bound")
}

async fn client(sim: &Sim) -> Endpoint<SimIo> {
    let client = endpoint(sim.host(CLIENT)).await;
    client.serve(|_: Incoming<SimIo>| async {});
    client
}

/// A server that answers each new request after `delay`, and the flows that it saw.
async fn server(sim: &Sim, delay: Duration) -> (Endpoint<SimIo>, Rc<RefCell<Vec<Flow>>>) {
    let server = endpoint(sim.host(SERVER)).await;
    let flows = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&flows);
    server.serve(move |incoming: Incoming<SimIo>| {
        seen.borrow_mut().push(incoming.flow);
        async move {
            tokio::time::sleep_until(Instant::now() + delay).await;
            let response = Message::response(&incoming.message, Status::OK);
            incoming.transaction.respond(&response);
        }
    });
    (server, flows)
}

fn request() -> Message {
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
    request
}

/// A request as octets, with a Via of its own.
fn written(number: usize, body: &str) -> String {
    format!(
        "MESSAGE sip:a@home.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.1;branch=z9hG4bK{number}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:b@home.example>;tag=1\r\nTo: <sip:a@home.example>\r\n\
         Call-ID: {number}\r\nCSeq: 1 MESSAGE\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn run(seed: u64, test: impl AsyncFnOnce(Sim) + 'static) {
    sim::run(seed, Faults::none(), |sim| async move { test(sim).await });
}

fn connects(sim: &Sim) -> usize {
    let packets = sim.packets();
    packets
        .iter()
        .filter(|packet| packet.event == Event::Connect)
        .count()
}

/// Reads what comes until the peer closes.
async fn rest(stream: &mut sim::Stream) -> String {
    let mut text = Vec::new();
    let _reset = stream.read_to_end(&mut text).await;
    String::from_utf8(text).expect("text")
}

/// Reads until `count` final responses have come.
async fn responses(stream: &mut sim::Stream, count: usize) -> String {
    let mut text = String::new();
    while text.matches("SIP/2.0 ").count() < count || !text.ends_with("\r\n\r\n") {
        let mut octets = [0; 4096];
        let read = stream.read(&mut octets).await.expect("an answer");
        assert_ne!(read, 0, "closed after {text}");
        text.push_str(std::str::from_utf8(&octets[..read]).expect("text"));
    }
    text
}

async fn within<T>(limit: Duration, what: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, what).await.expect("in time")
}

#[test]
fn rfc3261_18_requests_share_one_connection_and_answers_come_back_on_it() {
    run(1, async |sim| {
        let (server, flows) = server(&sim, Duration::from_millis(10)).await;
        let client = client(&sim).await;
        let both = tokio::join!(
            client.request(request(), by_tcp()),
            client.request(request(), by_tcp())
        );
        for outcome in [both.0, both.1] {
            assert_eq!(outcome.expect("answered").status(), Some(Status::OK));
        }
        let third = client.request(request(), by_tcp()).await.expect("answered");
        assert_eq!(
            third.read::<Via<'_>>().expect("a Via"),
            None,
            "our Via is taken off"
        );
        assert_eq!(connects(&sim), 1);
        let flows = flows.borrow();
        assert_eq!(flows.len(), 3);
        assert!(flows.iter().all(|flow| *flow == flows[0]));
        assert_eq!(flows[0].transport(), Transport::Tcp);
        assert_eq!(flows[0].local(), at(SERVER));
        assert_eq!(flows[0].remote().ip(), CLIENT);
        // Timers J and K are zero: nothing is kept.
        assert_eq!((client.transactions(), server.transactions()), (0, 0));
    });
}

#[test]
fn rfc3261_18_3_a_request_in_two_parts_is_served_wherever_it_is_cut() {
    run(2, async |sim| {
        let (_server, flows) = server(&sim, Duration::ZERO).await;
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let text = written(0, "a body");
        for cut in 1..text.len() {
            let text = written(cut, "a body");
            stream
                .write_all(&text.as_bytes()[..cut])
                .await
                .expect("written");
            tokio::time::sleep_until(Instant::now() + Duration::from_millis(5)).await;
            assert_eq!(flows.borrow().len(), cut - 1);
            stream
                .write_all(&text.as_bytes()[cut..])
                .await
                .expect("written");
            let answer = responses(&mut stream, 1).await;
            assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
            assert!(answer.contains(&format!("Call-ID: {cut}\r\n")), "{answer}");
        }
    });
}

#[test]
fn two_requests_in_one_segment_are_two() {
    run(3, async |sim| {
        let (_server, flows) = server(&sim, Duration::ZERO).await;
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let text = format!("{}\r\n{}", written(1, "one"), written(2, "two"));
        stream.write_all(text.as_bytes()).await.expect("written");
        let answer = responses(&mut stream, 2).await;
        assert!(answer.contains("Call-ID: 1\r\n") && answer.contains("Call-ID: 2\r\n"));
        assert_eq!(flows.borrow().len(), 2);
    });
}

#[test]
fn rfc5626_3_5_1_two_line_ends_are_a_ping_and_one_is_none() {
    run(4, async |sim| {
        let (_server, _flows) = server(&sim, Duration::ZERO).await;
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let mut pong = [0; 2];
        for half in [&b"\r\n\r\n"[..], b"\r\n", b"\r\n"] {
            stream.write_all(half).await.expect("written");
            tokio::time::sleep_until(Instant::now() + Duration::from_millis(5)).await;
        }
        stream.read_exact(&mut pong).await.expect("a pong");
        assert_eq!(&pong, b"\r\n");
        stream
            .read_exact(&mut pong)
            .await
            .expect("a pong for the ping in two parts");
        // A line end before a start line belongs to nothing.
        stream
            .write_all(format!("\r\n{}\r\n", written(1, "")).as_bytes())
            .await
            .expect("written");
        let answer = responses(&mut stream, 1).await;
        assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer:?}");
    });
}

#[test]
fn what_cannot_be_framed_is_answered_and_the_connection_closed() {
    run(5, async |sim| {
        let (server, flows) = server(&sim, Duration::ZERO).await;
        let head = written(1, "");
        let cases = [
            ("SIP/2.0 413 ", head.replace("Length: 0", "Length: 2001")),
            (
                "SIP/2.0 400 Content-Length missing",
                head.replace("Content-Length: 0\r\n", ""),
            ),
            (
                "SIP/2.0 400 Content-Length is not",
                head.replace("Length: 0", "Length: -1"),
            ),
            (
                "SIP/2.0 513 ",
                format!("{}X: {}", &head[..head.len() - 2], "x".repeat(70_000)),
            ),
            ("", "GARBAGE\r\n\r\n".to_owned()),
        ];
        for (expected, text) in cases {
            let mut stream = sim
                .host(CLIENT)
                .connect(None, at(SERVER))
                .await
                .expect("connected");
            stream.write_all(text.as_bytes()).await.expect("written");
            let answer = within(Duration::from_secs(1), rest(&mut stream)).await;
            assert!(answer.starts_with(expected), "{expected}: {answer}");
            assert_eq!(answer.is_empty(), expected.is_empty(), "{answer}");
        }
        assert!(flows.borrow().is_empty());
        assert_eq!(server.transactions(), 0);
    });
}

#[test]
fn a_valid_frame_with_an_invalid_request_closes_nothing() {
    run(6, async |sim| {
        let (_server, _flows) = server(&sim, Duration::ZERO).await;
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let text = written(1, "").replace("CSeq: 1 MESSAGE", "CSeq: 1 INVITE");
        stream.write_all(text.as_bytes()).await.expect("written");
        let answer = responses(&mut stream, 1).await;
        assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
        stream
            .write_all(written(2, "").as_bytes())
            .await
            .expect("written");
        let answer = responses(&mut stream, 1).await;
        assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    });
}

#[test]
fn who_sends_too_slowly_is_answered_400_and_closed_in_bounded_time() {
    run(7, async |sim| {
        let (_server, _flows) = server(&sim, Duration::ZERO).await;
        let began = Instant::now();
        let mut silent = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let mut slow = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let dripping = driver::spawn(async move {
            // An octet every 100 ms: always something new, and never done.
            for octet in written(1, &"x".repeat(1_000)).into_bytes() {
                if slow.write_all(&[octet]).await.is_err() {
                    break;
                }
                tokio::time::sleep_until(Instant::now() + Duration::from_millis(100)).await;
                let mut answer = [0; 2048];
                let reading = tokio::time::timeout(Duration::ZERO, slow.read(&mut answer)).await;
                if let Ok(Ok(read)) = reading {
                    return (
                        String::from_utf8_lossy(&answer[..read]).into_owned(),
                        began.elapsed(),
                    );
                }
            }
            panic!("not closed");
        });
        assert_eq!(rest(&mut silent).await, "");
        let silence = began.elapsed();
        assert!(
            (10_000..10_050).contains(&silence.as_millis()),
            "{silence:?}"
        );
        let (answer, took) = dripping.await.expect("the slow one");
        // 10 s of it are less than the head: what there is of it is enough to answer.
        assert!(
            answer.is_empty() || answer.starts_with("SIP/2.0 400 "),
            "{answer}"
        );
        assert!((10_000..10_300).contains(&took.as_millis()), "{took:?}");
    });
}

#[test]
fn an_idle_connection_is_closed_at_its_limit_and_its_flow_told() {
    run(8, async |sim| {
        let settings = SipSettings {
            streams: StreamSettings {
                idle: Duration::from_secs(60),
                ..StreamSettings::default()
            },
            ..SipSettings::new(at(SERVER), METHODS)
        };
        let server = Endpoint::bind(sim.host(SERVER), settings, SipMetrics::default())
            .await
            .expect("bound");
        server.serve(|incoming: Incoming<SimIo>| async move {
            let response = Message::response(&incoming.message, Status::OK);
            incoming.transaction.respond(&response);
        });
        let mut closed = server.closed_flows();
        let client = client(&sim).await;
        client.request(request(), by_tcp()).await.expect("answered");
        let began = Instant::now();
        let flow = closed.next().await.expect("a flow");
        assert_eq!(flow.remote().ip(), CLIENT);
        let took = began.elapsed();
        assert!((59_990..60_010).contains(&took.as_millis()), "{took:?}");
        let gone = server.request(request(), flow).await;
        assert_eq!(gone.unwrap_err(), RequestError::FlowGone);
    });
}

#[test]
fn a_connection_that_is_lost_fails_its_requests_at_once_and_the_next_makes_a_new_one() {
    run(9, async |sim| {
        let (_server, _flows) = server(&sim, Duration::from_secs(3)).await;
        let client = client(&sim).await;
        let (first, second) = (client.clone(), client.clone());
        let asked = [
            driver::spawn(async move { first.request(request(), by_tcp()).await }),
            driver::spawn(async move { second.request(request(), by_tcp()).await }),
        ];
        tokio::time::sleep_until(Instant::now() + Duration::from_secs(1)).await;
        let mut closed = client.closed_flows();
        sim.reset(CLIENT, SERVER);
        for outcome in asked {
            let outcome = outcome.await.expect("no panic");
            assert_eq!(
                outcome.unwrap_err(),
                RequestError::Transport(ErrorKind::ConnectionReset)
            );
        }
        assert!(sim.elapsed() < Duration::from_millis(1_010));
        assert_eq!(closed.next().await.expect("a flow").remote(), at(SERVER));
        assert_eq!(client.transactions(), 0);
        let again = client.request(request(), by_tcp()).await;
        assert_eq!(again.expect("answered").status(), Some(Status::OK));
        assert_eq!(
            connects(&sim),
            2 + 1,
            "and the server answered over one of its own"
        );
    });
}

#[test]
fn rfc3261_18_2_2_without_its_connection_a_response_goes_to_sent_by() {
    run(10, async |sim| {
        let (_server, _flows) = server(&sim, Duration::from_secs(1)).await;
        let host = sim.host(CLIENT);
        let listener = host
            .listen(SocketAddr::new(CLIENT, 5099))
            .await
            .expect("listening");
        let mut stream = host.connect(None, at(SERVER)).await.expect("connected");
        let text = written(1, "").replace("10.0.0.1;", "phone.example:5099;");
        stream.write_all(text.as_bytes()).await.expect("written");
        tokio::time::sleep_until(Instant::now() + Duration::from_millis(10)).await;
        drop(stream);
        let mut stream = within(Duration::from_secs(2), listener.accept())
            .await
            .expect("accepted");
        let answer = responses(&mut stream, 1).await;
        assert!(answer.contains("received=10.0.0.1"), "{answer}");
    });
}

#[test]
fn rfc3261_18_3_over_a_connection_content_length_is_what_the_body_is() {
    run(10, async |sim| {
        let server = endpoint(sim.host(SERVER)).await;
        server.serve(|incoming: Incoming<SimIo>| async move {
            let mut response = Message::response(&incoming.message, Status::OK);
            // As of one who counts otherwise.
            response.set(Name::CONTENT_LENGTH, "1000");
            incoming.transaction.respond(&response);
        });
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        for number in 1..=2 {
            let text = written(number, "");
            stream.write_all(text.as_bytes()).await.expect("written");
            let answer = responses(&mut stream, 1).await;
            assert!(answer.contains("Content-Length: 0\r\n"), "{answer}");
        }
    });
}

#[test]
fn rfc3261_18_1_1_a_long_request_goes_by_tcp_and_by_udp_where_that_is_refused() {
    run(11, async |sim| {
        let (_server, flows) = server(&sim, Duration::ZERO).await;
        let client = client(&sim).await;
        let long = |length: usize| {
            let mut request = request();
            request.set_body("text/plain", Bytes::from(vec![b'x'; length]));
            request
        };
        let asked = client
            .request(long(1_000), at(SERVER))
            .await
            .expect("answered");
        assert_eq!(asked.status(), Some(Status::OK));
        assert_eq!(flows.borrow()[0].transport(), Transport::Udp);
        client
            .request(long(1_300), at(SERVER))
            .await
            .expect("answered");
        assert_eq!(flows.borrow()[1].transport(), Transport::Tcp);
        // One who listens for datagrams alone.
        let other = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3));
        let socket = sim.host(other).bind(at(other)).await.expect("bound");
        let asking = driver::spawn({
            let client = client.clone();
            async move { client.request(long(1_300), at(other)).await }
        });
        let mut octets = bytes::BytesMut::new();
        use driver::io::Datagram as _;
        let from = within(Duration::from_secs(1), socket.receive(&mut octets))
            .await
            .expect("a datagram");
        let received = Message::parse(octets.freeze()).expect("a message");
        let via = received
            .read::<Via<'_>>()
            .expect("readable")
            .expect("a Via");
        assert_eq!(via.transport.as_str(), "UDP");
        let response = Message::response(&received, Status::OK).to_bytes();
        socket.send(&response, from).expect("sent");
        assert_eq!(
            asking.await.expect("no panic").expect("answered").status(),
            Some(Status::OK)
        );
    });
}

#[test]
fn a_connection_that_cannot_be_made_fails_within_its_limit() {
    run(12, async |sim| {
        let client = client(&sim).await;
        let _there = sim.host(SERVER);
        let refused = client.request(request(), by_tcp()).await;
        assert_eq!(
            refused.unwrap_err(),
            RequestError::Transport(ErrorKind::ConnectionRefused)
        );
        sim.cut(CLIENT, SERVER);
        let began = Instant::now();
        let silent = client.request(request(), by_tcp()).await;
        assert_eq!(
            silent.unwrap_err(),
            RequestError::Transport(ErrorKind::TimedOut)
        );
        let took = began.elapsed();
        assert!((5_000..5_010).contains(&took.as_millis()), "{took:?}");
        let flow = client.flow_to(by_tcp()).await;
        assert_eq!(
            flow.unwrap_err(),
            RequestError::Transport(ErrorKind::TimedOut)
        );
    });
}

#[test]
fn a_connection_too_many_is_closed_at_once() {
    run(13, async |sim| {
        let (_server, _flows) = server(&sim, Duration::ZERO).await;
        let mut streams = Vec::new();
        for number in 0..4 {
            let mut stream = sim
                .host(CLIENT)
                .connect(None, at(SERVER))
                .await
                .expect("connected");
            stream
                .write_all(written(number, "").as_bytes())
                .await
                .expect("written");
            streams.push(stream);
        }
        let mut last = streams.pop().expect("four");
        assert_eq!(within(Duration::from_secs(1), rest(&mut last)).await, "");
        for stream in &mut streams {
            responses(stream, 1).await;
        }
        drop(streams);
        tokio::time::sleep_until(Instant::now() + Duration::from_millis(10)).await;
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        stream
            .write_all(written(9, "").as_bytes())
            .await
            .expect("written");
        responses(&mut stream, 1).await;
    });
}

#[test]
fn who_does_not_read_is_not_read_either_and_in_the_end_closed() {
    run(14, async |sim| {
        let (server, flows) = server(&sim, Duration::ZERO).await;
        let mut closed = server.closed_flows();
        let mut stream = sim
            .host(CLIENT)
            .connect(None, at(SERVER))
            .await
            .expect("connected");
        let writing = driver::spawn(async move {
            for number in 0..100_000 {
                if stream
                    .write_all(written(number, "").as_bytes())
                    .await
                    .is_err()
                {
                    return (stream, number);
                }
            }
            panic!("everything was taken");
        });
        let began = Instant::now();
        closed.next().await.expect("a flow");
        let took = began.elapsed();
        assert!((10_000..11_000).contains(&took.as_millis()), "{took:?}");
        writing.await.expect("the writer");
        // Both windows of 64 KiB and half the queue of 200,000 octets, at some 250 octets a message.
        let served = flows.borrow().len();
        assert!((400..2_000).contains(&served), "{served}");
    });
}

#[test]
fn draining_writes_the_last_response_and_closes_every_connection() {
    run(15, async |sim| {
        let (server, _flows) = server(&sim, Duration::from_secs(2)).await;
        let client = client(&sim).await;
        let asking = driver::spawn({
            let client = client.clone();
            async move { client.request(request(), by_tcp()).await }
        });
        tokio::time::sleep_until(Instant::now() + Duration::from_secs(1)).await;
        let mut closed = client.closed_flows();
        server.drain().await;
        assert!(
            sim.elapsed() < Duration::from_millis(2_100),
            "{:?}",
            sim.elapsed()
        );
        assert_eq!(
            asking.await.expect("no panic").expect("answered").status(),
            Some(Status::OK)
        );
        assert_eq!(closed.next().await.expect("a flow").remote(), at(SERVER));
        let refused = client.request(request(), by_tcp()).await;
        assert_eq!(
            refused.unwrap_err(),
            RequestError::Transport(ErrorKind::ConnectionRefused)
        );
    });
}

#[test]
fn rfc5626_5_3_a_request_goes_back_over_the_flow_that_another_came_on() {
    run(16, async |sim| {
        let (server, flows) = server(&sim, Duration::ZERO).await;
        let phone = endpoint(sim.host(CLIENT)).await;
        let rung = Rc::new(Cell::new(false));
        let bell = Rc::clone(&rung);
        phone.serve(move |incoming: Incoming<SimIo>| {
            bell.set(true);
            async move {
                let response = Message::response(&incoming.message, Status::OK);
                incoming.transaction.respond(&response);
            }
        });
        phone.request(request(), by_tcp()).await.expect("answered");
        let flow = flows.borrow()[0];
        let called = server.request(request(), flow).await.expect("answered");
        assert_eq!(called.status(), Some(Status::OK));
        assert!(rung.get());
        assert_eq!(connects(&sim), 1);
        // An address is no flow: what the phone opened leads to the phone, not to whoever has its address.
        let address = Towards::from((Transport::Tcp, flow.remote()));
        let outcome = server.request(request(), address).await;
        assert_eq!(
            outcome.unwrap_err(),
            RequestError::Transport(ErrorKind::ConnectionRefused)
        );
    });
}

#[test]
fn a_closed_port_is_known_at_once_by_icmp_and_only_its_requests_fail() {
    run(17, async |sim| {
        let (_server, _flows) = server(&sim, Duration::from_secs(1)).await;
        let client = client(&sim).await;
        let closed = SocketAddr::new(SERVER, 5070);
        let good = driver::spawn({
            let client = client.clone();
            async move { client.request(request(), at(SERVER)).await }
        });
        let outcome = client.request(request(), closed).await;
        assert_eq!(
            outcome.unwrap_err(),
            RequestError::Transport(ErrorKind::ConnectionRefused)
        );
        assert!(
            sim.elapsed() < Duration::from_millis(10),
            "{:?}",
            sim.elapsed()
        );
        assert_eq!(
            good.await.expect("no panic").expect("answered").status(),
            Some(Status::OK)
        );
    });
}
