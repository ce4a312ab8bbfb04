//! IP datagrams put together from their fragments (RFC 791 §3.2, RFC 8200 §4.5).

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hashlink::LinkedHashMap;

use crate::fault::{Fault, FaultKind};
use crate::packet::Numbers;

/// How many datagrams wait for fragments at once; with one more, the one that waits for longest is given up.
pub const MAX_FRAGMENTED: usize = 1_024;
/// What waiting fragments take, octets, with 128 more for each; with more, the datagram that waits for longest is
/// given up.
pub const MAX_FRAGMENT_OCTETS: usize = 16 << 20;
/// How long fragments wait for each other, by the times of the capture (RFC 8200 §4.5).
pub const MAX_FRAGMENT_AGE: Duration = Duration::from_secs(60);
/// How long fragments of IPv4 do: its identifications come round within seconds (RFC 6864 §1), hosts may wait less than
/// RFC 1122 §3.3.2 has it, and a capture has what there is at once.
pub const MAX_FRAGMENT_AGE_4: Duration = Duration::from_secs(5);

/// What a fragment takes beside its octets, about.
const PIECE: usize = 128;
/// The longest datagram: the payload length has 16 bits.
const LONGEST: usize = 65_535;

/// What fragments of one datagram share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
    pub(crate) identification: u32,
    /// Of IPv4 alone (RFC 791 §3.2, RFC 8200 §4.5).
    pub(crate) protocol: Option<u8>,
}

/// A part of a datagram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fragment<'a> {
    pub(crate) key: Key,
    /// What the datagram begins with, if this is its beginning.
    pub(crate) protocol: u8,
    /// Where its octets belong, a multiple of eight.
    pub(crate) offset: usize,
    /// The last one has none after it.
    pub(crate) more_follow: bool,
    pub(crate) octets: &'a [u8],
    pub(crate) number: u64,
    pub(crate) time: SystemTime,
}

/// A datagram that is put together.
pub(crate) struct Whole {
    pub(crate) octets: Bytes,
    pub(crate) numbers: Numbers,
    pub(crate) protocol: u8,
}

/// The datagrams under way, in the order in which they began.
#[derive(Default)]
pub(crate) struct Fragments {
    waiting: LinkedHashMap<Key, Datagram>,
    octets: usize,
}

struct Datagram {
    numbers: Numbers,
    began: SystemTime,
    state: State,
}

enum State {
    Waiting(Waiting),
    /// Told already; what else comes of it is dropped (RFC 5722 §4).
    Spoilt,
    /// Given already; kept to know fragments that were captured twice.
    Whole(Bytes),
}

#[derive(Default)]
struct Waiting {
    pieces: BTreeMap<usize, Vec<u8>>,
    /// Known once the first fragment is there.
    protocol: Option<u8>,
    /// Known once the last fragment is there.
    length: Option<usize>,
    octets: usize,
}

impl Fragments {
    /// Takes a fragment; the datagram that it makes whole.
    pub(crate) fn take(
        &mut self,
        fragment: Fragment<'_>,
        faults: &mut VecDeque<Fault>,
    ) -> Option<Whole> {
        self.forget_old(fragment.time, faults);
        let key = fragment.key;
        if key.protocol.is_some() {
            if !fragment.is_possible() {
                faults.push_back(Fault {
                    packet: fragment.number,
                    kind: FaultKind::FragmentsOverlap,
                });
                return None;
            }
            self.begin_anew(&fragment, faults);
        }
        if let Some(Datagram {
            state: State::Whole(whole),
            ..
        }) = self.waiting.get(&key)
        {
            let end = fragment.offset + fragment.octets.len();
            if whole.get(fragment.offset..end) == Some(fragment.octets) {
                return None;
            }
            // Another datagram with the same identification.
            self.remove(&key);
        }
        if !self.waiting.contains_key(&key) {
            if self.waiting.len() == MAX_FRAGMENTED {
                self.give_up_oldest(FaultKind::FragmentsTooMany, faults);
            }
            let datagram = Datagram {
                numbers: Numbers::one(fragment.number),
                began: fragment.time,
                state: State::Waiting(Waiting::default()),
            };
            self.waiting.insert(key, datagram);
        }
        let datagram = self
            .waiting
            .get_mut(&key)
            .expect("is there or was put there");
        let State::Waiting(waiting) = &mut datagram.state else {
            return None;
        };
        let before = waiting.octets;
        let added = waiting.add(&fragment);
        self.octets += waiting.octets - before;
        if let Err(Contradiction) = added {
            self.octets -= waiting.octets;
            faults.push_back(Fault {
                packet: datagram.numbers.first,
                kind: FaultKind::FragmentsOverlap,
            });
            datagram.state = State::Spoilt;
            return None;
        }
        datagram.numbers = datagram.numbers.and(Numbers::one(fragment.number));
        if let Some(octets) = waiting.whole() {
            self.octets = self.octets - waiting.octets + octets.len();
            let whole = Whole {
                octets: octets.clone(),
                numbers: datagram.numbers,
                protocol: waiting.protocol.unwrap_or(fragment.protocol),
            };
            datagram.state = State::Whole(octets);
            self.keep_within(faults);
            return Some(whole);
        }
        self.keep_within(faults);
        None
    }

