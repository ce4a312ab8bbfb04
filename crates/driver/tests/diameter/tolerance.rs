//! What others do that the standards do not have, and is taken all the same. Seen of Kamailio 5.6 and PyHSS.

use driver::diameter::{Admission, NodeSettings, PeerSettings, RequestError};
use driver::io::Io;
use sim::Faults;

use diameter_codec::cx::UserAuthorizationAnswer;
use diameter_codec::{ExperimentalResultCode, Message};
use diameter_stack::peer::State;

use crate::played::{Reaction, peer, peer_with};
use crate::serving::uar;
use crate::wire::*;
use crate::{
    CSCF, HSS, SECOND, accepted, ask, at, cscf_settings, hss_settings, node, open, pass, run,
};

const HE: &str = "hss.home.example";
const ME: &str = "cscf.home.example";

/// Kamailio's SAR has AVP 494 of vendor 50 without M.
#[test]
fn avps_of_unknown_vendors_without_m_are_ignored() {
    run(|sim| async move {
        let _hss = sim.start(HSS, |io| async move {
            let _node = node(io, hss_settings()).await;
            std::future::pending::<()>().await;
        });
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            for (n, flags, expected) in [(1, 0x80, 2001), (2, 0xc0, 5001)] {
                let mut octets = uar((n, n), Some("alice"));
                let mut unknown = 494_u32.to_be_bytes().to_vec();
                unknown.extend([flags, 0, 0, 16, 0, 0, 0, 50, 1, 2, 3, 4]);
                octets.extend(&unknown);
                let length = (octets.len() as u32).to_be_bytes();
                octets[1..4].copy_from_slice(&length[1..]);
                wire.send(&octets).await;
                let answer = wire.receive().await.expect("a UAA");
                assert_eq!(answer.number(RESULT_CODE), Some(expected));
                if expected == 5001 {
                    let failed = answer.find(FAILED_AVP).expect("Failed-AVP");
                    assert_eq!(avps(failed)[0], (494, vec![1, 2, 3, 4]));
                }
            }
        });
        peer.await.expect("the played peer");
    });
}

/// The answer of `avps` to a UAR, as the caller has it.
fn answered(avps: fn() -> Vec<Vec<u8>>, check: impl FnOnce(Message) + 'static) {
    run(|sim| async move {
        let _hss = peer(&sim, HSS, HE, move |request| {
            let flags = request.flags & PROXIABLE;
            Reaction::Send(frame(flags, USER_AUTHORIZATION, CX, request.ids, &avps()))
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            check(ask(&node, "alice").await.expect("an answer"));
        });
        client.await.expect("the client");
    });
}

fn cx_application() -> Vec<u8> {
    let inner = [
        number(VENDOR_ID, THREE_GPP),
        number(AUTH_APPLICATION_ID, CX),
    ];
    avp(VENDOR_SPECIFIC_APPLICATION_ID, &inner.concat())
}

#[test]
fn an_answer_without_session_id_gets_that_of_its_request() {
    answered(
        || {
            let mut avps = origin(HE);
            avps.extend([cx_application(), number(277, 1), number(RESULT_CODE, 2001)]);
            avps
        },
        |answer| {
            let read = UserAuthorizationAnswer::decode(&answer).expect("a whole answer");
            assert!(
                read.session_id.starts_with("cscf.home.example;"),
                "{}",
                read.session_id
            );
        },
    );
}

/// PyHSS puts Origin-Host first and Session-Id third in what it refuses, and says no Result-Code besides
/// Experimental-Result in what it does not.
#[test]
fn an_answer_in_another_order_with_an_experimental_result_alone_is_read() {
    answered(
        || {
            let mut avps = origin(HE);
            let result = [number(VENDOR_ID, THREE_GPP), number(298, 2001)].concat();
            avps.extend([
                avp(SESSION_ID, b"cscf.home.example;1;2"),
                number(277, 1),
                avp(297, &result),
                cx_application(),
            ]);
            avps
        },
        |answer| {
            let read = UserAuthorizationAnswer::decode(&answer).expect("a whole answer");
            let result = read.experimental_result.expect("Experimental-Result");
            assert_eq!(
                result.experimental_result_code,
                ExperimentalResultCode(2001)
            );
            assert_eq!(read.session_id, "cscf.home.example;1;2");
        },
    );
}

