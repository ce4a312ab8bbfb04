//! Running commands one after another, and saying how long each took.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Why a task ends with another status than 0.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl fmt::Display for Failed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
}

/// What was done so far; every step is run, whatever became of those before it.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration, Outcome)>,
}

impl Steps {
    /// Shows `command` and runs it in the repository, its output going where ours goes.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) {
        println!("\n── {name}: {}", shown(command));
        let started = now();
        let outcome = match command.stdin(Stdio::null()).status() {
            Ok(status) if status.success() => Outcome::Passed,
            Ok(status) => {
                println!("── {name}: {status}");
                Outcome::Failed
            }
            Err(error) => {
                println!("── {name}: cannot be started: {error}");
                Outcome::Failed
            }
        };
        self.done
            .push((name.to_owned(), started.elapsed(), outcome));
    }

    /// Runs a step of our own.
    pub(crate) fn call(&mut self, name: &str, step: impl FnOnce() -> Result<(), Failed>) {
        println!("\n── {name}");
        let started = now();
        let outcome = match step() {
            Ok(()) => Outcome::Passed,
            Err(failed) => {
                println!("── {name}: {failed}");
                Outcome::Failed
            }
        };
        self.done
            .push((name.to_owned(), started.elapsed(), outcome));
    }

    /// Prints one line a step.
    pub(crate) fn print(&self) {
        println!("\n── steps");
        for (name, took, outcome) in &self.done {
            let said = match outcome {
                Outcome::Passed => "ok",
                Outcome::Failed => "FAILED",
            };
            println!("{:>8.1} s  {name}: {said}", took.as_secs_f64());
        }
    }

    /// Whether all that ran passed.
    pub(crate) fn result(&self) -> Result<(), Failed> {
        let failed: Vec<_> = self
            .done
            .iter()
            .filter(|(_, _, outcome)| *outcome == Outcome::Failed)
            .map(|(name, ..)| name.as_str())
            .collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(Failed(format!("failed: {}", failed.join(", "))))
        }
    }
}

/// The clock of a developer's tool, not of an element.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask measures how long steps take"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Waits for `time`.
pub(crate) fn pause(time: Duration) {
    let until = now() + time;
    loop {
        let left = until.saturating_duration_since(now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
