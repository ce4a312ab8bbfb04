//! A message: what was received, the index over it, and the edits that readers already see.

use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{HeaderError, ParseError};
use crate::framing::{self, Fault, Field, Fields, Names, Origin, Start, StartKind};
use crate::grammar::{Elements, trim_end};
use crate::header::TypedHeader;
use crate::method::Method;
use crate::name::{Name, Occurs};
use crate::status::Status;

/// A SIP request or response (RFC 3261 §7) over one buffer.
///
/// Received octets are never changed. Edits write their lines into a text of their own and put them in the list of
/// fields; readers follow that list, and what was not touched is printed as it came.
#[derive(Clone)]
pub struct Message {
    /// Start line, header fields and empty line as received; empty in a message of our own making.
    pub(crate) head: ByteString,
    /// Head and body as received.
    pub(crate) whole: Bytes,
    pub(crate) start: Start,
    /// In the order in which they are printed.
    pub(crate) fields: Fields,
    pub(crate) present: Names,
    /// Lines that edits wrote, each with its line end; lines that were replaced again stay here unused.
    pub(crate) edited: String,
    /// The body that replaces the received one.
    pub(crate) body: Option<Bytes>,
    pub(crate) is_edited: bool,
    pub(crate) fault: Option<Fault>,
}

/// The first line of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// RFC 3261 §7.1.
    Request {
        /// The method.
        method: Method<'a>,
        /// The Request-URI as written.
        uri: &'a str,
    },
    /// RFC 3261 §7.2.
    Response {
        /// The status code.
        status: Status,
        /// The reason phrase; may be empty.
        reason: &'a str,
    },
}

/// One header field line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name; empty for a line that has none, which [`crate::validate`] refuses.
    pub name: Name<'a>,
    /// The value as received: without white space at its ends, but with folds and quotes.
    pub value: &'a str,
}

impl Message {
    /// Finds the parts of the message in a datagram; octets after the body are ignored (RFC 3261 §18.3).
    ///
    /// Judges nothing: see [`crate::validate`].
    ///
    /// # Errors
    /// [`ParseError`] where there is no message that could be answered.
    pub fn parse(bytes: Bytes) -> Result<Message, ParseError> {
        framing::frame(bytes)
    }

    pub(crate) fn text(&self, origin: Origin) -> &str {
        match origin {
            Origin::Received => &self.head,
            Origin::Edited => &self.edited,
        }
    }

