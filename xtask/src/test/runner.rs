//! The workspace's tests: by cargo-nextest where it is installed, else by `cargo test`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::packages::find;
use crate::step::{Failed, Steps, shown};

use super::cargo_in_root;

/// Runs all tests as the last step and returns the runner's summary.
pub(super) fn run(steps: &mut Steps) -> String {
    let mut summary = String::new();
    if find("cargo-nextest").is_some() {
        let mut command = cargo_in_root(&["nextest", "run", "--workspace", "--no-fail-fast"]);
        steps.call("tests", || {
            let said = shown_and_kept(&mut command)?;
            summary = nextest_summary(&said.errors);
            said.passed
        });
    } else {
        println!("\ncargo-nextest is not installed: cargo test takes its place");
        let args = [
            "test",
            "--workspace",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ];
        let mut command = cargo_in_root(&args);
        steps.call("tests", || {
            let said = shown_and_kept(&mut command)?;
            summary = libtest_summary(&said.output);
            said.passed
        });
    }
    summary
}

/// What a command wrote, and how it ended.
struct Said {
    output: Vec<String>,
    errors: Vec<String>,
    passed: Result<(), Failed>,
}

/// Runs `command`; what it writes is shown as it comes, and kept.
fn shown_and_kept(command: &mut Command) -> Result<Said, Failed> {
    println!("{}", shown(command));
    let cannot = |error| Failed(format!("cannot be started: {error}"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(cannot)?;
    let output = child.stdout.take().expect("piped above");
    let errors = child.stderr.take().expect("piped above");
    let (output, errors) = std::thread::scope(|scope| {
        let errors = scope.spawn(|| lines(errors, std::io::stderr()));
        (
            lines(output, std::io::stdout()),
            errors.join().unwrap_or_default(),
        )
    });
    let passed = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(status.to_string())),
        Err(error) => Err(Failed(error.to_string())),
    };
    Ok(Said {
        output,
        errors,
        passed,
    })
}

fn lines(from: impl std::io::Read, mut to: impl Write) -> Vec<String> {
    let mut kept = Vec::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|length| length > 0)
    {
        let text = String::from_utf8_lossy(&line);
        // A closed terminal is no reason to stop counting.
        let _ = to.write_all(text.as_bytes());
        kept.push(text.trim_end().to_owned());
        line.clear();
    }
    kept
}

/// From nextest's `Summary` line to its end, where the failed tests are listed.
fn nextest_summary(errors: &[String]) -> String {
    let first = errors
        .iter()
        .rposition(|line| line.trim_start().starts_with("Summary ["));
    first.map_or_else(
        || "no test was run".to_owned(),
        |first| errors[first..].join("\n"),
    )
}

/// libtest prints one `test result:` line a binary; this is their sum, in the same form.
fn libtest_summary(output: &[String]) -> String {
    let mut sums = [
        ("passed", 0),
        ("failed", 0),
        ("ignored", 0),
        ("measured", 0),
        ("filtered out", 0),
    ];
    for line in output
        .iter()
        .filter(|line| line.starts_with("test result:"))
    {
        let counts = line.split(". ").nth(1).unwrap_or_default();
        for count in counts.split("; ") {
            let Some((number, name)) = count.split_once(' ') else {
                continue;
            };
            for (known, sum) in &mut sums {
                if name == *known {
                    *sum += number.parse::<u64>().unwrap_or(0);
                }
            }
        }
    }
    let verdict = if sums[1].1 == 0 { "ok" } else { "FAILED" };
    let counts: Vec<_> = sums
        .iter()
        .map(|(name, sum)| format!("{sum} {name}"))
        .collect();
    format!("test result: {verdict}. {}", counts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn nextest_ends_with_its_summary_and_the_failed() {
        let said = text(&[
            "        PASS [   0.004s] process config::tests::domains",
            "────────────",
            "     Summary [   0.300s] 3 tests run: 2 passed, 1 failed, 1 skipped",
            "        FAIL [   0.030s] process config::tests::print",
        ]);
        assert_eq!(nextest_summary(&said), said[2..].join("\n"));
        assert_eq!(nextest_summary(&[]), "no test was run");
    }

    #[test]
    fn libtest_lines_are_added_up() {
        let said = text(&[
            "test result: ok. 17 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test a::b ... FAILED",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.00s",
        ]);
        assert_eq!(
            libtest_summary(&said),
            "test result: FAILED. 20 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out"
        );
    }
}
