//! What registrations cost: CPU-seconds for 10,000 of them with SIP Digest (two transactions each), under SIPp.
//!
//! Each element is a process of its own on loopback; the processor time is what the kernel accounts to it between
//! the first REGISTER and the last 200. SIPp runs beside on the same cores and is not counted.

mod diameter;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::repository;
use crate::step::Failed;

/// Registrations of one figure.
const USERS: usize = 10_000;
/// New registrations a second: what SIPp keeps up with beside the core on two cores.
const RATE: usize = 1_000;
/// Clock ticks a second of `/proc/PID/stat` (USER_HZ: 100 on every Linux).
const TICKS: f64 = 100.0;

const ELEMENTS: [&str; 4] = ["hss", "scscf", "icscf", "pcscf"];

/// Measures and prints a line for each figure.
pub(crate) fn run() -> Result<(), Failed> {
    let root = repository::root();
    let built = Command::new(repository::cargo())
        .args(["build", "--release", "--bins"])
        .current_dir(&root)
        .status()
        .map_err(|error| failed("cargo build", &error))?;
    if !built.success() {
        return Err(Failed("the release build failed".to_owned()));
    }
    let dir = std::env::temp_dir().join(format!("wayfarer-load-{}", std::process::id()));
    fs::create_dir_all(&dir).map_err(|error| failed("a directory for the run", &error))?;
    let measured = ["scscf", "pcscf"].map(|entry| measure(&root, &dir, entry));
    let _left_behind = fs::remove_dir_all(&dir);
    let [alone, core] = measured;
    let (alone, core) = (alone?, core?);
    let of = |cpu: &[(&str, f64)], name: &str| {
        cpu.iter()
            .find(|(element, _)| *element == name)
            .map_or(0.0, |(_, s)| *s)
    };
    println!(
        "load scscf-alone ours {:.3} cpu-s per 10000 digest registrations",
        of(&alone, "scscf")
    );
    println!(
        "load hss-alone ours {:.3} cpu-s per 10000 digest registrations",
        of(&alone, "hss")
    );
    let whole: f64 = core.iter().map(|(_, seconds)| seconds).sum();
    let parts: Vec<String> = core
        .iter()
        .map(|(element, seconds)| format!("{element} {seconds:.3}"))
        .collect();
    println!(
        "load whole-core ours {whole:.3} cpu-s per 10000 digest registrations ({})",
        parts.join(", ")
    );
    diameter::run()
}

/// Registers every user at `entry`; gives each element's CPU-seconds.
fn measure(root: &Path, dir: &Path, entry: &str) -> Result<Vec<(&'static str, f64)>, Failed> {
    let run = dir.join(entry);
    fs::create_dir_all(&run).map_err(|error| failed("a directory for the run", &error))?;
    write(&run.join("subscribers.json"), &subscribers())?;
    write(&run.join("users.csv"), &users())?;
    let mut core = Vec::new();
    for element in ELEMENTS {
        let config = run.join(format!("{element}.toml"));
        write(&config, &configuration(element, &run))?;
        core.push(Element::start(root, element, &config)?);
    }
    let before: Vec<f64> = core
        .iter()
        .map(Element::cpu_seconds)
        .collect::<Result<_, _>>()?;
    let sipp = Command::new("sipp")
        .arg(address(entry))
        .arg("-sf")
        .arg(root.join("tests/sipp/register.xml"))
        .arg("-inf")
        .arg(run.join("users.csv"))
        .args([
            "-i",
            "127.77.0.20",
            "-p",
            "5060",
            "-nostdin",
            "-timeout",
            "120",
            "-timeout_error",
        ])
        .args([
            "-m",
            &USERS.to_string(),
            "-r",
            &RATE.to_string(),
            "-l",
            "5000",
            "-buff_size",
            "4194304",
        ])
        .current_dir(&run)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed("sipp (Debian package sip-tester)", &error))?;
    if !sipp.status.success() {
        let report = String::from_utf8_lossy(&sipp.stdout).into_owned();
        return Err(Failed(format!(
            "sipp: {}: not every registration went through\n{report}",
            sipp.status
        )));
    }
    core.iter()
        .zip(before)
        .map(|(element, before)| Ok((element.name, element.cpu_seconds()? - before)))
        .collect()
}

/// One element, killed when dropped.
struct Element {
    name: &'static str,
    child: Child,
}

