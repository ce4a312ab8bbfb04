use super::*;
use crate::scene::Scene;

/// Label, detail and milliseconds of each line.
fn lines(folded: &[Folded]) -> Vec<String> {
    let line = |folded: &Folded| {
        let took = folded.took.map(|took| took.as_millis());
        let took = took.map_or_else(|| "-".to_owned(), |took| took.to_string());
        format!("{} | {} | {took}", folded.event.label, folded.event.detail)
    };
    folded.iter().map(line).collect()
}

fn folded(events: Vec<Event>) -> Vec<Folded> {
    let mut fold = Fold::default();
    let mut folded: Vec<Folded> = events
        .into_iter()
        .flat_map(|event| fold.push(event))
        .collect();
    folded.extend(fold.finish());
    folded
}

#[test]
fn a_registration_is_one_line_for_each_hop() {
    let mut scene = Scene::default();
    let (ue, pcscf, scscf) = ("10.0.0.1", "10.0.0.2", "10.0.0.4");
    let mut events = Vec::new();
    for (status, user) in [("401 Unauthorized", ""), ("200 OK", "alice")] {
        let aor = "sip:alice@home.example";
        events.push(scene.register(ue, pcscf, "c1", aor, user));
        events.push(scene.register(pcscf, scscf, "c1", aor, user));
        events.push(scene.registered(scscf, pcscf, "c1", status));
        events.push(scene.registered(pcscf, ue, "c1", status));
    }
    let folded = folded(events);
    assert_eq!(
        lines(&folded),
        [
            "REGISTER 200 | after 401, OK, sip:home.example | 7",
            "REGISTER 200 | after 401, OK, sip:home.example | 5",
        ]
    );
    assert_eq!(folded[0].event.packets.to_string(), "1-8");
    assert_eq!(folded[0].event.outcome, Outcome::Success);
}

#[test]
fn a_diameter_request_stands_with_its_answer_in_the_order_of_requests() {
    let mut scene = Scene::default();
    let impu = "sip:alice@home.example";
    let events = vec![
        scene.uar(1, "s1", "a@home.example", impu),
        scene.uar(2, "s2", "b@home.example", impu),
        scene.uaa(2),
        scene.uaa(1),
    ];
    let expected = "UAR 2001 | sip:alice@home.example, SUCCESS";
    assert_eq!(
        lines(&folded(events)),
        [format!("{expected} | 3"), format!("{expected} | 1")]
    );
}

#[test]
fn what_is_not_answered_is_told() {
    let mut scene = Scene::default();
    let mut register = || scene.register("10.0.0.1", "10.0.0.2", "c1", "sip:a@b", "");
    let (first, mut again) = (register(), register());
    again.passage = Passage::Again;
    let begun = first.time;
    let mut alone = scene.registered("10.0.0.2", "10.0.0.1", "c9", "200 OK");
    alone.time = begun + MAX_AGE;
    let mut fold = Fold::default();
    assert!(fold.push(first).is_empty());
    assert!(fold.push(again).is_empty());
    // Sooner than its age it may still be answered.
    assert!(fold.push(alone.clone()).is_empty());
    alone.time += Duration::from_millis(1);
    assert_eq!(
        lines(&fold.push(alone.clone())),
        [
            "REGISTER | sent 2 times, no answer, sip:home.example | -",
            "200 | OK | -",
            "200 | OK | -"
        ]
    );
    assert_eq!(fold.by_transaction.len(), 0);
}

#[test]
fn what_waits_is_bounded() {
    let mut scene = Scene::default();
    let mut fold = Fold::default();
    let mut ready = 0;
    for call in 0..MAX_WAITING + 100 {
        let event = scene.register("10.0.0.1", "10.0.0.2", &call.to_string(), "sip:a@b", "");
        ready += fold.push(event).len();
    }
    assert_eq!(ready, 100);
    assert_eq!(
        (fold.waiting.len(), fold.by_transaction.len()),
        (MAX_WAITING, MAX_WAITING)
    );
    // The number of a line that is gone finds no other.
    let answers = fold.push(scene.registered("10.0.0.2", "10.0.0.1", "5", "200 OK"));
    assert_eq!(
        lines(&answers),
        ["REGISTER | no answer, sip:home.example | -"]
    );
}

