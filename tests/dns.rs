//! Elements that find each other by a DNS server of another make (RFC 3263): dnsmasq, on addresses of the test's own.

mod network;

use std::io::{BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use network::{Hand, Network, register, register_request, spawn};

/// How long it may take to start.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// dnsmasq with the records of one test, killed when dropped.
struct Dnsmasq {
    child: Child,
    address: SocketAddr,
}

impl Dnsmasq {
    /// Serves `records`, each an option of its command line, and denies every other name.
    fn start(ip: IpAddr, records: &[String]) -> Self {
        let address = SocketAddr::new(ip, 5353);
        let mut dnsmasq = Command::new("dnsmasq");
        dnsmasq
            .args([
                "--no-daemon",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
            ])
            .args(["--bind-interfaces", "--pid-file=", "--user=", "--local=/#/"])
            .arg(format!("--listen-address={ip}"))
            .arg(format!("--port={}", address.port()))
            .args(records)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let child = dnsmasq.spawn();
        let mut started = Self {
            child: child.expect("dnsmasq, of the package dnsmasq-base"),
            address,
        };
        let log = BufReader::new(started.child.stderr.take().expect("piped"));
        let (tell, told) = mpsc::channel();
        std::thread::Builder::new()
            .spawn(move || {
                for line in log.lines().map_while(Result::ok) {
                    eprintln!("{line}");
                    let _test_over = tell.send(line);
                }
            })
            .expect("a thread for the log");
        loop {
            let line = told.recv_timeout(READY_WITHIN).expect("dnsmasq starts");
            if line.contains("started") {
                return started;
            }
        }
    }
}

impl Drop for Dnsmasq {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Starts HSS and S-CSCF, and I- and P-CSCF that know no host but by `dns`.
fn start_by_dns(network: &mut Network, dns: &Dnsmasq) {
    network.write_subscribers(2);
    network.start("hss");
    network.start("scscf");
    for element in ["icscf", "pcscf"] {
        let config = network.config(element);
        let (before, names) = config.split_once("[names]\n").expect("a section");
        let (_, after) = names.split_once("[admin]").expect("the next section");
        let config = format!(
            "{before}[dns]\nservers = [\"{}\"]\ntimeout_ms = 300\n[admin]{after}",
            dns.address
        );
        let path = network.path(&format!("{element}.toml"));
        std::fs::write(&path, config).expect("a configuration file");
        network.processes.push(spawn(element, &path));
    }
}

/// The records by which `host` is at `address` itself.
fn address_of(host: &str, address: SocketAddr) -> String {
    format!("--host-record={host},{}", address.ip())
}

#[test]
fn rfc3263_4_a_dns_server_leads_from_the_home_domain_to_its_icscf_and_scscf() {
    let mut network = Network::new();
    let nobody = network.ip(30);
    let dns = Dnsmasq::start(
        network.ip(9),
        &[
            "--local-ttl=60".to_owned(),
            "--naptr-record=home.example,10,10,s,SIP+D2U,,_sip._udp.home.example".to_owned(),
            "--naptr-record=home.example,20,10,s,SIP+D2T,,_sip._tcp.home.example".to_owned(),
            // The first choice is dead: RFC 3263 §4.3 goes on to the second.
            "--srv-host=_sip._udp.home.example,icscf1.home.example,5060,1,10".to_owned(),
            "--srv-host=_sip._udp.home.example,icscf2.home.example,5060,2,10".to_owned(),
            address_of("icscf1.home.example", SocketAddr::new(nobody, 5060)),
            address_of("icscf2.home.example", network.address("icscf")),
            // No NAPTR and no SRV: the address of the host and the port of the scheme.
            address_of("scscf.home.example", network.address("scscf")),
        ],
    );
    start_by_dns(&mut network, &dns);
    let phone = Hand::new(network.ip(20), network.address("pcscf"));
    let response = register(&phone, "user0", "secret0");
    assert!(response.starts_with("SIP/2.0 200 "), "{response}");
    drop(dns);
    // What the server said holds for as long as it said, also without it.
    let response = register(&phone, "user1", "secret1");
    assert!(response.starts_with("SIP/2.0 200 "), "{response}");
}

#[test]
fn rfc3263_4_a_domain_that_the_dns_does_not_know_is_answered_soon() {
    let mut network = Network::new();
    let dns = Dnsmasq::start(network.ip(9), &[]);
    start_by_dns(&mut network, &dns);
    let phone = Hand::new(network.ip(20), network.address("pcscf"));
    let response = phone.ask(&register_request(&phone, "user0", 1, ""));
    assert!(response.starts_with("SIP/2.0 404 "), "{response}");
    // One that nobody can say anything about may exist.
    drop(dns);
    let other = register_request(&phone, "user1", 1, "").replace("sip:home", "sip:other");
    let response = phone.ask(&other);
    assert!(response.starts_with("SIP/2.0 504 "), "{response}");
}
