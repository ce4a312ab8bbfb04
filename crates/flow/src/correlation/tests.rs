use super::*;
use crate::scene::{CX, Scene, VENDOR};

const ALICE: &str = "sip:alice@home.example";
const ALICE_IMPI: &str = "001010000000001@home.example";
const BOB: &str = "sip:bob@home.example";

fn all() -> Correlation {
    Correlation::new(Selection::default(), Remembered::default())
}

fn of_user(user: &str) -> Correlation {
    let selection = Selection {
        users: vec![Wanted::new(user).expect("somebody")],
        ..Selection::default()
    };
    Correlation::new(selection, Remembered::default())
}

/// A registration with its questions to the HSS, then another's.
fn two_registrations(scene: &mut Scene) -> Vec<Event> {
    let mut events = Vec::new();
    for (call, hop, impu, impi) in [
        ("c1", 1, ALICE, ALICE_IMPI),
        ("c2", 2, BOB, "bob@home.example"),
    ] {
        events.push(scene.register("10.0.0.1", "10.0.0.3", call, impu, impi));
        events.push(scene.uar(hop, &format!("session {call}"), impi, impu));
        events.push(scene.uaa(hop));
        events.push(scene.registered("10.0.0.3", "10.0.0.1", call, "200 OK"));
    }
    events
}

/// Which of the messages are wanted, by their numbers.
fn wanted(correlation: &mut Correlation, events: &[Event]) -> Vec<u64> {
    let wanted = |event: &&Event| correlation.learn(event).is_wanted;
    let wanted: Vec<&Event> = events.iter().filter(wanted).collect();
    wanted.iter().map(|event| event.packets.first).collect()
}

#[test]
fn a_registration_is_one_on_sip_and_on_cx() {
    let events = two_registrations(&mut Scene::default());
    for alice in [
        "alice",
        ALICE,
        "alice@home.example",
        ALICE_IMPI,
        "001010000000001",
    ] {
        assert_eq!(
            wanted(&mut of_user(alice), &events),
            [1, 2, 3, 4],
            "{alice}"
        );
    }
    assert_eq!(wanted(&mut of_user("bob"), &events), [5, 6, 7, 8]);
    assert!(wanted(&mut of_user("carol"), &events).is_empty());
    assert_eq!(wanted(&mut all(), &events).len(), 8);
}

#[test]
fn a_call_id_brings_what_it_caused_and_a_session_only_itself() {
    let events = two_registrations(&mut Scene::default());
    let mut call = Correlation::new(
        Selection {
            calls: vec!["c1".to_owned()],
            ..Selection::default()
        },
        Remembered::default(),
    );
    assert_eq!(wanted(&mut call, &events), [1, 2, 3, 4]);
    let mut session = Correlation::new(
        Selection {
            sessions: vec!["session c2".to_owned()],
            ..Selection::default()
        },
        Remembered::default(),
    );
    // Its answer has no Session-Id; the Hop-by-Hop Identifier tells.
    assert_eq!(wanted(&mut session, &events), [6, 7]);
}

#[test]
fn what_comes_after_the_answer_was_not_caused_by_the_call() {
    let mut scene = Scene::default();
    let mut events = two_registrations(&mut scene);
    events.push(scene.uar(9, "later", ALICE_IMPI, ALICE));
    let mut call = Correlation::new(
        Selection {
            calls: vec!["c1".to_owned()],
            ..Selection::default()
        },
        Remembered::default(),
    );
    assert_eq!(wanted(&mut call, &events), [1, 2, 3, 4]);
}

#[test]
fn read_once_more_nothing_is_under_way_from_the_end() {
    let mut scene = Scene::default();
    let mut events = vec![scene.uar(9, "before", ALICE_IMPI, ALICE)];
    events.push(scene.register("10.0.0.1", "10.0.0.3", "c1", ALICE, ALICE_IMPI));
    events.push(scene.uar(1, "during", ALICE_IMPI, ALICE));
    let mut call = Correlation::new(
        Selection {
            calls: vec!["c1".to_owned()],
            ..Selection::default()
        },
        Remembered::default(),
    );
    assert_eq!(wanted(&mut call, &events), [2, 3]);
    call.begin_again();
    assert_eq!(wanted(&mut call, &events), [2, 3]);
}

