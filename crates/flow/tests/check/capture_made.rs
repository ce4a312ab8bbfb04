//! Captures made by a test, and what is found in them.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Direction, Message, Numbers, Packet, Recorder, Transport};
use flow::check::{Checker, Kind, Memory, Report};
use flow::{Found, Limits, Nodes, Reader, Reading};

/// Packets in the making; SYN and the like count too.
pub(crate) struct Capture {
    recorder: Recorder<Vec<u8>>,
    time: SystemTime,
}

impl Capture {
    pub(crate) fn new() -> Capture {
        Capture {
            recorder: Recorder::new(Vec::new(), "test").expect("a Vec takes all"),
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_000),
        }
    }

    pub(crate) fn pass(&mut self, milliseconds: u64) {
        self.time += Duration::from_millis(milliseconds);
    }

    pub(crate) fn sent(&mut self, transport: Transport, from: &str, to: &str, payload: &[u8]) {
        self.pass(1);
        let message = Message {
            time: self.time,
            direction: Direction::Sent,
            transport,
            from: address(from),
            to: address(to),
            payload,
            comment: None,
        };
        self.recorder.record(&message).expect("a Vec takes all");
    }

    pub(crate) fn into_octets(self) -> Vec<u8> {
        self.recorder.into_inner()
    }

    pub(crate) fn report(self) -> Report {
        self.report_with(Memory::default())
    }

    pub(crate) fn report_with(self, memory: Memory) -> Report {
        report(&self.into_octets(), memory)
    }

    /// `packets kind message: text` of each finding.
    pub(crate) fn found(self) -> Vec<String> {
        lines(&self.report())
    }
}

pub(crate) fn report(octets: &[u8], memory: Memory) -> Report {
    let mut reading = Reading::new(octets, Limits::default());
    let mut nodes = Nodes::new([]);
    let mut checker = Checker::new(memory);
    while let Some(found) = reading.next(&mut nodes) {
        match found {
            Found::Packet(_) => {}
            Found::Message(event) => checker.take(&event),
            Found::Notice(notice) => checker.take_notice(&notice),
            Found::Fault(fault) => checker.take_fault(&fault),
        }
    }
    checker.finish()
}

/// When, by what, from, to, what.
type Said<'a, T> = (T, Transport, &'a str, &'a str, &'a [u8]);

/// What is found in packets of these milliseconds, also of a transport that is not recorded.
pub(crate) fn said(packets: &[Said<'_, u64>]) -> Report {
    said_with(packets, Memory::default())
}

pub(crate) fn said_with(packets: &[Said<'_, u64>], memory: Memory) -> Report {
    let time = |it| SystemTime::UNIX_EPOCH + Duration::from_millis(it);
    let packets = packets.iter();
    let packets = packets.map(|&(at, by, from, to, what)| (time(at), by, from, to, what));
    said_by(packets, memory)
}

/// The same at any time.
pub(crate) fn said_at(packets: &[Said<'_, SystemTime>]) -> Report {
    said_by(packets.iter().copied(), Memory::default())
}

fn said_by<'a>(packets: impl Iterator<Item = Said<'a, SystemTime>>, memory: Memory) -> Report {
    // Without numbers, segments are taken as they come.
    let (mut reader, mut nodes) = (Reader::as_they_come(Limits::default()), Nodes::new([]));
    let mut checker = Checker::new(memory);
    for (number, (time, transport, from, to, octets)) in (1..).zip(packets) {
        let packet = Packet {
            numbers: Numbers::one(number),
            time,
            direction: None,
            interface: None,
            transport,
            from: address(from),
            to: address(to),
            payload: Bytes::copy_from_slice(octets),
            segment: None,
            comment: None,
            missing: 0,
        };
        for event in reader.read(&packet, &mut nodes) {
            checker.take(&event);
        }
    }
    checker.finish()
}

pub(crate) fn lines(report: &Report) -> Vec<String> {
    let line = |it: &flow::check::Finding| {
        format!("{} {} {}: {}", it.packets, it.kind, it.message, it.text)
    };
    report.findings.iter().map(line).collect()
}

/// Without findings of these kinds.
pub(crate) fn without(lines: Vec<String>, kinds: &[Kind]) -> Vec<String> {
    let is_other = |line: &String| {
        let kind = line.split(' ').nth(1);
        !kinds.iter().any(|it| Some(it.name()) == kind)
    };
    lines.into_iter().filter(is_other).collect()
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}
