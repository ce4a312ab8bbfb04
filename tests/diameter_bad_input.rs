//! The HSS as a process, with a Diameter client played by hand over TCP: every frame is plain arithmetic.
#![expect(
    clippy::disallowed_types,
    reason = "the test is a client of a real socket"
)]

mod network;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use network::Network;

/// V: a Vendor-Id follows.
const V: u8 = 0x80;
/// M: must be understood.
const M: u8 = 0x40;
/// R and P: a request that may be proxied.
const REQUEST: u8 = 0xc0;
/// E: the answer is a protocol error.
const ERROR: u8 = 0x20;
const TGPP: u32 = 10_415;
const CX: u32 = 16_777_216;
const UAR: u32 = 300;
const SAR: u32 = 301;
const MAR: u32 = 303;
const FAILED_AVP: u32 = 279;
/// How long an answer or the end of a connection may take.
const SOON: Duration = Duration::from_secs(10);

/// One AVP with its padding (RFC 6733 §4.1).
fn avp(code: u32, flags: u8, vendor: u32, data: &[u8]) -> Vec<u8> {
    let header = if flags & V == 0 { 8 } else { 12 };
    let length = u32::try_from(header + data.len()).expect("short");
    let mut octets = code.to_be_bytes().to_vec();
    octets.extend((u32::from(flags) << 24 | length).to_be_bytes());
    if flags & V != 0 {
        octets.extend(vendor.to_be_bytes());
    }
    octets.extend(data);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

fn ietf(code: u32, data: &[u8]) -> Vec<u8> {
    avp(code, M, 0, data)
}

fn tgpp(code: u32, data: &[u8]) -> Vec<u8> {
    avp(code, V | M, TGPP, data)
}

/// The AVP with another length in its header than it has.
fn with_length(mut avp: Vec<u8>, length: u8) -> Vec<u8> {
    avp[5..8].copy_from_slice(&[0, 0, length]);
    avp
}

/// A whole message (RFC 6733 §3).
fn frame(flags: u8, command: u32, application: u32, hop_by_hop: u32, avps: &[Vec<u8>]) -> Vec<u8> {
    let body = avps.concat();
    let length = u32::try_from(20 + body.len()).expect("short");
    let mut octets = (1 << 24 | length).to_be_bytes().to_vec();
    octets.extend((u32::from(flags) << 24 | command).to_be_bytes());
    for word in [application, hop_by_hop, 0x2222_2222] {
        octets.extend(word.to_be_bytes());
    }
    octets.extend(body);
    octets
}

/// The AVPs one after another: code and data.
fn avps(octets: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut rest = octets;
    let mut found = Vec::new();
    while rest.len() >= 8 {
        let length = u32::from_be_bytes([0, rest[5], rest[6], rest[7]]) as usize;
        let header = if rest[4] & V == 0 { 8 } else { 12 };
        let code = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]);
        found.push((code, rest[header..length].to_vec()));
        rest = &rest[length.next_multiple_of(4).min(rest.len())..];
    }
    found
}

fn one(octets: &[u8], wanted: u32) -> Option<Vec<u8>> {
    let mut found = avps(octets).into_iter().filter(|(code, _)| *code == wanted);
    let (_, data) = found.next()?;
    assert_eq!(found.next(), None, "AVP {wanted} stands more than once");
    Some(data)
}

fn number(data: &[u8]) -> u32 {
    u32::from_be_bytes(data.try_into().expect("four octets"))
}

/// A Diameter node at the end of a socket.
struct Client {
    stream: TcpStream,
    host: String,
    asked: u32,
}

impl Client {
    /// A connection; no CER yet.
    fn connect(at: SocketAddr, host: &str) -> Self {
        let stream = TcpStream::connect(at).expect("the HSS listens");
        stream.set_read_timeout(Some(SOON)).expect("a time-out");
        Self {
            stream,
            host: host.to_owned(),
            asked: 0,
        }
    }

    /// A connection with capabilities exchanged (RFC 6733 §5.3).
    fn open(at: SocketAddr, host: &str) -> Self {
        let mut client = Self::connect(at, host);
        let ours = [ietf(266, &TGPP.to_be_bytes()), ietf(258, &CX.to_be_bytes())].concat();
        let cer = frame(
            0x80,
            257,
            0,
            7,
            &[
                ietf(264, host.as_bytes()),
                ietf(296, b"home.example"),
                ietf(257, &[0, 1, 127, 0, 0, 1]),
                ietf(266, &0u32.to_be_bytes()),
                avp(269, 0, 0, b"by hand"),
                ietf(265, &TGPP.to_be_bytes()),
                ietf(260, &ours),
            ],
        );
        let cea = client.exchange(&cer);
        assert_eq!(number(&one(&cea[20..], 268).expect("Result-Code")), 2001);
        client
    }

