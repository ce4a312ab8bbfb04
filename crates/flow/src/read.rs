//! From packets to events.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

use bytes::Bytes;
use capture::{Packet, Transport};

use crate::event::{Event, Passage};
use crate::label::{self, Label};
use crate::node::Nodes;
use crate::stream::{Piece, Stream};

/// Directions of TCP connections that are followed at one time; the one that was silent for longest is dropped.
pub const MAX_STREAMS: usize = 64;

/// Datagrams among which a retransmission is noticed.
pub const MAX_REMEMBERED: usize = 4096;

/// Reads SIP over UDP and Diameter over TCP.
#[derive(Debug, Default)]
pub struct Reader {
    streams: HashMap<(SocketAddr, SocketAddr), Followed>,
    datagrams: Remembered,
    packets: u64,
}

#[derive(Debug, Default)]
struct Followed {
    stream: Stream,
    /// The number of the packet that was its last.
    touched: u64,
}

impl Reader {
    /// What a packet completes: no event, one, or as many as messages end in it.
    ///
    /// Packets of one connection are to come in their order; [`Nodes::meet`] names their ends.
    pub fn read(&mut self, packet: &Packet, nodes: &mut Nodes) -> Vec<Event> {
        self.packets += 1;
        match packet.transport {
            Transport::Udp => self.datagram(packet, nodes).into_iter().collect(),
            Transport::Tcp => self.segment(packet, nodes),
        }
    }

    fn datagram(&mut self, packet: &Packet, nodes: &mut Nodes) -> Option<Event> {
        // Empty lines keep a NAT's binding open (RFC 5626 §4.4.1).
        if packet.payload.iter().all(|octet| b"\r\n\0".contains(octet)) {
            return None;
        }
        let mut label = label::sip(&packet.payload);
        if self
            .datagrams
            .saw((packet.from, packet.to), &packet.payload)
        {
            label.passage = Passage::Again;
        }
        Some(event(packet, nodes, label, packet.payload.clone()))
    }

    fn segment(&mut self, packet: &Packet, nodes: &mut Nodes) -> Vec<Event> {
        let direction = (packet.from, packet.to);
        if packet
            .segment
            .is_some_and(|segment| segment.syn || segment.rst)
        {
            self.streams.remove(&direction);
        }
        if packet.payload.is_empty() {
            return Vec::new();
        }
        if !self.streams.contains_key(&direction) && self.streams.len() == MAX_STREAMS {
            let silent = self
                .streams
                .iter()
                .min_by_key(|(_, followed)| followed.touched);
            let silent = silent.map(|(&direction, _)| direction);
            silent.and_then(|direction| self.streams.remove(&direction));
        }
        let followed = self.streams.entry(direction).or_default();
        followed.touched = self.packets;
        let pieces = followed.stream.take(&packet.payload);
        let read = |piece| match piece {
            Piece::Message(octets) => {
                let label = label::diameter(&octets);
                event(packet, nodes, label, octets)
            }
            Piece::Garbage(octets) => {
                let label = label::unreadable(&octets);
                event(packet, nodes, label, octets)
            }
        };
        pieces.into_iter().map(read).collect()
    }
}

fn event(packet: &Packet, nodes: &mut Nodes, label: Label, octets: Bytes) -> Event {
    Event {
        time: packet.time,
        from: nodes.meet(packet.from),
        to: nodes.meet(packet.to),
        protocol: label.protocol,
        label: label.label,
        detail: label.detail,
        outcome: label.outcome,
        passage: label.passage,
        purpose: label.purpose,
        octets,
    }
}

