//! Why the lab ends without success, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use process::exit;
use thiserror::Error;

use crate::plan::{GREATEST_BASE, LEAST_BASE, PORTS};
use crate::role::Role;

/// Everything that ends a lab but the wish of its user.
#[derive(Debug, Error)]
pub enum LabError {
    /// `--base-port` leaves no room.
    #[error(
        "--base-port {0}: a lab takes {PORTS} ports from there\n  way out: give a number from {LEAST_BASE} to \
         {GREATEST_BASE}"
    )]
    Base(u16),
    /// Addresses of the plan that cannot be bound.
    #[error("there is no room for it:\n  {}\n  way out: if another lab runs, give this one ports of its own, for example --base-port {other_base}", problems.join("\n  "))]
    Unavailable {
        /// What is in the way of each, and who holds it if that is known.
        problems: Vec<String>,
        /// Where there may be room.
        other_base: u16,
    },
    /// A file or directory.
    #[error("cannot {doing} {}: {source}\n  way out: give a directory that can be written with --dir", path.display())]
    File {
        /// What was tried with it.
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The lab's own process lacks something.
    #[error("cannot {doing}: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody reads what the lab says.
    #[error("standard output was closed")]
    Unread,
    /// An element ended although nobody asked it to.
    #[error("{0}")]
    Ended(Ended),
    /// An element runs and does not get ready.
    #[error("{} is not ready after {within_s} s{last_lines}\n  its log: {}", role.name(), log.display())]
    NotReady {
        /// Which one.
        role: Role,
        /// How long it had.
        within_s: u64,
        /// What it said last.
        last_lines: LastLines,
        /// Where the rest is.
        log: PathBuf,
    },
    /// Elements run and do not get connected to the HSS.
    #[error(
        "no Diameter connection to the HSS within {within_s} s from: {}\n  way out: they say why in their logs: {}",
        missing.iter().map(|role| role.name()).collect::<Vec<_>>().join(", "), logs.display()
    )]
    NotConnected {
        /// Which ones.
        missing: Vec<Role>,
        /// How long they had.
        within_s: u64,
        /// Where the logs are.
        logs: PathBuf,
    },
    /// The phone did not get registered.
    #[error(
        "the phone is not registered: {problem}\n  way out: read the ladder above for the first answer that is an \
         error; the element that sent it says why in its log: {}", logs.display()
    )]
    NotRegistered {
        /// What the phone says.
        problem: String,
        /// Where the logs are.
        logs: PathBuf,
    },
}

/// An element that ended.
#[derive(Debug)]
pub struct Ended {
    /// Which one.
    pub role: Role,
    /// How.
    pub status: ExitStatus,
    /// What it said last.
    pub last_lines: LastLines,
    /// Where the rest is.
    pub log: PathBuf,
}

/// The end of a log.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LastLines(pub Vec<String>);

impl LabError {
    /// A failure of `doing` with `path`; for `map_err`.
    pub fn file(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> LabError {
        let path = path.to_owned();
        move |source| LabError::File {
            doing,
            path,
            source,
        }
    }

    /// A failure of the system; for `map_err`.
    pub fn system(doing: &'static str) -> impl FnOnce(io::Error) -> LabError {
        move |source| LabError::System { doing, source }
    }

    /// The exit status: an element's own where it is one of ours.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            LabError::Base(_) => exit::USAGE,
            LabError::Unavailable { .. } => exit::UNAVAILABLE,
            LabError::Ended(ended) if ended.port_is_taken() => exit::UNAVAILABLE,
            LabError::File { .. }
            | LabError::System { .. }
            | LabError::Unread
            | LabError::Ended(_)
            | LabError::NotReady { .. }
            | LabError::NotConnected { .. }
            | LabError::NotRegistered { .. } => exit::SOFTWARE,
        }
    }
}

impl Ended {
    fn port_is_taken(&self) -> bool {
        self.status.code() == Some(i32::from(exit::UNAVAILABLE))
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} ended, {}{}\n  its log: {}",
            self.role.name(),
            self.status,
            self.last_lines,
            self.log.display()
        )?;
        if self.port_is_taken() {
            out.write_str("\n  way out: give this lab ports of its own with --base-port")?;
        }
        Ok(())
    }
}

impl fmt::Display for LastLines {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return out.write_str("; it said nothing");
        }
        out.write_str("; it said last:")?;
        self.0
            .iter()
            .try_for_each(|line| write!(out, "\n  | {line}"))
    }
}
