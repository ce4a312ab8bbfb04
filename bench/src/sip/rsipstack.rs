//! `rsipstack`. It has no type for Path: it is read as a Route, which has the same grammar.

use std::hint::black_box;

use bytes::Bytes;
use rsipstack::sip::prelude::{HasHeaders, HeadersExt, ToTypedHeader};
use rsipstack::sip::typed::{Contact, RecordRoute, Route, ServiceRoute};
use rsipstack::sip::{Error, Header, SipMessage};

use super::Candidate;

pub(super) const CANDIDATE: Candidate = Candidate {
    who: "rsipstack",
    bare: |octets| black_box(SipMessage::try_from(&octets[..])).is_ok(),
    full: |octets| full(octets).is_ok(),
};

fn full(octets: &Bytes) -> Result<(), Error> {
    let message = SipMessage::try_from(&octets[..])?;
    black_box(message.top_via_header()?.typed()?);
    black_box(message.from_header()?.typed()?);
    black_box(message.to_header()?.typed()?);
    black_box(message.call_id_header()?);
    black_box(message.cseq_header()?.typed()?);
    for header in message.headers().iter() {
        match header {
            Header::Contact(contact) => {
                drop(black_box(Contact::parse_header_list(contact.value())?))
            }
            Header::Route(route) => drop(black_box(Route::parse_header_list(route.value())?)),
            Header::RecordRoute(route) => {
                drop(black_box(RecordRoute::parse_header_list(route.value())?))
            }
            Header::ServiceRoute(route) => {
                drop(black_box(ServiceRoute::parse_header_list(route.value())?))
            }
            Header::Path(path) => drop(black_box(Route::parse_header_list(path.value())?)),
            Header::Expires(expires) => drop(black_box(expires.value().parse::<u32>())),
            _ => {}
        }
    }
    black_box(message.to_bytes());
    Ok(())
}
