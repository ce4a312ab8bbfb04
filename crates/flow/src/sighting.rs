//! Each packet once, although its sender and its receiver both captured it.

use std::collections::HashSet;

use capture::{Direction, Packet};

use crate::node::{NodeId, Nodes};

/// Which nodes capture for themselves.
#[derive(Debug, Default)]
pub struct Sightings {
    capturing: HashSet<NodeId>,
}

impl Sightings {
    /// Takes note of a node that captures what it sends: what others receive from it is no news.
    pub fn capturing(&mut self, node: NodeId) {
        self.capturing.insert(node);
    }

    /// Takes note of a packet in the capture of `node`: where it was sent from is an address of that node.
    ///
    /// To be called for a packet as soon as it is there, before [`Sightings::is_first`] is asked about any other that
    /// waited beside it: the receiver's capture may be quicker than the sender's.
    pub fn saw(&mut self, node: NodeId, packet: &Packet, nodes: &mut Nodes) {
        if packet.direction == Some(Direction::Sent) {
            nodes.learn(node, packet.from);
        }
    }

    /// Whether this sighting counts: that of the sender, or of the receiver where the sender does not capture.
    #[must_use]
    pub fn is_first(&self, packet: &Packet, nodes: &Nodes) -> bool {
        let sender_captures = || {
            let sender = nodes.at(packet.from);
            sender.is_some_and(|sender| self.capturing.contains(&sender))
        };
        packet.direction != Some(Direction::Received) || !sender_captures()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use bytes::Bytes;
    use capture::Transport;

    use super::*;
    use crate::node::{Node, Place};

    fn packet(direction: Direction, from: &str, to: &str) -> Packet {
        Packet {
            time: SystemTime::UNIX_EPOCH,
            direction: Some(direction),
            interface: None,
            transport: Transport::Tcp,
            from: from.parse().expect("an address"),
            to: to.parse().expect("an address"),
            payload: Bytes::from_static(b"x"),
            segment: None,
            comment: None,
        }
    }

    #[test]
    fn the_senders_sighting_counts_and_the_receivers_where_nobody_else_saw_it() {
        let place = |port: &str| vec![Place::Port(port.parse().expect("an address"))];
        let mut nodes = Nodes::new([
            Node {
                name: "icscf".to_owned(),
                places: place("127.0.0.1:20020"),
            },
            Node {
                name: "hss".to_owned(),
                places: place("127.0.0.1:20041"),
            },
        ]);
        let icscf = nodes.named("icscf").expect("in the table");
        let hss = nodes.named("hss").expect("in the table");
        let mut sightings = Sightings::default();
        sightings.capturing(icscf);
        sightings.capturing(hss);
        // The connection comes from a port that no table has; the receiver's capture is read first.
        let received = packet(Direction::Received, "127.0.0.1:43210", "127.0.0.1:20041");
        let sent = packet(Direction::Sent, "127.0.0.1:43210", "127.0.0.1:20041");
        sightings.saw(hss, &received, &mut nodes);
        assert!(sightings.is_first(&received, &nodes));
        sightings.saw(icscf, &sent, &mut nodes);
        assert!(!sightings.is_first(&received, &nodes));
        assert!(sightings.is_first(&sent, &nodes));
        assert_eq!(nodes.at(sent.from), Some(icscf));
        let stranger = packet(Direction::Received, "127.0.0.1:7777", "127.0.0.1:20020");
        assert!(sightings.is_first(&stranger, &nodes));
        let foreign = Packet {
            direction: None,
            ..received
        };
        assert!(sightings.is_first(&foreign, &nodes));
    }
}