    /// Identifications of IPv4 come round soon (RFC 6864 §4): what cannot be of the datagram that waits is of another,
    /// and nothing more comes of the one before. RFC 5722 is of IPv6 alone.
    fn begin_anew(&mut self, fragment: &Fragment<'_>, faults: &mut VecDeque<Fault>) {
        let Some(Datagram {
            numbers,
            began,
            state: State::Waiting(waiting),
        }) = self.waiting.get(&fragment.key)
        else {
            return;
        };
        let age = fragment.time.duration_since(*began).unwrap_or_default();
        if age > MAX_FRAGMENT_AGE_4 || waiting.check(fragment).is_err() {
            faults.push_back(Fault {
                packet: numbers.first,
                kind: FaultKind::FragmentsMissing,
            });
            self.remove(&fragment.key);
        }
    }

    /// Nothing more comes: those that still wait do so in vain.
    pub(crate) fn finish(&mut self, faults: &mut VecDeque<Fault>) {
        while !self.waiting.is_empty() {
            self.give_up_oldest(FaultKind::FragmentsMissing, faults);
        }
    }

    fn keep_within(&mut self, faults: &mut VecDeque<Fault>) {
        while self.octets > MAX_FRAGMENT_OCTETS {
            self.give_up_oldest(FaultKind::FragmentsTooMany, faults);
        }
    }

    fn forget_old(&mut self, now: SystemTime, faults: &mut VecDeque<Fault>) {
        while let Some((_, oldest)) = self.waiting.front() {
            // A capture whose clock was set back keeps what waits.
            match now.duration_since(oldest.began) {
                Ok(age) if age > MAX_FRAGMENT_AGE => {
                    self.give_up_oldest(FaultKind::FragmentsMissing, faults);
                }
                _ => return,
            }
        }
    }

    fn give_up_oldest(&mut self, kind: FaultKind, faults: &mut VecDeque<Fault>) {
        let Some(key) = self.waiting.front().map(|(key, _)| *key) else {
            return;
        };
        if let Some(Datagram {
            numbers,
            state: State::Waiting(_),
            ..
        }) = self.remove(&key)
        {
            let packet = numbers.first;
            faults.push_back(Fault { packet, kind });
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Datagram> {
        let datagram = self.waiting.remove(key)?;
        self.octets -= match &datagram.state {
            State::Waiting(waiting) => waiting.octets,
            State::Whole(whole) => whole.len(),
            State::Spoilt => 0,
        };
        Some(datagram)
    }
}

/// Fragments that cannot be of one datagram.
struct Contradiction;

/// What a fragment is to those before.
enum New {
    Yes,
    No,
}

impl Fragment<'_> {
    fn end(&self) -> usize {
        self.offset + self.octets.len()
    }

    /// All but the last are multiples of eight octets (RFC 791 §3.2, RFC 8200 §4.5).
    fn is_possible(&self) -> bool {
        let is_full = self.octets.len().is_multiple_of(8) || !self.more_follow;
        !self.octets.is_empty() && self.end() <= LONGEST && is_full
    }
}

impl Waiting {
    fn add(&mut self, fragment: &Fragment<'_>) -> Result<(), Contradiction> {
        if let New::No = self.check(fragment)? {
            return Ok(());
        }
        let Fragment { offset, octets, .. } = *fragment;
        if !fragment.more_follow {
            self.length = Some(fragment.end());
        }
        if offset == 0 {
            self.protocol = Some(fragment.protocol);
        }
        self.octets += octets.len() + PIECE;
        self.pieces.insert(offset, octets.to_vec());
        Ok(())
    }

    fn check(&self, fragment: &Fragment<'_>) -> Result<New, Contradiction> {
        let Fragment { offset, octets, .. } = *fragment;
        let end = fragment.end();
        let reaches = self.pieces.last_key_value();
        let reaches = reaches.map_or(0, |(offset, piece)| offset + piece.len());
        let length = match fragment.more_follow {
            true => self.length,
            false => Some(end),
        };
        let other_length = self.length.is_some() && self.length != length;
        let too_long = length.is_some_and(|length| end.max(reaches) > length);
        if !fragment.is_possible() || other_length || too_long {
            return Err(Contradiction);
        }
        if self.pieces.get(&offset).is_some_and(|it| it == octets) {
            return Ok(New::No);
        }
        let before = self.pieces.range(..=offset).next_back();
        let after = self.pieces.range(offset..).next();
        if before.is_some_and(|(at, piece)| at + piece.len() > offset)
            || after.is_some_and(|(at, _)| *at < end)
        {
            return Err(Contradiction);
        }
        Ok(New::Yes)
    }

    fn whole(&self) -> Option<Bytes> {
        let length = self.length?;
        if self.octets - PIECE * self.pieces.len() < length {
            return None;
        }
        let mut whole = Vec::with_capacity(length);
        for piece in self.pieces.values() {
            whole.extend_from_slice(piece);
        }
        Some(whole.into())
    }
}
