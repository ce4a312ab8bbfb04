//! SIPp's side of a registration, by SIP Digest.

use bytes::Bytes;
use replay::{Action, CallIds, Difference, Meeting, Over, ReplayError, Sending, Shown, Wishes};
use sip_message::{Authorization, Contact, From, Message, Name, Via};

use crate::live::{AGAINST, LOCAL, address, events, plan, play, player};

const CAPTURE: &str = "sipp-register.pcapng";
const PHONE: &str = "127.78.0.20";
const PCSCF: &str = "127.78.0.2:5060";

const CREDENTIALS: &str = "[[user]]\nname = \"user0@home.example\"\npassword = \"secret0\"\n\
                           [[user]]\nname = \"user1@home.example\"\npassword = \"secret1\"\n\
                           [[user]]\nname = \"user2@home.example\"\npassword = \"secret2\"\n";

fn parse(octets: &Bytes) -> Message {
    Message::parse(octets.clone()).expect("SIP")
}

/// A P-CSCF that says what that of the capture said: with addresses, tags and nonces of its own.
struct Mirror {
    answers: Vec<(String, String)>,
}

impl Mirror {
    fn new() -> Mirror {
        let answers = events(CAPTURE).0.into_iter().filter_map(|event| {
            let message = parse(&event.octets);
            let is_answer =
                event.source == address(PCSCF) && event.destination.ip().to_string() == PHONE;
            message.status().filter(|_| is_answer)?;
            let from = message.header(Name::FROM)?.split('>').next()?.to_owned();
            let cseq = message.header(Name::CSEQ)?.to_owned();
            let text = String::from_utf8(event.octets.to_vec()).ok()?;
            Some((format!("{from} {cseq}"), text))
        });
        Mirror {
            answers: answers.collect(),
        }
    }

    fn answer(&self, request: &Message) -> String {
        let from = request.header(Name::FROM).expect("From");
        let cseq = request.header(Name::CSEQ).expect("CSeq");
        let key = format!("{} {cseq}", from.split('>').next().expect("an address"));
        let (_, captured) = self
            .answers
            .iter()
            .find(|(known, _)| *known == key)
            .expect("an answer of the capture");
        let mut lines: Vec<String> = Vec::new();
        for line in captured.split("\r\n") {
            let of = |name| request.header(name).expect("as in every request");
            lines.push(match line.split(':').next().unwrap_or_default() {
                "Via" => format!("Via: {};received=198.51.100.20", of(Name::VIA)),
                "From" => format!("From: {}", of(Name::FROM)),
                "Call-ID" => format!("Call-ID: {}", of(Name::CALL_ID)),
                "To" => line.replace(";tag=", ";tag=live-"),
                "WWW-Authenticate" => line.replace("nonce=\"", "nonce=\"live-"),
                _ => line
                    .replace("127.78.0.20:5060", LOCAL)
                    .replace(PCSCF, "198.51.100.2:5062")
                    .replace("sip:ABPE", "sip:other-token-"),
            });
        }
        lines.join("\r\n")
    }
}

