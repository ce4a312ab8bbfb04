//! Faults of the Diameter base protocol.

use bytes::BytesMut;
use capture::Transport::Tcp;
use diameter_codec::base::avp::{AUTH_SESSION_STATE, ORIGIN_HOST};
use diameter_codec::base::{
    AuthSessionState, DeviceWatchdogAnswer, DeviceWatchdogRequest, ErrorAnswer, ResultCode,
    VendorSpecificApplicationId,
};
use diameter_codec::cx::{UserAuthorizationAnswer, UserAuthorizationRequest};
use diameter_codec::{ApplicationId, Flags, HEADER_LEN, Header, Message, VendorId};

use crate::capture_made::{Capture, lines};

pub(crate) const CLIENT: &str = "192.0.2.4:40000";
pub(crate) const SERVER: &str = "192.0.2.6:3868";

/// Every Cx message names the application like this (TS 29.229 §5).
pub(crate) const CX: VendorSpecificApplicationId = VendorSpecificApplicationId {
    vendor_id: VendorId::THREE_GPP.0,
    auth_application_id: Some(ApplicationId::CX.0),
    acct_application_id: None,
};

pub(crate) fn uar(hop_by_hop: u32, end_to_end: u32, flags: Flags) -> Vec<u8> {
    let mut octets = BytesMut::new();
    UserAuthorizationRequest {
        session_id: "icscf.home.example;1;1",
        vendor_specific_application_id: CX,
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "icscf.home.example",
        origin_realm: "home.example",
        destination_realm: "home.example",
        user_name: "alice@home.example",
        public_identity: "sip:alice@home.example",
        visited_network_identifier: b"home.example",
        ..Default::default()
    }
    .encode(hop_by_hop, end_to_end, flags, &mut octets);
    octets.to_vec()
}

pub(crate) fn header(octets: &[u8]) -> Header {
    *Message::parse(octets.to_vec().into())
        .expect("a message")
        .header()
}

pub(crate) fn uaa(request: &[u8]) -> Vec<u8> {
    let mut octets = BytesMut::new();
    UserAuthorizationAnswer {
        session_id: "icscf.home.example;1;1",
        vendor_specific_application_id: CX,
        result_code: Some(ResultCode::SUCCESS),
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        server_name: Some("sip:scscf.home.example"),
        ..Default::default()
    }
    .encode_answer(&header(request), &mut octets);
    octets.to_vec()
}

