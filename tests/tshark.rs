//! Wireshark's dissectors read what the elements captured: nothing malformed, no expert error, every AVP by name.

mod network;

use std::path::Path;
use std::process::Command;

use network::{Hand, Network};

/// Runs tshark over `capture` and gives what it prints.
fn tshark(capture: &Path, more: &[&str]) -> String {
    // AVPs that tshark's own dictionary lacks would need WIRESHARK_DATA_DIR; Cx of this release needs none.
    let output = Command::new("tshark")
        .arg("-r")
        .arg(capture)
        .args(more)
        .output()
        .expect("tshark is installed: `cargo xtask test` does it");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tshark {more:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
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
    for (element, sip, diameter) in [("pcscf", 8, 0), ("icscf", 8, 8), ("scscf", 4, 8), ("hss", 0, 16)] {
        let capture = network.path(&format!("{element}.pcapng"));
        let wrong = tshark(&capture, &["-Y", "_ws.malformed || _ws.expert.severity == error || _ws.expert.severity == warn"]);
        assert_eq!(wrong, "", "{element}: {}", tshark(&capture, &["-V"]));
        let count = |filter| tshark(&capture, &["-Y", filter]).lines().count();
        assert_eq!(count("sip"), sip, "{element}: SIP messages\n{}", tshark(&capture, &[]));
        assert!(count("diameter") >= diameter / 2, "{element}: Diameter messages\n{}", tshark(&capture, &[]));
        let tree = tshark(&capture, &["-Y", "diameter", "-V"]);
        assert!(!tree.contains("AVP: Unknown") && !tree.contains("Unknown("), "{element}: {tree}");
        if diameter > 0 {
            for name in ["AVP: Public-Identity(601)", "AVP: Server-Name(602)", "AVP: Visited-Network-Identifier(600)"] {
                assert!(element == "scscf" || tree.contains(name), "{element}: {name} in {tree}");
            }
        }
    }
}
