//! Why nothing, or not all, is shown, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use capture::ReadError;
use process::exit;
use thiserror::Error;

use crate::keys::KeysError;
use crate::source;

/// Everything that ends `flow show` before its time.
#[derive(Debug, Error)]
pub(crate) enum ShowError {
    /// The capture cannot be opened.
    #[error("cannot open {}: {source}\n  way out: name a pcap or pcapng file that you may read, or - for standard input", path.display())]
    Input {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No packet of it can be read.
    #[error("{name}: {error}\n  way out: {}", way_out(error))]
    Capture {
        /// Which capture.
        name: String,
        /// What is wrong with it.
        error: ReadError,
    },
    /// The file with the names cannot be opened.
    #[error("cannot read the names in {}: {source}\n  way out: name a file that you may read with --names", path.display())]
    Names {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line of it is wrong.
    #[error("{}:{line}: {what}\n  problem: {problem}\n  way out: {way_out}", path.display())]
    Name {
        /// Which file.
        path: PathBuf,
        /// Which line of it, from 1.
        line: usize,
        /// What stands there.
        what: String,
        /// What is wrong with it.
        problem: String,
        /// What to write instead.
        way_out: &'static str,
    },
    /// The keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The output would replace the capture.
    #[error("--output {} is the capture itself\n  way out: give another name", .0.display())]
    OverItself(PathBuf),
    /// The output cannot be made.
    #[error("cannot make {}: {source}\n  way out: give a path that can be written with --output", path.display())]
    Output {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The output cannot be written on.
    #[error(
        "cannot write the output: {0}\n  way out: make room, or give another place with --output"
    )]
    Write(io::Error),
    /// Nobody reads standard output any more.
    #[error("standard output was closed")]
    Unread,
}

impl ShowError {
    /// A failure to open a capture; for `map_err`.
    pub(crate) fn input(path: &Path) -> impl FnOnce(io::Error) -> ShowError {
        let path = path.to_owned();
        move |source| ShowError::Input { path, source }
    }

    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        match self {
            ShowError::Input { .. } => exit::NO_INPUT,
            ShowError::Capture { error, .. } => source::status(error),
            ShowError::Names { .. } | ShowError::Name { .. } | ShowError::OverItself(_) => {
                exit::USAGE
            }
            ShowError::Keys(error) => error.status(),
            ShowError::Output { .. } => exit::CANNOT_CREATE,
            ShowError::Write(_) => exit::IO,
            ShowError::Unread => exit::OK,
        }
    }
}

impl From<io::Error> for ShowError {
    fn from(error: io::Error) -> ShowError {
        match error.kind() {
            io::ErrorKind::BrokenPipe => ShowError::Unread,
            _ => ShowError::Write(error),
        }
    }
}

fn way_out(error: &ReadError) -> &'static str {
    match error {
        ReadError::Io(error) if error.kind() == io::ErrorKind::IsADirectory => {
            "name a capture in it"
        }
        ReadError::Io(_) => "see whether the file can be copied",
        ReadError::NotACapture | ReadError::Modified => {
            "give a file that tcpdump, Wireshark or an element's --capture wrote; editcap converts others"
        }
        _ => "capture anew; what a capture has before its fault is shown",
    }
}
