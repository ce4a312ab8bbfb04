//! `cargo xtask bench load`, small: every figure is there, in its form, and every call went through.

use std::path::Path;
use std::process::Command;

/// What `line` has behind `word`, as a number.
fn figure(line: &str, word: &str) -> Option<f64> {
    let (_, rest) = line.split_once(word)?;
    rest.split([' ', ',', ')'])
        .find(|part| !part.is_empty())?
        .parse()
        .ok()
}

/// Whether the elements are there, as where the whole workspace is tested: cargo in a test would build them once more.
fn are_built() -> bool {
    let beside = Path::new(env!("CARGO_BIN_EXE_xtask")).parent();
    let beside = beside.expect("a folder of programs");
    ["hss", "scscf", "icscf", "pcscf"]
        .iter()
        .all(|element| beside.join(element).exists())
}

#[test]
fn the_short_form_prints_every_figure() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["bench", "load", "--short"])
        .args(are_built().then_some("--no-build"))
        .output()
        .expect("xtask runs");
    let (said, heard) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    // SIPp's failed calls end it with an error.
    assert!(
        output.status.success(),
        "{}\n{said}\n{heard}",
        output.status
    );
    let lines: [(&str, &[&str], &str); 6] = [
        (
            "load digest registrations, S-CSCF alone at 200/s: ",
            &["ours ", "kamailio ", "floor ", "ratio ", "and hss "],
            "cpu-s per 10000",
        ),
        (
            "load refreshes by a known nonce, two each, registrar path alone at 200/s: ",
            &["ours ", "kamailio ", "floor ", "ratio ", "and hss "],
            "cpu-s per 10000",
        ),
        (
            "load digest registrations, whole core at 200/s: ",
            &[
                "ours ",
                "kamailio ",
                "floor ",
                "ratio ",
                "(hss ",
                "scscf ",
                "icscf ",
                "pcscf ",
            ],
            "cpu-s per 10000",
        ),
        (
            "load memory of 200 registrations at 400/s, S-CSCF, at the peak: ",
            &["ours ", "kamailio ", "ratio "],
            "octets each",
        ),
        (
            "load memory of 200 registrations at 400/s, S-CSCF, drained: ",
            &["ours ", "kamailio ", "ratio "],
            "octets each",
        ),
        (
            "load digest registrations, S-CSCF alone, with what ends their transactions, at 400/s: ",
            &["ours ", "kamailio ", "ratio "],
            "cpu-s per 10000",
        ),
    ];
    for (what, figures, unit) in lines {
        let line = said.lines().find_map(|line| line.strip_prefix(what));
        let line = line.unwrap_or_else(|| panic!("no line `{what}` in\n{said}\n{heard}"));
        assert!(line.contains(unit), "{what}{line}");
        for word in figures {
            assert!(figure(line, word).is_some(), "no `{word}` in {what}{line}");
        }
    }
}
