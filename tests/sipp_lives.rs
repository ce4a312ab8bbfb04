//! SIPp, a phone of another make: 1,000 users register, refresh and leave, over each transport and each IP.

mod network;

use std::fmt::Write as _;
use std::process::{Command, Output, Stdio};

use network::{Family, Network};

const USERS: usize = 1_000;

/// How SIPp is told which transport to take, on one socket.
#[derive(Debug, Clone, Copy)]
enum Transport {
    Udp,
    Tcp,
}

/// Runs `scenario` once for each line of `injection`.
fn sipp(network: &Network, transport: Transport, scenario: &str, injection: &str) -> Output {
    std::fs::write(network.path("users.csv"), injection).expect("the injection file");
    let phones = network.phones();
    let calls = (injection.lines().count() - 1).to_string();
    Command::new("sipp")
        .arg(network.address("pcscf").to_string())
        .arg("-sf")
        .arg(format!(
            "{}/tests/sipp/{scenario}.xml",
            env!("CARGO_MANIFEST_DIR")
        ))
        .arg("-inf")
        .arg(network.path("users.csv"))
        .args([
            "-i",
            &phones.ip().to_string(),
            "-p",
            &phones.port().to_string(),
        ])
        .args([
            "-t",
            match transport {
                Transport::Udp => "u1",
                Transport::Tcp => "t1",
            },
        ])
        .args(["-m", &calls, "-r", "250", "-l", "50", "-nostdin"])
        .args(["-timeout", "120", "-timeout_error", "-trace_err"])
        .current_dir(network.dir.path())
        .stdin(Stdio::null())
        .output()
        .expect("sipp is installed: `cargo xtask test` does it")
}

fn lives(family: Family, transport: Transport) {
    let network = Network::over(family, USERS);
    let mut injection = String::from("SEQUENTIAL\n");
    for user in 0..USERS {
        let who = format!("username=user{user}@home.example password=secret{user}");
        writeln!(injection, "user{user};[authentication {who}]").expect("a String takes all");
    }
    let output = sipp(&network, transport, "life", &injection);
    assert!(
        output.status.success(),
        "sipp: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let metrics = network.admin("scscf", "/metrics");
    for counted in [
        "challenges",
        "registrations",
        "refreshes",
        "deregistrations",
    ] {
        let line = format!("scscf_{counted}_total{{element=\"scscf\"}} {USERS}\n");
        assert!(metrics.contains(&line), "{counted}: {metrics}");
    }
    let left = "scscf_bindings{element=\"scscf\"} 0\n";
    assert!(metrics.contains(left), "{metrics}");
}

#[test]
fn a_thousand_users_over_udp_and_ipv4() {
    lives(Family::V4, Transport::Udp);
}

#[test]
fn a_thousand_users_over_tcp_and_ipv4() {
    lives(Family::V4, Transport::Tcp);
}

#[test]
fn a_thousand_users_over_udp_and_ipv6() {
    lives(Family::v6(), Transport::Udp);
}

#[test]
fn a_thousand_users_over_tcp_and_ipv6() {
    lives(Family::v6(), Transport::Tcp);
}
