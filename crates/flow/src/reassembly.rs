//! One direction of a TCP connection, put in order by its sequence numbers (RFC 9293 §3.4).
//!
//! ```text
//!            SYN, or the first octets seen                FIN reached, or RST
//!   Unseen ─────────────────────────────────▶ Open ───────────────────────────▶ Ended
//!                                              ▲                                  │
//!                                              └──────────────────────────────────┘
//!                                                    SYN, or octets beyond the end
//! ```
//!
//! Of octets that were captured twice the first count, as in Wireshark; so do those that were captured first where a
//! later segment reaches over them. What was not captured is waited for until the other side has acknowledged it for
//! [`MAX_LATE`], too much waits behind it, or too long.
//!
//! An RST, a FIN and a SYN are believed where the other side believes them (RFC 9293 §3.10.7.4, RFC 5961 §3, §4): an RST
//! at the number that is next, a FIN within the window, a SYN of another connection once something follows it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Segment};

/// How far apart the numbers of one stream may be, octets: farther on it is another stream.
pub const MAX_DISTANCE: u64 = 1 << 26;

/// How long segments wait for those before them, by the times of the capture.
pub const MAX_WAIT: Duration = Duration::from_secs(30);

/// How long a segment may be captured after its acknowledgment, by the times of the capture: where several cards or
/// processors capture, packets come in any order.
pub const MAX_LATE: Duration = Duration::from_millis(100);

/// What a waiting segment takes beside its octets, about.
pub const WAITING_SEGMENT: usize = 128;

/// One direction of a connection.
#[derive(Debug, Default)]
pub struct Reassembly {
    state: State,
    /// Segments behind a gap, by the number of their first octet; no two of them overlap.
    waiting: BTreeMap<u64, Waiting>,
    /// What they take, [`WAITING_SEGMENT`] for each included.
    held: usize,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Unseen,
    Open(Open),
    Ended {
        next: u64,
    },
}

/// Sequence numbers are counted on here beyond 32 bits.
#[derive(Debug)]
struct Open {
    /// Where the stream began: a SYN that leads there is the same SYN.
    start: u32,
    /// What is to come next.
    next: u64,
    /// What the other side has all before.
    acknowledged: u64,
    /// Since when it has what is missing now.
    late: Option<Late>,
    /// Another connection may have begun here.
    syn: Option<Syn>,
    /// Where the FIN stands.
    end: Option<u64>,
    /// The packet that was given last.
    last: u64,
}

/// The other side had all before a number at a time.
#[derive(Debug, Clone, Copy)]
struct Late {
    before: u64,
    since: SystemTime,
}

/// A SYN amid a stream that it does not belong to.
#[derive(Debug, Clone, Copy)]
struct Syn {
    start: u32,
    numbers: Numbers,
}

#[derive(Debug)]
struct Waiting {
    octets: Bytes,
    /// Octets behind these that were cut off.
    missing: u32,
    numbers: Numbers,
    time: SystemTime,
}

/// What comes out of a stream, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Another stream than before begins here.
    Began(Beginning),
    /// The next octets.
    Octets {
        /// At least one. Shares the memory of the packet, but for those that waited.
        octets: Bytes,
        /// The packet that brought them.
        numbers: Numbers,
        /// When it was captured.
        time: SystemTime,
    },
    /// Octets were sent here and not captured.
    Missing {
        /// How many.
        octets: u64,
        /// The packets on both sides of the gap.
        between: Numbers,
    },
    /// The sender has no more to say, or the connection is broken off.
    Ended,
}

/// How much is known of the beginning of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Its SYN was captured.
    AtItsStart,
    /// The capture, or a part of it that numbers join, begins within the stream.
    Within,
}

/// A segment of a packet.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Its place in the stream.
    pub segment: Segment,
    /// What it carries.
    pub octets: &'a Bytes,
    /// How many octets it carried behind these, which are not in the capture.
    pub missing: u32,
    /// The packet that brought it.
    pub numbers: Numbers,
    /// When that was captured.
    pub time: SystemTime,
}

