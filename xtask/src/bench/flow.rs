//! `cargo xtask bench flow`: a long capture, read by `flow` and by tshark.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::repository::{cargo, root};
use crate::step::{Failed, now, pause, shown};

use super::proc::{kibibytes, read, ticks};

/// Between two looks at how much memory is used.
const LOOK: Duration = Duration::from_millis(20);

/// What `flow` is asked for.
const OURS: [&[&str]; 4] = [
    &["show"],
    &["show", "--user", "alice"],
    &["show", "--json"],
    &["check"],
];

/// What is asked of tshark: less than any of ours.
const THEIRS: [&str; 3] = ["-Y", "sip || diameter", "-r"];

/// Makes a capture of so many megabytes and has it read.
pub(super) fn run(megabytes: u32) -> Result<(), Failed> {
    let own = std::env::current_exe().map_err(failed("our own program"))?;
    cargo_runs(Command::new(cargo()).args(["build", "--quiet", "--release", "--bin", "flow"]))?;
    let path = std::env::temp_dir().join(format!("wayfarer-flow-{}.pcap", std::process::id()));
    let measured = make(&path, megabytes).and_then(|()| measure(&own, &path));
    let _left_behind = fs::remove_file(&path);
    measured
}

fn make(path: &Path, megabytes: u32) -> Result<(), Failed> {
    let mut command = Command::new(cargo());
    command.args(["run", "--quiet", "--release", "--package", "flow"]);
    command.args(["--example", "long_capture", "--"]);
    cargo_runs(command.arg(path).arg(megabytes.to_string()))
}

fn cargo_runs(command: &mut Command) -> Result<(), Failed> {
    match command.current_dir(root()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{}: {status}", shown(command)))),
        Err(error) => Err(failed("cargo")(error)),
    }
}

fn measure(own: &Path, path: &Path) -> Result<(), Failed> {
    let length = fs::metadata(path).map_err(failed("the capture"))?.len() as f64 / 1e6;
    eprintln!("… tshark: {length:.0} MB");
    let mut tshark = Command::new("tshark");
    let theirs = Needed::by(tshark.args(THEIRS).arg(path), |status| status == Some(0))?;
    for words in OURS {
        let mut flow = Command::new(own.with_file_name("flow"));
        // 1: `check` found something, as it has to in copies of the same registrations.
        let ours = Needed::by(flow.args(words).arg(path), |status| {
            matches!(status, Some(0 | 1))
        })?;
        println!(
            "flow {}, {length:.0} MB: ours {:.2} s, {:.2} cpu-s, {:.0} MB at peak; tshark {:.2} s, {:.2} cpu-s, {:.0} MB; \
             ratio {:.1}",
            words.join(" "),
            ours.seconds,
            ours.cpu_seconds,
            ours.megabytes,
            theirs.seconds,
            theirs.cpu_seconds,
            theirs.megabytes,
            theirs.seconds / ours.seconds,
        );
    }
    Ok(())
}

/// What a program needed.
struct Needed {
    seconds: f64,
    cpu_seconds: f64,
    /// The most that was resident, as far as was seen.
    megabytes: f64,
}

impl Needed {
    /// Runs `command` to its end, its output read by nobody.
    fn by(command: &mut Command, is_good: impl Fn(Option<i32>) -> bool) -> Result<Self, Failed> {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let name = shown(command);
        let started = now();
        let mut child = command
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed(&name))?;
        let mut needed = Self {
            seconds: 0.0,
            cpu_seconds: 0.0,
            megabytes: 0.0,
        };
        let id = child.id();
        loop {
            let status = read(id, "status").map_err(failed(&name))?;
            let peak = kibibytes(&status, "VmHWM:") * 1024.0 / 1e6;
            needed.megabytes = peak.max(needed.megabytes);
            // Until it is waited for, it keeps its times, and no memory.
            if status.contains("(zombie)") {
                break;
            }
            pause(LOOK);
        }
        needed.seconds = started.elapsed().as_secs_f64();
        needed.cpu_seconds = ticks(&read(id, "stat").map_err(failed(&name))?);
        let status = child.wait().map_err(failed(&name))?;
        match is_good(status.code()) {
            true => Ok(needed),
            false => Err(Failed(format!("{name}: {status}"))),
        }
    }
}

fn failed(what: &str) -> impl FnOnce(io::Error) -> Failed {
    let what = what.to_owned();
    move |error| Failed(format!("{what}: {error}"))
}