#[test]
fn a_call_belongs_to_its_parties_and_joins_nobody() {
    let mut scene = Scene::default();
    let mut events = two_registrations(&mut scene);
    let call = ["Call-ID: c3", "CSeq: 1 INVITE"];
    let invite = [
        &[
            "INVITE sip:bob@home.example SIP/2.0",
            "From: <sip:alice@home.example>",
            "To: <sip:bob@home.example>",
        ][..],
        &call,
    ];
    events.push(scene.sip("10.0.0.1", "10.0.0.2", &invite.concat()));
    let trying = [&["SIP/2.0 100 Trying"][..], &call];
    events.push(scene.sip("10.0.0.2", "10.0.0.1", &trying.concat()));
    assert_eq!(wanted(&mut of_user("alice"), &events), [1, 2, 3, 4, 9, 10]);
    assert_eq!(wanted(&mut of_user("bob"), &events), [5, 6, 7, 8, 9, 10]);
    let mut correlation = all();
    let last = events.iter().map(|event| correlation.learn(event)).last();
    let parties = last.expect("ten events").subscribers;
    let names: Vec<&str> = parties.iter().map(|it| correlation.name(*it)).collect();
    assert_eq!(names, [ALICE, BOB]);
}

/// An INVITE of one leg of a call.
fn leg(scene: &mut Scene, call: &str, icid: &str, to: &str) -> Event {
    let lines = [
        &format!("INVITE {to} SIP/2.0"),
        "From: <sip:anonymous@anonymous.invalid>",
        &format!("To: <{to}>"),
        &format!("P-Charging-Vector: icid-value=\"{icid}\""),
        &format!("Call-ID: {call}"),
        "CSeq: 1 INVITE",
    ];
    scene.sip("10.0.0.1", "10.0.0.2", &lines)
}

fn of_call(call: &str) -> Correlation {
    let selection = Selection {
        calls: vec![call.to_owned()],
        ..Selection::default()
    };
    Correlation::new(selection, Remembered::default())
}

/// What keeps the charging identifier is one call, whatever an element between makes of its Call-ID.
#[test]
fn both_legs_of_a_back_to_back_user_agent_belong_to_a_call() {
    let mut scene = Scene::default();
    let events = [
        leg(&mut scene, "one", "charge 1", BOB),
        leg(&mut scene, "two", "charge 1", "sip:desk@away.example"),
        leg(&mut scene, "other", "charge 2", BOB),
        scene.sip(
            "10.0.0.2",
            "10.0.0.1",
            &["SIP/2.0 100 Trying", "Call-ID: two", "CSeq: 1 INVITE"],
        ),
        leg(&mut scene, "three", "charge 1", "sip:mobile@away.example"),
    ];
    for call in ["one", "two", "three"] {
        let mut correlation = of_call(call);
        wanted(&mut correlation, &events);
        correlation.begin_again();
        assert_eq!(wanted(&mut correlation, &events), [1, 2, 4, 5], "{call}");
    }
    assert_eq!(wanted(&mut of_call("other"), &events), [3]);
    let mut correlation = all();
    let chains: Vec<_> = events
        .iter()
        .map(|event| correlation.learn(event).chain)
        .collect();
    assert!(
        [1, 3, 4].iter().all(|leg| chains[*leg] == chains[0]),
        "{chains:?}"
    );
    assert_ne!(chains[2], chains[0]);
}

#[test]
fn one_charging_identifier_for_all_joins_no_more_than_its_limit() {
    let mut scene = Scene::default();
    let events: Vec<Event> = (0..10 * MAX_LEGS)
        .map(|call| leg(&mut scene, &format!("c{call}"), "0", BOB))
        .collect();
    assert_eq!(wanted(&mut of_call("c0"), &events).len(), MAX_LEGS);
}