impl Reassembly {
    /// What waits takes about so many octets.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held
    }

    /// Takes a segment of this direction and adds to `pieces` what can be given now; `limit` is what may wait, as
    /// [`Reassembly::held`] counts.
    pub fn take(&mut self, arrival: Arrival<'_>, limit: usize, pieces: &mut Vec<Piece>) {
        let Segment {
            sequence, syn, fin, ..
        } = arrival.segment;
        if arrival.segment.rst {
            if self.may_be_reset_at(sequence) {
                self.finish(pieces);
            }
            return;
        }
        let start = sequence.wrapping_add(u32::from(syn));
        if syn {
            self.open(start, arrival.numbers, pieces);
        }
        if arrival.length() == 0 && !fin {
            return;
        }
        self.settle(start, &arrival, pieces);
        let State::Open(open) = &mut self.state else {
            return;
        };
        let at = open.place(start);
        let end = at + arrival.length();
        if fin && open.end.is_none() && (open.next..=open.next + MAX_DISTANCE).contains(&end) {
            open.end = Some(end);
        }
        self.put(at, &arrival, pieces);
        self.lose_what_was_cut_off(at, &arrival, pieces);
        self.skip_what_will_not_come(arrival.time, limit, pieces);
        self.end(pieces);
    }

    /// The other side has all octets before `number` at a time: those that were not captured will not be sent again,
    /// and may yet be captured for [`MAX_LATE`].
    pub fn acknowledged(&mut self, number: u32, now: SystemTime, pieces: &mut Vec<Piece>) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        let all_before = open.place(number);
        if let Some(syn) = open.syn
            && syn.start == number
            && all_before != open.next
        {
            self.begin_at(syn, pieces);
            return;
        }
        if all_before.abs_diff(open.next) <= MAX_DISTANCE {
            open.acknowledged = open.acknowledged.max(all_before);
        }
        if !self.waiting.is_empty() {
            self.skip_acknowledged(now, pieces);
            self.end(pieces);
        }
    }

    /// Gives what waits without what is missing before it.
    pub fn give_up_waiting(&mut self, pieces: &mut Vec<Piece>) {
        while !self.waiting.is_empty() {
            self.skip_gap(pieces);
        }
        self.end(pieces);
    }

    /// Ends the stream where it is: nothing more is to come.
    pub fn finish(&mut self, pieces: &mut Vec<Piece>) {
        while !self.waiting.is_empty() {
            self.skip_gap(pieces);
        }
        if let State::Open(open) = &self.state {
            self.state = State::Ended { next: open.next };
            pieces.push(Piece::Ended);
        }
    }

    /// A SYN before the octet `start`. Amid a stream it is answered with an acknowledgment (RFC 5961 §4): another
    /// connection begins there only if something follows it.
    fn open(&mut self, start: u32, numbers: Numbers, pieces: &mut Vec<Piece>) {
        match &mut self.state {
            State::Open(open) if open.start == start => {}
            State::Open(open) => open.syn = Some(Syn { start, numbers }),
            State::Unseen | State::Ended { .. } => {
                self.begin(start, Beginning::AtItsStart, numbers, pieces);
            }
        }
    }

    /// Only an RST at the number that is next ends a connection (RFC 5961 §3.2); where not all was captured, that is
    /// behind what waits or what was acknowledged, and behind the FIN.
    fn may_be_reset_at(&self, sequence: u32) -> bool {
        let State::Open(open) = &self.state else {
            return false;
        };
        let at = open.place(sequence);
        let waits = self.waiting.last_key_value();
        let waits = waits.map(|(at, it)| at + it.octets.len() as u64);
        let acknowledged = Some(open.acknowledged).filter(|&all| all > open.next);
        let behind_fin = open.end.map(|end| end + 1);
        at == open.next || [waits, acknowledged, behind_fin].contains(&Some(at))
    }

    /// What a SYN began is another stream than what was there.
    fn begin_at(&mut self, syn: Syn, pieces: &mut Vec<Piece>) {
        self.finish(pieces);
        self.begin(syn.start, Beginning::AtItsStart, syn.numbers, pieces);
    }

    fn begin(
        &mut self,
        start: u32,
        beginning: Beginning,
        numbers: Numbers,
        pieces: &mut Vec<Piece>,
    ) {
        // So far from 0 that a number before the first one is one, too.
        let next = (1 << 32) + u64::from(start);
        self.state = State::Open(Open {
            start,
            next,
            acknowledged: next,
            late: None,
            syn: None,
            end: None,
            last: numbers.first,
        });
        pieces.push(Piece::Began(beginning));
    }

    /// Begins another stream where the octets cannot be of the one that is there.
    fn settle(&mut self, start: u32, arrival: &Arrival<'_>, pieces: &mut Vec<Piece>) {
        let length = arrival.length();
        if let State::Open(open) = &self.state
            && let Some(syn) = open.syn
            && open.is_nearer_to(syn, start)
        {
            self.begin_at(syn, pieces);
            return;
        }
        let is_another = match &self.state {
            State::Unseen => length > 0,
            State::Open(open) => {
                let at = open.place(start);
                length > 0 && at.abs_diff(open.next) > MAX_DISTANCE
            }
            State::Ended { next } => length > 0 && place(*next, start) + length > *next,
        };
        if is_another {
            self.finish(pieces);
            self.begin(start, Beginning::Within, arrival.numbers, pieces);
        }
    }

    /// Gives or keeps what of an arrival is new; its first octet has the number `at`.
    fn put(&mut self, at: u64, arrival: &Arrival<'_>, pieces: &mut Vec<Piece>) {
        let sent = at + arrival.octets.len() as u64;
        while let State::Open(open) = &mut self.state {
            // Nothing is said after the FIN.
            let until = sent.min(open.end.unwrap_or(sent));
            let from = at.max(open.next);
            if from >= until {
                return;
            }
            if from > open.next {
                self.keep(at, from..until, arrival);
                return;
            }
            // What waits was captured before, and counts where both are.
            let next = self.waiting.first_key_value();
            let until = next.map_or(until, |(&next, _)| until.min(next));
            let part = (from - at) as usize..(until - at) as usize;
            let octets = arrival.octets.slice(part);
            open.give(octets, arrival.numbers, arrival.time, pieces);
            self.give_waiting(pieces);
        }
    }

    /// Lets the part `range` of an arrival wait, but for what is waiting already.
    fn keep(&mut self, at: u64, range: Range<u64>, arrival: &Arrival<'_>) {
        let before = self.waiting.range(..range.start).next_back();
        let reaches = before.map_or(0, |(&at, it)| at + it.octets.len() as u64);
        let mut cursor = range.start.max(reaches);
        let mut free = Vec::new();
        for (&at, it) in self.waiting.range(range.clone()) {
            if cursor < at {
                free.push(cursor..at);
            }
            cursor = at + it.octets.len() as u64;
        }
        if cursor < range.end {
            free.push(cursor..range.end);
        }
        let sent = at + arrival.octets.len() as u64;
        for part in free {
            // A copy: a few octets would keep all that was read of the file at once.
            let copied = &arrival.octets[(part.start - at) as usize..(part.end - at) as usize];
            self.held += copied.len() + WAITING_SEGMENT;
            let waiting = Waiting {
                octets: Bytes::copy_from_slice(copied),
                missing: match part.end == sent {
                    true => arrival.missing,
                    false => 0,
                },
                numbers: arrival.numbers,
                time: arrival.time,
            };
            self.waiting.insert(part.start, waiting);
        }
    }

    /// Gives the waiting segments that nothing is missing before.
    fn give_waiting(&mut self, pieces: &mut Vec<Piece>) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        while let Some(first) = self.waiting.first_entry() {
            if *first.key() != open.next {
                return;
            }
            let Waiting {
                octets,
                missing,
                numbers,
                time,
            } = first.remove();
            self.held -= octets.len() + WAITING_SEGMENT;
            open.give(octets, numbers, time, pieces);
            let next = self.waiting.first_key_value().map(|(&at, _)| at);
            open.lose(open.next + u64::from(missing), next, numbers, pieces);
        }
    }

    /// What a snap length cut off will not come later either: others are cut off there, too.
    fn lose_what_was_cut_off(&mut self, at: u64, arrival: &Arrival<'_>, pieces: &mut Vec<Piece>) {
        let sent = at + arrival.octets.len() as u64;
        if let State::Open(open) = &mut self.state
            && arrival.missing > 0
            && open.next >= sent
        {
            let next = self.waiting.first_key_value().map(|(&at, _)| at);
            let end = sent + u64::from(arrival.missing);
            open.lose(end, next, arrival.numbers, pieces);
            self.give_waiting(pieces);
        }
    }

    fn skip_what_will_not_come(&mut self, now: SystemTime, limit: usize, pieces: &mut Vec<Piece>) {
        self.skip_acknowledged(now, pieces);
        while let Some((_, first)) = self.waiting.first_key_value() {
            let waited = now.duration_since(first.time).unwrap_or_default();
            if self.held <= limit && waited <= MAX_WAIT {
                return;
            }
            self.skip_gap(pieces);
        }
    }

    fn skip_acknowledged(&mut self, now: SystemTime, pieces: &mut Vec<Piece>) {
        while let State::Open(open) = &mut self.state
            && let Some((&at, _)) = self.waiting.first_key_value()
            && at <= open.acknowledged
        {
            let Some(late) = open.late.filter(|late| at <= late.before) else {
                open.late = Some(Late {
                    before: open.acknowledged,
                    since: now,
                });
                return;
            };
            if now.duration_since(late.since).unwrap_or_default() < MAX_LATE {
                return;
            }
            self.skip_gap(pieces);
        }
    }

    /// Goes on at the first segment that waits.
    fn skip_gap(&mut self, pieces: &mut Vec<Piece>) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        if let Some((&at, first)) = self.waiting.first_key_value() {
            pieces.push(Piece::Missing {
                octets: at - open.next,
                between: Numbers::one(open.last).and(Numbers::one(first.numbers.first)),
            });
            open.next = at;
        }
        self.give_waiting(pieces);
    }

    fn end(&mut self, pieces: &mut Vec<Piece>) {
        if let State::Open(open) = &self.state
            && open.end.is_some_and(|end| end <= open.next)
        {
            self.finish(pieces);
        }
    }
}

