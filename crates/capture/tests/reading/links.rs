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
        order.cut_packet(0, &packet, 40),
    ];
    let given = Given::by(&file.concat());
    assert_eq!(given.payloads(), [b"hello"]);
    assert_eq!(
        given.faults,
        ["packet 2: cut short: 33 of 40 octets were captured"]
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

#[test]
fn user_messages_of_sctp_are_packets_of_their_own() {
    let order = Order::Little;
    let data = |text: &str| [&[0; 12][..], text.as_bytes()].concat();
    let interleaved = [&[0; 16][..], b"third"].concat();
    let (one, two) = (data("one"), data("second"));
    let packets = [
        // SACK, then whole messages; the padding of the last is there.
        ip_sctp(&[
            (3, 0, &[0; 12]),
            (0, 3, &one),
            (0, 7, &two),
            (64, 3, &interleaved),
        ]),
        // HEARTBEAT.
        ip_sctp(&[(4, 0, &[0; 8])]),
        // The beginning, the middle and the end of a long one.
        ip_sctp(&[(0, 2, &one), (0, 0, &one), (0, 1, &one)]),
        // A chunk that has no room for its own header.
        ip_sctp(&[(0, 3, &[0; 11])]),
    ];
    let mut file = [order.section(), order.interface(101, &[])].concat();
    for packet in &packets {
        file.extend(order.packet(0, 1, packet, &[]));
    }
    let mut cut_off = packets[0].clone();
    let length = cut_off.len() as u16 - 1;
    cut_off.pop();
    cut_off[2..4].copy_from_slice(&length.to_be_bytes());
    cut_off[20 + 12 + 2..20 + 12 + 4].copy_from_slice(&[0, 3]);
    file.extend(order.packet(0, 1, &cut_off, &[]));
    let given = Given::by(&file);
    assert_eq!(given.payloads(), [&b"one"[..], b"second", b"third"]);
    assert_eq!(given.numbers(), ["1", "1", "1"]);
    let packet = &given.packets[2];
    assert_eq!(packet.transport, Transport::Sctp);
    assert_eq!((packet.from.port(), packet.to.port()), (3868, 3869));
    let told = [
        "packet 3: an SCTP message in several chunks, which are not put together",
        "packet 4: malformed header: a chunk of SCTP ends too early",
        "packet 5: malformed header: a chunk of SCTP ends too early",
    ];
    assert_eq!(given.faults, told);
    let mut reader = capture::Reader::new(&file[..]);
    while reader.next_record().expect("well-formed").is_some() {}
    assert_eq!(reader.passed_over(), PassedOver { sctp: 1, others: 0 });
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
    let expected = PassedOver { sctp: 0, others: 5 };
    assert_eq!(reader.passed_over(), expected);
    assert_eq!(reader.packets(), 5);
    assert_eq!(reader.octets(), file.len() as u64);
}
