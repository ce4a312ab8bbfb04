//! Debian packages that tests need, installed only where they are missing and without any daemon starting.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Failed, shown};

/// Something that tests call, and the package that has it.
struct Needed {
    sign: Sign,
    package: &'static str,
    used_for: &'static str,
}

/// By what one sees that a package is there.
#[derive(Clone, Copy)]
enum Sign {
    Program(&'static str),
    /// A module of Kamailio, by its name.
    Kamailio(&'static str),
    File(&'static str),
}

impl Sign {
    fn is_there(self) -> bool {
        match self {
            Self::Program(program) => find(program).is_some(),
            Self::Kamailio(module) => kamailio_module(module).is_some(),
            Self::File(path) => Path::new(path).exists(),
        }
    }
}

impl std::fmt::Display for Sign {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Program(program) => write!(out, "`{program}`"),
            Self::Kamailio(module) => write!(out, "Kamailio's module `{module}`"),
            Self::File(path) => write!(out, "`{path}`"),
        }
    }
}

const NEEDED: [Needed; 14] = [
    Needed {
        sign: Sign::Program("sipp"),
        package: "sip-tester",
        used_for: "registering many users",
    },
    Needed {
        sign: Sign::Program("tshark"),
        package: "tshark",
        used_for: "dissecting captures",
    },
    Needed {
        sign: Sign::Program("valgrind"),
        package: "valgrind",
        used_for: "counting the instructions that inputs of twice the length take",
    },
    Needed {
        sign: Sign::Program("kill"),
        package: "procps",
        used_for: "telling elements to stop",
    },
    Needed {
        sign: Sign::Program("unshare"),
        package: "util-linux",
        used_for: "names for tshark and Kamailio without touching the system",
    },
    Needed {
        sign: Sign::Program("kamailio"),
        package: "kamailio",
        used_for: "a registrar of another make to measure beside",
    },
    Needed {
        sign: Sign::Kamailio("ims_auth"),
        package: "kamailio-ims-modules",
        used_for: "an I-CSCF and an S-CSCF of another make at our HSS",
    },
    Needed {
        sign: Sign::Kamailio("presence"),
        package: "kamailio-presence-modules",
        used_for: "what its S-CSCF stands on",
    },
    Needed {
        sign: Sign::Kamailio("db_sqlite"),
        package: "kamailio-sqlite-modules",
        used_for: "the S-CSCFs that its I-CSCF chooses from",
    },
    Needed {
        sign: Sign::Program("freeDiameterd"),
        package: "freediameterd",
        used_for: "a Diameter relay of another make between our elements",
    },
    Needed {
        sign: Sign::File("/usr/lib/freeDiameter/acl_wl.fdx"),
        package: "freediameter-extensions",
        used_for: "what it stands on",
    },
    Needed {
        sign: Sign::Program("openssl"),
        package: "openssl",
        used_for: "a certificate, without which freeDiameter does not start",
    },
    Needed {
        sign: Sign::Program("ip"),
        package: "iproute2",
        used_for: "a network of freeDiameter's own",
    },
    Needed {
        sign: Sign::Program("dnsmasq"),
        package: "dnsmasq-base",
        used_for: "a DNS server to find elements by",
    },
];

/// Programs that packages among [`NEEDED`] would start as daemons.
const DAEMONS: [&str; 2] = ["kamailio", "freeDiameterd"];

/// Where Debian's `invoke-rc.d` asks whether a package may start its daemon.
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// How such a policy forbids.
const FORBIDDEN: i32 = 101;
/// Answers "forbidden" to every question.
const POLICY_TEXT: &str =
    "#!/bin/sh\n# Put here by `cargo xtask test` while it installs packages.\nexit 101\n";

/// Installs the packages that are missing, and says so.
pub(crate) fn install_missing() -> Result<(), Failed> {
    let missing: Vec<_> = NEEDED
        .iter()
        .filter(|needed| !needed.sign.is_there())
        .collect();
    if missing.is_empty() {
        let packages: Vec<_> = NEEDED.iter().map(|needed| needed.package).collect();
        println!("{} are here: nothing to install", packages.join(", "));
        return Ok(());
    }
    for needed in &missing {
        println!(
            "{} is missing ({}): installing package {}",
            needed.sign, needed.used_for, needed.package
        );
    }
    let packages: Vec<_> = missing.iter().map(|needed| needed.package).collect();
    let by_hand = format!("install by hand: apt-get install {}", packages.join(" "));
    if find("apt-get").is_none() {
        return Err(Failed(format!("there is no apt-get here; {by_hand}")));
    }
    let root = Root::find().ok_or_else(|| {
        Failed(format!(
            "neither root nor able to become it by sudo without a password; {by_hand}"
        ))
    })?;
    let ran = daemons();
    let policy = Policy::put(root, Path::new(POLICY))
        .map_err(|error| Failed(format!("cannot write {POLICY}: {error}; {by_hand}")))?;
    let installed = apt_get(root, &["update"]).and_then(|()| {
        let mut args = vec!["install", "--yes", "--no-install-recommends"];
        args.extend(&packages);
        apt_get(root, &args)
    });
    drop(policy);
    installed.map_err(|failed| Failed(format!("{failed}; {by_hand}")))?;
    let started: Vec<_> = daemons()
        .into_iter()
        .filter(|daemon| !ran.contains(daemon))
        .map(|(id, name)| format!("{name} (process {id})"))
        .collect();
    if !started.is_empty() {
        return Err(Failed(format!(
            "a package started its daemon although {POLICY} forbids it: {}; stop it",
            started.join(", ")
        )));
    }
    println!("no daemon of theirs was started: {POLICY} forbade it");
    Ok(())
}

/// The processes that run a program of [`DAEMONS`].
fn daemons() -> Vec<(u32, String)> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let running = processes.filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let name = fs::read_to_string(entry.path().join("comm")).ok()?;
        Some((id, name.trim_end().to_owned()))
    });
    running
        .filter(|(_, name)| DAEMONS.contains(&name.as_str()))
        .collect()
}

