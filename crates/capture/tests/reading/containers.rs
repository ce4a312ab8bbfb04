//! pcap and pcapng in all that they may vary in.

use std::time::Duration;

use bytes::Bytes;
use capture::{Direction, Secrets, Transport};

use crate::file::{Given, IP_UDP, Order, all, ethernet, since_epoch};

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
        since_epoch(&all(&file.concat()).expect("well-formed")[0])
    };
    let resolution = |value| order.option(9, &[value]);
    let offset = |value: i64| order.option(14, &value.to_be_bytes());
    assert_eq!(time(&[resolution(0)], 7), Duration::from_secs(7));
    assert_eq!(time(&[resolution(3)], 7_005), Duration::from_millis(7_005));
    assert_eq!(time(&[resolution(9)], 7_000_000_005), Duration::new(7, 5));
    assert_eq!(
        time(&[resolution(12)], 7_000_000_005_999),
        Duration::new(7, 5)
    );
    assert_eq!(time(&[resolution(0x81)], 7), Duration::from_millis(3_500));
    assert_eq!(time(&[resolution(0xff)], u64::MAX), Duration::ZERO);
    assert_eq!(time(&[resolution(127)], u64::MAX), Duration::ZERO);
    assert_eq!(
        time(&[resolution(0), offset(-3)], 7),
        Duration::from_secs(4)
    );
    assert_eq!(time(&[offset(1_000)], 5), Duration::new(1_000, 5_000));
    for (options, units) in [
        (vec![resolution(0)], u64::MAX),
        (vec![resolution(0)], (1 << 63) - 1),
        (vec![resolution(0)], 253_402_300_800),
        (vec![], u64::MAX),
        (vec![resolution(0), offset(-8)], 7),
        (vec![resolution(0), offset(i64::MIN)], 7),
    ] {
        let file = [
            order.section(),
            order.interface(101, &options),
            order.packet(0, units, &IP_UDP, &[]),
            order.packet(0, 9, &IP_UDP, &[]),
        ];
        let given = Given::by(&file.concat());
        let told = "packet 1: malformed block: a time that no clock shows";
        assert_eq!(given.faults[0], told);
    }
    // The last second of the year 9999.
    assert_eq!(
        time(&[resolution(0)], 253_402_300_799),
        Duration::from_secs(253_402_300_799)
    );
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
    let given = Given::by(&bad.concat());
    let told = "packet 1: malformed block: a packet of interface 0, which is not described";
    assert_eq!(given.faults, [told]);
}

#[test]
fn simple_packets_are_read_without_a_time_of_their_own() {
    for order in [Order::Big, Order::Little] {
        let mut limited = order.interface(101, &[]);
        limited[12..16].copy_from_slice(&order.u32(30));
        let file = [
            order.section(),
            order.interface(101, &[]),
            order.simple_packet(&IP_UDP, 33),
            order.packet(0, 7_000_000, &IP_UDP, &[]),
            order.simple_packet(&IP_UDP, 33),
            order.simple_packet(&IP_UDP, 99),
            order.section(),
            limited,
            order.simple_packet(&IP_UDP[..30], 33),
        ];
        let given = Given::by(&file.concat());
        let times: Vec<u64> = given
            .packets
            .iter()
            .map(|p| since_epoch(p).as_secs())
            .collect();
        assert_eq!(times, [0, 7, 7, 7]);
        assert_eq!(given.payloads(), [&b"hello"[..], b"hello", b"hello", b"he"]);
        let told = [
            "packet 4: malformed block: a packet reaches over its block's end",
            "packet 5: cut short: 30 of 33 octets were captured",
        ];
        assert_eq!(given.faults, told);
    }
}