/// Without the AVPs of one code.
pub(crate) fn lacking(octets: &[u8], code: diameter_codec::AvpCode) -> Vec<u8> {
    let message = Message::parse(octets.to_vec().into()).expect("a message");
    let mut kept = BytesMut::from(&octets[..HEADER_LEN]);
    for avp in message.avps().filter(|avp| avp.code != code) {
        avp.append_to(&mut kept);
    }
    let length = u32::try_from(kept.len()).expect("short");
    kept[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
    kept.to_vec()
}

/// The same of another Origin-Host.
pub(crate) fn with_origin(octets: &[u8], origin: &str) -> Vec<u8> {
    let mut changed = BytesMut::from(&lacking(octets, ORIGIN_HOST)[..]);
    let avp = diameter_codec::Avp {
        code: ORIGIN_HOST,
        flags: diameter_codec::AvpFlags::MANDATORY,
        data: origin.as_bytes(),
    };
    avp.append_to(&mut changed);
    let length = u32::try_from(changed.len()).expect("short");
    changed[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
    changed.to_vec()
}

impl Capture {
    pub(crate) fn client_sends(&mut self, octets: &[u8]) {
        self.sent(Tcp, CLIENT, SERVER, octets);
    }

    pub(crate) fn server_sends(&mut self, octets: &[u8]) {
        self.sent(Tcp, SERVER, CLIENT, octets);
    }
}

/// The first three packets are the handshake of TCP.
#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let mut capture = Capture::new();
    for number in 1..5 {
        let request = uar(number, 100 + number, Flags::NONE);
        capture.client_sends(&request);
        capture.server_sends(&uaa(&request));
        capture.pass(1_000);
    }
    // Answered, a hop-by-hop identifier is free again.
    let again = uar(4, 200, Flags::NONE);
    capture.client_sends(&again);
    capture.server_sends(&uaa(&again));
    let mut octets = BytesMut::new();
    DeviceWatchdogRequest {
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        ..Default::default()
    }
    .encode(4, 1, Flags::NONE, &mut octets);
    capture.server_sends(&octets);
    let mut answer = BytesMut::new();
    DeviceWatchdogAnswer {
        result_code: ResultCode::SUCCESS,
        origin_host: "icscf.home.example",
        origin_realm: "home.example",
        ..Default::default()
    }
    .encode_answer(&header(&octets), &mut answer);
    capture.client_sends(&answer);
    assert_eq!(capture.found(), [""; 0]);
}

#[test]
fn a_missing_avp_is_named_with_the_result_that_it_deserves() {
    let mut capture = Capture::new();
    let request = uar(1, 1, Flags::NONE);
    capture.client_sends(&lacking(&request, AUTH_SESSION_STATE));
    capture.server_sends(&lacking(&uaa(&request), ORIGIN_HOST));
    assert_eq!(
        capture.found(),
        [
            "4 avp-missing UAR: Auth-Session-State is missing; deserves MISSING_AVP (5005)",
            "5 avp-missing UAA 2001: Origin-Host is missing; deserves MISSING_AVP (5005)",
        ]
    );
}

#[test]
fn an_avp_with_a_value_that_it_cannot_have_is_malformed() {
    let mut capture = Capture::new();
    let mut request = uar(1, 1, Flags::NONE);
    let at = request
        .windows(5)
        .position(|octets| octets == b"alice")
        .expect("User-Name");
    request[at] = 0xff;
    capture.client_sends(&request);
    capture.server_sends(&uaa(&request));
    assert_eq!(
        capture.found(),
        ["4 malformed UAR: deserves INVALID_AVP_VALUE (5004): User-Name"]
    );
}

#[test]
fn an_unknown_command_is_not_judged() {
    let mut capture = Capture::new();
    let mut request = uar(1, 1, Flags::NONE);
    request[5..8].copy_from_slice(&[0, 3, 231]);
    let mut answer = uaa(&request);
    answer[5..8].copy_from_slice(&[0, 3, 231]);
    capture.client_sends(&request);
    capture.server_sends(&answer);
    assert_eq!(capture.found(), [""; 0]);
}

#[test]
fn unanswered_and_unasked() {
    let mut capture = Capture::new();
    let request = uar(1, 1, Flags::NONE);
    capture.client_sends(&request);
    capture.pass(31_990);
    capture.server_sends(&uaa(&request));
    let request = uar(2, 2, Flags::NONE);
    capture.client_sends(&request);
    capture.pass(32_000);
    capture.server_sends(&uaa(&request));
    assert_eq!(
        capture.found(),
        [
            "6 unanswered UAR: no answer within 32 s",
            "7 unasked UAA 2001: answers no request of this capture",
        ]
    );
}

#[test]
fn an_identifier_of_another_connection_answers_nothing() {
    let mut capture = Capture::new();
    let request = uar(1, 1, Flags::NONE);
    capture.client_sends(&request);
    capture.sent(Tcp, SERVER, "192.0.2.4:40001", &uaa(&request));
    let report = capture.report();
    assert_eq!(lines(&report), [""; 0]);
    assert_eq!((report.perhaps_asked, report.perhaps_answered), (1, 1));
}

#[test]
fn a_request_sent_again_has_the_t_flag() {
    let mut capture = Capture::new();
    capture.client_sends(&uar(1, 77, Flags::NONE));
    let again = uar(2, 77, Flags::RETRANSMITTED);
    capture.sent(Tcp, "192.0.2.4:40001", SERVER, &again);
    capture.sent(Tcp, SERVER, "192.0.2.4:40001", &uaa(&again));
    assert_eq!(
        capture.found(),
        ["4 retransmitted UAR: sent 2 times, until packet 8, with the T flag"]
    );
}

#[test]
fn without_the_t_flag_the_identifier_is_used_twice_within_four_minutes() {
    for (wait, found) in [
        (
            239_990,
            vec![
                "6 end-to-end-reused UAR: end-to-end identifier 0x0000004d as UAR of packet 4, without T flag, of \
                 icscf.home.example",
            ],
        ),
        (240_000, vec![]),
    ] {
        let mut capture = Capture::new();
        for (hop_by_hop, wait) in [(1, wait), (2, 0)] {
            let request = uar(hop_by_hop, 77, Flags::NONE);
            capture.client_sends(&request);
            capture.server_sends(&uaa(&request));
            capture.pass(wait);
        }
        assert_eq!(capture.found(), found);
    }
}

/// RFC 6733 §6.1.8, §7.1.3: after a redirect, or from a peer that is busy.
#[test]
fn what_was_refused_goes_to_another_peer_as_it_is() {
    let mut capture = Capture::new();
    let first = uar(1, 77, Flags::NONE);
    capture.client_sends(&first);
    let mut refusal = BytesMut::new();
    ErrorAnswer {
        origin_host: "slf.home.example",
        origin_realm: "home.example",
        result_code: ResultCode::REDIRECT_INDICATION,
        ..Default::default()
    }
    .encode_answer(&header(&first), &mut refusal);
    capture.server_sends(&refusal);
    let other = "192.0.2.7:3868";
    for hop_by_hop in [2, 3] {
        let again = uar(hop_by_hop, 77, Flags::NONE);
        capture.sent(Tcp, "192.0.2.4:40001", other, &again);
        capture.sent(Tcp, other, "192.0.2.4:40001", &uaa(&again));
    }
    // The second is one too many.
    assert_eq!(
        capture.found(),
        [
            "11 end-to-end-reused UAR: end-to-end identifier 0x0000004d as UAR of packet 4, without T flag, of \
             icscf.home.example"
        ]
    );
}

#[test]
fn two_waiting_requests_with_one_hop_by_hop_identifier() {
    let mut capture = Capture::new();
    capture.client_sends(&uar(9, 1, Flags::NONE));
    let second = uar(9, 2, Flags::NONE);
    capture.client_sends(&second);
    capture.server_sends(&uaa(&second));
    assert_eq!(
        capture.found(),
        [
            "5 hop-by-hop-reused UAR: hop-by-hop identifier 0x00000009 while UAR of packet 4 waits with it"
        ]
    );
}

/// RFC 6733 §3, §6.2: the hop-by-hop identifier is that of a request, and nothing else.
#[test]
fn an_answer_to_another_request_is_told() {
    for (at, octets, found) in [
        (
            5,
            [0, 1, 46],
            "answers UAR of packet 4, which is another command",
        ),
        (
            17,
            [0, 0, 99],
            "end-to-end identifier 0x00000063; UAR of packet 4, which it answers, has 0x00000001",
        ),
    ] {
        let request = uar(1, 1, Flags::NONE);
        let mut answer = uaa(&request);
        answer[at..at + 3].copy_from_slice(&octets);
        let mut capture = Capture::new();
        capture.client_sends(&request);
        capture.server_sends(&answer);
        let report = capture.report();
        let found_there = lines(&report);
        assert!(
            found_there
                .iter()
                .any(|it| it.contains("wrong-answer") && it.ends_with(found)),
            "{found_there:?}"
        );
        assert_eq!(report.perhaps_answered, 0);
    }
}

#[test]
fn a_second_answer_of_another_result_is_told() {
    let request = uar(1, 1, Flags::NONE);
    let mut refusal = BytesMut::new();
    ErrorAnswer {
        origin_host: "hss.home.example",
        origin_realm: "home.example",
        result_code: ResultCode::TOO_BUSY,
        ..Default::default()
    }
    .encode_answer(&header(&request), &mut refusal);
    let mut capture = Capture::new();
    capture.client_sends(&request);
    capture.server_sends(&uaa(&request));
    capture.server_sends(&refusal);
    assert_eq!(
        capture.found(),
        ["6 wrong-answer UAA 3004: a second final answer, after UAA 2001 of packet 5"]
    );
}
