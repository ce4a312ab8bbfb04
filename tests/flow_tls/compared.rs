//! What `flow` says of a capture, and what tshark does.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// By packet, what messages end in it.
pub(crate) type Kinds = BTreeMap<u64, Vec<String>>;

pub(crate) fn flow(command: &str, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flow"))
        .arg(command)
        .args(args)
        .output()
        .expect("flow runs")
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Every line of `flow show --json`.
pub(crate) fn shown(capture: &Path, more: &[&str]) -> Vec<Value> {
    let args = [&[text(capture), "--json", "--all"], more].concat();
    let output = flow("show", &args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |line: &str| serde_json::from_str(line).expect("JSON");
    lines.lines().map(line).collect()
}

pub(crate) fn ours(lines: &[Value]) -> Kinds {
    let mut kinds = Kinds::new();
    for line in lines {
        assert_eq!(line["type"], "message", "{line}");
        let last = line["packets"][1].as_u64().expect("a number");
        let kind = match line["protocol"].as_str() {
            Some("sip") => line["label"].as_str().expect("a label").to_owned(),
            _ => line["message"]["code"].to_string(),
        };
        kinds.entry(last).or_default().push(kind);
    }
    kinds
}

pub(crate) fn theirs(capture: &Path, key_log: &Path) -> Kinds {
    let fields = [
        "frame.number",
        "sip.Method",
        "sip.Status-Code",
        "diameter.cmd.code",
    ];
    let output = Command::new("tshark")
        .args(["-o", &format!("tls.keylog_file:{}", text(key_log))])
        .args(["-d", "tls.port==5868,diameter", "-d", "tcp.port==5868,tls"])
        .args(["-Y", "sip || diameter", "-T", "fields"])
        .args(fields.iter().flat_map(|field| ["-e", field]))
        .arg("-r")
        .arg(capture)
        .output()
        .expect("tshark, of Wireshark");
    assert!(output.status.success(), "{output:?}");
    let mut kinds = Kinds::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut fields = line.split('\t');
        let number = fields.next().expect("a number").parse().expect("a number");
        for kind in fields.flat_map(|field| field.split(',')) {
            if !kind.is_empty() {
                kinds.entry(number).or_default().push(kind.to_owned());
            }
        }
    }
    kinds
}

/// Both find so many messages, in the same packets.
#[track_caller]
pub(crate) fn agree(capture: &Path, key_log: &Path, messages: usize, what: &str) {
    let ours = ours(&shown(capture, &["--key-log", text(key_log)]));
    let count: usize = ours.values().map(Vec::len).sum();
    assert_eq!(count, messages, "{what}: {ours:?}");
    assert_eq!(ours, theirs(capture, key_log), "{what}");
}
