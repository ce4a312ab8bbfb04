//! `cargo xtask generate`: typed Diameter from the dictionaries, written or checked.

use std::path::Path;

pub(crate) use diameter_abnf::Mode;
use diameter_abnf::{GenerateError, generate};

/// Makes the modules of `diameter-codec` below the repository's root and says what changed; with
/// [`Mode::Check`] nothing is written, and the answer is whether all are current.
pub(crate) fn run(repository: &Path, mode: Mode) -> Result<Current, GenerateError> {
    let outcome = generate(&repository.join("crates/diameter-codec"), mode)?;
    for path in &outcome.current {
        println!("current  {}", path.display());
    }
    for path in &outcome.changed {
        match mode {
            Mode::Write => println!("written  {}", path.display()),
            Mode::Check => println!("STALE    {}: run `cargo xtask generate`", path.display()),
        }
    }
    Ok(match (mode, outcome.changed.is_empty()) {
        (Mode::Check, false) => Current::No,
        _ => Current::Yes,
    })
}

/// Whether the committed modules are what the dictionaries say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Current {
    /// They are.
    Yes,
    /// They are not, and were left so.
    No,
}
