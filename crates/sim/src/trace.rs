//! What was sent, in order: hashed whole, kept as far as the limits go, written out as pcapng.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Direction, Message, Recorder, Transport};

use crate::host::EPOCH;

/// How many packets a trace keeps; older ones only live on in the hash.
pub const TRACE_PACKETS: usize = 65_536;
/// How many octets of payload a trace keeps.
pub const TRACE_OCTETS: usize = 64 << 20;

/// One packet as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedPacket {
    /// Virtual time since the start of the run.
    pub at: Duration,
    /// Its sender.
    pub from: SocketAddr,
    /// Its destination.
    pub to: SocketAddr,
    /// What kind of packet.
    pub event: Event,
    /// What it carried.
    pub payload: Bytes,
}

/// The kinds of packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A datagram, and what the link does to it.
    Datagram(Fate),
    /// A connection is asked for.
    Connect,
    /// Octets of a stream, as the sender wrote them.
    Data,
    /// A sender has no more to say.
    Finish,
    /// A connection is broken off.
    Reset,
}

/// What a link does to a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives once, in its turn.
    Delivered,
    /// It is lost.
    Lost,
    /// It arrives twice.
    Duplicated,
    /// It is held back.
    HeldBack,
    /// The link is cut.
    Cut,
}

pub(crate) struct Trace {
    digest: Digest,
    sent: u64,
    kept: VecDeque<TracedPacket>,
    octets: usize,
}

impl Trace {
    pub(crate) fn new() -> Trace {
        Trace {
            digest: Digest::new(),
            sent: 0,
            kept: VecDeque::new(),
            octets: 0,
        }
    }

    pub(crate) fn add(&mut self, packet: TracedPacket) {
        self.digest.add_packet(&packet);
        self.sent += 1;
        self.octets += packet.payload.len();
        self.kept.push_back(packet);
        while self.kept.len() > TRACE_PACKETS || self.octets > TRACE_OCTETS {
            let Some(oldest) = self.kept.pop_front() else {
                return;
            };
            self.octets -= oldest.payload.len();
        }
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    pub(crate) fn hash(&self) -> u64 {
        self.digest.value()
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = &TracedPacket> {
        self.kept.iter()
    }
}

/// The packets as a pcapng file, each sender an interface of its own.
pub(crate) fn pcapng(packets: &[TracedPacket]) -> Vec<u8> {
    let written = write_pcapng(packets);
    written.expect("memory takes what is written, and the network let no other packets pass")
}

fn write_pcapng(packets: &[TracedPacket]) -> io::Result<Vec<u8>> {
    let mut recorder = Recorder::new(Vec::new(), "sim")?;
    // A call shows once it was answered: by the first octets that pass.
    let mut calls = BTreeSet::new();
    for packet in packets {
        let TracedPacket { from, to, .. } = *packet;
        recorder.switch_to(&from.ip().to_string())?;
        let time = SystemTime::UNIX_EPOCH + EPOCH + packet.at;
        let mut message = Message {
            time,
            direction: Direction::Sent,
            transport: Transport::Udp,
            from,
            to,
            payload: &packet.payload,
            comment: None,
        };
        match packet.event {
            Event::Datagram(fate) => {
                message.comment = fate.comment();
                recorder.record(&message)?;
            }
            Event::Connect => {
                calls.insert((from, to));
            }
            Event::Data => {
                if calls.remove(&(to, from)) {
                    recorder.opened(time, Direction::Received, to, from)?;
                }
                message.transport = Transport::Tcp;
                recorder.record(&message)?;
            }
            Event::Finish => recorder.finished(time, Direction::Sent, from, to)?,
            Event::Reset => recorder.reset(time, Direction::Sent, from, to)?,
        }
    }
    Ok(recorder.into_inner())
}

impl Fate {
    fn comment(self) -> Option<&'static str> {
        match self {
            Fate::Delivered => None,
            Fate::Lost => Some("lost"),
            Fate::Duplicated => Some("arrives twice"),
            Fate::HeldBack => Some("held back"),
            Fate::Cut => Some("lost: the link is cut"),
        }
    }
}

/// FNV-1a, 64 bits: the same on every machine and toolchain, so that a hash can be told to somebody.
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) fn new() -> Digest {
        Digest(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn value(&self) -> u64 {
        self.0
    }

    pub(crate) fn add(&mut self, octets: &[u8]) {
        for octet in octets {
            self.0 = (self.0 ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn add_ip(&mut self, ip: IpAddr) {
        match ip {
            IpAddr::V4(ip) => self.add(&ip.octets()),
            IpAddr::V6(ip) => self.add(&ip.octets()),
        }
    }

    fn add_packet(&mut self, packet: &TracedPacket) {
        self.add(&(packet.at.as_nanos() as u64).to_be_bytes());
        for end in [packet.from, packet.to] {
            self.add_ip(end.ip());
            self.add(&end.port().to_be_bytes());
        }
        let event = match packet.event {
            Event::Datagram(Fate::Delivered) => 0,
            Event::Datagram(Fate::Lost) => 1,
            Event::Datagram(Fate::Duplicated) => 2,
            Event::Datagram(Fate::HeldBack) => 3,
            Event::Datagram(Fate::Cut) => 4,
            Event::Connect => 5,
            Event::Data => 6,
            Event::Finish => 7,
            Event::Reset => 8,
        };
        self.add(&[event]);
        self.add(&(packet.payload.len() as u64).to_be_bytes());
        self.add(&packet.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_fnv_1a() {
        // Vectors of draft-eastlake-fnv, appendix C.
        for (text, value) in [
            (&b""[..], 0xcbf2_9ce4_8422_2325),
            (b"a", 0xaf63_dc4c_8601_ec8c),
            (b"foobar", 0x8594_4171_f739_67e8),
        ] {
            let mut digest = Digest::new();
            digest.add(text);
            assert_eq!(digest.value(), value);
        }
    }

    #[test]
    fn the_trace_keeps_the_newest_packets_within_its_limits() {
        let mut trace = Trace::new();
        let end: SocketAddr = "10.0.0.1:1".parse().expect("an address");
        let payload = Bytes::from(vec![0; TRACE_OCTETS / 4]);
        for number in 0..6 {
            trace.add(TracedPacket {
                at: Duration::from_secs(number),
                from: end,
                to: end,
                event: Event::Data,
                payload: payload.clone(),
            });
        }
        let kept: Vec<_> = trace.kept().map(|packet| packet.at.as_secs()).collect();
        assert_eq!(kept, [2, 3, 4, 5]);
        assert_eq!(trace.sent(), 6);
        for _ in 0..TRACE_PACKETS + 1 {
            trace.add(TracedPacket {
                at: Duration::ZERO,
                from: end,
                to: end,
                event: Event::Finish,
                payload: Bytes::new(),
            });
        }
        assert_eq!(trace.kept().count(), TRACE_PACKETS);
    }
}