/// TS 24.229 §5.1.1.1B: who has no public identity on the card registers one made of the IMSI; the network tells theirs.
/// RFC 5627 §3.1.2: of a temporary GRUU nobody but the registrar knows whose it is.
#[test]
fn temporary_identities_are_the_subscribers() {
    let mut scene = Scene::default();
    let temporary = "sip:001010000000001@ims.mnc001.mcc001.3gppnetwork.org";
    let impi = &temporary[4..];
    let ok = [
        "SIP/2.0 200 OK",
        &format!("To: <{temporary}>"),
        "P-Associated-URI: <sip:alice@home.example>, <tel:+12015550123>",
        "Contact: <sip:10.0.0.1>;pub-gruu=\"sip:alice@home.example;gr=1\";temp-gruu=\"sip:tgruu.7hs@home.example;gr\"",
        "Call-ID: c1",
        "CSeq: 1 REGISTER",
    ];
    let call = |from: &str, id: &str| {
        [
            "INVITE sip:carol@away.example SIP/2.0".to_owned(),
            format!("From: <{from}>"),
            "To: <sip:carol@away.example>".to_owned(),
            format!("Call-ID: {id}"),
            "CSeq: 1 INVITE".to_owned(),
        ]
    };
    let mut events = vec![
        scene.register("10.0.0.1", "10.0.0.3", "c1", temporary, impi),
        scene.uar(1, "s1", impi, temporary),
        scene.sip("10.0.0.3", "10.0.0.1", &ok),
    ];
    for (from, id) in [
        ("sip:tgruu.7hs@home.example;gr", "c2"),
        ("tel:+1-201-555-0123", "c3"),
        ("sip:alice@home.example;gr=1", "c4"),
        ("sip:tgruu.other@home.example;gr", "c5"),
    ] {
        let lines = call(from, id);
        events.push(scene.sip(
            "10.0.0.1",
            "10.0.0.3",
            &lines.each_ref().map(String::as_str),
        ));
    }
    for whom in [
        "001010000000001",
        "alice",
        "tel:+12015550123",
        "tgruu.7hs",
        temporary,
    ] {
        assert_eq!(
            wanted(&mut read_before(whom, &events), &events),
            [1, 2, 3, 4, 5, 6],
            "{whom}"
        );
    }
}

/// TS 29.229 §6.3.33; RFC 5502: whom a server serves stands neither in From nor in To.
#[test]
fn associated_and_served_users_are_found() {
    let mut scene = Scene::default();
    let mut associated = 1_u32.to_be_bytes().to_vec();
    associated.extend([0x40, 0, 0, 8 + 16]);
    associated.extend(b"bob@home.example");
    let events = [
        scene.diameter(
            "10.0.0.5:3868",
            "10.0.0.3:41000",
            (0x40, 301, CX, 1),
            &[
                (1, 0, ALICE_IMPI.as_bytes()),
                (601, VENDOR, ALICE.as_bytes()),
                (632, VENDOR, &associated),
            ],
        ),
        scene.sip(
            "10.0.0.3",
            "10.0.0.9",
            &[
                "MESSAGE sip:away.example SIP/2.0",
                "From: <sip:anonymous@anonymous.invalid>",
                "To: <sip:carol@away.example>",
                "P-Served-User: <sip:alice@home.example>;sescase=orig",
                "Call-ID: c9",
                "CSeq: 1 MESSAGE",
            ],
        ),
    ];
    for whom in ["alice", "bob@home.example"] {
        assert_eq!(
            wanted(&mut read_before(whom, &events), &events),
            [1, 2],
            "{whom}"
        );
    }
}

/// What knows all there is to know.
fn read_before(user: &str, events: &[Event]) -> Correlation {
    let mut correlation = of_user(user);
    wanted(&mut correlation, events);
    correlation.begin_again();
    correlation
}

#[test]
fn what_all_share_joins_nobody() {
    let mut scene = Scene::default();
    let mut events = Vec::new();
    for user in 0..100 {
        let impu = format!("sip:user{user}@home.example");
        // From is the S-CSCF's, and the Request-URI a realm; so says the scene.
        events.push(scene.register("10.0.0.4", "10.0.0.9", &format!("c{user}"), &impu, ""));
        let message = [
            "MESSAGE sip:scscf.home.example SIP/2.0",
            "To: <sip:scscf.home.example>",
            &format!("From: <{impu}>"),
            &format!("Call-ID: m{user}"),
            "CSeq: 1 MESSAGE",
        ];
        events.push(scene.sip("10.0.0.1", "10.0.0.4", &message));
        let sar = scene.diameter(
            "10.0.0.4:4000",
            "10.0.0.5:3868",
            (0xc0, 301, CX, user),
            &[
                (601, VENDOR, impu.as_bytes()),
                (602, VENDOR, b"sip:scscf.home.example"),
                (283, 0, b"home.example"),
                (1, 0, b"anonymous@anonymous.invalid"),
            ],
        );
        events.push(sar);
    }
    assert_eq!(wanted(&mut of_user("user7"), &events), [22, 23, 24]);
}

