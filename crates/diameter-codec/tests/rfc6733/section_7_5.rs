//! Failed-AVP shows the way down to the offending AVP.

use bytes::BytesMut;
use diameter_codec::base::{self, *};
use diameter_codec::cx::*;
use diameter_codec::{DecodeError, ErrorAnswer, MAX_FAILED_DATA, ResultCode, error_answer};

use crate::frames::{M, TGPP, V, avp, frame, ietf, message, sar_with, tgpp_clear};

/// SCSCF-Restoration-Info of one Restoration-Info of these AVPs.
fn restoration(inside: &[Vec<u8>]) -> Vec<u8> {
    tgpp_clear(
        639,
        &[ietf(1, b"alice"), tgpp_clear(649, &inside.concat())].concat(),
    )
}

/// What Failed-AVP has for an AVP at that place.
fn down_to(failed: &[u8]) -> Vec<u8> {
    tgpp_clear(639, &tgpp_clear(649, failed))
}

fn subscription(from: Vec<u8>) -> Vec<u8> {
    let rest = [643, 645, 646, 641]
        .map(|code| tgpp_clear(code, b"x"))
        .concat();
    tgpp_clear(642, &[from, rest].concat())
}

fn error(avp: Vec<u8>) -> DecodeError {
    ServerAssignmentRequest::decode(&sar_with(avp))
        .map(|_| ())
        .expect_err("a broken rule")
}

fn path_and_contact() -> Vec<Vec<u8>> {
    vec![tgpp_clear(640, b"<sip:p>"), tgpp_clear(641, b"<sip:c>")]
}

#[test]
fn the_groups_are_right_where_nothing_is_broken() {
    let mut inside = path_and_contact();
    inside.push(subscription(tgpp_clear(644, b"x")));
    assert!(ServerAssignmentRequest::decode(&sar_with(restoration(&inside))).is_ok());
}

#[test]
fn missing_two_groups_down() {
    let error = error(restoration(&[tgpp_clear(641, b"<sip:c>")]));
    assert_eq!(error.result_code(), ResultCode::MISSING_AVP);
    assert_eq!(error.failed_avp(), Some(&*down_to(&tgpp_clear(640, b""))));
    assert_eq!(
        error.to_string(),
        "MISSING_AVP (5005): SCSCF-Restoration-Info / Restoration-Info / Path"
    );
}

#[test]
fn missing_three_groups_down() {
    let mut inside = path_and_contact();
    inside.push(subscription(Vec::new()));
    let error = error(restoration(&inside));
    assert_eq!(error.result_code(), ResultCode::MISSING_AVP);
    let failed = down_to(&tgpp_clear(642, &tgpp_clear(644, b"")));
    assert_eq!(error.failed_avp(), Some(&*failed));
}

#[test]
fn missing_group_in_a_group() {
    let error = error(tgpp_clear(639, &ietf(1, b"alice")));
    assert_eq!(error.result_code(), ResultCode::MISSING_AVP);
    assert_eq!(
        error.failed_avp(),
        Some(&*tgpp_clear(639, &tgpp_clear(649, b"")))
    );
}

#[test]
fn twice_in_a_group() {
    let mut inside = path_and_contact();
    inside.push(tgpp_clear(640, b"<sip:q>"));
    let error = error(restoration(&inside));
    assert_eq!(error.result_code(), ResultCode::AVP_OCCURS_TOO_MANY_TIMES);
    assert_eq!(
        error.failed_avp(),
        Some(&*down_to(&tgpp_clear(640, b"<sip:q>")))
    );
}

#[test]
fn unknown_with_m_in_a_group() {
    let unknown = avp(9, M | V, 99_999, b"?");
    let mut inside = path_and_contact();
    inside.push(unknown.clone());
    let error = error(restoration(&inside));
    assert_eq!(error.result_code(), ResultCode::AVP_UNSUPPORTED);
    assert_eq!(error.failed_avp(), Some(&*down_to(&unknown)));
}

#[test]
fn wrong_length_in_a_group() {
    let mut inside = path_and_contact();
    inside.push(tgpp_clear(654, &[0, 1]));
    let error = error(restoration(&inside));
    assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
    assert_eq!(
        error.failed_avp(),
        Some(&*down_to(&tgpp_clear(654, &[0, 1])))
    );
}

/// An inner length that leads out of its group is told inside of the group.
#[test]
fn length_that_leads_out_of_a_group() {
    let mut inside = path_and_contact();
    inside[1][7] = 0xff;
    let error = error(restoration(&inside));
    assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
    assert_eq!(error.failed_avp(), Some(&*down_to(&tgpp_clear(641, b""))));
}

/// The second of several groups is checked like the first.
#[test]
fn every_instance_of_a_list_is_checked() {
    let right = tgpp_clear(649, &path_and_contact().concat());
    let wrong = tgpp_clear(649, &tgpp_clear(640, b"<sip:p>"));
    let error = error(tgpp_clear(639, &[ietf(1, b"alice"), right, wrong].concat()));
    assert_eq!(error.failed_avp(), Some(&*down_to(&tgpp_clear(641, b""))));
}

/// What stands in Failed-AVP is what was wrong, so it breaks no rule of ours.
#[test]
fn content_of_failed_avp_is_not_checked() {
    let mut cut = tgpp_clear(655, &[0, 0, 0, 1]);
    cut[7] = 0xff;
    let unknown = avp(9, M | V, 99_999, b"?");
    let answer = [
        ietf(268, &5004_u32.to_be_bytes()),
        ietf(264, b"a.example"),
        ietf(296, b"example"),
        ietf(279, &[unknown, cut].concat()),
    ];
    let message = message(frame(0, 282, 0, &answer));
    let answer = DisconnectPeerAnswer::decode(&message).expect("a right DPA");
    let failed = answer.failed_avp.expect("Failed-AVP");
    assert_eq!(failed.extra.len(), 1, "as far as lengths can be followed");
    assert_eq!(failed.extra.first().map(|avp| avp.code.number), Some(9));
    assert_eq!(TGPP, 10_415);
}

