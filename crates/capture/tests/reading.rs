//! Captures that others wrote, captures that grow, and captures that lie.

use std::io::{self, Read};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{
    Decoder, Direction, MAX_BLOCK, MAX_INTERFACE_BLOCK, MAX_INTERFACES, Message, Packet, ReadError,
    Reader, Recorder, Transport,
};

/// 192.0.2.1:5060 to 192.0.2.2:5061, UDP, "hello"; without a UDP checksum (RFC 768).
const IP_UDP: [u8; 33] = [
    0x45, 0x00, 0x00, 0x21, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb6, 0xc8, 192, 0, 2, 1, 192, 0,
    2, 2, 0x13, 0xc4, 0x13, 0xc5, 0x00, 0x0d, 0x00, 0x00, b'h', b'e', b'l', b'l', b'o',
];

fn ethernet() -> Vec<u8> {
    // Padded to the 60 octets that Ethernet asks for.
    let header = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
    let mut frame = [&header[..], &IP_UDP].concat();
    frame.resize(60, 0);
    frame
}

#[derive(Clone, Copy)]
enum Order {
    Big,
    Little,
}

impl Order {
    fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        match self {
            Order::Big => value.to_be_bytes(),
            Order::Little => value.to_le_bytes(),
        }
    }

    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padded = body.len().next_multiple_of(4);
        let length = self.u32(padded as u32 + 12);
        let padding = vec![0; padded - body.len()];
        [&self.u32(kind)[..], &length, body, &padding, &length].concat()
    }

    fn section(self) -> Vec<u8> {
        let body = [
            &self.u32(0x1A2B_3C4D)[..],
            &self.u16(1),
            &self.u16(0),
            &[0xff; 8],
        ];
        self.block(0x0A0D_0D0A, &body.concat())
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
        let length = self.u16(value.len() as u16);
        [&self.u16(code)[..], &length, value, &padding].concat()
    }

    fn interface(self, link: u16, options: &[Vec<u8>]) -> Vec<u8> {
        let mut body = [&self.u16(link)[..], &[0; 2], &self.u32(65_535)].concat();
        body.extend(options.concat());
        if !options.is_empty() {
            body.extend([0; 4]);
        }
        self.block(1, &body)
    }

    fn packet(self, interface: u32, units: u64, octets: &[u8], options: &[Vec<u8>]) -> Vec<u8> {
        let length = self.u32(octets.len() as u32);
        let mut body = [
            &self.u32(interface)[..],
            &self.u32((units >> 32) as u32),
            &self.u32(units as u32),
            &length,
            &length,
            octets,
        ]
        .concat();
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(options.concat());
        if !options.is_empty() {
            body.extend([0; 4]);
        }
        self.block(6, &body)
    }

    fn pcap(self, magic: u32, link: u32, records: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let mut file = [
            &self.u32(magic)[..],
            &self.u16(2),
            &self.u16(4),
            &[0; 8],
            &self.u32(40),
            &self.u32(link),
        ]
        .concat();
        for (seconds, fraction, octets) in records {
            // More than the snap length was on the wire: usual, and no fault.
            let length = self.u32(octets.len() as u32);
            for word in [
                self.u32(*seconds),
                self.u32(*fraction),
                length,
                self.u32(99),
            ] {
                file.extend(word);
            }
            file.extend(*octets);
        }
        file
    }
}

fn all(file: &[u8]) -> Result<Vec<Packet>, ReadError> {
    let mut reader = Reader::new(file);
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet()? {
        packets.push(packet);
    }
    Ok(packets)
}

fn since_epoch(packet: &Packet) -> Duration {
    packet
        .time
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970")
}