    /// The first line.
    pub fn start_line(&self) -> StartLine<'_> {
        let text = self.text(self.start.origin);
        match self.start.kind {
            StartKind::Request { method, uri, .. } => StartLine::Request {
                method: Method(method.of(text)),
                uri: uri.of(text),
            },
            StartKind::Response { status, reason, .. } => StartLine::Response {
                status,
                reason: reason.of(text),
            },
        }
    }

    /// The version of the start line, `SIP/2.0` in every message that is valid.
    pub(crate) fn version(&self) -> &str {
        let (StartKind::Request { version, .. } | StartKind::Response { version, .. }) =
            self.start.kind;
        version.of(self.text(self.start.origin))
    }

    /// The method of a request.
    pub fn method(&self) -> Option<Method<'_>> {
        match self.start_line() {
            StartLine::Request { method, .. } => Some(method),
            StartLine::Response { .. } => None,
        }
    }

    /// The Request-URI of a request, as written.
    pub fn request_uri(&self) -> Option<&str> {
        match self.start_line() {
            StartLine::Request { uri, .. } => Some(uri),
            StartLine::Response { .. } => None,
        }
    }

    /// The status of a response.
    pub fn status(&self) -> Option<Status> {
        match self.start.kind {
            StartKind::Request { .. } => None,
            StartKind::Response { status, .. } => Some(status),
        }
    }

    pub(crate) fn name_of(&self, field: &Field) -> Name<'_> {
        let from = field.line.from as usize;
        let text = self
            .text(field.origin)
            .get(from..from + usize::from(field.name_length));
        Name::from_index(field.id, text.unwrap_or(""))
    }

    pub(crate) fn value_of(&self, field: &Field) -> &str {
        let text = self.text(field.origin);
        trim_end(
            text.get(field.value as usize..field.line.to as usize)
                .unwrap_or(""),
        )
    }

    /// Every header field line, in order, edits included.
    pub fn headers(&self) -> impl Iterator<Item = Header<'_>> {
        self.fields.iter().map(|field| Header {
            name: self.name_of(field),
            value: self.value_of(field),
        })
    }

    #[inline]
    pub(crate) fn is_named(&self, field: &Field, name: Name<'_>) -> bool {
        field.id == name.id
            && (name.is_known()
                || self
                    .name_of(field)
                    .as_str()
                    .eq_ignore_ascii_case(name.as_str()))
    }

    /// The lines in which those called `name` are; none where there cannot be one.
    #[inline]
    fn fields_with(&self, name: Name<'_>) -> &[Field] {
        if self.present.has(name.id) {
            &self.fields
        } else {
            &[]
        }
    }

    /// The value of the first line called `name`.
    #[inline]
    pub fn header(&self, name: Name<'_>) -> Option<&str> {
        let mut fields = self.fields_with(name).iter();
        fields
            .find(|field| self.is_named(field, name))
            .map(|field| self.value_of(field))
    }

    /// The values of all lines called `name`.
    pub fn all<'a>(&'a self, name: Name<'a>) -> impl Iterator<Item = &'a str> {
        self.fields_with(name)
            .iter()
            .filter(move |field| self.is_named(field, name))
            .map(|field| self.value_of(field))
    }

    /// The elements of all lines called `name`, topmost first.
    ///
    /// Lines are cut at commas (not in quotes or brackets) where the header is a list (RFC 3261 §7.3.1); credentials
    /// and headers that occur once are one element a line. Empty elements are passed over.
    #[inline]
    pub fn elements<'a>(&'a self, name: Name<'a>) -> impl Iterator<Item = &'a str> {
        LineElements {
            message: self,
            name,
            is_list: name.occurs() == Occurs::List,
            fields: self.fields_with(name).iter(),
            line: Elements::default(),
        }
    }

    /// The first element of `H`'s header field, read; `None` if there is no such field.
    ///
    /// # Errors
    /// [`HeaderError`] where it does not follow its grammar.
    #[inline]
    pub fn read<'a, H: TypedHeader<'a>>(&'a self) -> Result<Option<H>, HeaderError> {
        self.elements(H::NAME).next().map(H::parse).transpose()
    }

    /// Every element of `H`'s header field, read.
    #[inline]
    pub fn read_all<'a, H: TypedHeader<'a>>(
        &'a self,
    ) -> impl Iterator<Item = Result<H, HeaderError>> {
        self.elements(H::NAME).map(H::parse)
    }

    /// The body; empty if there is none.
    pub fn body(&self) -> &[u8] {
        match &self.body {
            Some(body) => body,
            None => self.whole.get(self.head.len()..).unwrap_or(&[]),
        }
    }
}

/// See [`Message::elements`].
struct LineElements<'a> {
    message: &'a Message,
    name: Name<'a>,
    is_list: bool,
    /// The lines after the one under way.
    fields: std::slice::Iter<'a, Field>,
    /// What is left of the line under way.
    line: Elements<'a>,
}

impl<'a> Iterator for LineElements<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some(element) = self.line.next() {
                return Some(element);
            }
            let (message, name) = (self.message, self.name);
            let field = self.fields.find(|field| message.is_named(field, name))?;
            let line = message.value_of(field);
            if self.is_list {
                self.line = Elements::new(line);
            } else if !line.is_empty() {
                return Some(line);
            }
        }
    }
}

impl fmt::Debug for Message {
    /// The start line and sizes only: header fields hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("start_line", &self.start_line())
            .field("fields", &self.fields.len())
            .field("body", &self.body().len())
            .finish()
    }
}
