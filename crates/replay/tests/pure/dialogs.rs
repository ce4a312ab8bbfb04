//! Dialogs: an INVITE of either side, CANCEL, BYE, and a SUBSCRIBE with its NOTIFY, in captures made here.

use bytes::Bytes;
use capture::Transport;
use replay::{Action, Meeting, Outcome, Over, Plan, Player, Sending, Wishes};
use sip_message::{Contact, From, Message, Name, To, Via};

use crate::live::{AGAINST, LOCAL, address, names, player, recorded};

pub(crate) const NODE: &str = "192.0.2.1:5060";
pub(crate) const PEER: &str = "192.0.2.2:5060";

/// A message of the capture: whether the node sent it, and its text.
pub(crate) type Said = (bool, String);

pub(crate) fn message(start: &str, headers: &[&str], kind: &str, body: &str) -> String {
    let headers: String = headers.iter().map(|it| format!("{it}\r\n")).collect();
    let length = body.len();
    let kind = match kind {
        "" => String::new(),
        kind => format!("Content-Type: {kind}\r\n"),
    };
    format!("{start}\r\n{headers}{kind}Content-Length: {length}\r\n\r\n{body}")
}

/// The plan for the node of a capture with these messages over UDP.
pub(crate) fn plan(said: &[Said], meeting: Meeting) -> Plan {
    let events = recorded(said.iter().map(|(is_node, text)| {
        let (from, to) = match is_node {
            true => (NODE, PEER),
            false => (PEER, NODE),
        };
        (Transport::Udp, address(from), address(to), text.as_bytes())
    }));
    assert_eq!(events.len(), said.len());
    let names = names(&events);
    let node = names.place(NODE).expect("an address");
    let plan = Plan::new(events, &names, &node, NODE, None, meeting, Over::AsCaptured);
    plan.expect("a plan")
}

/// Plays to the end: `live` is asked what the peer says upon each message, and while the player waits.
fn converse(
    mut player: Player,
    mut live: impl FnMut(Option<&Message>) -> Vec<String>,
) -> (Outcome, Vec<Message>) {
    let mut sent = Vec::new();
    loop {
        let said = match player.next_action() {
            Action::Listen { .. } => panic!("nobody connects"),
            Action::Open { link, .. } => {
                player.opened(link, address(LOCAL));
                continue;
            }
            Action::Send(Sending { octets, to, .. }) => {
                assert_eq!(to, address(AGAINST));
                let message = parse(&octets);
                let said = live(Some(&message));
                sent.push(message);
                said
            }
            Action::Wait { .. } => {
                let said = live(None);
                if said.is_empty() {
                    player.timed_out();
                }
                said
            }
            Action::Close { .. } | Action::Rest(_) => continue,
            Action::Done => return (player.finish(), sent),
        };
        for text in said {
            player.received(0, address(AGAINST), text.into());
        }
    }
}

fn parse(octets: &Bytes) -> Message {
    Message::parse(octets.clone()).expect("SIP")
}

fn branch(message: &Message) -> String {
    let via: Via<'_> = message.read().expect("readable").expect("there");
    via.branch().expect("a branch").to_owned()
}

fn tags(message: &Message) -> (Option<String>, Option<String>) {
    let From(from) = message.read().expect("readable").expect("there");
    let To(to) = message.read().expect("readable").expect("there");
    let own = |tag: Option<&str>| tag.map(str::to_owned);
    (own(from.tag()), own(to.tag()))
}

/// The live peer's answer: what a response has of its request, with a tag of its own.
pub(crate) fn answer(
    request: &Message,
    status: &str,
    more: &[&str],
    kind: &str,
    body: &str,
) -> String {
    let of = |name| request.header(name).expect("as in every request");
    let to = of(Name::TO);
    let tag = match to.contains(";tag=") {
        true => "",
        false => ";tag=live-peer",
    };
    let mut headers = vec![
        format!("Via: {}", of(Name::VIA)),
        format!("From: {}", of(Name::FROM)),
        format!("To: {to}{tag}"),
        format!("Call-ID: {}", of(Name::CALL_ID)),
        format!("CSeq: {}", of(Name::CSEQ)),
    ];
    headers.extend(more.iter().map(|it| (*it).to_owned()));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    message(&format!("SIP/2.0 {status}"), &headers, kind, body)
}

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
const PEERS_SDP: &str = "v=0\r\no=- 7 7 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\n";

