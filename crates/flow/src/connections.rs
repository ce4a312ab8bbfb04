//! The TCP connections under way.

use std::net::SocketAddr;
use std::time::SystemTime;

use capture::{Numbers, Packet, Segment, Transport};
use foldhash::fast::RandomState;
use hashlink::{LinkedHashMap, LinkedHashSet};

use crate::channel::{Channel, Run, Turn};
use crate::limits::Limits;
use crate::notice::{NoticeKind, UnreadTls};
use crate::reassembly::{Arrival, Beginning, Piece, Reassembly};
use crate::sink::{Out, Sink};
use crate::tls::key_log::KeyLog;
use crate::tls::{Chunk, Given, Session, Side};

/// How the segments of a connection follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sequence {
    /// By their numbers.
    Numbered,
    /// As they come: their numbers are of several captures, and mean nothing.
    AsTheyCome,
}

/// Connections by their ends, the lesser address first; the one that was silent for longest stands first.
pub(crate) struct Connections {
    by_ends: LinkedHashMap<Ends, Connection, RandomState>,
    /// Those of them that hold octets, again in the order of their last packets.
    holding: LinkedHashSet<Ends, RandomState>,
    held: usize,
    limits: Limits,
    sequence: Sequence,
    work: Work,
}

/// What reading any connection takes.
#[derive(Default)]
struct Work {
    keys: KeyLog,
    /// Empty between packets.
    pieces: Vec<Piece>,
    /// What came out of TLS; empty between packets.
    given: Vec<(Side, Given)>,
}

type Ends = (SocketAddr, SocketAddr);

#[derive(Default)]
struct Connection {
    first: Direction,
    second: Direction,
    encryption: Encryption,
}

/// What is known of a connection's encryption.
#[derive(Default)]
enum Encryption {
    /// Neither side said hello.
    #[default]
    None,
    Tls(Box<Session>),
    /// None of its octets can be read.
    Unread,
}

#[derive(Default)]
struct Direction {
    reassembly: Reassembly,
    channel: Channel,
}

impl Connections {
    pub(crate) fn new(limits: Limits, sequence: Sequence) -> Connections {
        Connections {
            by_ends: LinkedHashMap::default(),
            holding: LinkedHashSet::default(),
            held: 0,
            limits,
            sequence,
            work: Work::default(),
        }
    }

    /// The secrets of what is encrypted.
    pub(crate) fn keys(&mut self) -> &mut KeyLog {
        &mut self.work.keys
    }

    /// Takes a segment.
    pub(crate) fn take(&mut self, packet: &Packet, out: &mut Out<'_>) {
        let ends = (packet.from.min(packet.to), packet.from.max(packet.to));
        let side = match packet.from == ends.0 {
            true => Side::First,
            false => Side::Second,
        };
        let time = packet.time;
        let opens = packet.segment.is_some_and(|segment| segment.syn);
        if !self.by_ends.contains_key(&ends) {
            // Nobody is interested in the end of what was not seen.
            if packet.payload.is_empty() && packet.missing == 0 && !opens {
                return;
            }
            self.make_room(time, out);
            self.by_ends.insert(ends, Connection::default());
        }
        let connection = self.by_ends.to_back(&ends);
        let connection = connection.expect("is there or was put there");
        let before = connection.held();
        let work = &mut self.work;
        match packet.segment {
            Some(segment) if self.sequence == Sequence::Numbered => {
                let arrival = Arrival {
                    segment,
                    octets: &packet.payload,
                    missing: packet.missing,
                    numbers: packet.numbers,
                    time,
                };
                // What it answers came before.
                if let Some(number) = segment.acknowledgment {
                    let side = side.other();
                    let reassembly = &mut connection.direction(side).reassembly;
                    reassembly.acknowledged(number, time, &mut work.pieces);
                    connection.read(ends, side, work, time, out);
                }
                let limit = self.limits.held_by_direction;
                let reassembly = &mut connection.direction(side).reassembly;
                reassembly.take(arrival, limit, &mut work.pieces);
                connection.read(ends, side, work, time, out);
            }
            segment => {
                as_they_come(segment, packet, &mut work.pieces);
                connection.read(ends, side, work, time, out);
            }
        }
        let after = connection.held();
        if before > 0 || after > 0 {
            self.account(ends, before, after);
            self.keep_within_limits(time, out);
        }
    }

