//! What waits for a peer that is lost, in doubt, or busy goes to the next one (RFC 6733 §3, §5.5.4, §7.1.3).

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use driver::diameter::{DiameterTimers, MAX_ATTEMPTS, NodeSettings, PeerSettings, RequestError};
use driver::io::Io;
use sim::Faults;
use tokio::time::Instant;

use crate::played::{Reaction, peer, plain};
use crate::requests::uaa;
use crate::wire::*;
use crate::{CSCF, HSS, SECOND, accepted, ask, at, node, pass, run, server_name, settings};

const SECOND_HSS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3));
const ONE: &str = "hss1.home.example";
const TWO: &str = "hss2.home.example";

pub(crate) fn known(identity: &str, ip: IpAddr) -> PeerSettings {
    PeerSettings {
        identity: Some(identity.to_owned()),
        realm: Some("home.example".to_owned()),
        address: Some(at(ip)),
    }
}

/// A client that prefers `ONE`.
fn of_two() -> NodeSettings {
    NodeSettings {
        peers: vec![known(ONE, HSS), known(TWO, SECOND_HSS)],
        ..settings("cscf.home.example")
    }
}

/// The same with a watchdog of 6 s and requests that wait longer than it takes.
fn patient() -> NodeSettings {
    NodeSettings {
        timers: DiameterTimers {
            watchdog: 6 * SECOND,
            request: 60 * SECOND,
            ..of_two().timers
        },
        ..of_two()
    }
}

fn answering(request: &Frame) -> Reaction {
    Reaction::Send(uaa(request.ids, "two"))
}

/// The second copy of a request, against the first.
fn assert_copy(first: &Frame, second: &Frame, flags: u8) {
    assert_eq!(first.flags, REQUEST | PROXIABLE);
    assert_eq!(second.flags, flags);
    assert_eq!(first.ids.1, second.ids.1, "the same End-to-End Identifier");
    assert_eq!(first.avps, second.avps, "Session-Id and all");
}

#[test]
fn rfc6733_5_5_4_a_lost_connection_sends_what_waits_to_the_next_peer_with_t() {
    run(|sim| async move {
        let one = peer(&sim, HSS, ONE, |_| Reaction::Hang);
        let two = peer(&sim, SECOND_HSS, TWO, answering);
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, of_two()).await;
            pass(SECOND).await;
            let began = Instant::now();
            assert_eq!(server_name(&ask(&node, "alice").await.unwrap()), "two");
            assert!(began.elapsed() < SECOND / 10, "{:?}", began.elapsed());
            let metrics = node.metrics();
            assert_eq!(metrics.retransmissions.get(), 1);
            assert_eq!(metrics.failovers.get(), 1);
            // The next one is a new request.
            assert!(ask(&node, "bob").await.is_ok());
            assert_eq!(metrics.retransmissions.get(), 1);
        });
        client.await.expect("the client");
        let (one, two) = (one.borrow(), two.borrow());
        assert_copy(&one[0], &two[0], REQUEST | PROXIABLE | RETRANSMITTED);
        assert_eq!((two.len(), two[1].flags), (2, REQUEST | PROXIABLE));
    });
}

#[test]
fn rfc3539_3_4_1_doubt_sends_what_waits_elsewhere_and_the_late_answer_is_dropped() {
    run(|sim| async move {
        let two = peer(&sim, SECOND_HSS, TWO, answering);
        let one = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, ONE).await;
            let asked = wire.receive().await.expect("a UAR");
            let watchdog = wire.receive().await.expect("a DWR");
            assert_eq!(watchdog.command, DEVICE_WATCHDOG);
            pass(9 * SECOND).await;
            // It wakes up: answers to what it was asked, then is asked again.
            wire.send(&uaa(asked.ids, "one, late")).await;
            wire.send(&plain(ONE, &watchdog, 2001)).await;
            while let Some(next) = wire.receive().await {
                match next.command {
                    USER_AUTHORIZATION => wire.send(&uaa(next.ids, "one")).await,
                    _ => wire.send(&plain(ONE, &next, 2001)).await,
                }
            }
            asked
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, patient()).await;
            pass(SECOND).await;
            let began = Instant::now();
            assert_eq!(server_name(&ask(&node, "alice").await.unwrap()), "two");
            // Twice Tw of 6 s, each moved by up to 2 s, less the second before.
            let took = began.elapsed();
            assert!((7 * SECOND..=15 * SECOND).contains(&took), "{took:?}");
            pass(10 * SECOND).await;
            assert_eq!(node.metrics().unmatched_answers.get(), 1, "dropped");
            // Failback: the preferred peer has them again.
            assert_eq!(server_name(&ask(&node, "bob").await.unwrap()), "one");
            assert_eq!(node.metrics().retransmissions.get(), 1);
            node.stop().await;
        });
        client.await.expect("the client");
        let asked = one.await.expect("the played peer");
        assert_copy(
            &asked,
            &two.borrow()[0],
            REQUEST | PROXIABLE | RETRANSMITTED,
        );
    });
}

