//! To and from [`rsip::SipMessage`] 0.4, for callers who have code on it.

use bytes::Bytes;
use rsip::SipMessage;

use crate::error::ParseError;
use crate::message::{Message, StartLine};

/// A message that the other crate, or this one, does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConversionError {
    /// rsip refuses it, as it does IPv6 hosts and `tel:` URIs.
    #[error("rsip refuses the message: {0}")]
    Refused(rsip::Error),
    /// What rsip prints has no start line or header field.
    #[error("what rsip prints is no message: {0}")]
    Parse(#[from] ParseError),
}

impl TryFrom<&Message> for SipMessage {
    type Error = ConversionError;

    /// Names are given to rsip in their long form and values unfolded, since it knows neither compact forms nor folds.
    fn try_from(message: &Message) -> Result<SipMessage, ConversionError> {
        let mut text = match message.start_line() {
            StartLine::Request { method, uri } => format!("{method} {uri} SIP/2.0\r\n"),
            StartLine::Response { status, reason } => format!("SIP/2.0 {status} {reason}\r\n"),
        };
        for header in message.headers() {
            text.push_str(header.name.long());
            text.push_str(": ");
            text.extend(header.value.chars().map(|character| match character {
                '\r' | '\n' => ' ',
                other => other,
            }));
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        let mut octets = text.into_bytes();
        octets.extend_from_slice(message.body());
        SipMessage::try_from(octets).map_err(ConversionError::Refused)
    }
}

impl TryFrom<SipMessage> for Message {
    type Error = ConversionError;

    /// A body that is no text survives, which it would not in what rsip prints.
    fn try_from(mut message: SipMessage) -> Result<Message, ConversionError> {
        let body = std::mem::take(message.body_mut());
        let mut octets = message.to_string().into_bytes();
        octets.extend_from_slice(&body);
        Ok(Message::parse(Bytes::from(octets))?)
    }
}

#[cfg(test)]
mod tests {
    use rsip::headers::UntypedHeader;
    use rsip::message::HeadersExt;

    use super::*;
    use crate::name::Name;
    use crate::status::Status;
    use crate::validate::validate;

    const MESSAGE: &[u8] = b"\
MESSAGE sip:bob@biloxi.com SIP/2.0\r\n\
v: SIP/2.0/UDP a.example:5060;branch=z9hG4bK1\r\n\
Max-Forwards: 70\r\n\
From: <sip:alice@atlanta.com>;tag=1\r\n\
To: <sip:bob@biloxi.com>\r\n\
Call-ID: 1@a\r\n\
CSeq: 7 MESSAGE\r\n\
Subject: two\r\n lines\r\n\
X-Unknown: kept\r\n\
Content-Length: 3\r\n\r\n\xff\0\xfe";

    fn message(octets: &'static [u8]) -> Message {
        Message::parse(Bytes::from_static(octets)).unwrap()
    }

    #[test]
    fn there_and_back() {
        let original = message(MESSAGE);
        let theirs = SipMessage::try_from(&original).unwrap();
        assert!(theirs.is_request());
        assert_eq!(theirs.call_id_header().unwrap().value(), "1@a");
        assert_eq!(
            theirs.via_header().unwrap().value(),
            "SIP/2.0/UDP a.example:5060;branch=z9hG4bK1"
        );
        let back = Message::try_from(theirs).unwrap();
        assert_eq!(validate(&back), Ok(()));
        assert_eq!(back.start_line(), original.start_line());
        assert_eq!(back.body(), original.body());
        assert_eq!(back.header(Name::SUBJECT), Some("two   lines"));
        assert_eq!(back.header(Name::new("X-Unknown")), Some("kept"));
        assert_eq!(back.headers().count(), original.headers().count());
    }

    #[test]
    fn responses() {
        let response = Message::response(&message(MESSAGE), Status::OK);
        let theirs = SipMessage::try_from(&response).unwrap();
        assert!(theirs.is_response());
        let back = Message::try_from(theirs).unwrap();
        assert_eq!(back.status(), Some(Status::OK));
        assert!(back.headers().eq(response.headers()));
    }

    #[test]
    fn what_rsip_refuses_is_an_error() {
        let mut request = message(MESSAGE);
        request.set_request_uri("tel:+12015550123");
        assert!(matches!(
            SipMessage::try_from(&request),
            Err(ConversionError::Refused(_))
        ));
    }
}
