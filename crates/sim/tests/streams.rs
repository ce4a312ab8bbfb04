//! Streams on the virtual network, and each fault of theirs.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use driver::io::{Io as _, Listener as _, Stream as _};
use sim::{BACKLOG, Faults, Listener, STREAM_TIMEOUT, Sim, Stream, WINDOW};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

const A: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const B: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const SECOND: Duration = Duration::from_secs(1);

async fn listener(sim: &Sim) -> Listener {
    let io = sim.host(B);
    io.listen(SocketAddr::new(B, 3868))
        .await
        .expect("a free port")
}

async fn pair(sim: &Sim) -> (Stream, Stream) {
    let listener = listener(sim).await;
    let io = sim.host(A);
    let (caller, called) = tokio::join!(
        io.connect(Some(A), listener.local_addr()),
        listener.accept()
    );
    (caller.expect("connect"), called.expect("accept"))
}

#[test]
fn octets_pass_both_ways_and_the_end_is_seen() {
    sim::run(1, Faults::none(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        assert_eq!(a.local_addr(), b.remote_addr());
        assert_eq!(a.remote_addr(), SocketAddr::new(B, 3868));
        a.write_all(b"request").await.expect("write");
        a.shutdown().await.expect("shutdown");
        let mut request = Vec::new();
        b.read_to_end(&mut request).await.expect("read");
        assert_eq!(request, b"request");
        b.write_all(b"answer").await.expect("write");
        drop(b);
        let mut answer = Vec::new();
        a.read_to_end(&mut answer).await.expect("read");
        assert_eq!(answer, b"answer");
        let after = a.write_all(b"x").await.expect_err("we said we were done");
        assert_eq!(after.kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn connecting_takes_a_round_trip() {
    let delay = Duration::from_millis(10);
    let faults = Faults {
        delay: delay..=delay,
        ..Faults::none()
    };
    sim::run(2, faults, |sim| async move {
        pair(&sim).await;
        assert_eq!(sim.elapsed(), 2 * delay);
    });
}

#[test]
fn a_write_arrives_in_pieces_and_in_order() {
    let faults = Faults {
        segmentation: 1.0,
        delay: Duration::ZERO..=Duration::from_millis(40),
        ..Faults::none()
    };
    sim::run(3, faults, |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        let sent: Vec<u8> = (0..40_000_u32).map(|number| (number % 251) as u8).collect();
        a.write_all(&sent).await.expect("write");
        a.shutdown().await.expect("shutdown");
        let mut got = Vec::new();
        let mut reads = 0;
        while b.read_buf(&mut got).await.expect("read") > 0 {
            reads += 1;
        }
        assert!(reads > 1, "in one piece");
        assert_eq!(got, sent);
    });
}

#[test]
fn a_writer_waits_at_the_window_until_the_reader_reads() {
    sim::run(4, Faults::none(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        a.write_all(&vec![1; WINDOW]).await.expect("write");
        assert!(
            timeout(SECOND, a.write_all(&[2])).await.is_err(),
            "more than the window"
        );
        let mut some = vec![0; 1000];
        b.read_exact(&mut some).await.expect("read");
        timeout(SECOND, a.write_all(&[2; 1000]))
            .await
            .expect("room")
            .expect("write");
        assert!(
            timeout(SECOND, a.write_all(&[3])).await.is_err(),
            "more than was read"
        );
    });
}

#[test]
fn a_writer_that_waits_is_woken() {
    sim::run(5, Faults::none(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        let writing = async {
            a.write_all(&vec![1; 10 * WINDOW]).await.expect("write");
            drop(a);
        };
        let mut got = Vec::new();
        let (_, read) = tokio::join!(writing, b.read_to_end(&mut got));
        assert_eq!(read.expect("read"), 10 * WINDOW);
    });
}

#[test]
fn nobody_listening_refuses_and_nobody_there_times_out() {
    sim::run(6, Faults::none(), |sim| async move {
        let io = sim.host(A);
        sim.host(B);
        let refused = io.connect(None, SocketAddr::new(B, 1)).await.err();
        assert_eq!(
            refused.expect("nobody").kind(),
            ErrorKind::ConnectionRefused
        );
        let begin = sim.elapsed();
        let nowhere = "10.9.9.9:1".parse().expect("an address");
        let lost = io.connect(None, nowhere).await.err();
        assert_eq!(lost.expect("nowhere").kind(), ErrorKind::TimedOut);
        let took = sim.elapsed() - begin;
        assert!((60..130).contains(&took.as_secs()), "{took:?}");
    });
}

#[test]
fn calls_beyond_the_backlog_are_refused() {
    sim::run(7, Faults::none(), |sim| async move {
        let listener = listener(&sim).await;
        let io = sim.host(A);
        let mut callers = Vec::new();
        for _ in 0..BACKLOG {
            callers.push(io.connect(None, listener.local_addr()).await.expect("room"));
        }
        let more = io.connect(None, listener.local_addr()).await.err();
        assert_eq!(more.expect("full").kind(), ErrorKind::ConnectionRefused);
        listener.accept().await.expect("accept");
        io.connect(None, listener.local_addr())
            .await
            .expect("room again");
        // Those that were never accepted are told.
        drop(listener);
        let mut octet = [0];
        let told = callers[BACKLOG - 1].read(&mut octet).await;
        assert_eq!(told.expect_err("gone").kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_reset_comes_where_octets_were_left_unread() {
    sim::run(8, Faults::none(), |sim| async move {
        let (mut a, b) = pair(&sim).await;
        a.write_all(b"never read").await.expect("write");
        tokio::time::sleep(SECOND).await;
        drop(b);
        let error = a.read(&mut [0]).await.expect_err("reset");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let error = a.write(b"x").await.expect_err("reset");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn writing_to_who_has_left_is_answered_by_a_reset() {
    sim::run(9, Faults::none(), |sim| async move {
        let (mut a, b) = pair(&sim).await;
        drop(b);
        a.write_all(b"hello?").await.expect("nothing known yet");
        tokio::time::sleep(SECOND).await;
        let error = a.write_all(b"hello?").await.expect_err("known now");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_middlebox_resets_both_ends() {
    sim::run(10, Faults::none(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        sim.reset(B, A);
        for end in [&mut a, &mut b] {
            let error = end.read(&mut [0]).await.expect_err("reset");
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
    });
}

#[test]
fn the_reset_fault_strikes_at_a_write() {
    let faults = Faults {
        reset: 1.0,
        ..Faults::none()
    };
    sim::run(11, faults, |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        a.write_all(b"x").await.expect("taken by the system");
        for end in [&mut a, &mut b] {
            let error = end.read(&mut [0]).await.expect_err("reset");
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
    });
}

#[test]
fn a_partition_holds_a_stream_up_and_loses_nothing() {
    sim::run(12, Faults::rough(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        a.write_all(b"one ").await.expect("write");
        sim.partition(A, B);
        a.write_all(b"two ").await.expect("write");
        assert!(
            timeout(SECOND, b.read(&mut [0; 8])).await.is_err(),
            "passed a cut link"
        );
        a.write_all(b"three").await.expect("write");
        sim.heal(A, B);
        a.shutdown().await.expect("shutdown");
        let mut got = Vec::new();
        b.read_to_end(&mut got).await.expect("read");
        assert_eq!(got, b"one two three");
    });
}

#[test]
fn a_partition_that_lasts_ends_the_senders_connection_only() {
    sim::run(13, Faults::none(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        sim.partition(A, B);
        a.write_all(b"x").await.expect("write");
        let begin = sim.elapsed();
        let error = a.read(&mut [0]).await.expect_err("given up");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let took = sim.elapsed() - begin;
        assert!(
            took >= STREAM_TIMEOUT && took < STREAM_TIMEOUT + SECOND,
            "{took:?}"
        );
        // The peer, who sent nothing, hears nothing.
        assert!(timeout(SECOND, b.read(&mut [0])).await.is_err());
    });
}

#[test]
fn a_partition_that_heals_in_time_ends_nothing() {
    sim::run(14, Faults::none(), |sim| async move {
        let (mut a, mut b) = pair(&sim).await;
        sim.partition(A, B);
        a.write_all(b"x").await.expect("write");
        tokio::time::sleep(STREAM_TIMEOUT - SECOND).await;
        sim.heal(A, B);
        tokio::time::sleep(2 * SECOND).await;
        assert_eq!(b.read_u8().await.expect("read"), b'x');
        a.write_all(b"y").await.expect("still there");
        assert_eq!(b.read_u8().await.expect("read"), b'y');
    });
}

#[test]
fn a_call_into_a_partition_gets_through_when_it_is_healed() {
    sim::run(15, Faults::none(), |sim| async move {
        let listener = listener(&sim).await;
        sim.partition(A, B);
        let io = sim.host(A);
        let heal = async {
            tokio::time::sleep(10 * SECOND).await;
            sim.heal(A, B);
        };
        let (stream, ()) = tokio::join!(io.connect(None, listener.local_addr()), heal);
        stream.expect("a way");
    });
}

#[test]
fn a_call_given_up_leaves_the_called_with_an_ended_connection() {
    let delay = Duration::from_millis(10);
    let faults = Faults {
        delay: delay..=delay,
        ..Faults::none()
    };
    sim::run(16, faults, |sim| async move {
        let listener = listener(&sim).await;
        let io = sim.host(A);
        // After 10 ms the SYN is there; after 20 ms the answer would be.
        let calling = timeout(
            Duration::from_millis(15),
            io.connect(None, listener.local_addr()),
        );
        assert!(calling.await.is_err(), "answered too early");
        let mut stream = listener.accept().await.expect("accept");
        let end = timeout(SECOND, stream.read(&mut [0])).await;
        assert_eq!(end.expect("in time").expect("orderly"), 0);
    });
}
