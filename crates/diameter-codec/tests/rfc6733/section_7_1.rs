//! Result codes for AVPs that break the grammar or their data format, each with its Failed-AVP.

use diameter_codec::base::*;
use diameter_codec::cx::*;
use diameter_codec::{Address, DecodeError, ResultCode};

use crate::frames::{
    M, TGPP, V, avp, frame, ietf, least_sar, message, sar, sar_with, tgpp, tgpp_clear,
};

fn error(more: Vec<u8>) -> DecodeError {
    ServerAssignmentRequest::decode(&sar_with(more)).expect_err("a broken rule")
}

/// RFC 6733 §7.1.5: 5005 shows an AVP of the least length, of zeros.
#[test]
fn every_missing_avp_is_5005_with_an_example() {
    assert!(ServerAssignmentRequest::decode(&sar(&least_sar())).is_ok());
    let example: [(u32, u32, usize); 9] = [
        (263, 0, 0),
        (260, 0, 0),
        (277, 0, 4),
        (264, 0, 1),
        (296, 0, 1),
        (283, 0, 1),
        (602, TGPP, 0),
        (614, TGPP, 4),
        (624, TGPP, 4),
    ];
    for (missing, (code, vendor, length)) in example.into_iter().enumerate() {
        let mut avps = least_sar();
        avps.remove(missing);
        let message = sar(&avps);
        let error = ServerAssignmentRequest::decode(&message).expect_err("one is missing");
        assert_eq!(error.result_code(), ResultCode::MISSING_AVP);
        let flags = if vendor == 0 { M } else { M | V };
        let zeros = vec![0; length];
        assert_eq!(
            error.failed_avp(),
            Some(&*avp(code, flags, vendor, &zeros)),
            "{error}"
        );
    }
}

#[test]
fn a_list_that_needs_one_is_5005_where_it_is_empty() {
    let avps = |addresses: &[&[u8]]| {
        let mut avps = vec![ietf(264, b"a.example"), ietf(296, b"example")];
        avps.extend(addresses.iter().map(|address| ietf(257, address)));
        avps.extend([ietf(266, &[0, 0, 0, 1]), avp(269, 0, 0, b"test")]);
        message(frame(0x80, 257, 0, &avps))
    };
    let error = CapabilitiesExchangeRequest::decode(&avps(&[]))
        .map(|_| ())
        .expect_err("no address");
    assert_eq!(error.result_code(), ResultCode::MISSING_AVP);
    assert_eq!(error.failed_avp(), Some(&*ietf(257, &[0; 6])));
    let message = avps(&[&[0, 1, 192, 0, 2, 1], &[0, 8, b'1', b'2']]);
    let cer = CapabilitiesExchangeRequest::decode(&message).expect("a right CER");
    let read: Vec<_> = cer.host_ip_address.iter().collect();
    let e164 = Address::Other {
        family: 8,
        octets: b"12",
    };
    assert_eq!(read, [Address::Ip([192, 0, 2, 1].into()), e164]);
}

/// 5009 shows the first instance beyond the most.
#[test]
fn once_too_often_is_5009() {
    let mut avps = least_sar();
    avps.push(ietf(1, b"alice@home.example"));
    assert!(ServerAssignmentRequest::decode(&sar(&avps)).is_ok());
    avps.push(ietf(1, b"bob@home.example"));
    avps.push(ietf(1, b"carol@home.example"));
    let error = ServerAssignmentRequest::decode(&sar(&avps))
        .map(|_| ())
        .expect_err("twice");
    assert_eq!(error.result_code(), ResultCode::AVP_OCCURS_TOO_MANY_TIMES);
    assert_eq!(error.failed_avp(), Some(&*ietf(1, b"bob@home.example")));
    let again = least_sar().remove(0);
    let error = self::error(again.clone());
    assert_eq!(error.result_code(), ResultCode::AVP_OCCURS_TOO_MANY_TIMES);
    assert_eq!(error.failed_avp(), Some(&*again));
}

