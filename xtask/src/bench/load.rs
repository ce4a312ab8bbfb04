//! What registrations cost, ours beside Kamailio's, under SIPp and in one run.
//!
//! Processor time is what the kernel accounts to a program, user and system, between the first REGISTER and the last
//! 200; SIPp runs beside on the same cores and is not counted. The *floor* is a bare program that answers with copied
//! responses: what the sockets alone cost. At low rates every message wakes its receiver, at high rates one wake-up
//! serves several; both are given.

mod diameter;
pub(crate) mod floor;
mod memory;
mod place;
mod processor;
mod running;
mod sipp;
mod subject;

use std::process::Command;
use std::time::Duration;

use crate::repository;
use crate::step::Failed;

use place::Ground;
use processor::Work;

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As much as figures need that mean something.
    Full,
    /// Enough to see that all of it works.
    Short,
}

/// Which elements are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elements {
    /// Those that cargo builds first.
    Built,
    /// Those that stand beside this program.
    Beside,
}

/// Registrations that processor time is given for.
const PER: f64 = 10_000.0;

impl Form {
    fn works(self) -> &'static [Work] {
        match self {
            Self::Full => &[
                Work {
                    users: 10_000,
                    rate: 1_000,
                },
                Work {
                    users: 10_000,
                    rate: 4_000,
                },
            ],
            Self::Short => &[Work {
                users: 100,
                rate: 200,
            }],
        }
    }

    /// T1 of our elements, where it is not RFC 3261's.
    fn t1(self) -> Option<Duration> {
        match self {
            Self::Full => None,
            Self::Short => Some(Duration::from_millis(10)),
        }
    }

    /// Registrations held at once, and how many are made a second.
    fn held(self) -> Work {
        match self {
            Self::Full => Work {
                users: 100_000,
                rate: 2_500,
            },
            Self::Short => Work {
                users: 200,
                rate: 400,
            },
        }
    }
}

/// Measures and prints a line for each figure.
pub(crate) fn run(form: Form, elements: Elements) -> Result<(), Failed> {
    // Asked before the build, which may put another program in our place.
    let own = std::env::current_exe().map_err(|error| failed("our own program", &error))?;
    if elements == Elements::Built {
        build()?;
    }
    let folder = std::env::temp_dir().join(format!("wayfarer-load-{}", std::process::id()));
    let ground = Ground { own, folder };
    let measured = all(form, &ground);
    let _left_behind = std::fs::remove_dir_all(&ground.folder);
    measured
}

fn all(form: Form, ground: &Ground) -> Result<(), Failed> {
    for work in form.works() {
        processor::measure(ground, *work)?;
    }
    memory::measure(ground, form.held(), form.t1())?;
    diameter::run(form)
}

/// The elements, optimised as this program is.
fn build() -> Result<(), Failed> {
    let mut command = Command::new(repository::cargo());
    command.args(["build", "--quiet", "--workspace", "--bins"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let built = command
        .current_dir(repository::root())
        .status()
        .map_err(|error| failed("cargo build", &error))?;
    built
        .success()
        .then_some(())
        .ok_or_else(|| Failed("the elements could not be built".to_owned()))
}

fn failed(what: &str, error: &std::io::Error) -> Failed {
    Failed(format!("{what}: {error}"))
}