/// A call of the node: with what is in the answers to its INVITE, and then what each side says.
fn call(branch: &str, then: &[Said]) -> Vec<Said> {
    let via = format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-{branch}");
    let mut said = vec![(
        true,
        message(
            "INVITE sip:bob@example.net SIP/2.0",
            &[
                &via,
                "From: <sip:a@example.net>;tag=node",
                "To: <sip:bob@example.net>",
                "Call-ID: call",
                "CSeq: 1 INVITE",
                &format!("Contact: <sip:a@{NODE}>"),
            ],
            "application/sdp",
            SDP,
        ),
    )];
    said.extend_from_slice(then);
    said
}

/// A message of that call with the peer's tag.
fn within(start: &str, branch: &str, cseq: &str, more: &[&str], kind: &str, body: &str) -> String {
    let via = format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-{branch}");
    let cseq = format!("CSeq: {cseq}");
    let mut headers = vec![
        via.as_str(),
        "From: <sip:a@example.net>;tag=node",
        "To: <sip:bob@example.net>;tag=peer",
        "Call-ID: call",
        &cseq,
    ];
    headers.extend_from_slice(more);
    message(start, &headers, kind, body)
}

#[test]
fn a_call_is_acknowledged_and_ended_in_its_live_dialog() {
    let route = "Record-Route: <sip:192.0.2.2;lr;token=old>";
    let capture = call(
        "one",
        &[
            (
                false,
                within("SIP/2.0 180 Ringing", "one", "1 INVITE", &[], "", ""),
            ),
            (
                false,
                within(
                    "SIP/2.0 200 OK",
                    "one",
                    "1 INVITE",
                    &[route, "Contact: <sip:bob@192.0.2.2:5080>"],
                    "application/sdp",
                    PEERS_SDP,
                ),
            ),
            (
                true,
                within(
                    "ACK sip:bob@192.0.2.2:5080 SIP/2.0",
                    "two",
                    "1 ACK",
                    &["Route: <sip:192.0.2.2;lr;token=old>"],
                    "",
                    "",
                ),
            ),
            (
                true,
                within(
                    "BYE sip:bob@192.0.2.2:5080 SIP/2.0",
                    "three",
                    "2 BYE",
                    &["Route: <sip:192.0.2.2;lr;token=old>"],
                    "",
                    "",
                ),
            ),
            (
                false,
                within("SIP/2.0 200 OK", "three", "2 BYE", &[], "", ""),
            ),
        ],
    );
    let body = "v=0\r\no=- 99 98 IN IP4 198.51.100.2\r\ns=-\r\nc=IN IP4 198.51.100.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\n";
    let mut ok = None;
    let mut acknowledged = 0;
    let (outcome, sent) = converse(
        player(plan(&capture, Meeting::Goes), Wishes::default(), ""),
        |said| {
            let Some(request) = said else {
                return vec![];
            };
            match request.method().expect("a request").as_str() {
                "INVITE" => {
                    let live = answer(
                        request,
                        "200 OK",
                        &[
                            "Record-Route: <sip:198.51.100.2;lr;token=new>",
                            "Contact: <sip:bob@198.51.100.2:5090>",
                        ],
                        "application/sdp",
                        body,
                    );
                    ok = Some(live.clone());
                    vec![
                        answer(request, "100 Trying", &[], "", ""),
                        answer(request, "180 Ringing", &[], "", ""),
                        live,
                    ]
                }
                // As if the ACK were lost, once.
                "ACK" => {
                    acknowledged += 1;
                    ok.take().into_iter().collect()
                }
                "BYE" => vec![answer(request, "200 OK", &[], "", "")],
                other => panic!("{other}"),
            }
        },
    );
    // Contact is another place, and Record-Route another token: URIs of the peer, which nobody knows beforehand.
    let fields: Vec<&str> = outcome
        .differences
        .iter()
        .map(|it| it.field.as_str())
        .collect();
    assert_eq!(
        fields,
        ["Record-Route", "Contact"],
        "{:?}",
        outcome.differences
    );
    assert_eq!(outcome.missing, []);
    assert_eq!(acknowledged, 2);
    let [invite, ack, again, bye] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(ack.to_bytes(), again.to_bytes());
    assert_eq!(tags(ack), (tags(invite).0, Some("live-peer".to_owned())));
    assert_ne!(branch(ack), branch(invite));
    for within in [ack, bye] {
        assert_eq!(within.request_uri(), Some("sip:bob@198.51.100.2:5090"));
        assert_eq!(
            within.header(Name::ROUTE),
            Some("<sip:198.51.100.2;lr;token=new>")
        );
        assert_eq!(tags(within), tags(ack));
    }
    let offered = String::from_utf8_lossy(invite.body()).into_owned();
    assert_eq!(offered, SDP.replace("192.0.2.1", "198.51.100.20"));
    assert_eq!(
        invite.header(Name::CONTENT_LENGTH),
        Some(offered.len().to_string().as_str())
    );
}