    fn send(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).expect("sent");
    }

    /// The next message; none where the connection ended.
    fn receive(&mut self) -> Option<Vec<u8>> {
        let mut message = vec![0; 20];
        match self.stream.read_exact(&mut message) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                panic!("neither an answer nor an end")
            }
            Err(_) => return None,
        }
        let length = u32::from_be_bytes([0, message[1], message[2], message[3]]) as usize;
        message.resize(length, 0);
        self.stream.read_exact(&mut message[20..]).ok()?;
        Some(message)
    }

    fn exchange(&mut self, request: &[u8]) -> Vec<u8> {
        self.send(request);
        let answer = self.receive().expect("an answer");
        assert_eq!(answer[4] & 0x80, 0, "not a request");
        assert_eq!(
            answer[5..20],
            request[5..20],
            "command, application and identifiers are repeated"
        );
        answer
    }

    /// A request of Cx: the common head, then `own`.
    fn request(&mut self, command: u32, own: &[Vec<u8>]) -> Vec<u8> {
        self.asked += 1;
        let session = format!("{};1;{}", self.host, self.asked);
        let application = [ietf(266, &TGPP.to_be_bytes()), ietf(258, &CX.to_be_bytes())].concat();
        let mut all = vec![
            ietf(263, session.as_bytes()),
            ietf(260, &application),
            ietf(277, &1u32.to_be_bytes()),
            ietf(264, self.host.as_bytes()),
            ietf(296, b"home.example"),
            ietf(283, b"home.example"),
        ];
        all.extend_from_slice(own);
        frame(REQUEST, command, CX, self.asked, &all)
    }

    fn ask(&mut self, command: u32, own: &[Vec<u8>]) -> Vec<u8> {
        let request = self.request(command, own);
        self.exchange(&request)
    }

    /// Result-Code and the content of Failed-AVP of the answer.
    fn refused(&mut self, command: u32, own: &[Vec<u8>]) -> (u32, Option<Vec<u8>>) {
        let answer = self.ask(command, own);
        let code = number(&one(&answer[20..], 268).expect("Result-Code"));
        assert_eq!(
            answer[4] & ERROR != 0,
            (3000..4000).contains(&code),
            "E goes with 3xxx (RFC 6733 §7.1.3)"
        );
        (code, one(&answer[20..], FAILED_AVP))
    }

    /// A whole UAR is served: Experimental-Result.
    fn is_served(&mut self) -> bool {
        let answer = self.ask(UAR, &uar(0));
        let experimental = one(&answer[20..], 297).expect("Experimental-Result");
        matches!(
            number(&one(&experimental, 298).expect("its code")),
            2001 | 2002
        )
    }

    fn is_closed(&mut self) -> bool {
        self.receive().is_none()
    }
}

fn user_name(user: usize) -> Vec<u8> {
    ietf(1, format!("user{user}@home.example").as_bytes())
}

fn public_identity(user: usize) -> Vec<u8> {
    tgpp(601, format!("sip:user{user}@home.example").as_bytes())
}

fn visited_network() -> Vec<u8> {
    tgpp(600, b"visited.example")
}

fn uar(user: usize) -> Vec<Vec<u8>> {
    vec![user_name(user), public_identity(user), visited_network()]
}

fn sar(user: usize, assignment: u32) -> Vec<Vec<u8>> {
    vec![
        user_name(user),
        public_identity(user),
        tgpp(602, b"sip:scscf.home.example"),
        tgpp(614, &assignment.to_be_bytes()),
        tgpp(624, &0u32.to_be_bytes()),
    ]
}

fn hss(users: usize) -> Network {
    let mut network = Network::new();
    network.write_subscribers(users);
    network.start("hss");
    network
}

