//! Runs: sameness of the same seed, limits, and what a failure leaves.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::BytesMut;
use driver::io::{Datagram as _, Io as _, Listener as _};
use sim::{Cause, Failure, Faults, Setup, Sim, SimIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

const HOPS: u8 = 4;
const MESSAGE: usize = 700;

fn ip(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, number))
}

/// Hands every request on to the next host and every answer back; the last one asks a database by TCP.
async fn proxy(io: SimIo, number: u8) {
    let socket = Rc::new(
        io.bind(SocketAddr::new(ip(number), 5060))
            .await
            .expect("bind"),
    );
    let next = SocketAddr::new(ip(number + 1), 5060);
    let mut previous = None;
    let mut buffer = BytesMut::new();
    loop {
        buffer.clear();
        let from = socket.receive(&mut buffer).await.expect("receive");
        if from == next {
            let Some(back) = previous else { continue };
            socket.send(&buffer, back).expect("send");
            continue;
        }
        previous = Some(from);
        if number < HOPS {
            socket.send(&buffer, next).expect("send");
            continue;
        }
        let (io, socket, request) = (io.clone(), socket.clone(), buffer.split().freeze());
        tokio::task::spawn_local(async move {
            let database = SocketAddr::new(ip(HOPS + 1), 3868);
            let Ok(mut stream) = io.connect(None, database).await else {
                return;
            };
            let mut answer = vec![0; request.len()];
            let asked = stream.write_all(&request).await;
            if asked.is_ok() && stream.read_exact(&mut answer).await.is_ok() {
                socket.send(&answer, from).expect("send");
            }
        });
    }
}

async fn database(io: SimIo) {
    let listener = io
        .listen(SocketAddr::new(io.ip(), 3868))
        .await
        .expect("listen");
    loop {
        let mut stream = listener.accept().await.expect("accept");
        let mut nonce = [0; 8];
        io.fill_random(&mut nonce);
        tokio::task::spawn_local(async move {
            let mut request = vec![0; MESSAGE];
            if stream.read_exact(&mut request).await.is_ok() {
                request[..8].copy_from_slice(&nonce);
                let _ = stream.write_all(&request).await;
            }
        });
    }
}

/// Something like a registration: two exchanges through four proxies, sent again every half second.
async fn register(sim: Sim) -> (bool, u64) {
    for number in 1..=HOPS {
        sim.start(ip(number), move |io| proxy(io, number));
    }
    sim.start(ip(HOPS + 1), database);
    let phone = sim.host(ip(0));
    let socket = phone
        .bind(SocketAddr::new(ip(0), 5060))
        .await
        .expect("bind");
    let mut done = 0;
    for exchange in 1..=2 {
        for _ in 0..20 {
            let request = [exchange; MESSAGE];
            socket
                .send(&request, SocketAddr::new(ip(1), 5060))
                .expect("send");
            let mut answer = BytesMut::new();
            let wait = Duration::from_millis(500);
            let received = timeout(wait, socket.receive(&mut answer)).await;
            if received.is_ok() && answer[8] == exchange {
                done += 1;
                break;
            }
        }
    }
    (done == 2, sim.trace_hash())
}

