//! A SIP stream: however it is segmented, the same comes out, and each message is what a datagram of it would be.

use bytes::Bytes;
use sip_message::{Framer, Message, Piece, StreamFault};

/// Body limit, small so that it is met.
const MAX_BODY: usize = 512;

/// What one connection carried; the first octets choose how it is cut.
pub fn sip_stream(octets: &[u8]) {
    let whole = pieces(octets.chunks(octets.len().max(1)));
    assert_eq!(whole, pieces(octets.chunks(1)));
    let step = 2 + usize::from(octets.first().copied().unwrap_or(0));
    assert_eq!(whole, pieces(octets.chunks(step)));
}

/// The pieces as text, and at the end the fault or whether something is left.
fn pieces<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut framer = Framer::new(MAX_BODY);
    let mut found = Vec::new();
    for part in parts {
        framer.push(part);
        loop {
            match framer.next() {
                Ok(Some(Piece::LineEnd)) => found.push("line end".to_owned()),
                Ok(Some(Piece::Message(message))) => found.push(told(&message)),
                Ok(None) => break,
                Err(StreamFault::Unreadable(error)) => {
                    found.push(error.to_string());
                    return found;
                }
                Err(StreamFault::Refused { message, invalid }) => {
                    found.push(format!("{invalid}"));
                    let _may_have_no_via = invalid.response(&message);
                    return found;
                }
            }
        }
    }
    found.push(format!("partial: {}", framer.is_partial()));
    if let Some(StreamFault::Refused { message, invalid }) = framer.incomplete() {
        let _may_have_no_via = invalid.response(&message);
    }
    found
}

fn told(message: &Message) -> String {
    let printed = message.to_bytes();
    let again =
        Message::parse(Bytes::copy_from_slice(&printed)).expect("printed, so it can be read");
    assert_eq!(again.body(), message.body());
    assert_eq!(again.to_bytes(), printed);
    String::from_utf8_lossy(&printed).into_owned()
}