#[test]
fn packet_blocks_of_old_are_read() {
    for order in [Order::Big, Order::Little] {
        let length = order.u32(IP_UDP.len() as u32);
        // Interface, drops, time in two words, lengths, packet, flags.
        let body = [
            &order.u16(0)[..],
            &order.u16(3),
            &order.u32(1),
            &order.u32(5),
            &length,
            &length,
            &IP_UDP,
            &[0; 3],
            &order.option(2, &order.u32(2)),
            &[0; 4],
        ];
        let file = [
            order.section(),
            order.interface(101, &[]),
            order.block(2, &body.concat()),
        ];
        let packets = all(&file.concat()).expect("well-formed");
        assert_eq!(packets[0].payload, &b"hello"[..]);
        assert_eq!(packets[0].direction, Some(Direction::Sent));
        assert_eq!(
            since_epoch(&packets[0]),
            Duration::from_micros((1 << 32) + 5)
        );
    }
}

/// Code that reads options must not assume that their end is marked (§3.5).
#[test]
fn options_may_end_with_their_block() {
    for order in [Order::Big, Order::Little] {
        let name = order.option(2, b"eth0");
        let interface = [&order.u16(101)[..], &[0; 2], &order.u32(0), &name].concat();
        let length = order.u32(IP_UDP.len() as u32);
        let fields = [&[0; 12][..], &length, &length, &IP_UDP, &[0; 3]].concat();
        let comment = order.option(1, b"so");
        let file = [
            order.section(),
            order.block(1, &interface),
            order.block(6, &[fields, comment].concat()),
        ];
        let given = Given::by(&file.concat());
        assert_eq!(given.faults, [""; 0]);
        assert_eq!(given.packets[0].interface.as_deref(), Some("eth0"));
        assert_eq!(given.packets[0].comment.as_deref(), Some("so"));
    }
}

#[test]
fn several_interfaces_keep_their_links_names_and_clocks() {
    let order = Order::Little;
    let name = |name| order.option(2, name);
    let nanoseconds = order.option(9, &[9]);
    let file = [
        order.section(),
        order.interface(1, &[name(b"left")]),
        order.interface(101, &[name(b"right"), nanoseconds]),
        order.packet(1, 5, &IP_UDP, &[]),
        order.packet(0, 5, &ethernet(), &[]),
    ];
    let packets = all(&file.concat()).expect("well-formed");
    let seen = packets
        .iter()
        .map(|p| (p.interface.as_deref(), since_epoch(p).as_nanos()));
    let seen: Vec<_> = seen.collect();
    assert_eq!(seen, [(Some("right"), 5), (Some("left"), 5_000)]);
}

#[test]
fn secrets_are_handed_on_and_not_shown() {
    for order in [Order::Big, Order::Little] {
        let log = b"CLIENT_RANDOM 00 11\n";
        let body = [
            &order.u32(Secrets::TLS_KEY_LOG)[..],
            &order.u32(log.len() as u32),
            log,
        ];
        let lies = [&order.u32(7)[..], &order.u32(u32::MAX), b"four"];
        let file = [
            order.section(),
            order.block(10, &body.concat()),
            order.block(10, &lies.concat()),
            order.block(10, &[]),
        ];
        let secrets = Given::by(&file.concat()).secrets;
        assert_eq!(secrets.len(), 2);
        assert_eq!(secrets[0].kind, Secrets::TLS_KEY_LOG);
        assert_eq!(secrets[0].octets, &log[..]);
        assert_eq!(secrets[1].octets, &b"four"[..]);
        assert!(!format!("{secrets:?}").contains("CLIENT_RANDOM"));
    }
}

/// The upper bits say whether frames have a check sequence, and of how many octets.
#[test]
fn the_link_type_of_pcap_is_in_its_lower_bits() {
    let mut frame = ethernet();
    frame.extend([1, 2, 3, 4]);
    let file = Order::Big.pcap(0xA1B2_C3D4, 0x4400_0001, &[(9, 7, &frame)]);
    assert_eq!(Given::by(&file).payloads(), [b"hello"]);
}