#[test]
fn pcapng_of_both_byte_orders_is_read() {
    for order in [Order::Big, Order::Little] {
        let name = order.option(2, b"eth0");
        let flags = order.option(2, &order.u32(1));
        let file = [
            order.section(),
            order.interface(1, &[name]),
            order.packet(0, 1_767_225_600_000_001, &ethernet(), &[flags]),
        ]
        .concat();
        let packets = all(&file).expect("well-formed");
        assert_eq!(packets.len(), 1);
        let packet = &packets[0];
        // Without if_tsresol, units are microseconds.
        assert_eq!(since_epoch(packet), Duration::new(1_767_225_600, 1_000));
        assert_eq!(packet.direction, Some(Direction::Received));
        assert_eq!(packet.interface.as_deref(), Some("eth0"));
        assert_eq!(packet.transport, Transport::Udp);
        assert_eq!(packet.from, "192.0.2.1:5060".parse().expect("an address"));
        assert_eq!(packet.to, "192.0.2.2:5061".parse().expect("an address"));
        assert_eq!(packet.payload, Bytes::from_static(b"hello"));
    }
}

#[test]
fn resolutions_and_offsets_are_heeded() {
    let order = Order::Big;
    let time = |options: &[Vec<u8>], units| {
        let file = [
            order.section(),
            order.interface(101, options),
            order.packet(0, units, &IP_UDP, &[]),
        ];
        all(&file.concat()).map(|packets| since_epoch(&packets[0]))
    };
    let resolution = |value| order.option(9, &[value]);
    let offset = |value: i64| order.option(14, &value.to_be_bytes());
    let ok = |options: &[Vec<u8>], units| time(options, units).expect("a time");
    assert_eq!(ok(&[resolution(0)], 7), Duration::from_secs(7));
    assert_eq!(ok(&[resolution(3)], 7_005), Duration::from_millis(7_005));
    assert_eq!(ok(&[resolution(9)], 7_000_000_005), Duration::new(7, 5));
    assert_eq!(
        ok(&[resolution(12)], 7_000_000_005_999),
        Duration::new(7, 5)
    );
    assert_eq!(ok(&[resolution(0x81)], 7), Duration::from_millis(3_500));
    assert_eq!(ok(&[resolution(0xff)], u64::MAX), Duration::ZERO);
    assert_eq!(ok(&[resolution(127)], u64::MAX), Duration::ZERO);
    assert_eq!(ok(&[resolution(0), offset(-3)], 7), Duration::from_secs(4));
    assert_eq!(ok(&[offset(1_000)], 5), Duration::new(1_000, 5_000));
    for impossible in [
        time(&[resolution(0)], u64::MAX),
        time(&[resolution(0), offset(-8)], 7),
        time(&[resolution(0), offset(i64::MIN)], 7),
    ] {
        assert!(
            matches!(impossible, Err(ReadError::Malformed(_))),
            "{impossible:?}"
        );
    }
}

#[test]
fn link_types_that_captures_are_made_with_are_read() {
    let order = Order::Little;
    let family = [&2_u32.to_le_bytes()[..], &IP_UDP].concat();
    let cooked = [&[0; 14][..], &[0x08, 0x00], &IP_UDP].concat();
    let cooked_2 = [&[0x08, 0x00][..], &[0; 18], &IP_UDP].concat();
    for (link, octets) in [
        (1, &ethernet()[..]),
        (101, &IP_UDP),
        (228, &IP_UDP),
        (0, &family),
        (108, &family),
        (113, &cooked),
        (276, &cooked_2),
    ] {
        let file = [
            order.section(),
            order.interface(link, &[]),
            order.packet(0, 1, octets, &[]),
        ];
        let packets = all(&file.concat()).expect("well-formed");
        assert_eq!(packets.len(), 1, "link type {link}");
        assert_eq!(packets[0].payload, &b"hello"[..], "link type {link}");
    }
}

#[test]
fn pcap_of_both_orders_and_resolutions_is_read() {
    for order in [Order::Big, Order::Little] {
        for (magic, nanos) in [(0xA1B2_C3D4, 7_000), (0xA1B2_3C4D, 7)] {
            let file = order.pcap(magic, 1, &[(9, 7, &ethernet()), (10, 0, &ethernet())]);
            let packets = all(&file).expect("well-formed");
            assert_eq!(packets.len(), 2);
            assert_eq!(since_epoch(&packets[0]), Duration::new(9, nanos));
            assert_eq!(packets[0].direction, None);
            assert_eq!(packets[1].payload, &b"hello"[..]);
        }
    }
}

