//! Elements as processes: several shards in one, and what becomes of what is under way when one is told to stop.

mod network;

use std::net::{IpAddr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use network::{Family, Hand, Network, register, spawn, within};
use serde_json::Value;

const USERS: usize = 40;
/// How long a process may take to show what it is at.
const SOON: Duration = Duration::from_secs(10);

/// `network` with P-, I- and S-CSCF of two shards each; S-CSCF shards are two S-CSCFs to HSS and I-CSCF.
fn start_sharded(network: &mut Network) {
    network.write_subscribers(USERS);
    network.start("hss");
    let second = format!("{}:5061", network.ip(4));
    for element in ["scscf", "icscf", "pcscf"] {
        let config = network.config(element).replace(
            "[names]\n\"scscf.home.example\"",
            &format!(
                "[[scscf]]\nname = \"sip:scscf2.home.example\"\n[names]\n\
                 \"scscf2.home.example\" = \"{second}\"\n\"scscf.home.example\""
            ),
        );
        let file = network.path(&format!("{element}.toml"));
        std::fs::write(&file, format!("threads = 2\n{config}")).expect("a configuration");
        network.processes.push(spawn(element, &file));
    }
}

fn state(network: &Network, element: &str) -> Value {
    let state = network.admin(element, "/state");
    serde_json::from_str(&state).expect("JSON")
}

/// The sum of `path` over the two shards of `element`, and that each has a part of it.
fn of_both(state: &Value, element: &str, path: &str) -> u64 {
    let shards = [element.to_owned(), format!("{element}2")];
    let counts = shards.map(|name| {
        let count = state["shards"][&name].pointer(path).and_then(Value::as_u64);
        count.unwrap_or_else(|| panic!("no {path} of {name} in {state}"))
    });
    assert!(
        counts.iter().all(|count| *count > 0),
        "{element}: {counts:?}"
    );
    counts.iter().sum()
}

#[test]
fn registrations_work_through_shards_of_every_element() {
    let mut network = Network::new();
    start_sharded(&mut network);
    for user in 0..USERS {
        // A socket each: the kernel spreads phones by their address.
        let hand = Hand::new(network.ip(9), network.address("pcscf"));
        let answer = register(&hand, &format!("user{user}"), &format!("secret{user}"));
        assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    }
    let scscf = state(&network, "scscf");
    let names = ["scscf", "scscf2"].map(|name| scscf["shards"][name]["name"].clone());
    assert_eq!(names, ["sip:scscf.home.example", "sip:scscf2.home.example"]);
    let users = u64::try_from(USERS).expect("few");
    let held = of_both(&scscf, "scscf", "/registrar/private_identities");
    assert_eq!(held, users, "{scscf}");
    let through = of_both(&state(&network, "pcscf"), "pcscf", "/registrations");
    assert_eq!(through, users);
    let metrics = network.admin("icscf", "/metrics");
    let registers = metrics
        .lines()
        .filter_map(|line| {
            line.strip_prefix("wayfarer_icscf_registers_total{element=\"icscf\",shard=")
        })
        .map(|line| line[5..].parse::<u64>().expect("a number"));
    assert_eq!(registers.sum::<u64>(), 2 * users, "{metrics}");
    for element in ["pcscf", "icscf", "scscf", "hss"] {
        network.stop_politely(element);
    }
}

fn signal(network: &Network, element: &str, name: &str) {
    let id = network.process(element).child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &id]).status();
    assert!(sent.expect("kill").success());
}

