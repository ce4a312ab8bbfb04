//! Any command of any application.

use bytes::BytesMut;

use crate::codes::ApplicationId;
use crate::error::DecodeError;
use crate::generated::{base, cx};
use crate::header::Header;
use crate::message::Message;

/// A message of any application that has a dictionary, read by the rules of its command.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command<'a> {
    /// A command of the base protocol, or an answer of any application that has the E bit.
    Base(base::Command<'a>),
    /// A command of Cx.
    Cx(cx::Command<'a>),
}

impl<'a> Command<'a> {
    /// Reads the message by the rules of its application and command (RFC 6733 §3.2).
    ///
    /// # Errors
    /// 3007 and 3001 where there is no such application or command; else the first rule that the message breaks.
    pub fn decode(message: &'a Message) -> Result<Self, DecodeError> {
        let header = message.header();
        match header.application {
            // RFC 6733 §7.2: an error answers in a grammar of its own.
            _ if header.is_error() && !header.is_request() => {
                base::Command::decode(message).map(Self::Base)
            }
            ApplicationId::BASE => base::Command::decode(message).map(Self::Base),
            ApplicationId::CX => cx::Command::decode(message).map(Self::Cx),
            _ => Err(DecodeError::of(base::ResultCode::APPLICATION_UNSUPPORTED)),
        }
    }

    /// Appends the message with the command, flags and identifiers of `header`.
    ///
    /// # Panics
    /// Where the message is longer than 16,777,215 octets, which its header cannot say.
    pub fn encode(&self, header: &Header, out: &mut BytesMut) {
        match self {
            Self::Base(command) => command.encode(header, out),
            Self::Cx(command) => command.encode(header, out),
        }
    }
}
