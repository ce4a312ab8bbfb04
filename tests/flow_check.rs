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
        "1 retransmitted REGISTER 127.76.1.20:5060 > 127.76.1.2:5060: sent 2 times, until packet 6, the same octets"
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