/// What is wrong, the command, its own AVPs, Result-Code and the AVP in Failed-AVP.
type Case = (&'static str, u32, Vec<Vec<u8>>, u32, Option<Vec<u8>>);

#[test]
fn avps_that_break_a_rule_are_refused_with_failed_avp_and_the_connection_stays() {
    let network = hss(1);
    let mut client = Client::open(network.address("hss"), "icscf.home.example");
    let unknown = avp(9_999, M, 0, b"what");
    let unknown_of_3gpp = avp(9_999, V | M, TGPP, b"what");
    let beyond = with_length(tgpp(601, b"sip:user0@home.example"), 200);
    let beyond_header = [&beyond[..12]].concat();
    let below = with_length(user_name(0), 7);
    let bad_text = ietf(1, b"\xff\xfe@home.example");
    let cases: Vec<Case> = vec![
        (
            "no User-Name",
            UAR,
            vec![public_identity(0), visited_network()],
            5005,
            Some(ietf(1, b"")),
        ),
        (
            "no Public-Identity",
            UAR,
            vec![user_name(0), visited_network()],
            5005,
            Some(tgpp(601, b"")),
        ),
        (
            "no Server-Name",
            SAR,
            sar(0, 1)
                .into_iter()
                .filter(|avp| avp[..4] != 602u32.to_be_bytes())
                .collect(),
            5005,
            Some(tgpp(602, b"")),
        ),
        (
            "a length out of the message",
            UAR,
            vec![user_name(0), visited_network(), beyond],
            5014,
            Some(beyond_header),
        ),
        (
            "a length below its header",
            UAR,
            vec![public_identity(0), visited_network(), below],
            5014,
            None,
        ),
        (
            "a number of three octets",
            UAR,
            [uar(0), vec![tgpp(623, &[0, 0, 1])]].concat(),
            5014,
            None,
        ),
        (
            "text that is no UTF-8",
            UAR,
            vec![bad_text.clone(), public_identity(0), visited_network()],
            5004,
            Some(bad_text),
        ),
        (
            "an unknown User-Authorization-Type",
            UAR,
            [uar(0), vec![tgpp(623, &9u32.to_be_bytes())]].concat(),
            5004,
            Some(tgpp(623, &9u32.to_be_bytes())),
        ),
        (
            "an unknown Server-Assignment-Type",
            SAR,
            sar(0, 99),
            5004,
            Some(tgpp(614, &99u32.to_be_bytes())),
        ),
        (
            "User-Name twice",
            UAR,
            [uar(0), vec![user_name(0)]].concat(),
            5009,
            Some(user_name(0)),
        ),
        (
            "an unknown AVP with M",
            UAR,
            [uar(0), vec![unknown.clone()]].concat(),
            5001,
            Some(unknown),
        ),
        (
            "an unknown AVP of 3GPP with M",
            UAR,
            [uar(0), vec![unknown_of_3gpp.clone()]].concat(),
            5001,
            Some(unknown_of_3gpp),
        ),
        ("an unknown command", 399, uar(0), 3001, None),
    ];
    for (what, command, own, code, failed_avp) in cases {
        let (answered, failed) = client.refused(command, &own);
        assert_eq!(answered, code, "{what}");
        if code >= 5000 {
            let failed = failed.unwrap_or_else(|| panic!("{what}: no Failed-AVP"));
            match failed_avp {
                // The header with least data; what data an AVP of wrong length has, nobody knows.
                Some(wanted) if code == 5014 => assert_eq!(failed[..4], wanted[..4], "{what}"),
                Some(wanted) => assert_eq!(failed, wanted, "{what}"),
                None => {}
            }
        }
        assert!(client.is_served(), "after {what}");
    }

    // Unknown without M is carried and harms nobody (RFC 6733 §4.1).
    let answer = client.ask(UAR, &[uar(0), vec![avp(9_999, 0, 0, b"what")]].concat());
    assert!(one(&answer[20..], 297).is_some());

    // Another application than Cx, here Sh.
    let mut other = client.request(UAR, &uar(0));
    other[8..12].copy_from_slice(&16_777_217u32.to_be_bytes());
    let answer = client.exchange(&other);
    assert_eq!(number(&one(&answer[20..], 268).expect("Result-Code")), 3007);
    assert_eq!(answer[4] & ERROR, ERROR);
    assert!(client.is_served());
}

#[test]
fn a_broken_frame_closes_its_own_connection_alone() {
    let network = hss(1);
    let at = network.address("hss");
    let mut bystander = Client::open(at, "scscf.home.example");
    let broken: [(&str, [u8; 4]); 5] = [
        ("version 2", [2, 0, 0, 20]),
        ("length 7", [1, 0, 0, 7]),
        ("length 0", [1, 0, 0, 0]),
        ("length no multiple of four", [1, 0, 0, 22]),
        ("length beyond the limit", [1, 0xff, 0xff, 0xfc]),
    ];
    for (what, head) in broken {
        let mut client = Client::open(at, "icscf.home.example");
        assert!(client.is_served(), "before {what}");
        let mut octets = client.request(UAR, &uar(0));
        octets[..4].copy_from_slice(&head);
        client.send(&octets);
        assert!(client.is_closed(), "{what}");
        assert!(bystander.is_served(), "after {what}");
    }
    let metrics = network.admin("hss", "/metrics");
    assert!(metrics.contains("wayfarer_diameter_"), "{metrics}");
}

#[test]
fn what_is_no_cer_at_the_start_closes_the_connection() {
    let network = hss(1);
    let at = network.address("hss");
    let mut bystander = Client::open(at, "scscf.home.example");
    let mut early = Client::connect(at, "icscf.home.example");
    let uar = early.request(UAR, &uar(0));
    for garbage in [
        b"GET / HTTP/1.1\r\nHost: hss\r\n\r\n".to_vec(),
        b"REGISTER sip:home.example SIP/2.0\r\n\r\n".to_vec(),
        vec![0; 64],
        vec![0xff; 64],
        uar,
        // A CER that ends in the middle.
        frame(
            0x80,
            257,
            0,
            1,
            &[with_length(ietf(264, b"icscf.home.example"), 250)],
        ),
    ] {
        let mut client = Client::connect(at, "icscf.home.example");
        client.send(&garbage);
        // A CER that is refused is told so first.
        while let Some(refusal) = client.receive() {
            assert_eq!(refusal[5..8], [0, 1, 1], "a CEA");
            assert_ne!(
                number(&one(&refusal[20..], 268).expect("Result-Code")),
                2001
            );
        }
        assert!(bystander.is_served());
    }
}

#[test]
fn secrets_are_neither_in_the_admin_view_nor_in_the_database() {
    let network = hss(1);
    let mut client = Client::open(network.address("hss"), "scscf.home.example");
    let own = [
        user_name(0),
        public_identity(0),
        tgpp(612, &tgpp(608, b"SIP Digest")),
        tgpp(607, &1u32.to_be_bytes()),
        tgpp(602, b"sip:scscf.home.example"),
    ];
    let answer = client.ask(MAR, &own);
    let item = one(&answer[20..], 612).expect("SIP-Auth-Data-Item");
    let digest = one(&item, 635).expect("SIP-Digest-Authenticate");
    let ha1 = String::from_utf8(one(&digest, 121).expect("Digest-HA1")).expect("hex");
    assert_eq!(ha1.len(), 32);
    for path in ["/state", "/metrics", "/health"] {
        let shown = network.admin("hss", path);
        assert!(!shown.contains(&ha1), "{path} shows HA1: {shown}");
        assert!(
            !shown.contains("secret0"),
            "{path} shows a password: {shown}"
        );
    }
    for file in ["hss.sqlite3", "hss.sqlite3-wal"] {
        if let Ok(octets) = std::fs::read(network.path(file)) {
            assert!(
                !octets.windows(7).any(|seven| seven == b"secret0"),
                "{file} has the password"
            );
        }
    }
}

/// Many SARs on the way at once, the HSS killed with some of them answered: whatever was answered is there afterwards.
#[test]
fn what_was_answered_is_in_the_database_after_kill_9() {
    const KILLS: usize = 12;
    const AT_ONCE: usize = 20;
    let mut network = hss(KILLS * AT_ONCE);
    let at = network.address("hss");
    let mut answered = Vec::new();
    for round in 0..KILLS {
        let mut client = Client::open(at, "scscf.home.example");
        let users = round * AT_ONCE..(round + 1) * AT_ONCE;
        let requests: Vec<u8> = users
            .clone()
            .flat_map(|user| client.request(SAR, &sar(user, 1)))
            .collect();
        client.send(&requests);
        let mut take = |client: &mut Client| {
            let answer = client.receive()?;
            assert_eq!(number(&one(&answer[20..], 268).expect("Result-Code")), 2001);
            // Hop-by-hop identifiers count from 1.
            answered.push(users.start + number(&answer[12..16]) as usize - 1);
            Some(())
        };
        for _ in 0..=round {
            take(&mut client).expect("an answer");
        }
        // SIGKILL: nothing is written that was not.
        network.stop("hss");
        while take(&mut client).is_some() {}
        network.start("hss");
        let mut client = Client::open(at, "icscf.home.example");
        for &user in &answered {
            let answer = client.ask(UAR, &uar(user));
            let name = one(&answer[20..], 602);
            assert_eq!(
                name.as_deref(),
                Some(&b"sip:scscf.home.example"[..]),
                "user{user} was answered and lost"
            );
        }
    }
    assert!(answered.len() >= KILLS * (KILLS + 1) / 2);
}
