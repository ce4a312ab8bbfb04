//! Call flows of SIP and Diameter out of captures; see `flow --help`.

mod check;
mod ending;
mod keys;
mod replay;
mod show;
mod source;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use process::exit;

/// Call flows of SIP and Diameter out of captures.
#[derive(Debug, Parser)]
#[command(name = "flow", version, disable_help_subcommand = true)]
struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Draw the ladder of a capture
    Show(show::Args),
    /// Find the faults in a capture
    Check(check::Args),
    /// Play one node's side of a capture against a live element
    Replay(replay::Args),
}

fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(said) => return exit::without_flags(&said),
    };
    match flags.command {
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args),
        Command::Replay(args) => replay::run(args),
    }
}
