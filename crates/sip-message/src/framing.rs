//! The one pass over received octets: start line, header fields, body (RFC 3261 §7).
//!
//! Lenient: it finds the parts and leaves judging them to [`crate::validate`], so that a broken request can still be
//! answered. What it had to put up with is kept as a [`Fault`].

use bytes::{Buf, Bytes};
use bytestring::ByteString;
use memchr::{memchr, memchr_iter, memrchr};
use smallvec::SmallVec;

use crate::error::ParseError;
use crate::grammar::is_white;
use crate::name::{self, Id, Name};
use crate::status::Status;

/// Octets that start line and header fields may have together.
pub const MAX_HEAD: usize = 65_535;

/// Header fields that one message may have.
pub const MAX_FIELDS: usize = 1024;

/// Header fields that are indexed without an allocation.
pub const INLINE_FIELDS: usize = 32;

/// Which text a range points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The head as it was received.
    Received,
    /// The text of the edits.
    Edited,
}

/// A range of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

impl Span {
    pub(crate) fn new(from: usize, to: usize) -> Span {
        // Ranges of the head are below MAX_HEAD; of the edits, below what our own values add up to.
        Span {
            from: u32::try_from(from).unwrap_or(u32::MAX),
            to: u32::try_from(to).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.from as usize..self.to as usize).unwrap_or("")
    }
}

/// One header field: a line with its folds and its line end.
///
/// ```text
/// Subject : Hello\r\n World\r\n
/// ^line.from        ^name_length after it
///           ^value              ^line.to
/// ```
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) line: Span,
    /// Where the value starts.
    pub(crate) value: u32,
    pub(crate) name_length: u16,
    pub(crate) id: Id,
    pub(crate) origin: Origin,
}

pub(crate) type Fields = SmallVec<[Field; INLINE_FIELDS]>;

/// The start line, cut in its parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The whole line with its end.
    pub(crate) line: Span,
    pub(crate) origin: Origin,
    pub(crate) kind: StartKind,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum StartKind {
    Request {
        method: Span,
        uri: Span,
        version: Span,
    },
    Response {
        version: Span,
        status: Status,
        reason: Span,
    },
}

/// What the pass had to put up with; [`crate::validate`] refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not exactly one space between the parts of the start line (RFC 3261 §7.1, §7.2).
    StartLine,
    /// A line that ends with LF alone.
    BareLineFeed,
    /// A header line without a name or a colon.
    NoColon,
    /// The octets end before the empty line that ends the header fields.
    NoEmptyLine,
    /// The header section is not UTF-8 (RFC 3261 §7).
    NotUtf8,
    /// Content-Length is no number, or there are several.
    ContentLength,
    /// Content-Length is larger than the body (RFC 3261 §18.3).
    ShortBody,
}

/// What the pass finds.
pub(crate) struct Framed {
    pub(crate) head: ByteString,
    /// Head and body; what follows the body is cut off.
    pub(crate) whole: Bytes,
    pub(crate) start: Start,
    pub(crate) fields: Fields,
    pub(crate) fault: Option<Fault>,
}

pub(crate) fn frame(mut whole: Bytes) -> Result<Framed, ParseError> {
    // RFC 3261 §7.5: line ends before the start line are ignored.
    let before = whole
        .iter()
        .take_while(|o| matches!(o, b'\r' | b'\n'))
        .count();
    if before == whole.len() {
        return Err(ParseError::KeepAlive);
    }
    whole.advance(before);

    let mut pass = Pass::default();
    let start = pass.lines(&whole)?;
    match ByteString::try_from(whole.slice(..pass.head_length)) {
        Ok(head) => {
            if let Some(length) = pass.body_of_datagram(&whole) {
                whole.truncate(pass.head_length + length);
            }
            Ok(Framed {
                head,
                whole,
                start,
                fields: pass.fields,
                fault: pass.fault,
            })
        }
        // Readable for an error response; never forwarded, since it does not pass validation.
        Err(_) => {
            let (head, body) = whole.split_at(pass.head_length);
            let mut readable = String::from_utf8_lossy(head).into_owned().into_bytes();
            readable.extend_from_slice(body);
            let mut framed = frame(Bytes::from(readable))?;
            framed.fault = Some(Fault::NotUtf8);
            Ok(framed)
        }
    }
}

