//! Requests of peers.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use diameter_codec::MAX_MESSAGE;
use driver::diameter::{IncomingRequest, Limits, Node};

use crate::requests::uaa;
use crate::wire::*;
use crate::{CSCF, HSS, NodeSettings, SECOND, at, hss_settings, node, pass, run};

const ME: &str = "cscf.home.example";

pub(crate) fn uar(ids: (u32, u32), user: Option<&str>) -> Vec<u8> {
    let vendor = |code: u32, data: &[u8]| {
        let mut octets = code.to_be_bytes().to_vec();
        octets.push(0xc0);
        octets.extend_from_slice(&(12 + data.len() as u32).to_be_bytes()[1..]);
        octets.extend_from_slice(&THREE_GPP.to_be_bytes());
        octets.extend_from_slice(data);
        octets.resize(octets.len().next_multiple_of(4), 0);
        octets
    };
    let inner = [
        number(VENDOR_ID, THREE_GPP),
        number(AUTH_APPLICATION_ID, CX),
    ]
    .concat();
    let mut avps = vec![
        avp(SESSION_ID, b"cscf.home.example;1;2"),
        avp(VENDOR_SPECIFIC_APPLICATION_ID, &inner),
        number(277, 1),
        avp(ORIGIN_HOST, ME.as_bytes()),
        avp(ORIGIN_REALM, b"home.example"),
        avp(283, b"home.example"),
        vendor(601, b"sip:alice@home.example"),
        vendor(600, b"visited.example"),
    ];
    avps.extend(user.map(|user| avp(USER_NAME, user.as_bytes())));
    frame(REQUEST | PROXIABLE, USER_AUTHORIZATION, CX, ids, &avps)
}

/// Starts the HSS and plays its peer.
fn played<F: Future<Output = ()> + 'static>(
    settings: NodeSettings,
    peer: impl FnOnce(sim::SimIo, Wire) -> F + 'static,
) {
    run(|sim| async move {
        let _node = sim.start(HSS, |io| async move {
            let _node = node(io, settings).await;
            std::future::pending::<()>().await;
        });
        let played = sim.start(CSCF, |io| async move {
            let wire = Wire::open(&io, at(HSS), ME).await;
            peer(io, wire).await;
        });
        played.await.expect("the played peer");
    });
}

#[test]
fn a_request_is_served_and_answered_with_its_identifiers() {
    played(hss_settings(), |_, mut wire| async move {
        wire.send(&uar((0xaabb, 0xccdd), Some("alice"))).await;
        let answer = wire.receive().await.expect("a UAA");
        assert_eq!(
            (answer.flags, answer.command, answer.application),
            (PROXIABLE, USER_AUTHORIZATION, CX)
        );
        assert_eq!(answer.ids, (0xaabb, 0xccdd));
        assert_eq!(answer.number(RESULT_CODE), Some(2001));
        assert_eq!(answer.find(602), Some(&b"sip:alice"[..]));
    });
}

#[test]
fn rfc6733_7_1_5_a_missing_avp_is_5005_with_failed_avp() {
    played(hss_settings(), |_, mut wire| async move {
        wire.send(&uar((1, 2), None)).await;
        let answer = wire.receive().await.expect("a UAA");
        assert_eq!(
            (answer.flags, answer.number(RESULT_CODE)),
            (PROXIABLE, Some(5005))
        );
        assert_eq!(answer.find(SESSION_ID), Some(&b"cscf.home.example;1;2"[..]));
        assert_eq!(
            avps(answer.find(FAILED_AVP).expect("Failed-AVP"))[0].0,
            USER_NAME
        );
    });
}

#[test]
fn rfc6733_7_1_3_unknown_command_application_and_header_bits() {
    played(hss_settings(), |_, mut wire| async move {
        let head = [vec![avp(SESSION_ID, b"cscf.home.example;9")], origin(ME)].concat();
        for (flags, command, application, result) in [
            (REQUEST | PROXIABLE, 999, CX, 3001),
            // Known to the dictionary, but not served by this node.
            (REQUEST | PROXIABLE, 303, CX, 3001),
            (REQUEST | PROXIABLE, USER_AUTHORIZATION, 16_777_217, 3007),
            (REQUEST | PROXIABLE | ERROR, USER_AUTHORIZATION, CX, 3008),
        ] {
            wire.send(&frame(flags, command, application, (result, 7), &head))
                .await;
            let answer = wire.receive().await.expect("an answer");
            assert_eq!(answer.number(RESULT_CODE), Some(result));
            assert_eq!((answer.flags, answer.command), (ERROR | PROXIABLE, command));
            assert_eq!((answer.application, answer.ids), (application, (result, 7)));
            assert_eq!(answer.find(SESSION_ID), Some(&b"cscf.home.example;9"[..]));
        }
    });
}

