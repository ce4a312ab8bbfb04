//! The captures of the repository: exactly these findings, and why.

use std::path::Path;

use flow::check::Memory;

use crate::capture_made::{lines, report};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pcaps");

fn found(name: &str) -> Vec<String> {
    let path = Path::new(FOLDER).join(name);
    let octets = std::fs::read(&path).expect("a capture of the repository");
    lines(&report(&octets, Memory::default()))
}

const CLEAN: [&str; 5] = [
    "freediameter-relay.pcapng",
    "kamailio-tls.pcapng",
    "lab-registration.pcapng",
    "sipp-register.pcapng",
    "sipp-tcp.pcapng",
];

#[test]
fn nothing_is_found_in_what_went_well() {
    for name in CLEAN {
        assert_eq!(found(name), [""; 0], "{name}");
    }
}

#[test]
fn every_capture_is_checked() {
    let others = ["kamailio-cx.pcapng", "kamailio-registration.pcapng"];
    let mut known: Vec<&str> = CLEAN.into_iter().chain(others).collect();
    known.sort_unstable();
    let mut there: Vec<String> = std::fs::read_dir(FOLDER)
        .expect("the folder")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter(|name| name.ends_with(".pcapng"))
        .collect();
    there.sort_unstable();
    assert_eq!(there, known);
}

#[test]
fn kamailio_cx() {
    assert_eq!(found("kamailio-cx.pcapng"), [""; 0]);
}

/// The phone, the P-CSCF and Kamailio spoke over a network that was slow and lost datagrams for a while: each sent
/// again by timer E, and nothing else was wrong.
#[test]
fn kamailio_registration() {
    let again = [
        (1, 2, 6),
        (2, 2, 8),
        (3, 2, 9),
        (4, 2, 10),
        (5, 2, 16),
        (7, 2, 14),
        (13, 3, 30),
        (15, 2, 22),
        (20, 3, 34),
        (21, 3, 35),
        (25, 2, 29),
        (26, 2, 31),
    ];
    let expected = again.map(|(packet, times, last)| {
        format!(
            "{packet} retransmitted REGISTER: sent {times} times, until packet {last}, the same octets"
        )
    });
    assert_eq!(found("kamailio-registration.pcapng"), expected);
}
