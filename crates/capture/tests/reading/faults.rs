//! Captures that lie, and packets that cannot be given.

use capture::{
    Decoder, Direction, MAX_BLOCK, MAX_INTERFACE_BLOCK, MAX_INTERFACES, ReadError, Reader, Record,
};

use crate::file::{Given, IP_UDP, Order, all, ethernet, since_epoch};
use crate::growing::recorded;

#[test]
fn what_is_not_udp_or_tcp_is_counted_and_what_is_broken_is_told() {
    let order = Order::Big;
    let mut arp = ethernet();
    arp[12..14].copy_from_slice(&[0x08, 0x06]);
    let mut fragment = IP_UDP;
    // More fragments follow, so that it had to be a multiple of eight octets: 13 are not.
    fragment[6] = 0x20;
    let mut udp_too_long = IP_UDP;
    udp_too_long[25] = 14;
    let mut version = IP_UDP;
    version[0] = 0x41;
    let file = [
        order.section(),
        // A block of a kind that does not concern us, longer than any that does.
        order.block(0x0BAE, &vec![1; MAX_BLOCK + 100]),
        order.interface(1, &[]),
        order.interface(101, &[]),
        order.interface(9_999, &[]),
        order.packet(0, 1, &arp, &[]),
        order.packet(1, 1, &IP_UDP[..30], &[]),
        order.cut_packet(1, &IP_UDP[..30], 33),
        order.packet(1, 1, &fragment, &[]),
        order.packet(1, 1, &[], &[]),
        order.packet(2, 1, &IP_UDP, &[]),
        order.packet(1, 1, &udp_too_long, &[]),
        order.packet(1, 1, &version, &[]),
        order.cut_packet(0, &ethernet()[..13], 60),
        order.packet(3, 1, &IP_UDP, &[]),
        // What was on the wire behind the packet need not be there.
        order.cut_packet(1, &IP_UDP, 60),
    ]
    .concat();
    let given = Given::by(&file);
    assert_eq!(given.numbers(), ["3", "11"]);
    // What was captured of it is given.
    assert_eq!(given.payloads(), [&b"he"[..], b"hello"]);
    assert_eq!(given.packets[0].missing, 3);
    assert_eq!(given.packets[1].missing, 0);
    let begins = [
        "packet 2: malformed header: ",
        "packet 3: cut short: 30 of 33 octets were captured",
        "packet 4: an IP datagram whose fragments overlap or contradict each other",
        "packet 7: malformed header: ",
        "packet 8: malformed header: ",
        "packet 9: cut short: 13 of 60 octets were captured",
        "packet 10: malformed block: a packet of interface 3, which is not described",
    ];
    assert_eq!(given.faults.len(), begins.len(), "{:#?}", given.faults);
    for (told, begin) in given.faults.iter().zip(begins) {
        assert!(told.starts_with(begin), "{told}");
    }
    let mut reader = Reader::new(&file[..]);
    while reader.next_packet().expect("well-formed").is_some() {}
    // ARP, and nothing at all.
    assert_eq!(reader.passed_over().others, 2);
    assert_eq!(reader.passed_over().links, [(9_999, 1)]);
}

#[test]
fn a_block_that_cannot_be_read_costs_itself_alone() {
    for order in [Order::Big, Order::Little] {
        let good = order.packet(0, 1, &IP_UDP, &[]);
        let mut captured_too_long = good.clone();
        captured_too_long[20..24].copy_from_slice(&order.u32(1_000));
        let not_text = order.packet(0, 1, &IP_UDP, &[order.option(1, b"\xff\xfe")]);
        let file = [
            order.section(),
            order.interface(101, &[]),
            // An option that reaches over the end.
            order.block(
                1,
                &[&order.u16(101)[..], &[0; 6], &order.u16(2), &order.u16(99)].concat(),
            ),
            good.clone(),
            captured_too_long,
            not_text,
            order.block(6, &[0; 8]),
            order.packet(1, 1, &IP_UDP, &[]),
            good,
        ];
        let given = Given::by(&file.concat());
        assert_eq!(given.numbers(), ["1", "3", "5", "6"]);
        let begins = [
            "packet 0: followed by a malformed description of an interface: ",
            "packet 2: malformed block: ",
            "packet 3: an option that cannot be read: ",
            "packet 4: malformed block: ",
        ];
        assert_eq!(given.faults.len(), begins.len(), "{:#?}", given.faults);
        for (told, begin) in given.faults.iter().zip(begins) {
            assert!(told.starts_with(begin), "{told}");
        }
    }
}

