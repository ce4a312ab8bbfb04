//! The secrets of TLS that `--key-log` gives, and those that stand in a capture.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flow::tls::key_log::{MAX_KEYED, MAX_LINE};
use flow::{BadLine, KeyLog};
use process::exit;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why there are no secrets.
#[derive(Debug, Error)]
pub(crate) enum KeysError {
    /// The file cannot be opened, or not be read on.
    #[error("cannot read the keys in {}: {source}\n  way out: name a file that you may read with --key-log", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line of it is wrong.
    #[error(
        "{}:{line}: {problem}\n  way out: give the file as the program wrote it, or without that line", path.display()
    )]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line of it, from 1.
        line: usize,
        /// What is wrong with it.
        problem: BadLine,
    },
    /// It is something else.
    #[error(
        "{}:{line}: no line of a key log: longer than {MAX_LINE} octets\n  way out: give what a program wrote to \
         SSLKEYLOGFILE", path.display()
    )]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// Which line of it, from 1.
        line: usize,
    },
    /// No line of it has a secret.
    #[error(
        "{}: no key in it\n  way out: give what a program wrote to SSLKEYLOGFILE, lines such as CLIENT_RANDOM … or \
         CLIENT_TRAFFIC_SECRET_0 …; a certificate's private key opens nothing", path.display()
    )]
    Empty {
        /// Which file.
        path: PathBuf,
    },
}

impl KeysError {
    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        match self {
            KeysError::Unreadable { .. } => exit::NO_INPUT,
            KeysError::Line { .. } | KeysError::TooLong { .. } | KeysError::Empty { .. } => {
                exit::DATA
            }
        }
    }
}

/// The secrets in a file, if one is given.
///
/// # Errors
/// The file, or the line of it that is wrong.
pub(crate) fn of(path: Option<&Path>) -> Result<KeyLog, KeysError> {
    let mut keys = KeyLog::default();
    let Some(path) = path else {
        return Ok(keys);
    };
    let unreadable = |source| KeysError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE + 1));
    for number in 1.. {
        line.clear();
        let limit = MAX_LINE as u64 + 1;
        let length = file.by_ref().take(limit).read_until(b'\n', &mut line);
        match length.map_err(unreadable)? {
            0 => break,
            length if length > MAX_LINE => {
                return Err(KeysError::TooLong {
                    path: path.to_owned(),
                    line: number,
                });
            }
            _ => {}
        }
        keys.read_line(&line).map_err(|problem| KeysError::Line {
            path: path.to_owned(),
            line: number,
            problem,
        })?;
    }
    match keys.is_empty() {
        true => Err(KeysError::Empty {
            path: path.to_owned(),
        }),
        false => Ok(keys),
    }
}

/// What is to be told of the secrets in the capture and those that were given.
pub(crate) fn told(bad: Option<&(usize, BadLine)>, keys: &KeyLog) -> Vec<String> {
    let bad = bad.map(|(line, problem)| {
        format!("the keys in the capture, line {line}: {problem}; the others are taken")
    });
    let dropped = keys.dropped();
    let dropped = (dropped > 0).then(|| {
        format!(
            "keys of {dropped} connections dropped: more than {MAX_KEYED} are not kept; give those of the capture alone"
        )
    });
    bad.into_iter().chain(dropped).collect()
}
