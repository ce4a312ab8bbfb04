//! Wireshark's dissectors read what the elements captured: nothing malformed, no expert error, every AVP by name; SIP
//! over UDP and over TCP.

mod network;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use network::{Hand, Network, binary};

/// tshark with the names of AVPs that its own dictionary lacks.
struct Tshark;

const ADDITIONS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/pcaps/wireshark/cx-additions.xml"
);
/// Lays the additions over the empty file that the package has for them, in a mount namespace of this one command.
const WITH_ADDITIONS: &str =
    "mount --bind \"$0\" /usr/share/wireshark/diameter/Custom.xml && exec tshark \"$@\"";

impl Tshark {
    /// Reads `capture` and gives what tshark prints.
    fn read(&self, capture: &Path, more: &[&str]) -> String {
        // A user of their own in the namespace may mount there without being root outside.
        let output = Command::new("unshare")
            .args([
                "--mount",
                "--map-root-user",
                "sh",
                "-c",
                WITH_ADDITIONS,
                ADDITIONS,
                "-r",
            ])
            .arg(capture)
            .args(more)
            .output()
            .expect("unshare, of util-linux");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tshark {more:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What is malformed, or an error or a warning to Wireshark's experts.
    fn faults(&self, capture: &Path) -> String {
        // PI_ERROR is 0x800000, PI_WARN 0x600000.
        self.read(
            capture,
            &[
                "-Y",
                "_ws.malformed || _ws.expert.severity >= 0x600000",
                "-V",
            ],
        )
    }
}

/// Registers user0 by hand through the whole core.
fn register(network: &Network) {
    let phone = Hand::new(network.ip(20), network.address("pcscf"));
    let response = network::register(&phone, "user0", "secret0");
    assert!(response.starts_with("SIP/2.0 200 "), "{response}");
}

#[test]
fn tshark_finds_nothing_wrong_in_a_registration() {
    let mut network = Network::with_users(1);
    register(&network);
    // Stopped politely, the elements part by DPR and end their captures.
    for element in ["pcscf", "icscf", "scscf", "hss"] {
        network.stop_politely(element);
    }
    let tshark = Tshark;
    // REGISTER, 401, REGISTER, 200 on each side; CER, DPR, and UAR twice or MAR and SAR, each with its answer.
    for (element, sip, diameter) in [
        ("pcscf", 8, 0),
        ("icscf", 8, 8),
        ("scscf", 4, 8),
        ("hss", 0, 16),
    ] {
        let capture = network.path(&format!("{element}.pcapng"));
        let faults = tshark.faults(&capture);
        assert_eq!(faults, "", "{element}");
        let kept = std::fs::metadata(&capture).expect("a capture");
        assert_eq!(
            kept.permissions().mode() & 0o077,
            0,
            "{element}: others can read keys"
        );
        let sip_messages = || tshark.read(&capture, &["-Y", "sip"]).lines().count();
        assert_eq!(
            sip_messages(),
            sip,
            "{element}: {}",
            tshark.read(&capture, &[])
        );
        let commands = tshark.read(
            &capture,
            &["-Y", "diameter", "-T", "fields", "-e", "diameter.cmd.code"],
        );
        let commands = commands
            .split([',', '\n'])
            .filter(|code| !code.is_empty())
            .count();
        assert_eq!(
            commands,
            diameter,
            "{element}: {}",
            tshark.read(&capture, &[])
        );
        let tree = tshark.read(&capture, &["-Y", "diameter", "-V"]);
        assert!(!tree.contains("Unknown("), "{element}: {tree}");
        if element == "hss" {
            for name in [
                "Public-Identity(601)",
                "Server-Name(602)",
                "Alternate-Digest-Algorithm(662)",
                "User-Data(606)",
            ] {
                assert!(
                    tree.contains(&format!("AVP: {name}")) || tree.contains(name),
                    "{name} in {tree}"
                );
            }
        }
    }
}

#[test]
fn tshark_finds_nothing_wrong_in_sip_over_tcp() {
    let mut network = Network::with_users(3);
    let config = format!(
        "pcscf = \"{}\"\ntransport = \"tcp\"\n[sip]\nlisten = \"{}:0\"\n[bulk]\nsubscribers = \"subscribers.json\"\n\
         sockets = 2\n[admin]\nlisten = \"127.0.0.1:0\"\n[capture]\nfile = \"ue.pcapng\"\n",
        network.address("pcscf"),
        network.ip(20),
    );
    let path = network.path("ue.toml");
    std::fs::write(&path, config).expect("a configuration file");
    let mut phones = Command::new(binary("ue"));
    let ended = phones.arg("--config").arg(&path).status();
    assert!(ended.expect("the phones run").success());
    network.stop_politely("pcscf");
    for element in ["ue", "pcscf"] {
        let capture = network.path(&format!("{element}.pcapng"));
        assert_eq!(Tshark.faults(&capture), "", "{element}");
        let over_tcp = Tshark.read(
            &capture,
            &["-Y", "sip && tcp", "-T", "fields", "-e", "sip.CSeq"],
        );
        // Several messages of one segment are in one line.
        let messages = over_tcp
            .split([',', '\n'])
            .filter(|found| !found.is_empty());
        // Of each phone two requests to register, one to refresh and one to leave, each with its answer.
        assert_eq!(messages.count(), 3 * 8, "{element}: {over_tcp}");
    }
}
