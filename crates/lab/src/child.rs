//! The elements as processes of their own.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::error::{Ended, LabError, LastLines};
use crate::files::RunDir;
use crate::role::Role;

/// Lines of a log that an error shows.
const SHOWN_LINES: usize = 8;

/// Octets of a log that are looked at for them.
const SHOWN_OCTETS: usize = 16 * 1024;

/// A running element. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Child {
    role: Role,
    process: tokio::process::Child,
    /// Open for as long as the lab lives: the element ends when it closes.
    _stdin: Option<ChildStdin>,
    log: PathBuf,
}

impl Child {
    /// Starts this program again as the element; its standard output is its capture.
    ///
    /// # Errors
    /// The log cannot be made, or the process cannot be started.
    pub(crate) fn start(
        role: Role,
        dir: &RunDir,
        log_filter: &str,
    ) -> Result<(Child, ChildStdout), LabError> {
        let log = dir.log(role);
        let stderr = File::create(&log).map_err(LabError::file(&log, "make the log"))?;
        let program = std::env::current_exe().map_err(LabError::system("find this program"))?;
        let mut process = Command::new(program)
            .args(["element", "--until-stdin-closes", role.name()])
            .arg("--config")
            .arg(dir.config(role))
            .args(["--log", log_filter, "--capture", "-"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            // Ctrl-C is for the lab, which then stops the elements in their order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(LabError::system("start an element"))?;
        let stdout = process.stdout.take().expect("piped above");
        let child = Child {
            role,
            _stdin: process.stdin.take(),
            process,
            log,
        };
        Ok((child, stdout))
    }

    /// Which element it is.
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Waits until it ends. Safe to drop.
    pub(crate) async fn ended(&mut self) -> LabError {
        match self.process.wait().await {
            Ok(status) => LabError::Ended(self.epitaph(status)),
            Err(source) => LabError::System {
                doing: "wait for an element",
                source,
            },
        }
    }

    fn epitaph(&self, status: ExitStatus) -> Ended {
        Ended {
            role: self.role,
            status,
            last_lines: self.last_lines(),
            log: self.log.clone(),
        }
    }

    /// That it runs and does not get ready within a time.
    pub(crate) fn not_ready(&self, within: Duration) -> LabError {
        LabError::NotReady {
            role: self.role,
            within_s: within.as_secs(),
            last_lines: self.last_lines(),
            log: self.log.clone(),
        }
    }

    /// Asks it to stop.
    pub(crate) fn tell_to_stop(&self) {
        if let Some(pid) = self.process.id().and_then(|id| Pid::from_raw(id as i32)) {
            // One that ended meanwhile needs no signal.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    /// Asks it to stop, and kills it if it has not ended after a time.
    pub(crate) async fn stop(&mut self, kill_after: Duration) {
        self.tell_to_stop();
        if timeout(kill_after, self.process.wait()).await.is_err() {
            // Fails only for one that ended.
            let _ = self.process.kill().await;
        }
    }

    fn last_lines(&self) -> LastLines {
        LastLines(last_lines(&self.log).unwrap_or_default())
    }
}

/// The last lines of a log, safe for a terminal.
fn last_lines(log: &std::path::Path) -> io::Result<Vec<String>> {
    let octets = fs::read(log)?;
    let from = octets.len().saturating_sub(SHOWN_OCTETS);
    let lines: Vec<&[u8]> = octets[from..]
        .split(|&octet| octet == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    let shown = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
    let charset = flow::Style::of_stdout().charset;
    Ok(shown
        .iter()
        .map(|line| flow::escape::escaped_octets(line, charset))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_log_the_end_is_shown_and_cannot_harm() {
        let dir = tempfile::tempdir().expect("a directory");
        let log = dir.path().join("scscf.log");
        let mut text = "x\n".repeat(20_000);
        text.push_str("the \x1b[2Jcause\n\n");
        fs::write(&log, text).expect("a file");
        let lines = last_lines(&log).expect("readable");
        assert_eq!(lines.len(), SHOWN_LINES);
        assert_eq!(lines.last().map(String::as_str), Some("the \\x1b[2Jcause"));
        assert!(last_lines(&dir.path().join("none")).is_err());
    }
}
