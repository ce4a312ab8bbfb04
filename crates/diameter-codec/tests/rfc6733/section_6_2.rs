//! Answers to requests that are refused (also §7.2, the E bit).

use bytes::BytesMut;
use diameter_codec::base::{self, *};
use diameter_codec::cx::{self, *};
use diameter_codec::{
    DecodeError, ErrorAnswer, MAX_FAILED_DATA, MAX_MESSAGE, Message, ResultCode, error_answer,
};

use crate::frames::{M, V, avp, frame, ietf, least_sar, message, sar};

fn proxies() -> Vec<Vec<u8>> {
    ["dra1.example", "dra2.example"]
        .map(|host| {
            ietf(
                284,
                &[ietf(280, host.as_bytes()), ietf(33, b"state")].concat(),
            )
        })
        .to_vec()
}

fn answer(request: &Message, error: &DecodeError) -> Message {
    let mut out = BytesMut::from(&b"before"[..]);
    error_answer(
        request,
        "hss1.home.example",
        "home.example",
        error,
        &mut out,
    );
    message(out.split_off(6))
}

#[test]
fn a_broken_sar_is_answered_by_a_right_saa() {
    let mut avps = least_sar();
    avps.remove(6);
    avps.extend(proxies());
    let request = sar(&avps);
    let error = ServerAssignmentRequest::decode(&request)
        .map(|_| ())
        .expect_err("no Server-Name");
    let answer = answer(&request, &error);
    assert_eq!(
        answer.header().flags.0,
        0x40,
        "P as in the request, no R, no E"
    );
    assert_eq!(answer.header().command, request.header().command);
    assert_eq!(answer.header().hop_by_hop, request.header().hop_by_hop);
    assert_eq!(answer.header().end_to_end, request.header().end_to_end);
    let saa = ServerAssignmentAnswer::decode(&answer).expect("keeps the grammar of SAA");
    assert_eq!(saa.session_id, "scscf1.home.example;1;2");
    assert_eq!(
        saa.vendor_specific_application_id.auth_application_id,
        Some(16_777_216)
    );
    assert_eq!(
        saa.auth_session_state,
        AuthSessionState::NO_STATE_MAINTAINED
    );
    assert_eq!(
        (saa.origin_host, saa.origin_realm),
        ("hss1.home.example", "home.example")
    );
    assert_eq!(saa.result_code, Some(ResultCode::MISSING_AVP));
    let failed = saa.failed_avp.expect("Failed-AVP").extra;
    assert_eq!(
        failed.iter().map(|avp| avp.code).collect::<Vec<_>>(),
        [cx::avp::SERVER_NAME]
    );
    let hosts: Vec<_> = saa
        .proxy_info
        .iter()
        .map(|proxy| proxy.proxy_host)
        .collect();
    assert_eq!(hosts, ["dra1.example", "dra2.example"]);
}

#[test]
fn protocol_errors_set_the_e_bit() {
    let request = message(frame(0xc0, 999, 16_777_216, &least_sar()));
    let error = DecodeError::of(ResultCode::COMMAND_UNSUPPORTED);
    let answer = answer(&request, &error);
    assert_eq!(answer.header().flags.0, 0x60);
    assert_eq!(answer.header().command.0, 999);
    let read = ErrorAnswer::decode(&answer).expect("an answer-message");
    assert_eq!(read.result_code, ResultCode::COMMAND_UNSUPPORTED);
    assert_eq!(read.session_id, Some("scscf1.home.example;1;2"));
    assert_eq!(read.error_message, Some("COMMAND_UNSUPPORTED (3001)"));
    assert_eq!(read.failed_avp, None);
}

/// An answer with the E bit keeps no other grammar, so no typed answer reads it.
#[test]
fn the_e_bit_decides_what_an_answer_is() {
    let request = sar(&least_sar());
    let busy = answer(&request, &DecodeError::of(ResultCode::TOO_BUSY));
    assert!(ErrorAnswer::decode(&busy).is_ok());
    let error = ServerAssignmentAnswer::decode(&busy)
        .map(|_| ())
        .expect_err("E bit");
    assert_eq!(error.result_code(), ResultCode::INVALID_HDR_BITS);
    let unable = answer(&request, &DecodeError::of(ResultCode::UNABLE_TO_COMPLY));
    assert!(ErrorAnswer::decode(&unable).is_err());
    assert!(ServerAssignmentAnswer::decode(&unable).is_ok());
}

/// What was wrong may be so wrong that little can be repeated.
#[test]
fn a_request_without_readable_avps_is_answered_too() {
    let request = message(frame(0xc0, 301, 16_777_216, &[vec![1, 2, 3, 4]]));
    let error = ServerAssignmentRequest::decode(&request)
        .map(|_| ())
        .expect_err("no AVP");
    assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
    let answer = answer(&request, &error);
    assert_eq!(answer.session_id(), None);
    assert_eq!(answer.origin_host(), Some("hss1.home.example"));
}