    /// What they hold, octets.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Nothing more is to come: gives what waits, and tells what is incomplete.
    pub(crate) fn finish(&mut self, time: SystemTime, out: &mut Out<'_>) {
        while let Some((ends, connection)) = self.by_ends.pop_front() {
            end(ends, connection, &mut self.work, time, out);
        }
        self.holding.clear();
        self.held = 0;
    }

    fn make_room(&mut self, time: SystemTime, out: &mut Out<'_>) {
        while self.by_ends.len() >= self.limits.connections.max(1) {
            let Some((ends, connection)) = self.by_ends.pop_front() else {
                return;
            };
            self.account(ends, connection.held(), 0);
            end(ends, connection, &mut self.work, time, out);
        }
    }

    fn account(&mut self, ends: Ends, before: usize, after: usize) {
        self.held = self.held - before + after;
        match after {
            0 => self.holding.remove(&ends),
            _ => self.holding.insert(ends),
        };
    }

    /// Lets go of what the connections hold that were silent for longest.
    fn keep_within_limits(&mut self, time: SystemTime, out: &mut Out<'_>) {
        while self.held > self.limits.held
            && let Some(ends) = self.holding.pop_front()
        {
            let Some(connection) = self.by_ends.get_mut(&ends) else {
                continue;
            };
            let before = connection.held();
            for side in SIDES {
                let reassembly = &mut connection.direction(side).reassembly;
                reassembly.give_up_waiting(&mut self.work.pieces);
                connection.read(ends, side, &mut self.work, time, out);
                connection.give_up(ends, side, time, out);
            }
            self.held -= before;
        }
    }
}

const SIDES: [Side; 2] = [Side::First, Side::Second];

fn sink<'a>(ends: Ends, side: Side, out: &'a mut Out<'_>) -> Sink<'a> {
    match side {
        Side::First => out.between(Transport::Tcp, ends.0, ends.1),
        Side::Second => out.between(Transport::Tcp, ends.1, ends.0),
    }
}

fn end(
    ends: Ends,
    mut connection: Connection,
    work: &mut Work,
    time: SystemTime,
    out: &mut Out<'_>,
) {
    for side in SIDES {
        connection
            .direction(side)
            .reassembly
            .finish(&mut work.pieces);
        connection.read(ends, side, work, time, out);
    }
    for side in SIDES {
        connection.end(ends, side, time, out);
    }
}

/// What a segment brings whose number means nothing.
fn as_they_come(segment: Option<Segment>, packet: &Packet, pieces: &mut Vec<Piece>) {
    if segment.is_some_and(|segment| segment.syn) {
        pieces.push(Piece::Began(Beginning::AtItsStart));
    }
    if !packet.payload.is_empty() {
        pieces.push(Piece::Octets {
            octets: packet.payload.clone(),
            numbers: packet.numbers,
            time: packet.time,
        });
    }
    if segment.is_some_and(|segment| segment.rst) {
        pieces.push(Piece::Ended);
    }
}

