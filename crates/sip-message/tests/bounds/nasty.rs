//! Inputs that parsers trip over, of about any length; and reading everything in them.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use instruction_count::Kind;
use sip_message::header::{
    AuthenticationInfo, Authorization, ContentType, PAccessNetworkInfo, PChargingVector,
    RetryAfter, SecurityClient, TypedHeader, Via, Warning,
};
use sip_message::{
    Contact, Framer, From, MAX_FIELDS, Message, Multipart, Name, Params, Part, Piece, Route,
    Status, To, Uri, unquote, validate,
};

/// Every kind of input.
pub(crate) const KINDS: [Kind; 43] = [
    ("folds", |n| head("Subject: a", "\r\n a", n)),
    ("folds-before-colon", |n| head("To", "\r\n ", n)),
    ("commas", |n| head("Contact: ", ",", n)),
    ("elements", |n| head("Contact: <sip:a>", ",<sip:a>", n)),
    ("elements-of-unknown", |n| head("X: a", ",a", n)),
    ("vias", |n| head("Via: SIP/2.0/UDP a", ",SIP/2.0/UDP a", n)),
    ("via-lines", |n| {
        let line = "\r\nVia: SIP/2.0/UDP abcdefghijklmnopqr";
        head("Via: SIP/2.0/UDP a", line, n.min(900 * line.len()))
    }),
    ("routes", |n| head("Route: <sip:a;lr>", ",<sip:a;lr>", n)),
    ("names", names),
    ("pings", |n| {
        let mut octets = "\r\n".repeat(n / 2).into_bytes();
        octets.extend(head("X: ", "a", 100));
        octets
    }),
    ("pipelined", |n| {
        head("Content-Length: 0\r\nX: ", "a", 300).repeat(n.div_ceil(500))
    }),
    ("endless-body", |n| {
        let mut octets = head("Content-Length: 4294967295\r\nX: ", "a", 10);
        octets.extend("b".repeat(n).into_bytes());
        octets
    }),
    ("comments", |n| head("Retry-After: 5 ", "(", n)),
    ("parameters", |n| head("Via: SIP/2.0/UDP a", ";a", n)),
    ("empty-parameters", |n| head("Contact: <sip:a>", ";", n)),
    ("quotes", |n| head("To: ", "\"\"", n)),
    ("open-quote", |n| head("To: \"", "a", n)),
    ("open-quotes", |n| {
        head("Contact: <sip:a>;x=\"", "a,<sip:a>;x=\"", n)
    }),
    ("backslashes", |n| head("To: \"", "\\", n)),
    ("open-brackets", |n| head("Contact: ", "<", n)),
    ("credentials", |n| {
        head("Authorization: Digest a=b", ",a=\"b,c\"", n)
    }),
    ("spaces", |n| head("From:", " ", n)),
    ("carriage-returns", |n| head("From: a", "\r", n)),
    ("lines", |n| head("X: ", "\r\na: 0123456789012345678", n)),
    ("lines-without-colon", |n| {
        head(
            "X: ",
            "\r\nabcdefghijklmnopqrstuvwxyz0123",
            n.min(1_000 * 32),
        )
    }),
    ("long-name", |n| head("", "N", n)),
    ("long-uri", |n| uri("sip:", "a", "@b", n)),
    ("escapes", |n| uri("sip:", "%41", "@b", n)),
    ("uri-parameters", |n| uri("sip:a@b", ";p", "", n)),
    ("escapes-in-parameters", |n| uri("sip:a@b;x=", "%41", "", n)),
    ("escapes-in-headers", |n| uri("sip:a@b?x=", "%41", "", n)),
    ("long-uri-parameters", |n| {
        let name = "p".repeat(n / 60 / A_URI);
        let named: Vec<String> = (0..50).map(|p| format!(";{name}{p}")).collect();
        uri("sip:a@b", &named.concat(), "", named.concat().len() * A_URI)
    }),
    ("escaped-uri-parameters", |n| {
        let name = "%70".repeat(n / 180 / A_URI);
        let named: Vec<String> = (10..60).map(|p| format!(";{name}{p}")).collect();
        uri("sip:a@b", &named.concat(), "", named.concat().len() * A_URI)
    }),
    ("short-fields", |n| short(b"a:\r\n", n)),
    ("shorter-fields", |n| short(b"a:\n", n)),
    ("shortest-fields", |n| short(b"x\n", n)),
    ("shortest-fields-not-utf8", |n| short(b"\xff\n", n)),
    ("not-utf8", |n| {
        let mut octets = b"A b SIP/2.0\r\nX: ".to_vec();
        octets.resize(octets.len() + n, 0xff);
        octets
    }),
    ("body-of-what-is-not-utf8", |n| {
        let mut octets = b"A b SIP/2.0\r\nX: \xff\r\n\r\n".to_vec();
        octets.resize(octets.len() + n, b'b');
        octets
    }),
    ("lines-of-a-part", |n| {
        let lines = "Abcdefgh: 0123456789\r\n".repeat(n / 22);
        parts(&format!("\r\n--b\r\n{lines}\r\n"), lines.len() + 11)
    }),
    ("parts", |n| parts("--b\r\n\r\n", n)),
    ("boundaries-that-are-none", |n| {
        parts("\r\n--bb --b\r\n-", n)
    }),
    ("nested", nested),
];

const USUAL: &str = "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\n\
                     CSeq: 1 OPTIONS\r\n";

