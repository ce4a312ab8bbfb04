//! The life of a connection: watchdog, parting, loss, return, election.

use std::net::IpAddr;
use std::time::Duration;

use diameter_stack::peer::State;
use diameter_stack::watchdog;
use driver::diameter::{Admission, NodeSettings, PeerSettings, RequestError};
use driver::io::Io;
use sim::{Faults, Sim};
use tokio::time::Instant;

use crate::wire::*;
use crate::{
    CSCF, HSS, SECOND, accepted, ask, at, cscf_settings, hss_settings, node, open, pass, run,
    settings,
};

const HE: &str = "hss.home.example";
const ME: &str = "cscf.home.example";

fn start_hss(sim: &Sim) {
    let _node = sim.start(HSS, |io| async move {
        let _node = node(io, hss_settings()).await;
        std::future::pending::<()>().await;
    });
}

#[test]
fn rfc6733_5_5_dwr_is_answered() {
    run(|sim| async move {
        start_hss(&sim);
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&frame(REQUEST, DEVICE_WATCHDOG, 0, (7, 8), &origin(ME)))
                .await;
            let dwa = wire.receive().await.expect("a DWA");
            assert_eq!(
                (dwa.flags, dwa.command, dwa.ids),
                (0, DEVICE_WATCHDOG, (7, 8))
            );
            assert_eq!(dwa.number(RESULT_CODE), Some(2001));
            assert_eq!(dwa.find(ORIGIN_HOST), Some(HE.as_bytes()));
            // One that lacks its Origin-Host is told so.
            wire.send(&frame(
                REQUEST,
                DEVICE_WATCHDOG,
                0,
                (9, 9),
                &[avp(ORIGIN_REALM, b"x")],
            ))
            .await;
            let dwa = wire.receive().await.expect("a DWA");
            assert_eq!((dwa.ids, dwa.number(RESULT_CODE)), ((9, 9), Some(5005)));
        });
        peer.await.expect("the played peer");
    });
}

#[test]
fn rfc3539_3_4_1_silence_is_asked_after_then_doubted_then_ended() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, HE).await;
            let began = Instant::now();
            let dwr = wire.receive().await.expect("a DWR");
            let asked = began.elapsed();
            assert_eq!(
                (dwr.flags, dwr.command, dwr.application),
                (REQUEST, DEVICE_WATCHDOG, 0)
            );
            assert_eq!(wire.receive().await, None);
            (asked, began.elapsed())
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            while !matches!(node.peers()[0].watchdog, watchdog::State::Suspect(_)) {
                pass(SECOND / 10).await;
            }
            // In doubt it gets no requests.
            assert_eq!(ask(&node, "alice").await, Err(RequestError::NoPeer));
        });
        client.await.expect("the client");
        // Tw is 30 s, moved by up to 2 s each time.
        let (asked, ended) = hss.await.expect("the played HSS");
        assert!(
            (28 * SECOND..=32 * SECOND + SECOND / 10).contains(&asked),
            "{asked:?}"
        );
        assert!(
            (84 * SECOND..=96 * SECOND + SECOND / 10).contains(&ended),
            "{ended:?}"
        );
    });
}

#[test]
fn rfc3539_3_4_1_traffic_puts_the_watchdog_off() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, HE).await;
            for n in 0..10 {
                pass(20 * SECOND).await;
                wire.send(&frame(REQUEST, DEVICE_WATCHDOG, 0, (n, n), &origin(HE)))
                    .await;
                let dwa = wire.receive().await.expect("a DWA");
                assert_eq!(
                    (dwa.flags, dwa.ids),
                    (0, (n, n)),
                    "an answer, and no DWR of its own"
                );
            }
        });
        let _client = sim.start(CSCF, |io| async move {
            let _node = node(io, cscf_settings()).await;
            std::future::pending::<()>().await;
        });
        hss.await.expect("the played HSS");
    });
}

