//! OpenSSL's client and server, and a relay between them that captures what passes.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a relay beside the elements, with sockets and a clock of its own"
)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use capture::{Direction, Message, Recorder, Transport};
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Octets of the packets that the relay captures, one after another and from the beginning again.
const CUTS: [usize; 7] = [1, 4, 300, 3, 1_460, 60, 7];

/// A server's key and certificate, and where captures and key logs go.
pub(crate) struct Bench {
    folder: TempDir,
    connections: u8,
}

/// Which certificate a server has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signature {
    Rsa,
    Ecdsa,
}

/// What passes between the two, and the key log of it.
pub(crate) struct Connection {
    client: Peer,
    server: Peer,
    relays: Vec<JoinHandle<()>>,
    listener: TcpListener,
    server_at: SocketAddr,
    recording: Arc<Mutex<Recording>>,
    pub(crate) capture: PathBuf,
    pub(crate) key_log: PathBuf,
}

/// A process, ended when dropped.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Bench {
    pub(crate) fn new(signature: Signature) -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let algorithm = match signature {
            Signature::Rsa => &["rsa:2048"][..],
            Signature::Ecdsa => &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
        };
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=home.example",
            ])
            .args(["-keyout", "key.pem", "-out", "cert.pem", "-newkey"])
            .args(algorithm)
            .current_dir(folder.path())
            .output()
            .expect("openssl is installed: `cargo xtask test` does it");
        assert!(made.status.success(), "{made:?}");
        Bench {
            folder,
            connections: 0,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server with some arguments, and a client with others, connected by way of a relay at `port`.
    pub(crate) fn connect(&mut self, port: u16, server: &[&str], client: &[&str]) -> Connection {
        self.connections += 1;
        let number = self.connections;
        // Each process has addresses of its own.
        let [.., high, low] = std::process::id().to_be_bytes();
        let at = |net: u8, port| SocketAddrV4::new(Ipv4Addr::new(127, net, high, low), port);
        let server_at = at(100 + number, port);
        let capture = self.path(&format!("{number}.pcapng"));
        let key_log = self.path(&format!("{number}.keys"));
        let server = openssl(self.folder.path(), "s_server")
            .args(["-accept", &server_at.to_string()])
            .args(["-cert", "cert.pem", "-key", "key.pem"])
            .args(match server.contains(&"-naccept") {
                true => &[][..],
                false => &["-naccept", "1"],
            })
            .args(server)
            .spawn()
            .expect("openssl");
        let server = Peer(server);
        let listener = TcpListener::bind(at(99, port)).expect("an address of its own");
        let file = File::create(&capture).expect("a capture");
        let recording = Recording {
            recorder: Recorder::new(file, "relay").expect("a capture"),
            cuts: 0,
        };
        let recording = Arc::new(Mutex::new(recording));
        let (client, relays) =
            self.client(&listener, server_at.into(), &recording, &key_log, client);
        Connection {
            client,
            server,
            relays,
            listener,
            server_at: server_at.into(),
            recording,
            capture,
            key_log,
        }
    }

    fn client(
        &self,
        listener: &TcpListener,
        server: SocketAddr,
        recording: &Arc<Mutex<Recording>>,
        key_log: &Path,
        args: &[&str],
    ) -> (Peer, Vec<JoinHandle<()>>) {
        let relay_at = listener.local_addr().expect("bound");
        let client = openssl(self.folder.path(), "s_client")
            .args(["-connect", &relay_at.to_string()])
            .arg("-keylogfile")
            .arg(key_log)
            .args(args)
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl");
        let client = Peer(client);
        let (from_client, client_at) = listener.accept().expect("a connection");
        let to_server = reach(server);
        let copy = |stream: &TcpStream| stream.try_clone().expect("a stream");
        let [there, back] = [(client_at, relay_at), (relay_at, client_at)];
        let relays = vec![
            relay(
                copy(&from_client),
                copy(&to_server),
                recording.clone(),
                there,
            ),
            relay(to_server, from_client, recording.clone(), back),
        ];
        (client, relays)
    }
}

fn openssl(folder: &Path, command: &str) -> Command {
    let mut openssl = Command::new("openssl");
    openssl
        .arg(command)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    openssl
}

