//! freeDiameter as a relay agent beside our elements.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Its identity.
pub(crate) const IDENTITY: &str = "relay.transit.example";
/// Where it listens.
pub(crate) const ADDRESS: &str = "10.88.0.1:3868";

/// A running freeDiameter, killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    dir: PathBuf,
}

impl Daemon {
    /// Starts it with what it needs in `dir`; it connects to the HSS at `hss`.
    pub(crate) fn start(dir: &Path, hss: SocketAddr) -> Self {
        certificate(dir);
        let write = |name: &str, text: String| {
            std::fs::write(dir.join(name), text).expect("a configuration file");
        };
        // Without ALLOW_IPSEC it wants TLS, and says 5017.
        write(
            "acl.conf",
            "ALLOW_IPSEC ALLOW_OLD_TLS *.home.example\n".to_owned(),
        );
        write(
            "fd.conf",
            format!(
                "Identity = \"{IDENTITY}\";\nRealm = \"transit.example\";\nPort = 3868;\nSecPort = 0;\n\
                 No_SCTP;\nNo_IPv6;\nPrefer_TCP;\nListenOn = \"10.88.0.1\";\nTwTimer = 6;\nTcTimer = 1;\n\
                 TLS_Cred = \"fd.crt\", \"fd.key\";\nTLS_CA = \"fd.crt\";\n\
                 LoadExtension = \"acl_wl.fdx\" : \"acl.conf\";\n\
                 LoadExtension = \"dbg_msg_dumps.fdx\" : \"0x8888\";\n\
                 ConnectPeer = \"hss.home.example\" {{ ConnectTo = \"{}\"; Port = {}; No_TLS; }};\n",
                hss.ip(),
                hss.port()
            ),
        );
        let log = File::options()
            .create(true)
            .append(true)
            .open(dir.join("fd.log"))
            .expect("its log");
        let child = Command::new("freeDiameterd")
            .args(["-c", "fd.conf"])
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("its log twice"))
            .stderr(log)
            .spawn()
            .expect("freeDiameterd is installed: `cargo xtask test` does it");
        Self {
            child,
            dir: dir.to_owned(),
        }
    }

    /// All that it said so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("fd.log")).expect("its log")
    }
}

impl Daemon {
    /// Whether it has dumped `command` as sent or received, by its own words `SND to` and `RCV from`.
    pub(crate) fn dumped(&self, direction: &str, peer: &str, command: &str) -> bool {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let (head, command) = (format!("{direction} '{peer}'"), format!("'{command}'"));
        let mut pairs = lines.windows(2);
        pairs.any(|pair| pair[0].contains(&head) && pair[1].contains(&command))
    }

    /// Whether watchdogs of both sides were asked and answered.
    pub(crate) fn watched_by_both(&self, peer: &str) -> bool {
        let (request, answer) = ("Device-Watchdog-Request", "Device-Watchdog-Answer");
        [("SND to", "RCV from"), ("RCV from", "SND to")]
            .iter()
            .all(|(asks, answers)| {
                self.dumped(asks, peer, request) && self.dumped(answers, peer, answer)
            })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}

/// A certificate, which it reads although no TLS is spoken.
fn certificate(dir: &Path) {
    if dir.join("fd.crt").exists() {
        return;
    }
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args([
            "-nodes", "-keyout", "fd.key", "-out", "fd.crt", "-days", "30",
        ])
        .args(["-subj", &format!("/CN={IDENTITY}")])
        .current_dir(dir)
        .output()
        .expect("openssl is installed: `cargo xtask test` does it");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}
