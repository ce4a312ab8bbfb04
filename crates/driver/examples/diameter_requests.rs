//! Diameter requests a second on one connection over loopback: a client and a server, each a node with its own
//! thread, with 1, 100 and 1,000 requests under way. UAR out, UAA back, both typed; through the peer machine, the
//! watchdog, the table of waiting requests and the recognition of duplicates.
//!
//! `cargo run --release -p driver --example diameter_requests [SECONDS]` prints a line for each.

use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use diameter_codec::cx::{UserAuthorizationAnswer, UserAuthorizationRequest, command};
use diameter_codec::{
    ApplicationId, CommandCode, Flags, Message, ResultCode, VendorSpecificApplicationId,
};
use diameter_stack::capabilities::Application;
use driver::diameter::{
    Admission, DiameterTimers, FollowRedirects, IncomingRequest, Limits, Node, NodeSettings,
    PeerSettings, Route,
};
use net::Net;
use tokio::task::LocalSet;

const UNDER_WAY: [usize; 3] = [1, 100, 1_000];
const SERVED: &[CommandCode] = &[command::USER_AUTHORIZATION];
const CLIENT: &str = "cscf.home.example";
const SERVER: &str = "hss.home.example";
const REALM: &str = "home.example";
const CX: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: 10_415,
    auth_application_id: Some(ApplicationId::CX.0),
    acct_application_id: None,
};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = std::env::args().nth(1).map_or(Ok(2), |text| text.parse())?;
    let (tell, told) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let served = on_a_loop(async move {
            let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let settings = NodeSettings {
                listen: Some(listen),
                ..settings(SERVER)
            };
            let node = Node::start(Net::new()?, settings, async |request| answer(&request)).await?;
            let _client_gone = tell.send(node.local_addr());
            std::future::pending::<io::Result<()>>().await
        });
        if let Err(error) = served {
            eprintln!("server: {error}");
        }
    })?;
    let server = told.recv()?.ok_or("the server listens nowhere")?;
    on_a_loop(async move {
        let peer = PeerSettings {
            identity: Some(SERVER.to_owned()),
            realm: None,
            address: Some(server),
        };
        let settings = NodeSettings {
            peers: vec![peer],
            ..settings(CLIENT)
        };
        let node = Node::start(Net::new()?, settings, async |_| Bytes::new()).await?;
        if !node.connected(Duration::from_secs(5)).await {
            return Err(io::Error::other("the server cannot be reached"));
        }
        for under_way in UNDER_WAY {
            // The first run warms up what grows on demand.
            requests(&node, under_way, Duration::from_millis(300)).await?;
            let rate = requests(&node, under_way, Duration::from_secs(seconds)).await?;
            println!("{under_way} {rate:.0}");
        }
        Ok(())
    })?;
    Ok(())
}

/// Requests a second with `under_way` of them at any time.
async fn requests(node: &Node<Net>, under_way: usize, lasting: Duration) -> io::Result<f64> {
    let answered = Rc::new(Cell::new(0_u64));
    let began = now();
    let askers: Vec<_> = (0..under_way)
        .map(|_| {
            let (node, answered) = (node.clone(), Rc::clone(&answered));
            driver::spawn(async move {
                while began.elapsed() < lasting {
                    ask(&node).await?;
                    answered.set(answered.get() + 1);
                }
                Ok::<_, io::Error>(())
            })
        })
        .collect();
    for asker in askers {
        asker.await.map_err(io::Error::other)??;
    }
    #[allow(clippy::cast_precision_loss)]
    Ok(answered.get() as f64 / began.elapsed().as_secs_f64())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement needs the clock itself"
)]
fn now() -> Instant {
    Instant::now()
}

async fn ask(node: &Node<Net>) -> io::Result<()> {
    let route = Route {
        realm: REALM,
        host: None,
        application: ApplicationId::CX,
    };
    let answer: Message = node
        .request(route, |ids, out| {
            let request = UserAuthorizationRequest {
                session_id: ids.session_id,
                vendor_specific_application_id: CX,
                origin_host: CLIENT,
                origin_realm: REALM,
                destination_realm: REALM,
                user_name: "alice@home.example",
                public_identity: "sip:alice@home.example",
                visited_network_identifier: b"home.example",
                ..Default::default()
            };
            request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
        })
        .await
        .map_err(io::Error::other)?;
    let read = UserAuthorizationAnswer::decode(&answer)
        .map_err(|error| io::Error::other(error.to_string()))?;
    match read.result_code {
        Some(ResultCode::SUCCESS) => Ok(()),
        other => Err(io::Error::other(format!("answered {other:?}"))),
    }
}

fn answer(request: &IncomingRequest) -> Bytes {
    let Ok(read) = UserAuthorizationRequest::decode(&request.message) else {
        return Bytes::new();
    };
    let mut out = BytesMut::new();
    let answer = UserAuthorizationAnswer {
        session_id: read.session_id,
        vendor_specific_application_id: CX,
        result_code: Some(ResultCode::SUCCESS),
        origin_host: SERVER,
        origin_realm: REALM,
        server_name: Some("sip:scscf.home.example:5060"),
        ..Default::default()
    };
    answer.encode_answer(request.message.header(), &mut out);
    out.freeze()
}

fn settings(identity: &str) -> NodeSettings {
    NodeSettings {
        identity: identity.to_owned(),
        realm: REALM.to_owned(),
        listen: None,
        connect_from: None,
        peers: Vec::new(),
        admission: Admission::Anyone,
        routes: Vec::new(),
        redirects: FollowRedirects::default(),
        hosts: Vec::new(),
        applications: vec![Application::cx(SERVED)],
        timers: DiameterTimers::default(),
        limits: Limits::default(),
    }
}

/// Runs `work` as a shard does: one thread, one current-thread runtime.
fn on_a_loop(work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, work)
}
