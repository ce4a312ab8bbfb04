//! `cargo xtask generate`: every dictionary of the repository to its committed module.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

use crate::dictionary::Dictionary;
use crate::read::ReadError;
use crate::rust;

/// The dictionaries in the order in which they import each other, without `.dia`.
const DICTIONARIES: [&str; 2] = ["base", "cx"];

/// What to do with what is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write the modules that changed.
    Write,
    /// Only say which modules are not current.
    Check,
}

/// What [`generate`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Modules that are as the dictionaries have them.
    pub current: Vec<PathBuf>,
    /// Modules that are not, or were not and are now written.
    pub changed: Vec<PathBuf>,
}

/// Why nothing could be made.
#[derive(Debug, Error)]
pub enum GenerateError {
    /// A dictionary cannot be read.
    #[error("{}: {error}", path.display())]
    Dictionary {
        /// The file.
        path: PathBuf,
        /// Where in it, and why.
        error: ReadError,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// `rustfmt` is missing or refused what was made.
    #[error("rustfmt (`rustup component add rustfmt`): {0}")]
    Rustfmt(String),
}

/// Reads every dictionary of `crate_root/dictionaries`, in the order in which they import each other.
///
/// # Errors
/// A dictionary that cannot be read.
pub fn dictionaries(crate_root: &Path) -> Result<Vec<Dictionary>, GenerateError> {
    let mut known: Vec<Dictionary> = Vec::new();
    for name in DICTIONARIES {
        let path = crate_root
            .join("dictionaries")
            .join(name)
            .with_extension("dia");
        let text = fs::read_to_string(&path).map_err(|error| file(&path, error))?;
        let dictionary = Dictionary::read(&text, &known)
            .map_err(|error| GenerateError::Dictionary { path, error })?;
        known.push(dictionary);
    }
    Ok(known)
}

/// Makes the modules of `crate_root/src/generated` from `crate_root/dictionaries`.
///
/// # Errors
/// A dictionary that cannot be read, a file that cannot be read or written, no `rustfmt`.
pub fn generate(crate_root: &Path, mode: Mode) -> Result<Outcome, GenerateError> {
    let mut outcome = Outcome::default();
    let known = dictionaries(crate_root)?;
    for (at, name) in DICTIONARIES.into_iter().enumerate() {
        let made = formatted(&rust::source(&known[at], &known[..at]))?;
        let target = crate_root
            .join("src")
            .join("generated")
            .join(name)
            .with_extension("rs");
        if fs::read_to_string(&target).is_ok_and(|there| there == made) {
            outcome.current.push(target);
            continue;
        }
        if mode == Mode::Write {
            fs::write(&target, made).map_err(|error| file(&target, error))?;
        }
        outcome.changed.push(target);
    }
    Ok(outcome)
}

fn file(path: &Path, error: io::Error) -> GenerateError {
    GenerateError::File {
        path: path.to_owned(),
        error,
    }
}

fn formatted(source: &str) -> Result<String, GenerateError> {
    let failed = |error: io::Error| GenerateError::Rustfmt(error.to_string());
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        // rustfmt takes its settings from where it runs: those of this repository.
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(source.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(GenerateError::Rustfmt(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )),
    }
}