/// A head of a stream's message: how long the body is stands in it, and nowhere else (RFC 3261 §18.3).
pub(crate) struct StreamHead {
    pass: Pass,
    start: Start,
    pub(crate) length: Length,
}

/// Reads the head at the start of `octets`, which hold its empty line.
pub(crate) fn stream_head(octets: &[u8]) -> Result<StreamHead, ParseError> {
    let mut pass = Pass::default();
    let start = pass.lines(octets)?;
    let length = pass.length(octets);
    if length == Length::Wrong {
        pass.note(Fault::ContentLength);
    }
    Ok(StreamHead {
        pass,
        start,
        length,
    })
}

impl StreamHead {
    /// Start line, header fields and empty line together.
    pub(crate) fn head_length(&self) -> usize {
        self.pass.head_length
    }

    /// The message, of this head and the body behind it.
    pub(crate) fn over(self, whole: Bytes) -> Result<Framed, ParseError> {
        match ByteString::try_from(whole.slice(..self.pass.head_length)) {
            Ok(head) => Ok(Framed {
                head,
                whole,
                start: self.start,
                fields: self.pass.fields,
                fault: self.pass.fault,
            }),
            Err(_) => frame(whole),
        }
    }
}

/// What Content-Length says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    Absent,
    /// No number, or several.
    Wrong,
    /// So many octets; more than fit are as many as fit.
    Is(usize),
}

#[derive(Default)]
struct Pass {
    fields: Fields,
    head_length: usize,
    fault: Option<Fault>,
    /// Place of the Content-Length field, and how many there are.
    length_field: Option<usize>,
    length_fields: usize,
}

impl Pass {
    /// The first fault found is the one that is told.
    fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Cuts `octets` in lines up to the empty one.
    fn lines(&mut self, octets: &[u8]) -> Result<Start, ParseError> {
        let window = &octets[..octets.len().min(MAX_HEAD)];
        let is_cut = window.len() < octets.len();
        let mut line_feeds = memchr_iter(b'\n', window);
        let first = match line_feeds.next() {
            Some(at) => at + 1,
            None if is_cut => return Err(ParseError::HeadTooLong),
            None => window.len(),
        };
        let start = self.start_line(&window[..first])?;

        let mut at = first;
        loop {
            match (window.get(at), window.get(at + 1)) {
                (Some(b'\r'), Some(b'\n')) => {
                    self.head_length = at + 2;
                    break;
                }
                (Some(b'\n'), _) => {
                    self.note(Fault::BareLineFeed);
                    self.head_length = at + 1;
                    break;
                }
                (Some(_), _) => {}
                (None, _) if is_cut => return Err(ParseError::HeadTooLong),
                (None, _) => {
                    self.note(Fault::NoEmptyLine);
                    self.head_length = at;
                    break;
                }
            }
            // RFC 3261 §7.3.1: a line that starts with white space continues the one before.
            let end = loop {
                let Some(feed) = line_feeds.next() else {
                    if is_cut {
                        return Err(ParseError::HeadTooLong);
                    }
                    break window.len();
                };
                if feed == 0 || window[feed - 1] != b'\r' {
                    self.note(Fault::BareLineFeed);
                }
                if !matches!(window.get(feed + 1), Some(b' ' | b'\t')) {
                    break feed + 1;
                }
            };
            if self.fields.len() == MAX_FIELDS {
                return Err(ParseError::TooManyFields);
            }
            self.field(window, at, end);
            at = end;
        }
        if self.fields.is_empty() {
            return Err(ParseError::NoHeader);
        }
        Ok(start)
    }

    fn field(&mut self, window: &[u8], from: usize, to: usize) {
        let line = &window[from..to];
        let (name_length, mut value) = match memchr(b':', line) {
            Some(colon) => {
                let spaces = line[..colon]
                    .iter()
                    .rev()
                    .take_while(|o| is_white(**o))
                    .count();
                (colon - spaces, colon + 1)
            }
            None => (0, 0),
        };
        if name_length == 0 {
            self.note(Fault::NoColon);
        }
        while value < line.len() && is_white(line[value]) {
            value += 1;
        }
        let id = name::id_of(&line[..name_length]);
        if id == Name::CONTENT_LENGTH.id {
            self.length_field = Some(self.fields.len());
            self.length_fields += 1;
        }
        self.fields.push(Field {
            line: Span::new(from, to),
            value: u32::try_from(from + value).unwrap_or(u32::MAX),
            name_length: u16::try_from(name_length).unwrap_or(u16::MAX),
            id,
            origin: Origin::Received,
        });
    }

