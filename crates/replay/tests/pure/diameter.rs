//! Diameter: freeDiameter's and Kamailio's side.

use bytes::{Bytes, BytesMut};
use capture::Numbers;
use diameter_codec::base::avp::{AUTH_SESSION_STATE, HOST_IP_ADDRESS, SESSION_ID};
use diameter_codec::base::{self, DeviceWatchdogRequest};
use diameter_codec::{Avp, AvpCode, Flags, HEADER_LEN, Message, cx};
use replay::{Difference, Meeting, Origin, Over, ReplayError, Shown, Wishes};

use crate::live::{AGAINST, LOCAL, address, events, plan, play, player};

const RELAY: &str = "freediameter-relay.pcapng";
const KAMAILIO: &str = "kamailio-cx.pcapng";

fn parse(octets: &Bytes) -> Message {
    Message::parse(octets.clone()).expect("Diameter")
}

/// The messages of a capture that the HSS sent.
fn of_the_hss(name: &str) -> Vec<Message> {
    let (events, _) = events(name);
    let sent = events
        .into_iter()
        .filter(|event| event.source.port() == 3868);
    sent.map(|event| parse(&event.octets)).collect()
}

/// `message` with other identifiers and with `data` in the place of what AVPs of `code` have.
fn with(message: &Message, ids: (u32, u32), code: AvpCode, data: &[u8]) -> Bytes {
    let mut out = BytesMut::from(&message.octets()[..HEADER_LEN]);
    for avp in message.avps() {
        let data = if avp.code == code { data } else { avp.data };
        Avp { data, ..avp }.append_to(&mut out);
    }
    let length = u32::try_from(out.len()).expect("short");
    out[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
    out[12..16].copy_from_slice(&ids.0.to_be_bytes());
    out[16..20].copy_from_slice(&ids.1.to_be_bytes());
    out.freeze()
}

fn ids(message: &Message) -> (u32, u32) {
    let header = message.header();
    (header.hop_by_hop, header.end_to_end)
}

/// The HSS's next answer to the command of a request, with its identifiers and session.
fn answer(left: &mut Vec<Message>, request: &Message) -> Message {
    let at = left.iter().position(|message| {
        !message.header().is_request() && message.header().command == request.header().command
    });
    let captured = left.remove(at.expect("an answer of the capture"));
    let session = request.session_id().unwrap_or_default();
    parse(&with(
        &captured,
        ids(request),
        SESSION_ID,
        session.as_bytes(),
    ))
}

#[test]
fn identifiers_sessions_and_addresses_are_new_and_the_answers_the_same() {
    let mut left = of_the_hss(RELAY);
    let wishes = Wishes {
        origin: Origin {
            host: Some("other.transit.example".to_owned()),
            realm: None,
        },
        ..Wishes::default()
    };
    let (outcome, sent) = play(
        player(plan(RELAY, "relay.transit.example"), wishes, ""),
        |_, octets| vec![answer(&mut left, &parse(octets)).octets().clone()],
    );
    assert_eq!(outcome.differences, []);
    assert_eq!(outcome.missing, []);
    // CER, UAR, two DWR, DPR.
    assert_eq!((outcome.sent, outcome.compared), (5, 5));
    let captured: Vec<Message> = events(RELAY)
        .0
        .iter()
        .filter(|event| event.source.port() != 3868)
        .map(|event| parse(&event.octets))
        .collect();
    for (captured, sent) in captured.iter().zip(&sent) {
        let sent = parse(sent);
        assert_ne!(ids(captured), ids(&sent));
        assert_eq!(sent.origin_host(), Some("other.transit.example"));
        let codes =
            |message: &Message| -> Vec<AvpCode> { message.avps().map(|avp| avp.code).collect() };
        assert_eq!(codes(captured), codes(&sent));
    }
    let address = parse(&sent[0])
        .find(HOST_IP_ADDRESS)
        .map(|avp| avp.data.to_vec());
    assert_eq!(address, Some(vec![0, 1, 198, 51, 100, 20]));
    let session = parse(&sent[1])
        .session_id()
        .map(str::to_owned)
        .expect("a session");
    let before = captured[1].session_id().expect("a session");
    assert!(
        session.starts_with(before) && session.len() > before.len(),
        "{session}"
    );
}

#[test]
fn one_avp_that_is_otherwise_is_told_and_nothing_else() {
    let mut left = of_the_hss(RELAY);
    let (outcome, _) = play(
        player(plan(RELAY, "127.0.0.1"), Wishes::default(), ""),
        |_, octets| {
            let live = answer(&mut left, &parse(octets));
            let ids = ids(&live);
            // STATE_MAINTAINED, which Cx never has; of these answers only the UAA has the AVP.
            vec![with(&live, ids, AUTH_SESSION_STATE, &[0; 4])]
        },
    );
    let [difference] = &outcome.differences[..] else {
        panic!("{:?}", outcome.differences);
    };
    assert_eq!(difference.packets, Numbers::one(7));
    assert_eq!(difference.message, "UAA 2001");
    assert_eq!(difference.field, "Auth-Session-State");
    for (shown, value) in [(&difference.captured, "1"), (&difference.live, "0")] {
        assert!(
            matches!(shown, Shown::Text(text) if text.contains(value)),
            "{difference:?}"
        );
    }
}

#[test]
fn a_watchdog_is_answered_at_any_time_in_the_name_of_the_node() {
    let mut left = of_the_hss(RELAY);
    let mut dwr = BytesMut::new();
    DeviceWatchdogRequest {
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        ..Default::default()
    }
    .encode(7, 8, Flags::NONE, &mut dwr);
    let dwr = dwr.freeze();
    let mut once = Some(dwr);
    let (outcome, sent) = play(
        player(plan(RELAY, "127.0.0.1"), Wishes::default(), ""),
        |_, octets| {
            let asked = parse(octets);
            if !asked.header().is_request() {
                return vec![];
            }
            let live = answer(&mut left, &asked).octets().clone();
            once.take().into_iter().chain([live]).collect()
        },
    );
    assert_eq!(outcome.differences, []);
    let dwa = sent
        .iter()
        .map(parse)
        .find(|message| !message.header().is_request())
        .expect("a DWA");
    assert_eq!(dwa.header().command, base::command::DEVICE_WATCHDOG);
    assert_eq!(ids(&dwa), (7, 8));
    assert_eq!(dwa.origin_host(), Some("relay.transit.example"));
}

/// The S-CSCF registers a user, and the HSS ends the registration by an RTR.
#[test]
fn a_request_of_the_live_element_is_answered_as_captured() {
    let mut left = of_the_hss(KAMAILIO);
    let rtr = left
        .iter()
        .position(|message| message.header().is_request())
        .map(|at| left.remove(at))
        .expect("an RTR");
    let live_rtr = with(&rtr, (77, 78), SESSION_ID, b"hss.home.example;live;1");
    let mut scscf = None;
    let mut rtr_sent = false;
    let (outcome, sent) = play(
        player(plan(KAMAILIO, "127.0.0.1"), Wishes::default(), ""),
        |channel, octets| {
            let asked = parse(octets);
            if !asked.header().is_request() {
                return vec![];
            }
            let live = answer(&mut left, &asked).octets().clone();
            let is_sar = asked.header().command == cx::command::SERVER_ASSIGNMENT;
            if is_sar && !rtr_sent {
                rtr_sent = true;
                scscf = Some(channel);
                return vec![live, live_rtr.clone()];
            }
            vec![live]
        },
    );
    assert_eq!(outcome.differences, [] as [Difference; 0]);
    assert_eq!(outcome.missing, []);
    let rta = sent
        .iter()
        .map(parse)
        .find(|message| !message.header().is_request())
        .expect("an RTA");
    assert_eq!(ids(&rta), (77, 78));
    assert_eq!(rta.session_id(), Some("hss.home.example;live;1"));
}

/// A PPR (TS 29.228 §6.1.5) in the place of the RTR of the capture.
#[test]
fn a_pushed_profile_is_answered_as_captured() {
    let as_ppr = |octets: &Bytes| {
        let mut message = octets.to_vec();
        let (rtr, ppr) = ([0, 0x01, 0x30], [0, 0x01, 0x31]);
        if message[5..8] == rtr {
            message[5..8].copy_from_slice(&ppr);
        }
        Bytes::from(message)
    };
    let (mut events, names) = events(KAMAILIO);
    for event in &mut events {
        event.octets = as_ppr(&event.octets);
    }
    let node = names.place("127.0.0.1").expect("an address");
    let mut left = of_the_hss(KAMAILIO);
    let rtr = left
        .iter()
        .position(|message| message.header().is_request())
        .map(|at| left.remove(at))
        .expect("an RTR");
    let ppr = as_ppr(&with(
        &rtr,
        (77, 78),
        SESSION_ID,
        b"hss.home.example;live;1",
    ));
    let mut is_sent = false;
    let meeting = Meeting::Goes;
    let plan = replay::Plan::new(
        events,
        &names,
        &node,
        "scscf",
        None,
        meeting,
        Over::AsCaptured,
    );
    let (outcome, sent) = play(
        player(plan.expect("a plan"), Wishes::default(), ""),
        |_, octets| {
            let asked = parse(octets);
            if !asked.header().is_request() {
                return vec![];
            }
            let live = answer(&mut left, &asked).octets().clone();
            let is_sar = asked.header().command == cx::command::SERVER_ASSIGNMENT;
            if is_sar && !std::mem::replace(&mut is_sent, true) {
                return vec![live, ppr.clone()];
            }
            vec![live]
        },
    );
    assert_eq!(outcome.differences, [] as [Difference; 0]);
    assert_eq!(outcome.missing, []);
    let ppa = sent
        .iter()
        .map(parse)
        .find(|message| !message.header().is_request())
        .expect("a PPA");
    assert_eq!(ppa.header().command, cx::command::PUSH_PROFILE);
    assert_eq!(ids(&ppa), (77, 78));
}

#[test]
fn who_is_connected_to_is_played_only_where_live_elements_can_come() {
    let (events, names) = events(KAMAILIO);
    let hss = names.place("hss.home.example").expect("the HSS");
    let plan = |meeting| {
        let events = events.clone();
        replay::Plan::new(events, &names, &hss, "hss", None, meeting, Over::AsCaptured)
    };
    assert!(matches!(
        plan(Meeting::Goes),
        Err(ReplayError::Listens { packet: 4, .. })
    ));
    assert!(plan(Meeting::Waits).is_ok());
}

#[test]
fn more_connections_than_the_limit_are_refused() {
    let (events, names) = events(KAMAILIO);
    let hss = names.place("hss.home.example").expect("the HSS");
    let plan = replay::Plan::new(
        events,
        &names,
        &hss,
        "hss",
        None,
        Meeting::Waits,
        Over::AsCaptured,
    );
    let credentials = replay::Credentials::default();
    let plan = plan.expect("a plan");
    let mut player = replay::Player::new(plan, None, Wishes::default(), credentials, [0; 16]);
    let (local, remote) = (address(LOCAL), address(AGAINST));
    for _ in 0..replay::MAX_ACCEPTED {
        assert!(player.accepted(local, remote).is_some());
    }
    assert_eq!(player.accepted(local, remote), None);
}

#[test]
fn differences_are_told_up_to_the_limit_and_then_counted() {
    let mut left = of_the_hss(RELAY);
    let mut is_first = true;
    let (outcome, _) = play(
        player(plan(RELAY, "127.0.0.1"), Wishes::default(), ""),
        |_, octets| {
            let live = answer(&mut left, &parse(octets));
            if !std::mem::replace(&mut is_first, false) {
                return vec![live.octets().clone()];
            }
            let mut out = BytesMut::from(&live.octets()[..]);
            for number in 0..=replay::MAX_DIFFERENCES as u32 {
                let code = AvpCode::new(0, 100_000 + number);
                let flags = diameter_codec::AvpFlags::NONE;
                let data = &[1][..];
                Avp { code, flags, data }.append_to(&mut out);
            }
            let length = u32::try_from(out.len()).expect("short");
            out[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
            vec![out.freeze()]
        },
    );
    assert_eq!(outcome.differences.len(), replay::MAX_DIFFERENCES);
    assert_eq!(outcome.untold, 1);
}
