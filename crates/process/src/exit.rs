//! Exit statuses, numbered as `sysexits.h` has them.

use std::process::ExitCode;

use clap::error::ErrorKind;

/// It did what it was asked for, or was asked to stop.
pub const OK: u8 = 0;
/// The command line or the configuration file is wrong.
pub const USAGE: u8 = 64;
/// A file that was given is not what it should be, or not all of it.
pub const DATA: u8 = 65;
/// A file that was given cannot be opened.
pub const NO_INPUT: u8 = 66;
/// An address could not be bound: taken, or not of this host.
pub const UNAVAILABLE: u8 = 69;
/// Anything else that kept the process from running.
pub const SOFTWARE: u8 = 70;
/// A file that is to be written cannot be made.
pub const CANNOT_CREATE: u8 = 73;
/// Reading or writing failed.
pub const IO: u8 = 74;

/// Prints what a program has to say instead of running (its help, its version, or what is wrong with its flags), and
/// gives the status to end with.
#[must_use]
pub fn without_flags(said: &clap::Error) -> ExitCode {
    // Standard output or error may be gone; then nobody misses it.
    let _ = said.print();
    ExitCode::from(if was_asked_for(said) { OK } else { USAGE })
}

/// Whether it is help or the version, and nothing is wrong.
pub(crate) fn was_asked_for(said: &clap::Error) -> bool {
    matches!(
        said.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    )
}
