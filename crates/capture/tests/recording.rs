//! What the recorder writes, checked octet by octet and through the reader.

use std::cell::Cell;
use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use capture::{
    Direction, MAX_CONNECTIONS, MAX_SEGMENT, MAX_UDP_PAYLOAD, Message, Packet, Reader, Recorder,
    Transport,
};

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(1_767_225_600, 123_456_789)
}

fn message<'a>(transport: Transport, from: &str, to: &str, payload: &'a [u8]) -> Message<'a> {
    Message {
        time: noon(),
        direction: Direction::Sent,
        transport,
        from: address(from),
        to: address(to),
        payload,
        comment: None,
    }
}

fn recorder() -> Recorder<Vec<u8>> {
    Recorder::new(Vec::new(), "scscf").expect("memory takes it")
}

fn read(octets: &[u8]) -> Vec<Packet> {
    let mut reader = Reader::new(octets);
    let all = std::iter::from_fn(|| reader.next_packet().expect("well-formed")).collect();
    assert_eq!(reader.passed_over(), capture::PassedOver::default());
    all
}

/// The sum of RFC 1071 over `octets`: 0xffff where the checksum within is right.
fn internet_sum(octets: &[u8]) -> u16 {
    let sum: u64 = octets
        .chunks(2)
        .map(|pair| u64::from(pair[0]) << 8 | u64::from(*pair.get(1).unwrap_or(&0)))
        .sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    ((sum & 0xffff) + (sum >> 16)) as u16
}

/// The packet of the last block: after 28 octets of block header, as long as its captured length says.
fn last_packet(file: &[u8]) -> &[u8] {
    let word = |at: usize| u32::from_ne_bytes(file[at..at + 4].try_into().expect("four octets"));
    let length = word(file.len() - 4) as usize;
    let block = file.len() - length;
    &file[block + 28..block + 28 + word(block + 20) as usize]
}

#[test]
fn a_datagram_has_the_headers_of_rfc_791_and_768() {
    let mut recorder = recorder();
    let message = message(
        Transport::Udp,
        "192.0.2.1:5060",
        "198.51.100.7:5070",
        b"REGISTER!",
    );
    recorder.record(&message).expect("recorded");
    let file = recorder.into_inner();
    let packet = last_packet(&file);
    let (ip, udp) = packet.split_at(20);
    assert_eq!(ip[0], 0x45);
    assert_eq!(ip[2..4], 37_u16.to_be_bytes());
    assert_eq!(ip[9], 17);
    assert_eq!(ip[12..20], [192, 0, 2, 1, 198, 51, 100, 7]);
    assert_eq!(internet_sum(ip), 0xffff);
    assert_eq!(udp[..4], [0x13, 0xc4, 0x13, 0xce]);
    assert_eq!(udp[4..6], 17_u16.to_be_bytes());
    assert_eq!(&udp[8..], b"REGISTER!");
    let pseudo = [&ip[12..20], &[0, 17, 0, 17], udp].concat();
    assert_eq!(internet_sum(&pseudo), 0xffff);
}

#[test]
fn over_ipv6_the_checksum_covers_the_pseudo_header_of_rfc_8200() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut recorder = recorder();
        let message = message(
            transport,
            "[2001:db8::1]:5060",
            "[2001:db8::2]:5070",
            b"odd",
        );
        recorder.record(&message).expect("recorded");
        let file = recorder.into_inner();
        let (ip, rest) = last_packet(&file).split_at(40);
        assert_eq!(ip[0] >> 4, 6);
        assert_eq!(usize::from(u16::from_be_bytes([ip[4], ip[5]])), rest.len());
        let length = (rest.len() as u32).to_be_bytes();
        let pseudo = [&ip[8..40], &length, &[0, 0, 0, ip[6]], rest].concat();
        assert_eq!(internet_sum(&pseudo), 0xffff);
    }
}

#[test]
fn everything_said_of_a_message_is_read_back() {
    let mut recorder = recorder();
    let sent = Message {
        comment: Some("lost"),
        ..message(Transport::Udp, "192.0.2.1:5060", "192.0.2.2:5060", b"one")
    };
    recorder.record(&sent).expect("recorded");
    recorder.switch_to("hss").expect("recorded");
    let received = Message {
        direction: Direction::Received,
        comment: None,
        ..sent
    };
    recorder.record(&received).expect("recorded");
    recorder.switch_to("scscf").expect("recorded");
    recorder.record(&sent).expect("recorded");
    let packets = read(&recorder.into_inner());
    let names: Vec<_> = packets.iter().map(|it| it.interface.as_deref()).collect();
    assert_eq!(names, [Some("scscf"), Some("hss"), Some("scscf")]);
    let Packet {
        time,
        direction,
        transport,
        from,
        to,
        payload,
        segment,
        comment,
        ..
    } = packets[0].clone();
    assert_eq!(time, noon());
    assert_eq!(direction, Some(Direction::Sent));
    assert_eq!((transport, segment), (Transport::Udp, None));
    assert_eq!((from, to), (sent.from, sent.to));
    assert_eq!(payload, &b"one"[..]);
    assert_eq!(comment.as_deref(), Some("lost"));
    assert_eq!(packets[1].direction, Some(Direction::Received));
    assert_eq!(packets[1].comment, None);
}

