use super::*;
use crate::scene::{CX, Scene, address, packet};

fn names(nodes: &Nodes) -> Vec<&str> {
    nodes.columns().map(|node| nodes.name(node)).collect()
}

fn learnt(events: &[Event]) -> Naming {
    let mut naming = Naming::default();
    for event in events {
        naming.message(event);
        naming.drawn(event);
    }
    naming
}

fn cer(scene: &mut Scene, from: &str, host: &str) -> Event {
    scene.diameter(
        from,
        "10.0.0.5:3868",
        (0x80, 257, 0, 1),
        &[(264, 0, host.as_bytes())],
    )
}

fn request(scene: &mut Scene, from: &str, to: &str, sent_by: &str) -> Event {
    let via = format!("Via: SIP/2.0/UDP {sent_by};branch=z9hG4bK1");
    scene.sip(from, to, &["OPTIONS sip:a SIP/2.0", &via, "Call-ID: a"])
}

#[test]
fn a_configured_name_comes_before_what_a_node_says_of_itself() {
    let mut scene = Scene::default();
    let place = |text: &str, name: &str| Node {
        name: name.to_owned(),
        places: vec![match text.parse() {
            Ok(port) => Place::Port(port),
            Err(_) => Place::Host(text.parse().expect("an address")),
        }],
    };
    let mut naming = Naming::new([
        place("10.0.0.3", "edge"),
        place("10.0.0.5:3868", "database"),
    ]);
    for event in [
        request(&mut scene, "10.0.0.3", "10.0.0.9", "pcscf.home.example"),
        cer(&mut scene, "10.0.0.3:4000", "icscf.home.example"),
        scene.uaa(1),
    ] {
        naming.message(&event);
        naming.drawn(&event);
    }
    let nodes = naming.nodes(9, Names::Whole);
    assert_eq!(names(&nodes), ["edge", "10.0.0.9", "database"]);
}

#[test]
fn a_host_with_one_diameter_name_is_one_node_with_its_sip() {
    let mut scene = Scene::default();
    let events = [
        request(&mut scene, "10.0.0.1", "10.0.0.3", "phone.example"),
        cer(&mut scene, "10.0.0.3:41000", "icscf.home.example"),
        request(&mut scene, "10.0.0.3", "10.0.0.4", "10.0.0.3:5060"),
        scene.uar(1, "s", "a@home.example", "sip:a@home.example"),
        scene.uaa(1),
    ];
    let naming = learnt(&events);
    let nodes = naming.nodes(9, Names::Whole);
    let whole = [
        "phone.example",
        "icscf.home.example",
        "10.0.0.4",
        "hss.home.example",
    ];
    assert_eq!(names(&nodes), whole);
    assert_eq!(
        nodes.at(address("10.0.0.3:5060")),
        nodes.at(address("10.0.0.3:9"))
    );
    let short = naming.nodes(9, Names::Short);
    assert_eq!(names(&short), ["phone", "icscf", "10.0.0.4", "hss"]);
}

#[test]
fn ports_of_one_host_with_names_of_their_own_are_nodes_of_their_own() {
    let mut scene = Scene::default();
    let events = [
        cer(&mut scene, "127.0.0.1:41000", "icscf.home.example"),
        cer(&mut scene, "127.0.0.1:41001", "scscf.home.example"),
        cer(&mut scene, "127.0.0.1:41002", "scscf.home.example"),
    ];
    let nodes = learnt(&events).nodes(9, Names::Short);
    assert_eq!(names(&nodes), ["icscf", "scscf", "10.0.0.5"]);
    assert_eq!(
        nodes.at(address("127.0.0.1:41001")),
        nodes.at(address("127.0.0.1:41002"))
    );
}

#[test]
fn short_names_that_tell_nobody_apart_stay_whole() {
    let mut scene = Scene::default();
    let events = [
        cer(&mut scene, "10.0.0.3:4", "hss.home.example"),
        cer(&mut scene, "10.0.0.4:4", "hss.away.example"),
    ];
    let nodes = learnt(&events).nodes(9, Names::Short);
    assert_eq!(
        names(&nodes),
        ["hss.home.example", "hss.away.example", "10.0.0.5"]
    );
}

/// A relay sends on what others wrote: what it says to its peers is its own name.
#[test]
fn an_agent_is_not_called_what_it_sends_on() {
    let mut scene = Scene::default();
    let sent_on = |scene: &mut Scene, host: &str| {
        scene.diameter(
            "10.0.0.3:4",
            "10.0.0.5:3868",
            (0xc0, 300, CX, 1),
            &[(264, 0, host.as_bytes())],
        )
    };
    let mut events = vec![
        sent_on(&mut scene, "a.home.example"),
        sent_on(&mut scene, "b.home.example"),
    ];
    let first = |events: &[Event]| {
        let nodes = learnt(events).nodes(9, Names::Whole);
        let node = nodes.at(address("10.0.0.3:4")).expect("known");
        nodes.name(node).to_owned()
    };
    assert_eq!(first(&events[..1]), "a.home.example");
    assert_eq!(first(&events), "10.0.0.3");
    events.push(cer(&mut scene, "10.0.0.3:4", "dra.home.example"));
    assert_eq!(first(&events), "dra.home.example");
}

