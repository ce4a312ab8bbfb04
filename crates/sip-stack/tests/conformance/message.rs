//! Messages made of their text.

use bytes::Bytes;
use sip_message::{Message, Name};

/// Reads a message whose lines end in line feeds here and in CRLF on the wire.
pub(crate) fn message(text: &str) -> Message {
    let mut wire = text.trim_start().replace('\n', "\r\n");
    if !wire.ends_with("\r\n\r\n") {
        wire.push_str("\r\n");
    }
    Message::parse(Bytes::from(wire)).expect("readable")
}

/// A REGISTER with this top Via over one of a client further away.
pub(crate) fn register(via: &str) -> Message {
    message(&format!(
        "REGISTER sip:ims.example SIP/2.0\n\
         Via: {via}\n\
         Via: SIP/2.0/UDP 198.51.100.9:5070;branch=z9hG4bKfirst\n\
         From: <sip:alice@ims.example>;tag=a1\n\
         To: <sip:alice@ims.example>\n\
         Call-ID: 843817637684230@998sdasdh09\n\
         CSeq: 1826 REGISTER\n\
         Content-Length: 0\n"
    ))
}

/// The top Via as it stands.
pub(crate) fn top_via(message: &Message) -> &str {
    message.elements(Name::VIA).next().expect("there")
}
