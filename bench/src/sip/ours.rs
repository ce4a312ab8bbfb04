//! `sip-message`.

use std::cell::RefCell;
use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use sip_message::header::{
    CSeq, CallId, Contact, Expires, From, Path, RecordRoute, Route, ServiceRoute, To, TypedHeader,
    Via,
};
use sip_message::{HeaderError, MaxForwards, Message, Name, validate};

use super::Candidate;

pub(super) const CANDIDATE: Candidate = Candidate {
    who: "ours",
    bare: |octets| black_box(Message::parse(octets.clone())).is_ok(),
    full: |octets| full(octets).is_some(),
};

thread_local! {
    /// Where a socket's messages are printed, one after another.
    static OUT: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(65_536));
}

fn full(octets: &Bytes) -> Option<()> {
    let message = Message::parse(octets.clone()).ok()?;
    read(&message).ok()?;
    OUT.with_borrow_mut(|out| {
        out.clear();
        message.print(out);
        black_box(&out);
    });
    Some(())
}

/// What the others have no word for.
pub(super) const ON_THE_WAY: [(&str, super::Work); 2] = [
    ("checked", |octets| checked(octets).is_some()),
    ("forward", |octets| forward(octets).is_some()),
];

fn checked(octets: &Bytes) -> Option<Message> {
    let message = Message::parse(octets.clone()).ok()?;
    validate(&message).ok()?;
    Some(message)
}

/// A request gets a Via, one hop less, and loses its topmost Route; a response loses its topmost Via.
fn forward(octets: &Bytes) -> Option<()> {
    let mut message = checked(octets)?;
    if message.method().is_some() {
        let hops = message
            .read::<MaxForwards>()
            .ok()?
            .map_or(70, |hops| hops.0);
        message.set(Name::MAX_FORWARDS, &hops.saturating_sub(1).to_string());
        message.prepend(
            Name::VIA,
            "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds",
        );
        message.remove_elements(Name::ROUTE, 1);
    } else {
        message.remove_elements(Name::VIA, 1);
    }
    OUT.with_borrow_mut(|out| {
        out.clear();
        message.print(out);
        black_box(&out);
    });
    Some(())
}

fn read(message: &Message) -> Result<(), HeaderError> {
    black_box(message.read::<Via<'_>>()?);
    black_box(message.read::<From<'_>>()?);
    black_box(message.read::<To<'_>>()?);
    black_box(message.read::<CallId<'_>>()?);
    black_box(message.read::<CSeq<'_>>()?);
    black_box(message.read::<Expires>()?);
    all::<Contact<'_>>(message)?;
    all::<Route<'_>>(message)?;
    all::<RecordRoute<'_>>(message)?;
    all::<Path<'_>>(message)?;
    all::<ServiceRoute<'_>>(message)
}

fn all<'a, H: TypedHeader<'a>>(message: &'a Message) -> Result<(), HeaderError> {
    for element in message.read_all::<H>() {
        black_box(element?);
    }
    Ok(())
}
