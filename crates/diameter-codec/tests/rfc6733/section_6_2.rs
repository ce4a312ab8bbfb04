//! Answers to requests that are refused (also §7.2, the E bit).

use bytes::BytesMut;
use diameter_codec::base::*;
use diameter_codec::cx::{self, *};
use diameter_codec::{DecodeError, ErrorAnswer, Message, ResultCode, error_answer};

use crate::frames::{frame, ietf, least_sar, message, sar};

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
