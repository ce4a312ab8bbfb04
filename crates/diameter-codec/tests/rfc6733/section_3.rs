//! The header, and the frame in the stream.

use bytes::Bytes;
use diameter_codec::base::*;
use diameter_codec::cx::*;
use diameter_codec::{
    Flags, FrameError, HEADER_LEN, MAX_MESSAGE, Message, ResultCode, frame_length,
};

use crate::frames::{frame, least_sar, message};

const CX: u32 = 16_777_216;

fn refused(flags: u8, command: u32, application: u32) -> ResultCode {
    let message = message(frame(flags, command, application, &least_sar()));
    match ServerAssignmentRequest::decode(&message) {
        Ok(_) => ResultCode::SUCCESS,
        Err(error) => {
            assert_eq!(error.failed_avp(), None, "no AVP is to blame");
            error.result_code()
        }
    }
}

#[test]
fn the_length_is_known_from_four_octets() {
    assert_eq!(frame_length(&[]), Ok(None));
    assert_eq!(frame_length(&[1, 0, 0]), Ok(None));
    assert_eq!(frame_length(&[1, 0, 0, 20]), Ok(Some(HEADER_LEN)));
    assert_eq!(frame_length(&[1, 0, 4, 0, 0xff]), Ok(Some(1024)));
}

#[test]
fn another_protocol_is_told_from_its_first_octet() {
    assert_eq!(frame_length(b"G"), Err(FrameError::Version(b'G')));
    assert_eq!(frame_length(b"REGISTER"), Err(FrameError::Version(b'R')));
    assert_eq!(
        FrameError::Version(2).result_code(),
        ResultCode::UNSUPPORTED_VERSION
    );
}

#[test]
fn a_length_below_the_header_or_not_of_words_is_refused() {
    for length in [0, 4, 16, 19, 21, 22, 23, 1022] {
        let octets = (1_u32 << 24 | length).to_be_bytes();
        assert_eq!(frame_length(&octets), Err(FrameError::Length(length)));
    }
    assert_eq!(
        FrameError::Length(21).result_code(),
        ResultCode::INVALID_MESSAGE_LENGTH
    );
}

#[test]
fn the_limit_of_a_message_is_kept_to_the_octet() {
    let most = MAX_MESSAGE as u32;
    assert_eq!(
        frame_length(&(1 << 24 | most).to_be_bytes()),
        Ok(Some(MAX_MESSAGE))
    );
    let over = most + 4;
    assert_eq!(
        frame_length(&(1 << 24 | over).to_be_bytes()),
        Err(FrameError::TooLong(over))
    );
}

#[test]
fn a_message_is_exactly_its_length() {
    let octets = frame(0xc0, 301, CX, &least_sar());
    let length = octets.len() as u32;
    assert!(Message::parse(octets.clone().into()).is_ok());
    for there in [0, 3, 4, 19, octets.len() - 1] {
        let shorter = Bytes::copy_from_slice(&octets[..there]);
        let expected = if there < 4 { 0 } else { length };
        assert_eq!(
            Message::parse(shorter),
            Err(FrameError::Incomplete {
                length: expected,
                there
            })
        );
    }
    let longer = [octets.as_slice(), &[0]].concat();
    let there = longer.len();
    assert_eq!(
        Message::parse(longer.into()),
        Err(FrameError::Incomplete { length, there })
    );
}

#[test]
fn every_field_of_the_header() {
    let message = message(frame(0xd0, 301, CX, &least_sar()));
    let header = message.header();
    assert_eq!(
        header.flags,
        Flags::REQUEST
            .with(Flags::PROXIABLE)
            .with(Flags::RETRANSMITTED)
    );
    assert_eq!(header.command, ServerAssignmentRequest::COMMAND);
    assert_eq!(header.application.0, CX);
    assert_eq!(
        (header.hop_by_hop, header.end_to_end),
        (0x1122_3344, 0x5566_7788)
    );
    assert_eq!(header.length as usize, message.octets().len());
}

#[test]
fn flags_that_contradict_the_command_are_3008() {
    assert_eq!(refused(0xc0, 301, CX), ResultCode::SUCCESS);
    assert_eq!(
        refused(0xd0, 301, CX),
        ResultCode::SUCCESS,
        "T is for requests"
    );
    assert_eq!(
        refused(0xcf, 301, CX),
        ResultCode::SUCCESS,
        "reserved bits are ignored"
    );
    assert_eq!(
        refused(0x80, 301, CX),
        ResultCode::INVALID_HDR_BITS,
        "Cx is proxiable"
    );
    assert_eq!(
        refused(0xe0, 301, CX),
        ResultCode::INVALID_HDR_BITS,
        "R with E"
    );
    assert_eq!(
        refused(0x40, 301, CX),
        ResultCode::INVALID_HDR_BITS,
        "an answer"
    );
}

#[test]
fn p_is_not_for_messages_between_peers() {
    let avps = [
        crate::frames::ietf(264, b"a.example"),
        crate::frames::ietf(296, b"example"),
    ];
    let right = message(frame(0x80, 280, 0, &avps));
    assert!(DeviceWatchdogRequest::decode(&right).is_ok());
    let wrong = message(frame(0xc0, 280, 0, &avps));
    let error = DeviceWatchdogRequest::decode(&wrong).expect_err("P in a DWR");
    assert_eq!(error.result_code(), ResultCode::INVALID_HDR_BITS);
}

#[test]
fn t_is_not_for_answers() {
    let avps = [
        crate::frames::ietf(268, &2001_u32.to_be_bytes()),
        crate::frames::ietf(264, b"a.example"),
        crate::frames::ietf(296, b"example"),
    ];
    assert!(DeviceWatchdogAnswer::decode(&message(frame(0, 280, 0, &avps))).is_ok());
    let wrong = message(frame(0x10, 280, 0, &avps));
    let error = DeviceWatchdogAnswer::decode(&wrong).expect_err("T in a DWA");
    assert_eq!(error.result_code(), ResultCode::INVALID_HDR_BITS);
}

#[test]
fn another_command_or_application_is_3001_or_3007() {
    assert_eq!(refused(0xc0, 300, CX), ResultCode::COMMAND_UNSUPPORTED);
    assert_eq!(refused(0xc0, 301, 6), ResultCode::APPLICATION_UNSUPPORTED);
}
