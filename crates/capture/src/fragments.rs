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
    pub(crate) protocol: u8,
}

/// A part of a datagram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fragment<'a> {
    pub(crate) key: Key,
    /// Where its octets belong, a multiple of eight.
    pub(crate) offset: usize,
    /// The last one has none after it.
    pub(crate) more_follow: bool,
    pub(crate) octets: &'a [u8],
    pub(crate) number: u64,
    pub(crate) time: SystemTime,
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
    /// Known once the last fragment is there.
    length: Option<usize>,
    octets: usize,
}

impl Fragments {
    /// Takes a fragment; the datagram that it makes whole, and the packets that this one came in.
    pub(crate) fn take(
        &mut self,
        fragment: Fragment<'_>,
        faults: &mut VecDeque<Fault>,
    ) -> Option<(Bytes, Numbers)> {
        self.forget_old(fragment.time, faults);
        let key = fragment.key;
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
        if let Some(whole) = waiting.whole() {
            self.octets = self.octets - waiting.octets + whole.len();
            datagram.state = State::Whole(whole.clone());
            let numbers = datagram.numbers;
            self.keep_within(faults);
            return Some((whole, numbers));
        }
        self.keep_within(faults);
        None
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

impl Waiting {
    fn add(&mut self, fragment: &Fragment<'_>) -> Result<(), Contradiction> {
        let Fragment {
            offset,
            octets,
            more_follow,
            ..
        } = *fragment;
        let end = offset + octets.len();
        // RFC 8200 §4.5: all but the last are multiples of eight octets.
        if octets.is_empty() || end > LONGEST || (more_follow && octets.len() % 8 != 0) {
            return Err(Contradiction);
        }
        let reaches = self.pieces.last_key_value();
        let reaches = reaches.map_or(0, |(offset, piece)| offset + piece.len());
        let length = match more_follow {
            true => self.length,
            false => Some(end),
        };
        let other_length = self.length.is_some() && self.length != length;
        if other_length || length.is_some_and(|length| end.max(reaches) > length) {
            return Err(Contradiction);
        }
        if self
            .pieces
            .get(&offset)
            .is_some_and(|piece| piece == octets)
        {
            return Ok(());
        }
        let before = self.pieces.range(..=offset).next_back();
        let after = self.pieces.range(offset..).next();
        if before.is_some_and(|(at, piece)| at + piece.len() > offset)
            || after.is_some_and(|(at, _)| *at < end)
        {
            return Err(Contradiction);
        }
        self.length = length;
        self.octets += octets.len() + PIECE;
        self.pieces.insert(offset, octets.to_vec());
        Ok(())
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
