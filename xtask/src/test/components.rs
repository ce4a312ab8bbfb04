//! rustfmt and clippy, which a minimal toolchain lacks.

use std::process::{Command, Stdio};

use crate::packages::find;
use crate::repository::cargo;
use crate::step::{Failed, shown};

/// Installs rustfmt and clippy by rustup where they are missing, and says so.
pub(super) fn install_missing() -> Result<(), Failed> {
    let missing: Vec<_> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(subcommand, _)| !answers(subcommand))
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        println!("rustfmt and clippy are here: nothing to install");
        return Ok(());
    }
    let names = missing.join(" and ");
    if find("rustup").is_none() {
        return Err(Failed(format!(
            "{names} missing, and there is no rustup: install by hand"
        )));
    }
    let mut command = Command::new("rustup");
    command.args(["component", "add"]).args(&missing);
    println!("{names} missing: {}", shown(&command));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("rustup component add: {status}"))),
        Err(error) => Err(Failed(format!("rustup component add: {error}"))),
    }
}

fn answers(subcommand: &str) -> bool {
    let mut command = Command::new(cargo());
    command
        .args([subcommand, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
