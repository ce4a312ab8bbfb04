//! A thousand phones register, refresh and deregister through the whole core: AKA and SIP Digest, UDP and TCP, IPv4
//! and IPv6.

mod network;

use std::net::SocketAddr;
use std::process::Command;

use network::{Network, binary};

const USERS: usize = 1_000;

/// What the `ue` program says of a bulk run by `transport` from `phones` to the P-CSCF at `pcscf`.
struct Run<'a> {
    scheme: &'a str,
    transport: &'a str,
    /// The P-CSCF's address towards phones, where it is not that of the network.
    gm: Option<SocketAddr>,
}

impl Run<'_> {
    fn goes_through(self) {
        let mut network = Network::new();
        let made = Command::new(binary("lab"))
            .args(["subscribers", "--users", &USERS.to_string()])
            .args(["--scheme", self.scheme])
            .output()
            .expect("the lab runs");
        assert!(made.status.success());
        std::fs::write(network.path("subscribers.json"), made.stdout).expect("subscribers");
        for element in ["hss", "scscf", "icscf"] {
            network.start(element);
        }
        let own = network.address("pcscf");
        let gm = self.gm.unwrap_or(own);
        let config = network.config("pcscf").replacen(
            &format!("listen = \"{own}\""),
            &format!("listen = \"{gm}\""),
            1,
        );
        let path = network.path("pcscf.toml");
        std::fs::write(&path, config).expect("a configuration file");
        network.processes.push(network::spawn("pcscf", &path));

        let phones = match gm {
            SocketAddr::V4(_) => SocketAddr::new(network.ip(20), 0),
            SocketAddr::V6(_) => SocketAddr::new(gm.ip(), 0),
        };
        let config = format!(
            "pcscf = \"{gm}\"\ntransport = \"{}\"\nexpires = 3600\n[sip]\nlisten = \"{phones}\"\n[bulk]\n\
             subscribers = \"subscribers.json\"\nrate = 400\nrefreshes = 1\nsockets = 50\n[admin]\n\
             listen = \"127.0.0.1:0\"\n",
            self.transport
        );
        let path = network.path("ue.toml");
        std::fs::write(&path, config).expect("a configuration file");
        let output = Command::new(binary("ue"))
            .arg("--config")
            .arg(&path)
            .output()
            .expect("the phones run");
        let (said, log) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        );
        println!("{} over {} to {gm}:\n{said}", self.scheme, self.transport);
        assert!(output.status.success(), "{said}{log}");
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        for (line, phase) in lines
            .iter()
            .zip(["registered", "refreshed", "deregistered"])
        {
            assert!(
                line.starts_with(phase) && line.contains(&format!("{USERS} of {USERS}, 0 failed")),
                "{said}"
            );
        }
        let at_pcscf: serde_json::Value =
            serde_json::from_str(&network.admin("pcscf", "/state")).expect("JSON");
        assert_eq!(
            at_pcscf["shards"]["pcscf"]["registrations"], 0,
            "all have left"
        );
    }
}

/// A port of `::1` that is free for both transports; there is no other address of IPv6 loopback to take.
#[expect(
    clippy::disallowed_types,
    reason = "the test asks the system for a free port"
)]
fn free_v6() -> SocketAddr {
    for _ in 0..100 {
        let udp = std::net::UdpSocket::bind("[::1]:0").expect("IPv6 loopback");
        let address = udp.local_addr().expect("bound");
        if std::net::TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no port is free for UDP and TCP");
}

#[test]
fn a_thousand_phones_with_aka_over_udp() {
    Run {
        scheme: "aka",
        transport: "udp",
        gm: None,
    }
    .goes_through();
}

#[test]
fn a_thousand_phones_with_aka_over_tcp() {
    Run {
        scheme: "aka",
        transport: "tcp",
        gm: None,
    }
    .goes_through();
}

#[test]
fn a_thousand_phones_with_aka_over_udp_and_ipv6() {
    Run {
        scheme: "aka",
        transport: "udp",
        gm: Some(free_v6()),
    }
    .goes_through();
}

#[test]
fn a_thousand_phones_with_aka_over_tcp_and_ipv6() {
    Run {
        scheme: "aka",
        transport: "tcp",
        gm: Some(free_v6()),
    }
    .goes_through();
}

#[test]
fn a_thousand_phones_with_passwords_over_udp() {
    Run {
        scheme: "digest",
        transport: "udp",
        gm: None,
    }
    .goes_through();
}
