//! libosip2 and sofia-sip, where Debian's `libosip2-dev`, `libsofia-sip-ua-dev`, `pkg-config` and a C compiler are
//! installed: small programs of `c/`, compiled and run, beside a measurement of ours in the same breath.

use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;

use super::{Candidate, ours, times};
use crate::figure::{self, Taken};

/// Name, its `pkg-config` module, its program in `c/`.
const PEERS: [(&str, &str, &str); 2] = [
    ("libosip2", "libosip2", "osip.c"),
    ("sofia-sip", "sofia-sip-ua", "sofia.c"),
];

/// Prints the figures of the messages in `folder` beside those who are installed.
pub(crate) fn run(codec: &str, folder: &Path) -> Result<(), String> {
    let paths = super::paths(folder)?;
    let mut peers = Vec::new();
    for (who, module, program) in PEERS {
        match compiled(module, program) {
            Ok(binary) => peers.push((who, measured(&binary, &paths)?)),
            Err(problem) => println!("{codec} {who} is left out: {problem}"),
        }
    }
    if peers.is_empty() {
        return Ok(());
    }
    let messages = super::read(&paths)?;
    for (place, (what, work)) in [
        ("bare", ours::CANDIDATE.bare),
        ("full", ours::CANDIDATE.full),
    ]
    .into_iter()
    .enumerate()
    {
        let mut taken = vec![Taken {
            who: "ours",
            amount: alone(&messages, work),
        }];
        taken.extend(peers.iter().map(|(who, figures)| Taken {
            who,
            amount: figures[place],
        }));
        figure::print(&format!("{codec} {what}"), "ns", &taken);
    }
    Ok(())
}

fn alone(messages: &[Bytes], work: super::Work) -> Option<f64> {
    let ours = Candidate {
        who: "ours",
        bare: work,
        full: work,
    };
    times(&[ours], messages, |candidate| candidate.bare)[0].amount
}

fn compiled(module: &str, program: &str) -> Result<PathBuf, String> {
    let flags = Command::new("pkg-config")
        .args(["--cflags", "--libs", module])
        .output()
        .map_err(|error| format!("pkg-config: {error}"))?;
    if !flags.status.success() {
        return Err(format!("pkg-config finds no {module}"));
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("c")
        .join(program);
    let binary = std::env::current_exe()
        .map_err(|error| error.to_string())?
        .with_file_name(format!("bench-{module}"));
    let compiled = Command::new("cc")
        .arg("-O2")
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .args(String::from_utf8_lossy(&flags.stdout).split_whitespace())
        .status()
        .map_err(|error| format!("cc: {error}"))?;
    if compiled.success() {
        Ok(binary)
    } else {
        Err(format!("cc {}: {compiled}", source.display()))
    }
}

/// Nanoseconds of bare and full.
fn measured(binary: &Path, paths: &[PathBuf]) -> Result<[Option<f64>; 2], String> {
    let output = Command::new(binary)
        .args(paths)
        .output()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let figure = |what: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(what));
        let line = line.ok_or(format!("{}: {}", binary.display(), output.status))?;
        Ok::<_, String>(line.trim().parse().ok())
    };
    Ok([figure("bare ")?, figure("full ")?])
}