#[test]
fn unknown_with_m_is_5001_with_the_avp() {
    let unknown = avp(77, M | V, 99_999, b"?");
    let error = self::error(unknown.clone());
    assert_eq!(error.result_code(), ResultCode::AVP_UNSUPPORTED);
    assert_eq!(error.failed_avp(), Some(&*unknown));
}

/// Vendor-Specific-Application-Id has no `*[AVP]` (RFC 6733 §6.11).
#[test]
fn where_the_grammar_is_closed_others_are_5008_or_5001() {
    for (more, code) in [
        (ietf(27, &[0, 0, 0, 1]), ResultCode::AVP_NOT_ALLOWED),
        (avp(7000, 0, 0, b"x"), ResultCode::AVP_UNSUPPORTED),
    ] {
        let mut avps = least_sar();
        avps[1] = ietf(
            260,
            &[ietf(266, &TGPP.to_be_bytes()), more.clone()].concat(),
        );
        let error = ServerAssignmentRequest::decode(&sar(&avps))
            .map(|_| ())
            .expect_err("one more");
        assert_eq!(error.result_code(), code);
        assert_eq!(error.failed_avp(), Some(&*ietf(260, &more)));
    }
}

#[test]
fn numbers_of_wrong_length_are_5014() {
    for data in [&[][..], &[1], &[0, 0, 1], &[0, 0, 0, 0, 1]] {
        let wrong = tgpp_clear(655, data);
        let error = self::error(wrong.clone());
        assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
        assert_eq!(error.failed_avp(), Some(&*wrong));
    }
}

#[test]
fn addresses_of_wrong_length_are_5014() {
    let group = |address: &[u8]| tgpp_clear(664, &tgpp_clear(666, address));
    assert!(ServerAssignmentRequest::decode(&sar_with(group(&[0, 1, 10, 0, 0, 1]))).is_ok());
    for address in [&[][..], &[0], &[0, 1, 10, 0, 0], &[0, 2, 10, 0, 0, 1]] {
        let error = self::error(group(address));
        assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
        assert_eq!(error.failed_avp(), Some(&*group(address)));
    }
}

/// Text that is not UTF-8, names that are none, URIs of another scheme.
#[test]
fn values_that_are_none_are_5004() {
    for wrong in [
        ietf(1, &[0xff, 0xfe]),
        tgpp(601, b"sip:\xc3\x28@home.example"),
        ietf(293, b""),
        ietf(293, b"hss 1.example"),
        ietf(293, "hss\u{e9}.example".as_bytes()),
    ] {
        let error = self::error(wrong.clone());
        assert_eq!(
            error.result_code(),
            ResultCode::INVALID_AVP_VALUE,
            "{error}"
        );
        assert_eq!(error.failed_avp(), Some(&*wrong));
    }
    assert!(ServerAssignmentRequest::decode(&sar_with(tgpp(601, "sip:é@h".as_bytes()))).is_ok());
}

/// What is passed on need not be one: who goes there reads it ([`diameter_codec::DiameterUri`]).
#[test]
fn a_diameter_uri_is_carried_as_it_is_where_it_is_text() {
    for (uri, right) in [
        (&b"aaa://ccf.example:3868;transport=tcp"[..], true),
        (b"aaas://ccf.example", true),
        (b"ccf.example", true),
        (b"", true),
        (b"aaa://\xff", false),
    ] {
        let group = tgpp(618, &tgpp(621, uri));
        let mut avps = vec![
            ietf(293, b"scscf1.home.example"),
            ietf(1, b"alice@home.example"),
        ];
        avps.extend(least_sar().into_iter().take(6));
        avps.push(group.clone());
        let message = message(frame(0xc0, 305, 16_777_216, &avps));
        match PushProfileRequest::decode(&message) {
            Ok(read) => {
                let charging = read.charging_information.expect("the group");
                let name = charging.primary_charging_collection_function_name;
                assert_eq!(name.map(str::as_bytes), Some(uri));
                assert!(right, "{uri:?}");
            }
            Err(error) => {
                assert!(!right, "{uri:?}: {error}");
                assert_eq!(error.result_code(), ResultCode::INVALID_AVP_VALUE);
                assert_eq!(error.failed_avp(), Some(&*group));
            }
        }
    }
}