#[test]
fn what_is_under_way_when_sigterm_comes_is_answered_and_nothing_new_is_taken() {
    let mut network = Network::with_users(1);
    let phone = Hand::new(network.ip(9), network.address("pcscf"));
    let other = Hand::new(network.ip(9), network.address("pcscf"));
    let request = |hand: &Hand, call: &str| {
        let local = hand.local();
        format!(
            "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{call};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:user0@home.example>;tag=f1\r\nTo: <sip:user0@home.example>\r\n\
             Call-ID: {call}\r\nCSeq: 1 REGISTER\r\nContact: <sip:user0@{local}>\r\nContent-Length: 0\r\n\r\n"
        )
    };
    // The HSS holds its breath, so the registration stays under way.
    signal(&network, "hss", "STOP");
    phone.send(request(&phone, "held").as_bytes());
    let has_it = || state(&network, "icscf")["shards"]["icscf"]["transactions"] != 0;
    assert!(within(SOON, has_it), "the I-CSCF has not got it");
    for element in ["pcscf", "icscf"] {
        signal(&network, element, "TERM");
        let stopping = || network.admin(element, "/health").contains("stopping");
        assert!(
            within(SOON, stopping),
            "{element} does not say that it stops"
        );
    }
    let refused = other.ask(&request(&other, "late"));
    assert!(refused.starts_with("SIP/2.0 503 "), "{refused}");
    assert!(refused.contains("Retry-After: 10\r\n"), "{refused}");
    signal(&network, "hss", "CONT");
    let answer = phone
        .receive(Duration::from_secs(10))
        .expect("an answer in time");
    assert!(answer.starts_with("SIP/2.0 401 "), "{answer}");
    for element in ["pcscf", "icscf"] {
        let at = network
            .processes
            .iter()
            .position(|process| process.name == element);
        let mut process = network.processes.remove(at.expect("it ran"));
        assert!(
            process.child.wait().expect("it ends").success(),
            "{element}"
        );
    }
    // RFC 6733 §5.4: the I-CSCF parted from the HSS by DPR.
    network.stop_politely("hss");
    let file = std::fs::File::open(network.path("hss.pcapng")).expect("the capture");
    let mut reader = capture::Reader::new(file);
    let mut parted = false;
    while let Some(packet) = reader.next_packet().expect("whole") {
        let octets = &packet.payload;
        let is_request_282 =
            octets.len() > 20 && octets[4] & 0x80 != 0 && octets[5..8] == [0, 1, 26];
        let is_of_icscf = octets.windows(18).any(|run| run == b"icscf.home.example");
        parted |= is_request_282 && is_of_icscf;
    }
    assert!(parted, "no DPR of the I-CSCF in the HSS's capture");
}

/// Writes the configuration of the P-CSCF with `more` keys on top.
fn write_pcscf(network: &Network, more: &str) -> std::path::PathBuf {
    let file = network.path("pcscf.toml");
    let config = network.config("pcscf");
    std::fs::write(&file, format!("{more}{config}")).expect("a configuration");
    file
}

