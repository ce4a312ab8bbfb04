//! The HSS as a process that tells an S-CSCF: RTR by a call on the admin port, RTR and PPR by SIGHUP, and again after
//! `kill -9`; the S-CSCF is played by hand over TCP.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the test is a client of a real socket, a caller beside it, and has deadlines"
)]

mod network;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{self, AuthSessionState, CapabilitiesExchangeRequest};
use diameter_codec::cx::{self, ReasonCode, ServerAssignmentRequest, ServerAssignmentType};
use diameter_codec::{
    Address, ApplicationId, Flags, Message, ResultCode, VendorId, VendorSpecificApplicationId,
};
use network::{Network, spawn, spawn_on_full_disk, within};

const TOKEN: &str = "only-the-operator-knows";
/// How long a message may take to come.
const SOON: Duration = Duration::from_secs(20);
const CX: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: VendorId::THREE_GPP.0,
    auth_application_id: Some(ApplicationId::CX.0),
    acct_application_id: None,
};

/// An HSS with two users, whose admin port takes calls.
fn hss() -> Network {
    let mut network = Network::new();
    network.write_subscribers(2);
    std::fs::write(network.path("token"), TOKEN).expect("a token");
    start(&mut network);
    network
}

fn start(network: &mut Network) {
    let file = configuration(network);
    network.processes.push(spawn("hss", &file));
}

fn configuration(network: &Network) -> PathBuf {
    let admin = "[admin]\n";
    let with_token = format!("[admin]\ntoken_file = {:?}\n", network.path("token"));
    let config = network.config("hss").replace(admin, &with_token);
    let file = network.path("hss.toml");
    std::fs::write(&file, config).expect("a configuration file");
    file
}

struct Scscf(TcpStream);

impl Scscf {
    fn connect(network: &Network) -> Self {
        let stream = TcpStream::connect(network.address("hss")).expect("the HSS listens");
        stream.set_read_timeout(Some(SOON)).expect("a time-out");
        let mut scscf = Self(stream);
        let addresses = [Address::Ip(std::net::IpAddr::from([127, 0, 0, 1]))];
        let cer = CapabilitiesExchangeRequest {
            origin_host: "scscf.home.example",
            origin_realm: "home.example",
            host_ip_address: (&addresses).into(),
            vendor_id: 0,
            product_name: "by hand",
            supported_vendor_id: (&[VendorId::THREE_GPP.0][..]).into(),
            vendor_specific_application_id: (&[CX][..]).into(),
            ..CapabilitiesExchangeRequest::default()
        };
        let cea = scscf.exchange(|out| cer.encode(1, 1, Flags::NONE, out));
        assert_eq!(result(&cea), Some(ResultCode::SUCCESS));
        scscf
    }

    fn send(&mut self, encode: impl FnOnce(&mut BytesMut)) {
        let mut out = BytesMut::new();
        encode(&mut out);
        self.0.write_all(&out).expect("sent");
    }

    fn receive(&mut self) -> Message {
        let mut octets = vec![0; 20];
        self.0.read_exact(&mut octets).expect("a message");
        let length = u32::from_be_bytes([0, octets[1], octets[2], octets[3]]) as usize;
        octets.resize(length, 0);
        self.0.read_exact(&mut octets[20..]).expect("all of it");
        Message::parse(Bytes::from(octets)).expect("a Diameter message")
    }

    fn exchange(&mut self, encode: impl FnOnce(&mut BytesMut)) -> Message {
        self.send(encode);
        self.receive()
    }

    fn register(&mut self, user: usize) {
        assert_eq!(self.assigned(user), Some(ResultCode::SUCCESS));
    }

