//! Requests received twice (RFC 6733 §3): served once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use diameter_stack::duplicates::{Bounds, MAX_JOINED};
use driver::diameter::{IncomingRequest, Limits, Node, NodeSettings};
use sim::Sim;

use crate::serving::uar;
use crate::wire::*;
use crate::{CSCF, HSS, SECOND, answer_uar, at, hss_settings, pass, run};

const ME: &str = "cscf.home.example";

/// What the handler of a started HSS was given.
type Served = Rc<RefCell<Vec<IncomingRequest>>>;

/// An HSS that takes `time` for each request.
fn slow_hss(sim: &Sim, settings: NodeSettings, time: Duration) -> (Served, Rc<Cell<u64>>) {
    let served = Served::default();
    let duplicates = Rc::new(Cell::new(0));
    let (kept, counted) = (Rc::clone(&served), Rc::clone(&duplicates));
    let _hss = sim.start(HSS, move |io| async move {
        let node = Node::start(io, settings, move |request| {
            kept.borrow_mut().push(request.clone());
            async move {
                pass(time).await;
                answer_uar(&request)
            }
        })
        .await
        .expect("a free port");
        loop {
            pass(SECOND / 100).await;
            counted.set(node.metrics().duplicates.get());
        }
    });
    (served, duplicates)
}

/// The UAR again as after a failover: T flag, another Hop-by-Hop Identifier.
fn again(hop_by_hop: u32, end_to_end: u32) -> Vec<u8> {
    let mut octets = uar((hop_by_hop, end_to_end), Some("alice"));
    octets[4] |= RETRANSMITTED;
    octets
}

#[test]
fn rfc6733_3_an_answered_request_gets_the_same_answer_on_whichever_connection() {
    run(|sim| async move {
        let (served, duplicates) = slow_hss(&sim, hss_settings(), Duration::ZERO);
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&uar((1, 77), Some("alice"))).await;
            let first = wire.receive().await.expect("a UAA");
            // On the same connection, and with another Session-Id it is another request.
            wire.send(&again(2, 77)).await;
            let second = wire.receive().await.expect("a UAA");
            assert_eq!(second.ids, (2, 77));
            assert_eq!(first.avps, second.avps);
            drop(wire);
            pass(SECOND / 10).await;
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&again(3, 77)).await;
            let third = wire.receive().await.expect("a UAA");
            assert_eq!((third.ids, third.avps), ((3, 77), first.avps));
        });
        peer.await.expect("the played peer");
        pass(SECOND).await;
        assert_eq!(served.borrow().len(), 1, "served once");
        assert_eq!(duplicates.get(), 2);
    });
}

#[test]
fn rfc6733_3_one_under_way_is_joined_and_all_get_its_answer() {
    run(|sim| async move {
        let (served, duplicates) = slow_hss(&sim, hss_settings(), SECOND);
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&uar((1, 77), Some("alice"))).await;
            for copy in 0..=MAX_JOINED as u32 {
                wire.send(&again(10 + copy, 77)).await;
            }
            let mut hops = Vec::new();
            for _ in 0..=MAX_JOINED {
                let answer = wire.receive().await.expect("a UAA");
                assert_eq!(answer.number(RESULT_CODE), Some(2001));
                hops.push(answer.ids.0);
            }
            assert_eq!(
                hops,
                [1, 10, 11, 12, 13],
                "the first {MAX_JOINED} that joined"
            );
            let more = tokio::time::timeout(SECOND, wire.receive()).await;
            assert!(more.is_err(), "the one too many is dropped: {more:?}");
        });
        peer.await.expect("the played peer");
        assert_eq!(served.borrow().len(), 1, "served once");
        assert_eq!(duplicates.get(), MAX_JOINED as u64 + 1);
    });
}

#[test]
fn a_copy_gets_the_answer_though_the_first_connection_is_gone() {
    run(|sim| async move {
        let (served, _) = slow_hss(&sim, hss_settings(), SECOND);
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&uar((1, 77), Some("alice"))).await;
            pass(SECOND / 10).await;
            drop(wire);
            pass(SECOND / 10).await;
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            wire.send(&again(2, 77)).await;
            let answer = wire.receive().await.expect("a UAA");
            assert_eq!(
                (answer.ids, answer.number(RESULT_CODE)),
                ((2, 77), Some(2001))
            );
        });
        peer.await.expect("the played peer");
        assert_eq!(served.borrow().len(), 1, "served once");
    });
}

#[test]
fn what_is_remembered_ends_with_its_time_and_its_number() {
    let bounds = Bounds {
        time: SECOND,
        answers: 2,
        ..Bounds::default()
    };
    let settings = || NodeSettings {
        limits: Limits {
            duplicates: bounds,
            ..Limits::default()
        },
        ..hss_settings()
    };
    run(|sim| async move {
        let (served, _) = slow_hss(&sim, settings(), Duration::ZERO);
        let count = Rc::clone(&served);
        let peer = sim.start(CSCF, |io| async move {
            let mut wire = Wire::open(&io, at(HSS), ME).await;
            let mut serve = async |end_to_end| {
                wire.send(&uar((1, end_to_end), Some("alice"))).await;
                wire.receive().await.expect("a UAA");
                count.borrow().len()
            };
            assert_eq!([serve(1).await, serve(1).await], [1, 1]);
            pass(SECOND).await;
            assert_eq!(serve(1).await, 2, "after its time");
            // 2 and 3 displace 1.
            assert_eq!([serve(2).await, serve(3).await, serve(1).await], [3, 4, 5]);
            assert_eq!(serve(3).await, 5, "3 is remembered");
        });
        peer.await.expect("the played peer");
    });
}
