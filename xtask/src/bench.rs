//! `cargo xtask bench`: one line a figure, `WHAT WHICH ours NUMBER UNIT`, then others and the ratio.

mod codecs;
mod flow;
mod load;
mod proc;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use clap::Subcommand;

use crate::repository::{cargo, root};
use crate::step::{Failed, shown};

use load::{Elements, Form};

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum What {
    /// Nanoseconds a message, ours beside others: SIP parsing, reading and printing; Diameter decoding and encoding
    Codecs {
        /// Measure only with the SIP messages of this folder
        #[arg(long, value_name = "FOLDER")]
        messages: Option<PathBuf>,
    },
    /// Time and memory that `flow` needs for a long capture, beside tshark
    Flow {
        /// How long it is
        #[arg(long, value_name = "N", default_value_t = 1_000)]
        megabytes: u32,
    },
    /// Processor time and memory of registrations under SIPp, ours beside Kamailio's
    Load {
        /// Small numbers, in any build: shows that it works, and nothing about speed
        #[arg(long)]
        short: bool,
        /// With `--short`: measure the elements that stand beside this program, and build nothing
        #[arg(long, requires = "short")]
        no_build: bool,
    },
    /// Answers REGISTER requests with copied responses: what `load` compares with
    #[command(hide = true)]
    Floor {
        /// Where to listen
        address: SocketAddr,
    },
}

impl What {
    /// Its words on the command line.
    fn words(&self) -> Vec<String> {
        let words = match self {
            Self::Codecs { .. } => ["codecs"].as_slice(),
            Self::Flow { megabytes } => &["flow", "--megabytes", &megabytes.to_string()],
            Self::Load { .. } => &["load"],
            Self::Floor { .. } => &["floor"],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }
}

pub(crate) fn run(what: What) -> Result<(), Failed> {
    match what {
        What::Floor { address } => load::floor::run(address),
        What::Load { no_build: true, .. } => load::run(Form::Short, Elements::Beside),
        What::Load { short: true, .. } => load::run(Form::Short, Elements::Built),
        What::Codecs { messages } => codecs::run(messages.as_deref()),
        _ if cfg!(debug_assertions) => run_optimised(&what),
        What::Flow { megabytes } => flow::run(megabytes),
        What::Load { short: false, .. } => load::run(Form::Full, Elements::Built),
    }
}

/// Figures of an unoptimised build say nothing: the same command again, as a release build.
fn run_optimised(what: &What) -> Result<(), Failed> {
    let mut command = Command::new(cargo());
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "xtask",
        "--",
        "bench",
    ]);
    command.args(what.words());
    match command.current_dir(root()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{}: {status}", shown(&command)))),
        Err(error) => Err(Failed(format!("{}: {error}", shown(&command)))),
    }
}
