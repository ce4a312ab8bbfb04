//! The Diameter node over the sockets of the system: what the simulation does not show.

use std::cell::Cell;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use diameter_codec::cx::{UserAuthorizationAnswer, UserAuthorizationRequest, command};
use diameter_codec::{ApplicationId, Flags, Message, ResultCode, VendorSpecificApplicationId};
use diameter_stack::capabilities::Application;
use diameter_stack::peer::State;
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, IncomingRequest, Limits, Node, NodeSettings,
    PeerSettings, RequestError, Route,
};
use driver::io::{Io, Listener};
use net::Net;
use tokio::task::LocalSet;
use tokio::time::{Instant, timeout};

const ONE: &str = "one.home.example";
const TWO: &str = "two.home.example";
const CX: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: 10_415,
    auth_application_id: Some(ApplicationId::CX.0),
    acct_application_id: None,
};

/// One thread, one loop, the system's clock; half a minute at most.
fn on_a_loop(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        timeout(Duration::from_secs(30), work)
            .await
            .expect("done in time");
    });
}

fn settings(identity: &str) -> NodeSettings {
    NodeSettings {
        identity: identity.to_owned(),
        realm: "home.example".to_owned(),
        listen: None,
        connect_from: None,
        peers: Vec::new(),
        admission: Admission::ConfiguredPeers,
        routes: Vec::new(),
        redirects: FollowRedirects::default(),
        hosts: Vec::new(),
        applications: vec![Application::cx(&[command::USER_AUTHORIZATION])],
        timers: DiameterTimers {
            reconnect: Duration::from_millis(100),
            ..DiameterTimers::default()
        },
        limits: Limits::default(),
    }
}

fn peer(identity: &str, address: Option<SocketAddr>) -> PeerSettings {
    PeerSettings {
        identity: Some(identity.to_owned()),
        realm: None,
        address,
    }
}

async fn ask(node: &Node<Net>, from: &str) -> Result<Message, RequestError> {
    let route = Route {
        realm: "home.example",
        host: None,
        application: ApplicationId::CX,
    };
    node.request(route, |ids, out| {
        let request = UserAuthorizationRequest {
            session_id: ids.session_id,
            vendor_specific_application_id: CX,
            origin_host: from,
            origin_realm: "home.example",
            destination_realm: "home.example",
            user_name: "alice@home.example",
            public_identity: "sip:alice@home.example",
            visited_network_identifier: b"home.example",
            ..Default::default()
        };
        request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
    })
    .await
}

fn answer(request: &IncomingRequest, host: &str) -> Bytes {
    let read = UserAuthorizationRequest::decode(&request.message).expect("a UAR");
    let mut out = BytesMut::new();
    let answer = UserAuthorizationAnswer {
        session_id: read.session_id,
        vendor_specific_application_id: CX,
        result_code: Some(ResultCode::SUCCESS),
        origin_host: host,
        origin_realm: "home.example",
        ..Default::default()
    };
    answer.encode_answer(request.message.header(), &mut out);
    out.freeze()
}

/// An address of loopback that nobody listens on.
async fn free(host: u8) -> SocketAddr {
    let local = SocketAddr::from((Ipv4Addr::new(127, 83, 0, host), 0));
    let io = Net::new().expect("randomness");
    io.listen(local).await.expect("a free port").local_addr()
}

#[test]
fn rfc6733_5_6_4_two_that_connect_at_once_keep_one_connection() {
    on_a_loop(async {
        for _ in 0..10 {
            let (at_one, at_two) = (free(1).await, free(2).await);
            let start = |me: &'static str, at: SocketAddr, other: &str, its: SocketAddr| {
                let settings = NodeSettings {
                    listen: Some(at),
                    connect_from: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                    peers: vec![peer(other, Some(its))],
                    ..settings(me)
                };
                Node::start(
                    Net::new().expect("randomness"),
                    settings,
                    async move |request| answer(&request, me),
                )
            };
            let one = start(ONE, at_one, TWO, at_two).await.expect("a free port");
            let two = start(TWO, at_two, ONE, at_one).await.expect("a free port");
            let deadline = Instant::now() + Duration::from_secs(10);
            loop {
                let states = [one.peers()[0].state, two.peers()[0].state];
                if matches!(
                    states,
                    [State::IOpen, State::ROpen] | [State::ROpen, State::IOpen]
                ) && ask(&one, ONE).await.is_ok()
                    && ask(&two, TWO).await.is_ok()
                {
                    break;
                }
                assert!(Instant::now() < deadline, "{states:?}");
                tokio::task::yield_now().await;
            }
            let open = [&one, &two].map(|node| node.metrics().open_connections.get());
            assert_eq!(open, [1, 1]);
            one.stop().await;
            two.stop().await;
        }
    });
}

#[test]
fn a_procedure_that_panics_is_answered_unable_to_comply_and_the_next_is_served() {
    on_a_loop(async {
        let local = SocketAddr::from((Ipv4Addr::new(127, 83, 0, 3), 0));
        let listening = NodeSettings {
            listen: Some(local),
            admission: Admission::Anyone,
            ..settings(TWO)
        };
        let calls = Cell::new(0);
        let server = Node::start(Net::new().expect("randomness"), listening, move |request| {
            calls.set(calls.get() + 1);
            let first = calls.get() == 1;
            async move {
                assert!(!first, "on purpose");
                answer(&request, TWO)
            }
        })
        .await
        .expect("a free port");
        let connecting = NodeSettings {
            peers: vec![peer(TWO, server.local_addr())],
            ..settings(ONE)
        };
        let client = Node::start(Net::new().expect("randomness"), connecting, async |_| {
            Bytes::new()
        })
        .await
        .expect("a node");
        assert!(client.connected(Duration::from_secs(10)).await);
        for expected in [ResultCode::UNABLE_TO_COMPLY, ResultCode::SUCCESS] {
            let answer = ask(&client, ONE).await.expect("an answer");
            let read = UserAuthorizationAnswer::decode(&answer).expect("a UAA");
            assert_eq!(read.result_code, Some(expected));
        }
        client.stop().await;
        server.stop().await;
    });
}
