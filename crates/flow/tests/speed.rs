//! A capture of 100 MB, made of those of the repository again and again with other addresses and Call-IDs: its messages
//! are found at ten times the speed of tshark, which is needed, in bounded memory.
#![allow(clippy::disallowed_methods, reason = "measures how long reading takes")]

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use flow::{Found, Limits, Nodes, Reading};

/// Octets of the capture, at least.
const LENGTH: usize = 100_000_000;
/// How much faster than tshark.
const TIMES: f64 = 10.0;
/// What may be held at once, octets; the file is three times as long.
const HEAP: u64 = 32 << 20;

/// The packets of our captures, which are raw IP in enhanced packet blocks of little-endian order.
fn packets() -> Vec<Vec<u8>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pcaps"));
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|file| file.expect("a file").path())
        .filter(|file| file.extension().is_some_and(|it| it == "pcapng"))
        .collect();
    files.sort();
    let mut packets = Vec::new();
    for file in files {
        let file = fs::read(file).expect("a file");
        let mut rest = &file[..];
        while !rest.is_empty() {
            let word = |at: usize| {
                let word = rest[at..at + 4].try_into().expect("four octets");
                u32::from_le_bytes(word) as usize
            };
            let (kind, length) = (word(0), word(4));
            if kind == 6 {
                packets.push(rest[28..28 + word(20)].to_vec());
            }
            rest = &rest[length..];
        }
    }
    packets
}

/// Writes nanosecond pcap until it is long enough.
fn write(path: &Path) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let header = [0xA1B2_3C4D_u32, 0x0004_0002, 0, 0, 262_144, 101];
    for word in header {
        file.write_all(&word.to_le_bytes()).expect("written");
    }
    let mut packets = packets();
    let mut written = 0;
    for copy in 0_u32.. {
        if written >= LENGTH {
            break;
        }
        let [_, a, b, c] = copy.to_be_bytes();
        for (place, packet) in packets.iter_mut().enumerate() {
            if packet[0] >> 4 == 4 {
                // Both addresses keep their last octet, which tells the elements apart.
                for address in [12, 16] {
                    packet[address..address + 3].copy_from_slice(&[10 + a, b, c]);
                }
            }
            let call_id = packet.windows(9).position(|it| it == b"Call-ID: ");
            if let Some(at) = call_id {
                packet[at + 9..at + 15].copy_from_slice(format!("{copy:06x}").as_bytes());
            }
            let length = packet.len() as u32;
            // Ten milliseconds for each copy.
            let seconds = 1_767_225_600 + copy / 100;
            let nanoseconds = copy % 100 * 10_000_000 + place as u32;
            for word in [seconds, nanoseconds, length, length] {
                file.write_all(&word.to_le_bytes()).expect("written");
            }
            file.write_all(packet).expect("written");
            written += 16 + packet.len();
        }
    }
    file.flush().expect("written");
}

#[test]
fn ten_times_as_fast_as_tshark_in_bounded_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.pcap");
    write(&path);

    let began = Instant::now();
    let output = Command::new("tshark")
        .args([
            "-Y",
            "sip || diameter",
            "-T",
            "fields",
            "-e",
            "frame.number",
            "-r",
        ])
        .arg(&path)
        .output()
        .expect("tshark, of Wireshark");
    let theirs = began.elapsed();
    assert!(output.status.success(), "{output:?}");
    let found = output
        .stdout
        .iter()
        .filter(|octet| **octet == b'\n')
        .count();

    let mut with_messages = HashSet::with_capacity(found);
    let began = Instant::now();
    let measured = allocation_counter::measure(|| {
        let file = File::open(&path).expect("the file");
        let (mut reading, mut nodes) = (Reading::new(file, Limits::default()), Nodes::new([]));
        while let Some(found) = reading.next(&mut nodes) {
            match found {
                Found::Packet(_) => {}
                Found::Message(event) => _ = with_messages.insert(event.packets.last),
                other => panic!("{other:?}"),
            }
        }
        assert!(reading.error().is_none());
    });
    let ours = began.elapsed();

    let length = fs::metadata(&path).expect("the file").len() as f64 / 1e6;
    let speed = |time: std::time::Duration| length / time.as_secs_f64();
    println!(
        "{length:.0} MB: {:.0} MB/s, tshark {:.1} MB/s; heap {:.1} MB",
        speed(ours),
        speed(theirs),
        measured.bytes_max as f64 / 1e6
    );
    assert_eq!(with_messages.len(), found);
    assert!(
        ours.as_secs_f64() * TIMES <= theirs.as_secs_f64(),
        "{ours:?}, tshark {theirs:?}"
    );
    assert!(measured.bytes_max <= HEAP, "{measured:?}");
}
