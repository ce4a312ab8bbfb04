//! `ezk-sip-types`, by the pull parser that its own endpoint uses.

use std::hint::black_box;

use bytes::Bytes;
use ezk_sip_types::header::typed::{CSeq, CallID, Contact, Expires, FromTo, Routing, Via};
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::parse::Parse;
use ezk_sip_types::print::AppendCtx;
use ezk_sip_types::{Headers, Name};

use super::Candidate;

pub(super) const CANDIDATE: Candidate = Candidate {
    who: "ezk-sip-types",
    bare: |octets| black_box(bare(octets)).is_some(),
    full: |octets| full(octets).is_some(),
};

fn bare(octets: &Bytes) -> Option<(MessageLine, Headers, Bytes)> {
    let mut parser = PullParser::new(octets, 0);
    let first = std::str::from_utf8(parser.next()?.ok()?).ok()?;
    let (_, start) = MessageLine::parse(octets)(first).ok()?;
    let mut headers = Headers::with_capacity(16);
    for line in &mut parser {
        let (_, line) = Line::parse(octets, std::str::from_utf8(line.ok()?).ok()?).ok()?;
        headers.insert(line.name, line.value);
    }
    Some((start, headers, octets.slice(parser.head_end()..)))
}

fn full(octets: &Bytes) -> Option<()> {
    let (start, headers, body) = bare(octets)?;
    black_box(headers.get_named::<Via>().ok()?);
    black_box(headers.get::<FromTo>(Name::FROM).ok()?);
    black_box(headers.get::<FromTo>(Name::TO).ok()?);
    black_box(headers.get_named::<CallID>().ok()?);
    black_box(headers.get_named::<CSeq>().ok()?);
    if let Some(expires) = headers.try_get_named::<Expires>() {
        black_box(expires.ok()?);
    }
    if let Some(contacts) = headers.try_get_named::<Vec<Contact>>() {
        black_box(contacts.ok()?);
    }
    for name in [
        Name::ROUTE,
        Name::RECORD_ROUTE,
        Name::custom("Path", &["path"]),
        Name::custom("Service-Route", &["service-route"]),
    ] {
        all(&headers, name)?;
    }
    let mut printed = format!("{}\r\n{headers}\r\n", start.default_print_ctx()).into_bytes();
    printed.extend_from_slice(&body);
    black_box(printed);
    Some(())
}

fn all(headers: &Headers, name: Name) -> Option<()> {
    if let Some(routes) = headers.try_get::<Vec<Routing>>(name) {
        black_box(routes.ok()?);
    }
    Some(())
}
