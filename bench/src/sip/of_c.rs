//! libosip2 and sofia-sip, where Debian's `libosip2-dev`, `libsofia-sip-ua-dev`, `pkg-config` and a C compiler are
//! installed: small programs of `c/`, compiled and run, beside a measurement of ours in the same breath.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{Candidate, ours, times};
use crate::c;
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
        match measured(module, program, &paths) {
            Ok(figures) => peers.push((who, figures)),
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

/// Nanoseconds of bare and full.
fn measured(module: &str, program: &str, paths: &[PathBuf]) -> Result<[Option<f64>; 2], String> {
    let binary = c::compiled(program, &c::flags_of(module)?)?;
    let said = c::said(&binary, paths)?;
    Ok(["bare ", "full "].map(|what| c::figure(&said, what)))
}
