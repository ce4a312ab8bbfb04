//! RFC 4475, every message, with the verdict of the standard. `Message::parse` fails where nothing can be answered;
//! `validate` names the response; the rest is what an element does with a message that is valid.
//!
//! Where the standard lets an element choose, this is what was chosen:
//!
//! | section | message | choice |
//! | --- | --- | --- |
//! | 3.1.1.8 | dblreq | a datagram's octets after the body are ignored; on a connection they are the next message |
//! | 3.1.2.2 | clerr | datagram: 400; connection: waits, and 400 where no more comes |
//! | 3.1.2.4 | scalar02 | 400 for CSeq; Expires and `expires` too large are 3600; Max-Forwards above 255 is malformed too |
//! | 3.1.2.5, 3.1.2.19 | scalarlg, bigcode | dropped: a response is never answered |
//! | 3.1.2.9, 3.1.2.10 | lwsstart, trws | 400, not repaired: what another element would do with the line is not known |
//! | 3.1.2.11 | escruri | 400, rather than ignoring the headers of the Request-URI |
//! | 3.1.2.12 | baddate | accepted: nothing here acts on Date |
//! | 3.1.2.14 | badaspec | 400, not trimmed |
//! | 3.1.2.15 | baddn | 400, also with the empty line that the standard's message lacks |
//! | 3.1.2.18 | mismatch02 | 501, which the standard prefers to 400 |
//! | 3.3.4 | unksm2 | accepted: what a registrar makes of such a To is its own affair (404) |
//! | 3.3.5–3.3.7, 3.3.11, 3.3.15 | bext01, invut, regaut01, zeromf, sdp01 | accepted: 420, 415, 401, 483, 406 are the element's, from what is read here |
//! | 3.3.10 | bcast | accepted: the element drops what has another Via than its own |

pub(crate) mod messages;

mod section_3_1_1;
mod section_3_1_2;
mod section_3_2_to_3_4;

use bytes::Bytes;
use sip_message::{
    CSeq, CallId, Contact, From, Message, Method, Name, NameAddr, ParseError, SipUri, Status, To,
    TypedHeader, Uri, Via, validate,
};

/// The message, which is to be found in the octets.
fn parsed(octets: Bytes) -> Message {
    Message::parse(octets).expect("a message")
}

/// The message, which is to be valid, and is printed as it came.
fn valid(octets: Bytes) -> Message {
    let message = parsed(octets.clone());
    assert_eq!(validate(&message), Ok(()));
    let printed = message.to_bytes();
    assert!(octets.starts_with(&printed), "{printed:?}");
    message
}

/// A request that is refused; the response that says so is valid, and goes where its Via says.
fn refused(octets: Bytes) -> (Status, &'static str) {
    let message = parsed(octets);
    let invalid = validate(&message).expect_err("it is not valid");
    if let Some(response) = invalid.response(&message) {
        assert_eq!(response.status(), Some(invalid.status));
        assert_eq!(
            response.elements(Name::VIA).next(),
            message.elements(Name::VIA).next()
        );
    }
    (invalid.status, invalid.reason)
}

fn bad(reason: &'static str) -> (Status, &'static str) {
    (Status::BAD_REQUEST, reason)
}

/// The header field `H`, which is to be there and to be readable.
fn read<'a, H: TypedHeader<'a>>(message: &'a Message) -> H {
    message.read().expect("readable").expect("there")
}

fn all<'a, H: TypedHeader<'a>>(message: &'a Message) -> Vec<H> {
    message
        .read_all()
        .collect::<Result<_, _>>()
        .expect("readable")
}

fn sip(text: &str) -> SipUri<'_> {
    match Uri::parse(text) {
        Ok(Uri::Sip(uri)) => uri,
        other => panic!("{text}: {other:?}"),
    }
}

/// URI and tag of an address.
fn address<'a>(address: &NameAddr<'a>) -> (&'a str, Option<&'a str>) {
    (address.uri, address.tag())
}

/// What every message has: To and From with their tags, Call-ID, CSeq.
#[derive(Debug, PartialEq)]
struct Basics<'a> {
    to: (&'a str, Option<&'a str>),
    from: (&'a str, Option<&'a str>),
    call_id: &'a str,
    cseq: (u32, &'a str),
}

fn basics(message: &Message) -> Basics<'_> {
    let cseq = read::<CSeq<'_>>(message);
    Basics {
        to: address(&read::<To<'_>>(message)),
        from: address(&read::<From<'_>>(message)),
        call_id: read::<CallId<'_>>(message).0,
        cseq: (cseq.seq, cseq.method.as_str()),
    }
}

/// Sent-by and branch of each Via.
fn hops(message: &Message) -> Vec<(String, Option<&str>)> {
    all::<Via<'_>>(message)
        .into_iter()
        .map(|via| {
            let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
            (
                format!("{} {}{port}", via.transport, via.host),
                via.branch(),
            )
        })
        .collect()
}

fn contacts(message: &Message) -> Vec<&str> {
    all::<Contact<'_>>(message)
        .iter()
        .map(|contact| contact.address().expect("an address").uri)
        .collect()
}

/// Names of the header fields, in order, as written.
fn names(message: &Message) -> Vec<&str> {
    message
        .headers()
        .map(|header| header.name.as_str())
        .collect()
}

/// One test for every message, and its path says which section it is.
#[test]
fn every_section_has_its_message() {
    let sections: std::collections::HashSet<_> =
        messages::ALL.iter().map(|(section, ..)| section).collect();
    assert_eq!(sections.len(), 49);
    for (_, name, octets) in messages::ALL {
        let found = Message::parse(octets());
        let is_dropped = name == "bigcode";
        assert_eq!(
            found.err(),
            is_dropped.then_some(ParseError::StatusCode),
            "{name}"
        );
    }
}

fn unknown(method: Option<Method<'_>>) -> &str {
    let method = method.expect("a request");
    assert!(!method.is_known());
    method.as_str()
}
