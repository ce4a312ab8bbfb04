//! `flow` on what OpenSSL's client and server said to each other in TLS: messages as tshark finds them with the same
//! keys, for each version and cipher suite.

mod compared;
mod peers;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use compared::{agree, flow, shown, text};
use peers::{Bench, Connection, Signature};
use serde_json::Value;

const SIP: u16 = 5061;
const DIAMETER: u16 = 5868;

/// A client that takes no commands, and ends with its input.
const QUIET: [&str; 2] = ["-quiet", "-no_ign_eof"];

/// A DWR with Origin-Host and Origin-Realm (RFC 6733 §5.5.1), and its answer.
const DWR: &[u8] = b"\x01\x00\x00\x2c\x80\x00\x01\x18\0\0\0\0\0\0\0\x01\0\0\0\x01\
                     \x00\x00\x01\x08\x40\x00\x00\x0bhss\x00\x00\x00\x01\x28\x40\x00\x00\x0bims\x00";
const DWA: &[u8] = b"\x01\x00\x00\x2c\x00\x00\x01\x18\0\0\0\0\0\0\0\x01\0\0\0\x01\
                     \x00\x00\x01\x0c\x40\x00\x00\x0c\0\0\x07\xd1\x00\x00\x01\x08\x40\x00\x00\x0bhss\x00";

