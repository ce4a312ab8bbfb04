//! Requests of ours.

use std::time::Duration;

use driver::diameter::{Limits, Node, RequestError};
use driver::io::Io;
use futures::join_all;
use sim::{Faults, SimIo};

use crate::wire::*;
use crate::{
    CSCF, HSS, NodeSettings, SECOND, accepted, ask, at, cscf_settings, hss_settings, node, open,
    pass, run, server_name,
};

const HE: &str = "hss.home.example";

/// An answer by hand: SUCCESS and a Server-Name.
pub(crate) fn uaa(ids: (u32, u32), name: &str) -> Vec<u8> {
    let inner = [
        number(VENDOR_ID, THREE_GPP),
        number(AUTH_APPLICATION_ID, CX),
    ]
    .concat();
    let mut server_name = 602_u32.to_be_bytes().to_vec();
    server_name.push(0xc0);
    server_name.extend_from_slice(&(12 + name.len() as u32).to_be_bytes()[1..]);
    server_name.extend_from_slice(&THREE_GPP.to_be_bytes());
    server_name.extend_from_slice(name.as_bytes());
    server_name.resize(server_name.len().next_multiple_of(4), 0);
    let avps = [
        avp(SESSION_ID, b"cscf.home.example;1;2"),
        avp(VENDOR_SPECIFIC_APPLICATION_ID, &inner),
        number(RESULT_CODE, 2001),
        number(277, 1),
        avp(ORIGIN_HOST, HE.as_bytes()),
        avp(ORIGIN_REALM, b"home.example"),
        server_name,
    ];
    frame(PROXIABLE, USER_AUTHORIZATION, CX, ids, &avps)
}

/// Plays the HSS to a node that runs `client`.
fn played<P, C>(
    settings: NodeSettings,
    hss: impl FnOnce(sim::Listener) -> P + 'static,
    client: impl FnOnce(Node<SimIo>) -> C + 'static,
) where
    P: Future<Output = ()> + 'static,
    C: Future<Output = ()> + 'static,
{
    run(|sim| async move {
        let played = sim.start(HSS, |io| async move {
            hss(io.listen(at(HSS)).await.expect("a free port")).await;
        });
        let client = sim.start(CSCF, |io| async move {
            client(node(io, settings).await).await;
        });
        client.await.expect("the client");
        played.abort();
    });
}

/// One that no peer takes is not sent: it would end the connection for all others.
#[test]
fn a_request_above_the_limit_is_not_sent_and_the_connection_stays() {
    run(|sim| async move {
        let _hss = sim.start(HSS, |io| async move {
            let _node = node(io, hss_settings()).await;
            std::future::pending::<()>().await;
        });
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            open(&node).await;
            let long = "x".repeat(diameter_codec::MAX_MESSAGE);
            assert_eq!(ask(&node, &long).await, Err(RequestError::TooLong));
            let answer = ask(&node, "alice").await.expect("an answer");
            assert_eq!(server_name(&answer), "sip:alice");
            assert_eq!(node.peers()[0].in_flight, 0);
        });
        client.await.expect("the client");
    });
}

#[test]
fn answers_out_of_order_meet_their_requests() {
    played(
        cscf_settings(),
        |listener| async move {
            let mut wire = accepted(&listener, HE).await;
            let mut requests = Vec::new();
            for _ in 0..3 {
                requests.push(wire.receive().await.expect("a UAR"));
            }
            for request in requests.iter().rev() {
                let name =
                    String::from_utf8(request.find(USER_NAME).expect("a user").to_vec()).unwrap();
                wire.send(&uaa(request.ids, &name)).await;
            }
            // What the request must carry besides what its sender put in: identifiers and sessions of its own.
            let mut sessions: Vec<_> = requests
                .iter()
                .map(|request| request.find(SESSION_ID))
                .collect();
            sessions.dedup();
            assert_eq!(sessions.len(), 3);
            std::future::pending().await
        },
        |node| async move {
            open(&node).await;
            let answers = join_all([ask(&node, "a"), ask(&node, "b"), ask(&node, "c")]).await;
            let names: Vec<String> = answers
                .iter()
                .map(|answer| server_name(answer.as_ref().unwrap()))
                .collect();
            assert_eq!(names, ["a", "b", "c"]);
        },
    );
}

#[test]
fn without_a_connection_a_request_fails_at_once() {
    run(|sim| async move {
        let client = sim.start(CSCF, |io| async move {
            let node = node(io, cscf_settings()).await;
            let began = tokio::time::Instant::now();
            assert_eq!(ask(&node, "alice").await, Err(RequestError::NoPeer));
            assert_eq!(began.elapsed(), Duration::ZERO);
            assert_eq!(node.metrics().unsent.get(), 1);
        });
        client.await.expect("the client");
    });
}