#[test]
fn answers_overtake_each_other() {
    run(|sim| async move {
        let _node = sim.start(HSS, |io| async move {
            let handler = |request: driver::diameter::IncomingRequest| async move {
                if request.message.header().hop_by_hop == 1 {
                    pass(SECOND).await;
                }
                crate::answer_uar(&request)
            };
            let _node = Node::start(io, hss_settings(), handler)
                .await
                .expect("a free port");
            std::future::pending::<()>().await;
        });
        let played = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            let both = [uar((1, 1), Some("slow")), uar((2, 2), Some("fast"))].concat();
            wire.send(&both).await;
            assert_eq!(wire.receive().await.expect("an answer").ids, (2, 2));
            assert_eq!(wire.receive().await.expect("an answer").ids, (1, 1));
        });
        played.await.expect("the played peer");
    });
}

#[test]
fn a_broken_frame_ends_its_own_connection_only() {
    played(hss_settings(), |io, mut wire| async move {
        for broken in [
            // Version 2; a length below 20; no multiple of 4; above the limit; another protocol.
            &[2, 0, 0, 20, 0x80, 0, 1, 0x18][..],
            &[1, 0, 0, 16][..],
            &[1, 0, 0, 22][..],
            &[1, 0xff, 0xff, 0xfc][..],
            b"GET / HTTP/1.1\r\n\r\n",
        ] {
            let mut other = Wire::open(&io, at(HSS), "other.home.example").await;
            // What came whole before it is still served.
            other
                .send(&[&uar((5, 5), Some("bob")), broken].concat())
                .await;
            while let Some(answer) = other.receive().await {
                assert_eq!(answer.ids, (5, 5));
            }
            wire.send(&uar((3, 3), Some("alice"))).await;
            assert_eq!(wire.receive().await.expect("an answer").ids, (3, 3));
        }
    });
}

#[test]
fn a_frame_above_the_configured_limit_ends_the_connection() {
    let request = uar((1, 1), Some("alice"));
    let limits = |frame| Limits {
        frame,
        ..Limits::default()
    };
    let (fits, long) = (request.clone(), request.clone());
    played(
        NodeSettings {
            limits: limits(request.len()),
            ..hss_settings()
        },
        |_, mut wire| async move {
            wire.send(&fits).await;
            assert_eq!(wire.receive().await.expect("an answer").ids, (1, 1));
        },
    );
    played(
        NodeSettings {
            limits: limits(request.len() - 4),
            ..hss_settings()
        },
        |_, mut wire| async move {
            wire.send(&long).await;
            assert_eq!(wire.receive().await, None);
        },
    );
}

/// An answer that no peer takes would end the connection for all others.
#[test]
fn an_answer_above_the_limit_is_5012_and_the_connection_stays() {
    run(|sim| async move {
        let _node = sim.start(HSS, |io| async move {
            let handler = |request: IncomingRequest| async move {
                let header = *request.message.header();
                let name = match header.end_to_end {
                    1 => "x".repeat(MAX_MESSAGE),
                    _ => "sip:scscf.home.example".to_owned(),
                };
                Bytes::from(uaa((header.hop_by_hop, header.end_to_end), &name))
            };
            let _node = Node::start(io, hss_settings(), handler)
                .await
                .expect("a free port");
            std::future::pending::<()>().await;
        });
        let played = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            // Sent again, it is a duplicate, whose answer is readdressed.
            for hop_by_hop in [1, 2] {
                wire.send(&uar((hop_by_hop, 1), Some("alice"))).await;
                let answer = wire.receive().await.expect("an answer");
                assert_eq!((answer.ids, answer.flags), ((hop_by_hop, 1), PROXIABLE));
                assert_eq!(answer.number(RESULT_CODE), Some(5012));
            }
            wire.send(&uar((3, 2), Some("alice"))).await;
            let answer = wire.receive().await.expect("an answer");
            assert_eq!(answer.number(RESULT_CODE), Some(2001));
        });
        played.await.expect("the played peer");
    });
}

