//! `cargo xtask simulate`: histories of `tests/simulation` for as long, or as many, as one likes.

use std::process::{Command, Stdio};
use std::str::FromStr;

use crate::repository::root;
use crate::step::{Failed, shown};

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Until this many seconds are over.
    Seconds(u64),
    /// This many histories.
    Histories(u64),
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |digits: &str| {
            digits.parse().map_err(|_| {
                format!("`{text}` is neither seconds, as in 600s, nor a number of histories")
            })
        };
        match text.strip_suffix('s') {
            Some(seconds) => number(seconds).map(Amount::Seconds),
            None => number(text).map(Amount::Histories),
        }
    }
}

/// Runs them, from `seed` on; one that fails prints its seed and leaves a capture.
pub(crate) fn run(amount: Amount, seed: u64) -> Result<(), Failed> {
    let mut command = Command::new("cargo");
    command
        .current_dir(root())
        .stdin(Stdio::null())
        .env("SIMULATION_SEED", seed.to_string());
    match amount {
        Amount::Seconds(seconds) => command.env("SIMULATION_SECONDS", seconds.to_string()),
        Amount::Histories(count) => command.env("SIMULATION_HISTORIES", count.to_string()),
    };
    command.args(["test", "--release", "--test", "simulation", "--"]);
    command.args(["--exact", "--nocapture"]);
    command.arg("agreement::once_things_are_quiet_registrar_and_hss_and_phones_agree");
    println!("{}", shown(&command));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("the simulation ended with {status}"))),
        Err(error) => Err(Failed(format!("cargo cannot be started: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        assert_eq!("600s".parse(), Ok(Amount::Seconds(600)));
        assert_eq!("100000".parse(), Ok(Amount::Histories(100_000)));
        for wrong in ["", "s", "-1", "10m"] {
            assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
        }
    }
}