impl Connection {
    fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::First => &mut self.first,
            Side::Second => &mut self.second,
        }
    }

    fn held(&self) -> usize {
        let waits: usize = [&self.first, &self.second]
            .iter()
            .map(|it| it.reassembly.held() + it.channel.kept())
            .sum();
        match &self.encryption {
            Encryption::Tls(session) => waits + session.held(),
            Encryption::None | Encryption::Unread => waits,
        }
    }

    /// Takes the pieces of one direction out of `work`.
    fn read(
        &mut self,
        ends: Ends,
        side: Side,
        work: &mut Work,
        now: SystemTime,
        out: &mut Out<'_>,
    ) {
        let Work {
            keys,
            pieces,
            given,
        } = work;
        for piece in pieces.drain(..) {
            match piece {
                Piece::Began(beginning) => {
                    self.end(ends, side, now, out);
                    self.direction(side).channel = Channel::new(beginning);
                    if beginning == Beginning::AtItsStart && self.has_heard(side) {
                        self.encryption = Encryption::None;
                    }
                }
                Piece::Octets {
                    octets,
                    numbers,
                    time,
                } if matches!(self.encryption, Encryption::None) => {
                    let run = Run {
                        octets: &octets,
                        numbers,
                        time,
                    };
                    let mut sink = sink(ends, side, out);
                    match self.direction(side).channel.take(run, &mut sink) {
                        Turn::Taken => {}
                        Turn::Tls(octets) => {
                            sink.found.counts.tls += 1;
                            self.encryption = Encryption::Tls(Box::default());
                            let chunk = Chunk::Octets {
                                octets,
                                numbers,
                                time,
                            };
                            self.open(ends, side, chunk, keys, given, out);
                        }
                        Turn::WithinTls => {
                            sink.found.counts.tls += 1;
                            self.cannot_be_read(
                                ends,
                                side,
                                UnreadTls::Beginning,
                                (numbers, time),
                                out,
                            );
                        }
                    }
                }
                Piece::Octets {
                    octets,
                    numbers,
                    time,
                } => {
                    let chunk = Chunk::Octets {
                        octets,
                        numbers,
                        time,
                    };
                    self.open(ends, side, chunk, keys, given, out);
                }
                Piece::Missing { octets, between } => match &self.encryption {
                    Encryption::None => {
                        let mut sink = sink(ends, side, out);
                        let channel = &mut self.direction(side).channel;
                        channel.lose(octets, between, now, &mut sink);
                    }
                    Encryption::Tls(_) => {
                        let chunk = Chunk::Missing {
                            octets,
                            between,
                            time: now,
                        };
                        self.open(ends, side, chunk, keys, given, out);
                    }
                    Encryption::Unread => {}
                },
                Piece::Ended => self.end(ends, side, now, out),
            }
        }
    }

    /// Whether a side said something that is encrypted.
    fn has_heard(&mut self, side: Side) -> bool {
        match &mut self.encryption {
            Encryption::None => false,
            Encryption::Tls(session) => session.has_heard(side),
            Encryption::Unread => true,
        }
    }

    /// Gives what is in TLS to the channels.
    fn open(
        &mut self,
        ends: Ends,
        side: Side,
        chunk: Chunk,
        keys: &KeyLog,
        given: &mut Vec<(Side, Given)>,
        out: &mut Out<'_>,
    ) {
        let Encryption::Tls(session) = &mut self.encryption else {
            return;
        };
        let (Chunk::Octets { numbers, time, .. }
        | Chunk::Missing {
            between: numbers,
            time,
            ..
        }) = chunk;
        let taken = session.take(side, chunk, keys, given);
        for (side, given) in given.drain(..) {
            let mut sink = sink(ends, side, out);
            let channel = &mut self.direction(side).channel;
            match given {
                Given::Octets {
                    octets,
                    numbers,
                    time,
                } => {
                    let run = Run {
                        octets: &octets,
                        numbers,
                        time,
                    };
                    // What is in TLS is not TLS again.
                    let _ = channel.take(run, &mut sink);
                }
                Given::Missing {
                    octets,
                    between,
                    time,
                } => channel.lose(octets, between, time, &mut sink),
                Given::Alert(alert, numbers, time) => {
                    if channel.concerns_us(&sink) {
                        sink.notice(NoticeKind::TlsAlert(alert), numbers, time);
                    }
                }
            }
        }
        if let Err(why) = taken {
            self.cannot_be_read(ends, side, why, (numbers, time), out);
        }
    }

    fn cannot_be_read(
        &mut self,
        ends: Ends,
        side: Side,
        why: UnreadTls,
        (numbers, time): (Numbers, SystemTime),
        out: &mut Out<'_>,
    ) {
        self.encryption = Encryption::Unread;
        let mut sink = sink(ends, side, out);
        if why == UnreadTls::NoKey {
            sink.found.counts.tls_without_key += 1;
        }
        if self.direction(side).channel.concerns_us(&sink) {
            sink.notice(NoticeKind::Tls(why), numbers, time);
        }
    }

    /// What is kept of a side takes too much.
    fn give_up(&mut self, ends: Ends, side: Side, now: SystemTime, out: &mut Out<'_>) {
        let mut sink = sink(ends, side, out);
        if let Encryption::Tls(session) = &mut self.encryption {
            let dropped = session.give_up(side);
            if let Some((octets, numbers)) = dropped
                && self.direction(side).channel.concerns_us(&sink)
            {
                sink.notice(NoticeKind::GivenUp { octets }, numbers, now);
            }
        }
        self.direction(side).channel.give_up(now, &mut sink);
    }

    /// Nothing more is to come of a side.
    fn end(&mut self, ends: Ends, side: Side, now: SystemTime, out: &mut Out<'_>) {
        if let Encryption::Tls(session) = &mut self.encryption
            && let Some((why, numbers, time)) = session.unread(side)
        {
            self.cannot_be_read(ends, side, why, (numbers, time), out);
        }
        let mut sink = sink(ends, side, out);
        self.direction(side).channel.end(now, &mut sink);
    }
}
