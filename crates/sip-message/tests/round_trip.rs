//! Any octets: no panic, and what is not touched is printed as it came. Any edits: printing says what readers see.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use sip_message::{
    Authorization, CSeq, Contact, Message, Name, PAccessNetworkInfo, PChargingVector,
    PVisitedNetworkId, Params, Route, To, Uri, Via, validate,
};

/// Reads everything that can be read.
fn read_all(message: &Message) -> usize {
    let mut seen = 0;
    for header in message.headers() {
        seen += message.elements(header.name).count();
        seen += Params::new(header.value).iter().count();
    }
    seen += message
        .read_all::<Via<'_>>()
        .filter(|via| via.is_ok())
        .count();
    seen += message
        .read_all::<Contact<'_>>()
        .filter(|contact| contact.is_ok())
        .count();
    seen += message
        .read_all::<Route<'_>>()
        .filter(|r| r.as_ref().is_ok_and(|r| r.uri().is_ok()))
        .count();
    seen += message
        .read_all::<Authorization<'_>>()
        .filter(|a| a.as_ref().is_ok_and(|a| a.get("nonce").is_some()))
        .count();
    seen += message.read_all::<PVisitedNetworkId<'_>>().count();
    seen += message.read_all::<PChargingVector<'_>>().count();
    seen += message.read_all::<PAccessNetworkInfo<'_>>().count();
    seen += usize::from(message.read::<CSeq<'_>>().is_ok());
    seen += usize::from(message.read::<To<'_>>().is_ok());
    if let Err(invalid) = validate(message) {
        seen += usize::from(invalid.response(message).is_some());
    }
    seen
}

/// Pieces of messages, well formed and not, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"INVITE sip:a@b SIP/2.0\r\n"[..],
        b"SIP/2.0 200 OK\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b",",
        b";",
        b"=",
        b"\"",
        b"\\",
        b"<",
        b">",
        b"%",
        b"%4",
        b"@",
        b"?",
        b"&",
        b"[",
        b"]",
        b"*",
        b"\xff",
        b"\0",
        b"Via: SIP/2.0/UDP a:5060;branch=z9hG4bK1;rport\r\n",
        b"v",
        b"To: <sip:b>;tag=\"",
        b"From",
        b"CSeq: 1 INVITE\r\n",
        b"Contact: \"a\" <sip:[::1]:1;x?y=z>;q=0.5;expires=9\r\n",
        b"Content-Length: ",
        b"l: 2\r\n",
        b"12",
        b"99999999999",
        b"Authorization: Digest nonce=\"1\", qop=\"a,b\"\r\n",
        b"tel:+1-2;ext=3",
        b"sip:",
        b"P-Charging-Vector: icid-value=",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

#[derive(Debug, Clone)]
enum Edit {
    Set(usize, String),
    Append(usize, String),
    Prepend(usize, String),
    Remove(usize),
    Pop(usize),
    Replace(usize, String),
    Uri(String),
    Body(Vec<u8>),
}

const NAMES: [&str; 6] = [
    "Via",
    "Route",
    "Subject",
    "X-Odd",
    "Authorization",
    "Contact",
];

fn edit() -> impl Strategy<Value = Edit> {
    let value = "[ -~\r\né]{0,20}";
    let name = 0..NAMES.len();
    prop_oneof![
        (name.clone(), value).prop_map(|(name, value)| Edit::Set(name, value)),
        (name.clone(), value).prop_map(|(name, value)| Edit::Append(name, value)),
        (name.clone(), value).prop_map(|(name, value)| Edit::Prepend(name, value)),
        name.clone().prop_map(Edit::Remove),
        name.clone().prop_map(Edit::Pop),
        (name, value).prop_map(|(name, value)| Edit::Replace(name, value)),
        "sip:[a-z]{1,8}".prop_map(Edit::Uri),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Edit::Body),
    ]
}

fn apply(message: &mut Message, edit: &Edit) {
    let name = |at: &usize| Name::new(NAMES[*at]);
    match edit {
        Edit::Set(at, value) => message.set(name(at), value),
        Edit::Append(at, value) => message.append(name(at), value),
        Edit::Prepend(at, value) => message.prepend(name(at), value),
        Edit::Remove(at) => message.remove(name(at)),
        Edit::Pop(at) => {
            let before: Vec<String> = message.elements(name(at)).map(str::to_owned).collect();
            let popped = message.pop_element(name(at));
            assert_eq!(popped.as_ref(), before.first());
            // The rest of a line is written in one: a fold in it is white space (RFC 3261 §7.3.1).
            let unfolded = |element: &str| element.replace(['\r', '\n'], " ");
            let after: Vec<_> = message.elements(name(at)).map(unfolded).collect();
            let rest = before.iter().skip(1).map(|element| unfolded(element));
            assert_eq!(after, rest.collect::<Vec<_>>());
        }
        Edit::Replace(at, value) => message.replace_element(name(at), value),
        Edit::Uri(uri) => message.set_request_uri(uri),
        Edit::Body(body) => message.set_body("text/plain", Bytes::copy_from_slice(body)),
    }
}

const RECEIVED: &str = "\
INVITE sip:bob@biloxi.com SIP/2.0\r\n\
v: SIP/2.0/UDP a;branch=z9hG4bK1 , SIP/2.0/TCP b;branch=z9hG4bK2\r\n\
Route:\r\n <sip:p1;lr>,\r\n\t<sip:p2;lr>\r\n\
X-Odd : \"a, b\" , c\r\n\
Contact: *\r\n\
Route: , <sip:p3>\r\n\
Content-Length: 3\r\n\
x-oDD:\r\n\r\nabc";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_octets(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(message) = Message::parse(octets.into()) {
            read_all(&message);
        }
    }

    #[test]
    fn any_pieces(octets in pieces()) {
        let received = Bytes::from(octets);
        let Ok(message) = Message::parse(received.clone()) else { return Ok(()) };
        read_all(&message);
        let mut out = BytesMut::new();
        message.print(&mut out);
        prop_assert_eq!(&out, &message.to_bytes());
        // Line ends before and octets after are cut off; what is not UTF-8 cannot be kept.
        let start = received.iter().position(|o| !matches!(o, b'\r' | b'\n')).unwrap();
        if std::str::from_utf8(&received).is_ok() {
            prop_assert!(received[start..].starts_with(&out));
        }
        let again = Message::parse(out.freeze()).unwrap();
        prop_assert_eq!(again.start_line(), message.start_line());
        prop_assert!(again.headers().eq(message.headers()));
        prop_assert_eq!(again.body(), message.body());
    }

    #[test]
    fn edits_of_any_pieces(octets in pieces(), edits in prop::collection::vec(edit(), 1..6)) {
        let Ok(mut message) = Message::parse(octets.into()) else { return Ok(()) };
        for edit in &edits {
            apply(&mut message, edit);
        }
        read_all(&message);
        message.to_bytes();
    }

    #[test]
    fn printing_says_what_readers_see(edits in prop::collection::vec(edit(), 1..10)) {
        let mut message = Message::parse(Bytes::from_static(RECEIVED.as_bytes())).unwrap();
        for edit in &edits {
            apply(&mut message, edit);
        }
        let printed = Message::parse(message.to_bytes()).unwrap();
        prop_assert_eq!(printed.start_line(), message.start_line());
        prop_assert!(printed.headers().eq(message.headers()), "{:?}", printed.to_bytes());
        prop_assert_eq!(printed.body(), message.body());
        let length = message.header(Name::CONTENT_LENGTH).unwrap();
        prop_assert_eq!(length, message.body().len().to_string());
    }

    #[test]
    fn uris_print_as_they_were_written(text in "(sip|sips):([a-z%20;?]{1,6}(:[a-z]{1,3})?@)?[a-z]{1,5}(:[0-9]{1,4})?(;[a-z]{1,3}(=[a-z]{1,3})?){0,3}(\\?[a-z]=[a-z])?") {
        if let Ok(uri) = Uri::parse(&text) {
            prop_assert!(uri.equivalent(&uri));
            let printed = uri.to_string();
            let again = Uri::parse(&printed).unwrap();
            prop_assert!(uri.equivalent(&again));
        }
    }
}
