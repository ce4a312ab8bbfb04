//! The Diameter node over a simulated network, against peers played by hand and against itself.

mod addressing;
mod capabilities;
mod duplicates;
mod failover;
mod life;
mod played;
mod redirect;
mod requests;
mod serving;
mod storms;
mod tolerance;
mod wire;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use diameter_codec::cx::{UserAuthorizationAnswer, UserAuthorizationRequest, command};
use diameter_codec::{
    ApplicationId, CommandCode, Flags, Message, ResultCode, VendorSpecificApplicationId,
    error_answer,
};
use diameter_stack::capabilities::Application;
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, IncomingRequest, Limits, Node, NodeSettings,
    PeerSettings, RequestError, Route,
};
use driver::io::Listener;
use sim::{Faults, Sim, SimIo};
use wire::Wire;

const CSCF: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const HSS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const SERVED: &[CommandCode] = &[command::USER_AUTHORIZATION];
const SECOND: Duration = Duration::from_secs(1);

fn at(ip: IpAddr) -> SocketAddr {
    SocketAddr::new(ip, 3868)
}

fn settings(identity: &str) -> NodeSettings {
    NodeSettings {
        identity: identity.to_owned(),
        realm: "home.example".to_owned(),
        listen: None,
        connect_from: None,
        peers: Vec::new(),
        admission: Admission::Anyone,
        routes: Vec::new(),
        redirects: FollowRedirects::default(),
        hosts: Vec::new(),
        applications: vec![Application::cx(SERVED)],
        timers: DiameterTimers {
            request: 2 * SECOND,
            reconnect: 10 * SECOND,
            ..DiameterTimers::default()
        },
        limits: Limits::default(),
    }
}

fn hss_settings() -> NodeSettings {
    NodeSettings {
        listen: Some(at(HSS)),
        ..settings("hss.home.example")
    }
}

fn cscf_settings() -> NodeSettings {
    let hss = PeerSettings {
        identity: Some("hss.home.example".to_owned()),
        realm: Some("home.example".to_owned()),
        address: Some(at(HSS)),
    };
    NodeSettings {
        peers: vec![hss],
        ..settings("cscf.home.example")
    }
}

async fn node(io: SimIo, settings: NodeSettings) -> Node<SimIo> {
    Node::start(io, settings, |request| async move { answer_uar(&request) })
        .await
        .expect("a free port")
}

/// Runs `scenario` on a network without faults.
fn run<F: Future<Output = ()>>(scenario: impl FnOnce(Sim) -> F) {
    sim::run(1, Faults::none(), scenario);
}

/// Lets virtual time pass.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// The next connection to a peer played by hand, capabilities exchanged.
async fn accepted(listener: &sim::Listener, host: &str) -> Wire {
    let mut wire = Wire::of(listener.accept().await.expect("a connection"));
    let cer = wire.receive().await.expect("a CER");
    assert_eq!(
        (cer.command, cer.flags),
        (wire::CAPABILITIES_EXCHANGE, wire::REQUEST)
    );
    wire.send(&wire::cea(host, cer.ids)).await;
    wire
}

/// Asks for `impi`; the answer says SUCCESS and the Server-Name `sip:IMPI`.
async fn ask(node: &Node<SimIo>, impi: &str) -> Result<Message, RequestError> {
    ask_at(node, "home.example", None, impi).await
}

/// Asks a realm, and a host where given.
async fn ask_realm(
    node: &Node<SimIo>,
    realm: &str,
    host: Option<&str>,
) -> Result<Message, RequestError> {
    ask_at(node, realm, host, "alice").await
}

async fn ask_at(
    node: &Node<SimIo>,
    realm: &str,
    host: Option<&str>,
    impi: &str,
) -> Result<Message, RequestError> {
    let route = Route {
        realm,
        host,
        application: ApplicationId::CX,
    };
    node.request(route, |ids, out| {
        let request = UserAuthorizationRequest {
            session_id: ids.session_id,
            vendor_specific_application_id: advertised(),
            origin_host: "cscf.home.example",
            origin_realm: "home.example",
            destination_realm: realm,
            destination_host: host,
            user_name: impi,
            public_identity: "sip:alice@home.example",
            visited_network_identifier: b"visited.example",
            ..Default::default()
        };
        request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
    })
    .await
}

/// Waits until `node` has an open peer.
async fn open(node: &Node<SimIo>) {
    while !node
        .peers()
        .iter()
        .any(|peer| peer.state == diameter_stack::peer::State::IOpen)
    {
        pass(Duration::from_millis(1)).await;
    }
}

fn advertised() -> VendorSpecificApplicationId {
    VendorSpecificApplicationId {
        vendor_id: 10_415,
        auth_application_id: Some(CX),
        acct_application_id: None,
    }
}

const CX: u32 = wire::CX;

fn answer_uar(request: &IncomingRequest) -> Bytes {
    let mut out = BytesMut::new();
    match UserAuthorizationRequest::decode(&request.message) {
        Err(error) => error_answer(
            &request.message,
            "hss.home.example",
            "home.example",
            &error,
            &mut out,
        ),
        Ok(read) => {
            let name = format!("sip:{}", read.user_name);
            let answer = UserAuthorizationAnswer {
                session_id: read.session_id,
                vendor_specific_application_id: advertised(),
                result_code: Some(ResultCode::SUCCESS),
                origin_host: "hss.home.example",
                origin_realm: "home.example",
                server_name: Some(&name),
                ..Default::default()
            };
            answer.encode_answer(request.message.header(), &mut out);
        }
    }
    out.freeze()
}

/// The Server-Name of an answer.
fn server_name(answer: &Message) -> String {
    let answer = UserAuthorizationAnswer::decode(answer).expect("a UAA");
    answer.server_name.unwrap_or_default().to_owned()
}
