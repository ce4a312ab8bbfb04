//! Packets made one after another, and what is read in them.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Packet, Segment, Transport};
use flow::{Event, Limits, Nodes, Reader};

pub(crate) const OPTIONS: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nhi";
pub(crate) const OK: &[u8] = b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n";

/// A DWR with an Origin-Host (RFC 6733 §5.5.1).
pub(crate) const DWR: &[u8] = b"\x01\x00\x00\x20\x80\x00\x01\x18\0\0\0\0\0\0\0\x01\0\0\0\x01\
                                \x00\x00\x01\x08\x40\x00\x00\x0bhss\x00";

pub(crate) const PLAIN: Segment = Segment {
    sequence: 0,
    acknowledgment: None,
    syn: false,
    fin: false,
    rst: false,
};

/// A capture in the making: the packets are numbered from 1, and 1 ms apart.
pub(crate) struct Scene {
    pub(crate) reader: Reader,
    pub(crate) nodes: Nodes,
    packets: u64,
    paused: Duration,
    /// Octets that the next packets lack.
    missing: u32,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        Scene::with(Reader::default())
    }

    pub(crate) fn limited(limits: Limits) -> Scene {
        Scene::with(Reader::new(limits))
    }

    pub(crate) fn with(reader: Reader) -> Scene {
        Scene {
            reader,
            nodes: Nodes::new([]),
            packets: 0,
            paused: Duration::ZERO,
            missing: 0,
        }
    }

    /// Time passes in which nothing is captured.
    pub(crate) fn pass(&mut self, pause: Duration) {
        self.paused += pause;
    }

    /// What comes of a datagram from one port to another.
    pub(crate) fn datagram(&mut self, ports: (u16, u16), payload: &[u8]) -> Vec<String> {
        self.packet(ports, Transport::Udp, None, payload)
    }

    /// What comes of a datagram of which not all was captured.
    pub(crate) fn cut(&mut self, ports: (u16, u16), payload: &[u8], missing: u32) -> Vec<String> {
        self.missing = missing;
        let told = self.datagram(ports, payload);
        self.missing = 0;
        told
    }

    /// What comes of a user message of SCTP from one port to another.
    pub(crate) fn message(&mut self, ports: (u16, u16), payload: &[u8]) -> Vec<String> {
        self.packet(ports, Transport::Sctp, None, payload)
    }

    /// What comes of a segment from one port to another.
    pub(crate) fn segment(
        &mut self,
        ports: (u16, u16),
        segment: Segment,
        payload: &[u8],
    ) -> Vec<String> {
        self.packet(ports, Transport::Tcp, Some(segment), payload)
    }

    /// A segment of nothing but octets from `sequence` on.
    pub(crate) fn data(&mut self, ports: (u16, u16), sequence: u32, payload: &[u8]) -> Vec<String> {
        self.segment(ports, Segment { sequence, ..PLAIN }, payload)
    }

    /// The same, of which not all was captured.
    pub(crate) fn cut_data(
        &mut self,
        ports: (u16, u16),
        sequence: u32,
        payload: &[u8],
        missing: u32,
    ) -> Vec<String> {
        self.missing = missing;
        let told = self.data(ports, sequence, payload);
        self.missing = 0;
        told
    }

    /// The SYN before the octet 0.
    pub(crate) fn syn(&mut self, ports: (u16, u16)) {
        let segment = Segment {
            sequence: u32::MAX,
            syn: true,
            ..PLAIN
        };
        assert_eq!(self.segment(ports, segment, b""), NOTHING);
    }

    pub(crate) fn finish(&mut self) -> Vec<String> {
        let events = self.reader.finish(&mut self.nodes);
        self.told(&events)
    }

    fn packet(
        &mut self,
        (from, to): (u16, u16),
        transport: Transport,
        segment: Option<Segment>,
        payload: &[u8],
    ) -> Vec<String> {
        self.packets += 1;
        let packet = Packet {
            numbers: Numbers::one(self.packets),
            time: SystemTime::UNIX_EPOCH + self.paused + Duration::from_millis(self.packets),
            direction: None,
            interface: None,
            transport,
            from: SocketAddr::from(([192, 0, 2, 1], from)),
            to: SocketAddr::from(([192, 0, 2, 2], to)),
            payload: Bytes::copy_from_slice(payload),
            missing: self.missing,
            segment,
            comment: None,
        };
        let packet = match from < to {
            true => packet,
            // The lower port is always that of 192.0.2.1.
            false => Packet {
                from: SocketAddr::from(([192, 0, 2, 2], from)),
                to: SocketAddr::from(([192, 0, 2, 1], to)),
                ..packet
            },
        };
        let events = self.reader.read(&packet, &mut self.nodes);
        self.told(&events)
    }

    /// Events by their packets and labels, then notices as they are shown.
    fn told(&mut self, events: &[Event]) -> Vec<String> {
        let events = events.iter().map(|event| {
            let Event {
                packets,
                label,
                detail,
                outcome,
                passage,
                missing,
                ..
            } = event;
            match (outcome, passage) {
                (flow::event::Outcome::Unreadable, _) => format!("{packets}: {label}, {detail}"),
                _ if *missing > 0 => format!("{packets}: {label}, {detail}"),
                (_, flow::event::Passage::Again) => format!("{packets}: {label} again"),
                _ => format!("{packets}: {label}"),
            }
        });
        let mut told: Vec<String> = events.collect();
        for notice in self.reader.take_notices() {
            told.push(format!("{}: ({})", notice.packets, notice.kind));
        }
        told
    }
}

pub(crate) const NOTHING: [&str; 0] = [];
