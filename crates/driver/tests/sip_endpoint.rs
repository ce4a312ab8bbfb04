//! The SIP endpoint over a simulated network: what goes over the wire, and when.

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use driver::io::{Datagram, Io};
use driver::sip::{Endpoint, Incoming, RequestError, SipMetrics, SipSettings};
use sim::{Faults, Sim, SimIo};
use sip_message::uri::MAX_URI;
use sip_message::{Message, Method, Name, Status};

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const METHODS: &[Method<'static>] = &[Method::REGISTER];

fn at(ip: IpAddr) -> SocketAddr {
    SocketAddr::new(ip, 5060)
}

async fn endpoint(io: SimIo) -> Endpoint<SimIo> {
    let listen = at(io.ip());
    Endpoint::bind(io, SipSettings::new(listen, METHODS), SipMetrics::default())
        .await
        .expect("bound")
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

/// A server that answers each new request after `delay`, and how many it saw.
fn serve(sim: &Sim, delay: Option<Duration>) -> Rc<Cell<usize>> {
    let seen = Rc::new(Cell::new(0));
    let count = Rc::clone(&seen);
    let _program = sim.start(SERVER, move |io| async move {
        let endpoint = endpoint(io).await;
        endpoint.serve(move |incoming: Incoming<SimIo>| {
            count.set(count.get() + 1);
            async move {
                match delay {
                    None => std::future::pending().await,
                    Some(delay) => {
                        tokio::time::sleep_until(tokio::time::Instant::now() + delay).await
                    }
                }
                incoming
                    .transaction
                    .respond(&Message::response(&incoming.message, Status::OK));
            }
        });
        std::future::pending::<()>().await;
    });
    seen
}

/// Asks once; gives the outcome and the virtual time that it took.
async fn ask(sim: &Sim) -> (Result<Message, RequestError>, Duration) {
    let asked = sim.start(CLIENT, |io| async move {
        let endpoint = endpoint(io).await;
        endpoint.serve(|_: Incoming<SimIo>| async {});
        let began = tokio::time::Instant::now();
        let outcome = endpoint.request(request(), at(SERVER)).await;
        (outcome, began.elapsed())
    });
    asked.await.expect("the client's program")
}

#[test]
fn rfc3261_17_1_2_a_request_is_sent_eleven_times_and_given_up_at_64_t1() {
    sim::run(1, Faults::none(), |sim| async move {
        sim.cut(CLIENT, SERVER);
        let _seen = serve(&sim, Some(Duration::ZERO));
        let (outcome, took) = ask(&sim).await;
        assert_eq!(outcome.unwrap_err(), RequestError::TimedOut);
        assert_eq!(took, Duration::from_secs(32));
        let sent: Vec<u128> = sim
            .packets()
            .iter()
            .map(|packet| packet.at.as_millis())
            .collect();
        let began = sent[0];
        let after: Vec<u128> = sent.iter().map(|at| at - began).collect();
        assert_eq!(
            after,
            [
                0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500
            ]
        );
    });
}

#[test]
fn a_request_that_comes_twice_is_served_once_and_answered_twice() {
    let faults = Faults {
        duplication: 1.0,
        ..Faults::none()
    };
    sim::run(2, faults, |sim| async move {
        let seen = serve(&sim, Some(Duration::from_millis(10)));
        let (outcome, _) = ask(&sim).await;
        assert_eq!(outcome.expect("answered").status(), Some(Status::OK));
        assert_eq!(seen.get(), 1);
    });
}

#[test]
fn rfc4320_a_slow_server_says_trying_at_3500_ms_and_never_408() {
    sim::run(3, Faults::none(), |sim| async move {
        let _seen = serve(&sim, None);
        let (outcome, _) = ask(&sim).await;
        assert_eq!(outcome.unwrap_err(), RequestError::TimedOut);
        let answers: Vec<(u128, bool)> = sim
            .packets()
            .iter()
            .filter(|packet| packet.from.ip() == SERVER)
            .map(|packet| {
                (
                    packet.at.as_millis(),
                    packet.payload.starts_with(b"SIP/2.0 100"),
                )
            })
            .collect();
        assert!(
            !answers.is_empty() && answers.iter().all(|(_, trying)| *trying),
            "{answers:?}"
        );
        assert!((3500..3510).contains(&answers[0].0), "{answers:?}");
    });
}

#[test]
fn rfc3261_8_2_7_other_methods_are_refused_without_a_transaction_and_alike() {
    sim::run(4, Faults::none(), |sim| async move {
        let seen = serve(&sim, Some(Duration::ZERO));
        let answers = Rc::new(RefCell::new(Vec::new()));
        let taken = Rc::clone(&answers);
        let asked = sim.start(CLIENT, move |io| async move {
            let socket = io.bind(at(CLIENT)).await.expect("bound");
            let text = "INVITE sip:a@home.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK7\r\n\
                        Max-Forwards: 70\r\nFrom: <sip:b@home.example>;tag=1\r\nTo: <sip:a@home.example>\r\n\
                        Call-ID: 7\r\nCSeq: 1 INVITE\r\nContact: <sip:b@10.0.0.1>\r\nContent-Length: 0\r\n\r\n";
            for _ in 0..2 {
                socket.send(text.as_bytes(), at(SERVER)).expect("sent");
                let mut buffer = bytes::BytesMut::new();
                socket.receive(&mut buffer).await.expect("an answer");
                taken.borrow_mut().push(buffer.freeze());
            }
        });
        asked.await.expect("the client's program");
        let answers = answers.borrow();
        assert_eq!(answers[0], answers[1]);
        let response = Message::parse(answers[0].clone()).expect("a response");
        assert_eq!(response.status(), Some(Status::METHOD_NOT_ALLOWED));
        assert_eq!(response.header(Name::ALLOW), Some("REGISTER"));
        assert_eq!(seen.get(), 0);
    });
}

#[test]
fn rfc3261_21_4_12_a_request_uri_that_is_too_long_is_414_and_not_served() {
    sim::run(5, Faults::none(), |sim| async move {
        let seen = serve(&sim, Some(Duration::ZERO));
        let answers = sim.start(CLIENT, |io| async move {
            let socket = io.bind(at(CLIENT)).await.expect("bound");
            let mut answers = Vec::new();
            for (call, length) in [(1, MAX_URI), (2, MAX_URI + 1)] {
                let host = "h".repeat(length - "sip:".len());
                let text = format!(
                    "REGISTER sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{call}\r\n\
                     Max-Forwards: 70\r\nFrom: <sip:a@home.example>;tag=1\r\nTo: <sip:a@home.example>\r\n\
                     Call-ID: {call}\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n"
                );
                socket.send(text.as_bytes(), at(SERVER)).expect("sent");
                let mut buffer = bytes::BytesMut::new();
                socket.receive(&mut buffer).await.expect("an answer");
                answers.push(Message::parse(buffer.freeze()).expect("a response").status());
            }
            answers
        });
        let answers = answers.await.expect("the client's program");
        assert_eq!(
            answers,
            [Some(Status::OK), Some(Status::REQUEST_URI_TOO_LONG)]
        );
        assert_eq!(seen.get(), 1);
    });
}

#[test]
fn rfc3261_9_2_a_cancel_of_what_is_known_is_200_whatever_its_method() {
    sim::run(4, Faults::none(), |sim| async move {
        let seen = serve(&sim, Some(Duration::from_secs(1)));
        let asked = sim.start(CLIENT, move |io| async move {
            let socket = io.bind(at(CLIENT)).await.expect("bound");
            let mut answers = Vec::new();
            for (method, branch) in [("REGISTER", 7), ("CANCEL", 7), ("CANCEL", 8)] {
                let text = format!(
                    "{method} sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{branch}\r\n\
                     Max-Forwards: 70\r\nFrom: <sip:b@home.example>;tag=1\r\nTo: <sip:b@home.example>\r\n\
                     Call-ID: 7\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
                );
                socket.send(text.as_bytes(), at(SERVER)).expect("sent");
            }
            for _ in 0..3 {
                let mut buffer = bytes::BytesMut::new();
                socket.receive(&mut buffer).await.expect("an answer");
                let response = Message::parse(buffer.freeze()).expect("a response");
                let cseq = response.header(Name::CSEQ).map(str::to_owned);
                answers.push((cseq.expect("a CSeq"), response.status()));
            }
            answers
        });
        let answers = asked.await.expect("the client's program");
        let expected = [
            ("1 CANCEL", Status::OK),
            ("1 CANCEL", Status::CALL_TRANSACTION_DOES_NOT_EXIST),
            // It goes on as if there had been none.
            ("1 REGISTER", Status::OK),
        ];
        assert_eq!(
            answers,
            expected.map(|(cseq, status)| (cseq.to_owned(), Some(status)))
        );
        assert_eq!(seen.get(), 1);
    });
}

#[test]
fn rfc3261_18_3_a_response_that_is_cut_off_or_hides_lines_is_dropped() {
    sim::run(4, Faults::none(), |sim| async move {
        let broken: [fn(String) -> String; 4] = [
            |text| text.replace("Content-Length: 0", "Content-Length: 1000"),
            |text| {
                text.replace(
                    "Content-Length: 0",
                    "Content-Length: 0\r\nContent-Length: 5",
                )
            },
            |text| text.replace("Call-ID: call", "Call-ID: call\rP-Hidden: 1"),
            |text| text.replace("Call-ID: call", "Call-ID: call\r\nCall-ID: other"),
        ];
        let _server = sim.start(SERVER, move |io| async move {
            let socket = io.bind(at(SERVER)).await.expect("bound");
            let mut buffer = bytes::BytesMut::new();
            let from = socket.receive(&mut buffer).await.expect("a request");
            let request = Message::parse(buffer.freeze()).expect("a request");
            let answer = |status| {
                let response = Message::response(&request, status);
                String::from_utf8(response.to_bytes().to_vec()).expect("text")
            };
            for make in broken {
                let text = make(answer(Status::OK));
                assert_ne!(text, answer(Status::OK));
                socket.send(text.as_bytes(), from).expect("sent");
            }
            let sound = answer(Status::FORBIDDEN);
            socket.send(sound.as_bytes(), from).expect("sent");
        });
        let (outcome, _) = ask(&sim).await;
        let response = outcome.expect("answered");
        assert_eq!(response.status(), Some(Status::FORBIDDEN));
    });
}

#[test]
fn a_full_endpoint_says_503_and_draining_waits_for_answers() {
    sim::run(5, Faults::none(), |sim| async move {
        let program = sim.start(SERVER, |io| async move {
            let settings = SipSettings {
                max_transactions: 1,
                ..SipSettings::new(at(SERVER), METHODS)
            };
            let endpoint = Endpoint::bind(io, settings, SipMetrics::default())
                .await
                .expect("bound");
            endpoint.serve(|incoming: Incoming<SimIo>| async move {
                tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_secs(2))
                    .await;
                incoming
                    .transaction
                    .respond(&Message::response(&incoming.message, Status::OK));
            });
            tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_secs(1)).await;
            let began = tokio::time::Instant::now();
            endpoint.drain().await;
            began.elapsed()
        });
        let asked = sim.start(CLIENT, |io| async move {
            let endpoint = endpoint(io).await;
            endpoint.serve(|_: Incoming<SimIo>| async {});
            let first = endpoint.request(request(), at(SERVER));
            let second = endpoint.request(request(), at(SERVER));
            let (first, second) = tokio::join!(first, second);
            [first, second].map(|outcome| outcome.expect("answered").status())
        });
        let statuses = asked.await.expect("the client's program");
        assert_eq!(
            statuses,
            [Some(Status::OK), Some(Status::SERVICE_UNAVAILABLE)]
        );
        let drained = program.await.expect("the server's program");
        assert!((900..1100).contains(&drained.as_millis()), "{drained:?}");
    });
}