    /// What SAA says of a registration.
    fn assigned(&mut self, user: usize) -> Option<ResultCode> {
        let (impi, impu) = names(user);
        let session = format!("scscf.home.example;1;{user}");
        let impus = [impu.as_str()];
        let sar = ServerAssignmentRequest {
            session_id: &session,
            vendor_specific_application_id: CX,
            auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
            origin_host: "scscf.home.example",
            origin_realm: "home.example",
            destination_realm: "home.example",
            user_name: Some(&impi),
            public_identity: (&impus[..]).into(),
            server_name: "sip:scscf.home.example",
            server_assignment_type: ServerAssignmentType::REGISTRATION,
            ..ServerAssignmentRequest::default()
        };
        // Not a request that was sent again.
        let number = u32::try_from(user).expect("few") + 2;
        result(&self.exchange(|out| sar.encode(number, number, Flags::PROXIABLE, out)))
    }

    /// Answers an RTR or a PPR with success.
    fn done(&mut self, request: &Message) {
        let head = request.header();
        let session_id = request.session_id().expect("Session-Id");
        let (host, realm) = ("scscf.home.example", "home.example");
        let state = AuthSessionState::NO_STATE_MAINTAINED;
        let success = Some(ResultCode::SUCCESS);
        let (hop, end) = (head.hop_by_hop, head.end_to_end);
        match head.command {
            cx::command::REGISTRATION_TERMINATION => {
                let rta = cx::RegistrationTerminationAnswer {
                    session_id,
                    vendor_specific_application_id: CX,
                    result_code: success,
                    auth_session_state: state,
                    origin_host: host,
                    origin_realm: realm,
                    ..Default::default()
                };
                self.send(|out| rta.encode(hop, end, Flags::NONE, out));
            }
            _ => {
                let ppa = cx::PushProfileAnswer {
                    session_id,
                    vendor_specific_application_id: CX,
                    result_code: success,
                    auth_session_state: state,
                    origin_host: host,
                    origin_realm: realm,
                    ..Default::default()
                };
                self.send(|out| ppa.encode(hop, end, Flags::NONE, out));
            }
        }
    }
}

fn result(answer: &Message) -> Option<ResultCode> {
    answer
        .find(base::avp::RESULT_CODE)?
        .unsigned32()
        .map(ResultCode)
}

fn names(user: usize) -> (String, String) {
    (
        format!("user{user}@home.example"),
        format!("sip:user{user}@home.example"),
    )
}

/// `POST path` with `body` and `token`; the whole response.
fn post(network: &Network, path: &'static str, body: &str, token: &str) -> JoinHandle<String> {
    let at = network.process("hss").admin;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        let mut stream = TcpStream::connect(at).expect("the admin port listens");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        response
    })
}

fn registered(network: &Network) -> usize {
    network
        .admin("hss", "/state")
        .matches("\"state\":\"registered\"")
        .count()
}

/// Waits until so many identities are registered.
fn wait_for_registered(network: &Network, wanted: usize) {
    let come = within(SOON, || registered(network) == wanted);
    assert!(come, "{}", network.admin("hss", "/state"));
}

fn hang_up(network: &Network) {
    let id = network.process("hss").child.id().to_string();
    let told = Command::new("kill").args(["-HUP", &id]).status();
    assert!(told.expect("kill").success());
}

#[test]
fn an_operator_deregisters_a_user() {
    let network = hss();
    let mut scscf = Scscf::connect(&network);
    scscf.register(0);
    scscf.register(1);
    let body = r#"{ "private_identity": "user0@home.example", "reason": "PERMANENT_TERMINATION", "info": "unpaid" }"#;
    let stranger = post(&network, "/deregister", body, "somebody-else-entirely").join();
    assert!(stranger.expect("a response").starts_with("HTTP/1.1 401"));
    let called = post(&network, "/deregister", body, TOKEN);
    let message = scscf.receive();
    let rtr = cx::RegistrationTerminationRequest::decode(&message).expect("an RTR");
    assert_eq!(rtr.user_name, "user0@home.example");
    assert_eq!(
        rtr.deregistration_reason.reason_code,
        ReasonCode::PERMANENT_TERMINATION
    );
    assert_eq!(rtr.deregistration_reason.reason_info, Some("unpaid"));
    assert_eq!(registered(&network), 2, "the S-CSCF has not answered");
    scscf.done(&message);
    let response = called.join().expect("a response");
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains("\"result\":\"done\""), "{response}");
    wait_for_registered(&network, 1);
    let metrics = network.admin("hss", "/metrics");
    assert!(
        metrics
            .lines()
            .any(|line| line.starts_with("wayfarer_hss_notices_total")
                && line.contains("command=\"RTR\",result=\"done\"")
                && line.ends_with(" 1")),
        "{metrics}"
    );
}

