//! `cargo xtask bench`: one line a figure.

use clap::Subcommand;

use crate::step::Failed;

#[derive(Debug, Subcommand)]
pub(crate) enum What {}

pub(crate) fn run(what: What) -> Result<(), Failed> {
    match what {}
}
