//! The HSS from its own binary and the shipped example, as somebody meets it who runs it by hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn hss() -> Command {
    let mut hss = Command::new(env!("CARGO_BIN_EXE_hss"));
    hss.stdin(Stdio::null());
    hss
}

/// A copy of the example, with `from` in `file` replaced by `to`; what the HSS says of it from another directory.
fn changed(
    file: &str,
    from: &str,
    to: &str,
    flags: &[&str],
) -> (Option<i32>, String, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/lab.example");
    for name in ["hss.toml", "subscribers.json"] {
        let mut text = fs::read_to_string(example.join(name)).expect("the example");
        if name == file {
            assert!(text.contains(from), "{from} stands in {name}");
            text = text.replacen(from, to, 1);
        }
        fs::write(dir.path().join(name), text).expect("a copy");
    }
    fs::write(dir.path().join("garbage"), [0xa5; 4096]).expect("a file");
    let output = hss()
        .current_dir("/")
        .arg("--config")
        .arg(dir.path().join("hss.toml"))
        .args(flags)
        .output()
        .expect("the binary runs");
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    (status.code(), said, dir)
}

#[test]
fn check_looks_at_the_subscribers_too_and_finds_them_beside_the_configuration() {
    let (status, said, _dir) = changed("hss.toml", "realm", "realm", &["--check"]);
    assert_eq!(status, Some(0), "{said}");
    for (file, from, to, words) in [
        (
            "hss.toml",
            "subscribers.json",
            "nobody.json",
            ["subscribers = ", "nobody.json", "way out"],
        ),
        (
            "subscribers.json",
            "\"password\"",
            "\"pasword\"",
            ["subscribers = ", "pasword", "way out"],
        ),
        (
            "subscribers.json",
            "sip:bob@home.example",
            "sip:alice@home.example",
            ["subscribers = ", "sip:alice@home.example", "way out"],
        ),
        (
            "subscribers.json",
            "{",
            "[",
            ["subscribers = ", "subscribers.json", "way out"],
        ),
    ] {
        let (status, said, _dir) = changed(file, from, to, &["--check"]);
        assert_eq!(status, Some(64), "{said}");
        for word in words.into_iter().chain(["hss.toml"]) {
            assert!(said.contains(word), "{word} in {said}");
        }
        assert!(
            !said.contains("down-the-rabbit-hole"),
            "a password is shown: {said}"
        );
    }
}

#[test]
fn a_database_that_cannot_be_opened_is_explained() {
    for database in ["garbage", "no/such/directory/hss.sqlite3", "."] {
        let (status, said, _dir) =
            changed("hss.toml", "hss.sqlite3", database, &["--log", "error"]);
        assert_eq!(status, Some(64), "{said}");
        for word in [
            "hss.toml",
            "database = ",
            database,
            "problem: ",
            "way out: ",
        ] {
            assert!(said.contains(word), "{word} in {said}");
        }
    }
}

#[test]
fn nobody_reading_is_no_reason_to_panic() {
    for (flags, status) in [(&["--help"][..], 0), (&["--no-such-flag"], 64)] {
        let (gone, closed) = std::io::pipe().expect("a pipe");
        drop(gone);
        let ended = hss()
            .args(flags)
            .stdout(closed.try_clone().expect("its other name"))
            .stderr(closed)
            .status()
            .expect("the binary runs");
        assert_eq!(ended.code(), Some(status), "{flags:?}");
    }
}