fn with_branch(scene: &mut Scene, ends: [&str; 2], start: &str, branch: u32, cseq: &str) -> Event {
    let lines = [
        start,
        &format!("Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK{branch}"),
        "From: <sip:alice@home.example>;tag=1",
        "Call-ID: c1",
        &format!("CSeq: {cseq}"),
    ];
    scene.sip(ends[0], ends[1], &lines)
}

/// RFC 3261 §16.6: both branches of a forked INVITE between the same two nodes.
#[test]
fn branches_of_one_call_have_their_own_answers() {
    let mut scene = Scene::default();
    let (there, back) = (["10.0.0.2", "10.0.0.3"], ["10.0.0.3", "10.0.0.2"]);
    let invite = "INVITE sip:bob@home.example SIP/2.0";
    let cancel = "CANCEL sip:bob@home.example SIP/2.0";
    let events = vec![
        with_branch(&mut scene, there, invite, 1, "1 INVITE"),
        with_branch(&mut scene, there, invite, 2, "1 INVITE"),
        with_branch(&mut scene, back, "SIP/2.0 180 Ringing", 1, "1 INVITE"),
        with_branch(&mut scene, back, "SIP/2.0 200 OK", 2, "1 INVITE"),
        with_branch(&mut scene, there, cancel, 1, "1 CANCEL"),
        with_branch(&mut scene, back, "SIP/2.0 200 OK", 1, "1 CANCEL"),
        with_branch(
            &mut scene,
            back,
            "SIP/2.0 487 Request Terminated",
            1,
            "1 INVITE",
        ),
    ];
    assert_eq!(
        lines(&folded(events)),
        [
            "INVITE 487 | Request Terminated, sip:bob@home.example | 6",
            "INVITE 200 | OK, sip:bob@home.example | 2",
            "CANCEL 200 | OK, sip:bob@home.example | 1",
        ]
    );
}

/// Two connections between the same nodes number their requests each in its own way.
#[test]
fn connections_number_their_requests_apart() {
    let mut scene = Scene::default();
    let mut dwr = |from: &str, to: &str, flags| {
        scene.diameter(from, to, (flags, 280, 0, 7), &[(264, 0, b"hss.example")])
    };
    let (one, other, hss) = ("10.0.0.3:41000", "10.0.0.3:41001", "10.0.0.5:3868");
    let events = vec![
        dwr(one, hss, 0x80),
        dwr(other, hss, 0x80),
        dwr(hss, other, 0),
        dwr(hss, one, 0),
    ];
    let took: Vec<_> = folded(events).iter().map(|line| line.took).collect();
    let milliseconds = |it| Some(Duration::from_millis(it));
    assert_eq!(took, [milliseconds(3), milliseconds(1)]);
}

#[test]
fn an_answer_that_is_sent_again_has_no_line_of_its_own() {
    let mut scene = Scene::default();
    let (ue, pcscf) = ("10.0.0.1", "10.0.0.2");
    let aor = "sip:alice@home.example";
    let waits = scene.register(ue, pcscf, "c2", aor, "");
    let first = scene.register(ue, pcscf, "c1", aor, "");
    let asked = scene.register(ue, pcscf, "c1", aor, "");
    let answer = scene.registered(pcscf, ue, "c1", "200 OK");
    let mut again = scene.registered(pcscf, ue, "c1", "200 OK");
    again.passage = Passage::Again;
    assert_eq!(
        lines(&folded(vec![waits, first, asked, answer, again])),
        [
            "REGISTER | no answer, sip:home.example | -",
            "REGISTER 200 | sent 2 times, OK, sip:home.example | 2"
        ]
    );
}
