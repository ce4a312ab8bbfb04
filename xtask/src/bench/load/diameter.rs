//! Diameter requests a second on one connection over loopback, through the whole peer machine of both sides.

use std::process::Command;

use crate::repository;
use crate::step::Failed;

use super::Form;

/// What freeDiameter 1.2.1 does with as many under way, measured on two cores with a test application that Debian
/// does not package: it is not measured again here.
const FREEDIAMETER: [(&str, f64); 3] = [("1", 9_000.0), ("100", 29_500.0), ("1000", 45_600.0)];

/// Measures and prints a line for each number of requests under way.
pub(super) fn run(form: Form) -> Result<(), Failed> {
    if form == Form::Short {
        // Release builds are nothing for a short run.
        return Ok(());
    }
    let output = Command::new(repository::cargo())
        .args(["run", "--quiet", "--release", "--package", "driver"])
        .args(["--example", "diameter_requests"])
        .current_dir(repository::root())
        .output()
        .map_err(|error| Failed(format!("cargo run: {error}")))?;
    if !output.status.success() {
        return Err(Failed(format!(
            "diameter_requests: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    for (under_way, theirs) in FREEDIAMETER {
        let ours = said
            .lines()
            .filter_map(|line| line.split_once(' '))
            .find(|(count, _)| *count == under_way)
            .and_then(|(_, rate)| rate.parse::<f64>().ok())
            .ok_or_else(|| Failed(format!("diameter_requests said:\n{said}")))?;
        println!(
            "load diameter-{under_way}-under-way ours {ours:.0} requests/s, freeDiameter {theirs:.0} (measured \
             before), ratio {:.2}",
            ours / theirs
        );
    }
    Ok(())
}
