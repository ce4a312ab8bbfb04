//! Hosts: programs, crash, restart, what survives.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bytes::BytesMut;
use driver::io::{Datagram as _, Io as _, Listener as _};
use sim::{EPOCH, Faults, SimIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

const A: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const B: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const SECOND: Duration = Duration::from_secs(1);

struct Bell(Rc<Cell<u32>>);

impl Drop for Bell {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// Answers every datagram, from a task of a task.
async fn echo(io: SimIo) {
    let socket = io.bind(SocketAddr::new(io.ip(), 7)).await.expect("bind");
    let task = tokio::task::spawn_local(async move {
        let mut buffer = BytesMut::new();
        loop {
            let from = socket.receive(&mut buffer).await.expect("receive");
            socket.send(&buffer, from).expect("send");
            buffer.clear();
        }
    });
    task.await.expect("no end");
}

/// Whether the host at B answers.
async fn answers(io: &SimIo) -> bool {
    let socket = io.bind(SocketAddr::new(io.ip(), 0)).await.expect("bind");
    socket.send(b"?", SocketAddr::new(B, 7)).expect("send");
    timeout(SECOND, socket.receive(&mut BytesMut::new()))
        .await
        .is_ok()
}

#[test]
fn a_crash_ends_every_task_and_frees_every_port_and_a_restart_serves_again() {
    sim::run(1, Faults::none(), |sim| async move {
        let io = sim.host(A);
        assert!(!answers(&io).await);
        let program = sim.start(B, echo);
        assert!(answers(&io).await);
        sim.crash(B);
        assert!(program.await.expect_err("ended").is_cancelled());
        assert!(!answers(&io).await);
        sim.start(B, echo);
        assert!(answers(&io).await);
    });
}

#[test]
fn a_crash_is_done_when_the_call_returns() {
    sim::run(2, Faults::none(), |sim| async move {
        let dropped = Rc::new(Cell::new(0));
        for _ in 0..2 {
            let bell = Bell(dropped.clone());
            sim.start(B, |_| async move {
                let inner = Bell(bell.0.clone());
                tokio::task::spawn_local(async move {
                    let _inner = inner;
                    std::future::pending::<()>().await;
                });
                let _outer = bell;
                std::future::pending::<()>().await;
            });
        }
        tokio::time::sleep(SECOND).await;
        assert_eq!(dropped.get(), 0);
        sim.crash(B);
        assert_eq!(dropped.get(), 4);
    });
}

#[test]
fn a_host_may_crash_itself() {
    sim::run(3, Faults::none(), |sim| async move {
        let within = sim.clone();
        let reached = Rc::new(Cell::new(false));
        let flag = reached.clone();
        let program = sim.start(B, |_| async move {
            within.crash(B);
            tokio::task::yield_now().await;
            flag.set(true);
        });
        assert!(program.await.expect_err("ended").is_cancelled());
        assert!(!reached.get());
    });
}

#[test]
fn peers_of_a_crashed_host_see_their_connections_reset() {
    sim::run(4, Faults::none(), |sim| async move {
        sim.start(B, |io| async move {
            let listener = io.listen(SocketAddr::new(B, 3868)).await.expect("listen");
            let mut streams = Vec::new();
            loop {
                streams.push(listener.accept().await.expect("accept"));
            }
        });
        let io = sim.host(A);
        tokio::task::yield_now().await;
        let at = SocketAddr::new(B, 3868);
        let mut stream = io.connect(None, at).await.expect("connect");
        sim.crash(B);
        let error = stream.read(&mut [0]).await.expect_err("reset");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let refused = io.connect(None, at).await.err().expect("nobody");
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn handles_of_a_crashed_host_are_dead_and_do_not_touch_its_successor() {
    sim::run(5, Faults::none(), |sim| async move {
        let old = sim.host(B);
        let at = SocketAddr::new(B, 7);
        let socket = old.bind(at).await.expect("bind");
        let listener = old.listen(at).await.expect("listen");
        let mut buffer = BytesMut::new();
        let receiving = socket.receive(&mut buffer);
        let crash = async { sim.crash(B) };
        let (received, ()) = tokio::join!(biased; receiving, crash);
        assert_eq!(received.expect_err("dead").kind(), ErrorKind::NotConnected);
        assert!(listener.accept().await.is_err());
        assert!(socket.send(b"x", SocketAddr::new(A, 1)).is_err());
        assert!(old.bind(at).await.is_err());
        let new = sim.host(B);
        let successor = new.bind(at).await.expect("bind");
        drop(socket);
        drop(listener);
        let io = sim.host(A);
        let client = io.bind(SocketAddr::new(A, 1)).await.expect("bind");
        client.send(b"x", at).expect("send");
        successor
            .receive(&mut BytesMut::new())
            .await
            .expect("there");
    });
}

#[test]
fn the_disk_survives_a_crash_and_is_one_hosts_own() {
    sim::run(6, Faults::none(), |sim| async move {
        let write = |io: SimIo| async move {
            io.disk()
                .borrow_mut()
                .insert("bindings".to_owned(), vec![1]);
            let file = io.directory().expect("a directory").join("store");
            std::fs::write(file, [2]).expect("write");
        };
        sim.start(A, write).await.expect("done");
        sim.crash(A);
        let read = |io: SimIo| async move {
            let file = io.directory().expect("a directory").join("store");
            let disk = io.disk();
            let disk = disk.borrow();
            (disk.get("bindings").cloned(), std::fs::read(file).ok())
        };
        let kept = sim.start(A, read).await.expect("done");
        assert_eq!(kept, (Some(vec![1]), Some(vec![2])));
        let other = sim.start(B, read).await.expect("done");
        assert_eq!(other, (None, None));
    });
}

#[test]
fn directories_are_gone_after_the_run() {
    let path = sim::run(7, Faults::none(), |sim| async move {
        sim.host(A).directory().expect("a directory")
    });
    assert!(!path.exists());
}

#[test]
fn randomness_differs_by_host_by_life_and_by_seed_and_by_nothing_else() {
    let draw = |seed| {
        sim::run(seed, Faults::none(), |sim| async move {
            let octets = |ip| {
                let mut octets = [0; 16];
                sim.host(ip).fill_random(&mut octets);
                octets
            };
            let before = [octets(A), octets(A), octets(B)];
            sim.crash(A);
            [before[0], before[1], before[2], octets(A)]
        })
    };
    assert_eq!(draw(1), draw(1));
    let all: BTreeSet<_> = [draw(1), draw(2)].concat().into_iter().collect();
    assert_eq!(all.len(), 8);
}

#[test]
fn the_wall_clock_begins_at_the_epoch_and_goes_with_virtual_time() {
    sim::run(8, Faults::none(), |sim| async move {
        let io = sim.host(A);
        assert_eq!(io.wall_clock(), SystemTime::UNIX_EPOCH + EPOCH);
        tokio::time::sleep(3600 * SECOND).await;
        assert_eq!(
            io.wall_clock(),
            SystemTime::UNIX_EPOCH + EPOCH + 3600 * SECOND
        );
    });
}

#[test]
fn a_blocking_job_runs_at_once_on_the_same_thread() {
    sim::run(9, Faults::none(), |sim| async move {
        let here = std::thread::current().id();
        let there = sim
            .host(A)
            .run_blocking(|| std::thread::current().id())
            .await;
        assert_eq!(here, there);
        assert_eq!(sim.elapsed(), Duration::ZERO);
    });
}

#[test]
fn a_host_speaks_with_itself_at_once() {
    sim::run(10, Faults::rough(), |sim| async move {
        let io = sim.host(A);
        let at = SocketAddr::new(A, 80);
        let listener = io.listen(at).await.expect("listen");
        let (caller, called) = tokio::join!(io.connect(None, at), listener.accept());
        let (mut caller, mut called) = (caller.expect("connect"), called.expect("accept"));
        caller.write_all(b"hi").await.expect("write");
        assert_eq!(
            called.read_u16().await.expect("read"),
            u16::from_be_bytes(*b"hi")
        );
        assert_eq!(sim.elapsed(), Duration::ZERO);
    });
}

#[test]
fn what_a_program_returns_is_had_from_its_handle() {
    sim::run(11, Faults::none(), |sim| async move {
        let log = Rc::new(RefCell::new(Vec::new()));
        let (one, two) = (log.clone(), log.clone());
        let first = sim.start(A, |_| async move { one.borrow_mut().push("first") });
        let second = sim.start(A, |_| async move {
            two.borrow_mut().push("second");
            2
        });
        first.await.expect("done");
        assert_eq!(second.await.expect("done"), 2);
        assert_eq!(*log.borrow(), ["first", "second"]);
    });
}