    /// Request line (RFC 3261 §7.1) or status line (§7.2), parts found from both ends.
    fn start_line(&mut self, line: &[u8]) -> Result<Start, ParseError> {
        let trailing = line
            .iter()
            .rev()
            .take_while(|o| matches!(o, b'\r' | b'\n'))
            .count();
        if trailing == 0 {
            self.note(Fault::NoEmptyLine);
        } else if !line.ends_with(b"\r\n") {
            self.note(Fault::BareLineFeed);
        }
        let text = &line[..line.len() - trailing];
        let kind = if text
            .get(..4)
            .is_some_and(|four| four.eq_ignore_ascii_case(b"SIP/"))
        {
            status_line(text)?
        } else {
            self.request_line(text)?
        };
        Ok(Start {
            line: Span::new(0, line.len()),
            origin: Origin::Received,
            kind,
        })
    }

    fn request_line(&mut self, text: &[u8]) -> Result<StartKind, ParseError> {
        let is_space = |octet: &u8| matches!(octet, b' ' | b'\t');
        let method_end = text
            .iter()
            .position(is_space)
            .ok_or(ParseError::StartLine)?;
        let end = text.len() - text.iter().rev().take_while(|o| is_space(o)).count();
        if method_end == 0 || end <= method_end {
            return Err(ParseError::StartLine);
        }
        let last = memrchr(b' ', &text[..end]).unwrap_or(method_end);
        let rest = &text[method_end + 1..last.max(method_end + 1)];
        let leading = rest.iter().take_while(|o| is_space(o)).count();
        let trailing = rest[leading..]
            .iter()
            .rev()
            .take_while(|o| is_space(o))
            .count();
        let is_apart = text[method_end] == b' ' && leading + trailing == 0;
        if !is_apart || last == method_end || end < text.len() {
            self.note(Fault::StartLine);
        }
        Ok(StartKind::Request {
            method: Span::new(0, method_end),
            uri: Span::new(
                method_end + 1 + leading,
                method_end + 1 + rest.len() - trailing,
            ),
            version: Span::new(last + 1, end),
        })
    }

    /// The length of the body by Content-Length; without one, a datagram's body reaches to its end (RFC 3261 §18.3).
    fn body_of_datagram(&mut self, octets: &[u8]) -> Option<usize> {
        match self.length(octets) {
            Length::Absent => None,
            Length::Wrong => {
                self.note(Fault::ContentLength);
                None
            }
            Length::Is(length) if length <= octets.len() - self.head_length => Some(length),
            Length::Is(_) => {
                self.note(Fault::ShortBody);
                None
            }
        }
    }

    fn length(&self, octets: &[u8]) -> Length {
        let Some(field) = self.length_field.map(|place| self.fields[place]) else {
            return Length::Absent;
        };
        let value = octets
            .get(field.value as usize..field.line.to as usize)
            .unwrap_or_default()
            .trim_ascii_end();
        if self.length_fields > 1 || value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Length::Wrong;
        }
        Length::Is(value.iter().fold(0_usize, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(usize::from(digit - b'0'))
        }))
    }
}

fn status_line(text: &[u8]) -> Result<StartKind, ParseError> {
    let version_end = memchr(b' ', text).ok_or(ParseError::StartLine)?;
    let rest = &text[version_end + 1..];
    let code_length = memchr(b' ', rest).unwrap_or(rest.len());
    let &[a @ b'1'..=b'6', b @ b'0'..=b'9', c @ b'0'..=b'9'] = &rest[..code_length] else {
        return Err(ParseError::StatusCode);
    };
    let code = u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0');
    let reason = (version_end + 1 + code_length + 1).min(text.len());
    Ok(StartKind::Response {
        version: Span::new(0, version_end),
        status: Status(code),
        reason: Span::new(reason, text.len()),
    })
}