#[test]
fn what_is_not_udp_or_tcp_is_counted_and_passed_over() {
    let order = Order::Big;
    let mut arp = ethernet();
    arp[12..14].copy_from_slice(&[0x08, 0x06]);
    let cut_short = &IP_UDP[..30];
    let mut fragment = IP_UDP;
    fragment[6] = 0x20;
    let file = [
        order.section(),
        // A block of a kind that does not concern us, longer than any that does.
        order.block(0x0BAD, &vec![1; MAX_BLOCK + 100]),
        order.interface(1, &[]),
        order.interface(101, &[]),
        order.interface(9_999, &[]),
        order.packet(0, 1, &arp, &[]),
        order.packet(1, 1, cut_short, &[]),
        order.packet(1, 1, &fragment, &[]),
        order.packet(1, 1, &[], &[]),
        order.packet(2, 1, &IP_UDP, &[]),
        order.packet(1, 1, &IP_UDP, &[]),
    ]
    .concat();
    let mut reader = Reader::new(&file[..]);
    let packet = reader
        .next_packet()
        .expect("well-formed")
        .expect("the last");
    assert_eq!(packet.payload, &b"hello"[..]);
    assert!(reader.next_packet().expect("well-formed").is_none());
    assert_eq!(reader.passed_over(), 5);
}

#[test]
fn a_new_section_forgets_the_interfaces_and_may_turn_the_byte_order() {
    let (big, little) = (Order::Big, Order::Little);
    let begin = [big.section(), big.interface(101, &[])].concat();
    let good = [
        begin.clone(),
        big.packet(0, 1, &IP_UDP, &[]),
        little.section(),
        little.interface(101, &[]),
        little.packet(0, 1, &IP_UDP, &[]),
    ];
    assert_eq!(all(&good.concat()).expect("well-formed").len(), 2);
    let bad = [begin, little.section(), little.packet(0, 1, &IP_UDP, &[])];
    let error = all(&bad.concat()).expect_err("no such interface");
    assert!(matches!(error, ReadError::Malformed(_)), "{error}");
}

/// A file of ours with a stream and datagrams.
fn recorded() -> Vec<u8> {
    let mut recorder = Recorder::new(Vec::new(), "scscf").expect("taken");
    for (transport, comment) in [
        (Transport::Udp, Some("first")),
        (Transport::Tcp, None),
        (Transport::Udp, None),
    ] {
        let message = Message {
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1),
            direction: Direction::Sent,
            transport,
            from: "192.0.2.1:5060".parse().expect("an address"),
            to: "192.0.2.2:5060".parse().expect("an address"),
            payload: b"hello",
            comment,
        };
        recorder.record(&message).expect("taken");
    }
    recorder.into_inner()
}

#[test]
fn a_growing_file_gives_each_packet_as_soon_as_it_is_whole() {
    let file = recorded();
    let whole = all(&file).expect("well-formed");
    let mut decoder = Decoder::new();
    let mut packets = Vec::new();
    for octet in file {
        decoder.feed(&[octet]);
        let before = packets.len();
        while let Some(packet) = decoder.next_packet().expect("well-formed") {
            packets.push(packet);
        }
        // A packet comes out with the last octet of its block.
        assert!(packets.len() == before || decoder.is_at_boundary());
    }
    assert_eq!(packets, whole);
}

/// A file of which more appears after its end was seen.
struct Tail<'a>(Vec<&'a [u8]>);

impl Read for Tail<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let part = self.0.remove(0);
        out[..part.len()].copy_from_slice(part);
        Ok(part.len())
    }
}

