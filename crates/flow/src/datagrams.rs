//! What datagrams carry, and the user messages of SCTP.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

use capture::{Packet, Transport};
use foldhash::fast::RandomState;

use crate::content::{Look, look};
use crate::event::{Passage, Protocol};
use crate::label;
use crate::port;
use crate::sink::Sink;

/// Datagrams among which a retransmission is noticed.
const MAX_REMEMBERED: usize = 4_096;

/// Addresses that SIP was sent from or to of which is known that they speak it.
const MAX_SPEAKERS: usize = 4_096;

/// What is known of the datagrams before.
#[derive(Debug)]
pub(crate) struct Datagrams {
    seen: Remembered,
    speakers: Remembered,
}

impl Default for Datagrams {
    fn default() -> Datagrams {
        Datagrams {
            seen: Remembered::new(MAX_REMEMBERED),
            speakers: Remembered::new(MAX_SPEAKERS),
        }
    }
}

impl Datagrams {
    /// Takes a datagram or a user message: a message of ours, or what is told where messages are expected.
    pub(crate) fn take(&mut self, packet: &Packet, sink: &mut Sink<'_>) {
        let payload = &packet.payload;
        if packet.missing > 0 && payload.is_empty() {
            return;
        }
        // Empty lines keep a NAT's binding open (RFC 5626 §4.4.1).
        if payload.iter().all(|octet| b"\r\n\0".contains(octet)) {
            sink.found.counts.keep_alives += 1;
            return;
        }
        let label = match look(payload) {
            Look::Sip => {
                sink.found.counts.sip += 1;
                self.speakers.saw(packet.from);
                self.speakers.saw(packet.to);
                let mut label = match packet.missing {
                    0 => label::sip(payload),
                    missing => label::cut_sip(payload, missing),
                };
                if self.seen.saw((packet.from, packet.to, payload)) {
                    label.passage = Passage::Again;
                }
                label
            }
            // Over SCTP each is a message by itself (RFC 6733 §2.1.1).
            Look::Diameter if packet.transport == Transport::Sctp => {
                sink.found.counts.diameter += 1;
                let mut label = label::diameter(payload);
                if self.seen.saw((packet.from, packet.to, payload)) {
                    label.passage = Passage::Again;
                }
                label
            }
            Look::Stun => {
                sink.found.counts.stun += 1;
                if !self.is_sip(packet) {
                    return;
                }
                label::stun(payload)
            }
            _ => {
                let is_expected = match packet.transport {
                    Transport::Sctp => port::expected(packet.from, packet.to).is_some(),
                    _ => self.is_sip(packet),
                };
                if !is_expected {
                    sink.found.counts.other_datagrams += 1;
                    return;
                }
                label::unreadable(payload)
            }
        };
        let octets = payload.clone();
        sink.cut_event(label, octets, packet.missing, packet.numbers, packet.time);
    }

    /// Whether SIP is expected: by a port, or because it was spoken there.
    fn is_sip(&self, packet: &Packet) -> bool {
        port::expected(packet.from, packet.to) == Some(Protocol::Sip)
            || self.speakers.knows(packet.from)
            || self.speakers.knows(packet.to)
    }
}

/// The last of something, by a keyed hash: nobody outside can choose two that collide.
#[derive(Debug)]
struct Remembered {
    limit: usize,
    key: RandomState,
    known: HashSet<u64, RandomState>,
    order: VecDeque<u64>,
}

impl Remembered {
    fn new(limit: usize) -> Remembered {
        Remembered {
            limit,
            key: RandomState::default(),
            known: HashSet::default(),
            order: VecDeque::new(),
        }
    }

    fn knows(&self, what: impl Hash) -> bool {
        self.known.contains(&self.key.hash_one(what))
    }

    /// Whether it was known before.
    fn saw(&mut self, what: impl Hash) -> bool {
        let hash = self.key.hash_one(what);
        if !self.known.insert(hash) {
            return true;
        }
        self.order.push_back(hash);
        if self.order.len() > self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut remembered = Remembered::new(MAX_REMEMBERED);
        for number in 0..=MAX_REMEMBERED as u64 {
            assert!(!remembered.saw(number));
        }
        assert_eq!(remembered.known.len(), MAX_REMEMBERED);
        assert!(!remembered.saw(0_u64));
        assert!(remembered.saw(2_u64));
    }
}
