//! `lab element NAME …`: the side of the lab that is an element.

use std::ffi::OsString;
use std::io::Read;
use std::process::ExitCode;

use crate::role::Role;

/// How long the element lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Until a signal.
    OwnWill,
    /// Until standard input closes too: a lab holds the other end, and the system closes it whatever ends the lab.
    WhileStdinIsOpen,
}

/// Runs the element by its own arguments.
pub(crate) fn run(role: Role, lifetime: Lifetime, args: Vec<OsString>) -> ExitCode {
    if lifetime == Lifetime::WhileStdinIsOpen {
        stop_when_stdin_closes();
    }
    role.run(args)
}

#[expect(
    clippy::disallowed_methods,
    reason = "it has to end the process even where the event loop of the element does not turn"
)]
fn stop_when_stdin_closes() {
    std::thread::spawn(|| {
        let mut octets = [0; 64];
        while matches!(std::io::stdin().read(&mut octets), Ok(1..)) {}
        // The lab is gone without having stopped its elements: all of them end here, so nothing is left to drain for.
        std::process::exit(i32::from(process::exit::SOFTWARE));
    });
}