impl Arrival<'_> {
    /// What it takes of the numbers, but for SYN and FIN.
    fn length(&self) -> u64 {
        self.octets.len() as u64 + u64::from(self.missing)
    }
}

impl Open {
    fn place(&self, sequence: u32) -> u64 {
        place(self.next, sequence)
    }

    /// Whether what begins at `sequence` follows a SYN rather than what is here.
    fn is_nearer_to(&self, syn: Syn, sequence: u32) -> bool {
        let behind = u64::from(sequence.wrapping_sub(syn.start));
        behind < self.place(sequence).abs_diff(self.next)
    }

    /// Goes on at `end`, or where something waits before it: what is missing was cut off a packet.
    fn lose(&mut self, end: u64, waits: Option<u64>, packet: Numbers, pieces: &mut Vec<Piece>) {
        let end = end.min(waits.unwrap_or(end)).min(self.end.unwrap_or(end));
        if end > self.next {
            pieces.push(Piece::Missing {
                octets: end - self.next,
                between: packet,
            });
            self.next = end;
        }
    }

    fn give(&mut self, octets: Bytes, numbers: Numbers, time: SystemTime, pieces: &mut Vec<Piece>) {
        self.next += octets.len() as u64;
        self.last = numbers.last;
        pieces.push(Piece::Octets {
            octets,
            numbers,
            time,
        });
    }
}

/// The place with these lower 32 bits that is nearest to `near`.
fn place(near: u64, sequence: u32) -> u64 {
    let distance = sequence.wrapping_sub(near as u32).cast_signed();
    near.wrapping_add_signed(distance.into())
}

#[cfg(test)]
mod tests;
