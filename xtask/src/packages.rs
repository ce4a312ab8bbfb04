//! Debian packages that tests need, installed only where they are missing and without any daemon starting.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Failed, shown};

/// A program that tests call, and the package that has it.
struct Needed {
    program: &'static str,
    package: &'static str,
    used_for: &'static str,
}

const NEEDED: [Needed; 4] = [
    Needed {
        program: "sipp",
        package: "sip-tester",
        used_for: "registering many users",
    },
    Needed {
        program: "tshark",
        package: "tshark",
        used_for: "dissecting captures",
    },
    Needed {
        program: "kill",
        package: "procps",
        used_for: "telling elements to stop",
    },
    Needed {
        program: "unshare",
        package: "util-linux",
        used_for: "names for tshark without touching the system",
    },
];

/// Where Debian's `invoke-rc.d` asks whether a package may start its daemon.
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// Answers "forbidden" to every question.
const POLICY_TEXT: &str =
    "#!/bin/sh\n# Put here by `cargo xtask test` while it installs packages.\nexit 101\n";

/// Installs the packages that are missing, and says so.
pub(crate) fn install_missing() -> Result<(), Failed> {
    let missing: Vec<_> = NEEDED
        .iter()
        .filter(|needed| find(needed.program).is_none())
        .collect();
    if missing.is_empty() {
        let programs: Vec<_> = NEEDED.iter().map(|needed| needed.program).collect();
        println!("{} are here: nothing to install", programs.join(", "));
        return Ok(());
    }
    for needed in &missing {
        println!(
            "`{}` is missing ({}): installing package {}",
            needed.program, needed.used_for, needed.package
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
    let policy = Policy::put(root)
        .map_err(|error| Failed(format!("cannot write {POLICY}: {error}; {by_hand}")))?;
    let installed = apt_get(root, &["update"]).and_then(|()| {
        let mut args = vec!["install", "--yes", "--no-install-recommends"];
        args.extend(&packages);
        apt_get(root, &args)
    });
    drop(policy);
    installed.map_err(|failed| Failed(format!("{failed}; {by_hand}")))
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
struct Policy(Option<Root>);

impl Policy {
    fn put(root: Root) -> io::Result<Self> {
        if Path::new(POLICY).exists() {
            println!("{POLICY} is there already and stays as it is");
            return Ok(Self(None));
        }
        let mut file = temporary()?;
        file.1.write_all(POLICY_TEXT.as_bytes())?;
        file.1.set_permissions(fs::Permissions::from_mode(0o755))?;
        let mut install = root.command("install");
        install.args(["-m", "755"]).arg(&file.0).arg(POLICY);
        let status = install.status();
        fs::remove_file(&file.0)?;
        if !status?.success() {
            return Err(io::Error::other("install failed"));
        }
        Ok(Self(Some(root)))
    }
}

fn temporary() -> io::Result<(PathBuf, fs::File)> {
    let path = std::env::temp_dir().join(format!("policy-rc.d.{}", std::process::id()));
    let file = fs::File::create_new(&path)?;
    Ok((path, file))
}

impl Drop for Policy {
    fn drop(&mut self) {
        let Some(root) = self.0 else { return };
        let removed = root.command("rm").arg(POLICY).status();
        if !removed.is_ok_and(|status| status.success()) {
            eprintln!(
                "{POLICY} could not be taken away again: remove it, or no package starts its daemon"
            );
        }
    }
}

/// The first `program` on the PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
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
}
