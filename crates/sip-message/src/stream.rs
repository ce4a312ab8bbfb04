//! Messages out of the octets of a connection (RFC 3261 §7.5, §18.3; keep-alives of RFC 5626 §3.5.1).

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr_iter, memrchr};

use crate::error::ParseError;
use crate::framing::{self, Length, MAX_HEAD, StreamHead};
use crate::message::Message;
use crate::status::Status;
use crate::validate::Invalid;

/// Octets that the body of a message may have on a connection where nobody says otherwise.
pub const DEFAULT_MAX_BODY: usize = 262_144;

/// Lines of a head that are read to answer it although it is too long.
const LINES_TO_ANSWER: usize = 64;

/// Cuts what comes over one connection in messages.
///
/// Each octet is looked at once while a head grows, and never while a body does. Between messages it holds no memory.
pub struct Framer {
    buffer: BytesMut,
    /// Octets of `buffer` in which the empty line does not begin.
    searched: usize,
    awaited: Option<Awaited>,
    max_body: usize,
}

/// The message at the start of a buffer, whose body has not all come.
struct Awaited {
    head: Box<StreamHead>,
    /// Octets of head and body.
    length: usize,
}

/// What stands in a stream.
#[derive(Debug)]
pub enum Piece {
    /// A message; not yet validated.
    Message(Message),
    /// A line end between messages: two are a ping, one is a pong (RFC 5626 §3.5.1).
    LineEnd,
}

/// Why a stream cannot be read any further: where its next message begins is not known.
#[derive(Debug, thiserror::Error)]
pub enum StreamFault {
    /// There is nothing to answer.
    #[error("{0}")]
    Unreadable(#[from] ParseError),
    /// A message was found and refused; the response goes out before the connection is closed.
    #[error("{invalid}")]
    Refused {
        /// What there is of the message.
        message: Box<Message>,
        /// What is wrong with it.
        invalid: Invalid,
    },
}

impl Default for Framer {
    /// Refuses bodies that are longer than [`DEFAULT_MAX_BODY`].
    fn default() -> Framer {
        Framer::new(DEFAULT_MAX_BODY)
    }
}

impl Framer {
    /// Refuses bodies that are longer than `max_body` octets.
    pub fn new(max_body: usize) -> Framer {
        Framer {
            max_body,
            buffer: BytesMut::new(),
            searched: 0,
            awaited: None,
        }
    }

    /// Takes what was read.
    pub fn push(&mut self, octets: &[u8]) {
        self.buffer.extend_from_slice(octets);
    }

    /// Whether a message has begun and is not complete, once [`next`](Self::next) has nothing more to give.
    pub fn is_partial(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// How many octets of a message that is not complete are held.
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    /// The octets that are held: after a fault those from the message at fault on, for who looks for the next one.
    pub fn into_held(self) -> BytesMut {
        self.buffer
    }

    /// The next piece, if it has come.
    ///
    /// # Errors
    /// [`StreamFault`]; the connection is of no more use.
    #[expect(
        clippy::should_implement_trait,
        reason = "no iterator: there is more after None"
    )]
    pub fn next(&mut self) -> Result<Option<Piece>, StreamFault> {
        if self.awaited.is_some() {
            let is_whole = |awaited: &mut Awaited| awaited.length <= self.buffer.len();
            return match self.awaited.take_if(is_whole) {
                Some(Awaited { head, length }) => self.message(*head, length).map(Some),
                None => Ok(None),
            };
        }
        if self.skip_line_end() {
            return Ok(Some(Piece::LineEnd));
        }
        let Some(head) = self.find_head()? else {
            return Ok(None);
        };
        let body = match head.length {
            Length::Is(length) if length <= self.max_body => length,
            Length::Is(_) => {
                return Err(self.refused(head, Status::REQUEST_ENTITY_TOO_LARGE, "Body too large"));
            }
            Length::Wrong => {
                return Err(self.bad(head, "Content-Length is not one number"));
            }
            // RFC 3261 §18.3: Content-Length MUST be used with stream oriented transports.
            Length::Absent => return Err(self.bad(head, "Content-Length missing")),
        };
        let length = head.head_length() + body;
        if self.buffer.len() < length {
            let head = Box::new(head);
            self.awaited = Some(Awaited { head, length });
            return Ok(None);
        }
        self.message(head, length).map(Some)
    }

