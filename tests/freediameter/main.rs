//! freeDiameter, a Diameter node of another make, as our peer on the wire: it connects to our HSS, our I-CSCF connects
//! to it, and it relays Cx between them.

mod daemon;
mod namespace;
#[path = "../network/mod.rs"]
mod network;

use std::io::{Read, Write};
use std::time::Duration;

use bytes::BytesMut;
use diameter_codec::base::{AuthSessionState, CapabilitiesExchangeRequest, avp};
use diameter_codec::cx::UserAuthorizationRequest;
use diameter_codec::{Address, Flags, Message, VendorSpecificApplicationId};

use daemon::{ADDRESS, Daemon, IDENTITY};
use namespace::Namespace;
use network::{Hand, Network, Process, spawn, within};

/// How long anything here may take: its Tc and Tw are seconds.
const WITHIN: Duration = Duration::from_secs(60);

/// Waits until `done`, or fails with `what`.
fn until(what: &str, done: impl FnMut() -> bool) {
    assert!(within(WITHIN, done), "{what} did not come to be");
}

/// Starts `element` with `change` made to its usual configuration.
fn start(network: &mut Network, element: &'static str, change: impl Fn(String) -> String) {
    let config = network.path(&format!("{element}.toml"));
    std::fs::write(&config, change(network.config(element))).expect("a configuration file");
    let process: Process = spawn(element, &config);
    network.processes.push(process);
}

fn start_hss(network: &mut Network) {
    start(network, "hss", |config| {
        config.replace("admit = \"anyone\"", "admit = \"anyone\"\nwatchdog_s = 6")
    });
}

/// Whether `element` has its one peer, freeDiameter.
fn open(network: &Network, element: &str) -> bool {
    counter(network, element, "diameter_open_connections") == 1
}

/// The sum of a metric of `element` over its labels.
fn counter(network: &Network, element: &str, name: &str) -> u64 {
    let metrics = network.admin(element, "/metrics");
    metrics
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains(name))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

#[test]
fn it_reaches_open_with_our_hss_and_again_after_either_restarts() {
    let _namespace = Namespace::enter();
    let mut network = Network::new();
    network.write_subscribers(1);
    start_hss(&mut network);
    let hss = network.address("hss");
    let relay = Daemon::start(network.dir.path(), hss);
    until("the first connection", || open(&network, "hss"));
    // Both watchdogs: it asks after 6 s of silence, moved by 2, and so do we.
    until("watchdogs of both sides", || {
        relay.watched_by_both("hss.home.example")
    });
    assert_eq!(counter(&network, "hss", "diameter_connections_total"), 1);

    drop(relay);
    until("the end of the connection", || !open(&network, "hss"));
    let relay = Daemon::start(network.dir.path(), hss);
    until("the connection after its restart", || open(&network, "hss"));

    network.stop("hss");
    start_hss(&mut network);
    until("the connection after our restart", || open(&network, "hss"));
    assert_eq!(counter(&network, "hss", "diameter_broken_frames_total"), 0);
    assert_eq!(
        counter(&network, "hss", "diameter_refused_capabilities_total"),
        0
    );
    drop(relay);
}

/// Starts our I-CSCF with freeDiameter as its peer, to which it connects.
fn start_icscf(network: &mut Network) {
    let hss = network.address("hss");
    start(network, "icscf", |config| {
        config
            .replace(
                "identity = \"hss.home.example\"",
                &format!("identity = \"{IDENTITY}\""),
            )
            .replace(&hss.to_string(), ADDRESS)
            .replace("[diameter]\n", "[diameter]\nwatchdog_s = 6\n")
    });
}

