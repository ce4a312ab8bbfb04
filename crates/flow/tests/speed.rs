//! The messages of a capture of 100 MB are found at ten times the speed at which tshark, which is needed, lists the
//! packets that have some; in bounded memory. How long whole commands take beside it `cargo xtask bench flow` says.
#![allow(clippy::disallowed_methods, reason = "measures how long reading takes")]

use std::collections::HashSet;
use std::fs::{self, File};
use std::process::Command;
use std::time::Instant;

use flow::{Found, Limits, Nodes, Reading};

#[path = "../examples/long_capture.rs"]
#[expect(dead_code, reason = "its main function is not called here")]
mod long_capture;

/// Octets of the capture, at least.
const LENGTH: usize = 100_000_000;
/// How much faster than tshark.
const TIMES: f64 = 10.0;
/// What may be held at once, octets; the file is three times as long.
const HEAP: u64 = 32 << 20;

#[test]
fn ten_times_as_fast_as_tshark_in_bounded_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.pcap");
    long_capture::write(&path, LENGTH);

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
