//! What is found in datagrams.

use crate::scene::{DWR, NOTHING, OK, OPTIONS, Scene};

/// A comfortable number of other things that go by in datagrams: DNS, RTP, RTCP, NTP, QUIC.
const OTHERS: [&[u8]; 5] = [
    b"\x12\x34\x01\x00\x00\x01\0\0\0\0\0\0\x07example\x03net\0\0\x01\0\x01",
    b"\x80\x00\x00\x01\0\0\0\xa0\xde\xad\xbe\xef\xd5\xd5\xd5\xd5",
    b"\x80\xc8\x00\x06\xde\xad\xbe\xef\0\0\0\0",
    b"\x23\x00\x06\xec\0\0\0\0",
    b"\xc3\0\0\0\x01\x08",
];

const BINDING: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42twelveoctets";

#[test]
fn sip_is_found_on_any_port_and_others_are_counted() {
    let mut scene = Scene::new();
    assert_eq!(scene.datagram((7, 40_000), OPTIONS), ["1: OPTIONS"]);
    for other in OTHERS {
        assert_eq!(scene.datagram((53, 4_000), other), NOTHING);
    }
    assert_eq!(scene.datagram((7, 40_000), OPTIONS), ["7: OPTIONS again"]);
    assert_eq!(scene.datagram((40_000, 7), OK), ["8: 200"]);
    // Nobody speaks Diameter in datagrams.
    assert_eq!(scene.datagram((9, 3868), DWR), NOTHING);
    let counts = scene.reader.counts();
    assert_eq!((counts.sip, counts.other_datagrams), (3, 6));
}

#[test]
fn user_messages_of_sctp_are_messages_by_themselves() {
    let mut scene = Scene::new();
    assert_eq!(scene.message((7, 9), DWR), ["1: DWR"]);
    assert_eq!(scene.message((7, 9), DWR), ["2: DWR again"]);
    assert_eq!(scene.message((7, 9), OK), ["3: 200"]);
    // M3UA, and what is no Diameter where it is expected.
    let other = b"\x01\0\x03\x03\0\0\0\x08";
    assert_eq!(scene.message((2_905, 9_999), other), NOTHING);
    assert_eq!(scene.message((7, 3868), other).len(), 1);
    let counts = scene.reader.counts();
    assert_eq!((counts.diameter, counts.other_datagrams), (2, 1));
}

#[test]
fn what_is_no_sip_is_told_where_sip_is_expected() {
    let mut scene = Scene::new();
    for (from, to) in [(5060, 9), (9, 5061)] {
        let told = scene.datagram((from, to), b"\x80\x00");
        assert!(told[0].ends_with(": 2 octets, \\x80\\x00"), "{told:?}");
    }
    assert_eq!(scene.datagram((7, 4_000), b"\x80\x00"), NOTHING);
    assert_eq!(scene.datagram((7, 4_000), OK), ["4: 200"]);
    for (from, to) in [(7, 4_000), (4_000, 7), (7, 9_999)] {
        assert_eq!(scene.datagram((from, to), b"\x80\x00").len(), 1);
    }
    // What begins as SIP and is none.
    let broken = b"OPTIONS sip:a SIP/2.0\r\n\xff\xfe: 1\r\n\r\n";
    assert_eq!(scene.datagram((1, 2), broken).len(), 1);
}

#[test]
fn what_was_captured_of_a_datagram_is_shown() {
    let mut scene = Scene::new();
    let request = b"OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\nContent-Length: 2\r\n\r\nhi";
    for (number, length) in (1..).zip([23, 24, 30, 40, 55, 57]) {
        let missing = request.len() - length;
        let told = scene.cut((7, 9), &request[..length], missing as u32);
        let detail = format!("sip:a, cut short: {missing} octets were not captured");
        assert_eq!(told, [format!("{number}: OPTIONS, {detail}")]);
    }
    // Nothing of it is no keep-alive.
    assert_eq!(scene.cut((7, 9), b"", 60), NOTHING);
    assert_eq!(scene.reader.counts().keep_alives, 0);
}

#[test]
fn stun_is_told_where_sip_is_spoken() {
    let mut scene = Scene::new();
    assert_eq!(scene.datagram((3_478, 9), BINDING), NOTHING);
    assert_eq!(scene.datagram((9, 5060), BINDING), ["2: STUN"]);
    assert_eq!(scene.reader.counts().stun, 2);
}

#[test]
fn keep_alives_are_counted() {
    let mut scene = Scene::new();
    for payload in [&b"\r\n\r\n"[..], b"\r\n", b"\0", b""] {
        assert_eq!(scene.datagram((9, 5060), payload), NOTHING);
    }
    assert_eq!(scene.reader.counts().keep_alives, 4);
}
