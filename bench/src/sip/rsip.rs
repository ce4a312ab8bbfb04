//! `rsip`. It has no types for Path and Service-Route: their text is taken.

use std::hint::black_box;

use bytes::Bytes;
use rsip::Header;
use rsip::headers::ToTypedHeader;
use rsip::message::{HasHeaders, HeadersExt};

use super::Candidate;

pub(super) const CANDIDATE: Candidate = Candidate {
    who: "rsip",
    bare: |octets| black_box(rsip::SipMessage::try_from(&octets[..])).is_ok(),
    full: |octets| full(octets).is_ok(),
};

fn full(octets: &Bytes) -> Result<(), rsip::Error> {
    let message = rsip::SipMessage::try_from(&octets[..])?;
    black_box(message.via_header()?.typed()?);
    black_box(message.from_header()?.typed()?);
    black_box(message.to_header()?.typed()?);
    black_box(message.call_id_header()?);
    black_box(message.cseq_header()?.typed()?);
    for header in message.headers().iter() {
        match header {
            Header::Contact(contact) => drop(black_box(contact.typed()?)),
            Header::Route(route) => drop(black_box(route.typed()?)),
            Header::RecordRoute(route) => drop(black_box(route.typed()?)),
            Header::Expires(expires) => drop(black_box(expires.seconds()?)),
            Header::Other(name, value) => drop(black_box((name, value))),
            _ => {}
        }
    }
    black_box(message.to_string().into_bytes());
    Ok(())
}