#[test]
fn what_must_differ_is_rewritten() {
    let mirror = Mirror::new();
    let wishes = Wishes {
        call_ids: CallIds::New,
        ..Wishes::default()
    };
    let (outcome, sent) = play(
        player(plan(CAPTURE, PHONE), wishes, CREDENTIALS),
        |_, octets| vec![mirror.answer(&parse(octets)).into()],
    );
    assert_eq!(outcome.differences, []);
    assert_eq!((outcome.sent, outcome.compared), (6, 6));
    let (captured, _) = events(CAPTURE);
    let (first, challenged) = (parse(&sent[0]), parse(&sent[1]));
    let before = parse(&captured[0].octets);

    let via = |message: &Message| {
        let via: Via<'_> = message.read().expect("readable").expect("there");
        (
            via.host.to_string(),
            via.port,
            via.branch().map(str::to_owned),
        )
    };
    let (host, port, branch) = via(&first);
    assert_eq!((host.as_str(), port), ("198.51.100.20", Some(5070)));
    assert_ne!(branch, via(&before).2);
    assert_ne!(branch, via(&challenged).2);

    let tag = |message: &Message| {
        let From(from) = message.read().expect("readable").expect("there");
        from.tag().map(str::to_owned)
    };
    assert_ne!(tag(&first), tag(&before));
    assert_eq!(tag(&first), tag(&challenged));
    assert_ne!(first.header(Name::CALL_ID), before.header(Name::CALL_ID));
    assert_eq!(
        first.header(Name::CALL_ID),
        challenged.header(Name::CALL_ID)
    );

    let contact: Contact<'_> = first.read().expect("readable").expect("there");
    assert_eq!(
        contact.address().map(|it| it.uri),
        Some("sip:user0@198.51.100.20:5070")
    );
    let Authorization(auth) = challenged.read().expect("readable").expect("there");
    assert!(auth.get("nonce").expect("a nonce").starts_with("live-"));
    assert_eq!(auth.get("uri").as_deref(), Some("sip:198.51.100.2:5062"));
    // By the password of the file, not that of the capture: MD5 is done elsewhere.
    let answer = sip_stack::digest::Answer::read(&auth).expect("an answer");
    let ha1 = sip_stack::digest::Ha1::of(
        sip_stack::digest::Algorithm::Md5,
        "user0@home.example",
        "home.example",
        b"secret0",
    );
    let expected = sip_stack::digest::Expected {
        username: "user0@home.example",
        realm: "home.example",
        ha1: &ha1,
        algorithm: sip_stack::digest::Algorithm::Md5,
        qop: sip_stack::digest::QopOffer::Auth,
        method: sip_message::Method::REGISTER,
        uri: sip_stack::digest::DigestUri::Any,
        body: b"",
    };
    assert!(answer.is_right(&expected));
}

#[test]
fn one_field_that_is_otherwise_is_told_and_nothing_else() {
    let mirror = Mirror::new();
    let mut count = 0;
    let (outcome, _) = play(
        player(plan(CAPTURE, PHONE), Wishes::default(), CREDENTIALS),
        |_, octets| {
            count += 1;
            let answer = mirror.answer(&parse(octets));
            let answer = match count {
                1 => answer.replace("realm=\"home.example\"", "realm=\"other.example\""),
                2 => answer.replace("P-Associated-URI: <sip:user0@home.example>\r\n", ""),
                4 => answer.replace("200 OK", "403 Forbidden"),
                6 => answer.replace("Content-Length", "Server: other\r\nContent-Length"),
                _ => answer,
            };
            vec![answer.into()]
        },
    );
    let text = |text: &str| Shown::Text(text.to_owned());
    let difference = |packet, message: &str, field: &str, captured, live| Difference {
        packets: capture::Numbers::one(packet),
        message: message.to_owned(),
        field: field.to_owned(),
        captured,
        live,
    };
    assert_eq!(
        outcome.differences,
        [
            difference(
                4,
                "401",
                "WWW-Authenticate.realm",
                text("home.example"),
                text("other.example")
            ),
            difference(
                8,
                "200",
                "P-Associated-URI",
                text("<sip:user0@home.example>"),
                Shown::Absent
            ),
            difference(
                16,
                "200",
                "start line",
                text("200 OK"),
                text("403 Forbidden")
            ),
            difference(24, "200", "Server", Shown::Absent, text("other")),
        ]
    );
    assert_eq!(outcome.missing, []);
}

#[test]
fn what_is_not_to_be_compared_is_not() {
    let mirror = Mirror::new();
    let wishes = Wishes {
        ignore: vec!["www-authenticate.REALM".to_owned(), "server".to_owned()],
        ..Wishes::default()
    };
    let (outcome, _) = play(
        player(plan(CAPTURE, PHONE), wishes, CREDENTIALS),
        |_, octets| {
            let answer = mirror.answer(&parse(octets));
            let answer = answer
                .replace("realm=\"home.example\"", "realm=\"other.example\"")
                .replace("Content-Length", "Server: other\r\nContent-Length");
            vec![answer.into()]
        },
    );
    assert_eq!(outcome.differences, []);
}

