//! `cargo xtask bench`: one line a figure, `WHAT WHICH ours NUMBER UNIT`.

mod codecs;
mod load;
mod measure;

use std::process::Command;

use clap::Subcommand;

use crate::repository::{cargo, root};
use crate::step::{Failed, shown};

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum What {
    /// Nanoseconds a message: SIP parsing, reading and printing; Diameter decoding and encoding
    Codecs,
    /// CPU-seconds for 10,000 registrations with SIP Digest under SIPp: each element, and the whole core
    Load,
}

impl What {
    /// Its name on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Codecs => "codecs",
            Self::Load => "load",
        }
    }
}

pub(crate) fn run(what: What) -> Result<(), Failed> {
    if cfg!(debug_assertions) {
        return run_optimised(what);
    }
    match what {
        What::Codecs => codecs::run(),
        What::Load => load::run(),
    }
}

/// Figures of an unoptimised build say nothing: the same command again, as a release build.
fn run_optimised(what: What) -> Result<(), Failed> {
    let mut command = Command::new(cargo());
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "xtask",
        "--",
        "bench",
        what.name(),
    ]);
    match command.current_dir(root()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{}: {status}", shown(&command)))),
        Err(error) => Err(Failed(format!("{}: {error}", shown(&command)))),
    }
}
