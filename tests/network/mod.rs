//! A registration core of separate processes on loopback addresses of its own, for one test.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use sip_message::{Message, Method, Name, TypedHeader, WwwAuthenticate};
use sip_stack::digest::{self, Challenge, Credentials, Secret};

/// How long an element may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// One element, killed when dropped.
pub struct Process {
    pub name: &'static str,
    pub child: Child,
    pub admin: SocketAddr,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// HSS, S-CSCF, I-CSCF and P-CSCF, and where they are.
pub struct Network {
    pub dir: tempfile::TempDir,
    pub block: [u8; 3],
    pub family: Family,
    pub processes: Vec<Process>,
}

/// Over which IP the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Addresses of its own.
    V4,
    /// The one address that loopback has, and ports of its own from this one on.
    V6(u16),
}

impl Family {
    /// IPv6 with ports that no other test of this run has.
    pub fn v6() -> Self {
        let [_, b, c] = block();
        // 40 ports each, below those that the system gives out.
        let number = (u16::from(b) * 250 + u16::from(c)) % 500;
        Self::V6(11_000 + number * 40)
    }
}

/// A block 127.x.y.0/24 that no other test of this run has.
fn block() -> [u8; 3] {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Tests of one process count up; processes alive together have other numbers.
    let number = std::process::id()
        .wrapping_mul(16)
        .wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
    let number = 256 + number % (250 * 250);
    [127, (number / 250 + 1).min(254) as u8, (number % 250) as u8]
}