#[test]
fn draining_ends_when_a_transaction_expires_that_nobody_answers() {
    sim::run(1, Faults::none(), |sim| async move {
        let server = endpoint(sim.host(SERVER)).await;
        server.serve(|incoming: Incoming<SimIo>| async move {
            std::future::pending::<()>().await;
            drop(incoming);
        });
        let client = endpoint(sim.host(CLIENT)).await;
        client.serve(|_: Incoming<SimIo>| async {});
        let asked = driver::spawn(async move { client.request(request(), at(SERVER)).await });
        tokio::time::sleep_until(tokio::time::Instant::now() + Duration::from_secs(1)).await;
        server.drain().await;
        // RFC 4320 §4.2: 64·T1 after the request came.
        assert!(
            sim.elapsed() <= Duration::from_millis(32_010),
            "{:?}",
            sim.elapsed()
        );
        assert_eq!(asked.await.unwrap().unwrap_err(), RequestError::TimedOut);
    });
}

#[test]
fn rfc3261_8_2_7_of_a_stateless_response_nothing_is_kept() {
    sim::run(6, Faults::none(), |sim| async move {
        let seen = Rc::new(Cell::new(0));
        let server = endpoint(sim.host(SERVER)).await;
        let count = Rc::clone(&seen);
        server.serve(move |incoming: Incoming<SimIo>| {
            count.set(count.get() + 1);
            let response = Message::response(&incoming.message, Status::UNAUTHORIZED);
            incoming.transaction.respond_statelessly(&response);
            std::future::ready(())
        });
        let socket = sim.host(CLIENT).bind(at(CLIENT)).await.expect("bound");
        let text = "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK7\r\n\
                    Max-Forwards: 70\r\nFrom: <sip:a@home.example>;tag=1\r\nTo: <sip:a@home.example>\r\n\
                    Call-ID: 7\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
        for times in 1..=2 {
            socket.send(text.as_bytes(), at(SERVER)).expect("sent");
            let mut buffer = bytes::BytesMut::new();
            socket.receive(&mut buffer).await.expect("an answer");
            let response = Message::parse(buffer.freeze()).expect("a response");
            assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
            assert_eq!((seen.get(), server.transactions()), (times, 0));
        }
    });
}