#[test]
fn a_name_that_many_phones_write_is_nobodys() {
    let mut scene = Scene::default();
    let events = [
        request(&mut scene, "10.0.0.1", "10.0.0.3", "localhost"),
        request(&mut scene, "10.0.0.2", "10.0.0.3", "localhost"),
    ];
    let nodes = learnt(&events).nodes(9, Names::Whole);
    assert_eq!(names(&nodes), ["10.0.0.1", "10.0.0.3", "10.0.0.2"]);
}

#[test]
fn an_answer_names_whom_it_is_for() {
    let mut scene = Scene::default();
    let ok = [
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/UDP pcscf.home.example;branch=z9hG4bK1",
        "Call-ID: a",
    ];
    let events = [scene.sip("10.0.0.3", "10.0.0.2", &ok)];
    let nodes = learnt(&events).nodes(9, Names::Whole);
    assert_eq!(names(&nodes), ["10.0.0.3", "pcscf.home.example"]);
}

#[test]
fn interfaces_of_our_own_captures_are_elements_and_others_are_devices() {
    let mut scene = Scene::default();
    let mut naming = Naming::default();
    for (element, direction, from, to) in [
        ("pcscf", Direction::Sent, "127.0.0.1:20", "127.0.0.1:30"),
        ("icscf", Direction::Received, "127.0.0.1:20", "127.0.0.1:30"),
        ("icscf", Direction::Sent, "127.0.0.1:4000", "127.0.0.1:3868"),
        ("eth0", Direction::Received, "127.0.0.1:20", "127.0.0.1:10"),
    ] {
        naming.packet(&packet(element, direction, from, to));
    }
    for event in [
        request(&mut scene, "127.0.0.1:10", "127.0.0.1:20", "127.0.0.1:10"),
        request(&mut scene, "127.0.0.1:20", "127.0.0.1:30", "127.0.0.1:20"),
        cer(&mut scene, "127.0.0.1:4000", "icscf.home.example"),
    ] {
        naming.message(&event);
        naming.drawn(&event);
    }
    let nodes = naming.nodes(9, Names::Whole);
    // The element's SIP has the name that it has on Diameter.
    assert_eq!(
        names(&nodes),
        ["127.0.0.1", "pcscf", "icscf.home.example", "10.0.0.5"]
    );
}

#[test]
fn columns_are_for_those_who_say_most() {
    let mut scene = Scene::default();
    let mut events = Vec::new();
    for phone in 1..=200 {
        let phone = format!("10.1.0.{phone}");
        events.push(request(&mut scene, &phone, "10.0.0.3", &phone));
        events.push(request(&mut scene, "10.0.0.3", "10.0.0.4", "10.0.0.3"));
    }
    let mut nodes = learnt(&events).nodes(4, Names::Whole);
    assert_eq!(
        names(&nodes),
        ["others", "10.1.0.1", "10.0.0.3", "10.0.0.4"]
    );
    let others = nodes.meet(address("10.1.0.77"));
    assert!(nodes.is_shared(others));
    assert_eq!(names(&nodes).len(), 4);
}

#[test]
fn what_is_remembered_of_addresses_is_bounded() {
    let mut scene = Scene::default();
    let mut naming = Naming::default();
    let mut event = request(&mut scene, "10.0.0.1", "10.0.0.2", "a.example");
    for number in 0..=MAX_ADDRESSES as u32 {
        event.source = SocketAddr::from((std::net::Ipv4Addr::from(number), 5060));
        naming.message(&event);
        naming.drawn(&event);
    }
    assert_eq!(naming.addresses.len(), MAX_ADDRESSES);
    assert!(naming.via.len() <= MAX_ADDRESSES);
    assert_eq!(naming.nodes(7, Names::Short).columns().count(), 7);
}

#[test]
fn read_once_nodes_are_called_what_is_known_when_they_are_met() {
    let mut naming = Naming::new([Node {
        name: "edge".to_owned(),
        places: vec![Place::Host(address("10.0.0.2").ip())],
    }]);
    let mut nodes = naming.nodes_as_met(9);
    let seen = packet("scscf", Direction::Sent, "10.0.0.4", "10.0.0.2");
    naming.packet(&seen);
    naming.expect(&seen, &mut nodes);
    for text in ["10.0.0.4", "10.0.0.2", "10.0.0.1"] {
        nodes.meet(address(text));
    }
    assert_eq!(names(&nodes), ["scscf", "edge", "10.0.0.1"]);
}