impl Element {
    /// Starts `name`; returns when it says that it is ready.
    fn start(root: &Path, name: &'static str, config: &Path) -> Result<Self, Failed> {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let mut child = Command::new(target.join("release").join(name))
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(name, &error))?;
        let log = child
            .stderr
            .take()
            .ok_or_else(|| Failed(format!("{name}: no log")))?;
        let mut element = Self { name, child };
        let mut log = BufReader::new(log).lines();
        let mut said = String::new();
        for line in log.by_ref().map_while(Result::ok) {
            if line.contains("is ready") {
                // Read on, so that the element never waits for us.
                std::thread::Builder::new()
                    .spawn(move || log.map_while(Result::ok).for_each(drop))
                    .map_err(|error| failed("a thread", &error))?;
                return Ok(element);
            }
            said.push_str(&line);
            said.push('\n');
        }
        let status = element.child.wait().map_err(|error| failed(name, &error))?;
        Err(Failed(format!(
            "{name} ended with {status} instead of getting ready:\n{said}"
        )))
    }

    /// User and system time so far.
    fn cpu_seconds(&self) -> Result<f64, Failed> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .map_err(|error| failed("the processor time of an element", &error))?;
        // After the name, which may hold anything and ends with the last parenthesis: field 3 and on.
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split_whitespace()
            .collect();
        let ticks = |at: usize| {
            fields
                .get(at)
                .and_then(|field| field.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        Ok((ticks(11) + ticks(12)) / TICKS)
    }
}

impl Drop for Element {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn address(element: &str) -> String {
    let (host, port) = match element {
        "pcscf" => (2, 5060),
        "icscf" => (3, 5060),
        "scscf" => (4, 5060),
        _ => (5, 3868),
    };
    format!("127.77.0.{host}:{port}")
}

fn configuration(element: &str, run: &Path) -> String {
    let sip = format!("[sip]\nlisten = \"{}\"\n", address(element));
    let diameter = format!(
        "[diameter]\nidentity = \"{element}.home.example\"\nrealm = \"home.example\"\nreconnect_ms = 100\n\
         [[diameter.peer]]\nidentity = \"hss.home.example\"\naddress = \"{}\"\n",
        address("hss")
    );
    match element {
        "hss" => format!(
            "subscribers = {:?}\ndatabase = {:?}\n[diameter]\nidentity = \"hss.home.example\"\n\
             realm = \"home.example\"\nlisten = \"{}\"\nadmit = \"anyone\"\n",
            run.join("subscribers.json"),
            run.join("hss.sqlite3"),
            address("hss")
        ),
        "scscf" => {
            format!("name = \"sip:scscf.home.example\"\nrealm = \"home.example\"\n{sip}{diameter}")
        }
        "icscf" => format!(
            "{sip}{diameter}[[scscf]]\nname = \"sip:scscf.home.example\"\n[names]\n\"scscf.home.example\" = \"{}\"\n",
            address("scscf")
        ),
        _ => format!(
            "network = \"home.example\"\n{sip}[core]\nlisten = \"127.77.0.2:5070\"\n[names]\n\"home.example\" = \"{}\"\n",
            address("icscf")
        ),
    }
}

fn subscribers() -> String {
    let subscriptions: Vec<String> = (0..USERS)
        .map(|user| {
            format!(
                "{{\"private_identities\":[{{\"impi\":\"user{user}@home.example\",\"password\":\"secret{user}\"}}],\
                 \"implicit_registration_sets\":[{{\"service_profiles\":[{{\"public_identities\":\
                 [{{\"identity\":\"sip:user{user}@home.example\"}}]}}]}}]}}"
            )
        })
        .collect();
    format!("{{\"subscriptions\":[{}]}}", subscriptions.join(",\n"))
}

fn users() -> String {
    let mut csv = String::from("SEQUENTIAL\n");
    for user in 0..USERS {
        csv.push_str(&format!(
            "user{user};[authentication username=user{user}@home.example password=secret{user}]\n"
        ));
    }
    csv
}

fn write(path: &Path, text: &str) -> Result<(), Failed> {
    fs::write(path, text).map_err(|error| failed(&path.display().to_string(), &error))
}

fn failed(what: &str, error: &std::io::Error) -> Failed {
    Failed(format!("{what}: {error}"))
}