#[test]
fn a_stream_has_its_handshake_its_numbers_and_its_end() {
    let (a, b) = (address("192.0.2.9:40000"), address("192.0.2.2:3868"));
    let mut recorder = recorder();
    let sent = message(Transport::Tcp, "192.0.2.9:40000", "192.0.2.2:3868", b"CER");
    let received = Message {
        direction: Direction::Received,
        from: b,
        to: a,
        payload: b"CEA..",
        ..sent
    };
    recorder
        .opened(noon(), Direction::Sent, a, b)
        .expect("recorded");
    recorder.record(&sent).expect("recorded");
    recorder.record(&received).expect("recorded");
    recorder.record(&sent).expect("recorded");
    recorder
        .finished(noon(), Direction::Sent, a, b)
        .expect("recorded");
    recorder
        .finished(noon(), Direction::Sent, a, b)
        .expect("recorded");
    recorder
        .finished(noon(), Direction::Received, b, a)
        .expect("recorded");
    let packets = read(&recorder.into_inner());
    let first = packets[0].segment.expect("of TCP").sequence;
    // Who sends, SYN or FIN, octets, sequence and acknowledgement from the first on.
    let seen: Vec<_> = packets
        .iter()
        .map(|packet| {
            let segment = packet.segment.expect("of TCP");
            let sent = packet.direction == Some(Direction::Sent);
            assert_eq!(sent, packet.from == a);
            (
                if sent { 'a' } else { 'b' },
                if segment.syn {
                    'S'
                } else if segment.fin {
                    'F'
                } else {
                    '.'
                },
                packet.payload.len(),
                segment.sequence.wrapping_sub(first),
                segment
                    .acknowledgment
                    .map(|number| number.wrapping_sub(first)),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ('a', 'S', 0, 0, None),
            ('b', 'S', 0, 0, Some(1)),
            ('a', '.', 0, 1, Some(1)),
            ('a', '.', 3, 1, Some(1)),
            ('b', '.', 5, 1, Some(4)),
            ('a', '.', 3, 4, Some(6)),
            ('a', 'F', 0, 7, Some(6)),
            ('b', 'F', 0, 6, Some(8)),
            ('a', '.', 0, 8, Some(7)),
        ]
    );
}

#[test]
fn a_stream_first_heard_in_its_middle_begins_with_a_handshake() {
    let mut recorder = recorder();
    let message = message(Transport::Tcp, "192.0.2.9:40000", "192.0.2.2:3868", b"DWR");
    recorder.record(&message).expect("recorded");
    let packets = read(&recorder.into_inner());
    assert_eq!(packets.len(), 4);
    assert!(packets[0].segment.is_some_and(|it| it.syn) && packets[0].from == message.from);
    assert_eq!(packets[3].payload, &b"DWR"[..]);
}

#[test]
fn a_reset_ends_a_connection_and_the_next_has_a_handshake_and_other_numbers() {
    let (a, b) = (address("192.0.2.9:40000"), address("192.0.2.2:3868"));
    let mut recorder = recorder();
    recorder
        .opened(noon(), Direction::Sent, a, b)
        .expect("recorded");
    recorder
        .reset(noon(), Direction::Received, b, a)
        .expect("recorded");
    recorder
        .reset(noon(), Direction::Received, b, a)
        .expect("recorded");
    let later = noon() + Duration::from_secs(1);
    recorder
        .opened(later, Direction::Sent, a, b)
        .expect("recorded");
    let packets = read(&recorder.into_inner());
    let segments: Vec<_> = packets.iter().filter_map(|it| it.segment).collect();
    assert_eq!(segments.len(), 7);
    assert!(segments[3].rst && segments[4].syn);
    assert_ne!(segments[0].sequence, segments[4].sequence);
}

#[test]
fn long_runs_of_a_stream_are_split_and_fit_together() {
    let octets: Vec<u8> = (0..2 * MAX_SEGMENT + 7)
        .map(|number| number as u8)
        .collect();
    let mut recorder = recorder();
    let message = message(Transport::Tcp, "192.0.2.9:40000", "192.0.2.2:3868", &octets);
    recorder.record(&message).expect("recorded");
    let packets = read(&recorder.into_inner());
    let pieces: Vec<_> = packets.iter().filter(|it| !it.payload.is_empty()).collect();
    let lengths: Vec<_> = pieces.iter().map(|it| it.payload.len()).collect();
    assert_eq!(lengths, [MAX_SEGMENT, MAX_SEGMENT, 7]);
    let first = pieces[0].segment.expect("of TCP").sequence;
    let mut whole = Vec::new();
    for piece in pieces {
        let at = piece.segment.expect("of TCP").sequence.wrapping_sub(first);
        assert_eq!(at as usize, whole.len());
        whole.extend_from_slice(&piece.payload);
    }
    assert_eq!(whole, octets);
}

#[test]
fn the_longest_datagram_is_taken_and_a_longer_one_refused() {
    let octets = vec![7; MAX_UDP_PAYLOAD + 1];
    for ends in [["192.0.2.1:1", "192.0.2.2:2"], ["[::1]:1", "[::1]:2"]] {
        let mut recorder = recorder();
        let longest = &octets[..MAX_UDP_PAYLOAD];
        let fits = message(Transport::Udp, ends[0], ends[1], longest);
        recorder.record(&fits).expect("recorded");
        let longer = message(Transport::Udp, ends[0], ends[1], &octets);
        let error = recorder
            .record(&longer)
            .expect_err("there is no such datagram");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        // The refused one left nothing behind.
        recorder.record(&fits).expect("recorded");
        let packets = read(&recorder.into_inner());
        assert_eq!(packets.len(), 2);
        assert_eq!(packets[1].payload, longest);
    }
}

#[test]
fn ends_of_two_families_are_refused_and_mapped_addresses_are_ipv4() {
    let mut recorder = recorder();
    for transport in [Transport::Udp, Transport::Tcp] {
        let mixed = message(transport, "192.0.2.1:1", "[2001:db8::1]:2", b"x");
        let error = recorder.record(&mixed).expect_err("no such packet");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    let mapped = message(Transport::Udp, "[::ffff:192.0.2.1]:1", "192.0.2.2:2", b"x");
    recorder.record(&mapped).expect("recorded");
    let packets = read(&recorder.into_inner());
    assert_eq!(packets.len(), 1);
    assert_eq!(packets[0].from, address("192.0.2.1:1"));
}

/// Counts octets that were written and not flushed.
#[derive(Default)]
struct Pipe {
    flushed: Vec<u8>,
    waiting: Vec<u8>,
}

impl Write for &mut Pipe {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        self.flushed.extend(waiting);
        Ok(())
    }
}

#[test]
fn each_message_is_flushed() {
    for count in 1..=3 {
        let mut pipe = Pipe::default();
        let mut recorder = Recorder::new(&mut pipe, "scscf").expect("taken");
        let message = message(Transport::Tcp, "192.0.2.1:1", "192.0.2.2:2", b"x");
        for _ in 0..count {
            recorder.record(&message).expect("taken");
        }
        drop(recorder);
        assert_eq!(read(&pipe.flushed).len(), 3 + count);
        assert_eq!(pipe.waiting, []);
    }
}

#[test]
fn a_writer_that_fails_is_told_of() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = Recorder::new(Full, "scscf").err().expect("no room");
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

/// Counts what is written.
struct Count<'a>(&'a Cell<usize>);