#[test]
fn what_is_refused_is_acknowledged_in_its_transaction() {
    let capture = call(
        "one",
        &[
            (
                false,
                within("SIP/2.0 486 Busy Here", "one", "1 INVITE", &[], "", ""),
            ),
            (
                true,
                within(
                    "ACK sip:bob@example.net SIP/2.0",
                    "one",
                    "1 ACK",
                    &[],
                    "",
                    "",
                ),
            ),
        ],
    );
    let (outcome, sent) = converse(
        player(plan(&capture, Meeting::Goes), Wishes::default(), ""),
        |said| {
            let invite = said.filter(|it| it.method().is_some_and(|it| it.as_str() == "INVITE"));
            invite
                .map(|it| answer(it, "486 Busy Here", &[], "", ""))
                .into_iter()
                .collect()
        },
    );
    assert_eq!(
        (outcome.differences.len(), outcome.missing.len()),
        (0, 0),
        "{outcome:?}"
    );
    let [invite, ack] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(branch(ack), branch(invite));
    assert_eq!(tags(ack), (tags(invite).0, Some("live-peer".to_owned())));
}

#[test]
fn a_call_is_cancelled_in_its_transaction() {
    let via = format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-one");
    let cancel = |start: &str, tag: &str| {
        message(
            start,
            &[
                &via,
                "From: <sip:a@example.net>;tag=node",
                &format!("To: <sip:bob@example.net>{tag}"),
                "Call-ID: call",
                "CSeq: 1 CANCEL",
            ],
            "",
            "",
        )
    };
    let capture = call(
        "one",
        &[
            (
                false,
                within("SIP/2.0 180 Ringing", "one", "1 INVITE", &[], "", ""),
            ),
            (true, cancel("CANCEL sip:bob@example.net SIP/2.0", "")),
            (false, cancel("SIP/2.0 200 OK", ";tag=peer")),
            (
                false,
                within(
                    "SIP/2.0 487 Request Terminated",
                    "one",
                    "1 INVITE",
                    &[],
                    "",
                    "",
                ),
            ),
            (
                true,
                within(
                    "ACK sip:bob@example.net SIP/2.0",
                    "one",
                    "1 ACK",
                    &[],
                    "",
                    "",
                ),
            ),
        ],
    );
    let mut invite = None;
    let (outcome, sent) = converse(
        player(plan(&capture, Meeting::Goes), Wishes::default(), ""),
        |said| {
            let Some(request) = said else {
                return vec![];
            };
            match request.method().expect("a request").as_str() {
                "INVITE" => {
                    invite = Some(request.clone());
                    vec![answer(request, "180 Ringing", &[], "", "")]
                }
                "CANCEL" => {
                    let invite = invite.as_ref().expect("it came before");
                    // Sooner than the 200 to the CANCEL, unlike in the capture.
                    vec![
                        answer(invite, "487 Request Terminated", &[], "", ""),
                        answer(request, "200 OK", &[], "", ""),
                    ]
                }
                _ => vec![],
            }
        },
    );
    assert_eq!(
        (outcome.differences.len(), outcome.missing.len()),
        (0, 0),
        "{outcome:?}"
    );
    let [invite, cancel, ack] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(branch(cancel), branch(invite));
    assert_eq!(branch(ack), branch(invite));
    assert_eq!(tags(cancel), (tags(invite).0, None));
}

