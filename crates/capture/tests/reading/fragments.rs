//! IP datagrams in fragments.

use capture::MAX_FRAGMENTED;

use crate::file::{Given, IP_UDP, Order};

/// UDP from 5060 to 5061 with a payload of which each octet tells its place.
fn udp(payload: usize) -> Vec<u8> {
    let length = (8 + payload) as u16;
    let mut octets = vec![0x13, 0xc4, 0x13, 0xc5];
    octets.extend(length.to_be_bytes());
    octets.extend([0, 0]);
    octets.extend((0..payload).map(|place| (place % 251) as u8));
    octets
}

#[derive(Clone, Copy)]
enum Version {
    Four,
    Six,
}

/// The part of a datagram that is `octets[from..to]`.
fn fragment(
    version: Version,
    identification: u16,
    octets: &[u8],
    from: usize,
    to: usize,
) -> Vec<u8> {
    let more = u16::from(to < octets.len());
    let part = &octets[from..to];
    match version {
        Version::Four => {
            let mut packet = IP_UDP[..20].to_vec();
            packet[2..4].copy_from_slice(&(20 + part.len() as u16).to_be_bytes());
            packet[4..6].copy_from_slice(&identification.to_be_bytes());
            let field = more << 13 | (from / 8) as u16;
            packet[6..8].copy_from_slice(&field.to_be_bytes());
            packet.extend(part);
            packet
        }
        Version::Six => {
            let length = 8 + part.len() as u16;
            let mut packet = vec![0x60, 0, 0, 0];
            packet.extend(length.to_be_bytes());
            packet.extend([44, 64]);
            for last in [1, 2] {
                packet.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
            }
            packet.extend([17, 0]);
            packet.extend((from as u16 | more).to_be_bytes());
            packet.extend([0, 0]);
            packet.extend(identification.to_be_bytes());
            packet.extend(part);
            packet
        }
    }
}

/// A file of packets, each a second after the one before.
fn file(packets: &[Vec<u8>]) -> Vec<u8> {
    let order = Order::Little;
    let mut file = [order.section(), order.interface(101, &[])].concat();
    for (place, packet) in packets.iter().enumerate() {
        file.extend(order.packet(0, 1_000_000 * place as u64, packet, &[]));
    }
    file
}

const MISSING: &str = "an IP datagram of which fragments are missing";
const OVERLAP: &str = "an IP datagram whose fragments overlap or contradict each other";

#[test]
fn fragments_make_a_datagram_in_any_order() {
    let whole = udp(3_000);
    for version in [Version::Four, Version::Six] {
        let part = |from, to| fragment(version, 7, &whole, from, to);
        let parts = [part(0, 1_480), part(1_480, 2_960), part(2_960, 3_008)];
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let mut packets = order.map(|place| parts[place].clone()).to_vec();
            packets.insert(1, IP_UDP.to_vec());
            let given = Given::by(&file(&packets));
            assert_eq!(given.faults, [""; 0]);
            assert_eq!(given.payloads(), [b"hello", &whole[8..]]);
            assert_eq!(given.numbers(), ["2", "1-4"]);
        }
    }
}

#[test]
fn fragments_that_were_captured_twice_count_once() {
    let whole = udp(40);
    for version in [Version::Four, Version::Six] {
        let first = fragment(version, 7, &whole, 0, 24);
        let last = fragment(version, 7, &whole, 24, 48);
        let packets = [&first, &first, &last, &last, &first].map(Clone::clone);
        let given = Given::by(&file(&packets));
        assert_eq!(given.numbers(), ["1-3"]);
        assert_eq!(given.faults, [""; 0]);
        // Another datagram may have the same identification later.
        let other = fragment(version, 7, &udp(64), 0, 32);
        let rest = fragment(version, 7, &udp(64), 32, 72);
        let given = Given::by(&file(&[first, last, other, rest]));
        assert_eq!(given.numbers(), ["1-2", "3-4"]);
    }
}

#[test]
fn identifications_addresses_and_protocols_keep_datagrams_apart() {
    let (one, other) = (udp(40), udp(56));
    let packets = [
        fragment(Version::Four, 1, &one, 0, 24),
        fragment(Version::Four, 2, &other, 0, 24),
        fragment(Version::Four, 2, &other, 24, 64),
        fragment(Version::Four, 1, &one, 24, 48),
    ];
    let given = Given::by(&file(&packets));
    assert_eq!(given.payloads(), [&other[8..], &one[8..]]);
    assert_eq!(given.numbers(), ["2-3", "1-4"]);
}

/// RFC 5722 §4, and the attacks that it answers: what overlaps is dropped as a whole, and told once.
#[test]
fn a_datagram_whose_fragments_overlap_is_dropped() {
    let whole = udp(56);
    let other: Vec<u8> = whole.iter().map(|octet| !octet).collect();
    let part = |octets: &[u8], from, to| fragment(Version::Six, 7, octets, from, to);
    for second in [
        part(&whole, 16, 48),
        part(&whole, 8, 16),
        part(&whole, 0, 16),
        part(&other, 0, 24),
        // Ends before what is there already: its length contradicts.
        part(&whole[..16], 8, 16),
    ] {
        let packets = [
            IP_UDP.to_vec(),
            part(&whole, 0, 24),
            second,
            part(&whole, 24, 64),
            part(&whole, 24, 64),
        ];
        let given = Given::by(&file(&packets));
        assert_eq!(given.numbers(), ["1"]);
        assert_eq!(given.faults, [format!("packet 2: {OVERLAP}")]);
    }
}