/// The last [`MAX_REMEMBERED`] datagrams, by a keyed hash: nobody outside can choose two that collide.
#[derive(Debug, Default)]
struct Remembered {
    key: RandomState,
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Remembered {
    /// Whether these very octets went this way before.
    fn saw(&mut self, ends: (SocketAddr, SocketAddr), octets: &[u8]) -> bool {
        let hash = self.key.hash_one((ends, octets));
        if !self.known.insert(hash) {
            return true;
        }
        self.order.push_back(hash);
        if self.order.len() > MAX_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use capture::Segment;

    use super::*;
    use crate::event::Outcome;

    const REGISTER: &[u8] = b"REGISTER sip:home.example SIP/2.0\r\nCall-ID: a\r\n\r\n";

    /// A DWR with an Origin-Host (RFC 6733 §5.5.1).
    const DWR: &[u8] = b"\x01\x00\x00\x20\x80\x00\x01\x18\0\0\0\0\0\0\0\x01\0\0\0\x01\
                         \x00\x00\x01\x08\x40\x00\x00\x0bhss\x00";

    fn packet(transport: Transport, port: u16, payload: &[u8]) -> Packet {
        Packet {
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1),
            direction: None,
            interface: None,
            transport,
            from: SocketAddr::from(([192, 0, 2, 1], port)),
            to: SocketAddr::from(([192, 0, 2, 2], 5060)),
            payload: Bytes::copy_from_slice(payload),
            segment: None,
            comment: None,
        }
    }

    fn labels(events: &[Event]) -> Vec<String> {
        let text = |event: &Event| format!("{} {:?}", event.label, event.passage);
        events.iter().map(text).collect()
    }

    #[test]
    fn a_datagram_seen_again_is_a_retransmission() {
        let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
        let mut read = |port, payload| {
            labels(&reader.read(&packet(Transport::Udp, port, payload), &mut nodes))
        };
        assert_eq!(read(5060, REGISTER), ["REGISTER First"]);
        assert_eq!(read(5060, REGISTER), ["REGISTER Again"]);
        assert_eq!(read(5061, REGISTER), ["REGISTER First"]);
        assert_eq!(
            read(5060, b"SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n"),
            ["200 First"]
        );
    }

    #[test]
    fn what_is_remembered_of_datagrams_is_bounded() {
        let mut remembered = Remembered::default();
        let ends = (
            SocketAddr::from(([192, 0, 2, 1], 1)),
            SocketAddr::from(([192, 0, 2, 2], 2)),
        );
        for number in 0..=MAX_REMEMBERED as u64 {
            assert!(!remembered.saw(ends, &number.to_be_bytes()));
        }
        assert_eq!(remembered.known.len(), MAX_REMEMBERED);
        assert!(!remembered.saw(ends, &0_u64.to_be_bytes()));
        assert!(remembered.saw(ends, &2_u64.to_be_bytes()));
    }

    #[test]
    fn keep_alives_are_no_messages() {
        let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
        for payload in [&b"\r\n\r\n"[..], b"\r\n", b"\0", b""] {
            assert!(
                reader
                    .read(&packet(Transport::Udp, 1, payload), &mut nodes)
                    .is_empty()
            );
        }
    }

    #[test]
    fn messages_of_a_stream_are_put_together_for_each_direction() {
        let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
        let mut read = |port, payload: &[u8]| {
            labels(&reader.read(&packet(Transport::Tcp, port, payload), &mut nodes))
        };
        assert!(read(1, &DWR[..10]).is_empty());
        assert_eq!(read(2, &[DWR, DWR].concat()), ["DWR First", "DWR First"]);
        assert_eq!(read(1, &DWR[10..]), ["DWR First"]);
    }

    #[test]
    fn a_new_connection_on_the_same_ports_begins_anew() {
        let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
        reader.read(&packet(Transport::Tcp, 1, &DWR[..10]), &mut nodes);
        let syn = Segment {
            sequence: 0,
            acknowledgment: None,
            syn: true,
            fin: false,
            rst: false,
        };
        let opened = Packet {
            segment: Some(syn),
            ..packet(Transport::Tcp, 1, b"")
        };
        assert!(reader.read(&opened, &mut nodes).is_empty());
        assert_eq!(
            labels(&reader.read(&packet(Transport::Tcp, 1, DWR), &mut nodes)),
            ["DWR First"]
        );
    }

    #[test]
    fn streams_are_bounded_and_the_silent_one_goes() {
        let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
        for port in 0..=MAX_STREAMS as u16 {
            reader.read(&packet(Transport::Tcp, port, &DWR[..10]), &mut nodes);
            reader.read(&packet(Transport::Tcp, 1, b""), &mut nodes);
        }
        assert_eq!(reader.streams.len(), MAX_STREAMS);
        let last = packet(Transport::Tcp, MAX_STREAMS as u16, &DWR[10..]);
        assert_eq!(labels(&reader.read(&last, &mut nodes)), ["DWR First"]);
        let first = packet(Transport::Tcp, 0, &DWR[10..]);
        assert_eq!(
            reader.read(&first, &mut nodes)[0].outcome,
            Outcome::Unreadable
        );
    }

    #[test]
    fn any_octets_are_read_without_a_panic() {
        let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
        for at in 0..DWR.len() {
            for octet in [0, 1, 0x7f, 0x80, 0xff] {
                let mut broken = DWR.to_vec();
                broken[at] = octet;
                let port = at as u16;
                reader.read(&packet(Transport::Tcp, port, &broken), &mut nodes);
                reader.read(&packet(Transport::Udp, port, &broken), &mut nodes);
            }
        }
    }
}