/// The peer calls the node, which waits for it: the node answers in the live dialog, and ends it.
#[test]
fn a_call_of_the_live_peer_is_answered_and_ended() {
    let from_peer = |start: &str, branch: &str, cseq: &str, tag: &str, more: &[&str]| {
        let via = format!("Via: SIP/2.0/UDP {PEER};branch=z9hG4bK-{branch}");
        let to = format!("To: <sip:a@example.net>{tag}");
        let cseq = format!("CSeq: {cseq}");
        let mut headers = vec![
            via.as_str(),
            "From: <sip:bob@example.net>;tag=peer",
            &to,
            "Call-ID: theirs",
            &cseq,
        ];
        headers.extend_from_slice(more);
        message(start, &headers, "", "")
    };
    let from_node = |start: &str| {
        let via = format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-bye");
        message(
            start,
            &[
                &via,
                "From: <sip:a@example.net>;tag=node",
                "To: <sip:bob@example.net>;tag=peer",
                "Call-ID: theirs",
                "CSeq: 1 BYE",
            ],
            "",
            "",
        )
    };
    let capture = [
        (
            false,
            from_peer(
                "INVITE sip:a@192.0.2.1:5060 SIP/2.0",
                "one",
                "1 INVITE",
                "",
                &["Contact: <sip:bob@192.0.2.2:5060>"],
            ),
        ),
        (
            true,
            from_peer(
                "SIP/2.0 200 OK",
                "one",
                "1 INVITE",
                ";tag=node",
                &["Contact: <sip:a@192.0.2.1:5060>"],
            ),
        ),
        (
            false,
            from_peer(
                "ACK sip:a@192.0.2.1:5060 SIP/2.0",
                "two",
                "1 ACK",
                ";tag=node",
                &[],
            ),
        ),
        (true, from_node("BYE sip:bob@192.0.2.2:5060 SIP/2.0")),
        (false, from_node("SIP/2.0 200 OK")),
    ];
    let mut player = Player::new(
        plan(&capture, Meeting::Waits),
        None,
        Wishes::default(),
        replay::Credentials::default(),
        *b"0123456789abcdef",
    );
    let invite = format!(
        "INVITE sip:a@{LOCAL} SIP/2.0\r\nVia: SIP/2.0/UDP {AGAINST};branch=z9hG4bK-live\r\nFrom: <sip:bob@example.net>;tag=L\r\n\
         To: <sip:a@example.net>\r\nCall-ID: live-call\r\nCSeq: 1 INVITE\r\nContact: <sip:bob@{AGAINST}>\r\nContent-Length: 0\r\n\r\n"
    );
    // What is sent again while the ACK does not come is the 200.
    let mut again = None;
    let mut sent = Vec::new();
    let mut waits = 0;
    let outcome = loop {
        match player.next_action() {
            Action::Listen { .. } => panic!("nobody connects"),
            Action::Open { link, .. } => player.opened(link, address(LOCAL)),
            Action::Close { .. } | Action::Rest(_) => {}
            Action::Done => break player.finish(),
            Action::Send(Sending { octets, to, .. }) => {
                assert_eq!(to, address(AGAINST));
                let message = parse(&octets);
                if message.method().is_some() {
                    let ok = answer(&message, "200 OK", &[], "", "");
                    player.received(0, address(AGAINST), ok.into());
                }
                sent.push(message);
            }
            Action::Wait { again: wished } => {
                waits += 1;
                match waits {
                    1 => player.received(0, address(AGAINST), invite.clone().into()),
                    2 => {
                        again = wished;
                        let ok = &sent[0];
                        let to = ok.header(Name::TO).expect("To");
                        let ack = invite
                            .replace("To: <sip:a@example.net>", &format!("To: {to}"))
                            .replace("INVITE", "ACK")
                            .replace("live\r\n", "live-ack\r\n")
                            .replace(&format!("Contact: <sip:bob@{AGAINST}>\r\n"), "");
                        player.received(0, address(AGAINST), ack.into());
                    }
                    _ => player.timed_out(),
                }
            }
        }
    };
    assert_eq!(
        (outcome.differences.len(), outcome.missing.len()),
        (0, 0),
        "{outcome:?}"
    );
    let [ok, bye] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!(again.map(|it| it.sending.octets), Some(ok.to_bytes()));
    assert_eq!(ok.header(Name::CALL_ID), Some("live-call"));
    let contact: Contact<'_> = ok.read().expect("readable").expect("there");
    assert_eq!(
        contact.address().map(|it| it.uri),
        Some(format!("sip:a@{LOCAL}").as_str())
    );
    let (theirs, ours) = tags(ok);
    assert_eq!(theirs.as_deref(), Some("L"));
    assert_eq!(tags(bye), (ours, theirs));
    assert_eq!(bye.header(Name::CALL_ID), Some("live-call"));
    assert_eq!(
        bye.request_uri(),
        Some(format!("sip:bob@{AGAINST}").as_str())
    );
}

