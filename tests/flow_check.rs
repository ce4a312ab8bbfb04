//! `flow check` as a program: what it prints, and its status.

use std::path::Path;
use std::process::{Command, Output};

fn flow_check(args: &[&str]) -> Output {
    let mut flow = Command::new(env!("CARGO_BIN_EXE_flow"));
    let flow = flow.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    flow.arg("check").args(args).output().expect("flow runs")
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).expect("text")
}

const RETRANSMISSIONS: &str = "pcaps/kamailio-registration.pcapng";

#[test]
fn findings_are_lines_and_the_status_is_one() {
    let output = flow_check(&[RETRANSMISSIONS]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(
        lines[0],
        "1 retransmitted REGISTER 127.76.1.20:5060 > 127.76.1.2:5060: sent 2 times, until packet 6, the same octets \
         (1-31107@127.76.1.20)"
    );
    assert_eq!(lines[12..], ["12 findings in 39 messages of 39 packets"]);
}

#[test]
fn kinds_can_be_allowed_and_then_the_status_is_zero() {
    let output = flow_check(&[RETRANSMISSIONS, "--allow", "unasked,retransmitted"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        "0 findings in 39 messages of 39 packets, 12 allowed\n"
    );
    let output = flow_check(&[RETRANSMISSIONS, "--allow", "retransmission"]);
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn json_is_an_object_a_line() {
    let output = flow_check(&[RETRANSMISSIONS, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<serde_json::Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 13);
    assert_eq!(lines[11]["packet"], 26);
    assert_eq!(lines[11]["kind"], "retransmitted");
    assert_eq!(lines[11]["transport"], "UDP");
    assert_eq!(lines[0]["time"], "2026-11-21T16:48:41.550096289Z");
    assert_eq!(lines[12]["findings"], 12);
}

#[test]
fn a_file_that_is_no_capture_or_not_there_has_its_status() {
    let output = flow_check(&["Cargo.toml"]);
    assert_eq!(output.status.code(), Some(65));
    assert!(text(&output.stderr).contains("not a capture"), "{output:?}");
    let output = flow_check(&["pcaps/none.pcapng"]);
    assert_eq!(output.status.code(), Some(66));
    assert!(
        text(&output.stderr).contains("pcaps/none.pcapng"),
        "{output:?}"
    );
    assert_eq!(flow_check(&[]).status.code(), Some(64));
}

#[test]
fn of_a_capture_that_ends_within_a_packet_the_rest_is_checked() {
    let whole = std::fs::read(RETRANSMISSIONS).expect("a capture");
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("cut.pcapng");
    std::fs::write(&path, &whole[..whole.len() - 100]).expect("a file");
    let output = flow_check(&[path.to_str().expect("text")]);
    assert_eq!(output.status.code(), Some(65));
    assert!(
        text(&output.stdout).contains("in 38 messages of 38 packets"),
        "{output:?}"
    );
    assert!(
        text(&output.stderr).contains("after packet 38"),
        "{output:?}"
    );
}

/// What the README says that `flow check` prints, it prints.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = include_str!("../README.md");
    let example = readme
        .split("$ cargo run --release --bin flow -- check ")
        .nth(1)
        .and_then(|example| example.split("```").next())
        .expect("an example");
    let (args, expected) = example.split_once('\n').expect("a line");
    let output = flow_check(&args.split(' ').collect::<Vec<_>>());
    let mut rest = text(&output.stdout);
    // `…` alone stands for any lines.
    for part in expected.split("…\n") {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("{part}\n not in\n{rest}"));
        rest = after;
    }
    assert_eq!(rest, "");
}

/// STUN and garbage where SIP is spoken (RFC 5626 §4.4.2), and what is nobody's.
#[test]
fn what_is_no_message_does_not_count_as_one() {
    use capture::{Direction, Message, Recorder, Transport};
    use std::time::SystemTime;

    let binding = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";
    let ask = b"OPTIONS sip:a@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n\
        Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.1>;tag=a\r\nTo: <sip:a@192.0.2.2>\r\nCall-ID: a\r\n\
        CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    let mut recorder = Recorder::new(Vec::new(), "test").expect("a Vec takes all");
    for (port, payload) in [
        (5060, &binding[..]),
        (5060, b"garbage, garbage"),
        (9, b"whatever"),
        (5060, ask),
    ] {
        let message = Message {
            time: SystemTime::UNIX_EPOCH,
            direction: Direction::Sent,
            transport: Transport::Udp,
            from: ([192, 0, 2, 1], port).into(),
            to: ([192, 0, 2, 2], port).into(),
            payload,
            comment: None,
        };
        recorder.record(&message).expect("a Vec takes all");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("beside.pcapng");
    std::fs::write(&path, recorder.into_inner()).expect("a file");
    let output = flow_check(&[path.to_str().expect("text")]);
    assert_eq!(
        text(&output.stdout),
        "2 malformed 16 octets 192.0.2.1:5060 > 192.0.2.2:5060: no message that can be read\n\
         1 finding in 1 message of 4 packets\n\
         beside them 1 unreadable piece, 1 STUN message, 1 other datagram\n\
         1 request that may have been answered after the capture ended\n"
    );
}

/// pcap with one packet of LINKTYPE_NFLOG, which is not read.
#[test]
fn what_is_not_read_is_said() {
    let mut file = Vec::new();
    for word in [
        0xA1B2_C3D4_u32,
        0x0002_0004,
        0,
        0,
        65_535,
        239,
        1,
        0,
        4,
        4,
        0,
    ] {
        file.extend(word.to_be_bytes());
    }
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("nflog.pcap");
    std::fs::write(&path, file).expect("a file");
    let path = path.to_str().expect("text");
    let said = "not read: 1 packet of link type 239, which is not read";
    let output = flow_check(&[path]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains(said), "{output:?}");
    let mut flow = Command::new(env!("CARGO_BIN_EXE_flow"));
    let shown = flow.args(["show", path]).output().expect("flow runs");
    assert!(text(&shown.stderr).contains(said), "{shown:?}");
}