/// RFC 6864 §4: of IPv4 the same identification comes round, so that a lost fragment must not cost another datagram.
#[test]
fn what_cannot_be_of_the_same_datagram_of_ipv4_begins_another() {
    let (before, whole) = (udp(72), udp(56));
    let part = |octets: &[u8], from, to| fragment(Version::Four, 7, octets, from, to);
    for old in [part(&before, 0, 32), part(&before, 16, 32)] {
        let packets = [old, part(&whole, 0, 24), part(&whole, 24, 64)];
        let given = Given::by(&file(&packets));
        assert_eq!(given.payloads(), [&whole[8..]]);
        assert_eq!(given.numbers(), ["2-3"]);
        assert_eq!(given.faults, [format!("packet 1: {MISSING}")]);
    }
    // A fragment that no datagram can have costs itself alone.
    let mut odd = part(&whole, 0, 24);
    odd.pop();
    odd[3] -= 1;
    let packets = [part(&whole, 0, 24), odd, part(&whole, 24, 64)];
    let given = Given::by(&file(&packets));
    assert_eq!(given.numbers(), ["1-3"]);
    assert_eq!(given.faults, [format!("packet 2: {OVERLAP}")]);
}

/// RFC 8200 §4.5: extension headers for the destination are of the fragmentable part.
#[test]
fn what_is_fragmented_may_begin_with_extension_headers() {
    let options = [17, 0, 1, 4, 0, 0, 0, 0];
    let whole = [&options[..], &udp(200)].concat();
    let part = |from, to, next| {
        let mut packet = fragment(Version::Six, 7, &whole, from, to);
        packet[40] = next;
        packet
    };
    // Of others than the first the next header says nothing.
    for (first, second) in [
        (part(0, 104, 60), part(104, 216, 60)),
        (part(0, 104, 60), part(104, 216, 17)),
    ] {
        for packets in [
            [first.clone(), second.clone()],
            [second.clone(), first.clone()],
        ] {
            let given = Given::by(&file(&packets));
            assert_eq!(given.faults, [""; 0]);
            assert_eq!(given.payloads(), [&whole[16..]]);
        }
    }
    // A header that reaches beyond the datagram is told.
    let mut first = part(0, 104, 60);
    first[49] = 200;
    let given = Given::by(&file(&[first, part(104, 216, 60)]));
    assert_eq!(given.faults.len(), 1);
    assert!(
        given.faults[0].starts_with("packet 2: malformed header: "),
        "{:?}",
        given.faults
    );
}

/// A last fragment that would make more than 65 535 octets.
#[test]
fn no_datagram_is_longer_than_its_length_can_say() {
    for version in [Version::Four, Version::Six] {
        let mut ping = fragment(version, 7, &[0; 64], 0, 64);
        let field = match version {
            Version::Four => 6..8,
            Version::Six => 42..44,
        };
        let offset = match version {
            Version::Four => 0x1fff,
            Version::Six => 0xfff8,
        };
        ping[field].copy_from_slice(&u16::to_be_bytes(offset));
        let given = Given::by(&file(&[ping]));
        assert_eq!(given.faults, [format!("packet 1: {OVERLAP}")]);
    }
}

#[test]
fn fragments_that_never_come_are_told_by_the_first() {
    let whole = udp(3_000);
    let part = |from, to| fragment(Version::Six, 7, &whole, from, to);
    // The capture ends.
    let given = Given::by(&file(&[
        IP_UDP.to_vec(),
        part(0, 1_480),
        part(2_960, 3_008),
    ]));
    assert_eq!(given.faults, [format!("packet 2: {MISSING}")]);
    // Time passes: after 60 s a fragment comes in time, after 61 s it begins another.
    for (pause, told) in [(59, vec![]), (60, vec!["packet 1: ", "packet 62: "])] {
        let mut packets = vec![part(0, 1_480)];
        packets.extend(std::iter::repeat_n(IP_UDP.to_vec(), pause));
        packets.push(part(1_480, 3_008));
        let given = Given::by(&file(&packets));
        let told: Vec<String> = told
            .iter()
            .map(|place| format!("{place}{MISSING}"))
            .collect();
        assert_eq!(given.faults, told);
        assert_eq!(given.packets.len(), pause + usize::from(told.is_empty()));
    }
}

/// Identifications of IPv4 come round sooner than RFC 1122 lets hosts wait.
#[test]
fn fragments_of_ipv4_wait_less() {
    let whole = udp(3_000);
    for (pause, told) in [(4, vec![]), (5, vec!["packet 1: ", "packet 7: "])] {
        let mut packets = vec![fragment(Version::Four, 7, &whole, 0, 1_480)];
        packets.extend(std::iter::repeat_n(IP_UDP.to_vec(), pause));
        packets.push(fragment(Version::Four, 7, &whole, 1_480, 3_008));
        let given = Given::by(&file(&packets));
        let told: Vec<String> = told
            .iter()
            .map(|place| format!("{place}{MISSING}"))
            .collect();
        assert_eq!(given.faults, told);
    }
}

#[test]
fn so_many_datagrams_wait_and_no_more() {
    let whole = udp(40);
    let mut packets: Vec<_> = (0..=MAX_FRAGMENTED as u16)
        .map(|identification| fragment(Version::Four, identification, &whole, 0, 24))
        .collect();
    let order = Order::Little;
    let mut file = [order.section(), order.interface(101, &[])].concat();
    packets.push(fragment(Version::Four, 1, &whole, 24, 48));
    for packet in packets {
        file.extend(order.packet(0, 1, &packet, &[]));
    }
    let given = Given::by(&file);
    let first = "packet 1: an IP datagram in fragments, given up because too many wait for theirs";
    assert_eq!(given.faults[0], first);
    // The second was not given up, and the others still wait in the end.
    assert_eq!(given.packets.len(), 1);
    assert_eq!(given.faults.len(), MAX_FRAGMENTED);
    assert_eq!(given.faults[1], format!("packet 3: {MISSING}"));
}
