//! `cargo xtask`: the one door to everything that is not building or running.

mod api;
mod bench;
mod fuzz;
mod generate;
mod packages;
mod repository;
mod simulate;
mod step;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use generate::{Current, Mode};
use step::Failed;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about, disable_help_subcommand = true)]
struct Flags {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what tests need, check format and lints, run every test
    Test,
    /// Measure
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
    /// Run every fuzz target with cargo-fuzz on nightly, sharing the time
    Fuzz {
        /// Seconds for all targets together
        seconds: u64,
    },
    /// Run random histories of the whole network in virtual time
    Simulate {
        /// How many histories, or for how long: 10000, 600s
        amount: simulate::Amount,
        /// The seed of the first
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Keep as text what the crates that are taken alone show to others
    Api {
        /// Only say whether it is current: exit status 0 or 1
        #[arg(long)]
        check: bool,
    },
    /// Make the typed Diameter modules from the dictionaries
    Generate {
        /// Only say whether they are current: exit status 0 or 1
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Flags::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("xtask: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Failed> {
    match task {
        Task::Test => test::run(),
        Task::Bench { what } => bench::run(what),
        Task::Fuzz { seconds } => fuzz::run(seconds),
        Task::Simulate { amount, seed } => simulate::run(amount, seed),
        Task::Api { check } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            match api::run(mode)? {
                Current::Yes => Ok(()),
                Current::No => Err(Failed("what the crates show has changed".to_owned())),
            }
        }
        Task::Generate { check } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            match generate::run(&repository::root(), mode) {
                Ok(Current::Yes) => Ok(()),
                Ok(Current::No) => Err(Failed("the generated modules are not current".to_owned())),
                Err(error) => Err(Failed(error.to_string())),
            }
        }
    }
}
