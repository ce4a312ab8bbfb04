//! The captures of the repository; tshark is needed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use capture::{Packet, Record, Secrets};
use flow::event::Protocol;
use flow::{Event, Nodes, Reader};

fn captures() -> Vec<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pcaps"));
    let files = fs::read_dir(folder).expect("the folder");
    let files = files.map(|file| file.expect("a file").path());
    let files = files.filter(|file| file.extension().is_some_and(|it| it == "pcapng"));
    let files: Vec<_> = files.collect();
    assert!(files.len() >= 6, "{files:?}");
    files
}

/// A capture that is read.
#[derive(Clone, Default)]
struct Captured {
    packets: Vec<Packet>,
    secrets: Vec<Secrets>,
}

impl Captured {
    fn read(path: &Path) -> Captured {
        let mut reader = capture::Reader::new(File::open(path).expect("a capture"));
        let mut captured = Captured::default();
        while let Some(record) = reader.next_record().expect("well-formed") {
            match record {
                Record::Packet(packet) => captured.packets.push(packet),
                Record::Secrets(secrets) => captured.secrets.push(secrets),
                Record::Fault(fault) => panic!("{fault}"),
            }
        }
        captured
    }

    /// Nothing of TLS.
    fn is_open(&self) -> bool {
        self.secrets.is_empty()
    }
}

fn events(captured: &Captured) -> (Vec<Event>, Vec<String>) {
    let (mut reader, mut nodes) = (Reader::default(), Nodes::new([]));
    for secrets in &captured.secrets {
        reader.learn(secrets).expect("a key log");
    }
    let mut events = Vec::new();
    for packet in &captured.packets {
        events.extend(reader.read(packet, &mut nodes));
    }
    events.extend(reader.finish(&mut nodes));
    let notices = reader.take_notices();
    (events, notices.iter().map(ToString::to_string).collect())
}

/// How many messages of which kind end in which packet: of SIP methods and status codes, of Diameter command codes.
type Kinds = BTreeMap<(u64, String), usize>;

fn ours(events: &[Event]) -> Kinds {
    let mut kinds = Kinds::new();
    for event in events {
        let kind = match event.protocol {
            Protocol::Sip => event.label.clone(),
            _ => u32::from_be_bytes([0, event.octets[5], event.octets[6], event.octets[7]])
                .to_string(),
        };
        *kinds.entry((event.packets.last, kind)).or_default() += 1;
    }
    kinds
}

fn theirs(path: &Path) -> Kinds {
    let fields = [
        "frame.number",
        "sip.Method",
        "sip.Status-Code",
        "diameter.cmd.code",
    ];
    let output = Command::new("tshark")
        .args(["-Y", "sip || diameter", "-T", "fields"])
        .args(fields.iter().flat_map(|field| ["-e", field]))
        .arg("-r")
        .arg(path)
        .output()
        .expect("tshark, of Wireshark");
    assert!(output.status.success(), "{output:?}");
    let mut kinds = Kinds::new();
    for line in String::from_utf8(output.stdout).expect("text").lines() {
        let mut fields = line.split('\t');
        let number: u64 = fields.next().expect("a number").parse().expect("a number");
        for kind in fields.flat_map(|field| field.split(',')) {
            if !kind.is_empty() {
                *kinds.entry((number, kind.to_owned())).or_default() += 1;
            }
        }
    }
    kinds
}

#[test]
fn the_messages_are_those_that_tshark_finds_in_the_same_packets() {
    for path in captures() {
        let (events, notices) = events(&Captured::read(&path));
        assert_eq!(notices, [""; 0]);
        let kinds = ours(&events);
        assert!(!kinds.is_empty());
        assert_eq!(kinds, theirs(&path), "{}", path.display());
    }
}

/// The same octets in the same order of messages, direction by direction.
fn streams(events: &[Event]) -> BTreeMap<String, Vec<String>> {
    let mut streams: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events {
        let direction = format!("{} {}", event.source, event.destination);
        let octets = event.octets.escape_ascii().to_string();
        streams.entry(direction).or_default().push(octets);
    }
    streams
}

#[test]
fn segments_twice_cut_and_out_of_order_make_the_same_messages() {
    for path in captures() {
        let whole = Captured::read(&path);
        let mut torn = Vec::new();
        for packet in whole.packets.iter().cloned() {
            let Some(segment) = packet.segment.filter(|_| packet.payload.len() > 8) else {
                torn.push(packet);
                continue;
            };
            let part = |from: usize, to: usize, fin| {
                let segment = capture::Segment {
                    sequence: segment.sequence.wrapping_add(from as u32),
                    acknowledgment: None,
                    fin,
                    ..segment
                };
                Packet {
                    payload: packet.payload.slice(from..to),
                    segment: Some(segment),
                    ..packet.clone()
                }
            };
            let (length, fin) = (packet.payload.len(), segment.fin);
            torn.push(part(length / 2, length, fin));
            torn.push(part(length / 3, length / 2 + 3, false));
            torn.push(part(length / 3, length / 2 + 3, false));
            torn.push(part(0, length / 2, false));
            torn.push(part(0, length, fin));
        }
        let (expected, _) = events(&whole);
        let torn = Captured {
            packets: torn,
            ..whole
        };
        let (found, notices) = events(&torn);
        assert_eq!(notices, [""; 0]);
        assert_eq!(streams(&found), streams(&expected), "{}", path.display());
    }
}

#[test]
fn a_lost_packet_costs_its_messages_and_is_told() {
    for path in captures() {
        let captured = Captured::read(&path);
        let (expected, _) = events(&captured);
        let whole = &captured.packets;
        for lost in 0..whole.len() {
            let is_tcp = whole[lost].segment.is_some();
            // Of a handshake of TLS, which is 22, more depends.
            let is_needed = !captured.is_open() && whole[lost].payload.first() != Some(&23);
            if !is_tcp || whole[lost].payload.is_empty() || is_needed {
                continue;
            }
            let number = whole[lost].numbers.first;
            let mut rest = captured.clone();
            rest.packets.remove(lost);
            let (found, notices) = events(&rest);
            let kept = expected
                .iter()
                .filter(|event| !(event.packets.first..=event.packets.last).contains(&number));
            let kept: Vec<_> = kept.cloned().collect();
            assert_eq!(streams(&found), streams(&kept), "{number}");
            // Unless it was the last of its direction.
            let goes_on = whole[lost + 1..].iter().any(|later| {
                (later.from, later.to) == (whole[lost].from, whole[lost].to)
                    && !later.payload.is_empty()
            });
            assert_eq!(notices.len(), usize::from(goes_on), "{number}: {notices:?}");
        }
    }
}
