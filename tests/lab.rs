//! The main job, as a newcomer meets it.

mod network;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use network::binary;

/// A base port for `labs` labs of one test, below the ports that the system gives out; another run of these tests on
/// the same machine has another.
fn base_port(first: u16, labs: u16) -> u16 {
    first + u16::try_from(std::process::id() % 50).expect("below 50") * 50 * labs
}

fn lab() -> Command {
    let mut lab = Command::new(binary("lab"));
    lab.stdin(Stdio::null())
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8");
    lab
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Kills a lab that runs on when the test is over.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[test]
fn the_whole_lab_runs_over_ipv6_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = lab()
        .args(["--once", "--ipv6", "--base-port"])
        .arg(base_port(26_000, 1).to_string())
        .arg("--dir")
        .arg(dir.path().join("run"))
        .output()
        .expect("the lab runs");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("ue [::1]:2"), "{text}");
    assert!(
        text.contains("sip:alice@home.example is registered"),
        "{text}"
    );
    assert!(!text.contains("127.0.0."), "{text}");
}

#[test]
fn once_draws_the_whole_registration_and_ends_with_0() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = lab()
        .args([
            "--once",
            "--base-port",
            &base_port(20_000, 1).to_string(),
            "--dir",
        ])
        .arg(dir.path().join("run"))
        .output()
        .expect("the lab runs");
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let mut rest = text.as_str();
    for message in [
        "REGISTER sip:h",
        "UAR",
        "UAA 2001",
        "MAR",
        "MAA 2001",
        "401 Unauthorized",
        "REGISTER",
        "UAR",
        "UAA 2002",
        "SAR",
        "SAA 2001",
        "200 OK",
        "200 OK",
        "200 OK",
        "sip:alice@home.example is registered",
    ] {
        let at = rest
            .find(message)
            .unwrap_or_else(|| panic!("{message} is not where it belongs:\n{text}"));
        rest = &rest[at + message.len()..];
    }
    for line in text.lines().filter(|line| line.contains('│')) {
        assert!(line.chars().count() <= 80, "wider than 80 columns: {line}");
    }
    assert!(
        dir.path()
            .join("run/lab.pcapng")
            .metadata()
            .expect("the capture")
            .len()
            > 10_000
    );
}

#[test]
fn two_labs_at_once_and_a_taken_port_is_explained() {
    let base = base_port(23_000, 2);
    let mut first = lab()
        .args(["--base-port", &base.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the lab runs");
    let stdout = first.stdout.take().expect("piped");
    let first = Running(first);
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains("is registered")),
        "the first lab registers its phone"
    );

    // Beside it another one, elsewhere.
    let other = lab()
        .args(["--once", "--base-port", &(base + 50).to_string()])
        .output()
        .expect("the lab runs");
    assert_eq!(other.status.code(), Some(0), "{}", text(&other));

    // And one that wants the same ports: told which, by whom, and what to do.
    let same = lab()
        .args(["--once", "--base-port", &base.to_string()])
        .output()
        .expect("the lab runs");
    let said = text(&same);
    assert_eq!(same.status.code(), Some(69), "{said}");
    for word in ["127.0.0.1", &base.to_string(), "lab", "--base-port"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    drop(first);
}

#[test]
fn wrong_flags_are_explained_with_64() {
    let output = lab().arg("--onec").output().expect("the lab runs");
    let said = text(&output);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("--once"), "{said}");
}

#[test]
fn nobody_reading_is_no_reason_to_panic() {
    let (gone, closed) = std::io::pipe().expect("a pipe");
    drop(gone);
    let ended = lab()
        .args(["--once", "--base-port", "80"])
        .stdout(closed.try_clone().expect("its other name"))
        .stderr(closed)
        .status()
        .expect("the lab runs");
    assert_eq!(ended.code(), Some(64));
}
