//! The whole network on loopback with one command.
//!
//! A lab is every element: it starts itself once for each, as `lab element NAME`, reads what they capture from their
//! standard output, and draws it.

mod admin;
mod child;
mod drawing;
mod element;
mod error;
mod files;
mod flags;
mod picture;
mod plan;
mod role;
mod run;
mod signals;
mod text;
mod users;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use driver::io::Io;
use net::Net;
use process::exit;

pub use error::{Ended, LabError, LastLines};
pub use files::CAPTURE_FILE;
pub use plan::{DEFAULT_BASE, GREATEST_BASE, LEAST_BASE, PORTS, Plan};
pub use role::Role;
pub use run::{CONNECTED_WITHIN, READY_WITHIN, REGISTERED_WITHIN, REGISTERED_WITHIN_EACH};
pub use users::MAX_USERS;

use element::Lifetime;
use flags::{Flags, Part};

/// The whole of the lab's binary. The status is one of [`process::exit`].
pub fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(said) => return exit::without_flags(&said),
    };
    match flags.part {
        Some(Part::Element {
            until_stdin_closes,
            role,
            args,
        }) => {
            let lifetime = match until_stdin_closes {
                true => Lifetime::WhileStdinIsOpen,
                false => Lifetime::OwnWill,
            };
            element::run(role, lifetime, args)
        }
        Some(Part::Subscribers { users, scheme }) => {
            let text = Net::new()
                .map(|net| users::subscribers(users, scheme, |octets| net.fill_random(octets)));
            let printed = text.and_then(|text| io::stdout().write_all(text.as_bytes()));
            match printed.map_err(LabError::system("print subscribers")) {
                Ok(()) => ExitCode::from(exit::OK),
                Err(error) => {
                    let _ = writeln!(io::stderr(), "lab: {error}");
                    ExitCode::from(error.status())
                }
            }
        }
        None => {
            let outcome =
                net::run(run::run(&flags.lab)).map_err(LabError::system("run an event loop"));
            match outcome.and_then(|outcome| outcome) {
                Ok(()) => ExitCode::from(exit::OK),
                Err(error) => {
                    // Standard error may be gone with standard output, as under `2>&1 | head`.
                    let _ = writeln!(io::stderr(), "lab: {error}");
                    ExitCode::from(error.status())
                }
            }
        }
    }
}