/// A command of the base protocol has no application to repeat.
#[test]
fn base_commands_have_a_bare_head() {
    let request = message(frame(0x80, 280, 0, &[ietf(264, b"a.example")]));
    let error = DeviceWatchdogRequest::decode(&request)
        .map(|_| ())
        .expect_err("no Origin-Realm");
    let answer = answer(&request, &error);
    let dwa = DeviceWatchdogAnswer::decode(&answer).expect("a right DWA");
    assert_eq!(dwa.result_code, ResultCode::MISSING_AVP);
    assert!(dwa.extra.is_empty());
    assert_eq!(dwa.failed_avp.map(|failed| failed.extra.len()), Some(1));
}

/// An answer that the peer built itself: fields by name.
#[test]
fn error_answer_of_a_peer() {
    let avps = [
        ietf(263, b"s;1;2"),
        ietf(264, b"dra.example"),
        ietf(296, b"example"),
        ietf(268, &3002_u32.to_be_bytes()),
        crate::frames::avp(294, 0, 0, b"dra.example"),
    ];
    let message = message(frame(0x60, 301, 16_777_216, &avps));
    let answer = ErrorAnswer::decode(&message).expect("an answer-message");
    assert_eq!(answer.result_code, ResultCode::UNABLE_TO_DELIVER);
    assert_eq!(answer.error_reporting_host, Some("dra.example"));
}

/// The answer to `avps`, which as a SAR have `beside` octets fewer than a message may.
fn answer_to(avps: &[Vec<u8>], beside: usize) -> Message {
    let request = sar(avps);
    assert_eq!(request.octets().len() + beside, MAX_MESSAGE);
    let error = ServerAssignmentRequest::decode(&request)
        .map(|_| ())
        .expect_err("a broken rule");
    let answer = answer(&request, &error);
    assert!(answer.octets().len() <= MAX_MESSAGE);
    answer
}

/// Octets that `avps` leave in the longest SAR for the data of one more AVP of the IETF.
fn room(avps: &[Vec<u8>]) -> usize {
    MAX_MESSAGE - 20 - avps.concat().len() - 8
}

#[test]
fn the_longest_request_has_an_answer_that_can_be_sent() {
    let mut avps = least_sar();
    avps.extend(proxies());
    let unknown = avp(9, M | V, 99_999, &vec![b'x'; room(&avps) - 4]);
    avps.push(unknown);
    let answer = answer_to(&avps, 0);
    let saa = ServerAssignmentAnswer::decode(&answer).expect("keeps the grammar of SAA");
    assert_eq!(saa.result_code, Some(ResultCode::AVP_UNSUPPORTED));
    let failed = saa.failed_avp.expect("Failed-AVP").extra;
    assert_eq!(
        failed.first().map(|avp| avp.data.len()),
        Some(MAX_FAILED_DATA)
    );
    assert_eq!(saa.session_id, "scscf1.home.example;1;2");
    assert_eq!(saa.proxy_info.len(), 2);
}

/// What of a request of nearly the most octets is repeated in its answer.
fn repeated(avps: &[Vec<u8>], beside: usize) -> [bool; 3] {
    let answer = answer_to(avps, beside);
    assert_eq!(
        answer
            .find(base::avp::RESULT_CODE)
            .map(|avp| avp.data.len()),
        Some(4)
    );
    [
        base::avp::FAILED_AVP,
        base::avp::SESSION_ID,
        base::avp::PROXY_INFO,
    ]
    .map(|code| answer.find(code).is_some())
}

/// The MUSTs of §6.2 end where the answer would not be taken.
#[test]
fn what_leaves_no_room_is_not_repeated() {
    // A long Session-Id and nothing else, so that AVPs are missing.
    let session = |beside: usize| vec![ietf(263, &vec![b's'; room(&[]) - beside])];
    assert_eq!(repeated(&session(4_000), 4_000), [true, true, false]);
    assert_eq!(repeated(&session(0), 0), [false, false, false]);
    // Beside the Session-Id the answer has 200 and some octets of its own, of them 16 in Failed-AVP.
    let without_failed_avp = (0..400)
        .step_by(4)
        .map(|beside| repeated(&session(beside), beside))
        .filter(|found| *found == [false, true, false]);
    assert!((1..=20).contains(&without_failed_avp.count()));
    // Proxy-Info outlasts Session-Id.
    let proxied = |beside: usize| {
        let session_id = ietf(263, b"s;1;2");
        let long = room(std::slice::from_ref(&session_id)) - 28 - beside;
        let proxy_info = [ietf(280, b"dra.example"), ietf(33, &vec![b'x'; long])].concat();
        vec![session_id, ietf(284, &proxy_info)]
    };
    assert_eq!(repeated(&proxied(4_000), 4_000), [true, true, true]);
    assert_eq!(repeated(&proxied(0), 0), [false, false, false]);
    let without_session_id = (0..400)
        .step_by(4)
        .map(|beside| repeated(&proxied(beside), beside))
        .filter(|found| *found == [false, false, true]);
    assert!((1..=8).contains(&without_session_id.count()));
}