/// The state of registrations comes by NOTIFY, sent twice; its XML names contact, Call-ID and tag.
#[test]
fn a_notify_is_answered_each_time_and_its_body_compared() {
    let reginfo = |ip: &str, call: &str| {
        format!(
            "<reginfo version=\"0\"><registration><contact callid=\"{call}\"><uri>sip:a@{ip}</uri></contact></registration></reginfo>\r\n"
        )
    };
    let subscribe = |start: &str, tag: &str| {
        let via = format!("Via: SIP/2.0/UDP {NODE};branch=z9hG4bK-one");
        message(
            start,
            &[
                &via,
                "From: <sip:a@example.net>;tag=node",
                &format!("To: <sip:a@example.net>{tag}"),
                "Call-ID: reg",
                "CSeq: 1 SUBSCRIBE",
                "Contact: <sip:a@192.0.2.1:5060>",
            ],
            "",
            "",
        )
    };
    let notify = |start: &str, kind: &str, body: &str| {
        let via = format!("Via: SIP/2.0/UDP {PEER};branch=z9hG4bK-notify;rport");
        message(
            start,
            &[
                &via,
                "From: <sip:a@example.net>;tag=peer",
                "To: <sip:a@example.net>;tag=node",
                "Call-ID: reg",
                "CSeq: 1 NOTIFY",
            ],
            kind,
            body,
        )
    };
    let kind = "application/reginfo+xml";
    let capture = [
        (true, subscribe("SUBSCRIBE sip:a@example.net SIP/2.0", "")),
        (false, subscribe("SIP/2.0 200 OK", ";tag=peer")),
        (
            false,
            notify(
                "NOTIFY sip:a@192.0.2.1:5060 SIP/2.0",
                kind,
                &reginfo("192.0.2.1:5060", "reg"),
            ),
        ),
        (true, notify("SIP/2.0 200 OK", "", "")),
    ];
    let wishes = || Wishes {
        call_ids: replay::CallIds::New,
        ..Wishes::default()
    };
    for version in ["0", "1"] {
        let mut count = 0;
        let (outcome, sent) = converse(
            player(plan(&capture, Meeting::Goes), wishes(), ""),
            |said| {
                let Some(request) = said.filter(|it| it.method().is_some()) else {
                    return vec![];
                };
                count += 1;
                let ok = answer(
                    request,
                    "200 OK",
                    &["Contact: <sip:a@198.51.100.20:5070>"],
                    "",
                    "",
                );
                let call = request.header(Name::CALL_ID).expect("a call");
                let tag = tags(request).0.expect("a tag");
                let body = reginfo(LOCAL, call)
                    .replace("version=\"0\"", &format!("version=\"{version}\""));
                let notify = message(
                    &format!("NOTIFY sip:a@{LOCAL} SIP/2.0"),
                    &[
                        &format!("Via: SIP/2.0/UDP {AGAINST};branch=z9hG4bK-live;rport"),
                        "From: <sip:a@example.net>;tag=live-peer",
                        &format!("To: <sip:a@example.net>;tag={tag}"),
                        &format!("Call-ID: {call}"),
                        "CSeq: 1 NOTIFY",
                    ],
                    kind,
                    &body,
                );
                // Sooner than the 200, and again as if the answer were lost.
                vec![notify.clone(), ok, notify]
            },
        );
        assert_eq!(count, 1);
        assert_eq!(outcome.missing, []);
        let fields: Vec<&str> = outcome
            .differences
            .iter()
            .map(|it| it.field.as_str())
            .collect();
        match version {
            "0" => assert_eq!(fields, [""; 0], "{:?}", outcome.differences),
            _ => assert_eq!(fields, ["body"], "{:?}", outcome.differences),
        }
        let [subscribe, ok] = &sent[..] else {
            panic!("{sent:?}");
        };
        assert_eq!(branch(ok), "z9hG4bK-live");
        assert_eq!(tags(ok), (Some("live-peer".to_owned()), tags(subscribe).0));
        assert_eq!(ok.header(Name::CALL_ID), subscribe.header(Name::CALL_ID));
    }
}
