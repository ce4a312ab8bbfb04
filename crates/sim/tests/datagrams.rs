//! Datagrams on the virtual network, and each fault of theirs.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::BytesMut;
use driver::io::{Datagram as _, Io as _, Local, Sharing};
use sim::{Datagram, Event, Fate, Faults, MAX_DATAGRAM, MAX_QUEUED, Sim, SimIo};
use tokio::time::timeout;

const A: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const B: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const LONG: Duration = Duration::from_secs(60);

async fn bound(io: &SimIo, port: u16) -> Datagram {
    io.bind(SocketAddr::new(io.ip(), port))
        .await
        .expect("a free port")
}

async fn pair(sim: &Sim) -> (Datagram, Datagram) {
    (
        bound(&sim.host(A), 5060).await,
        bound(&sim.host(B), 5060).await,
    )
}

/// What arrives within a minute, in order.
async fn arrivals(socket: &Datagram) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = BytesMut::new();
    while let Ok(received) = timeout(LONG, socket.receive(&mut buffer)).await {
        received.expect("the socket works");
        all.push(buffer[0]);
        buffer.clear();
    }
    all
}

fn with(fault: impl FnOnce(&mut Faults)) -> Faults {
    let mut faults = Faults::none();
    fault(&mut faults);
    faults
}

#[test]
fn a_datagram_takes_the_links_delay_to_the_millisecond() {
    let delay = Duration::from_millis(7);
    sim::run(
        1,
        with(|faults| faults.delay = delay..=delay),
        |sim| async move {
            let (a, b) = pair(&sim).await;
            a.send(b"x", b.local_addr()).expect("send");
            let mut buffer = BytesMut::from(&b"before "[..]);
            let early = timeout(Duration::from_millis(6), b.receive(&mut buffer)).await;
            assert!(early.is_err(), "there after 6 ms");
            let from = b.receive(&mut buffer).await.expect("receive");
            assert_eq!(sim.elapsed(), delay);
            assert_eq!((from, &buffer[..]), (a.local_addr(), &b"before x"[..]));
        },
    );
}

#[test]
fn without_reordering_datagrams_keep_their_order_whatever_their_delays() {
    let delay = Duration::ZERO..=Duration::from_millis(50);
    sim::run(2, with(|faults| faults.delay = delay), |sim| async move {
        let (a, b) = pair(&sim).await;
        (0..100).for_each(|number| a.send(&[number], b.local_addr()).expect("send"));
        let got = arrivals(&b).await;
        assert_eq!(got, (0..100).collect::<Vec<u8>>());
    });
}

#[test]
fn loss_takes_some_and_only_those_the_trace_says() {
    sim::run(3, with(|faults| faults.loss = 0.3), |sim| async move {
        let (a, b) = pair(&sim).await;
        (0..200).for_each(|number| a.send(&[number], b.local_addr()).expect("send"));
        let got = arrivals(&b).await;
        assert!((110..170).contains(&got.len()), "{}", got.len());
        let passed: Vec<u8> = sim
            .packets()
            .iter()
            .filter(|packet| packet.event == Event::Datagram(Fate::Delivered))
            .map(|packet| packet.payload[0])
            .collect();
        assert_eq!(got, passed);
    });
}

#[test]
fn duplication_gives_some_twice_and_none_thrice() {
    sim::run(
        4,
        with(|faults| faults.duplication = 0.5),
        |sim| async move {
            let (a, b) = pair(&sim).await;
            (0..100).for_each(|number| a.send(&[number], b.local_addr()).expect("send"));
            let got = arrivals(&b).await;
            let times = |number: u8| got.iter().filter(|one| **one == number).count();
            assert!((0..100).all(|number| (1..=2).contains(&times(number))));
            assert!((130..170).contains(&got.len()), "{}", got.len());
        },
    );
}

#[test]
fn reordering_lets_later_ones_overtake_and_loses_none() {
    sim::run(
        5,
        with(|faults| faults.reordering = 0.3),
        |sim| async move {
            let (a, b) = pair(&sim).await;
            (0..100).for_each(|number| a.send(&[number], b.local_addr()).expect("send"));
            let mut got = arrivals(&b).await;
            assert!(!got.is_sorted());
            got.sort_unstable();
            assert_eq!(got, (0..100).collect::<Vec<u8>>());
        },
    );
}

#[test]
fn one_link_can_be_worse_than_the_others() {
    sim::run(6, Faults::none(), |sim| async move {
        let (a, b) = pair(&sim).await;
        sim.set_link(A, B, with(|faults| faults.loss = 1.0));
        a.send(&[1], b.local_addr()).expect("send");
        b.send(&[2], a.local_addr()).expect("send");
        assert_eq!(arrivals(&b).await, []);
        assert_eq!(arrivals(&a).await, [2]);
    });
}

#[test]
fn a_partition_takes_all_until_it_is_healed() {
    sim::run(7, Faults::none(), |sim| async move {
        let (a, b) = pair(&sim).await;
        sim.partition(A, B);
        a.send(&[1], b.local_addr()).expect("send");
        b.send(&[2], a.local_addr()).expect("send");
        assert_eq!((arrivals(&a).await, arrivals(&b).await), (vec![], vec![]));
        sim.heal(A, B);
        a.send(&[3], b.local_addr()).expect("send");
        assert_eq!(arrivals(&b).await, [3]);
    });
}