#[test]
fn a_length_that_is_said_twice_and_not_the_same_ends_the_reading() {
    let order = Order::Big;
    let mut block = order.packet(0, 1, &IP_UDP, &[]);
    *block.last_mut().expect("a block") ^= 4;
    let file = [
        order.section(),
        order.interface(101, &[]),
        order.packet(0, 1, &IP_UDP, &[]),
        block,
    ]
    .concat();
    let mut reader = Reader::new(&file[..]);
    assert!(reader.next_packet().expect("the first is whole").is_some());
    let error = reader.next_packet().expect_err("nobody knows the next");
    assert!(matches!(error, ReadError::Malformed(_)), "{error}");
    assert_eq!(reader.packets(), 1);
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

/// What is wrong with options costs them alone, and those of an interface that are right count.
#[test]
fn an_option_that_cannot_be_read_costs_itself_alone() {
    for order in [Order::Big, Order::Little] {
        let nanoseconds = order.option(9, &[9]);
        let file = [
            order.section_with(&order.option(4, b"caf\xe9")),
            order.interface(101, &[order.option(2, b"caf\xe9"), nanoseconds]),
            order.packet(0, 7, &IP_UDP, &[order.option(2, &[1, 0])]),
            order.packet(
                0,
                8,
                &IP_UDP,
                &[order.option(1, b"caf\xe9"), order.option(2, &order.u32(1))],
            ),
            order.packet(0, 9, &IP_UDP, &[order.option(1, b"so")]),
        ];
        let given = Given::by(&file.concat());
        assert_eq!(given.numbers(), ["1", "2", "3"]);
        let nanos = given.packets.iter().map(|it| since_epoch(it).as_nanos());
        assert_eq!(nanos.collect::<Vec<_>>(), [7, 8, 9]);
        assert_eq!(given.packets[0].direction, None);
        assert_eq!(given.packets[1].direction, Some(Direction::Received));
        assert_eq!(given.packets[1].comment, None);
        assert_eq!(given.packets[2].comment.as_deref(), Some("so"));
        let begins = [
            "packet 0: followed by a section with an option that cannot be read: ",
            "packet 0: followed by a malformed description of an interface: ",
            "packet 1: an option that cannot be read: ",
            "packet 2: an option that cannot be read: ",
        ];
        assert_eq!(given.faults.len(), begins.len(), "{:#?}", given.faults);
        for (told, begin) in given.faults.iter().zip(begins) {
            assert!(told.starts_with(begin), "{told}");
        }
        // No end of the options is no fault (§3.5), of a section either.
        let mut section = order.section_with(&order.option(4, b"me"));
        section.drain(32..36);
        section[4..8].copy_from_slice(&order.u32(36));
        section[32..].copy_from_slice(&order.u32(36));
        let file = [section, file[1].clone(), file[4].clone()].concat();
        let given = Given::by(&file);
        assert_eq!(given.numbers(), ["1"]);
        assert_eq!(given.faults.len(), 1, "{:?}", given.faults);
    }
}

#[test]
fn blocks_that_are_too_long_are_passed_over_and_told() {
    let order = Order::Big;
    let good = order.packet(0, 1, &IP_UDP, &[]);
    let long = vec![0x45; MAX_BLOCK];
    let file = [
        order.section(),
        order.interface(101, &[]),
        order.packet(0, 1, &long, &[]),
        good.clone(),
        order.interface(101, &[order.option(2, &[b'x'; MAX_INTERFACE_BLOCK])]),
        order.interface(101, &[]),
        order.packet(2, 1, &IP_UDP, &[]),
        good,
    ];
    let given = Given::by(&file.concat());
    assert_eq!(given.numbers(), ["2", "3", "4"]);
    let told = [
        "packet 1: in a block of 1048608 octets, above the limit of 1048576",
        "packet 2: in a block of 4124 octets, above the limit of 4096",
    ];
    assert_eq!(given.faults, told);
    let records = [(1, 1, &IP_UDP[..]), (2, 2, &long[..]), (3, 3, &IP_UDP)];
    let given = Given::by(&order.pcap(0xA1B2_C3D4, 101, &records));
    assert_eq!(given.numbers(), ["1", "3"]);
    let told = ["packet 2: in a block of 1048592 octets, above the limit of 1048576"];
    assert_eq!(given.faults, told);
}

#[test]
fn lengths_that_lie_are_told_before_they_are_waited_for() {
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
        let mut reader = Reader::new(&file[..]);
        let first = reader.next_record();
        match first {
            Err(ReadError::Truncated) if fits => continue,
            Ok(Some(Record::Fault(_))) if !fits => {}
            other => panic!("{other:?}"),
        }
        let end = reader.next_record();
        assert!(matches!(end, Err(ReadError::Truncated)), "{end:?}");
    }
    for length in [0, 8, 13] {
        let error = all(&header(6, length)).expect_err("no such block");
        assert!(matches!(error, ReadError::Malformed(_)), "{error}");
    }
    // Of a section the header tells what follows.
    let mut section = order.section();
    section[4..8].copy_from_slice(&order.u32(limit + 4));
    let error = all(&section).expect_err("no such section");
    assert!(matches!(error, ReadError::TooLong { .. }), "{error}");
}

#[test]
fn interfaces_are_limited() {
    let order = Order::Big;
    let mut file = order.section();
    for _ in 0..MAX_INTERFACES + 2 {
        file.extend(order.interface(101, &[]));
    }
    for interface in [0, 4_095, 4_096, 4_097, 4_098] {
        file.extend(order.packet(interface, 1, &IP_UDP, &[]));
    }
    let given = Given::by(&file);
    assert_eq!(given.numbers(), ["1", "2"]);
    let told = [
        "packet 0: followed by a malformed description of an interface: more than 4096 of them, whose packets are not \
         read",
        "packet 3: malformed block: a packet of interface 4096, beyond the limit of 4096",
        "packet 4: malformed block: a packet of interface 4097, beyond the limit of 4096",
        "packet 5: malformed block: a packet of interface 4098, which is not described",
    ];
    assert_eq!(given.faults, told);
}

#[test]
fn what_is_no_capture_is_said_to_be_none() {
    for file in [&b"REGISTER sip:example.com SIP/2.0\r\n"[..], &[0; 64]] {
        let error = all(file).expect_err("not a capture");
        assert!(matches!(error, ReadError::NotACapture), "{error}");
    }
    // The modified pcap of old patches, which has more in each record.
    let modified = Order::Little.pcap(0xA1B2_CD34, 1, &[]);
    assert!(matches!(all(&modified), Err(ReadError::Modified)));
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
