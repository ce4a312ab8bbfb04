//! SIP figures: *bare* finds start line and header fields; *full* also reads the header fields that a registrar or
//! a proxy needs, and prints the message; *floor* is what only finding the line ends of the same octets takes.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use sip_message::header::{
    CSeq, CallId, Contact, Expires, From, Path, RecordRoute, Route, ServiceRoute, To, TypedHeader,
    Via,
};
use sip_message::{HeaderError, Message};

use super::line;
use crate::bench::measure::nanoseconds;
use crate::step::Failed;

const MESSAGES: [&[u8]; 8] = [
    include_bytes!("../../../../fuzz/seeds/sip_message/1-register-from-phone.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/2-register-in-the-core.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/3-challenge.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/4-registered.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/5-invite.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/6-session-progress.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/7-notify-of-registration.sip"),
    include_bytes!("../../../../fuzz/seeds/sip_message/8-message.sip"),
];

pub(super) fn run() -> Result<(), Failed> {
    let messages = MESSAGES.map(Bytes::from_static);
    let mean = messages.len() as f64;
    let mut out = BytesMut::with_capacity(4_096);
    for message in &messages {
        // What is measured has to work.
        full(message.clone(), &mut out)?;
    }
    let floor = nanoseconds(|| {
        for message in &messages {
            black_box(memchr::memchr_iter(b'\n', message).count());
        }
    });
    let bare = nanoseconds(|| {
        for message in &messages {
            let _ = black_box(Message::parse(message.clone()));
        }
    });
    let full = nanoseconds(|| {
        for message in &messages {
            let _ = black_box(full(message.clone(), &mut out));
        }
    });
    line("sip", "floor", floor / mean);
    line("sip", "bare", bare / mean);
    line("sip", "full", full / mean);
    Ok(())
}

fn full(octets: Bytes, out: &mut BytesMut) -> Result<(), Failed> {
    let message = Message::parse(octets).map_err(|error| Failed(error.to_string()))?;
    let read = || -> Result<(), HeaderError> {
        black_box(message.read::<Via<'_>>()?);
        black_box(message.read::<From<'_>>()?);
        black_box(message.read::<To<'_>>()?);
        black_box(message.read::<CallId<'_>>()?);
        black_box(message.read::<CSeq<'_>>()?);
        black_box(message.read::<Expires>()?);
        all::<Contact<'_>>(&message)?;
        all::<Route<'_>>(&message)?;
        all::<RecordRoute<'_>>(&message)?;
        all::<Path<'_>>(&message)?;
        all::<ServiceRoute<'_>>(&message)
    };
    read().map_err(|error| Failed(error.to_string()))?;
    out.clear();
    message.print(out);
    black_box(&out);
    Ok(())
}

fn all<'a, H: TypedHeader<'a>>(message: &'a Message) -> Result<(), HeaderError> {
    for element in message.read_all::<H>() {
        black_box(element?);
    }
    Ok(())
}
