//! From packets to events.

use std::time::SystemTime;

use capture::{Packet, Secrets, Transport};

use crate::connections::{Connections, Sequence};
use crate::counts::Counts;
use crate::datagrams::Datagrams;
use crate::event::Event;
use crate::limits::Limits;
use crate::node::Nodes;
use crate::notice::Notice;
use crate::sink::{Found, Out};
use crate::tls::key_log::{BadLine, KeyLog};

/// Finds SIP and Diameter in packets: on any port, by what they look like.
///
/// What is neither is counted; it is told where SIP or Diameter is expected, which is on their ports (5060, 5061, 3868,
/// 5868), at addresses that SIP was sent to in datagrams, and in streams in which messages were found.
pub struct Reader {
    connections: Connections,
    datagrams: Datagrams,
    found: Found,
    time: SystemTime,
    are_keys_late: bool,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader::new(Limits::default())
    }
}

impl Reader {
    /// For the packets of one capture: TCP is put in order by its sequence numbers.
    #[must_use]
    pub fn new(limits: Limits) -> Reader {
        Reader::with(limits, Sequence::Numbered)
    }

    /// For packets that several captures of our own sighted: each has numbered what it saw in its own way, and
    /// nothing was lost, so that segments are taken as they come.
    #[must_use]
    pub fn as_they_come(limits: Limits) -> Reader {
        Reader::with(limits, Sequence::AsTheyCome)
    }

    fn with(limits: Limits, sequence: Sequence) -> Reader {
        Reader {
            connections: Connections::new(limits, sequence),
            datagrams: Datagrams::default(),
            found: Found::default(),
            time: SystemTime::UNIX_EPOCH,
            are_keys_late: false,
        }
    }

    /// The same, with secrets for what is encrypted.
    #[must_use]
    pub fn with_keys(mut self, keys: KeyLog) -> Reader {
        *self.connections.keys() = keys;
        self
    }

    /// Takes secrets that stand in the capture; of another kind than a key log of TLS they are passed over.
    ///
    /// # Errors
    /// The first line, from 1, that is wrong; the others are taken all the same.
    pub fn learn(&mut self, secrets: &Secrets) -> Result<(), (usize, BadLine)> {
        if secrets.kind != Secrets::TLS_KEY_LOG {
            return Ok(());
        }
        let keys = self.connections.keys();
        let before = keys.len();
        let read = keys.read(&secrets.octets);
        let are_new = keys.len() > before;
        self.are_keys_late |= are_new && self.found.counts.tls_without_key > 0;
        read
    }

    /// Whether secrets came after a connection that there was no key for: read once more with [`Reader::take_keys`],
    /// it may have one.
    #[must_use]
    pub fn are_keys_late(&self) -> bool {
        self.are_keys_late
    }

    /// All secrets, those that stood in the capture among them.
    #[must_use]
    pub fn take_keys(&mut self) -> KeyLog {
        std::mem::take(self.connections.keys())
    }

    /// What a packet completes: no event, one, or as many as messages end in it; [`Nodes::meet`] names their ends.
    pub fn read(&mut self, packet: &Packet, nodes: &mut Nodes) -> Vec<Event> {
        self.time = packet.time;
        let found = &mut self.found;
        let mut out = Out { found, nodes };
        match packet.transport {
            Transport::Udp | Transport::Sctp => {
                let mut sink = out.between(packet.transport, packet.from, packet.to);
                self.datagrams.take(packet, &mut sink);
            }
            Transport::Tcp => self.connections.take(packet, &mut out),
        }
        std::mem::take(&mut self.found.events)
    }

    /// To be called once no more is to come: what waited for octets that were not captured.
    pub fn finish(&mut self, nodes: &mut Nodes) -> Vec<Event> {
        let found = &mut self.found;
        self.connections
            .finish(self.time, &mut Out { found, nodes });
        std::mem::take(&mut self.found.events)
    }

    /// What is to be told beside the events, since it was asked for last: at most [`crate::sink::MAX_NOTICES`].
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.found.notices)
    }

    /// What waits and what is begun of messages takes about so many octets: at most [`Limits::held`].
    #[must_use]
    pub fn held(&self) -> usize {
        self.connections.held()
    }

    /// How much there was so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.found.counts
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::{Duration, SystemTime};

    use bytes::Bytes;
    use capture::{Numbers, Segment};

    use super::*;
    use crate::event::Outcome;

    const REGISTER: &[u8] = b"REGISTER sip:home.example SIP/2.0\r\nCall-ID: a\r\n\r\n";

    /// A DWR with an Origin-Host (RFC 6733 §5.5.1).
    const DWR: &[u8] = b"\x01\x00\x00\x20\x80\x00\x01\x18\0\0\0\0\0\0\0\x01\0\0\0\x01\
                         \x00\x00\x01\x08\x40\x00\x00\x0bhss\x00";

    fn packet(transport: Transport, port: u16, payload: &[u8]) -> Packet {
        Packet {
            numbers: Numbers::one(7),
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1),
            direction: None,
            interface: None,
            transport,
            from: SocketAddr::from(([192, 0, 2, 1], port)),
            to: SocketAddr::from(([192, 0, 2, 2], 5060)),
            payload: Bytes::copy_from_slice(payload),
            missing: 0,
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
    fn connections_are_bounded_and_the_silent_one_goes() {
        const CONNECTIONS: usize = 64;
        let limits = Limits {
            connections: CONNECTIONS,
            ..Limits::default()
        };
        let (mut reader, mut nodes) = (Reader::new(limits), Nodes::new([]));
        for port in 0..=CONNECTIONS as u16 {
            reader.read(&packet(Transport::Tcp, port, &DWR[..10]), &mut nodes);
            reader.read(&packet(Transport::Tcp, 1, b""), &mut nodes);
        }
        let last = packet(Transport::Tcp, CONNECTIONS as u16, &DWR[10..]);
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
