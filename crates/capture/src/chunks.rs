//! User messages of SCTP put together from their chunks, each chunk once (RFC 9260 §6.2, §6.9).

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;
use std::time::SystemTime;

use bytes::Bytes;
use hashlink::{LinkedHashMap, LinkedHashSet};

use crate::decoder::MAX_BLOCK;
use crate::fault::{Fault, FaultKind};
use crate::fragments::MAX_FRAGMENT_AGE;
use crate::packet::Numbers;
use crate::sctp::{Association, Part};

/// Chunks that are known again when they are sent again: the last ones.
pub const MAX_CHUNKS_KNOWN: usize = 65_536;
/// How many runs of chunks wait for others of their message; with one more, the one that grew longest ago is given up.
pub const MAX_RUNS: usize = 1_024;
/// What they take, octets, with 128 more for each chunk; with more, the one that grew longest ago is given up.
pub const MAX_RUN_OCTETS: usize = 16 << 20;

/// What a chunk takes beside its octets, about.
const PIECE: usize = 128;

/// A chunk of a packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival<'a> {
    pub(crate) association: Association,
    pub(crate) tsn: u32,
    pub(crate) part: Part,
    pub(crate) octets: &'a [u8],
    pub(crate) number: u64,
    pub(crate) time: SystemTime,
}

/// The messages under way.
#[derive(Default)]
pub(crate) struct Chunks {
    key: RandomState,
    known: LinkedHashSet<u64>,
    /// By the first of their numbers; the one that grew longest ago stands first.
    runs: LinkedHashMap<(Association, u32), Run>,
    /// The first number of a run by that behind its last.
    ends: HashMap<(Association, u32), u32>,
    octets: usize,
}

/// Chunks that follow each other: those of one message do (§6.9).
struct Run {
    parts: VecDeque<Vec<u8>>,
    octets: usize,
    begins: bool,
    ends: bool,
    numbers: Numbers,
    grew: SystemTime,
}

impl Chunks {
    /// Whether a chunk comes for the first time: the same once more has the same number and the same octets.
    pub(crate) fn is_new(&mut self, chunk: &Arrival<'_>) -> bool {
        let Arrival {
            association,
            tsn,
            part,
            octets,
            ..
        } = *chunk;
        let hash = self.key.hash_one((association, tsn, part, octets));
        if !self.known.insert(hash) {
            return false;
        }
        if self.known.len() > MAX_CHUNKS_KNOWN {
            self.known.pop_front();
        }
        true
    }

    /// Takes a part of a message; the message that it makes whole, and the packets that this one came in.
    pub(crate) fn take(
        &mut self,
        chunk: &Arrival<'_>,
        faults: &mut VecDeque<Fault>,
    ) -> Option<(Bytes, Numbers)> {
        let Arrival {
            association,
            tsn,
            part,
            ..
        } = *chunk;
        self.forget_old(chunk.time, faults);
        let mut first = tsn;
        let mut run = Run::of(chunk);
        if part != Part::First
            && let Some(&before) = self.ends.get(&(association, tsn))
            && self
                .runs
                .get(&(association, before))
                .is_some_and(|run| !run.ends)
            && let Some(before_it) = self.remove((association, before))
        {
            first = before;
            run = before_it.and(run);
        }
        let after = (association, tsn.wrapping_add(1));
        if part != Part::Last
            && self.runs.get(&after).is_some_and(|run| !run.begins)
            && let Some(behind_it) = self.remove(after)
        {
            run = run.and(behind_it);
        }
        if run.octets > MAX_BLOCK {
            faults.push_back(run.fault(FaultKind::SctpTooMuch));
            return None;
        }
        if run.begins && run.ends {
            return Some((run.whole(), run.numbers));
        }
        self.insert((association, first), run);
        while self.runs.len() > MAX_RUNS || self.octets > MAX_RUN_OCTETS {
            self.give_up_oldest(FaultKind::SctpTooMuch, faults);
        }
        None
    }

    /// Nothing more comes: those that still wait do so in vain.
    pub(crate) fn finish(&mut self, faults: &mut VecDeque<Fault>) {
        while !self.runs.is_empty() {
            self.give_up_oldest(FaultKind::SctpMissing, faults);
        }
    }

    fn forget_old(&mut self, now: SystemTime, faults: &mut VecDeque<Fault>) {
        while let Some((_, oldest)) = self.runs.front() {
            match now.duration_since(oldest.grew) {
                Ok(age) if age > MAX_FRAGMENT_AGE => {
                    self.give_up_oldest(FaultKind::SctpMissing, faults);
                }
                _ => return,
            }
        }
    }

    fn give_up_oldest(&mut self, kind: FaultKind, faults: &mut VecDeque<Fault>) {
        if let Some(key) = self.runs.front().map(|(key, _)| *key)
            && let Some(run) = self.remove(key)
        {
            faults.push_back(run.fault(kind));
        }
    }

    fn insert(&mut self, (association, first): (Association, u32), run: Run) {
        // One that is no longer known may come again with other octets.
        self.remove((association, first));
        self.octets += run.held();
        self.ends.insert((association, run.behind(first)), first);
        self.runs.insert((association, first), run);
    }

    fn remove(&mut self, (association, first): (Association, u32)) -> Option<Run> {
        let run = self.runs.remove(&(association, first))?;
        self.octets -= run.held();
        let end = (association, run.behind(first));
        if self.ends.get(&end) == Some(&first) {
            self.ends.remove(&end);
        }
        Some(run)
    }
}

impl Run {
    fn of(chunk: &Arrival<'_>) -> Run {
        Run {
            parts: VecDeque::from([chunk.octets.to_vec()]),
            octets: chunk.octets.len(),
            begins: chunk.part == Part::First,
            ends: chunk.part == Part::Last,
            numbers: Numbers::one(chunk.number),
            grew: chunk.time,
        }
    }

    /// Both, one after the other; the shorter one is moved, whichever that is.
    fn and(mut self, mut other: Run) -> Run {
        let parts = match self.parts.len() < other.parts.len() {
            true => {
                while let Some(part) = self.parts.pop_back() {
                    other.parts.push_front(part);
                }
                other.parts
            }
            false => {
                self.parts.append(&mut other.parts);
                self.parts
            }
        };
        Run {
            parts,
            octets: self.octets + other.octets,
            begins: self.begins,
            ends: other.ends,
            numbers: self.numbers.and(other.numbers),
            grew: self.grew.max(other.grew),
        }
    }

    /// The number behind its last, if the first is this one.
    fn behind(&self, first: u32) -> u32 {
        first.wrapping_add(self.parts.len() as u32)
    }

    fn held(&self) -> usize {
        self.octets + PIECE * self.parts.len()
    }

    fn whole(&self) -> Bytes {
        let mut whole = Vec::with_capacity(self.octets);
        for part in &self.parts {
            whole.extend_from_slice(part);
        }
        whole.into()
    }

    fn fault(&self, kind: FaultKind) -> Fault {
        let packet = self.numbers.first;
        Fault { packet, kind }
    }
}
