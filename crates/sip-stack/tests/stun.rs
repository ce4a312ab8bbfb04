//! STUN Binding against the test vectors of RFC 5769, and what is malformed.

use std::net::SocketAddr;

use sip_stack::stun::{Message, TransactionId, is_stun};

const TRANSACTION: TransactionId = TransactionId([
    0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
]);

/// RFC 5769 §2.1.
const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae\
    802200105354554e207465737420636c69656e74\
    002400046e0001ff\
    80290008932ff9b151263b36\
    000600096576746a3a68367659202020\
    000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2\
    80280004e57a3bcf";

/// RFC 5769 §2.2.
const RESPONSE_V4: &str = "0101003c2112a442b7e7a701bc34d686fa87dfae\
    8022000b7465737420766563746f7220\
    002000080001a147e112a643\
    000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7\
    80280004c07d4c96";

/// RFC 5769 §2.3.
const RESPONSE_V6: &str = "010100482112a442b7e7a701bc34d686fa87dfae\
    8022000b7465737420766563746f7220\
    002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9\
    00080014a382954e4be67bf11784c97c8292c275bfe3ed41\
    80280004c8fb0b4c";

fn octets(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

#[test]
fn rfc5769_2_2_and_2_3_mapped_addresses_are_read() {
    let cases = [
        (RESPONSE_V4, "192.0.2.1:32853"),
        (RESPONSE_V6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
    ];
    for (vector, mapped) in cases {
        let response = Message::Success {
            transaction: TRANSACTION,
            mapped: address(mapped),
        };
        assert_eq!(Message::parse(&octets(vector)), Some(response));
    }
}

#[test]
fn rfc5769_2_2_and_2_3_mapped_addresses_are_written() {
    let cases = [
        ("192.0.2.1:32853", "002000080001a147e112a643"),
        (
            "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
            "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
        ),
    ];
    for (source, attribute) in cases {
        let answer = Message::Request(TRANSACTION).answer(address(source));
        let written = answer.expect("an answer").to_octets();
        assert_eq!(&written[20..], &octets(attribute)[..]);
        assert_eq!(&written[8..20], &TRANSACTION.0);
        assert_eq!(usize::from(written[3]), written.len() - 20);
        assert!(is_stun(&written));
    }
}

#[test]
fn rfc8489_6_3_1_what_a_request_wants_understood_and_is_not_is_refused_by_name() {
    // PRIORITY of the request in RFC 5769 §2.1 is a matter of ICE.
    let request = Message::parse(&octets(REQUEST)).expect("a request");
    assert_eq!(
        request,
        Message::Demand(TRANSACTION, [0x0024].into_iter().collect())
    );
    let refusal = request
        .answer(address("192.0.2.1:5060"))
        .expect("a refusal")
        .to_octets();
    assert_eq!(&refusal[..4], &[0x01, 0x11, 0, 16]);
    assert_eq!(
        &refusal[20..],
        &octets("0009000400000414000a000200240000")[..]
    );
    assert_eq!(
        Message::parse(&refusal),
        Some(Message::Failure(TRANSACTION))
    );
}

#[test]
fn a_request_is_what_its_header_says() {
    let request = Message::Request(TRANSACTION).to_octets();
    assert_eq!(
        &request[..],
        &octets("000100002112a442b7e7a701bc34d686fa87dfae")[..]
    );
    assert_eq!(
        Message::parse(&request),
        Some(Message::Request(TRANSACTION))
    );
}

#[test]
fn what_is_malformed_or_no_binding_is_nothing() {
    let whole = octets(RESPONSE_V4);
    for end in 0..whole.len() {
        assert_eq!(Message::parse(&whole[..end]), None, "cut at {end}");
    }
    let changed = |at: usize, octet: u8| {
        let mut changed = whole.clone();
        changed[at] = octet;
        Message::parse(&changed)
    };
    assert_eq!(changed(4, 0x22), None, "another cookie");
    assert_eq!(changed(3, 0x3d), None, "another length");
    assert_eq!(changed(1, 0x02), None, "another method");
    assert_eq!(changed(0, 0x41), None, "no STUN at all");
    assert_eq!(
        changed(23, 0xff),
        None,
        "an attribute longer than the message"
    );
    assert_eq!(changed(41, 3), None, "an address of no family");
    let indication = octets("001100002112a442b7e7a701bc34d686fa87dfae");
    assert_eq!(Message::parse(&indication), None);
    assert!(!is_stun(b"REGISTER sip:home.example SIP/2.0\r\n"));
    assert!(!is_stun(b"\r\n\r\n"));
}

#[test]
fn a_response_is_never_answered() {
    for vector in [RESPONSE_V4, RESPONSE_V6] {
        let response = Message::parse(&octets(vector)).expect("a response");
        assert_eq!(response.answer(address("192.0.2.1:5060")), None);
    }
}