/// A run that fails, and why; its capture is removed.
fn failing<F: Future>(setup: Setup, scenario: impl FnOnce(Sim) -> F) -> Failure {
    let Err(failure) = sim::run_with(setup, scenario) else {
        panic!("the run came to its end");
    };
    if let Some(path) = &failure.capture {
        std::fs::remove_file(path).expect("removed");
    }
    failure
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    for seed in 0..50 {
        let (first, second) = (
            sim::run(seed, Faults::rough(), register),
            sim::run(seed, Faults::rough(), register),
        );
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn the_same_seed_gives_the_same_capture() {
    let capture = || {
        sim::run(7, Faults::rough(), |sim| async move {
            register(sim.clone()).await;
            sim.pcapng()
        })
    };
    assert_eq!(capture(), capture());
}

#[test]
fn other_seeds_give_other_octets() {
    let mut hashes: Vec<u64> = (0..50)
        .map(|seed| sim::run(seed, Faults::rough(), register).1)
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 50);
}

#[test]
fn the_scenario_draws_from_the_seed() {
    let draw = |seed| {
        sim::run(seed, Faults::none(), |sim| async move {
            (0..8).map(|_| sim.below(1000)).collect::<Vec<_>>()
        })
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn a_run_that_hangs_ends_at_the_time_limit_and_names_its_seed() {
    let setup = Setup {
        time_limit: Duration::from_secs(5),
        ..Setup::new(4711, Faults::none())
    };
    let failure = failing(setup, |_| std::future::pending::<()>());
    assert_eq!(failure.cause, Cause::TimeLimit(Duration::from_secs(5)));
    assert_eq!(failure.at, Duration::from_secs(5));
    assert!(failure.to_string().contains("seed 4711"), "{failure}");
}

#[test]
fn hosts_that_answer_each_other_for_ever_end_at_the_packet_limit() {
    let setup = Setup {
        packet_limit: 1000,
        ..Setup::new(1, Faults::none())
    };
    let failure = failing(setup, |sim| async move {
        let socket = sim
            .host(ip(1))
            .bind(SocketAddr::new(ip(1), 7))
            .await
            .expect("bind");
        let mut buffer = BytesMut::new();
        loop {
            socket.send(b"x", socket.local_addr()).expect("send");
            socket.receive(&mut buffer).await.expect("receive");
            buffer.clear();
        }
    });
    assert_eq!(failure.cause, Cause::PacketLimit(1000));
}

#[test]
fn a_panic_in_a_task_that_nobody_awaits_fails_the_run() {
    let failure = failing(Setup::new(12, Faults::none()), |sim| async move {
        sim.start(ip(1), |_| async { panic!("no such binding") });
        tokio::time::sleep(Duration::from_secs(1)).await;
    });
    let Cause::Panicked(text) = &failure.cause else {
        panic!("{failure}");
    };
    assert!(text.contains("no such binding"), "{text}");
}

#[test]
fn a_failing_scenario_panics_and_names_its_seed_and_capture() {
    let run = || sim::run(99, Faults::none(), |_| async { panic!("no 200") });
    let panicked: Result<(), _> = std::panic::catch_unwind(run);
    let text = panicked.expect_err("a panic");
    let text: &String = text.downcast_ref().expect("a text");
    assert!(text.contains("simulation with seed 99 failed"), "{text}");
    assert!(text.contains("no 200"), "{text}");
    let (_, path) = text.rsplit_once("its packets are in ").expect("a file");
    std::fs::remove_file(path).expect("there");
}

#[test]
fn a_failing_run_leaves_a_capture_that_can_be_read() {
    let failure = sim::run_with(Setup::new(31, Faults::rough()), |sim| async move {
        register(sim).await;
        panic!("not registered");
    })
    .map(|()| "an end")
    .expect_err("a panic");
    let path = failure.capture.expect("a file");
    let file = std::fs::File::open(&path).expect("there");
    let mut reader = capture::Reader::new(file);
    let (mut datagrams, mut octets) = (0, 0);
    while let Some(packet) = reader.next_packet().expect("well-formed") {
        match packet.transport {
            capture::Transport::Udp => datagrams += 1,
            capture::Transport::Tcp => octets += packet.payload.len(),
            capture::Transport::Sctp => panic!("nobody speaks SCTP"),
        }
    }
    assert!(datagrams >= 16, "{datagrams}");
    assert!(octets >= 4 * MESSAGE, "{octets}");
    std::fs::remove_file(path).expect("removed");
}

#[test]
fn a_run_after_a_failed_one_is_not_touched_by_it() {
    let before = sim::run(5, Faults::rough(), register);
    failing(Setup::new(6, Faults::none()), |_| async { panic!("once") });
    assert_eq!(sim::run(5, Faults::rough(), register), before);
}