#[test]
fn rfc6733_5_4_a_dpr_is_answered_and_the_peer_left() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, HE).await;
            pass(SECOND).await;
            let avps = [origin(HE), vec![number(DISCONNECT_CAUSE, 0)]].concat();
            wire.send(&frame(REQUEST, DISCONNECT_PEER, 0, (1, 2), &avps))
                .await;
            let dpa = wire.receive().await.expect("a DPA");
            assert_eq!(
                (dpa.flags, dpa.command, dpa.ids),
                (0, DISCONNECT_PEER, (1, 2))
            );
            assert_eq!(dpa.number(RESULT_CODE), Some(2001));
            drop(wire);
            let parted = Instant::now();
            let _wire = accepted(&listener, HE).await;
            let back = parted.elapsed();
            // Tc is 10 s, moved by a tenth.
            assert!(
                (9 * SECOND..=11 * SECOND + SECOND / 10).contains(&back),
                "{back:?}"
            );
            std::future::pending::<()>().await;
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            while node.peers()[0].state == State::IOpen {
                pass(SECOND / 1000).await;
            }
            assert_eq!(ask(&node, "alice").await, Err(RequestError::NoPeer));
            open(&node).await;
            // They parted in order: no trial.
            assert!(matches!(node.peers()[0].watchdog, watchdog::State::Okay(_)));
        });
        client.await.expect("the client");
        assert!(!hss.is_finished(), "no assertion of the played HSS failed");
    });
}

#[test]
fn rfc6733_5_4_3_who_is_not_wanted_comes_back_late() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, HE).await;
            let avps = [origin(HE), vec![number(DISCONNECT_CAUSE, 2)]].concat();
            wire.send(&frame(REQUEST, DISCONNECT_PEER, 0, (1, 2), &avps))
                .await;
            wire.receive().await.expect("a DPA");
            drop(wire);
            let parted = Instant::now();
            let _wire = accepted(&listener, HE).await;
            assert!(parted.elapsed() >= 90 * SECOND, "{:?}", parted.elapsed());
        });
        let _client = sim.start(CSCF, |io| async move {
            let _node = node(io, cscf_settings()).await;
            std::future::pending::<()>().await;
        });
        hss.await.expect("the played HSS");
    });
}

#[test]
fn stop_waits_for_requests_then_says_dpr() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, HE).await;
            let request = wire.receive().await.expect("a UAR");
            pass(SECOND).await;
            let error = [vec![number(RESULT_CODE, 3004)], origin(HE)].concat();
            wire.send(&frame(
                ERROR | PROXIABLE,
                USER_AUTHORIZATION,
                CX,
                request.ids,
                &error,
            ))
            .await;
            let dpr = wire.receive().await.expect("a DPR");
            assert_eq!((dpr.flags, dpr.command), (REQUEST, DISCONNECT_PEER));
            assert_eq!(dpr.number(DISCONNECT_CAUSE), Some(0));
            let avps = [vec![number(RESULT_CODE, 2001)], origin(HE)].concat();
            wire.send(&frame(0, DISCONNECT_PEER, 0, dpr.ids, &avps))
                .await;
            assert_eq!(wire.receive().await, None);
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            let other = node.clone();
            let asked = driver::spawn(async move { ask(&other, "alice").await });
            pass(SECOND / 10).await;
            let began = Instant::now();
            let other = node.clone();
            let stopping = driver::spawn(async move { other.stop().await });
            pass(SECOND / 10).await;
            assert_eq!(ask(&node, "bob").await, Err(RequestError::Stopping));
            assert!(
                asked.await.unwrap().is_ok(),
                "what was under way is answered"
            );
            stopping.await.unwrap();
            assert!(began.elapsed() < 2 * SECOND, "{:?}", began.elapsed());
            assert_eq!(node.peers()[0].state, State::Closed);
        });
        client.await.expect("the client");
        hss.await.expect("the played HSS");
    });
}

#[test]
fn stop_ends_though_the_peer_says_nothing() {
    run(|sim| async move {
        let _hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let _wire = accepted(&listener, HE).await;
            std::future::pending::<()>().await;
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            let other = node.clone();
            let asked = driver::spawn(async move { ask(&other, "alice").await });
            pass(SECOND / 10).await;
            let began = Instant::now();
            node.stop().await;
            let close = cscf_settings().timers.close;
            assert!(
                began.elapsed() <= 2 * close + SECOND / 10,
                "{:?}",
                began.elapsed()
            );
            assert!(asked.await.unwrap().is_err());
        });
        client.await.expect("the client");
    });
}