fn request(number: usize, body: usize) -> Vec<u8> {
    let body = "x".repeat(body);
    format!(
        "MESSAGE sip:home.example SIP/2.0\r\nVia: SIP/2.0/TLS ue.example;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@home.example>;tag=1\r\nTo: <sip:bob@home.example>\r\nCall-ID: {number}\r\n\
         CSeq: {number} MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn response(number: usize) -> Vec<u8> {
    format!(
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS ue.example;branch=z9hG4bK{number}\r\n\
         From: <sip:alice@home.example>;tag=1\r\nTo: <sip:bob@home.example>;tag=2\r\nCall-ID: {number}\r\n\
         CSeq: {number} MESSAGE\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// One request with its answer; of so many octets that it takes several records, if wanted.
fn exchange(connection: &mut Connection, number: usize, body: usize) {
    connection.ask(&request(number, body));
    connection.answer(&response(number));
}

/// Exchanges of SIP, one of them of several records.
#[track_caller]
fn suite(bench: &mut Bench, server: &[&str], client: &[&str]) {
    let mut connection = bench.connect(
        SIP,
        &[&["-quiet"], server].concat(),
        &[&QUIET[..], client].concat(),
    );
    exchange(&mut connection, 1, 0);
    exchange(&mut connection, 2, 40_000);
    exchange(&mut connection, 3, 10);
    let (capture, key_log) = connection.end();
    agree(&capture, &key_log, 6, &format!("{server:?} {client:?}"));
}

#[test]
fn tls_1_3_with_every_suite() {
    let mut bench = Bench::new(Signature::Ecdsa);
    for name in [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_CCM_SHA256",
        "TLS_AES_128_CCM_8_SHA256",
    ] {
        let args = ["-tls1_3", "-ciphersuites", name];
        suite(&mut bench, &args, &args);
    }
}

fn tls_1_2(signature: Signature, suites: &[&str], more: &[&str]) {
    let mut bench = Bench::new(signature);
    for name in suites {
        let ciphers = format!("{name}:@SECLEVEL=0");
        let args = [&["-tls1_2", "-cipher", &ciphers], more].concat();
        suite(&mut bench, &args, &args);
    }
}

#[test]
fn tls_1_2_with_aead_suites() {
    let suites = [
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
        "DHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "DHE-RSA-CHACHA20-POLY1305",
        "AES128-CCM",
        "AES256-CCM",
        "AES128-CCM8",
        "AES256-CCM8",
    ];
    tls_1_2(Signature::Rsa, &suites, &[]);
    let suites = [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES256-CCM8",
    ];
    tls_1_2(Signature::Ecdsa, &suites, &[]);
}

const CBC: [&str; 8] = [
    "AES128-SHA",
    "AES256-SHA",
    "AES128-SHA256",
    "AES256-SHA256",
    "DHE-RSA-AES256-SHA",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA384",
];

#[test]
fn tls_1_2_with_cbc_suites_encrypt_then_mac() {
    tls_1_2(Signature::Rsa, &CBC, &[]);
}

#[test]
fn tls_1_2_with_cbc_suites_mac_then_encrypt() {
    tls_1_2(Signature::Rsa, &CBC, &["-no_etm"]);
}

#[test]
fn diameter_over_tls() {
    let mut bench = Bench::new(Signature::Ecdsa);
    for version in ["-tls1_2", "-tls1_3"] {
        let client = [&QUIET[..], &[version]].concat();
        let mut connection = bench.connect(DIAMETER, &["-quiet", version], &client);
        connection.ask(DWR);
        connection.answer(DWA);
        // Two in one record.
        connection.ask(&[DWR, DWR].concat());
        connection.answer(&[DWA, DWA].concat());
        let (capture, key_log) = connection.end();
        agree(&capture, &key_log, 6, version);
    }
}

/// The session goes on in another connection, whose keys come of the first one's.
#[test]
fn resumption() {
    for (name, version, more) in [
        ("ticket", "-tls1_2", &[][..]),
        ("session", "-tls1_2", &["-no_ticket"]),
        ("psk", "-tls1_3", &[]),
    ] {
        let mut bench = Bench::new(Signature::Ecdsa);
        let session = bench.path("session.pem");
        let session = text(&session).to_owned();
        let server = [&["-quiet", version, "-naccept", "2"], more].concat();
        let mut connection = bench.connect(
            SIP,
            &server,
            &[&QUIET[..], &[version, "-sess_out", &session], more].concat(),
        );
        exchange(&mut connection, 1, 0);
        let mut connection = connection.again(
            &mut bench,
            &[&QUIET[..], &[version, "-sess_in", &session], more].concat(),
        );
        exchange(&mut connection, 2, 0);
        let (capture, key_log) = connection.end();
        agree(&capture, &key_log, 4, name);
        let certificates = [0, 1].map(|stream| certificates(&capture, &key_log, stream));
        assert_eq!(certificates, [1, 0], "{name}");
    }
}

/// How many packets of a connection tshark sees a certificate in.
fn certificates(capture: &Path, key_log: &Path, stream: u8) -> usize {
    let output = Command::new("tshark")
        .args(["-o", &format!("tls.keylog_file:{}", text(key_log))])
        .args([
            "-Y",
            &format!("tcp.stream == {stream} && tls.handshake.certificate"),
        ])
        .arg("-r")
        .arg(capture)
        .output()
        .expect("tshark, of Wireshark");
    String::from_utf8_lossy(&output.stdout).lines().count()
}

#[test]
fn keys_are_updated_on_both_sides() {
    let mut bench = Bench::new(Signature::Ecdsa);
    let client = ["-tls1_3", "-no_ign_eof"];
    let mut connection = bench.connect(SIP, &["-quiet", "-tls1_3"], &client);
    for number in 1..4 {
        exchange(&mut connection, number, 0);
        // It asks the server to do so, too, which does with its next answer.
        connection.command(b'K', b"KEYUPDATE");
        exchange(&mut connection, number + 10, 0);
    }
    let (capture, key_log) = connection.end();
    agree(&capture, &key_log, 12, "KeyUpdate");
}

#[test]
fn a_renegotiated_connection() {
    let mut bench = Bench::new(Signature::Ecdsa);
    let server = ["-quiet", "-tls1_2", "-client_renegotiation"];
    let mut connection = bench.connect(SIP, &server, &["-tls1_2", "-no_ign_eof"]);
    exchange(&mut connection, 1, 0);
    connection.command(b'R', b"RENEGOTIATING");
    exchange(&mut connection, 2, 0);
    let (capture, key_log) = connection.end();
    agree(&capture, &key_log, 4, "renegotiation");
}

/// The server wants another group than the client has a share of.
#[test]
fn a_hello_is_asked_for_again() {
    let mut bench = Bench::new(Signature::Ecdsa);
    let server = ["-tls1_3", "-groups", "P-384"];
    let client = ["-tls1_3", "-groups", "X25519:P-384"];
    suite(&mut bench, &server, &client);
}

#[test]
fn early_data() {
    let mut bench = Bench::new(Signature::Ecdsa);
    let session = bench.path("session.pem");
    let session = text(&session).to_owned();
    let early = bench.path("early");
    std::fs::write(&early, request(1, 0)).expect("written");
    let server = ["-tls1_3", "-quiet", "-naccept", "2", "-early_data"];
    let client = [&QUIET[..], &["-tls1_3"]].concat();
    let mut connection = bench.connect(
        SIP,
        &server,
        &[&client[..], &["-sess_out", &session]].concat(),
    );
    exchange(&mut connection, 7, 0);
    let again = ["-sess_in", &session, "-early_data", text(&early)];
    let mut connection = connection.again(&mut bench, &[&client[..], &again].concat());
    exchange(&mut connection, 2, 0);
    let (capture, key_log) = connection.end();
    agree(&capture, &key_log, 5, "early data");
}

fn conversation(bench: &mut Bench, version: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    let client = [&QUIET[..], &[version]].concat();
    let mut connection = bench.connect(SIP, &["-quiet", version], &client);
    for number in 1..6 {
        exchange(&mut connection, number, 0);
    }
    connection.end()
}

fn labels(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .filter_map(|line| line["label"].as_str().or(line["text"].as_str()))
        .collect()
}

/// Keys that stand in the capture, before or behind what they open, are as good as a file.
#[test]
fn keys_within_the_capture() {
    let mut bench = Bench::new(Signature::Ecdsa);
    let (capture, key_log) = conversation(&mut bench, "-tls1_3");
    let expected = shown(&capture, &["--key-log", text(&key_log)]);
    assert_eq!(expected.len(), 10);
    let within = bench.path("within.pcapng");
    let secrets = format!("tls,{}", text(&key_log));
    let injected = Command::new("editcap")
        .args(["--inject-secrets", &secrets])
        .args([&capture, &within])
        .status()
        .expect("editcap, of Wireshark");
    assert!(injected.success());
    assert_eq!(shown(&within, &[]), expected);
    // draft-ietf-opsawg-pcapng §4.7: type, length, kind, length of the secrets, the secrets padded, length.
    let secrets = std::fs::read(&key_log).expect("keys");
    let padded = secrets.len().next_multiple_of(4);
    let length = (20 + padded) as u32;
    let mut block: Vec<u8> = [
        10,
        length,
        capture::Secrets::TLS_KEY_LOG,
        secrets.len() as u32,
    ]
    .iter()
    .flat_map(|word| word.to_le_bytes())
    .collect();
    block.extend_from_slice(&secrets);
    block.resize(16 + padded, 0);
    block.extend_from_slice(&length.to_le_bytes());
    let behind = bench.path("behind.pcapng");
    let mut file = std::fs::read(&capture).expect("a capture");
    file.extend_from_slice(&block);
    std::fs::write(&behind, file).expect("written");
    assert_eq!(shown(&behind, &[]), expected);
    for (file, count) in [(&within, 10), (&behind, 10), (&capture, 0)] {
        let output = flow(
            "check",
            &[text(file), "--allow", "unread", "unanswered", "unasked"],
        );
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains(&format!(" in {count} messages of ")),
            "{said}"
        );
        // Who sends nothing that can be read cannot be played, and why is said.
        let output = flow(
            "replay",
            &[
                text(file),
                "--play",
                "127.0.0.1",
                "--against",
                "127.0.0.1:9",
                "--wait",
                "1",
            ],
        );
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            errors.contains("way out: give --key-log"),
            count == 0,
            "{errors}"
        );
        assert_eq!(
            errors.contains("no message of SIP or Diameter is in the capture"),
            count == 0,
            "{errors}"
        );
    }
}

#[test]
fn what_is_lost_costs_no_more_than_its_records() {
    for version in ["-tls1_3", "-tls1_2"] {
        let mut bench = Bench::new(Signature::Ecdsa);
        let (capture, key_log) = conversation(&mut bench, version);
        let keys = ["--key-log", text(&key_log)];
        let whole = shown(&capture, &keys);
        assert_eq!(whole.len(), 10);
        let first = whole[0]["packets"][0].as_u64().expect("a number");
        let last = whole[9]["packets"][0].as_u64().expect("a number");
        let without = bench.path("without.pcapng");
        for lost in first..last {
            let cut = Command::new("editcap")
                .args([&capture, &without])
                .arg(lost.to_string())
                .status();
            assert!(cut.expect("editcap, of Wireshark").success());
            let found = shown(&without, &keys);
            let (notices, found): (Vec<_>, Vec<_>) =
                found.iter().partition(|line| line["type"] == "notice");
            let kept = whole.iter().filter(|line| {
                let [from, to] = [0, 1].map(|at| line["packets"][at].as_u64().expect("a number"));
                !(from..=to).contains(&lost)
            });
            let calls = |line: &Value| (line["label"].to_string(), line["call_id"].to_string());
            // What follows the gap waits for it a little, and comes behind what the other side said meanwhile.
            let kept: BTreeSet<_> = kept.map(calls).collect();
            let found: BTreeSet<_> = found.into_iter().map(calls).collect();
            assert_eq!(found, kept, "{version} without packet {lost}: {notices:?}");
            assert_eq!(
                notices.len(),
                1,
                "{version} without packet {lost}: {notices:?}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let mut bench = Bench::new(Signature::Ecdsa);
    let (capture, key_log) = conversation(&mut bench, "-tls1_3");
    let lines = shown(&capture, &[]);
    let told = labels(&lines);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].ends_with(
            "TLS, no key: give --key-log what the client or the server wrote to SSLKEYLOGFILE"
        ),
        "{told:?}"
    );
    // A digit of each secret is another.
    let keys = std::fs::read_to_string(&key_log).expect("keys");
    let wrong = bench.path("wrong.keys");
    let flip = |line: &str| match line.char_indices().last() {
        Some((at, digit)) if !line.starts_with('#') => {
            format!("{}{}\n", &line[..at], if digit == '0' { '1' } else { '0' })
        }
        _ => format!("{line}\n"),
    };
    std::fs::write(&wrong, keys.lines().map(flip).collect::<String>()).expect("written");
    let lines = shown(&capture, &["--key-log", text(&wrong)]);
    let told = labels(&lines);
    assert!(
        told.len() == 1 && told[0].contains("a record of TLS that its key does not open"),
        "{told:?}"
    );
    // The handshake's secrets are not needed for what follows it.
    let rest = bench.path("rest.keys");
    let only: String = keys
        .lines()
        .filter(|line| line.contains("_TRAFFIC_SECRET_0"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&rest, only).expect("written");
    assert_eq!(shown(&capture, &["--key-log", text(&rest)]).len(), 10);
    // What begins within the connection.
    let within = bench.path("within.pcapng");
    let cut = Command::new("editcap")
        .args([&capture, &within])
        .arg("1-30")
        .status();
    assert!(cut.expect("editcap, of Wireshark").success());
    for line in shown(&within, &["--key-log", text(&key_log)]) {
        assert_eq!(line["type"], "notice", "{line}");
    }
    let bad = bench.path("bad.keys");
    for (content, status, problem) in [
        (
            "CLIENT_RANDOM 00 00\n",
            65,
            ":1: \"00\" is no client random: 64 hexadecimal digits\n  way out: ",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\n",
            65,
            ": no key in it\n  way out: ",
        ),
    ] {
        std::fs::write(&bad, content).expect("written");
        for command in ["show", "check"] {
            let output = flow(command, &[text(&capture), "--key-log", text(&bad)]);
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(status), "{errors}");
            assert!(
                errors
                    .replace("flow:   way out", "  way out")
                    .contains(problem),
                "{errors}"
            );
        }
    }
    let output = flow("show", &[text(&capture), "--key-log", "/nowhere"]);
    assert_eq!(output.status.code(), Some(66));
}

/// No key is logged where a handshake fails, and an alert says why.
#[test]
fn versions_that_are_not_read_and_alerts() {
    let mut bench = Bench::new(Signature::Rsa);
    let args = ["-cipher", "ALL:@SECLEVEL=0"];
    let (capture, key_log) = {
        let client = [&QUIET[..], &args, &["-tls1_1"]].concat();
        let mut connection = bench.connect(SIP, &[&["-quiet"], &args[..]].concat(), &client);
        connection.ask(&request(1, 0));
        connection.end()
    };
    let lines = shown(&capture, &["--key-log", text(&key_log)]);
    let told = labels(&lines);
    assert!(
        told.len() == 1 && told[0].ends_with("TLS 1.1 is not read: 1.2 and 1.3 are"),
        "{told:?}"
    );
    let client = [&QUIET[..], &["-tls1_2"]].concat();
    let (capture, _) = bench.connect(SIP, &["-quiet", "-tls1_3"], &client).end();
    let lines = shown(&capture, &[]);
    let told = labels(&lines);
    assert!(
        told.len() == 1 && told[0].ends_with("TLS ends with the alert protocol_version"),
        "{told:?}"
    );
}