#[test]
fn our_icscf_opens_a_connection_with_it_and_again_after_either_restarts() {
    let _namespace = Namespace::enter();
    let mut network = Network::new();
    network.write_subscribers(1);
    // Nobody answers as the HSS: the one connection is that which our I-CSCF opens.
    let relay = Daemon::start(network.dir.path(), network.address("hss"));
    start_icscf(&mut network);
    until("the first connection", || open(&network, "icscf"));
    until("watchdogs of both sides", || {
        relay.watched_by_both("icscf.home.example")
    });
    assert_eq!(counter(&network, "icscf", "diameter_connections_total"), 1);

    drop(relay);
    until("the end of the connection", || !open(&network, "icscf"));
    let relay = Daemon::start(network.dir.path(), network.address("hss"));
    until("the connection after its restart", || {
        open(&network, "icscf")
    });
    assert_eq!(counter(&network, "icscf", "diameter_connections_total"), 2);

    network.stop("icscf");
    until("what it says of our end", || {
        relay
            .log()
            .contains("'STATE_OPEN'\t-> 'STATE_CLOSED'\t'icscf.home.example'")
    });
    start_icscf(&mut network);
    until("the connection after our restart", || {
        open(&network, "icscf")
    });
    for wrong in [
        "diameter_broken_frames_total",
        "diameter_refused_capabilities_total",
    ] {
        assert_eq!(counter(&network, "icscf", wrong), 0, "{wrong}");
    }
    drop(relay);
}

/// Sends our I-CSCF a REGISTER by hand.
fn register(network: &Network, call: &str) -> Hand {
    let hand = Hand::new(network.ip(20), network.address("icscf"));
    let local = hand.local();
    let request = format!(
        "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{call};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:user0@home.example>;tag=f1\r\nTo: <sip:user0@home.example>\r\n\
         Call-ID: {call}\r\nCSeq: 1 REGISTER\r\nContact: <sip:user0@{local}>\r\nRequire: path\r\n\
         Path: <sip:{local};lr>\r\nP-Visited-Network-ID: \"visited.example\"\r\nAuthorization: Digest \
         username=\"user0@home.example\", realm=\"home.example\", nonce=\"\", uri=\"sip:home.example\", \
         response=\"\"\r\nContent-Length: 0\r\n\r\n"
    );
    hand.send(request.as_bytes());
    hand
}

#[test]
fn it_relays_for_our_icscf_and_says_when_it_cannot_deliver() {
    let _namespace = Namespace::enter();
    let mut network = Network::new();
    network.write_subscribers(1);
    start_hss(&mut network);
    let hss = network.address("hss");
    let relay = Daemon::start(network.dir.path(), hss);
    until("its connection with the HSS", || open(&network, "hss"));
    start_icscf(&mut network);
    until("a connection of ours with it", || open(&network, "icscf"));

    let served = "diameter_answers_total{element=\"icscf\",direction=\"received\",result=\"2xxx\"}";
    let _hand = register(&network, "first");
    until("the answer of the HSS", || {
        counter(&network, "icscf", served) == 1
    });

    // Without the HSS it can deliver nothing: 3002, and the phone is told.
    network.stop("hss");
    until("what it says of the loss", || {
        relay
            .log()
            .contains("'STATE_OPEN'\t-> 'STATE_CLOSED'\t'hss.home.example'")
    });
    let hand = register(&network, "second");
    let response = std::iter::from_fn(|| hand.receive(WITHIN))
        .find(|response| !response.starts_with("SIP/2.0 1"))
        .expect("a final response");
    assert!(response.starts_with("SIP/2.0 504 "), "{response}");
    assert_eq!(counter(&network, "icscf", "diameter_rerouted_total"), 1);
    assert!(relay.log().contains("DIAMETER_UNABLE_TO_DELIVER"));
    // The connection outlives it all.
    assert!(open(&network, "icscf"));
}

/// A connection that the test speaks on itself.
#[expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]
struct Raw {
    stream: std::net::TcpStream,
}

