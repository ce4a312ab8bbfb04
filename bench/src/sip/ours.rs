//! `sip-message`.

use std::cell::RefCell;
use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use sip_message::header::{
    CSeq, CallId, Contact, Expires, From, Path, RecordRoute, Route, ServiceRoute, To, TypedHeader,
    Via,
};
use sip_message::{HeaderError, Message};

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
