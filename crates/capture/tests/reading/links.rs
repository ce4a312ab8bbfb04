//! What is round an IP packet, and IP itself.

use crate::file::{Given, IP_UDP, Order, all, ethernet};

use capture::{PassedOver, Transport};

#[test]
fn link_types_that_captures_are_made_with_are_read() {
    let order = Order::Little;
    let family = [&2_u32.to_le_bytes()[..], &IP_UDP].concat();
    let cooked = [&[0; 14][..], &[0x08, 0x00], &IP_UDP].concat();
    let cooked_2 = [&[0x08, 0x00][..], &[0; 18], &IP_UDP].concat();
    for (link, octets) in [
        (1, &ethernet()[..]),
        (101, &IP_UDP),
        (12, &IP_UDP),
        (14, &IP_UDP),
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

/// A frame of Ethernet with these EtherTypes before the packet, each but the last of a tag.
fn tagged(types: &[u16], packet: &[u8]) -> Vec<u8> {
    let mut frame = vec![2; 12];
    for (place, kind) in types.iter().enumerate() {
        frame.extend(kind.to_be_bytes());
        if place + 1 < types.len() {
            frame.extend([0x20, 100 + place as u8]);
        }
    }
    frame.extend(packet);
    frame
}

/// IEEE 802.1Q, and one tag in another: the outer as 802.1ad has it, and as it was before.
#[test]
fn vlan_tags_are_taken_off_whatever_is_round_them() {
    let order = Order::Big;
    for types in [
        &[0x0800][..],
        &[0x8100, 0x0800],
        &[0x88a8, 0x8100, 0x0800],
        &[0x9100, 0x8100, 0x0800],
        &[0x8100, 0x8100, 0x8100, 0x8100, 0x0800],
    ] {
        let frame = tagged(types, &IP_UDP);
        let [first, second] = types[0].to_be_bytes();
        let cooked = [&[0; 14][..], &[first, second], &frame[14..]].concat();
        let cooked_2 = [&[first, second][..], &[0; 18], &frame[14..]].concat();
        for (link, octets) in [(1, &frame), (113, &cooked), (276, &cooked_2)] {
            let file = [
                order.section(),
                order.interface(link, &[]),
                order.packet(0, 1, octets, &[]),
            ];
            let given = Given::by(&file.concat());
            assert_eq!(given.payloads(), [b"hello"], "{types:x?} over {link}");
        }
    }
}

/// 2001:db8::1 port 5060 to 2001:db8::2 port 5061; what stands between IPv6 and UDP as given.
fn ip6_udp(first: u8, extensions: &[u8]) -> Vec<u8> {
    let udp = [
        0x13, 0xc4, 0x13, 0xc5, 0, 13, 0, 0, b'h', b'e', b'l', b'l', b'o',
    ];
    let length = (extensions.len() + udp.len()) as u8;
    let mut packet = vec![0x60, 0, 0, 0, 0, length, first, 64];
    for last in [1, 2] {
        packet.extend([
            0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last,
        ]);
    }
    packet.extend(extensions);
    packet.extend(udp);
    packet
}

#[test]
fn ipv6_is_read_also_behind_extension_headers() {
    let order = Order::Little;
    let hop_by_hop = [17, 0, 5, 2, 0, 0, 1, 0];
    // An atomic fragment is a whole datagram (RFC 6946).
    let atomic = [17, 0, 0, 0, 0, 0, 0, 9];
    let plain = ip6_udp(17, &[]);
    let file = [
        order.section(),
        order.interface(101, &[]),
        order.interface(229, &[]),
        order.interface(0, &[]),
        order.interface(1, &[]),
        order.packet(0, 1, &plain, &[]),
        order.packet(1, 1, &plain, &[]),
        order.packet(2, 1, &[&30_u32.to_le_bytes()[..], &plain].concat(), &[]),
        order.packet(3, 1, &tagged(&[0x8100, 0x86dd], &plain), &[]),
        order.packet(0, 1, &ip6_udp(0, &hop_by_hop), &[]),
        order.packet(0, 1, &ip6_udp(44, &atomic), &[]),
    ];
    let given = Given::by(&file.concat());
    assert_eq!(given.payloads(), [b"hello"; 6]);
    for packet in &given.packets {
        assert_eq!(
            packet.from,
            "[2001:db8::1]:5060".parse().expect("an address")
        );
        assert_eq!(packet.to, "[2001:db8::2]:5061".parse().expect("an address"));
    }
}

/// What a network card is given to cut may be longer than the field of the length.
#[test]
fn a_packet_that_says_no_length_is_as_long_as_what_was_captured() {
    let order = Order::Big;
    let mut packet = IP_UDP;
    packet[2..4].copy_from_slice(&[0, 0]);
    let file = [
        order.section(),
        order.interface(101, &[]),
        order.packet(0, 1, &packet, &[]),
        order.cut_packet(0, &packet[..32], 40),
    ];
    let given = Given::by(&file.concat());
    assert_eq!(given.payloads(), [&b"hello"[..], b"hell"]);
    assert_eq!(given.packets[1].missing, 1);
    assert_eq!(
        given.faults,
        ["packet 2: cut short: 32 of 40 octets were captured"]
    );
}

/// SCTP from 3868 to 3869 (RFC 9260 §3.1) with chunks: their types, flags and values.
fn ip_sctp(chunks: &[(u8, u8, &[u8])]) -> Vec<u8> {
    let mut sctp = vec![0x0f, 0x1c, 0x0f, 0x1d, 0, 0, 0, 1, 0, 0, 0, 0];
    for (kind, flags, value) in chunks {
        sctp.extend([*kind, *flags]);
        sctp.extend((4 + value.len() as u16).to_be_bytes());
        sctp.extend(*value);
        sctp.resize(sctp.len().next_multiple_of(4), 0);
    }
    let mut packet = IP_UDP[..20].to_vec();
    packet[2..4].copy_from_slice(&(20 + sctp.len() as u16).to_be_bytes());
    packet[9] = 132;
    packet.extend(sctp);
    packet
}

/// A file of raw IP, each packet a second after the one before.
fn raw(packets: &[Vec<u8>]) -> Vec<u8> {
    let order = Order::Little;
    let mut file = [order.section(), order.interface(101, &[])].concat();
    for (place, packet) in packets.iter().enumerate() {
        file.extend(order.packet(0, 1_000_000 * place as u64, packet, &[]));
    }
    file
}

/// The value of a DATA chunk (RFC 9260 §3.3.1).
fn data(tsn: u32, text: &[u8]) -> Vec<u8> {
    [&tsn.to_be_bytes()[..], &[0; 8], text].concat()
}

#[test]
fn user_messages_of_sctp_are_packets_of_their_own() {
    let interleaved = [&[0, 0, 0, 9][..], &[0; 12], b"third"].concat();
    let mut packets = vec![
        // SACK, then whole messages; the padding of the last is there.
        ip_sctp(&[
            (3, 0, &[0; 12]),
            (0, 3, &data(1, b"one")),
            (0, 7, &data(2, b"second")),
            (64, 3, &interleaved),
        ]),
        // HEARTBEAT.
        ip_sctp(&[(4, 0, &[0; 8])]),
        // The beginning and the end of a long I-DATA message.
        ip_sctp(&[(64, 2, &[1; 20]), (64, 1, &[2; 20])]),
        // A chunk that has no room for its own header, behind one that is whole.
        ip_sctp(&[(0, 3, &data(3, b"good")), (0, 3, &[0; 11])]),
    ];
    let mut cut_off = ip_sctp(&[(0, 3, &data(4, b"better")), (0, 3, &data(5, b"lost"))]);
    let length = cut_off.len() as u16 - 1;
    cut_off.pop();
    cut_off[2..4].copy_from_slice(&length.to_be_bytes());
    packets.push(cut_off);
    let file = raw(&packets);
    let given = Given::by(&file);
    let expected = [&b"one"[..], b"second", b"third", b"good", b"better"];
    assert_eq!(given.payloads(), expected);
    assert_eq!(given.numbers(), ["1", "1", "1", "4", "5"]);
    let packet = &given.packets[2];
    assert_eq!(packet.transport, Transport::Sctp);
    assert_eq!((packet.from.port(), packet.to.port()), (3868, 3869));
    let told = [
        "packet 3: an SCTP message in several I-DATA chunks, which are not put together",
        "packet 4: malformed header: a chunk of SCTP ends too early",
        "packet 5: malformed header: a chunk of SCTP ends too early",
    ];
    assert_eq!(given.faults, told);
    let mut reader = capture::Reader::new(&file[..]);
    while reader.next_record().expect("well-formed").is_some() {}
    let expected = PassedOver {
        sctp: 1,
        ..PassedOver::default()
    };
    assert_eq!(reader.passed_over(), expected);
}

/// RFC 9260 §6.3.3: a chunk that is sent again has the number that it had.
#[test]
fn a_chunk_that_is_sent_again_is_one_message() {
    let one = ip_sctp(&[(0, 3, &data(1, b"one"))]);
    let mut elsewhere = one.clone();
    // To another address of the host (§6.4), and of another association.
    elsewhere[16..20].copy_from_slice(&[192, 0, 2, 9]);
    let mut another = one.clone();
    another[20 + 7] = 9;
    let file = raw(&[
        one.clone(),
        one,
        elsewhere,
        another,
        ip_sctp(&[(0, 3, &data(1, b"one")), (0, 3, &data(2, b"one"))]),
    ]);
    let given = Given::by(&file);
    assert_eq!(given.numbers(), ["1", "4", "5"]);
    assert_eq!(given.payloads(), [b"one"; 3]);
    let mut reader = capture::Reader::new(&file[..]);
    while reader.next_record().expect("well-formed").is_some() {}
    assert_eq!(reader.passed_over().sctp, 2);
}

/// RFC 9260 §6.9: chunks of one message follow each other in their numbers.
#[test]
fn chunks_make_a_message_in_any_order() {
    let first = u32::MAX - 1;
    let chunks = [
        (2, data(first, b"ab")),
        (0, data(first.wrapping_add(1), b"cd")),
        (0, data(first.wrapping_add(2), b"ef")),
        (1, data(first.wrapping_add(3), b"g")),
    ];
    for order in [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [0, 2, 1, 3],
        [1, 0, 3, 2],
        [2, 0, 3, 1],
    ] {
        let before = ip_sctp(&[(0, 3, &data(7, b"whole"))]);
        let mut packets = vec![before];
        // One of them comes twice.
        for place in [order[0], order[0], order[1], order[2], order[3]] {
            let (flags, data) = &chunks[place];
            packets.push(ip_sctp(&[(0, *flags, data)]));
        }
        let given = Given::by(&raw(&packets));
        assert_eq!(given.faults, [""; 0], "{order:?}");
        assert_eq!(given.payloads(), [&b"whole"[..], b"abcdefg"], "{order:?}");
        assert_eq!(given.numbers(), ["1", "2-6"]);
    }
    // Two messages whose numbers join, all in one packet.
    let all = ip_sctp(&[
        (0, 2, &data(1, b"ab")),
        (0, 1, &data(2, b"c")),
        (0, 2, &data(3, b"d")),
        (0, 1, &data(4, b"ef")),
    ]);
    assert_eq!(Given::by(&raw(&[all])).payloads(), [b"abc", b"def"]);
}

#[test]
fn chunks_that_never_come_are_told() {
    const MISSING: &str = "an SCTP message of which chunks are missing";
    let first = ip_sctp(&[(0, 2, &data(1, b"ab"))]);
    let last = ip_sctp(&[(0, 1, &data(3, b"ef"))]);
    let given = Given::by(&raw(&[first.clone(), last.clone()]));
    let told = [
        format!("packet 1: {MISSING}"),
        format!("packet 2: {MISSING}"),
    ];
    assert_eq!(given.faults, told);
    // Time passes.
    let mut packets = vec![first];
    packets.extend(std::iter::repeat_n(IP_UDP.to_vec(), 60));
    packets.push(last);
    let mut reader = &raw(&packets)[..];
    let mut reader = capture::Reader::new(&mut reader);
    let mut faults = Vec::new();
    while let Some(record) = reader.next_record().expect("well-formed") {
        if let capture::Record::Fault(fault) = record {
            faults.push(fault.to_string());
        }
    }
    assert_eq!(faults, [format!("packet 1: {MISSING}")]);
}

#[test]
fn so_many_chunks_wait_and_no_more() {
    const GIVEN_UP: &str =
        "an SCTP message in several chunks, given up because it is too long or too many wait";
    // Beginnings without an end.
    let packets: Vec<_> = (0..=capture::MAX_RUNS as u32)
        .map(|place| ip_sctp(&[(0, 2, &data(2 * place, b"ab"))]))
        .collect();
    let order = Order::Little;
    let mut file = [order.section(), order.interface(101, &[])].concat();
    for packet in &packets {
        file.extend(order.packet(0, 1, packet, &[]));
    }
    let given = Given::by(&file);
    assert_eq!(given.faults[0], format!("packet 1: {GIVEN_UP}"));
    assert_eq!(given.faults.len(), packets.len());
    // A message that never ends.
    let long = vec![7; 65_000];
    let packets: Vec<_> = (0..17)
        .map(|tsn| {
            let flags = if tsn == 0 { 2 } else { 0 };
            ip_sctp(&[(0, flags, &data(tsn, &long))])
        })
        .collect();
    let given = Given::by(&raw(&packets));
    assert_eq!(given.faults, [format!("packet 1: {GIVEN_UP}")]);
}

/// RFC 3032, RFC 2516, RFC 2003, RFC 2784.
#[test]
fn labels_sessions_and_tunnels_are_taken_off() {
    let order = Order::Big;
    let plain = ip6_udp(17, &[]);
    let within = |protocol: u8, header: &[u8], inner: &[u8]| {
        let mut packet = IP_UDP[..20].to_vec();
        let length = (20 + header.len() + inner.len()) as u16;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        packet[9] = protocol;
        [&packet, header, inner].concat()
    };
    let pppoe = |protocol: [u8; 2], inner: &[u8]| {
        let session = [&[0x11, 0, 0, 1, 0, 35][..], &protocol, inner].concat();
        tagged(&[0x8100, 0x8864], &session)
    };
    let labels = [&[0, 1, 0x20, 64, 0, 1, 0x31, 64][..], &IP_UDP].concat();
    let gre_with_all = [0xb0, 0, 0x86, 0xdd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1];
    let mut nested = IP_UDP.to_vec();
    for _ in 0..4 {
        nested = within(4, &[], &nested);
    }
    let file = [
        order.section(),
        order.interface(1, &[]),
        order.interface(101, &[]),
        order.packet(0, 1, &tagged(&[0x8847], &labels), &[]),
        order.packet(0, 1, &pppoe([0, 0x21], &IP_UDP), &[]),
        order.packet(0, 1, &pppoe([0, 0x57], &plain), &[]),
        order.packet(1, 1, &within(4, &[], &IP_UDP), &[]),
        order.packet(1, 1, &within(41, &[], &plain), &[]),
        order.packet(1, 1, &within(47, &[0, 0, 8, 0], &IP_UDP), &[]),
        order.packet(1, 1, &within(47, &gre_with_all, &plain), &[]),
        order.packet(1, 1, &nested, &[]),
        // LCP; pseudowire; GRE of PPP; too many of one another.
        order.packet(0, 1, &pppoe([0xc0, 0x21], &IP_UDP), &[]),
        order.packet(0, 1, &tagged(&[0x8847], &[0, 1, 0x31, 64, 0, 0, 0, 0]), &[]),
        order.packet(1, 1, &within(47, &[0x30, 1, 0x88, 0x0b], &IP_UDP), &[]),
        order.packet(1, 1, &within(4, &[], &nested), &[]),
    ]
    .concat();
    let given = Given::by(&file);
    assert_eq!(given.faults, [""; 0]);
    assert_eq!(given.payloads(), [b"hello"; 8]);
    let mut reader = capture::Reader::new(&file[..]);
    while reader.next_record().expect("well-formed").is_some() {}
    assert_eq!(reader.passed_over().others, 4);
}

#[test]
fn links_that_are_not_read_are_counted_by_their_types() {
    let order = Order::Big;
    let mut file = order.section();
    let links = capture::MAX_LINKS as u16 + 2;
    for link in 0..links {
        file.extend(order.interface(300 + link, &[]));
        file.extend(order.packet(link.into(), 1, &IP_UDP, &[]));
    }
    file.extend(order.packet(1, 1, &IP_UDP, &[]));
    let mut reader = capture::Reader::new(&file[..]);
    assert_eq!(reader.next_record().expect("well-formed"), None);
    let passed_over = reader.passed_over();
    assert_eq!(passed_over.links.len(), capture::MAX_LINKS);
    assert_eq!(passed_over.links[..2], [(300, 1), (301, 2)]);
    assert_eq!(passed_over.other_links, 2);
    let told = passed_over.to_string();
    assert!(
        told.starts_with(
            "1 packet of link type 300, which is not read, 2 packets of link type 301, which is not read, "
        ),
        "{told}"
    );
    assert!(told.ends_with(", 2 packets of other link types"), "{told}");
}

#[test]
fn what_is_not_read_is_counted() {
    let order = Order::Big;
    let with_protocol = |protocol| {
        let mut packet = IP_UDP;
        packet[9] = protocol;
        packet
    };
    let (icmp, gre) = (with_protocol(1), with_protocol(47));
    // Of what would not be read nobody cares whether it is whole.
    let file = [
        order.section(),
        order.interface(101, &[]),
        order.interface(0, &[]),
        order.packet(0, 1, &icmp, &[]),
        order.cut_packet(0, &icmp[..30], 33),
        order.packet(0, 1, &gre, &[]),
        order.packet(0, 1, &[0xff; 40], &[]),
        order.packet(1, 1, &[7; 40], &[]),
    ]
    .concat();
    let mut reader = capture::Reader::new(&file[..]);
    assert_eq!(reader.next_record().expect("well-formed"), None);
    let expected = PassedOver {
        others: 5,
        ..PassedOver::default()
    };
    assert_eq!(reader.passed_over(), expected);
    assert_eq!(reader.packets(), 5);
    assert_eq!(reader.octets(), file.len() as u64);
}
