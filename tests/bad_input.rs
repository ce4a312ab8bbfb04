//! What bad input gets, over real sockets.

mod network;

use std::process::Command;
use std::time::{Duration, Instant};

use network::{Hand, Network, authorization, binary};
use sip_message::{Auth, Message, Name, Status, TypedHeader, WwwAuthenticate};

/// A REGISTER by hand.
struct Register<'a> {
    user: &'a str,
    call_id: &'a str,
    cseq: u32,
    more: String,
}

impl Register<'_> {
    fn text(&self, hand: &Hand) -> String {
        let Self {
            user,
            call_id,
            cseq,
            more,
        } = self;
        let local = hand.local();
        format!(
            "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{call_id}-{cseq};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{user}@home.example>;tag=f1\r\nTo: <sip:{user}@home.example>\r\n\
             Call-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{local}>\r\nExpires: 600\r\n\
             {more}Content-Length: 0\r\n\r\n"
        )
    }

    fn ask(&self, hand: &Hand) -> Message {
        Message::parse(hand.ask(&self.text(hand)).into_bytes().into()).expect("a response")
    }
}

fn nonce(response: &Message) -> String {
    let value = response
        .header(Name::WWW_AUTHENTICATE)
        .expect("a challenge");
    let WwwAuthenticate(auth): WwwAuthenticate<'_> =
        WwwAuthenticate::parse(value).expect("readable");
    let auth: Auth<'_> = auth;
    auth.get("nonce").expect("a nonce").into_owned()
}

fn phone(network: &Network) -> Hand {
    Hand::new(network.ip(20), network.address("pcscf"))
}

fn reason(response: &Message) -> String {
    match response.start_line() {
        sip_message::StartLine::Response { reason, .. } => reason.to_owned(),
        sip_message::StartLine::Request { .. } => panic!("a request"),
    }
}

#[test]
fn unknown_user_gets_403() {
    let network = Network::with_users(1);
    let response = Register {
        user: "nobody",
        call_id: "n1",
        cseq: 1,
        more: String::new(),
    }
    .ask(&phone(&network));
    assert_eq!(response.status(), Some(Status::FORBIDDEN));
}

#[test]
fn wrong_credentials_get_a_fresh_401_then_403_and_no_hint() {
    let network = Network::with_users(2);
    let hand = phone(&network);
    let mut seen = Vec::new();
    // A wrong password, and the right password of another user.
    for (call_id, user, password) in [("w1", "user0", "wrong"), ("w2", "user0", "secret1")] {
        let mut answers = Vec::new();
        let first = Register {
            user: "user0",
            call_id,
            cseq: 1,
            more: String::new(),
        }
        .ask(&hand);
        assert_eq!(first.status(), Some(Status::UNAUTHORIZED));
        let again = Register {
            user: "user0",
            call_id,
            cseq: 2,
            more: authorization(&first, user, password),
        }
        .ask(&hand);
        assert_eq!(again.status(), Some(Status::UNAUTHORIZED));
        assert_ne!(nonce(&first), nonce(&again), "a fresh challenge");
        answers.push((again.status(), reason(&again)));
        let last = Register {
            user: "user0",
            call_id,
            cseq: 3,
            more: authorization(&again, user, password),
        }
        .ask(&hand);
        assert_eq!(last.status(), Some(Status::FORBIDDEN));
        answers.push((last.status(), reason(&last)));
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1], "nothing tells what was wrong");
    // The user is not locked out.
    let first = Register {
        user: "user0",
        call_id: "w3",
        cseq: 1,
        more: String::new(),
    }
    .ask(&hand);
    let right = authorization(&first, "user0", "secret0");
    let done = Register {
        user: "user0",
        call_id: "w3",
        cseq: 2,
        more: right.clone(),
    }
    .ask(&hand);
    assert_eq!(done.status(), Some(Status::OK));
    // The same answer again in a request of its own is a replay: never 200.
    let replayed = Register {
        user: "user0",
        call_id: "w4",
        cseq: 1,
        more: right.clone(),
    }
    .ask(&hand);
    assert_eq!(replayed.status(), Some(Status::UNAUTHORIZED));
    // And it is nobody else's.
    let other = Register {
        user: "user1",
        call_id: "w5",
        cseq: 1,
        more: right,
    }
    .ask(&hand);
    assert_ne!(other.status(), Some(Status::OK));
}

#[test]
fn unknown_extensions_get_420_with_the_list() {
    let network = Network::with_users(1);
    let hand = phone(&network);
    for (cseq, header) in [
        (1, "Require: nothing-known, path, other\r\n"),
        (2, "Proxy-Require: nothing-known, other\r\n"),
    ] {
        let response = Register {
            user: "user0",
            call_id: "e1",
            cseq,
            more: header.to_owned(),
        }
        .ask(&hand);
        assert_eq!(response.status(), Some(Status::BAD_EXTENSION), "{header}");
        let listed: Vec<&str> = response.elements(Name::UNSUPPORTED).collect();
        assert_eq!(listed, ["nothing-known", "other"], "{header}");
    }
}

