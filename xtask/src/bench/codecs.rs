//! `cargo xtask bench codecs`: what `bench/` prints, a workspace of its own because of those that it measures beside.

use std::path::Path;
use std::process::Command;

use crate::repository::{cargo, root};
use crate::step::{Failed, shown};

/// Measures with the messages of the repository, or with those of `folder`.
pub(super) fn run(folder: Option<&Path>) -> Result<(), Failed> {
    let mut command = Command::new(cargo());
    command.args(["run", "--quiet", "--release", "--manifest-path"]);
    command.arg(root().join("bench/Cargo.toml"));
    if let Some(folder) = folder {
        command.arg("--").arg(folder);
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{}: {status}", shown(&command)))),
        Err(error) => Err(Failed(format!("{}: {error}", shown(&command)))),
    }
}
