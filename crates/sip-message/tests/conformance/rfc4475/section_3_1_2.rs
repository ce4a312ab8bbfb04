//! Invalid messages.

use sip_message::{
    Contact, Expires, Framer, Message, Name, ParseError, Piece, Status, StreamFault, validate,
};

use super::messages;
use super::{bad, contacts, parsed, read, refused, valid};

/// What a connection makes of the octets, and of their end.
fn on_a_connection(octets: &[u8]) -> (Result<Option<Piece>, StreamFault>, Option<StreamFault>) {
    let mut framer = Framer::new(65_536);
    framer.push(octets);
    (framer.next(), framer.incomplete())
}

fn status(fault: Option<StreamFault>) -> Option<Status> {
    match fault {
        Some(StreamFault::Refused { invalid, .. }) => Some(invalid.status),
        _ => None,
    }
}

/// `;;,;,,` in Via, `;;;;` after the Contact's address: each is reason enough.
#[test]
fn s3_1_2_1_badinv01() {
    assert_eq!(refused(messages::badinv01()), bad("Via is malformed"));
    let with = |via: &str, contact: &str| {
        let mut message = parsed(messages::badinv01());
        message.set(Name::VIA, via);
        message.set(Name::CONTACT, contact);
        validate(&message).map_err(|invalid| (invalid.status, invalid.reason))
    };
    let (via, contact) = ("SIP/2.0/UDP 192.0.2.15", "\"Joe\" <sip:joe@example.org>");
    assert_eq!(with(via, contact), Ok(()));
    assert_eq!(
        with(via, &format!("{contact};;;;")),
        Err(bad("Contact is malformed"))
    );
    for empty in [";;", ",", ";", ";;branch=z9hG4bK1", ";branch=z9hG4bK1;"] {
        assert_eq!(
            with(&format!("{via}{empty}"), contact),
            Err(bad("Via is malformed")),
            "{empty}"
        );
    }
}

/// Content-Length larger than the body: 400, on a connection once no more comes.
#[test]
fn s3_1_2_2_clerr() {
    assert_eq!(
        refused(messages::clerr()),
        bad("Content-Length is larger than the body")
    );
    let (waits, end) = on_a_connection(&messages::clerr());
    assert!(matches!(waits, Ok(None)));
    assert_eq!(status(end), Some(Status::BAD_REQUEST));
}

/// A negative Content-Length: 400, and the connection is of no more use.
#[test]
fn s3_1_2_3_ncl() {
    let reason = "Content-Length is not one number";
    assert_eq!(refused(messages::ncl()), bad(reason));
    let (fault, _) = on_a_connection(&messages::ncl());
    assert_eq!(status(fault.err()), Some(Status::BAD_REQUEST));
}

/// Numbers that do not fit: CSeq is refused, lifetimes count as an hour.
#[test]
fn s3_1_2_4_scalar02() {
    assert_eq!(refused(messages::scalar02()), bad("CSeq is malformed"));
    let mut message = parsed(messages::scalar02());
    assert_eq!(read::<Expires>(&message), Expires(3600));
    assert_eq!(read::<Contact<'_>>(&message).expires(), Some(3600));
    message.set(Name::CSEQ, "1 REGISTER");
    let invalid = validate(&message).unwrap_err();
    assert_eq!(invalid.reason, "Max-Forwards is not a number from 0 to 255");
    message.set(Name::MAX_FORWARDS, "255");
    assert_eq!(validate(&message), Ok(()));
}

/// The same in a response: dropped.
#[test]
fn s3_1_2_5_scalarlg() {
    let message = parsed(messages::scalarlg());
    let invalid = validate(&message).unwrap_err();
    assert_eq!(invalid.reason, "CSeq is malformed");
    assert!(invalid.response(&message).is_none());
    // Nothing panics at the other large numbers either.
    assert!(message.read::<sip_message::RetryAfter<'_>>().is_err());
    assert!(message.read::<sip_message::Warning<'_>>().is_err());
}

/// A quoted string without end.
#[test]
fn s3_1_2_6_quotbal() {
    assert_eq!(refused(messages::quotbal()), bad("To is malformed"));
}

/// A Request-URI in angle brackets.
#[test]
fn s3_1_2_7_ltgtruri() {
    assert_eq!(
        refused(messages::ltgtruri()),
        bad("Request-URI is malformed")
    );
}

/// White space in the Request-URI.
#[test]
fn s3_1_2_8_lwsruri() {
    assert_eq!(
        refused(messages::lwsruri()),
        bad("Request-URI is malformed")
    );
}

/// More than one space between the parts of the start line.
#[test]
fn s3_1_2_9_lwsstart() {
    assert_eq!(
        refused(messages::lwsstart()),
        bad("Start line is malformed")
    );
}

/// Spaces at the end of the start line.
#[test]
fn s3_1_2_10_trws() {
    assert_eq!(refused(messages::trws()), bad("Start line is malformed"));
}

/// Header fields in the Request-URI.
#[test]
fn s3_1_2_11_escruri() {
    assert_eq!(
        refused(messages::escruri()),
        bad("Request-URI with headers")
    );
}

/// A Date in another zone than GMT, on which nothing acts.
#[test]
fn s3_1_2_12_baddate() {
    let message = valid(messages::baddate());
    assert_eq!(
        message.header(Name::DATE),
        Some("Fri, 01 Jan 2010 16:00:00 EST")
    );
    assert_eq!(contacts(&message), ["sip:caller@host5.example.net"]);
}

/// A Contact whose URI has `?` and no brackets.
#[test]
fn s3_1_2_13_regbadct() {
    assert_eq!(refused(messages::regbadct()), bad("Contact is malformed"));
}

/// White space between brackets and URI.
#[test]
fn s3_1_2_14_badaspec() {
    assert_eq!(refused(messages::badaspec()), bad("To is malformed"));
}

/// A display name with a comma and no quotes.
#[test]
fn s3_1_2_15_baddn() {
    assert_eq!(
        refused(messages::baddn()),
        bad("No empty line after the header fields")
    );
    let whole = [&messages::baddn()[..], b"\r\n"].concat();
    assert_eq!(refused(whole.into()), bad("From is malformed"));
}

/// Another version.
#[test]
fn s3_1_2_16_badvers() {
    let (status, _) = refused(messages::badvers());
    assert_eq!(status, Status::VERSION_NOT_SUPPORTED);
}

/// CSeq with the method of another request.
#[test]
fn s3_1_2_17_mismatch01() {
    assert_eq!(
        refused(messages::mismatch01()),
        bad("CSeq method is not the request's")
    );
}

/// The same with a method that nobody knows.
#[test]
fn s3_1_2_18_mismatch02() {
    let (status, _) = refused(messages::mismatch02());
    assert_eq!(status, Status::NOT_IMPLEMENTED);
}

/// A status code that does not fit.
#[test]
fn s3_1_2_19_bigcode() {
    assert_eq!(
        Message::parse(messages::bigcode()).err(),
        Some(ParseError::StatusCode)
    );
}
