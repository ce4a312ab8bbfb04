//! Instructions, counted by callgrind: inputs of twice the length take at most twice as many.

use std::process::Command;

use super::nasty::{KINDS, read_everything};

/// In the environment of this program when callgrind runs it: kind and length.
const WHAT: &str = "COUNTED_INPUT";

const LENGTH: usize = 12_000;

/// Where the lengths of lists, lines and blocks do not double exactly.
const ROUNDING: f64 = 1.08;

/// Does what is counted, when callgrind runs this test; else nothing.
#[test]
fn counted() {
    let Ok(what) = std::env::var(WHAT) else {
        return;
    };
    let (kind, length) = what.split_once(' ').expect("kind and length");
    let (_, make) = KINDS
        .iter()
        .find(|(name, _)| *name == kind)
        .expect("a kind");
    read_everything(&make(length.parse().expect("a length")));
}

/// Instructions that reading everything in such an input takes.
fn instructions(kind: &str, length: usize) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=*read_everything*",
        ])
        .arg(program)
        .args(["--exact", "instructions::counted", "--test-threads=1"])
        .env(WHAT, format!("{kind} {length}"))
        .output()
        .expect("valgrind, which `cargo xtask test` installs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let count = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .map(|(_, count)| count.trim().parse().expect("a number"));
    count.unwrap_or_else(|| panic!("no count in {said}"))
}

/// The kinds are shared among a few tests, which run at once.
fn linear(share: usize) {
    let mut found = String::new();
    for (kind, _) in KINDS.iter().skip(share).step_by(SHARES) {
        let (once, twice) = (instructions(kind, LENGTH), instructions(kind, 2 * LENGTH));
        assert!(
            once > LENGTH as f64,
            "{kind}: {once} instructions, which is not all"
        );
        let factor = twice / once;
        println!("{kind}: {once} and {twice}, {factor:.2} times");
        if factor > 2.0 * ROUNDING {
            found.push_str(&format!("\n{kind}: {once} and {twice}, {factor:.2} times"));
        }
    }
    assert!(
        found.is_empty(),
        "more than twice for twice the length:{found}"
    );
}

const SHARES: usize = 2;

#[test]
fn at_most_twice_first_share() {
    linear(0);
}

#[test]
fn at_most_twice_second_share() {
    linear(1);
}
