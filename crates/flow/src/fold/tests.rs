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
    assert_eq!(fold.open.len(), 0);
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
        (fold.waiting.len(), fold.open.len()),
        (MAX_WAITING, MAX_WAITING)
    );
    // The number of a line that is gone finds no other.
    let answers = fold.push(scene.registered("10.0.0.2", "10.0.0.1", "5", "200 OK"));
    assert_eq!(
        lines(&answers),
        ["REGISTER | no answer, sip:home.example | -"]
    );
}