    /// The message of `head`, `length` octets with its body, which have come.
    fn message(&mut self, head: StreamHead, length: usize) -> Result<Piece, StreamFault> {
        let whole = self.take(length);
        Ok(Piece::Message(head.over(whole)?))
    }

    /// What is to be said about a message that did not become complete (RFC 3261 §18.3: 400).
    pub fn incomplete(&mut self) -> Option<StreamFault> {
        let reason = "Message incomplete";
        match self.awaited.take() {
            Some(awaited) => Some(self.bad(*awaited.head, reason)),
            None => self.answerable(Status::BAD_REQUEST, reason),
        }
    }

    fn take(&mut self, length: usize) -> Bytes {
        let whole = self.buffer.split_to(length).freeze();
        self.searched = 0;
        if self.buffer.is_empty() {
            // What is left of the block belongs to the message.
            self.buffer = BytesMut::new();
        }
        whole
    }

    /// RFC 3261 §7.5: line ends before a start line are no part of it. Says whether one was passed over.
    fn skip_line_end(&mut self) -> bool {
        loop {
            let length = match *self.buffer {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                [b'\r', _, ..] => {
                    self.buffer.advance(1);
                    continue;
                }
                _ => return false,
            };
            self.buffer.advance(length);
            if self.buffer.is_empty() {
                self.buffer = BytesMut::new();
            }
            return true;
        }
    }

    /// Looks for the empty line, from where the last search ended.
    fn find_head(&mut self) -> Result<Option<StreamHead>, StreamFault> {
        let window = &self.buffer[..self.buffer.len().min(MAX_HEAD)];
        let is_end = |feed: usize| match window.get(feed + 1) {
            Some(b'\n') => true,
            Some(b'\r') => window.get(feed + 2) == Some(&b'\n'),
            _ => false,
        };
        let found = memchr_iter(b'\n', &window[self.searched..])
            .any(|offset| is_end(self.searched + offset));
        if found {
            return match framing::stream_head(&self.buffer) {
                Ok(head) => Ok(Some(head)),
                Err(ParseError::TooManyFields) => {
                    let answer = self.answerable(Status::BAD_REQUEST, "Too many header fields");
                    Err(answer.unwrap_or(ParseError::TooManyFields.into()))
                }
                Err(error) => Err(error.into()),
            };
        }
        if self.buffer.len() >= MAX_HEAD {
            let status = Status::MESSAGE_TOO_LARGE;
            let answer = self.answerable(status, status.reason());
            return Err(answer.unwrap_or(ParseError::HeadTooLong.into()));
        }
        // The empty line may have come but for its last two octets.
        self.searched = window.len().saturating_sub(2);
        Ok(None)
    }

    fn bad(&self, head: StreamHead, reason: &'static str) -> StreamFault {
        self.refused(head, Status::BAD_REQUEST, reason)
    }

    fn refused(&self, head: StreamHead, status: Status, reason: &'static str) -> StreamFault {
        let octets = Bytes::copy_from_slice(&self.buffer[..head.head_length()]);
        match head.over(octets) {
            Ok(message) => StreamFault::Refused {
                message: Box::new(message),
                invalid: Invalid { status, reason },
            },
            Err(error) => error.into(),
        }
    }

    /// The first lines of a head that never ends, so that a request can be answered.
    fn answerable(&self, status: Status, reason: &'static str) -> Option<StreamFault> {
        let window = &self.buffer[..self.buffer.len().min(MAX_HEAD)];
        let end = memchr_iter(b'\n', window)
            .nth(LINES_TO_ANSWER)
            .or_else(|| memrchr(b'\n', window))?;
        let message = framing::frame(Bytes::copy_from_slice(&window[..=end])).ok()?;
        Some(StreamFault::Refused {
            message: Box::new(message),
            invalid: Invalid { status, reason },
        })
    }
}
