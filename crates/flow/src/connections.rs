//! The TCP connections under way.

use std::collections::hash_map::RandomState;
use std::net::SocketAddr;
use std::time::SystemTime;

use capture::{Packet, Segment, Transport};
use hashlink::{LinkedHashMap, LinkedHashSet};

use crate::channel::{Channel, Run, Turn};
use crate::limits::Limits;
use crate::notice::NoticeKind;
use crate::port;
use crate::reassembly::{Arrival, Beginning, Piece, Reassembly};
use crate::sink::{Out, Sink};
use crate::tls::{Session, Side};

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
    /// Empty between packets.
    pieces: Vec<Piece>,
}

type Ends = (SocketAddr, SocketAddr);

#[derive(Default)]
struct Connection {
    first: Direction,
    second: Direction,
    /// Once either side said hello.
    tls: Option<Session>,
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
            pieces: Vec::new(),
        }
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
        let pieces = &mut self.pieces;
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
                    reassembly.acknowledged(number, time, pieces);
                    connection.read(ends, side, pieces, time, out);
                }
                let limit = self.limits.held_by_direction;
                let reassembly = &mut connection.direction(side).reassembly;
                reassembly.take(arrival, limit, pieces);
                connection.read(ends, side, pieces, time, out);
            }
            segment => {
                as_they_come(segment, packet, pieces);
                connection.read(ends, side, pieces, time, out);
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
            end(ends, connection, &mut self.pieces, time, out);
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
            end(ends, connection, &mut self.pieces, time, out);
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
                reassembly.give_up_waiting(&mut self.pieces);
                connection.read(ends, side, &mut self.pieces, time, out);
                let mut sink = sink(ends, side, out);
                connection.direction(side).channel.give_up(time, &mut sink);
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
    pieces: &mut Vec<Piece>,
    time: SystemTime,
    out: &mut Out<'_>,
) {
    for side in SIDES {
        connection.direction(side).reassembly.finish(pieces);
        connection.read(ends, side, pieces, time, out);
        let mut sink = sink(ends, side, out);
        connection.direction(side).channel.end(time, &mut sink);
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
        [&self.first, &self.second]
            .iter()
            .map(|it| it.reassembly.held() + it.channel.kept())
            .sum()
    }

    /// Takes the pieces of one direction out of `pieces`.
    fn read(
        &mut self,
        ends: Ends,
        side: Side,
        pieces: &mut Vec<Piece>,
        now: SystemTime,
        out: &mut Out<'_>,
    ) {
        for piece in pieces.drain(..) {
            let mut sink = sink(ends, side, out);
            match piece {
                Piece::Began(beginning) => {
                    self.direction(side).channel.end(now, &mut sink);
                    self.direction(side).channel = Channel::new(beginning);
                    if beginning == Beginning::AtItsStart {
                        self.tls = None;
                    }
                }
                Piece::Octets {
                    octets,
                    numbers,
                    time,
                } => {
                    let octets = match &mut self.tls {
                        Some(session) => session.take(side, &octets),
                        None => Some(octets),
                    };
                    if let Some(octets) = octets {
                        let run = Run {
                            octets: &octets,
                            numbers,
                            time,
                        };
                        self.channel(side, run, &mut sink);
                    }
                }
                Piece::Missing { octets, between } => {
                    if self.tls.is_none() {
                        let channel = &mut self.direction(side).channel;
                        channel.lose(octets, between, now, &mut sink);
                    }
                }
                Piece::Ended => self.direction(side).channel.end(now, &mut sink),
            }
        }
    }

    fn channel(&mut self, side: Side, run: Run<'_>, sink: &mut Sink<'_>) {
        let Turn::Tls(hello) = self.direction(side).channel.take(run, sink) else {
            return;
        };
        sink.found.counts.tls += 1;
        if port::expected(sink.from, sink.to).is_some() {
            sink.notice(NoticeKind::TlsWithoutKey, run.numbers, run.time);
        }
        let session = self.tls.insert(Session);
        if let Some(octets) = session.take(side, &hello) {
            let run = Run {
                octets: &octets,
                ..run
            };
            // What is in TLS is not TLS again.
            let _ = self.direction(side).channel.take(run, sink);
        }
    }
}