#[test]
fn a_request_waits_its_time_and_no_longer_and_a_late_answer_meets_nobody() {
    played(
        cscf_settings(),
        |listener| async move {
            let mut wire = accepted(&listener, HE).await;
            let late = wire.receive().await.expect("a UAR");
            let next = wire.receive().await.expect("a UAR");
            wire.send(&uaa(late.ids, "late")).await;
            wire.send(&uaa(next.ids, "next")).await;
            std::future::pending().await
        },
        |node| async move {
            open(&node).await;
            let mut waiting = std::pin::pin!(ask(&node, "alice"));
            let still =
                tokio::time::timeout(2 * SECOND - Duration::from_millis(1), &mut waiting).await;
            assert!(still.is_err(), "nothing a millisecond before");
            let over = tokio::time::timeout(Duration::from_millis(2), waiting).await;
            assert_eq!(over, Ok(Err(RequestError::TimedOut)));
            assert_eq!(node.metrics().timeouts.get(), 1);
            assert_eq!(server_name(&ask(&node, "bob").await.unwrap()), "next");
            assert_eq!(node.metrics().unmatched_answers.get(), 1);
        },
    );
}

#[test]
fn a_broken_frame_fails_every_waiting_request_at_once() {
    played(
        cscf_settings(),
        |listener| async move {
            let mut wire = accepted(&listener, HE).await;
            for _ in 0..3 {
                wire.receive().await.expect("a UAR");
            }
            wire.send(&[9; 20]).await;
            assert_eq!(wire.receive().await, None);
            std::future::pending().await
        },
        |node| async move {
            open(&node).await;
            let began = tokio::time::Instant::now();
            let answers = join_all([ask(&node, "a"), ask(&node, "b"), ask(&node, "c")]).await;
            assert!(
                answers
                    .iter()
                    .all(|answer| *answer == Err(RequestError::ConnectionLost)),
                "{answers:?}"
            );
            assert!(began.elapsed() < SECOND / 10);
            assert_eq!(ask(&node, "d").await, Err(RequestError::NoPeer));
            assert_eq!(node.metrics().broken_frames.get(), 1);
            assert_eq!(node.metrics().open_connections.get(), 0);
        },
    );
}

#[test]
fn more_requests_than_may_wait_fail_at_once() {
    let limits = Limits {
        in_flight: 2,
        ..Limits::default()
    };
    played(
        NodeSettings {
            limits,
            ..cscf_settings()
        },
        |listener| async move {
            let _wire = accepted(&listener, HE).await;
            std::future::pending().await
        },
        |node| async move {
            open(&node).await;
            let answers = join_all([ask(&node, "a"), ask(&node, "b"), ask(&node, "c")]).await;
            assert_eq!(
                answers,
                [
                    Err(RequestError::TimedOut),
                    Err(RequestError::TimedOut),
                    Err(RequestError::Congested)
                ]
            );
        },
    );
}

#[test]
fn more_output_than_may_wait_fails_at_once() {
    let limits = Limits {
        output_queue: 1000,
        ..Limits::default()
    };
    played(
        NodeSettings {
            limits,
            ..cscf_settings()
        },
        |listener| async move {
            let _wire = accepted(&listener, HE).await;
            std::future::pending().await
        },
        |node| async move {
            open(&node).await;
            // In one turn, so that nothing is written between them.
            let user = "u".repeat(500);
            let answers = join_all([ask(&node, &user), ask(&node, &user), ask(&node, &user)]).await;
            assert_eq!(answers[2], Err(RequestError::Congested));
        },
    );
}

#[test]
fn streams_in_pieces_and_late_lose_and_mix_nothing() {
    for seed in 0..20 {
        let faults = Faults {
            segmentation: 1.0,
            ..Faults::rough()
        };
        sim::run(seed, faults, |sim| async move {
            let _hss = sim.start(HSS, |io| async move {
                let _node = node(io, hss_settings()).await;
                std::future::pending::<()>().await;
            });
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, cscf_settings()).await;
                open(&node).await;
                let users: Vec<String> = (0..100).map(|n| format!("user{n}")).collect();
                let answers = join_all(users.iter().map(|user| ask(&node, user))).await;
                for (user, answer) in users.iter().zip(answers) {
                    assert_eq!(server_name(&answer.unwrap()), format!("sip:{user}"));
                }
                assert_eq!(node.peers()[0].in_flight, 0);
            });
            client.await.expect("the client");
        });
    }
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    let trace = |seed| {
        sim::run(seed, Faults::rough(), |sim| async move {
            let _hss = sim.start(HSS, |io| async move {
                let _node = node(io, hss_settings()).await;
                std::future::pending::<()>().await;
            });
            let client = sim.start(CSCF, |io| async move {
                let node = node(io, cscf_settings()).await;
                open(&node).await;
                drop(join_all((0..10).map(|_| ask(&node, "alice"))).await);
                pass(100 * SECOND).await;
            });
            client.await.expect("the client");
            sim.trace_hash()
        })
    };
    assert_eq!(trace(7), trace(7));
    assert_ne!(trace(7), trace(8));
}

mod futures {
    //! All of some futures side by side, polled in their order.

    use std::future::poll_fn;
    use std::pin::Pin;
    use std::task::Poll;

    pub(super) async fn join_all<F: Future>(
        futures: impl IntoIterator<Item = F>,
    ) -> Vec<F::Output> {
        let mut waiting: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
        let mut done: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
        poll_fn(|context| {
            for (future, done) in waiting.iter_mut().zip(&mut done) {
                if done.is_none()
                    && let Poll::Ready(output) = future.as_mut().poll(context)
                {
                    *done = Some(output);
                }
            }
            if done.iter().all(Option::is_some) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        done.into_iter().flatten().collect()
    }
}