/// A request with a header field that begins with `start` and has `length` octets more of `piece`.
fn head(start: &str, piece: &str, length: usize) -> Vec<u8> {
    let long = piece.repeat(length / piece.len());
    format!("OPTIONS sip:a@b SIP/2.0\r\n{start}{long}\r\n{USUAL}\r\n").into_bytes()
}

/// Fields of as many different names as may be.
fn names(length: usize) -> Vec<u8> {
    let line = |n| format!("\r\nname-of-number-{n:05}: 0123456789");
    let lines: Vec<String> = (0..(length / 34).min(900)).map(line).collect();
    head("X: a", &lines.concat(), lines.concat().len().max(1))
}

/// Nothing but the same line, as often as there may be fields.
fn short(line: &[u8], length: usize) -> Vec<u8> {
    let lines = (length / line.len()).clamp(1, MAX_FIELDS);
    [b"A b SIP/2.0\r\n", &*line.repeat(lines), b"\r\n"].concat()
}

/// A URI has one of so many octets, so that the longest that are counted are within [`MAX_URI`].
///
/// [`MAX_URI`]: sip_message::uri::MAX_URI
const A_URI: usize = 8;

fn uri(start: &str, piece: &str, end: &str, length: usize) -> Vec<u8> {
    let long = piece.repeat(length / A_URI / piece.len());
    format!("OPTIONS {start}{long}{end} SIP/2.0\r\nContact: <{start}{long}{end}>\r\n{USUAL}\r\n")
        .into_bytes()
}

fn parts(piece: &str, length: usize) -> Vec<u8> {
    let long = piece.repeat(length / piece.len());
    format!(
        "MESSAGE sip:a@b SIP/2.0\r\n{USUAL}Content-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\n\r\n{long}\r\n--b--\r\n"
    )
    .into_bytes()
}

/// As deep as may be, and deeper, with a long part inmost.
fn nested(length: usize) -> Vec<u8> {
    let mut body = "x".repeat(length);
    for depth in 0..10 {
        body = format!(
            "--b{depth}\r\nContent-Type: multipart/mixed;boundary=b{}\r\n\r\n{body}\r\n--b{depth}--",
            depth - 1
        );
    }
    format!(
        "MESSAGE sip:a@b SIP/2.0\r\n{USUAL}Content-Type: multipart/mixed;boundary=b9\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Reads all that can be read, of a datagram and of a connection.
#[inline(never)]
pub(crate) fn read_everything(octets: &[u8]) {
    black_box(Framer::default());
    if let Ok(message) = Message::parse(Bytes::copy_from_slice(octets)) {
        read(&message);
    }
    let mut framer = Framer::new(octets.len());
    for piece in octets.chunks(100) {
        framer.push(piece);
        while let Ok(Some(piece)) = framer.next() {
            if let Piece::Message(message) = piece {
                black_box(validate(&message).is_ok());
            }
        }
    }
    black_box(framer.incomplete());
}

fn read(message: &Message) {
    if let Err(invalid) = validate(message) {
        black_box(invalid.response(message));
    }
    for header in message.headers() {
        black_box(Params::new(header.value).iter().count());
        black_box(Params::new(header.value).get("none"));
        black_box(unquote(header.value).len());
    }
    all::<Via<'_>>(message);
    all::<Contact<'_>>(message);
    all::<Route<'_>>(message);
    all::<From<'_>>(message);
    all::<To<'_>>(message);
    all::<Authorization<'_>>(message);
    all::<AuthenticationInfo<'_>>(message);
    all::<SecurityClient<'_>>(message);
    all::<PAccessNetworkInfo<'_>>(message);
    all::<PChargingVector<'_>>(message);
    all::<Warning<'_>>(message);
    all::<RetryAfter<'_>>(message);
    for credentials in message.read_all::<Authorization<'_>>().flatten() {
        black_box((credentials.has_duplicates(), credentials.get("nonce")));
    }
    for contact in message.read_all::<Contact<'_>>().flatten() {
        black_box(
            contact
                .address()
                .is_some_and(|address| address.uri().is_ok()),
        );
    }
    black_box(message.elements(Name::new("X")).count());
    if let Some(uri) = message.request_uri()
        && let Ok(uri) = Uri::parse(uri)
    {
        black_box(uri.equivalent(&uri));
    }
    if let Ok(Some(content_type)) = message.read::<ContentType<'_>>()
        && let Ok(parts) = Multipart::new(&content_type, message.body())
    {
        for part in parts.flatten() {
            nest(&part);
        }
    }
    let mut edited = message.clone();
    edited.set_to_tag("t");
    edited.prepend(Name::VIA, "SIP/2.0/UDP b");
    while let Some(route) = edited.pop_element(Name::ROUTE) {
        black_box(route);
    }
    edited.remove_elements(Name::VIA, message.elements(Name::VIA).count());
    black_box(Message::response(message, Status::OK));
    let mut out = BytesMut::new();
    edited.print(&mut out);
    black_box(out);
}

fn nest(part: &Part<'_>) {
    black_box(part.header(Name::CONTENT_TYPE));
    if let Ok(parts) = part.multipart() {
        for part in parts.flatten() {
            nest(&part);
        }
    }
}

fn all<'a, H: TypedHeader<'a>>(message: &'a Message) {
    black_box(message.read_all::<H>().filter(Result::is_ok).count());
}