fn apt_get(root: Root, args: &[&str]) -> Result<(), Failed> {
    // `env` because sudo passes no environment on.
    let mut command = root.command("env");
    command
        .arg("DEBIAN_FRONTEND=noninteractive")
        .arg("apt-get")
        .args(args);
    println!("$ {}", shown(&command));
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("apt-get {}: {status}", args[0]))),
        Err(error) => Err(Failed(format!("apt-get {}: {error}", args[0]))),
    }
}

/// How commands are run as root.
#[derive(Debug, Clone, Copy)]
enum Root {
    AlreadyIs,
    Sudo,
}

impl Root {
    fn find() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        if effective_user(&status) == Some(0) {
            return Some(Self::AlreadyIs);
        }
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "true"])
            .stderr(Stdio::null());
        sudo.status().ok()?.success().then_some(Self::Sudo)
    }

    fn command(self, program: &str) -> Command {
        match self {
            Self::AlreadyIs => Command::new(program),
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.args(["--non-interactive", program]);
                command
            }
        }
    }
}

/// The effective user id in the text of `/proc/self/status`.
fn effective_user(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The policy that no daemon starts; taken away when dropped, unless it was there before us.
struct Policy<'a> {
    path: &'a Path,
    ours: Option<Root>,
}

impl<'a> Policy<'a> {
    fn put(root: Root, path: &'a Path) -> io::Result<Self> {
        if path.exists() {
            // Of a daemon that no package has: what is asked matters to no policy that forbids all.
            let answer = Command::new(path).args(["wayfarer", "start"]).status()?;
            if answer.code() != Some(FORBIDDEN) {
                return Err(io::Error::other(
                    "one is there that lets packages start their daemons",
                ));
            }
            println!("{} is there already and stays as it is", path.display());
            return Ok(Self { path, ours: None });
        }
        let mut file = temporary()?;
        file.1.write_all(POLICY_TEXT.as_bytes())?;
        file.1.set_permissions(fs::Permissions::from_mode(0o755))?;
        let mut install = root.command("install");
        install.args(["-m", "755"]).arg(&file.0).arg(path);
        let status = install.status();
        fs::remove_file(&file.0)?;
        if !status?.success() {
            return Err(io::Error::other("install failed"));
        }
        Ok(Self {
            path,
            ours: Some(root),
        })
    }
}

fn temporary() -> io::Result<(PathBuf, fs::File)> {
    let path = std::env::temp_dir().join(format!("policy-rc.d.{}", std::process::id()));
    let file = fs::File::create_new(&path)?;
    Ok((path, file))
}

impl Drop for Policy<'_> {
    fn drop(&mut self) {
        let Some(root) = self.ours else { return };
        let removed = root.command("rm").arg(self.path).status();
        if !removed.is_ok_and(|status| status.success()) {
            eprintln!(
                "{} could not be taken away again: remove it, or no package starts its daemon",
                self.path.display()
            );
        }
    }
}

/// Where daemons are, which is on the PATH of root only.
const DAEMON_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// The first `program` on the PATH, or where daemons are.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .chain(DAEMON_FOLDERS.map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The file of Kamailio's module `name`.
fn kamailio_module(name: &str) -> Option<PathBuf> {
    // Debian's folder is named after the machine, as /usr/lib/x86_64-linux-gnu is.
    let machines = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    machines
        .map(|entry| entry.path())
        .chain(["/usr/lib", "/usr/lib64", "/usr/local/lib"].map(PathBuf::from))
        .map(|folder| folder.join(format!("kamailio/modules/{name}.so")))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effective_user_counts() {
        assert_eq!(
            effective_user("Name:\tx\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n"),
            Some(0)
        );
        assert_eq!(effective_user("Uid:\t0\t1000\t0\t0\n"), Some(1000));
        assert_eq!(effective_user(""), None);
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program-anywhere"), None);
    }

    #[test]
    fn a_policy_forbids_every_daemon_and_goes_away() {
        let path = std::env::temp_dir().join(format!("a-policy.{}", std::process::id()));
        let ask = || {
            let asked = Command::new(&path).args(["kamailio", "start"]).status();
            asked.expect("it can be run").code()
        };
        let policy = Policy::put(Root::AlreadyIs, &path).expect("written");
        assert_eq!(ask(), Some(FORBIDDEN));
        // What is there stays.
        drop(Policy::put(Root::AlreadyIs, &path).expect("it forbids"));
        assert_eq!(ask(), Some(FORBIDDEN));
        drop(policy);
        assert!(!path.exists());
    }

    #[test]
    fn a_policy_that_lets_daemons_start_stops_us() {
        let path = std::env::temp_dir().join(format!("lax-policy.{}", std::process::id()));
        fs::write(&path, "#!/bin/sh\nexit 0\n").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
        let refused = Policy::put(Root::AlreadyIs, &path).err();
        fs::remove_file(&path).expect("ours");
        assert!(refused.is_some());
    }

    #[test]
    fn packages_started_no_daemons() {
        // What tests start themselves names its configuration; a daemon of the system runs with its own.
        for (id, name) in daemons() {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            // Gone meanwhile, or a zombie.
            if line.is_empty() {
                continue;
            }
            assert!(
                [" -f ", " -c "].iter().any(|flag| line.contains(flag)) && !line.contains(" /etc/"),
                "{name} runs as a daemon of the system: {line}"
            );
        }
    }
}
