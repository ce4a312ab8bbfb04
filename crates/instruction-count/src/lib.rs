//! Tests that a decoder's instructions grow no faster than its input.
//!
//! Instructions are counted and not timed, by callgrind, which runs the test program once more with [`WHAT`] in its
//! environment. Counted is what happens within functions that have `read_everything` in their names.

use std::process::Command;

/// In the environment of the program that callgrind runs: kind of the input, and its length in octets.
pub const WHAT: &str = "COUNTED_INPUT";

/// Where the lengths of lists, lines and blocks do not double exactly.
const ROUNDING: f64 = 1.08;

/// An input of some nasty kind: its name, and what makes one of about so many octets.
pub type Kind = (&'static str, fn(usize) -> Vec<u8>);

/// In the program that callgrind runs: makes the input that is asked for and gives it to `read_everything`; else
/// nothing.
///
/// # Panics
///
/// If what is asked for is none of `kinds`.
pub fn counted(kinds: &[Kind], read_everything: fn(&[u8])) {
    let Ok(what) = std::env::var(WHAT) else {
        return;
    };
    let (kind, length) = what.split_once(' ').expect("kind and length");
    let (_, make) = kinds
        .iter()
        .find(|(name, _)| *name == kind)
        .expect("a kind");
    read_everything(&make(length.parse().expect("a length")));
}

/// Instructions that reading everything in such an input takes.
fn instructions(test: &str, kind: &str, length: usize) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=*read_everything*",
        ])
        .arg(program)
        .args(["--exact", test, "--test-threads=1"])
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

/// Counts every kind at `length` octets and at twice as many; `test` is the path of the test that calls [`counted`].
///
/// # Panics
///
/// If one takes more than twice the instructions for twice the length, or so few that it was not read.
pub fn at_most_twice(test: &str, kinds: impl Iterator<Item = &'static str>, length: usize) {
    let mut found = String::new();
    for kind in kinds {
        let once = instructions(test, kind, length);
        let twice = instructions(test, kind, 2 * length);
        assert!(
            once > length as f64,
            "{kind}: {once} instructions, which is not all"
        );
        let figures = format!("{kind}: {once} and {twice}, {:.2} times", twice / once);
        println!("{figures}");
        if twice / once > 2.0 * ROUNDING {
            found.push_str(&format!("\n{figures}"));
        }
    }
    assert!(
        found.is_empty(),
        "more than twice for twice the length:{found}"
    );
}