#[test]
fn a_reload_reaches_the_scscf_even_after_kill_9() {
    let mut network = hss();
    let mut scscf = Scscf::connect(&network);
    scscf.register(0);
    scscf.register(1);
    let file = network.path("subscribers.json");
    let before = std::fs::read_to_string(&file).expect("subscribers");

    std::fs::write(&file, &before[1..]).expect("a broken file");
    hang_up(&network);
    let broken = post(&network, "/reload", "{}", TOKEN)
        .join()
        .expect("a response");
    assert!(
        broken.starts_with("HTTP/1.1 422") && broken.contains("nothing was changed"),
        "{broken}"
    );

    let named = before.replacen(
        "\"identity\":\"sip:user1",
        "\"display_name\":\"One\",\"identity\":\"sip:user1",
        1,
    );
    assert_ne!(named, before);
    std::fs::write(&file, &named).expect("a changed file");
    hang_up(&network);
    let message = scscf.receive();
    let ppr = cx::PushProfileRequest::decode(&message).expect("a PPR");
    assert_eq!(ppr.user_name, "user1@home.example");
    let profile = String::from_utf8_lossy(ppr.user_data.expect("User-Data")).into_owned();
    assert!(
        profile.contains("<DisplayName>One</DisplayName>"),
        "{profile}"
    );
    scscf.done(&message);

    network.write_subscribers(1);
    hang_up(&network);
    let message = scscf.receive();
    let rtr = cx::RegistrationTerminationRequest::decode(&message).expect("an RTR");
    assert_eq!(rtr.user_name, "user1@home.example");
    // It is killed before it is answered, and says it again when it is back.
    network.stop("hss");
    start(&mut network);
    let mut scscf = Scscf::connect(&network);
    let message = scscf.receive();
    let rtr = cx::RegistrationTerminationRequest::decode(&message).expect("an RTR");
    assert_eq!(rtr.user_name, "user1@home.example");
    scscf.done(&message);
    wait_for_registered(&network, 1);
}

#[test]
fn a_full_disk_is_answered_5012_and_what_was_answered_before_is_there() {
    const USERS: usize = 100;
    let mut network = Network::new();
    network.write_subscribers(USERS);
    std::fs::write(network.path("token"), TOKEN).expect("a token");
    let file = configuration(&network);
    network
        .processes
        .push(spawn_on_full_disk("hss", &file, 768));
    let mut scscf = Scscf::connect(&network);
    let answers: Vec<_> = (0..USERS).map(|user| scscf.assigned(user)).collect();
    let promised = |answer: &&Option<ResultCode>| **answer == Some(ResultCode::SUCCESS);
    let kept = answers.iter().filter(promised).count();
    assert!((1..USERS).contains(&kept), "{kept} of {USERS}");
    assert!(
        answers
            .iter()
            .all(|answer| promised(&answer) || *answer == Some(ResultCode::UNABLE_TO_COMPLY)),
        "{answers:?}"
    );
    wait_for_registered(&network, kept);
    drop(scscf);
    // There is room again.
    network.stop("hss");
    start(&mut network);
    wait_for_registered(&network, kept);
    let mut scscf = Scscf::connect(&network);
    scscf.register(USERS - 1);
}