#[test]
fn without_another_peer_a_lost_connection_fails_at_once_and_doubt_waits_on() {
    run(|sim| async move {
        let one = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, ONE).await;
            let asked = wire.receive().await.expect("a UAR");
            wire.receive().await.expect("a DWR");
            pass(9 * SECOND).await;
            wire.send(&uaa(asked.ids, "late")).await;
            wire.receive().await.expect("a UAR");
        });
        let client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                peers: vec![known(ONE, HSS)],
                ..patient()
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            assert_eq!(server_name(&ask(&node, "alice").await.unwrap()), "late");
            assert_eq!(node.metrics().failovers.get(), 1);
            let began = Instant::now();
            assert_eq!(ask(&node, "bob").await, Err(RequestError::ConnectionLost));
            assert!(began.elapsed() < SECOND / 10, "{:?}", began.elapsed());
        });
        client.await.expect("the client");
        one.await.expect("the played peer");
    });
}

#[test]
fn rfc6733_7_1_3_busy_and_unable_to_deliver_go_to_the_next_peer_without_t() {
    for result in [3002, 3004] {
        run(|sim| async move {
            let busy = move |request: &Frame| Reaction::Send(plain(ONE, request, result));
            let one = peer(&sim, HSS, ONE, busy);
            let two = peer(&sim, SECOND_HSS, TWO, answering);
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, of_two()).await;
                pass(SECOND).await;
                assert_eq!(server_name(&ask(&node, "alice").await.unwrap()), "two");
                assert_eq!(node.metrics().rerouted.get(), 1);
                assert_eq!(node.metrics().retransmissions.get(), 0);
            });
            client.await.expect("the client");
            // §3: no T flag after an error answer.
            assert_copy(&one.borrow()[0], &two.borrow()[0], REQUEST | PROXIABLE);
        });
    }
}

#[test]
fn other_results_are_the_last_word() {
    for result in [3001, 3003, 3005, 3007, 5012] {
        run(|sim| async move {
            let refusing = move |request: &Frame| Reaction::Send(plain(ONE, request, result));
            let one = peer(&sim, HSS, ONE, refusing);
            let two = peer(&sim, SECOND_HSS, TWO, answering);
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, of_two()).await;
                pass(SECOND).await;
                assert!(ask(&node, "alice").await.is_ok());
            });
            client.await.expect("the client");
            assert_eq!((one.borrow().len(), two.borrow().len()), (1, 0), "{result}");
        });
    }
}

#[test]
fn a_request_is_sent_to_so_many_peers_and_no_more() {
    run(|sim| async move {
        let ips: Vec<IpAddr> = (0..8)
            .map(|n| IpAddr::V4(Ipv4Addr::new(10, 0, 1, n)))
            .collect();
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let got: Vec<_> = ips
            .iter()
            .zip(names)
            .map(|(ip, name)| {
                peer(&sim, *ip, name, move |request| {
                    Reaction::Send(plain(name, request, 3004))
                })
            })
            .collect();
        let peers: Vec<_> = ips
            .iter()
            .zip(names)
            .map(|(ip, name)| known(name, *ip))
            .collect();
        let client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                peers,
                ..settings("cscf.home.example")
            };
            let node = node(io, settings).await;
            pass(SECOND).await;
            let answer = ask(&node, "alice").await.expect("the last one's answer");
            assert!(answer.header().is_error());
        });
        client.await.expect("the client");
        let asked: usize = got.iter().map(|got| got.borrow().len()).sum();
        assert_eq!(asked, MAX_ATTEMPTS);
    });
}

/// The time from the connection to each thing that a silent peer sees, watchdog of 6 s, seed given.
fn silence(seed: u64, expected: Option<[Duration; 2]>) -> [Duration; 2] {
    const STEP: Duration = Duration::from_millis(1);
    sim::run(seed, Faults::none(), |sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, ONE).await;
            let began = Instant::now();
            if let Some([asked, _]) = expected {
                let early = tokio::time::timeout(asked - STEP, wire.receive()).await;
                assert!(early.is_err(), "a millisecond early: {early:?}");
            }
            let watchdog = wire.receive().await.expect("a DWR");
            assert_eq!(watchdog.command, DEVICE_WATCHDOG);
            let asked = began.elapsed();
            if let Some([_, closed]) = expected {
                let early = tokio::time::timeout(closed - asked - STEP, wire.receive()).await;
                assert!(early.is_err(), "a millisecond early: {early:?}");
            }
            assert_eq!(wire.receive().await, None);
            [asked, began.elapsed()]
        });
        let _client = sim.start(CSCF, |io| async move {
            let settings = NodeSettings {
                peers: vec![known(ONE, HSS)],
                ..patient()
            };
            let _node = node(io, settings).await;
            std::future::pending::<()>().await;
        });
        hss.await.expect("the played HSS")
    })
}

#[test]
fn rfc3539_3_4_1_tw_with_its_jitter_to_the_millisecond() {
    let mut seen = Vec::new();
    for seed in 0..20 {
        // The same seed draws the same jitter: the second run knows when.
        let times = silence(seed, None);
        assert_eq!(silence(seed, Some(times)), times);
        let [asked, closed] = times;
        let within = |factor: u32, time: Duration| {
            (factor * 4 * SECOND..=factor * 8 * SECOND + SECOND / 10).contains(&time)
        };
        assert!(within(1, asked) && within(3, closed), "{times:?}");
        seen.push(asked);
    }
    seen.sort();
    seen.dedup();
    assert!(seen.len() > 10, "jitter differs: {seen:?}");
}