/// What breaks a rule in a group, the Result-Code for it, and what Failed-AVP has: the way down.
fn broken_in_groups() -> Vec<(&'static str, Vec<u8>, ResultCode, Vec<u8>)> {
    let restored = |user_name: Vec<u8>| {
        let info = tgpp_clear(649, &path_and_contact().concat());
        tgpp_clear(639, &[user_name, info].concat())
    };
    let in_restoration = |more: Vec<u8>| {
        let mut inside = path_and_contact();
        inside.push(more);
        restoration(&inside)
    };
    let (no_text, no_host) = (ietf(1, b"\xff"), tgpp_clear(665, b"no host"));
    let (m_clear, vendor_0) = (avp(1, 0, 0, b"alice"), avp(640, V, 0, b"<sip:q>"));
    let (unknown, short) = (avp(9, M | V, 99_999, b"?"), tgpp_clear(654, &[0, 1]));
    let twice = tgpp_clear(640, b"<sip:q>");
    let (mut cut, nothing) = (tgpp_clear(655, &[0, 0, 0, 1]), tgpp_clear(655, &[0; 4]));
    cut[7] = 0xff;
    vec![
        (
            "no text",
            restored(no_text.clone()),
            ResultCode::INVALID_AVP_VALUE,
            tgpp_clear(639, &no_text),
        ),
        (
            "no host",
            tgpp_clear(664, &no_host),
            ResultCode::INVALID_AVP_VALUE,
            tgpp_clear(664, &no_host),
        ),
        (
            "M clear",
            restored(m_clear.clone()),
            ResultCode::INVALID_AVP_BITS,
            tgpp_clear(639, &m_clear),
        ),
        (
            "vendor 0",
            in_restoration(vendor_0.clone()),
            ResultCode::INVALID_AVP_BITS,
            down_to(&vendor_0),
        ),
        (
            "unknown",
            in_restoration(unknown.clone()),
            ResultCode::AVP_UNSUPPORTED,
            down_to(&unknown),
        ),
        (
            "too often",
            in_restoration(twice.clone()),
            ResultCode::AVP_OCCURS_TOO_MANY_TIMES,
            down_to(&twice),
        ),
        (
            "short",
            in_restoration(short.clone()),
            ResultCode::INVALID_AVP_LENGTH,
            down_to(&short),
        ),
        (
            "cut off",
            in_restoration(cut),
            ResultCode::INVALID_AVP_LENGTH,
            down_to(&nothing),
        ),
        (
            "missing",
            restoration(&[tgpp_clear(640, b"<sip:p>")]),
            ResultCode::MISSING_AVP,
            down_to(&tgpp_clear(641, b"")),
        ),
    ]
}

#[test]
fn whatever_is_broken_in_a_group_is_shown_with_the_way_down() {
    for (what, group, result_code, failed) in broken_in_groups() {
        let error = error(group);
        assert_eq!(error.result_code(), result_code, "{what}: {error}");
        assert_eq!(error.failed_avp(), Some(&*failed), "{what}: {error}");
    }
}

/// The same on the wire: in an answer of the command, and for protocol errors (3009) in one with the E bit.
#[test]
fn and_the_answer_carries_it() {
    for (what, group, result_code, failed) in broken_in_groups() {
        let request = sar_with(group);
        let error = ServerAssignmentRequest::decode(&request)
            .map(|_| ())
            .expect_err(what);
        let mut answer = BytesMut::new();
        error_answer(&request, "a.example", "example", &error, &mut answer);
        let answer = message(answer);
        let shown = answer.find(base::avp::FAILED_AVP).expect("Failed-AVP");
        assert_eq!(shown.data, failed, "{what}");
        let (told, extra) = match result_code {
            ResultCode::INVALID_AVP_BITS => {
                let answer = ErrorAnswer::decode(&answer).expect("an answer with the E bit");
                (Some(answer.result_code), answer.failed_avp)
            }
            _ => {
                let answer = ServerAssignmentAnswer::decode(&answer).expect("an SAA");
                (answer.result_code, answer.failed_avp)
            }
        };
        assert_eq!(told, Some(result_code), "{what}");
        assert_eq!(extra.map(|failed| failed.extra.len()), Some(1), "{what}");
    }
}

/// A stated part of an AVP that is longer: whole up to the limit, then as many octets with the length of those.
#[test]
fn a_long_avp_is_shown_in_part() {
    let unknown = |length: usize| {
        let mut data = vec![b'x'; length];
        data[length - 1] = b'y';
        data
    };
    let shown = |data: &[u8]| avp(9, M | V, 99_999, data);
    for (length, expected) in [
        (MAX_FAILED_DATA - 1, unknown(MAX_FAILED_DATA - 1)),
        (MAX_FAILED_DATA, unknown(MAX_FAILED_DATA)),
        (MAX_FAILED_DATA + 1, vec![b'x'; MAX_FAILED_DATA]),
        (1_000_000, vec![b'x'; MAX_FAILED_DATA]),
    ] {
        let error = self::error(shown(&unknown(length)));
        assert_eq!(error.result_code(), ResultCode::AVP_UNSUPPORTED);
        assert!(error.failed_avp() == Some(&shown(&expected)), "{length}");
        let mut inside = path_and_contact();
        inside.push(shown(&unknown(length)));
        let error = self::error(restoration(&inside));
        let failed = down_to(&shown(&expected));
        assert!(error.failed_avp() == Some(&failed), "{length} in groups");
    }
}
