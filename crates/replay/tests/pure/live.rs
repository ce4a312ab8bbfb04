//! Plans of captures of the repository, and going through them.

use std::fs::File;
use std::io::Cursor;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Direction, Recorder, Transport};
use flow::{Event, Found, Limits, Nodes, Reader, Reading};
use replay::{Action, Credentials, Meeting, Names, Outcome, Over, Plan, Player, Sending, Wishes};

pub(crate) fn events(name: &str) -> (Vec<Event>, Names) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../pcaps")
        .join(name);
    let mut capture = capture::Reader::new(File::open(path).expect("a capture of the repository"));
    let mut reader = Reader::new(Limits::default());
    let mut nodes = Nodes::new([]);
    let mut names = Names::default();
    let mut events = Vec::new();
    while let Some(packet) = capture.next_packet().expect("a capture") {
        names.see_packet(&packet);
        events.extend(reader.read(&packet, &mut nodes));
    }
    for event in &events {
        names.see_event(event);
    }
    (events, names)
}

pub(crate) fn names(events: &[Event]) -> Names {
    let mut names = Names::default();
    events.iter().for_each(|event| names.see_event(event));
    names
}

/// What is read of a capture made here: what carries each message, from where to where, and its octets.
pub(crate) fn recorded<'a>(
    said: impl IntoIterator<Item = (Transport, SocketAddr, SocketAddr, &'a [u8])>,
) -> Vec<Event> {
    let mut file = Vec::new();
    let mut recorder = Recorder::new(&mut file, "test").expect("a capture");
    for (number, (transport, from, to, payload)) in said.into_iter().enumerate() {
        recorder
            .record(&capture::Message {
                time: SystemTime::UNIX_EPOCH + Duration::from_millis(number as u64),
                direction: Direction::Sent,
                transport,
                from,
                to,
                payload,
                comment: None,
            })
            .expect("recorded");
    }
    let mut reading = Reading::new(Cursor::new(file), Limits::default());
    let mut nodes = Nodes::new([]);
    let mut events = Vec::new();
    while let Some(found) = reading.next(&mut nodes) {
        if let Found::Message(event) = found {
            events.push(event);
        }
    }
    events
}

pub(crate) fn plan(name: &str, node: &str) -> Plan {
    let (events, names) = events(name);
    let place = names.place(node).expect("a node");
    let plan = Plan::new(
        events,
        &names,
        &place,
        node,
        None,
        Meeting::Goes,
        Over::AsCaptured,
    );
    plan.expect("a plan")
}

pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

pub(crate) const LOCAL: &str = "198.51.100.20:5070";
pub(crate) const AGAINST: &str = "198.51.100.2:5062";

pub(crate) fn player(plan: Plan, wishes: Wishes, credentials: &str) -> Player {
    let credentials = Credentials::read(credentials).expect("credentials");
    Player::new(
        plan,
        Some(address(AGAINST)),
        wishes,
        credentials,
        *b"0123456789abcdef",
    )
}

/// Plays to the end: `live` says what the element sends upon each message, and what is sent is given back, too.
pub(crate) fn play(
    mut player: Player,
    mut live: impl FnMut(usize, &Bytes) -> Vec<Bytes>,
) -> (Outcome, Vec<Bytes>) {
    let mut sent = Vec::new();
    loop {
        match player.next_action() {
            Action::Listen { .. } => panic!("the node goes"),
            Action::Open { link, .. } => player.opened(link, address(LOCAL)),
            Action::Send(Sending { link, octets, .. }) => {
                for answer in live(link, &octets) {
                    player.received(link, address(AGAINST), answer);
                }
                sent.push(octets);
            }
            Action::Wait { .. } => player.timed_out(),
            Action::Close { .. } | Action::Rest(_) => {}
            Action::Done => return (player.finish(), sent),
        }
    }
}