#[test]
fn after_kill_9_of_the_p_cscf_a_phone_is_reached_over_udp_as_before() {
    let mut network = Network::with_users(1);
    network.stop("pcscf");
    let config = write_pcscf(&network, "flow_key_file = \"flow.key\"\n");
    network.processes.push(spawn("pcscf", &config));
    let phone = Hand::new(network.ip(9), network.address("pcscf"));
    let registered = register(&phone, "user0", "secret0");
    assert!(registered.starts_with("SIP/2.0 200 "), "{registered}");
    let path = registered
        .lines()
        .find_map(|line| line.strip_prefix("Path: "));
    let path = path.expect("the S-CSCF says it").to_owned();
    let core = Hand::new(
        network.ip(8),
        std::net::SocketAddr::new(network.ip(2), 5070),
    );
    let message = |number: u32| {
        let (local, contact) = (core.local(), phone.local());
        format!(
            "MESSAGE sip:user0@{contact} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-core-{number}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:core@home.example>;tag=c\r\nTo: <sip:user0@home.example>\r\n\
             Call-ID: core\r\nCSeq: {number} MESSAGE\r\nRoute: {path}\r\nContent-Length: 0\r\n\r\n"
        )
    };
    for number in 1..=2 {
        core.send(message(number).as_bytes());
        let got = phone.receive(SOON).expect("it reaches the phone");
        assert!(got.starts_with("MESSAGE sip:user0@"), "{got}");
        let headers = got.split_once("\r\n").map_or("", |(_, headers)| headers);
        phone.send(format!("SIP/2.0 200 OK\r\n{headers}").as_bytes());
        let answer = core.receive(SOON).expect("the phone's answer");
        assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
        // Dropped is killed: it cannot say goodbye.
        network.stop("pcscf");
        network.processes.push(spawn("pcscf", &config));
    }
    let key = network.path("flow.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&key).expect("it was made").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    // It is the key that does it.
    network.stop("pcscf");
    std::fs::remove_file(&key).expect("removed");
    network.processes.push(spawn("pcscf", &config));
    core.send(message(3).as_bytes());
    let answer = core.receive(SOON).expect("an answer");
    assert!(answer.starts_with("SIP/2.0 403 "), "{answer}");
}

#[test]
fn sighup_lets_the_p_cscf_obey_its_new_configuration_without_losing_anybody() {
    let mut network = Network::with_users(1);
    let phone = Hand::new(network.ip(9), network.address("pcscf"));
    let registered = register(&phone, "user0", "secret0");
    assert!(registered.starts_with("SIP/2.0 200 "), "{registered}");
    let local = phone.local();
    let mut number = 0;
    let mut ask = || {
        number += 1;
        phone.ask(&format!(
            "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-s{number};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:user0@home.example>;tag=f1\r\nTo: <sip:user0@home.example>\r\n\
             Call-ID: sec-agree\r\nCSeq: {number} REGISTER\r\nContact: <sip:user0@{local}>\r\n\
             Require: sec-agree\r\nProxy-Require: sec-agree\r\nContent-Length: 0\r\n\r\n"
        ))
    };
    assert!(ask().starts_with("SIP/2.0 420 "));
    write_pcscf(&network, "sec_agree = \"strip\"\n");
    signal(&network, "pcscf", "HUP");
    let obeys = || ask().starts_with("SIP/2.0 401 ");
    assert!(within(SOON, obeys), "sec_agree is as before");
    assert_eq!(
        of_one(&state(&network, "pcscf"), "/registrations"),
        1,
        "nobody is lost"
    );
    network.stop("pcscf");
}

#[test]
fn a_p_cscf_that_listens_on_every_address_serves_phones_and_the_core() {
    for family in [Family::V4, Family::v6()] {
        let mut network = Network::over(family, 1);
        network.stop("pcscf");
        let Family::V6(ports) = Family::v6() else {
            unreachable!("it is of IPv6");
        };
        // The kernel answers from the first address of loopback, whichever was asked.
        let (wildcard, first) = match family {
            Family::V4 => ("0.0.0.0", IpAddr::from([127, 0, 0, 1])),
            Family::V6(_) => ("[::]", network.ip(2)),
        };
        let mut config = network.config("pcscf");
        // No other test of this run has these ports on any address.
        let [phones, core] = [38, 39].map(|number| SocketAddr::new(first, ports + number));
        for (section, at) in [("sip", phones), ("core", core)] {
            let behind = config.split_once(&format!("[{section}]\n"));
            let (_, behind) = behind.expect("the section");
            let listen = behind.lines().next().expect("its address").to_owned();
            let port = at.port();
            let ours = format!("listen = \"{wildcard}:{port}\"\nsent_by = \"{at}\"");
            config = config.replacen(&listen, &ours, 1);
        }
        let file = network.path("pcscf.toml");
        std::fs::write(&file, config).expect("a configuration");
        network.processes.push(spawn("pcscf", &file));
        let hand = Hand::new(network.ip(9), phones);
        let answer = register(&hand, "user0", "secret0");
        assert!(answer.starts_with("SIP/2.0 200 "), "{wildcard}: {answer}");
        let path = answer.lines().find(|line| line.starts_with("Path: "));
        let says = |path: &str| path.contains(&core.to_string());
        assert!(path.is_some_and(says), "{answer}");
        network.stop_politely("pcscf");
    }
}

#[test]
fn sigterm_is_obeyed_in_its_time_though_nobody_reads_the_capture_any_more() {
    let mut network = Network::new();
    let fifo = network.path("pcscf.pcapng");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo").success());
    // Both ends, so that opening waits for nobody (fifo(7)); nothing is read.
    let reader = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&fifo);
    let _reader = reader.expect("the pipe");
    network.start("pcscf");
    let hand = Hand::new(network.ip(9), network.address("pcscf"));
    let local = hand.local();
    // More than a pipe holds (64 KiB; pipe(7)), both ways.
    for number in 0..300 {
        let answer = hand.ask(&format!(
            "REGISTER sip:nowhere.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-c{number};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:user0@home.example>;tag=f1\r\nTo: <sip:user0@home.example>\r\n\
             Call-ID: capture\r\nCSeq: {number} REGISTER\r\nContact: <sip:user0@{local}>\r\n\
             Content-Length: 0\r\n\r\n"
        ));
        assert!(answer.starts_with("SIP/2.0 404 "), "{answer}");
    }
    let told = tokio::time::Instant::now();
    network.stop_politely("pcscf");
    let took = told.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
}

/// What `path` of the only shard of the P-CSCF counts.
fn of_one(state: &Value, path: &str) -> u64 {
    let count = state["shards"]["pcscf"]
        .pointer(path)
        .and_then(Value::as_u64);
    count.unwrap_or_else(|| panic!("no {path} in {state}"))
}