#[test]
fn reading_goes_on_after_an_end_that_was_not_final() {
    let file = recorded();
    let half = file.len() - 30;
    let tail = Tail(vec![&file[..half], &[], &file[half..], &[], &[]]);
    let mut reader = Reader::new(tail);
    let mut count = 0;
    let error = loop {
        match reader.next_packet() {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("an end within a block"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, ReadError::Truncated), "{error}");
    assert!(reader.next_packet().expect("now whole").is_some());
    assert!(reader.next_packet().expect("an end").is_none());
    assert_eq!(count + 1, all(&file).expect("well-formed").len());
}

#[test]
fn every_truncation_is_an_end_or_says_so() {
    let order = Order::Big;
    for file in [recorded(), order.pcap(0xA1B2_C3D4, 101, &[(1, 1, &IP_UDP)])] {
        for length in 0..file.len() {
            match all(&file[..length]) {
                Ok(_) | Err(ReadError::Truncated) => {}
                Err(other) => panic!("cut at {length}: {other}"),
            }
        }
        assert!(matches!(
            all(&file[..file.len() - 1]),
            Err(ReadError::Truncated)
        ));
    }
    assert!(all(&[]).expect("an empty file").is_empty());
}

#[test]
fn no_octet_that_is_wrong_causes_a_panic() {
    let order = Order::Little;
    let pcap = order.pcap(0xA1B2_C3D4, 101, &[(1, 1, &IP_UDP), (2, 2, &IP_UDP)]);
    for file in [recorded(), pcap] {
        for place in 0..file.len() {
            for wrong in [0, 1, 3, 4, 0x0A, 0x7f, 0x80, 0xff] {
                let mut file = file.clone();
                file[place] = wrong;
                // Whatever comes of it: an answer, and soon.
                let _ = all(&file);
            }
        }
    }
}

#[test]
fn lengths_that_lie_are_refused_before_they_are_waited_for() {
    let order = Order::Big;
    let start = [order.section(), order.interface(101, &[])].concat();
    let header = |kind: u32, length: u32| {
        [&start[..], &order.u32(kind), &order.u32(length), &[0; 4]].concat()
    };
    let limit = MAX_BLOCK as u32;
    for (file, fits) in [
        (header(6, limit), true),
        (header(6, limit + 4), false),
        (header(6, u32::MAX - 3), false),
        (header(1, MAX_INTERFACE_BLOCK as u32), true),
        (header(1, MAX_INTERFACE_BLOCK as u32 + 4), false),
    ] {
        match all(&file) {
            Err(ReadError::Truncated) if fits => {}
            Err(ReadError::TooLong { .. }) if !fits => {}
            other => panic!("{other:?}"),
        }
    }
    for length in [0, 8, 13] {
        let error = all(&header(6, length)).expect_err("no such block");
        assert!(matches!(error, ReadError::Malformed(_)), "{error}");
    }
    let mut pcap = order.pcap(0xA1B2_C3D4, 101, &[]);
    pcap.extend([0, 0, 0, 1, 0, 0, 0, 1, 0x7f, 0, 0, 0, 0, 0, 0, 1]);
    let error = all(&pcap).expect_err("no such packet");
    assert!(matches!(error, ReadError::TooLong { .. }), "{error}");
}

#[test]
fn interfaces_are_limited() {
    let order = Order::Big;
    let mut file = order.section();
    for _ in 0..MAX_INTERFACES {
        file.extend(order.interface(101, &[]));
    }
    assert!(all(&file).expect("as many as may be").is_empty());
    file.extend(order.interface(101, &[]));
    assert!(matches!(all(&file), Err(ReadError::TooManyInterfaces)));
}

#[test]
fn what_is_no_capture_is_said_to_be_none() {
    for file in [&b"REGISTER sip:example.com SIP/2.0\r\n"[..], &[0; 64]] {
        let error = all(file).expect_err("not a capture");
        assert!(matches!(error, ReadError::NotACapture), "{error}");
    }
    let broken_section = [&[0x0A, 0x0D, 0x0D, 0x0A][..], &[0, 0, 0, 28], &[9; 20]].concat();
    assert!(all(&broken_section).is_err());
}

#[test]
fn after_a_fault_nothing_is_read_on() {
    let order = Order::Big;
    let mut decoder = Decoder::new();
    decoder.feed(b"nonsense");
    assert!(decoder.next_packet().is_err());
    decoder.feed(&order.section());
    assert!(matches!(
        decoder.next_packet(),
        Err(ReadError::Malformed(_))
    ));
}