#[expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]
impl Raw {
    fn open(host: &str) -> Self {
        let stream = std::net::TcpStream::connect(ADDRESS).expect("it listens");
        stream.set_read_timeout(Some(WITHIN)).expect("a time-out");
        let mut raw = Self { stream };
        let mut cer = BytesMut::new();
        CapabilitiesExchangeRequest {
            origin_host: host,
            origin_realm: "home.example",
            host_ip_address: (&[Address::Ip([10, 88, 0, 1].into())]).into(),
            product_name: "by hand",
            vendor_specific_application_id: (&[CX]).into(),
            ..Default::default()
        }
        .encode(1, 1, Flags::NONE, &mut cer);
        let cea = raw.exchange(&cer);
        assert_eq!(result(&cea), Some(2001), "{cea}");
        raw
    }

    fn exchange(&mut self, octets: &[u8]) -> Message {
        self.stream.write_all(octets).expect("it reads");
        let mut message = vec![0; 4];
        self.stream.read_exact(&mut message).expect("an answer");
        let length = u32::from_be_bytes([0, message[1], message[2], message[3]]);
        message.resize(length as usize, 0);
        self.stream
            .read_exact(&mut message[4..])
            .expect("a whole answer");
        Message::parse(message.into()).expect("a Diameter message")
    }
}

const CX: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: 10_415,
    auth_application_id: Some(16_777_216),
    acct_application_id: None,
};

fn result(answer: &Message) -> Option<u32> {
    answer.find(avp::RESULT_CODE)?.unsigned32()
}

/// A UAR with an AVP of vendor 50 that nobody knows, with the flags given.
fn uar(id: u32, host: Option<&str>, flags: u8) -> Vec<u8> {
    let mut out = BytesMut::new();
    UserAuthorizationRequest {
        session_id: &format!("hand.home.example;1;{id}"),
        vendor_specific_application_id: CX,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hand.home.example",
        origin_realm: "home.example",
        destination_host: host,
        destination_realm: "home.example",
        user_name: "user0@home.example",
        public_identity: "sip:user0@home.example",
        visited_network_identifier: b"home.example",
        ..Default::default()
    }
    .encode(id, id, Flags::NONE, &mut out);
    let mut octets = out.to_vec();
    octets.extend([0, 0, 1, 0xee, flags, 0, 0, 16, 0, 0, 0, 50, 1, 2, 3, 4]);
    let length = u32::try_from(octets.len()).expect("short").to_be_bytes();
    octets[1..4].copy_from_slice(&length[1..]);
    octets
}

#[test]
fn what_our_hss_refuses_comes_back_through_it() {
    let _namespace = Namespace::enter();
    let mut network = Network::new();
    network.write_subscribers(1);
    start_hss(&mut network);
    let relay = Daemon::start(network.dir.path(), network.address("hss"));
    until("its connection with the HSS", || open(&network, "hss"));
    let mut raw = Raw::open("hand.home.example");

    let served = raw.exchange(&uar(2, None, 0x80));
    assert!(served.find(avp::EXPERIMENTAL_RESULT).is_some(), "{served}");
    assert_eq!(served.origin_host(), Some("hss.home.example"));
    // An AVP with M that nobody knows.
    let unknown = raw.exchange(&uar(3, None, 0xc0));
    assert_eq!(result(&unknown), Some(5001), "{unknown}");
    assert_eq!(unknown.origin_host(), Some("hss.home.example"));
    assert!(unknown.find(avp::FAILED_AVP).is_some(), "{unknown}");
    // A command that Cx does not have.
    let mut command = uar(4, None, 0x80);
    command[5..8].copy_from_slice(&[0, 3, 0xe7]);
    let refused = raw.exchange(&command);
    assert_eq!(result(&refused), Some(3001), "{refused}");
    assert!(refused.header().is_error());
    // A host that nobody knows.
    let lost = raw.exchange(&uar(5, Some("hss9.home.example"), 0x80));
    assert_eq!(result(&lost), Some(3002), "{lost}");
    let said = relay.log();
    assert!(said.contains("SND to 'hand.home.example'"), "{said}");
}
