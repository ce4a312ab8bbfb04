//! A client and two servers while connections are lost, links parted and servers crash: every request has exactly
//! one outcome, in its time, and no server serves one twice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use driver::diameter::{DiameterTimers, Node, NodeSettings, RequestError};
use sim::{Faults, Sim};
use tokio::time::Instant;

use crate::failover::known;
use crate::{CSCF, SECOND, answer_uar, ask, at, node, pass, server_name, settings};

/// Histories; each has [`REQUESTS`] requests and [`BLOWS`] blows.
const HISTORIES: u64 = 300;
const REQUESTS: u64 = 60;
const BLOWS: u64 = 12;
/// The time-out of a request: longer than it takes to doubt a peer, shorter than the storm.
const REQUEST: Duration = Duration::from_secs(20);

const SERVERS: [(IpAddr, &str); 2] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), "hss1.home.example"),
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3)), "hss2.home.example"),
];

/// How often each request was served: by server, its life, and End-to-End Identifier.
type Served = Rc<RefCell<BTreeMap<(usize, u64, u32), u32>>>;

fn start(sim: &Sim, server: usize, life: u64, served: &Served) {
    let (ip, identity) = SERVERS[server];
    let served = Rc::clone(served);
    let handling = sim.clone();
    let _server = sim.start(ip, move |io| async move {
        let settings = NodeSettings {
            listen: Some(at(ip)),
            ..settings(identity)
        };
        let _node = Node::start(io, settings, move |request| {
            let key = (server, life, request.message.header().end_to_end);
            *served.borrow_mut().entry(key).or_default() += 1;
            let takes = Duration::from_millis(handling.below(3_000));
            async move {
                pass(takes).await;
                answer_uar(&request)
            }
        })
        .await
        .expect("a free port");
        std::future::pending::<()>().await;
    });
}

async fn blow(sim: &Sim, lives: &Cell<u64>, served: &Served) {
    let server = usize::from(sim.below(2) == 1);
    let ip = SERVERS[server].0;
    let pause = Duration::from_millis(sim.below(20_000));
    match sim.below(3) {
        0 => sim.reset(CSCF, ip),
        1 => {
            sim.partition(CSCF, ip);
            pass(pause).await;
            sim.heal(CSCF, ip);
        }
        _ => {
            sim.crash(ip);
            pass(pause / 4).await;
            lives.set(lives.get() + 1);
            start(sim, server, lives.get(), served);
        }
    }
    pass(Duration::from_millis(sim.below(4_000))).await;
}

/// Runs one history; gives how many requests were sent again.
fn storm(seed: u64) -> u64 {
    sim::run(seed, Faults::rough(), |sim| async move {
        let served = Served::default();
        for server in 0..SERVERS.len() {
            start(&sim, server, 0, &served);
        }
        let weather = sim.clone();
        let client = sim.start(CSCF, move |io| async move {
            let settings = NodeSettings {
                peers: SERVERS.map(|(ip, identity)| known(identity, ip)).to_vec(),
                timers: DiameterTimers {
                    watchdog: 6 * SECOND,
                    reconnect: SECOND,
                    request: REQUEST,
                    ..DiameterTimers::default()
                },
                ..settings("cscf.home.example")
            };
            let node = node(io, settings).await;
            pass(5 * SECOND).await;
            let outcomes = Rc::new(RefCell::new(BTreeMap::<u64, u32>::new()));
            let asked: Vec<_> = (0..REQUESTS)
                .map(|number| {
                    let (node, outcomes) = (node.clone(), Rc::clone(&outcomes));
                    let when = Duration::from_millis(weather.below(60_000));
                    driver::spawn(async move {
                        pass(when).await;
                        let began = Instant::now();
                        let outcome = ask(&node, &number.to_string()).await;
                        assert!(
                            began.elapsed() <= REQUEST,
                            "seed {seed}: {number} in its time"
                        );
                        match outcome {
                            Ok(answer) => assert_eq!(server_name(&answer), format!("sip:{number}")),
                            Err(error) => assert!(
                                !matches!(error, RequestError::Stopping | RequestError::Congested),
                                "seed {seed}: {error}"
                            ),
                        }
                        *outcomes.borrow_mut().entry(number).or_default() += 1;
                    })
                })
                .collect();
            let lives = Cell::new(0);
            for _ in 0..BLOWS {
                blow(&weather, &lives, &served).await;
            }
            for asker in asked {
                asker.await.expect("an outcome");
            }
            assert!(outcomes.borrow().len() as u64 == REQUESTS, "seed {seed}");
            assert!(
                outcomes.borrow().values().all(|count| *count == 1),
                "seed {seed}"
            );
            let twice: Vec<_> = served
                .borrow()
                .iter()
                .filter(|(_, count)| **count > 1)
                .map(|(key, _)| *key)
                .collect();
            assert!(twice.is_empty(), "seed {seed}: served twice: {twice:?}");
            // Quiet again: both are peers, nothing is left waiting.
            pass(60 * SECOND).await;
            assert!(ask(&node, "after").await.is_ok(), "seed {seed}");
            let left: usize = node.peers().iter().map(|peer| peer.in_flight).sum();
            assert_eq!(left, 0, "seed {seed}");
            node.metrics().retransmissions.get()
        });
        client.await.expect("the client")
    })
}

#[test]
fn every_request_has_one_outcome_and_no_server_serves_it_twice() {
    let again: u64 = (0..HISTORIES).map(storm).sum();
    println!("{HISTORIES} histories, {again} requests sent again with the T flag");
    assert!(again > HISTORIES / 2, "the storms do something: {again}");
}
