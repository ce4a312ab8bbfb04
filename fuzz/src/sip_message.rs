//! SIP messages: framing, validation, edits, printing.

use bytes::{Bytes, BytesMut};
use sip_message::{
    Header, Invalid, MAX_FIELDS, MAX_HEAD, Message, Name, ParseError, Status, Via, validate,
};

/// A datagram with a SIP message.
pub fn sip_message(octets: &[u8]) {
    let Ok(mut message) = Message::parse(Bytes::copy_from_slice(octets)) else {
        return;
    };
    untouched(&message, octets);
    if let Err(invalid) = validate(&message) {
        refused(&message, &invalid);
        return;
    }
    if message.method().is_some()
        && let Some(response) = same(&Message::response(&message, Status(200)))
    {
        validate(&response).expect("the response to a valid request is valid");
    }
    edit(&mut message);
    let Some(read) = same(&message) else { return };
    assert_eq!(read.elements(Name::VIA).next(), Some(VIA));
    assert_eq!(read.header(Name::EXPIRES), Some("1"));
    assert_eq!(read.all(Name::ROUTE).next(), None);
    assert_eq!(read.body(), b"body");
}

/// A message may be answered, and stamped on its arrival, before it is judged: what was put in stands where it was put.
fn refused(message: &Message, invalid: &Invalid) {
    if let Some(response) = invalid.response(message)
        && let Some(response) = same(&response)
    {
        assert_eq!(response.status(), Some(invalid.status));
    }
    let mut stamped = message.clone();
    stamped.replace_element(Name::VIA, VIA);
    stamped.prepend(Name::VIA, VIA);
    if let Some(read) = again(&stamped) {
        assert_eq!(read.elements(Name::VIA).next(), Some(VIA));
    }
}

const VIA: &str = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKedited";

/// What was not edited goes out as it came.
fn untouched(message: &Message, octets: &[u8]) {
    let printed = message.to_bytes();
    // A head that is not UTF-8 is made readable, so that it can be answered 400.
    if std::str::from_utf8(octets).is_ok() {
        let found = octets.windows(printed.len()).any(|part| part == printed);
        assert!(found, "untouched and not as it came");
    }
    let again = Message::parse(printed.clone()).expect("printed, so it can be read");
    equal(message, &again);
    assert_eq!(again.to_bytes(), printed);
}

fn edit(message: &mut Message) {
    message.pop_element(Name::VIA);
    message.prepend(Name::VIA, VIA);
    message.set(Name::EXPIRES, "1");
    message.remove(Name::ROUTE);
    message.append(Name::RECORD_ROUTE, "<sip:192.0.2.1;lr>");
    message.set_request_uri("sip:home.example");
    message.set_to_tag("edited");
    message.set_body("text/plain", Bytes::from_static(b"body"));
    let _ = message.read::<Via<'_>>();
}

/// The message printed and read again, which must be the same.
fn same(message: &Message) -> Option<Message> {
    let read = again(message)?;
    equal(message, &read);
    Some(read)
}

/// The message printed and read again; nothing where what was put in made it larger than what is read.
fn again(message: &Message) -> Option<Message> {
    let mut printed = BytesMut::new();
    message.print(&mut printed);
    let length = printed.len();
    match Message::parse(printed.freeze()) {
        Ok(read) => Some(read),
        Err(ParseError::TooManyFields) if message.headers().count() > MAX_FIELDS => None,
        Err(ParseError::HeadTooLong) if length > MAX_HEAD => None,
        Err(error) => panic!("printed, so it can be read: {error}"),
    }
}

fn equal(one: &Message, other: &Message) {
    assert_eq!(one.start_line(), other.start_line());
    let fields = |message: &Message| -> Vec<(String, String)> {
        let own = |header: Header<'_>| (header.name.to_string(), header.value.to_owned());
        message.headers().map(own).collect()
    };
    assert_eq!(fields(one), fields(other));
    assert_eq!(one.body(), other.body());
}
