//! Each packet once, although its sender and its receiver both captured it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use capture::{Direction, Packet};

use crate::node::{NodeId, Nodes};

/// Which nodes capture for themselves, and what of their packets is still to come out of a [`crate::Reorder`].
///
/// The sender's sighting counts. But it may be stamped late: another processor may have received the packet, and
/// answered it, before the sender came to write it down. Then the receiver's sighting counts, so that causes stand
/// before effects.
#[derive(Debug, Default)]
pub struct Sightings {
    capturing: HashSet<NodeId>,
    /// Keyed, so that nobody outside can choose two packets that collide.
    key: RandomState,
    /// By hash, what senders sighted and is waiting.
    waiting: HashMap<u64, Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    sightings: u32,
    /// Of these, how many a receiver's sighting has stood for.
    told: u32,
}

impl Sightings {
    /// Takes note of a node that captures what it sends: what others receive from it is no news.
    pub fn capturing(&mut self, node: NodeId) {
        self.capturing.insert(node);
    }

    /// Takes note of a packet from the capture of `node` as it begins to wait: where `node` sent it from is an address
    /// of that node.
    pub fn arrived(&mut self, node: NodeId, packet: &Packet, nodes: &mut Nodes) {
        if packet.direction == Some(Direction::Sent) {
            nodes.learn(node, packet.from);
            let waiting = self.waiting.entry(self.hash(packet)).or_default();
            waiting.sightings += 1;
        }
    }

    /// Whether this sighting of a packet counts, as it ends to wait: of two only the earlier does.
    pub fn leaves(&mut self, packet: &Packet, nodes: &Nodes) -> bool {
        match packet.direction {
            Some(Direction::Sent) => self.sender_leaves(self.hash(packet)),
            Some(Direction::Received) => {
                let sender = nodes.at(packet.from);
                let sender_captures = sender.is_some_and(|sender| self.capturing.contains(&sender));
                !sender_captures || self.receiver_is_first(self.hash(packet))
            }
            None => true,
        }
    }

    fn sender_leaves(&mut self, hash: u64) -> bool {
        let Some(waiting) = self.waiting.get_mut(&hash) else {
            return true;
        };
        waiting.sightings -= 1;
        let counts = waiting.told == 0;
        waiting.told = waiting.told.saturating_sub(1);
        if waiting.sightings == 0 {
            self.waiting.remove(&hash);
        }
        counts
    }

    /// Only where the sender's sighting of the very same octets waits: streams may be cut otherwise at the other end.
    fn receiver_is_first(&mut self, hash: u64) -> bool {
        match self.waiting.get_mut(&hash) {
            Some(waiting) if waiting.told < waiting.sightings => {
                waiting.told += 1;
                true
            }
            _ => false,
        }
    }

    fn hash(&self, packet: &Packet) -> u64 {
        let flags = packet.segment.map(|segment| {
            (
                segment.syn,
                segment.fin,
                segment.rst,
                segment.acknowledgment.is_some(),
            )
        });
        self.key.hash_one((
            packet.transport,
            packet.from,
            packet.to,
            flags,
            &packet.payload,
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use bytes::Bytes;
    use capture::{Numbers, Transport};

    use super::*;
    use crate::node::{Node, Place};

    const HSS: &str = "127.0.0.1:20041";
    const ICSCF: &str = "127.0.0.1:20020";
    /// From where the I-CSCF connects: no table has it.
    const CONNECTION: &str = "127.0.0.1:43210";

    fn packet(direction: Direction, from: &str, to: &str, payload: &'static str) -> Packet {
        Packet {
            numbers: Numbers::one(1),
            time: SystemTime::UNIX_EPOCH,
            direction: Some(direction),
            interface: None,
            transport: Transport::Tcp,
            from: from.parse().expect("an address"),
            to: to.parse().expect("an address"),
            payload: Bytes::from_static(payload.as_bytes()),
            missing: 0,
            segment: None,
            comment: None,
        }
    }

    struct Scene {
        nodes: Nodes,
        sightings: Sightings,
    }

    impl Scene {
        fn new() -> Scene {
            let node = |name: &str, port: &str| Node {
                name: name.to_owned(),
                places: vec![Place::Port(port.parse().expect("an address"))],
            };
            let nodes = Nodes::new([node("icscf", ICSCF), node("hss", HSS)]);
            let mut sightings = Sightings::default();
            for node in nodes.columns() {
                sightings.capturing(node);
            }
            Scene { nodes, sightings }
        }

        fn arrived(&mut self, node: &str, packet: &Packet) {
            let node = self.nodes.named(node).expect("in the table");
            self.sightings.arrived(node, packet, &mut self.nodes);
        }

        fn leaves(&mut self, packet: &Packet) -> bool {
            self.sightings.leaves(packet, &self.nodes)
        }
    }

    #[test]
    fn of_two_sightings_the_earlier_counts() {
        let sent = packet(Direction::Sent, CONNECTION, HSS, "UAR");
        let received = packet(Direction::Received, CONNECTION, HSS, "UAR");
        for receiver_first in [false, true] {
            let mut scene = Scene::new();
            // The receiver's capture may be read before the sender's: its port is known nevertheless.
            scene.arrived("hss", &received);
            scene.arrived("icscf", &sent);
            let (first, second) = match receiver_first {
                true => (&received, &sent),
                false => (&sent, &received),
            };
            assert!(scene.leaves(first));
            assert!(!scene.leaves(second));
            assert!(scene.sightings.waiting.is_empty());
        }
    }

    #[test]
    fn a_stream_cut_otherwise_at_its_end_counts_as_it_was_sent() {
        let sent = packet(Direction::Sent, CONNECTION, HSS, "UAR");
        let parts = ["UA", "R"].map(|part| packet(Direction::Received, CONNECTION, HSS, part));
        let mut scene = Scene::new();
        scene.arrived("icscf", &sent);
        assert!(!scene.leaves(&parts[0]));
        assert!(scene.leaves(&sent));
        assert!(!scene.leaves(&parts[1]));
    }

    #[test]
    fn retransmissions_count_as_often_as_they_were_sent() {
        let sent = packet(Direction::Sent, ICSCF, HSS, "x");
        let received = packet(Direction::Received, ICSCF, HSS, "x");
        let mut scene = Scene::new();
        scene.arrived("icscf", &sent);
        scene.arrived("icscf", &sent);
        let counted = [&received, &received, &sent, &sent].map(|packet| scene.leaves(packet));
        assert_eq!(counted, [true, true, false, false]);
        // The first is lost on its way.
        scene.arrived("icscf", &sent);
        scene.arrived("icscf", &sent);
        let counted = [&sent, &received, &sent].map(|packet| scene.leaves(packet));
        assert_eq!(counted.iter().filter(|counts| **counts).count(), 2);
    }

    #[test]
    fn what_strangers_send_counts_where_it_is_received() {
        let mut scene = Scene::new();
        let stranger = packet(Direction::Received, "127.0.0.1:7777", ICSCF, "x");
        scene.arrived("icscf", &stranger);
        assert!(scene.leaves(&stranger));
        let foreign = Packet {
            direction: None,
            ..packet(Direction::Sent, ICSCF, HSS, "x")
        };
        assert!(scene.leaves(&foreign));
    }
}