/// The grammars of TS 29.229 have both in brackets, so an answer with neither is read; who asked sees that it says nothing.
#[test]
fn an_answer_without_any_result_is_read() {
    let head = |results: &[Vec<u8>]| {
        let mut avps = least_sar();
        avps.truncate(5);
        avps.extend_from_slice(results);
        message(frame(0x40, 301, 16_777_216, &avps))
    };
    let experimental = ietf(
        297,
        &[
            ietf(266, &TGPP.to_be_bytes()),
            ietf(298, &5001_u32.to_be_bytes()),
        ]
        .concat(),
    );
    let result = ietf(268, &2001_u32.to_be_bytes());
    for (results, there) in [
        (vec![], (false, false)),
        (vec![result.clone()], (true, false)),
        (vec![experimental.clone()], (false, true)),
        (vec![result, experimental], (true, true)),
    ] {
        let message = head(&results);
        let saa = ServerAssignmentAnswer::decode(&message).expect("the grammar is kept");
        let found = (saa.result_code.is_some(), saa.experimental_result.is_some());
        assert_eq!(found, there);
    }
    // Those of RFC 6733 have it in braces.
    let dwa = message(frame(
        0,
        280,
        0,
        &[ietf(264, b"a.example"), ietf(296, b"example")],
    ));
    let error = DeviceWatchdogAnswer::decode(&dwa)
        .map(|_| ())
        .expect_err("no Result-Code");
    assert_eq!(error.result_code(), ResultCode::MISSING_AVP);
    assert_eq!(error.failed_avp(), Some(&*ietf(268, &[0; 4])));
}

/// Enumerations are open: what to do with an unknown value is for the procedure to say.
#[test]
fn an_unknown_value_of_an_enumeration_is_carried() {
    let mut avps = least_sar();
    avps[7] = tgpp(614, &77_u32.to_be_bytes());
    let message = sar(&avps);
    let sar = ServerAssignmentRequest::decode(&message).expect("carried");
    assert_eq!(sar.server_assignment_type, ServerAssignmentType(77));
    assert_eq!(sar.server_assignment_type.name(), None);
    let avp = message
        .find(diameter_codec::cx::avp::SERVER_ASSIGNMENT_TYPE)
        .expect("the AVP");
    let error = DecodeError::about(ResultCode::INVALID_AVP_VALUE, &avp);
    assert_eq!(error.failed_avp(), Some(&*tgpp(614, &77_u32.to_be_bytes())));
}

/// 5014 where the header cannot be followed: it is repeated with a value of zeros.
#[test]
fn a_length_that_leads_out_of_the_message_is_5014() {
    let mut avps = least_sar();
    let mut broken = tgpp_clear(655, &[0, 0, 0, 1]);
    broken[7] = 0x40;
    avps.push(broken);
    let error = ServerAssignmentRequest::decode(&sar(&avps))
        .map(|_| ())
        .expect_err("too long");
    assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
    assert_eq!(error.failed_avp(), Some(&*tgpp_clear(655, &[0; 4])));
}

#[test]
fn a_length_inside_its_own_header_is_5014() {
    for (flags, length) in [(M, 0), (M, 7), (V | M, 8), (V | M, 11)] {
        let mut broken = avp(4_000_000, flags, TGPP, &[0; 4]);
        broken[7] = length;
        let error = self::error(broken);
        assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
        assert_eq!(error.failed_avp(), Some(&*avp(4_000_000, flags, TGPP, &[])));
    }
}

/// 5014: a header that is cut off is filled up with zeros.
#[test]
fn a_header_that_is_cut_off_is_5014() {
    let error = self::error(vec![0, 0, 2, 0x8f]);
    assert_eq!(error.result_code(), ResultCode::INVALID_AVP_LENGTH);
    assert_eq!(error.failed_avp(), Some(&[0, 0, 2, 0x8f, 0, 0, 0, 8][..]));
}
