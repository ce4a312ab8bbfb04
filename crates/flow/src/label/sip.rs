//! SIP: method and Request-URI, or status and reason.

use bytes::Bytes;
use sip_message::{Message, StartLine};

use super::{Label, unreadable};
use crate::event::{Outcome, Passage, Protocol, Purpose};

/// The label of one datagram.
pub(crate) fn sip(octets: &Bytes) -> Label {
    let Ok(message) = Message::parse(octets.clone()) else {
        return unreadable(octets);
    };
    let (label, detail, outcome) = match message.start_line() {
        StartLine::Request { method, uri } => {
            (method.to_string(), uri.to_owned(), Outcome::Request)
        }
        StartLine::Response { status, reason } => {
            let code = status.0;
            (code.to_string(), reason.to_owned(), outcome(code))
        }
    };
    Label {
        protocol: Protocol::Sip,
        label,
        detail,
        outcome,
        purpose: Purpose::Procedure,
        passage: Passage::First,
    }
}

/// The same of a datagram of which so many octets were not captured: what there is of its lines tells.
pub(crate) fn cut_sip(octets: &Bytes, missing: u32) -> Label {
    let lines = octets.iter().rposition(|&octet| octet == b'\n');
    let lines = lines.map_or(0, |end| end + 1);
    let mut label = sip(octets);
    if label.protocol == Protocol::Unknown {
        // A head has at least one field.
        label = sip(&[&octets[..lines], b"X: \r\n\r\n"].concat().into());
    }
    label.detail += match label.detail.is_empty() {
        true => "",
        false => ", ",
    };
    label.detail += &format!("cut short: {missing} octets were not captured");
    label
}

/// RFC 3261 §21: the hundreds tell, and 401 and 407 ask for credentials.
fn outcome(code: u16) -> Outcome {
    match code {
        100..=199 => Outcome::Provisional,
        200..=299 => Outcome::Success,
        401 | 407 => Outcome::Challenge,
        _ => Outcome::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_label(octets: &'static [u8], label: &str, detail: &str, outcome: Outcome) {
        let found = sip(&Bytes::from_static(octets));
        assert_eq!(
            (found.label.as_str(), found.detail.as_str(), found.outcome),
            (label, detail, outcome)
        );
    }

    #[test]
    fn requests_have_their_uri_and_responses_their_reason() {
        assert_label(
            b"REGISTER sip:home.example SIP/2.0\r\nCall-ID: a\r\n\r\n",
            "REGISTER",
            "sip:home.example",
            Outcome::Request,
        );
        let ok = b"SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n";
        assert_label(ok, "200", "OK", Outcome::Success);
        let challenge = b"SIP/2.0 401 Unauthorized\r\nCall-ID: a\r\n\r\n";
        assert_label(challenge, "401", "Unauthorized", Outcome::Challenge);
        let trying = b"SIP/2.0 100 \r\nCall-ID: a\r\n\r\n";
        assert_label(trying, "100", "", Outcome::Provisional);
        let refused = b"SIP/2.0 403 Forbidden\r\nCall-ID: a\r\n\r\n";
        assert_label(refused, "403", "Forbidden", Outcome::Failure);
    }

    #[test]
    fn what_is_no_sip_is_shown_by_its_octets() {
        let stun = b"\x00\x01\x00\x00\x21\x12\xa4\x42";
        assert_label(
            stun,
            "8 octets",
            "\\x00\\x01\\x00\\x00!\\x12\\xa4B",
            Outcome::Unreadable,
        );
    }
}