#[test]
fn requests_served_at_once_are_bounded_and_the_rest_waits_unread() {
    run(|sim| async move {
        let serving = Rc::new(Cell::new(0));
        let most = Rc::new(Cell::new(0));
        let (count, peak) = (Rc::clone(&serving), Rc::clone(&most));
        let _node = sim.start(HSS, |io| async move {
            let limits = Limits {
                serving: 10,
                ..Limits::default()
            };
            let handler = move |request: driver::diameter::IncomingRequest| {
                let (count, peak) = (Rc::clone(&count), Rc::clone(&peak));
                async move {
                    count.set(count.get() + 1);
                    peak.set(count.get().max(peak.get()));
                    pass(SECOND / 10).await;
                    count.set(count.get() - 1);
                    crate::answer_uar(&request)
                }
            };
            let settings = NodeSettings {
                limits,
                ..hss_settings()
            };
            let _node = Node::start(io, settings, handler)
                .await
                .expect("a free port");
            std::future::pending::<()>().await;
        });
        let played = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            for n in 0..100 {
                wire.send(&uar((n, n), Some("alice"))).await;
                pass(SECOND / 1000).await;
            }
            for _ in 0..100 {
                assert_eq!(
                    wire.receive().await.expect("an answer").number(RESULT_CODE),
                    Some(2001)
                );
            }
        });
        played.await.expect("the played peer");
        assert_eq!(most.get(), 10);
    });
}

#[test]
fn answers_of_a_peer_are_read_while_as_many_of_its_requests_are_served_as_may_be() {
    run(|sim| async move {
        let asking = sim.start(HSS, |io| async move {
            let settings = NodeSettings {
                limits: Limits {
                    serving: 2,
                    ..Limits::default()
                },
                ..hss_settings()
            };
            let node = Node::start(io, settings, |_| std::future::pending::<Bytes>());
            let node = node.await.expect("a free port");
            assert!(node.connected(5 * SECOND).await);
            pass(SECOND).await;
            assert_eq!(node.peers()[0].serving, 2);
            assert!(crate::ask(&node, "alice").await.is_ok());
        });
        let _played = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            for n in 0..3 {
                wire.send(&uar((n, n), Some("alice"))).await;
            }
            while let Some(frame) = wire.receive().await {
                if frame.flags & REQUEST != 0 {
                    wire.send(&crate::requests::uaa(frame.ids, "alice")).await;
                }
            }
        });
        asking.await.expect("the node");
    });
}

#[test]
fn an_empty_answer_is_none() {
    run(|sim| async move {
        let _node = sim.start(HSS, |io| async move {
            let _node = Node::start(io, hss_settings(), |_| async { Bytes::new() })
                .await
                .expect("a free port");
            std::future::pending::<()>().await;
        });
        let played = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&uar((1, 1), Some("alice"))).await;
            assert!(
                tokio::time::timeout(5 * SECOND, wire.receive())
                    .await
                    .is_err()
            );
        });
        played.await.expect("the played peer");
    });
}

#[test]
fn whatever_octets_a_peer_sends_the_node_serves_the_next() {
    for seed in 0..500 {
        sim::run(seed, sim::Faults::none(), |sim| async move {
            let _node = sim.start(HSS, |io| async move {
                let _node = node(io, hss_settings()).await;
                std::future::pending::<()>().await;
            });
            let dice = sim.clone();
            let played = sim.start(CSCF, |io| async move {
                let mut wire = Wire::open(&io, at(HSS), ME).await;
                let dwr = frame(REQUEST, DEVICE_WATCHDOG, 0, (1, 1), &origin(ME));
                let dpr = frame(REQUEST, DISCONNECT_PEER, 0, (1, 1), &origin(ME));
                let mut octets = [uar((1, 1), Some("alice")), dwr, cer(ME, CX), dpr].concat();
                for _ in 0..1 + dice.below(8) {
                    let at = dice.below(octets.len() as u64) as usize;
                    octets[at] = dice.below(256) as u8;
                }
                octets.truncate(dice.below(octets.len() as u64) as usize);
                wire.send(&octets).await;
                pass(SECOND / 10).await;
                drop(wire);
                pass(SECOND / 10).await;
                let mut wire = Wire::open(&io, at(HSS), ME).await;
                wire.send(&uar((3, 3), Some("alice"))).await;
                assert_eq!(wire.receive().await.expect("an answer").ids, (3, 3));
            });
            played.await.expect("the played peer");
        });
    }
}