/// The server listens soon.
fn reach(server: SocketAddr) -> TcpStream {
    let until = Instant::now() + PATIENCE;
    loop {
        match TcpStream::connect(server) {
            Ok(stream) => return stream,
            Err(error) => assert!(Instant::now() < until, "{server}: {error}"),
        }
        std::thread::yield_now();
    }
}

struct Recording {
    recorder: Recorder<File>,
    cuts: usize,
}

impl Recording {
    fn record(&mut self, (from, to): (SocketAddr, SocketAddr), mut octets: &[u8]) {
        while !octets.is_empty() {
            let length = CUTS[self.cuts % CUTS.len()].min(octets.len());
            self.cuts += 1;
            let (payload, rest) = octets.split_at(length);
            octets = rest;
            let message = Message {
                time: SystemTime::now(),
                direction: Direction::Sent,
                transport: Transport::Tcp,
                from,
                to,
                payload,
                comment: None,
            };
            self.recorder.record(&message).expect("written");
        }
    }
}

/// What comes is captured before it goes on, so that an answer is behind its request.
fn relay(
    mut from: TcpStream,
    mut to: TcpStream,
    recording: Arc<Mutex<Recording>>,
    ends: (SocketAddr, SocketAddr),
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let octets = &buffer[..length];
            recording.lock().expect("no panic").record(ends, octets);
            if to.write_all(octets).is_err() {
                break;
            }
        }
        let _gone = to.shutdown(Shutdown::Write);
    })
}

impl Connection {
    /// Sends from the client, and waits until the server has it.
    pub(crate) fn ask(&mut self, octets: &[u8]) {
        pass(&mut self.client.0, &mut self.server.0, octets);
    }

    /// Sends from the server, and waits until the client has it.
    pub(crate) fn answer(&mut self, octets: &[u8]) {
        pass(&mut self.server.0, &mut self.client.0, octets);
    }

    /// Gives the client a command of its own, and waits until it says that it does it.
    pub(crate) fn command(&mut self, letter: u8, said: &[u8]) {
        let input = self.client.0.stdin.as_mut().expect("piped");
        let written = input.write_all(&[letter, b'\n']);
        written.and_then(|()| input.flush()).expect("it reads");
        let output = self.client.0.stderr.as_mut().expect("piped");
        let mut all = Vec::new();
        let mut octet = [0];
        while !all.ends_with(said) {
            output.read_exact(&mut octet).expect("it says so");
            all.push(octet[0]);
        }
    }

    /// Ends the client, and connects another one to the same server.
    pub(crate) fn again(mut self, bench: &mut Bench, client: &[&str]) -> Connection {
        finish(&mut self.client);
        for relay in self.relays {
            relay.join().expect("no panic");
        }
        let (client, relays) = bench.client(
            &self.listener,
            self.server_at,
            &self.recording,
            &self.key_log,
            client,
        );
        Connection {
            client,
            relays,
            ..self
        }
    }

    /// Ends it, from the client on; everything is captured then.
    pub(crate) fn end(mut self) -> (PathBuf, PathBuf) {
        // The client says close_notify, and the server, which takes no more connections, ends.
        finish(&mut self.client);
        finish(&mut self.server);
        for relay in self.relays {
            relay.join().expect("no panic");
        }
        (self.capture, self.key_log)
    }
}

/// Gives it nothing more to say, and waits until it is gone.
fn finish(peer: &mut Peer) {
    drop(peer.0.stdin.take());
    let mut rest = Vec::new();
    let mut output = peer.0.stdout.take().expect("piped");
    output.read_to_end(&mut rest).expect("it ends");
}

/// Through the standard input of one to the standard output of the other, which may have said something before.
fn pass(from: &mut Child, to: &mut Child, octets: &[u8]) {
    let input = from.stdin.as_mut().expect("piped");
    input
        .write_all(octets)
        .and_then(|()| input.flush())
        .expect("it reads");
    let output = to.stdout.as_mut().expect("piped");
    let mut said = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    while !said.ends_with(octets) {
        let length = output.read(&mut buffer).expect("it speaks");
        let so_far = String::from_utf8_lossy(&said);
        assert!(length > 0, "it ended after {so_far:?}");
        said.extend_from_slice(&buffer[..length]);
    }
}