impl Network {
    /// Addresses and a directory; nothing runs yet.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory for the run");
        Self {
            dir,
            block: block(),
            family: Family::V4,
            processes: Vec::new(),
        }
    }

    /// The whole core with `users` subscribers `user0`, `user1`, …, each with password `secret0`, `secret1`, ….
    pub fn with_users(users: usize) -> Self {
        Self::over(Family::V4, users)
    }

    /// The same over `family`.
    pub fn over(family: Family, users: usize) -> Self {
        let mut network = Self::new();
        network.family = family;
        network.write_subscribers(users);
        for element in ["hss", "scscf", "icscf", "pcscf"] {
            network.start(element);
        }
        network
    }

    pub fn ip(&self, host: u8) -> IpAddr {
        let [a, b, c] = self.block;
        match self.family {
            Family::V4 => IpAddr::V4(Ipv4Addr::new(a, b, c, host)),
            Family::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        }
    }

    /// Where phones are that a program plays.
    pub fn phones(&self) -> SocketAddr {
        self.at(20, 5060)
    }

    /// `port` of `host`, or where IPv6 has one address only, its own port.
    fn at(&self, host: u8, port: u16) -> SocketAddr {
        let port = match self.family {
            Family::V4 => port,
            Family::V6(first) => first + u16::from(host),
        };
        SocketAddr::new(self.ip(host), port)
    }

    pub fn address(&self, element: &str) -> SocketAddr {
        let host = match element {
            "pcscf" => 2,
            "icscf" => 3,
            "scscf" => 4,
            "hss" => 5,
            other => panic!("no element {other}"),
        };
        self.at(host, if element == "hss" { 3868 } else { 5060 })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write_subscribers(&self, users: usize) {
        let subscription = |user| {
            serde_json::json!({
                "private_identities": [
                    { "impi": format!("user{user}@home.example"), "password": format!("secret{user}") }
                ],
                "implicit_registration_sets": [{ "service_profiles": [
                    { "public_identities": [{ "identity": format!("sip:user{user}@home.example") }] }
                ] }],
            })
        };
        let subscriptions: Vec<_> = (0..users).map(subscription).collect();
        let text = serde_json::json!({ "subscriptions": subscriptions }).to_string();
        std::fs::write(self.path("subscribers.json"), text).expect("subscribers");
    }

    /// The configuration of `element`, as the test network has it.
    pub fn config(&self, element: &str) -> String {
        let at = |name: &str| self.address(name).to_string();
        let admin = "[admin]\nlisten = \"127.0.0.1:0\"\n";
        let capture = format!(
            "[capture]\nfile = {:?}\n",
            self.path(&format!("{element}.pcapng"))
        );
        let diameter = || {
            format!(
                "[diameter]\nidentity = \"{element}.home.example\"\nrealm = \"home.example\"\nreconnect_ms = 100\n\
             request_timeout_ms = 2000\nconnect_from = \"{}\"\n[[diameter.peer]]\n\
             identity = \"hss.home.example\"\naddress = \"{}\"\n",
                self.address(element).ip(),
                at("hss")
            )
        };
        let sip = format!("[sip]\nlisten = \"{}\"\n", self.address(element));
        let own = match element {
            "hss" => format!(
                "subscribers = {:?}\ndatabase = {:?}\n[diameter]\nidentity = \"hss.home.example\"\n\
                 realm = \"home.example\"\nlisten = \"{}\"\n\
                 admit = \"anyone\"\n",
                self.path("subscribers.json"),
                self.path("hss.sqlite3"),
                at("hss")
            ),
            "scscf" => format!(
                "name = \"sip:scscf.home.example\"\nrealm = \"home.example\"\n{sip}{}",
                diameter()
            ),
            "icscf" => format!(
                "{sip}{}[[scscf]]\nname = \"sip:scscf.home.example\"\n[names]\n\
                 \"scscf.home.example\" = \"{}\"\n",
                diameter(),
                at("scscf")
            ),
            "pcscf" => {
                format!(
                    "network = \"visited.example\"\n{sip}[core]\nlisten = \"{}\"\n[names]\n\
                     \"home.example\" = \"{}\"\n",
                    // Of its own address where there are several.
                    SocketAddr::new(self.ip(2), self.at(12, 5070).port()),
                    at("icscf")
                )
            }
            other => panic!("no element {other}"),
        };
        format!("{own}{admin}{capture}")
    }

    /// Writes the configuration of `element` and starts it; returns when it is ready.
    pub fn start(&mut self, element: &'static str) {
        let config = self.path(&format!("{element}.toml"));
        std::fs::write(&config, self.config(element)).expect("a configuration file");
        let process = spawn(element, &config);
        self.processes.push(process);
    }

    pub fn stop(&mut self, element: &str) {
        self.processes.retain(|process| process.name != element);
    }

    /// SIGTERM, and waits for the end.
    pub fn stop_politely(&mut self, element: &str) {
        let at = self
            .processes
            .iter()
            .position(|process| process.name == element)
            .expect("it runs");
        let mut process = self.processes.remove(at);
        let told = Command::new("kill")
            .arg(process.child.id().to_string())
            .status()
            .expect("kill");
        assert!(told.success());
        let ended = process.child.wait().expect("it ends");
        assert!(ended.success(), "{element}: {ended}");
    }

    pub fn process(&self, element: &str) -> &Process {
        self.processes
            .iter()
            .find(|process| process.name == element)
            .expect("it runs")
    }

    /// One answer of the admin port of `element`.
    pub fn admin(&self, element: &str, path: &str) -> String {
        get(self.process(element).admin, path)
    }
}

/// Whether `condition` comes to hold within `time`: what another process does can only be looked for.
#[expect(
    clippy::disallowed_methods,
    reason = "a test of real processes waits by the real clock"
)]
pub fn within(time: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + time;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// The binary of `element`, built by cargo for this test.
pub fn binary(element: &str) -> &'static str {
    match element {
        "hss" => env!("CARGO_BIN_EXE_hss"),
        "scscf" => env!("CARGO_BIN_EXE_scscf"),
        "icscf" => env!("CARGO_BIN_EXE_icscf"),
        "pcscf" => env!("CARGO_BIN_EXE_pcscf"),
        "ue" => env!("CARGO_BIN_EXE_ue"),
        "lab" => env!("CARGO_BIN_EXE_lab"),
        other => panic!("no binary {other}"),
    }
}

/// A registration of `user` by hand, with SIP Digest; gives the last response.
pub fn register(hand: &Hand, user: &str, password: &str) -> String {
    let challenged = hand.ask(&register_request(hand, user, 1, ""));
    let response = Message::parse(challenged.into_bytes().into()).expect("a response");
    let authorization = authorization(&response, user, password);
    hand.ask(&register_request(hand, user, 2, &authorization))
}