#[test]
fn after_a_crash_of_the_server_requests_fail_at_once_and_go_again_after_its_return() {
    run(|sim| async move {
        start_hss(&sim);
        let network = sim.clone();
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            assert!(ask(&node, "alice").await.is_ok());
            network.crash(HSS);
            pass(SECOND / 100).await;
            assert_eq!(ask(&node, "alice").await, Err(RequestError::NoPeer));
            pass(15 * SECOND).await;
            assert_eq!(ask(&node, "alice").await, Err(RequestError::NoPeer));
            start_hss(&network);
            let began = Instant::now();
            open(&node).await;
            assert!(
                began.elapsed() <= 11 * SECOND + SECOND / 10,
                "{:?}",
                began.elapsed()
            );
            // On trial still, but nobody else is there.
            assert!(matches!(
                node.peers()[0].watchdog,
                watchdog::State::Reopen { .. }
            ));
            assert!(ask(&node, "alice").await.is_ok());
            pass(70 * SECOND).await;
            assert!(matches!(node.peers()[0].watchdog, watchdog::State::Okay(_)));
        });
        client.await.expect("the client");
    });
}

#[test]
fn a_server_that_forgot_the_connection_is_found_out_by_its_own_return() {
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let node = node(io, hss_settings()).await;
            pass(3 * SECOND).await;
            node.peers()
        });
        let peer = sim.start(CSCF, |io| async move {
            let _forgotten = Wire::open(&io, at(HSS), ME).await;
            let mut second = Wire::connect(&io, at(HSS)).await;
            second.send(&cer(ME, CX)).await;
            // R-Reject: without a word.
            assert_eq!(second.receive().await, None);
            let mut forgotten = _forgotten;
            let probe = forgotten
                .receive()
                .await
                .expect("a DWR to see whether the first one lives");
            assert_eq!((probe.command, probe.flags), (DEVICE_WATCHDOG, REQUEST));
            std::future::pending::<()>().await;
        });
        let peers = hss.await.expect("the HSS");
        assert_eq!((peers.len(), peers[0].state), (1, State::ROpen));
        assert!(!peer.is_finished());
    });
}

/// Two nodes that know each other's address and start at once.
fn meeting(seed: u64, faults: Faults) {
    let peer = |identity: &str, ip: IpAddr| PeerSettings {
        identity: Some(identity.to_owned()),
        realm: None,
        address: Some(at(ip)),
    };
    let both = |identity: &str, ip: IpAddr, other: PeerSettings| NodeSettings {
        listen: Some(at(ip)),
        peers: vec![other],
        admission: Admission::ConfiguredPeers,
        ..settings(identity)
    };
    sim::run(seed, faults, |sim| async move {
        let ends: Vec<_> = [
            (CSCF, both(ME, CSCF, peer(HE, HSS))),
            (HSS, both(HE, HSS, peer(ME, CSCF))),
        ]
        .into_iter()
        .map(|(ip, settings)| {
            sim.start(ip, |io| async move {
                let node = node(io, settings).await;
                pass(120 * SECOND).await;
                assert!(ask(&node, "alice").await.is_ok(), "seed {seed}");
                node.peers()[0].state
            })
        })
        .collect();
        let mut states = Vec::new();
        for end in ends {
            states.push(end.await.expect("a node"));
        }
        // Both hold the same connection: ours to one is the peer's to the other.
        assert!(
            matches!(
                states[..],
                [State::IOpen, State::ROpen] | [State::ROpen, State::IOpen]
            ),
            "seed {seed}: {states:?}"
        );
    });
}

#[test]
fn rfc6733_5_6_4_two_that_connect_at_once_keep_one_connection() {
    meeting(1, Faults::none());
    for seed in 0..200 {
        let delay = Duration::from_millis(1)..=Duration::from_millis(400);
        meeting(
            seed,
            Faults {
                delay,
                ..Faults::rough()
            },
        );
    }
}
