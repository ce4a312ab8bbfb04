//! The AVP header: lengths, padding, V, M and vendors.

use diameter_codec::cx::{self, *};
use diameter_codec::{AvpCode, Flags, MAX_FAILED_DATA, ResultCode};

use crate::frames::{M, TGPP, V, avp, ietf, least_sar, message, sar, sar_with, tgpp, tgpp_clear};

fn result(more: Vec<u8>) -> ResultCode {
    match ServerAssignmentRequest::decode(&sar_with(more)) {
        Ok(_) => ResultCode::SUCCESS,
        Err(error) => error.result_code(),
    }
}

#[test]
fn unknown_without_m_is_carried_and_written_back() {
    let unknown = avp(4_000_000, V | 0x1f, 99_999, &[1, 2, 3, 4, 5]);
    let message = sar_with(unknown.clone());
    let sar = ServerAssignmentRequest::decode(&message).expect("ignorable");
    let extra = sar.extra.first().expect("the AVP");
    assert_eq!(
        (extra.code, extra.data),
        (AvpCode::new(99_999, 4_000_000), &[1, 2, 3, 4, 5][..])
    );
    assert_eq!(sar.extra.len(), 1);
    let mut out = bytes::BytesMut::new();
    sar.encode(1, 2, Flags::NONE, &mut out);
    assert!(
        out.ends_with(&unknown),
        "with its reserved bits and its padding"
    );
}

#[test]
fn unknown_with_m_is_5001() {
    assert_eq!(
        result(avp(4_000_000, V | M, 99_999, b"x")),
        ResultCode::AVP_UNSUPPORTED
    );
    assert_eq!(
        result(avp(4_000_000, M, 0, b"x")),
        ResultCode::AVP_UNSUPPORTED
    );
}

/// `*[AVP]` lets any AVP stand that the dictionary has.
#[test]
fn known_with_m_is_an_extra_where_the_grammar_does_not_name_it() {
    let message = sar_with(ietf(27, &3600_u32.to_be_bytes()));
    let sar = ServerAssignmentRequest::decode(&message).expect("Session-Timeout is known");
    let timeout = sar
        .extra
        .find(diameter_codec::base::avp::SESSION_TIMEOUT)
        .expect("the AVP");
    assert_eq!(timeout.unsigned32(), Some(3600));
}

/// The V bit belongs to the code: 601 without a vendor is another AVP, and an unknown one.
#[test]
fn a_code_of_another_vendor_is_another_avp() {
    assert_eq!(result(tgpp(601, b"sip:a@b.example")), ResultCode::SUCCESS);
    assert_eq!(
        result(avp(601, M, 0, b"sip:a@b.example")),
        ResultCode::AVP_UNSUPPORTED
    );
    assert_eq!(
        result(avp(601, V | M, 13_019, b"sip:a@b.example")),
        ResultCode::AVP_UNSUPPORTED
    );
    // 621 is OC-Supported-Features of the IETF and Primary-Charging-… of 3GPP.
    let message = sar_with(avp(621, 0, 0, &avp(622, 0, 0, &7_u64.to_be_bytes())));
    let sar = ServerAssignmentRequest::decode(&message).expect("a right SAR");
    let features = sar.oc_supported_features.expect("of the IETF");
    assert_eq!(features.oc_feature_vector, Some(7));
}

/// 650 is Session-Priority of 3GPP and Load of the IETF; both in one message.
#[test]
fn one_code_of_two_vendors_in_one_message() {
    let load = avp(650, 0, 0, &avp(652, 0, 0, &9_u64.to_be_bytes()));
    let priority = avp(650, V, TGPP, &[0, 0, 0, 3]);
    for both in [[load.clone(), priority.clone()], [priority, load.clone()]] {
        let message = sar_with(both.concat());
        let sar = ServerAssignmentRequest::decode(&message).expect("a right SAR");
        assert_eq!(sar.session_priority, Some(SessionPriority::PRIORITY_3));
        assert_eq!(sar.extra.len(), 1);
        let extra = sar.extra.find(diameter_codec::base::avp::LOAD);
        assert_eq!(extra.map(|extra| extra.data), Some(&load[8..]));
    }
    // A second one of the same vendor is one too many.
    let twice = avp(650, V, TGPP, &[0, 0, 0, 3]).repeat(2);
    assert_eq!(result(twice), ResultCode::AVP_OCCURS_TOO_MANY_TIMES);
}