/// Kamailio answers no PPR.
#[test]
fn a_peer_that_never_answers_costs_its_time_and_is_counted() {
    run(|sim| async move {
        let _silent = peer(&sim, HSS, HE, |_| Reaction::Silence);
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            let began = tokio::time::Instant::now();
            assert_eq!(ask(&node, "alice").await, Err(RequestError::TimedOut));
            assert_eq!(began.elapsed(), cscf_settings().timers.request);
            assert_eq!(node.metrics().timeouts.get(), 1);
            assert_eq!(node.peers()[0].in_flight, 0);
            assert_eq!(node.peers()[0].state, State::IOpen, "the connection stays");
        });
        client.await.expect("the client");
    });
}

/// A peer that is configured by its address alone is that peer also when it is the one that connects.
#[test]
fn a_peer_without_configured_identity_that_connects_is_no_stranger() {
    let settings = || NodeSettings {
        peers: vec![PeerSettings {
            identity: None,
            realm: None,
            address: Some(at(CSCF)),
        }],
        admission: Admission::ConfiguredPeers,
        ..hss_settings()
    };
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let node = node(io, settings()).await;
            pass(5 * SECOND).await;
            node.peers()
        });
        let played = sim.start(CSCF, |io| async move {
            let wire = Wire::open(&io, at(HSS), ME).await;
            // The name is taken now: another one from there is unknown.
            let mut other = Wire::connect(&io, at(HSS)).await;
            other.send(&cer("other.example", CX)).await;
            let answer = other.receive().await.expect("an answer");
            assert_eq!(answer.number(RESULT_CODE), Some(3010));
            pass(10 * SECOND).await;
            drop(wire);
        });
        let peers = hss.await.expect("the HSS");
        assert_eq!(peers.len(), 1);
        assert_eq!((&*peers[0].identity, peers[0].state), (ME, State::ROpen));
        played.await.expect("the played peer");
    });
}

#[test]
fn rfc6733_8_16_an_origin_state_id_that_grows_is_noticed() {
    run(|sim| async move {
        let _hss = peer_with(
            &sim,
            HSS,
            HE,
            |ids| {
                let mut octets = cea(HE, ids);
                octets.extend(number(ORIGIN_STATE_ID, 5));
                let length = (octets.len() as u32).to_be_bytes();
                octets[1..4].copy_from_slice(&length[1..]);
                octets
            },
            |_| Reaction::Hang,
        );
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            assert!(ask(&node, "alice").await.is_err(), "the connection ends");
            open(&node).await;
            assert_eq!(node.metrics().peer_restarts.get(), 0, "the same state");
        });
        client.await.expect("the client");
    });
    run(|sim| async move {
        let hss = sim.start(HSS, |io| async move {
            let listener = io.listen(at(HSS)).await.expect("a free port");
            let mut wire = accepted(&listener, HE).await;
            for (n, state) in [(1, 5), (2, 5), (3, 9), (4, 9)] {
                let avps = [origin(HE), vec![number(ORIGIN_STATE_ID, state)]].concat();
                wire.send(&frame(REQUEST, DEVICE_WATCHDOG, 0, (n, n), &avps))
                    .await;
                wire.receive().await.expect("a DWA");
            }
            pass(SECOND).await;
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            pass(SECOND / 2).await;
            assert_eq!(node.metrics().peer_restarts.get(), 1);
        });
        client.await.expect("the client");
        hss.await.expect("the played HSS");
    });
}

/// A restarted node of ours shows a greater Origin-State-Id, because the time of day goes on.
#[test]
fn our_own_restart_is_noticed_by_the_other_side() {
    sim::run(1, Faults::none(), |sim| async move {
        let start = |sim: &sim::Sim| {
            let _hss = sim.start(HSS, |io| async move {
                let _node = node(io, hss_settings()).await;
                std::future::pending::<()>().await;
            });
        };
        start(&sim);
        let network = sim.clone();
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            pass(5 * SECOND).await;
            network.crash(HSS);
            pass(SECOND).await;
            start(&network);
            open(&node).await;
            assert_eq!(node.metrics().peer_restarts.get(), 1);
        });
        client.await.expect("the client");
    });
}
