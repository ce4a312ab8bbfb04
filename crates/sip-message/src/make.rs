//! New messages: a request from nothing, a response from a request.

use bytes::Bytes;
use bytestring::ByteString;

use crate::edit::{write_request_line, write_status_line};
use crate::framing::{Fields, Names, Start};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::status::Status;

/// Room for the lines of a usual message, so that they are written without growing.
const USUAL_LENGTH: usize = 512;

/// What a response takes over from its request (RFC 3261 §8.2.6.2), in the order in which it is written.
/// A Timestamp is taken over by 100 Trying (§8.2.6.1) and does no harm in the others.
const COPIED: [Name<'static>; 6] = [
    Name::VIA,
    Name::FROM,
    Name::TO,
    Name::CALL_ID,
    Name::CSEQ,
    Name::TIMESTAMP,
];

impl Message {
    /// A request of only a start line and `Content-Length: 0`; [`Message::append`] adds the header fields.
    pub fn request(method: Method<'_>, uri: &str) -> Message {
        let mut text = String::with_capacity(USUAL_LENGTH);
        let start = write_request_line(&mut text, method, uri);
        Message::made(text, start)
    }

    /// The response to `request` with the registered reason phrase (RFC 3261 §8.2.6).
    ///
    /// All Via, From, To, Call-ID, CSeq are taken over; see [`Message::set_to_tag`].
    pub fn response(request: &Message, status: Status) -> Message {
        Message::response_with_reason(request, status, status.reason())
    }

    /// [`Message::response`] with a reason phrase of its own.
    pub fn response_with_reason(request: &Message, status: Status, reason: &str) -> Message {
        let mut text = String::with_capacity(USUAL_LENGTH);
        let start = write_status_line(&mut text, status, reason);
        let mut response = Message::made(text, start);
        for name in COPIED {
            // Of a field that occurs once, a refused request may have several: the first is answered.
            let lines = if name == Name::VIA { usize::MAX } else { 1 };
            for value in request.all(name).take(lines) {
                response.append(name, value);
            }
        }
        response
    }

    fn made(edited: String, start: Start) -> Message {
        let mut message = Message {
            head: ByteString::new(),
            whole: Bytes::new(),
            start,
            fields: Fields::new(),
            present: Names::default(),
            edited,
            body: None,
            is_edited: true,
            fault: None,
        };
        message.write_content_length();
        message
    }
}
