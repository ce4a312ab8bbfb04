//! SIPp, a phone of another make, registers through P-, I- and S-CSCF.

mod network;

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use network::Network;

const USERS: usize = 100;

#[test]
fn sipp_registers_a_hundred_users_with_sip_digest() {
    let network = Network::with_users(USERS);
    let mut csv = String::from("SEQUENTIAL\n");
    for user in 0..USERS {
        writeln!(
            csv,
            "user{user};[authentication username=user{user}@home.example password=secret{user}]"
        )
        .expect("a String takes all");
    }
    std::fs::write(network.path("users.csv"), csv).expect("the injection file");
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sipp/register.xml");
    let phone = network.ip(20).to_string();
    let output = Command::new("sipp")
        .arg(network.address("pcscf").to_string())
        .args(["-sf", scenario, "-inf"])
        .arg(network.path("users.csv"))
        .args([
            "-i",
            &phone,
            "-p",
            "5060",
            "-m",
            &USERS.to_string(),
            "-r",
            "50",
            "-l",
            "20",
        ])
        .args(["-timeout", "60", "-timeout_error", "-nostdin", "-trace_err"])
        .current_dir(network.dir.path())
        .stdin(Stdio::null())
        .output()
        .expect("sipp is installed: `cargo xtask test` does it");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "sipp: {}\n{report}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );

    let state: serde_json::Value =
        serde_json::from_str(&network.admin("scscf", "/state")).expect("JSON");
    let text = state.to_string();
    assert!(text.contains(&format!("\"contacts\":{USERS}")), "{text}");
    let metrics = network.admin("scscf", "/metrics");
    assert!(
        metrics.contains(&format!(
            "scscf_challenges_total{{element=\"scscf\"}} {USERS}"
        )),
        "{metrics}"
    );
}
