//! A program that is measured, and what the kernel says of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::bench::proc::{kibibytes, read, ticks};
use crate::step::Failed;

use super::failed;

/// A program with its children, killed when dropped.
pub(super) struct Running {
    pub(super) name: &'static str,
    child: Child,
}

impl Running {
    /// Starts `command`; returns once a line of its standard error has `ready`.
    pub(super) fn start(
        name: &'static str,
        command: &mut Command,
        ready: &str,
    ) -> Result<Self, Failed> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(name, &error))?;
        let mut running = Self { name, child };
        let log = running.child.stderr.take();
        let mut log = BufReader::new(log.ok_or_else(|| Failed(format!("{name}: no log")))?).lines();
        let mut said = String::new();
        for line in log.by_ref().map_while(Result::ok) {
            if line.contains(ready) {
                // Read on, so that it never waits for us.
                std::thread::Builder::new()
                    .spawn(move || log.map_while(Result::ok).for_each(drop))
                    .map_err(|error| failed("a thread", &error))?;
                return Ok(running);
            }
            said.push_str(&line);
            said.push('\n');
        }
        let status = running.child.wait().map_err(|error| failed(name, &error))?;
        Err(Failed(format!(
            "{name} ended with {status} instead of getting ready:\n{said}"
        )))
    }

    /// User and system time so far, of it and its children.
    pub(super) fn cpu_seconds(&self) -> Result<f64, Failed> {
        self.over_all(|id| {
            let ticks = ticks(&read(id, "stat")?);
            // By the nanosecond, but of threads that are still there only.
            let threads = fs::read_dir(format!("/proc/{id}/task"))?;
            let exact: f64 = threads
                .flatten()
                .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
                .filter_map(|line| line.split(' ').next()?.parse::<f64>().ok())
                .sum::<f64>()
                / 1e9;
            Ok(exact.max(ticks))
        })
    }

    /// Resident memory now, what several processes share counted once, in octets.
    pub(super) fn memory(&self) -> Result<f64, Failed> {
        self.over_all(|id| Ok(kibibytes(&read(id, "smaps_rollup")?, "Pss:") * 1024.0))
    }

    /// The most that was ever resident, in octets; of a program that is one process.
    pub(super) fn memory_at_peak(&self) -> Result<f64, Failed> {
        let id = self.child.id();
        let status =
            read(id, "status").map_err(|error| failed("the memory of a program", &error))?;
        Ok(kibibytes(&status, "VmHWM:") * 1024.0)
    }

    /// The sum of `figure` over the process and its descendants.
    fn over_all(&self, figure: impl Fn(u32) -> std::io::Result<f64>) -> Result<f64, Failed> {
        let mut sum = 0.0;
        let mut left = vec![self.child.id()];
        while let Some(id) = left.pop() {
            sum +=
                figure(id).map_err(|error| failed(&format!("/proc of {}", self.name), &error))?;
            left.extend(children(id));
        }
        Ok(sum)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Kamailio's children end with their parent only if it is asked, and so do ours.
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .stderr(Stdio::null())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            let _gone = self.child.kill();
        }
        let _reaped = self.child.wait();
    }
}

fn children(id: u32) -> Vec<u32> {
    let text = read(id, &format!("task/{id}/children")).unwrap_or_default();
    text.split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_ready_says_why() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such thing >&2; exit 3"]);
        let Err(Failed(said)) = Running::start("it", &mut command, "ready") else {
            panic!("it was never ready");
        };
        assert!(
            said.contains("no such thing") && said.contains('3'),
            "{said}"
        );
    }

    #[test]
    fn the_processor_time_of_a_child_counts() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo ready >&2; exec sleep 60' & wait",
        ]);
        let running = Running::start("shells", &mut command, "ready").expect("ready");
        let own = ticks(&read(running.child.id(), "stat").expect("it runs"));
        let all = running.cpu_seconds().expect("/proc");
        assert!(all > own + 0.02, "{all} s with the child, {own} s without");
        for child in children(running.child.id()) {
            let _gone = Command::new("kill").arg(child.to_string()).status();
        }
    }
}