#[test]
fn unreadable_requests_get_400_with_a_reason_or_are_counted() {
    let network = Network::with_users(1);
    let hand = phone(&network);
    let good = Register {
        user: "user0",
        call_id: "m1",
        cseq: 1,
        more: String::new(),
    }
    .text(&hand);
    for (broken, what) in [
        (
            good.replace("CSeq: 1 REGISTER", "CSeq: 1 INVITE"),
            "another method in CSeq",
        ),
        (
            good.replace("CSeq: 1 REGISTER", "CSeq: 4294967296 REGISTER"),
            "a CSeq that is too big",
        ),
        (
            good.replace("Max-Forwards: 70\r\n", "Call-ID: m2\r\n"),
            "two Call-IDs",
        ),
        (
            good.replace(
                "REGISTER sip:home.example SIP",
                "REGISTER <sip:home.example> SIP",
            ),
            "angle brackets",
        ),
    ] {
        let response = Message::parse(hand.ask(&broken).into_bytes().into()).expect("a response");
        assert_eq!(response.status(), Some(Status::BAD_REQUEST), "{what}");
        assert_ne!(
            reason(&response),
            "Bad Request",
            "{what}: the reason says what"
        );
    }
    let version = good.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia");
    let response = Message::parse(hand.ask(&version).into_bytes().into()).expect("a response");
    assert_eq!(response.status(), Some(Status::VERSION_NOT_SUPPORTED));

    hand.send(b"\x00\x01\x02 no SIP at all");
    hand.send(&[0xff; 2000]);
    hand.send(good.replace("Via: SIP/2.0/UDP", "Via: nonsense").as_bytes());
    // The one that follows is answered: nothing got stuck.
    let response = Register {
        user: "user0",
        call_id: "m3",
        cseq: 1,
        more: String::new(),
    }
    .ask(&hand);
    assert_eq!(response.status(), Some(Status::UNAUTHORIZED));
    let metrics = network.admin("pcscf", "/metrics");
    assert!(
        metrics.contains("sip_unreadable_total{element=\"pcscf\",reference_point=\"Gm\"} 3"),
        "{metrics}"
    );
}

#[test]
fn other_methods_get_405_with_allow() {
    let network = Network::with_users(1);
    let hand = phone(&network);
    let text = Register {
        user: "user0",
        call_id: "o1",
        cseq: 1,
        more: String::new(),
    }
    .text(&hand);
    let response = Message::parse(
        hand.ask(&text.replace("REGISTER", "INVITE"))
            .into_bytes()
            .into(),
    )
    .expect("a response");
    assert_eq!(response.status(), Some(Status::METHOD_NOT_ALLOWED));
    assert_eq!(response.header(Name::ALLOW), Some("REGISTER"));
}

#[test]
fn hss_out_of_reach_gets_504_in_bounded_time_and_no_binding() {
    let mut network = Network::with_users(1);
    let hand = phone(&network);
    let challenged = Register {
        user: "user0",
        call_id: "h1",
        cseq: 1,
        more: String::new(),
    }
    .ask(&hand);
    assert_eq!(challenged.status(), Some(Status::UNAUTHORIZED));
    let answer = authorization(&challenged, "user0", "secret0");
    network.stop("hss");
    #[expect(clippy::disallowed_methods, reason = "the test measures a real wait")]
    let asked = Instant::now();
    let response = Register {
        user: "user0",
        call_id: "h1",
        cseq: 2,
        more: answer,
    }
    .ask(&hand);
    assert_eq!(response.status(), Some(Status::SERVER_TIME_OUT));
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    // Straight at the S-CSCF too, which is the one that would bind; for a user whose credentials it does not have yet.
    let scscf = Hand::new(network.ip(21), network.address("scscf"));
    let response = Register {
        user: "user1",
        call_id: "h2",
        cseq: 1,
        more: String::new(),
    }
    .ask(&scscf);
    assert_eq!(response.status(), Some(Status::SERVER_TIME_OUT));
    let state = network.admin("scscf", "/state");
    assert!(state.contains("\"contacts\":0"), "{state}");
}

#[test]
fn a_bad_configuration_names_file_key_value_and_way_out() {
    let network = Network::new();
    let good = network.config("scscf");
    for (bad, said) in [
        (
            good.replace("listen =", "lisen ="),
            vec!["scscf.toml", "lisen", "listen"],
        ),
        (
            good.replace(":5060", ":506000"),
            vec!["scscf.toml", "sip.listen", "506000"],
        ),
        (
            good.replace("sip:scscf.home.example", "scscf"),
            vec!["scscf.toml", "name", "\"scscf\"", "sip:"],
        ),
    ] {
        let file = network.path("scscf.toml");
        std::fs::write(&file, bad).expect("a file");
        for check in [&["--check"][..], &[]] {
            let output = Command::new(binary("scscf"))
                .arg("--config")
                .arg(&file)
                .args(check)
                .output()
                .expect("it runs");
            assert_eq!(output.status.code(), Some(64));
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            for word in &said {
                assert!(error.contains(word), "{word} in {error}");
            }
        }
    }
    let missing = Command::new(binary("scscf"))
        .args(["--config", "no-such-file.toml"])
        .output()
        .expect("it runs");
    assert_eq!(missing.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-file.toml"));
}

#[test]
fn a_taken_port_is_named_with_its_holder() {
    let mut network = Network::new();
    network.write_subscribers(1);
    network.start("hss");
    let config = network.path("hss.toml");
    let output = Command::new(binary("hss"))
        .arg("--config")
        .arg(&config)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(69));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let holder = network.process("hss").child.id().to_string();
    for word in [
        network.address("hss").to_string().as_str(),
        "hss",
        holder.as_str(),
    ] {
        assert!(error.contains(word), "{word} in {error}");
    }
}