impl Write for Count<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + octets.len());
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn of_too_many_connections_the_longest_silent_is_forgotten() {
    let called = address("192.0.2.2:3868");
    let caller = |number: usize| {
        let ip = Ipv4Addr::from_bits(0x0a00_0000 + number as u32);
        SocketAddr::new(ip.into(), 40_000)
    };
    let written = Cell::new(0);
    let mut recorder = Recorder::new(Count(&written), "hss").expect("taken");
    // Whether a handshake is written, for a connection not known or forgotten.
    let mut is_new = |number| {
        let before = written.get();
        recorder
            .opened(noon(), Direction::Received, caller(number), called)
            .expect("taken");
        written.get() > before
    };
    assert!((0..MAX_CONNECTIONS).all(&mut is_new));
    assert!(!is_new(0));
    assert!(is_new(MAX_CONNECTIONS));
    assert!(!is_new(0) && !is_new(2));
    assert!(is_new(1));
}

#[test]
fn a_clock_before_1970_and_a_long_comment_are_no_obstacle() {
    let mut recorder = recorder();
    let comment = "ä".repeat(40_000);
    let early = Message {
        time: SystemTime::UNIX_EPOCH - Duration::from_secs(1),
        comment: Some(&comment),
        ..message(Transport::Udp, "192.0.2.1:1", "192.0.2.2:2", b"x")
    };
    recorder.record(&early).expect("recorded");
    let packets = read(&recorder.into_inner());
    assert_eq!(packets[0].time, SystemTime::UNIX_EPOCH);
    let kept = packets[0].comment.as_ref().expect("a comment");
    assert!(comment.starts_with(kept.as_str()) && kept.len() > 65_000);
}
