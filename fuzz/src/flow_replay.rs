//! A node of any capture played against a live peer that says anything at any time: it comes to an end, and sends and
//! tells no more than its limits allow.

use std::net::SocketAddr;

use bytes::Bytes;
use flow::{Event, Limits, Nodes, Reader};
use replay::{
    Action, Credentials, MAX_DIFFERENCES, Meeting, Names, Over, Plan, Player, Sending, Wishes,
};

use crate::choices::Choices;
use crate::spoken;

const MEETINGS: [Meeting; 3] = [Meeting::Goes, Meeting::Waits, Meeting::Both];
const CREDENTIALS: &str = "[[user]]\nname = \"user0@home.example\"\npassword = \"secret0\"\n\
                           [[user]]\nname = \"user1@home.example\"\nk = \"000102030405060708090a0b0c0d0e0f\"\n\
                           opc = \"000102030405060708090a0b0c0d0e0f\"\n";

/// How the node is played (who it is, 2 bits | how it meets the peer, the rest), the length of the capture in 16 bits, the
/// capture as of [`spoken::packets`], and what the peer does, upon each message and while it is waited for.
pub fn flow_replay(octets: &[u8]) {
    let Some((&[how, high, low], rest)) = octets.split_first_chunk() else {
        return;
    };
    let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
    let (capture, script) = rest.split_at(length);
    let events = events(capture);
    let name = format!("192.0.2.{}", how & 3);
    let mut names = Names::default();
    events.iter().for_each(|event| names.see_event(event));
    let node = names.place(&name).expect("an address");
    let meeting = MEETINGS[usize::from(how >> 2) % MEETINGS.len()];
    let plan = Plan::new(
        events.clone(),
        &names,
        &node,
        &name,
        None,
        meeting,
        Over::Tcp,
    );
    let Ok(plan) = plan else {
        return;
    };
    let against = (meeting != Meeting::Waits).then_some(address(1));
    let credentials = Credentials::read(CREDENTIALS).expect("credentials");
    let mut player = Player::new(plan, against, Wishes::default(), credentials, [7; 16]);
    let mut peer = Peer {
        said: events.into_iter().map(|event| event.octets).collect(),
        script: Choices::new(script),
        last: None,
        links: Vec::new(),
    };
    // Each message is sent and waited for once, but for what the script makes of it.
    let most = 100 + 20 * octets.len();
    let mut actions = 0;
    loop {
        actions += 1;
        assert!(actions < most, "it comes to no end");
        match player.next_action() {
            Action::Listen { .. } | Action::Close { .. } | Action::Rest(_) => {}
            Action::Open { link, .. } => {
                peer.links.push(link);
                player.opened(link, address(2));
            }
            Action::Send(sending) => {
                peer.last = Some(sending);
                peer.acts(&mut player);
            }
            Action::Wait { again } => {
                if let Some(again) = again {
                    peer.last = Some(again.sending);
                }
                if !peer.acts(&mut player) {
                    player.timed_out();
                }
            }
            Action::Done => break,
        }
    }
    let outcome = player.finish();
    assert!(outcome.differences.len() <= MAX_DIFFERENCES + replay::MAX_WAITING);
}

fn address(host: u8) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, host], 5060))
}

fn events(capture: &[u8]) -> Vec<Event> {
    let mut reader = Reader::as_they_come(Limits::default());
    let mut nodes = Nodes::new([]);
    let mut events = Vec::new();
    for packet in spoken::packets(capture) {
        events.extend(reader.read(&packet, &mut nodes));
    }
    events.extend(reader.finish(&mut nodes));
    events
}

struct Peer<'a> {
    /// The messages of the capture.
    said: Vec<Bytes>,
    script: Choices<'a>,
    last: Option<Sending>,
    links: Vec<usize>,
}

impl Peer<'_> {
    /// One step of the script; whether there was one.
    fn acts(&mut self, player: &mut Player) -> bool {
        let Some(choice) = self.script.octet() else {
            return false;
        };
        let links = self.links.len().max(1);
        let link = self.links.get(usize::from(choice >> 3) % links).copied();
        match (choice & 7, link) {
            // As if it had been answered: the same with the first line, or the flags, of an answer.
            (0..=2, Some(_)) => {
                if let Some(Sending { link, octets, .. }) = &self.last {
                    player.received(*link, address(1), turned_round(octets));
                }
            }
            (3 | 4, Some(link)) => {
                let number = usize::from(self.script.octet().unwrap_or(0));
                if let Some(said) = self.said.get(number % self.said.len().max(1)) {
                    player.received(link, address(1), said.clone());
                }
            }
            (5, Some(link)) => {
                let length = self.script.octet().unwrap_or(0);
                let octets: Bytes = (0..length).map_while(|_| self.script.octet()).collect();
                player.received(link, address(1), octets);
            }
            (6, Some(link)) => player.closed(link),
            _ => self.links.extend(player.accepted(address(2), address(3))),
        }
        true
    }
}

fn turned_round(octets: &Bytes) -> Bytes {
    if octets.first() == Some(&1) && octets.len() > 4 {
        let mut octets = octets.to_vec();
        octets[4] &= 0x7f;
        return octets.into();
    }
    let end = octets.iter().position(|octet| *octet == b'\r');
    [b"SIP/2.0 200 OK", &octets[end.unwrap_or(0)..]]
        .concat()
        .into()
}