#[test]
fn what_does_not_come_is_told_and_the_rest_goes_on() {
    let mirror = Mirror::new();
    let mut count = 0;
    let (outcome, _) = play(
        player(plan(CAPTURE, PHONE), Wishes::default(), CREDENTIALS),
        |_, octets| {
            count += 1;
            let answer = mirror.answer(&parse(octets));
            let trying = answer.replace("401 Unauthorized", "100 Trying");
            match count {
                3 => vec![trying.into()],
                // Sent twice, compared once.
                5 => vec![answer.clone().into(), answer.into()],
                _ => vec![answer.into()],
            }
        },
    );
    assert_eq!(
        outcome.missing,
        [(capture::Numbers::one(12), "401".to_owned())]
    );
    assert_eq!(outcome.differences, []);
    assert_eq!(outcome.compared, 5);
}

#[test]
fn who_sends_nothing_and_who_is_not_there_cannot_be_played() {
    let (events, names) = events(CAPTURE);
    assert_eq!(names.place("nobody"), None);
    // The interface of the element that captured itself.
    assert!(names.place("pcscf").is_some(), "{}", names.known());
    let icscf = names.place("127.78.0.3").expect("an address");
    assert!(matches!(
        replay::Plan::new(
            events,
            &names,
            &icscf,
            "127.78.0.3",
            None,
            Meeting::Goes,
            Over::AsCaptured
        ),
        Err(ReplayError::AsksNobody { .. })
    ));
}

#[test]
fn the_pauses_of_the_capture_are_told_before_each_request() {
    let mirror = Mirror::new();
    let mut player = player(plan(CAPTURE, PHONE), Wishes::default(), CREDENTIALS);
    let mut rests = Vec::new();
    loop {
        match player.next_action() {
            Action::Listen { .. } => panic!("the node goes"),
            Action::Close { .. } => panic!("there is one link"),
            Action::Open { link, .. } => player.opened(link, address(LOCAL)),
            Action::Send(Sending { link, octets, .. }) => {
                let answer = mirror.answer(&parse(&octets)).into();
                player.received(link, address(AGAINST), answer);
            }
            Action::Rest(rest) => rests.push(rest.as_millis()),
            Action::Wait { .. } => panic!("everything is answered"),
            Action::Done => break,
        }
    }
    // Between an answer and the next request; SIPp began with each user 100 ms after the one before.
    assert_eq!(rests, [0, 93, 0, 93, 0]);
}

#[test]
fn what_nobody_waits_for_is_told_up_to_a_limit_and_then_counted() {
    let mirror = Mirror::new();
    let mut strays = (0..replay::MAX_WAITING + 1).map(|number| {
        format!(
            "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.2;branch=z9hG4bK{number}\r\n\
             From: <sip:b>;tag=b\r\nTo: <sip:a>\r\nCall-ID: {number}\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
        .into()
    });
    let (outcome, _) = play(
        player(plan(CAPTURE, PHONE), Wishes::default(), CREDENTIALS),
        |_, octets| {
            let mut live: Vec<Bytes> = vec![mirror.answer(&parse(octets)).into()];
            if octets.starts_with(b"REGISTER") && strays.len() > 0 {
                live.extend(strays.by_ref());
            }
            live
        },
    );
    // One place was the first answer's; the later answers find none until it is taken.
    assert!(outcome.dropped >= 2, "{}", outcome.dropped);
    assert_eq!(outcome.differences.len(), replay::MAX_WAITING - 1);
    let first = &outcome.differences[0];
    assert_eq!(
        (first.field.as_str(), &first.captured),
        ("message", &Shown::Absent)
    );
}