#[test]
fn a_cut_is_one_way() {
    sim::run(8, Faults::none(), |sim| async move {
        let (a, b) = pair(&sim).await;
        sim.cut(A, B);
        a.send(&[1], b.local_addr()).expect("send");
        b.send(&[2], a.local_addr()).expect("send");
        assert_eq!((arrivals(&a).await, arrivals(&b).await), (vec![2], vec![]));
    });
}

#[test]
fn what_nobody_reads_is_dropped_at_the_limit() {
    sim::run(9, Faults::none(), |sim| async move {
        let (a, b) = pair(&sim).await;
        let longest = vec![9; MAX_DATAGRAM];
        let fit = MAX_QUEUED / (MAX_DATAGRAM + 1);
        (0..fit + 5).for_each(|_| a.send(&longest, b.local_addr()).expect("send"));
        tokio::time::sleep(LONG).await;
        assert_eq!(arrivals(&b).await.len(), fit);
        let error = a.send(&[0; MAX_DATAGRAM + 1], b.local_addr());
        assert_eq!(error.expect_err("too long").kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn ports_are_taken_chosen_and_given_back() {
    sim::run(10, Faults::none(), |sim| async move {
        let io = sim.host(A);
        let first = bound(&io, 5060).await;
        let taken = io.bind(first.local_addr()).await.err().expect("taken");
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        let (one, two) = (bound(&io, 0).await, bound(&io, 0).await);
        assert_ne!(one.local_addr(), two.local_addr());
        drop(first);
        bound(&io, 5060).await;
        let foreign = io.bind(SocketAddr::new(B, 5060)).await.err();
        assert_eq!(
            foreign.expect("not ours").kind(),
            ErrorKind::AddrNotAvailable
        );
        let wildcard = io
            .bind("0.0.0.0:5070".parse::<SocketAddr>().expect("an address"))
            .await;
        assert_eq!(
            wildcard.expect("ours").local_addr(),
            SocketAddr::new(A, 5070)
        );
    });
}

#[test]
fn a_receive_that_is_dropped_loses_nothing() {
    sim::run(11, Faults::none(), |sim| async move {
        let (a, b) = pair(&sim).await;
        let mut buffer = BytesMut::new();
        assert!(timeout(LONG, b.receive(&mut buffer)).await.is_err());
        a.send(&[1], b.local_addr()).expect("send");
        assert_eq!(arrivals(&b).await, [1]);
    });
}

#[test]
fn a_closed_port_of_a_host_that_is_there_is_told_to_the_sender_alone() {
    sim::run(9, Faults::none(), |sim| async move {
        let (a, b) = pair(&sim).await;
        let other = bound(&sim.host(A), 5070).await;
        let closed = SocketAddr::new(B, 7);
        let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9)), 7);
        for to in [b.local_addr(), nowhere, closed] {
            a.send(b"REGISTER", to).expect("send");
        }
        let mut quote = BytesMut::new();
        let told = timeout(LONG, a.unreachable(&mut quote)).await;
        let told = told.expect("in time").expect("a report");
        assert_eq!((told.to, told.kind), (closed, ErrorKind::ConnectionRefused));
        assert_eq!(&quote[..], b"REGISTER");
        assert_eq!(sim.elapsed(), Duration::from_millis(2));
        for socket in [&a, &other] {
            let more = timeout(LONG, socket.unreachable(&mut quote)).await;
            assert!(more.is_err(), "{more:?}");
        }
        sim.cut(A, B);
        a.send(b"REGISTER", closed).expect("send");
        let cut = timeout(LONG, a.unreachable(&mut quote)).await;
        assert!(cut.is_err(), "{cut:?}");
    });
}

#[test]
fn a_shared_port_gives_each_sender_to_one_holder_always() {
    sim::run(10, Faults::none(), |sim| async move {
        let (a, _) = pair(&sim).await;
        let shared = |sharing| Local {
            address: SocketAddr::new(B, 5080),
            sharing,
        };
        let host = sim.host(B);
        let one = host.bind(shared(Sharing::Shared)).await.expect("free");
        let two = host.bind(shared(Sharing::Shared)).await.expect("shared");
        let alone = host.bind(shared(Sharing::Alone)).await;
        assert_eq!(
            alone.err().map(|error| error.kind()),
            Some(ErrorKind::AddrInUse)
        );
        let mut senders = vec![a];
        for port in 6_000..6_031 {
            senders.push(bound(&sim.host(A), port).await);
        }
        for (number, sender) in (0..).zip(&senders) {
            for _ in 0..3 {
                sender.send(&[number], one.local_addr()).expect("send");
            }
        }
        let (first, second) = (arrivals(&one).await, arrivals(&two).await);
        assert_eq!(first.len() + second.len(), 3 * senders.len());
        assert!(first.len().min(second.len()) >= 15, "{first:?} {second:?}");
        assert!(first.iter().all(|number| !second.contains(number)));
        drop(one);
        senders[0].send(b"x", two.local_addr()).expect("send");
        assert_eq!(arrivals(&two).await, b"x");
    });
}
