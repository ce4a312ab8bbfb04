//! Kamailio's I-CSCF and S-CSCF at a [`Network`]'s addresses, with its HSS.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::network::{Network, within};

/// How long Kamailio may take to be ready, and to have its Diameter connection.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Lays its hosts file over the system's, in a mount namespace of this one program: its Diameter peer takes names.
const WITH_HOSTS: &str = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";

/// How Kamailio's S-CSCF has users prove who they are, by its own names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Algorithm {
    SipDigest,
    AkaV1Md5,
}

/// One element of Kamailio's, ended when dropped.
pub(crate) struct Kamailio(Child);

impl Kamailio {
    /// Starts `element`, which is ready before it has a Diameter connection.
    pub(crate) fn start_alone(
        network: &Network,
        element: &'static str,
        algorithm: Algorithm,
    ) -> Self {
        Self(spawn(network, element, algorithm))
    }

    /// Starts `element` and waits until the HSS of `network` has its connection.
    pub(crate) fn start(network: &Network, element: &'static str, algorithm: Algorithm) -> Self {
        let connections = open_connections(network);
        let kamailio = Self(spawn(network, element, algorithm));
        let connected = within(READY_WITHIN, || open_connections(network) > connections);
        assert!(
            connected,
            "Kamailio's {element} does not connect to the HSS"
        );
        kamailio
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        // Its children end with it when it is asked, not when it is killed.
        let id = self.0.id().to_string();
        let _asked = Command::new("kill").arg(&id).status();
        if !within(Duration::from_secs(10), || {
            matches!(self.0.try_wait(), Ok(Some(_)))
        }) {
            let _gone = self.0.kill();
            let _reaped = self.0.wait();
        }
    }
}

/// Connections that the HSS has.
fn open_connections(network: &Network) -> u32 {
    network
        .admin("hss", "/metrics")
        .lines()
        .filter(|line| line.contains("diameter_open_connections{"))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u32>().ok())
        .sum()
}

fn spawn(network: &Network, element: &'static str, algorithm: Algorithm) -> Child {
    let folder = write_files(network, element, algorithm);
    let mut child = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", WITH_HOSTS])
        .arg(folder.join("hosts"))
        .args(["kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-f"])
        .arg(folder.join("kamailio.cfg"))
        .arg("-w")
        .arg(&folder)
        .arg("-Y")
        .arg(&folder)
        .arg("-P")
        .arg(folder.join("kamailio.pid"))
        .env(
            "PATH",
            "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin",
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("unshare, of util-linux");
    let log = BufReader::new(child.stderr.take().expect("piped"));
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new()
        .spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                eprintln!("kamailio {element}: {line}");
                if line.contains("kamailio is ready") {
                    let _test_over = tell.send(());
                }
            }
        })
        .expect("a thread for the log");
    told.recv_timeout(READY_WITHIN).unwrap_or_else(|_| {
        panic!("Kamailio's {element} is not ready: is it installed? `cargo xtask test` does it")
    });
    child
}

/// Its configuration, and what that names.
fn write_files(network: &Network, element: &str, algorithm: Algorithm) -> PathBuf {
    let folder = network.path(&format!("kamailio-{element}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let own = network.address(element);
    let scscf = network.address("scscf");
    let fill = |text: &str| {
        text.replace("@ELEMENT@", element)
            .replace("@ADDRESS@", &own.ip().to_string())
            .replace("@ICSCF@", &network.address("icscf").to_string())
            .replace("@SCSCF@", &scscf.to_string())
            .replace("@FOLDER@", folder.to_str().expect("a path of ASCII"))
            .replace(
                "@ALGORITHM@",
                match algorithm {
                    Algorithm::SipDigest => "3GPP-Digest",
                    Algorithm::AkaV1Md5 => "AKAv1-MD5",
                },
            )
    };
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a file for Kamailio");
    };
    let script = match element {
        "icscf" => include_str!("icscf.cfg"),
        "scscf" => include_str!("scscf.cfg"),
        other => panic!("Kamailio is no {other} here"),
    };
    write("kamailio.cfg", &fill(script));
    write("diameter.xml", &fill(include_str!("diameter.xml")));
    let mut hosts = String::from("127.0.0.1 localhost\n");
    for name in ["hss", "icscf", "scscf"] {
        let ip = network.address(name).ip();
        writeln!(hosts, "{ip} {name}.home.example").expect("a String takes all");
    }
    write("hosts", &hosts);
    // The tables of its I-CSCF, as text: the S-CSCFs to choose from, and their capabilities.
    let name = format!("sip:{scscf}").replace(':', "\\:");
    write(
        "s_cscf",
        &format!("id(int) name(string) s_cscf_uri(string)\n1:one:{name}\n"),
    );
    write(
        "s_cscf_capabilities",
        "id(int) id_s_cscf(int) capability(int)\n1:1:0\n2:1:1\n",
    );
    write(
        "nds_trusted_domains",
        "id(int) trusted_domain(string)\n1:home.example\n",
    );
    folder
}