#[test]
fn vendor_0_in_a_v_bit_is_3009() {
    assert_eq!(
        result(avp(4_000_000, V, 0, b"x")),
        ResultCode::INVALID_AVP_BITS
    );
    assert_eq!(result(avp(4_000_000, V, 1, b"x")), ResultCode::SUCCESS);
    // Failed-AVP shows the bit and the vendor, which are what is wrong.
    for length in [0, 1, 4, MAX_FAILED_DATA - 4] {
        let wrong = avp(4_000_000, V, 0, &vec![b'x'; length]);
        let error = ServerAssignmentRequest::decode(&sar_with(wrong.clone()))
            .map(|_| ())
            .expect_err("vendor 0");
        assert!(error.failed_avp() == Some(&wrong), "{length}");
    }
    let long = avp(4_000_000, V, 0, &vec![b'x'; MAX_FAILED_DATA]);
    let shown = avp(4_000_000, V, 0, &vec![b'x'; MAX_FAILED_DATA - 4]);
    let error = ServerAssignmentRequest::decode(&sar_with(long)).expect_err("vendor 0");
    assert!(error.failed_avp() == Some(&shown));
}

#[test]
fn m_clear_where_it_must_be_set_is_3009() {
    assert_eq!(
        result(avp(601, V, TGPP, b"sip:a@b.example")),
        ResultCode::INVALID_AVP_BITS
    );
    assert_eq!(
        result(avp(293, 0, 0, b"hss.example")),
        ResultCode::INVALID_AVP_BITS
    );
    assert_eq!(result(avp(293, M, 0, b"hss.example")), ResultCode::SUCCESS);
}

/// Dictionaries in the field mark 653 to 658 "must" where TS 29.229 has "must not".
#[test]
fn m_set_where_it_is_sent_clear_is_read_and_sent_clear() {
    let message = sar_with(tgpp(655, &[0, 0, 0, 1]));
    let sar = ServerAssignmentRequest::decode(&message).expect("read either way");
    assert!(
        sar.sar_flags
            .expect("the AVP")
            .contains(SarFlags::P_CSCF_RESTORATION)
    );
    let mut out = bytes::BytesMut::new();
    sar.encode(1, 2, Flags::NONE, &mut out);
    assert!(out.ends_with(&tgpp_clear(655, &[0, 0, 0, 1])));
}

/// TS 29.229 §7.1: M of Supported-Features is the sender's word.
#[test]
fn m_of_supported_features_is_kept() {
    let inner = [
        ietf(266, &TGPP.to_be_bytes()),
        tgpp_clear(629, &[0, 0, 0, 1]),
        tgpp_clear(630, &[0, 0, 0, 4]),
    ]
    .concat();
    for (flags, m_bit) in [
        (V, diameter_codec::MBit::Clear),
        (V | M, diameter_codec::MBit::Set),
    ] {
        let octets = avp(628, flags, TGPP, &inner);
        let message = sar_with(octets.clone());
        let sar = ServerAssignmentRequest::decode(&message).expect("a right SAR");
        assert_eq!(
            sar.supported_features
                .first()
                .map(|features| features.m_bit),
            Some(m_bit)
        );
        let mut out = bytes::BytesMut::new();
        sar.encode(1, 2, Flags::NONE, &mut out);
        assert!(out.ends_with(&octets));
    }
}

/// Padding is not in the length, is written as zeros and is read whatever it holds.
#[test]
fn padding() {
    for text in ["a", "ab", "abc", "abcd"] {
        let right = ietf(282, text.as_bytes());
        let mut octets = right.clone();
        octets[8 + text.len()..].fill(0xff);
        let message = sar_with(octets);
        let sar = ServerAssignmentRequest::decode(&message).expect("a right SAR");
        assert_eq!(sar.route_record.first(), Some(text));
        let mut out = bytes::BytesMut::new();
        sar.encode(1, 2, Flags::NONE, &mut out);
        assert!(out.ends_with(&right));
    }
}

/// Some senders leave out the padding behind the last AVP of a group.
#[test]
fn padding_may_be_missing_at_the_end_of_a_group() {
    let mut inner = ietf(1, b"alice@home.example");
    inner.truncate(8 + 18);
    let octets = tgpp_clear(632, &inner);
    let request = sar_with(octets);
    let sar = ServerAssignmentRequest::decode(&request).expect("an extra");
    let group = sar
        .extra
        .find(cx::avp::ASSOCIATED_IDENTITIES)
        .expect("the AVP");
    assert_eq!(
        group.group().next().and_then(|avp| avp.text()),
        Some("alice@home.example")
    );
}

#[test]
fn avps_stand_in_any_order() {
    let mut avps = least_sar();
    avps.reverse();
    assert!(ServerAssignmentRequest::decode(&sar(&avps)).is_ok());
}

/// Reading on demand stops where a length cannot be followed, and what came before is there.
#[test]
fn lenient_walk_ends_at_the_first_wrong_length() {
    let mut octets = crate::frames::frame(0xc0, 301, 16_777_216, &least_sar());
    let before = octets.len();
    octets.extend([0, 0, 0, 1, 0x40, 0, 0xff, 0]);
    let length = octets.len() as u32;
    octets[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
    let message = message(octets);
    assert_eq!(message.avps().count(), least_sar().len());
    assert_eq!(message.session_id(), Some("scscf1.home.example;1;2"));
    assert_eq!(message.origin_host(), Some("scscf1.home.example"));
    assert!(before < message.octets().len());
}