/// Should something be shared that looks like one subscriber's own, the harm is bounded.
#[test]
fn a_shared_user_name_joins_no_more_than_its_limit() {
    let mut scene = Scene::default();
    let mut correlation = of_user("user0");
    let count = 10 * MAX_IDENTITIES_OF_ONE;
    let wanted = (0..count).filter(|user| {
        let impu = format!("sip:user{user}@home.example");
        let event = scene.register("10.0.0.1", "10.0.0.2", &format!("c{user}"), &impu, "trunk");
        let is_first = *user == 0;
        // The user name itself is of the first; who asks for them sees it.
        let belonging = correlation.learn(&event);
        assert!(!is_first || belonging.is_wanted);
        correlation.identities.len() == user + 2
    });
    assert_eq!(wanted.count(), count);
    let largest = correlation.groups.iter().map(|group| group.known).max();
    assert_eq!(largest, Some(MAX_IDENTITIES_OF_ONE));
}

#[test]
fn identities_of_one_subscriber_are_joined_whatever_their_order() {
    let mut scene = Scene::default();
    let mut correlation = all();
    let ok = [
        "SIP/2.0 200 OK",
        "To: <sip:alice@home.example>",
        "P-Associated-URI: <sip:alice@home.example>, <tel:+1-201-555-0123>",
        "Call-ID: c1",
        "CSeq: 1 REGISTER",
    ];
    correlation.learn(&scene.uar(1, "s1", ALICE_IMPI, "tel:+12015550123"));
    let second = correlation.learn(&scene.register("10.0.0.1", "10.0.0.2", "c1", ALICE, ""));
    assert_eq!(correlation.name(second.subscribers[0]), ALICE);
    correlation.learn(&scene.sip("10.0.0.2", "10.0.0.1", &ok));
    let third = correlation.learn(&scene.uar(2, "s2", ALICE_IMPI, ""));
    assert_eq!(third.subscribers.len(), 1);
    assert_eq!(correlation.name(third.subscribers[0]), "tel:+12015550123");
    assert_eq!(third.session_id.as_deref(), Some("s2"));
}

#[test]
fn what_is_remembered_is_bounded_and_the_oldest_is_forgotten() {
    let limits = Remembered {
        identities: 20,
        conversations: 30,
    };
    let mut correlation = Correlation::new(Selection::default(), limits);
    let mut scene = Scene::default();
    for user in 0..500_u32 {
        let impu = format!("sip:user{user}@home.example");
        let impi = format!("user{user}@home.example");
        correlation.learn(&scene.register(
            "10.0.0.1",
            "10.0.0.2",
            &format!("c{user}"),
            &impu,
            &impi,
        ));
        correlation.learn(&scene.uar(user, &format!("s{user}"), &impi, &impu));
        // Heard of all the time, she stays.
        correlation.learn(&scene.register("10.0.0.1", "10.0.0.2", "alice", ALICE, ALICE_IMPI));
        assert!(correlation.identities.len() <= limits.identities);
        assert!(correlation.conversations.len() <= limits.conversations);
        assert!(correlation.groups.len() <= limits.identities + 1);
        let members: usize = correlation.groups.iter().map(|it| it.members.len()).sum();
        assert!(
            members <= 3 * limits.identities + MAX_IDENTITIES_OF_ONE,
            "{members}"
        );
    }
    let alice = correlation.learn(&scene.registered("10.0.0.2", "10.0.0.1", "alice", "200 OK"));
    assert_eq!(correlation.name(alice.subscribers[0]), ALICE);
    let first = correlation.learn(&scene.registered("10.0.0.2", "10.0.0.1", "c0", "200 OK"));
    assert!(first.subscribers.is_empty());
}
