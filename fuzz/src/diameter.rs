//! Diameter frames: walking, typed reading and writing of every command, and the answer to what is refused.

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{
    CapabilitiesExchangeAnswer, CapabilitiesExchangeRequest, DeviceWatchdogAnswer,
    DeviceWatchdogRequest, DisconnectPeerAnswer, DisconnectPeerRequest, ErrorAnswer,
};
use diameter_codec::cx::{
    LocationInfoAnswer, LocationInfoRequest, MultimediaAuthAnswer, MultimediaAuthRequest,
    PushProfileAnswer, PushProfileRequest, RegistrationTerminationAnswer,
    RegistrationTerminationRequest, ServerAssignmentAnswer, ServerAssignmentRequest,
    UserAuthorizationAnswer, UserAuthorizationRequest,
};
use diameter_codec::{Avps, MAX_MESSAGE, Message, error_answer, frame_length};

/// Octets from a connection.
pub fn diameter(octets: &[u8]) {
    if let Ok(Some(length)) = frame_length(octets)
        && let Some(frame) = octets.get(..length)
        && let Ok(message) = Message::parse(Bytes::copy_from_slice(frame))
    {
        assert_eq!(message.octets().as_ref(), frame);
        assert!(message.avps().count() <= frame.len() / 8);
        walk(message.avps(), 0);
        let _ = format!("{message:?}");
        typed(&message);
    }
}

fn walk(avps: Avps<'_>, depth: usize) {
    for avp in avps {
        let _ = (avp.text(), avp.unsigned32());
        if depth < 8 {
            walk(avp.group(), depth + 1);
        }
    }
}

/// Decodes, encodes and decodes again.
macro_rules! request {
    ($type:ident, $message:expr) => {
        match $type::decode($message) {
            Ok(read) => {
                let header = $message.header();
                let (mut out, mut twice) = (BytesMut::new(), BytesMut::new());
                read.encode(header.hop_by_hop, header.end_to_end, header.flags, &mut out);
                let encoded = Message::parse(out.freeze()).expect("encoded, so it can be read");
                let again = $type::decode(&encoded).expect("encoded, so it can be decoded");
                assert_eq!(read, again);
                again.encode(
                    header.hop_by_hop,
                    header.end_to_end,
                    header.flags,
                    &mut twice,
                );
                assert_eq!(encoded.octets(), &twice);
            }
            Err(error) if $message.header().is_request() => {
                let mut out = BytesMut::new();
                error_answer($message, "a.example", "example", &error, &mut out);
                assert!(out.len() <= MAX_MESSAGE);
                Message::parse(out.freeze()).expect("encoded, so it can be read");
            }
            Err(_) => {}
        }
    };
}

macro_rules! answer {
    ($type:ident, $message:expr) => {
        if let Ok(read) = $type::decode($message) {
            let (mut out, mut twice) = (BytesMut::new(), BytesMut::new());
            read.encode_answer($message.header(), &mut out);
            let encoded = Message::parse(out.freeze()).expect("encoded, so it can be read");
            let again = $type::decode(&encoded).expect("encoded, so it can be decoded");
            assert_eq!(read, again);
            again.encode_answer($message.header(), &mut twice);
            assert_eq!(encoded.octets(), &twice);
        }
    };
}

/// By every command: those of another code refuse the header.
fn typed(message: &Message) {
    request!(CapabilitiesExchangeRequest, message);
    request!(DeviceWatchdogRequest, message);
    request!(DisconnectPeerRequest, message);
    request!(LocationInfoRequest, message);
    request!(MultimediaAuthRequest, message);
    request!(PushProfileRequest, message);
    request!(RegistrationTerminationRequest, message);
    request!(ServerAssignmentRequest, message);
    request!(UserAuthorizationRequest, message);
    answer!(CapabilitiesExchangeAnswer, message);
    answer!(DeviceWatchdogAnswer, message);
    answer!(DisconnectPeerAnswer, message);
    answer!(ErrorAnswer, message);
    answer!(LocationInfoAnswer, message);
    answer!(MultimediaAuthAnswer, message);
    answer!(PushProfileAnswer, message);
    answer!(RegistrationTerminationAnswer, message);
    answer!(ServerAssignmentAnswer, message);
    answer!(UserAuthorizationAnswer, message);
}
