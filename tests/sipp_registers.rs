//! SIPp, a phone of another make, registers through P-, I- and S-CSCF.

mod network;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use network::Network;

const USERS: usize = 100;

/// SIPp registers the first `users` users of the network, and begins `rate` registrations a second.
fn registers(network: &Network, users: usize, rate: usize) {
    let mut csv = String::from("SEQUENTIAL\n");
    for user in 0..users {
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
        .args(["-i", &phone, "-p", "5060", "-l", "20"])
        .args(["-m", &users.to_string(), "-r", &rate.to_string()])
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
}

#[test]
fn sipp_registers_a_hundred_users_with_sip_digest() {
    let network = Network::with_users(USERS);
    registers(&network, USERS, 50);
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

/// What the P-CSCF captured of SIPp is played again at another network of today's, and nothing differs. So is
/// `pcaps/sipp-register.pcapng` made, see `pcaps/README.md`: with `CAPTURES=DIR` in the environment it is left there.
#[test]
fn what_sipp_said_is_played_again_and_nothing_differs() {
    let kept = std::env::var_os("CAPTURES");
    let mut network = Network::new();
    if kept.is_some() {
        network.block = [127, 78, 0];
    }
    network.write_subscribers(3);
    for element in ["hss", "scscf", "icscf", "pcscf"] {
        network.start(element);
    }
    registers(&network, 3, 10);
    let capture = network.path("pcscf.pcapng");
    if let Some(folder) = kept {
        let to = Path::new(&folder).join("sipp-register.pcapng");
        std::fs::copy(&capture, to).expect("a capture is kept");
    }

    let other = Network::with_users(3);
    let user = |n| format!("[[user]]\nname = \"user{n}@home.example\"\npassword = \"secret{n}\"\n");
    let credentials = other.path("credentials.toml");
    std::fs::write(&credentials, (0..3).map(user).collect::<String>()).expect("credentials");
    let output = Command::new(env!("CARGO_BIN_EXE_flow"))
        .arg("replay")
        .arg(&capture)
        .args(["--play", &network.ip(20).to_string()])
        .args(["--against", &other.address("pcscf").to_string()])
        .args(["--from", &other.phones().to_string(), "--credentials"])
        .arg(&credentials)
        .output()
        .expect("flow runs");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "6 messages sent, 6 compared: 0 differences, 0 did not come\n"
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