/// REGISTER number `cseq` of `user`, with whole header lines of `authorization`.
pub fn register_request(hand: &Hand, user: &str, cseq: u32, authorization: &str) -> String {
    let local = hand.local();
    format!(
        "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-{user}-{cseq};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:{user}@home.example>;tag=f1\r\nTo: <sip:{user}@home.example>\r\n\
         Call-ID: {user}-{}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{user}@{local}>\r\nExpires: 600\r\n\
         {authorization}Content-Length: 0\r\n\r\n",
        local.port()
    )
}

/// The Authorization header that answers the first challenge of `response`.
pub fn authorization(response: &Message, user: &str, password: &str) -> String {
    let challenge = response
        .all(Name::WWW_AUTHENTICATE)
        .find_map(|value| WwwAuthenticate::parse(value).ok())
        .map(|WwwAuthenticate(auth)| Challenge::read(&auth).expect("a digest challenge"))
        .expect("a challenge");
    let credentials = Credentials {
        username: format!("{user}@home.example"),
        secret: Secret::Password(password.as_bytes().to_vec()),
    };
    let value = digest::answer(
        &challenge,
        &credentials,
        Method::REGISTER,
        "sip:home.example",
        "c0ffee",
        1,
        b"",
    )
    .expect("an answer");
    format!("Authorization: {value}\r\n")
}

/// Starts `element` with the file `config`; returns when it says that it is ready.
pub fn spawn(element: &'static str, config: &Path) -> Process {
    started(element, Command::new(binary(element)), config)
}

/// The same with no file larger than `kibibytes`: further writes fail as on a full disk.
pub fn spawn_on_full_disk(element: &'static str, config: &Path, kibibytes: u32) -> Process {
    let mut shell = Command::new("sh");
    let blocks = kibibytes * 2;
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell.arg("-c").arg(limited).arg(binary(element));
    started(element, shell, config)
}

fn started(element: &'static str, mut command: Command, config: &Path) -> Process {
    let mut child = command
        .arg("--config")
        .arg(config)
        .args(["--log", "info", "--log-format", "json"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let log = BufReader::new(child.stderr.take().expect("piped"));
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new()
        .spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                eprintln!("{element}: {line}");
                let _test_over = tell.send(line);
            }
        })
        .expect("a thread for the log");
    let mut process = Process {
        name: element,
        child,
        admin: SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    loop {
        let line = told
            .recv_timeout(READY_WITHIN)
            .unwrap_or_else(|_| panic!("{element} is not ready in time"));
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&line) else {
            continue;
        };
        if value["message"] == format!("{element} is ready") {
            process.admin = value["admin"]
                .as_str()
                .and_then(|at| at.parse().ok())
                .expect("an address");
            return process;
        }
    }
}

/// The body of an HTTP GET.
#[expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]
pub fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("the admin port");
    stream
        .set_read_timeout(Some(READY_WITHIN))
        .expect("a time-out");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
        .unwrap_or(answer)
}

/// A call on the admin port with `body` by who has `token`; the whole response.
#[expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]
pub fn post(address: SocketAddr, path: &str, body: &str, token: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("the admin port");
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// A phone that the test plays by hand over UDP.
#[expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]
pub struct Hand {
    socket: std::net::UdpSocket,
}

#[expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]
impl Hand {
    pub fn new(local: IpAddr, peer: SocketAddr) -> Self {
        let socket = std::net::UdpSocket::bind((local, 0)).expect("a socket");
        socket.connect(peer).expect("a peer");
        Self { socket }
    }

    pub fn local(&self) -> SocketAddr {
        self.socket.local_addr().expect("bound")
    }

    pub fn send(&self, text: &[u8]) {
        self.socket.send(text).expect("sent");
    }

    /// The next datagram within `within`, if there is one.
    pub fn receive(&self, within: Duration) -> Option<String> {
        self.socket
            .set_read_timeout(Some(within))
            .expect("a time-out");
        let mut buffer = vec![0; 65_535];
        let length = self.socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// Sends a request and waits for its final response.
    pub fn ask(&self, text: &str) -> String {
        self.send(text.as_bytes());
        loop {
            let answer = self
                .receive(Duration::from_secs(10))
                .expect("an answer in time");
            if !answer.starts_with("SIP/2.0 1") {
                return answer;
            }
        }
    }
}
