//! What passes the sockets stands in the capture.

use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::BytesMut;
use capture::{Direction, Packet, Reader, Recorder, Transport};
use driver::io::{Datagram as _, Io as _, Listener as _};
use net::{Capture, Net};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A file that the test can look into while it is written.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl Write for File {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        Write::write(&mut *self.0.lock().expect("whole"), octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl File {
    fn packets(&self) -> Vec<Packet> {
        let octets = self.0.lock().expect("whole");
        let mut reader = Reader::new(&octets[..]);
        std::iter::from_fn(|| reader.next_packet().expect("well-formed")).collect()
    }
}

/// A capture to `sink`.
fn capture_to(sink: impl Write + Send + 'static) -> Capture {
    let recorder = Recorder::new(Box::new(sink) as net::Sink, "scscf").expect("taken");
    Capture::new(recorder).expect("a thread")
}

struct Captured {
    file: File,
    capture: Capture,
}

impl Captured {
    fn packets(&self) -> Vec<Packet> {
        assert!(self.capture.is_written(Duration::from_secs(10)));
        self.file.packets()
    }
}

fn captured() -> (Net, Captured) {
    let file = File::default();
    let capture = capture_to(file.clone());
    let net = Net::with_capture(Some(capture.clone())).expect("randomness");
    (net, Captured { file, capture })
}

fn any_port() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

#[test]
fn datagrams_are_recorded_when_sent_and_when_received() {
    let (net, file) = captured();
    net::run(async {
        let a = net.bind(any_port()).await.expect("bind");
        let b = net.bind(any_port()).await.expect("bind");
        a.send(b"REGISTER", b.local_addr()).expect("send");
        let mut buffer = BytesMut::from(&b"earlier"[..]);
        b.receive(&mut buffer).await.expect("receive");
        let packets = file.packets();
        let directions: Vec<_> = packets.iter().map(|it| it.direction).collect();
        assert_eq!(
            directions,
            [Some(Direction::Sent), Some(Direction::Received)]
        );
        for packet in packets {
            assert_eq!((packet.from, packet.to), (a.local_addr(), b.local_addr()));
            assert_eq!(packet.transport, Transport::Udp);
            assert_eq!(packet.payload, &b"REGISTER"[..]);
            assert_eq!(packet.interface.as_deref(), Some("scscf"));
        }
        let Err(_) = a.send(&[0; 65_536], b.local_addr()) else {
            panic!("there is no such datagram");
        };
        assert_eq!(file.packets().len(), 2);
    })
    .expect("a runtime");
}

#[test]
fn a_stream_is_recorded_from_its_opening_to_its_end() {
    let (net, file) = captured();
    let peer = Net::new().expect("randomness");
    net::run(async {
        let listener = peer.listen(any_port()).await.expect("listen");
        let at = listener.local_addr();
        let (ours, theirs) = tokio::join!(net.connect(None, at), listener.accept());
        let (mut ours, mut theirs) = (ours.expect("connect"), theirs.expect("accept"));
        ours.write_all(b"CER").await.expect("write");
        theirs.read_exact(&mut [0; 3]).await.expect("read");
        theirs.write_all(b"CEA").await.expect("write");
        ours.read_exact(&mut [0; 3]).await.expect("read");
        theirs.shutdown().await.expect("shutdown");
        assert_eq!(ours.read(&mut [0]).await.expect("an end"), 0);
        drop(ours);
        let packets = file.packets();
        let seen: Vec<_> = packets
            .iter()
            .map(|packet| {
                let segment = packet.segment.expect("of TCP");
                let flag = match segment {
                    it if it.syn => 'S',
                    it if it.fin => 'F',
                    _ => '.',
                };
                let from_us = packet.to == at;
                assert_eq!(packet.direction == Some(Direction::Sent), from_us);
                (from_us, flag, &packet.payload[..])
            })
            .collect();
        let nothing = &b""[..];
        assert_eq!(
            seen,
            [
                (true, 'S', nothing),
                (false, 'S', nothing),
                (true, '.', nothing),
                (true, '.', b"CER"),
                (false, '.', b"CEA"),
                (false, 'F', nothing),
                (true, 'F', nothing),
                (false, '.', nothing),
            ]
        );
    })
    .expect("a runtime");
}

#[test]
fn a_capture_that_cannot_be_written_ends_and_the_traffic_goes_on() {
    struct FullAfter(usize);
    impl Write for FullAfter {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(1) {
                Some(left) => self.0 = left,
                None => return Err(ErrorKind::StorageFull.into()),
            }
            Ok(octets.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let net = Net::with_capture(Some(capture_to(FullAfter(2)))).expect("randomness");
    net::run(async {
        let socket = net.bind(any_port()).await.expect("bind");
        let mut buffer = BytesMut::new();
        for _ in 0..5 {
            socket.send(b"x", socket.local_addr()).expect("send");
            socket.receive(&mut buffer).await.expect("receive");
        }
        assert_eq!(&buffer[..], b"xxxxx");
    })
    .expect("a runtime");
}

#[test]
fn threads_that_share_a_capture_write_whole_packets() {
    const EACH: usize = 200;
    let file = File::default();
    let capture = capture_to(file.clone());
    let (done, wait) = mpsc::channel();
    for thread in ["one", "two"] {
        let (capture, done) = (capture.clone(), done.clone());
        net::spawn(thread, async move || {
            let net = Net::with_capture(Some(capture)).expect("randomness");
            let socket = net.bind(any_port()).await.expect("bind");
            let nobody = "127.0.0.1:9".parse().expect("an address");
            for _ in 0..EACH {
                // What nobody takes is sent all the same; a refusal of an earlier one is not ours.
                let _refused = socket.send(thread.as_bytes(), nobody);
            }
            done.send(()).expect("awaited");
        })
        .expect("a thread");
    }
    drop(done);
    assert_eq!(wait.iter().count(), 2);
    assert!(capture.is_written(Duration::from_secs(10)));
    let packets = file.packets();
    for thread in ["one", "two"] {
        let of_it = packets
            .iter()
            .filter(|packet| packet.payload == thread.as_bytes());
        assert!(of_it.count() >= EACH / 2, "{thread}");
    }
    let whole = |packet: &Packet| packet.payload == b"one"[..] || packet.payload == b"two"[..];
    assert!(packets.iter().all(whole));
}

#[test]
fn a_reader_that_stalls_stops_no_traffic_and_loses_packets_beyond_a_bound() {
    /// A pipe whose reader reads nothing until it is let.
    struct Stalled {
        file: File,
        go_on: Option<mpsc::Receiver<()>>,
    }
    impl Write for Stalled {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            if let Some(go_on) = self.go_on.take_if(|_| octets.len() > 10_000) {
                go_on.recv().expect("let go on");
            }
            self.file.write(octets)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    const LENGTH: usize = 50_000;
    let file = File::default();
    let (let_go_on, go_on) = mpsc::channel();
    let capture = capture_to(Stalled {
        file: file.clone(),
        go_on: Some(go_on),
    });
    let net = Net::with_capture(Some(capture.clone())).expect("randomness");
    let sent = 2 * net::MAX_WAITING / LENGTH;
    net::run(async {
        let socket = net.bind(any_port()).await.expect("bind");
        let nobody = "127.0.0.1:9".parse().expect("an address");
        for _ in 0..sent {
            let _refused = socket.send(&[7; LENGTH], nobody);
        }
    })
    .expect("a runtime");
    assert!(!capture.is_written(Duration::from_millis(10)));
    let_go_on.send(()).expect("awaited");
    assert!(capture.is_written(Duration::from_secs(10)));
    let kept = file.packets().len();
    assert!(
        kept > sent / 4 && kept <= net::MAX_WAITING / LENGTH,
        "{kept} of {sent}"
    );
}
