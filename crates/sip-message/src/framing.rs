//! The one pass over received octets: start line, header fields, body (RFC 3261 §7).
//!
//! Lenient: it finds the parts and leaves judging them to [`crate::validate`], so that a broken request can still be
//! answered. What it had to put up with is kept as a [`Fault`].

use bytes::{Buf, Bytes};
use bytestring::ByteString;
use memchr::{memchr, memrchr};
use smallvec::SmallVec;

use crate::error::ParseError;
use crate::grammar::is_white;
use crate::message::Message;
use crate::name::{self, Id, Name};
use crate::scan::{Found, Line, Scan};
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
    #[inline]
    pub(crate) fn new(from: usize, to: usize) -> Span {
        Span {
            from: place(from),
            to: place(to),
        }
    }

    pub(crate) fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.from as usize..self.to as usize).unwrap_or("")
    }
}

/// A place in a text: below [`MAX_HEAD`] in the head; in the edits, below what our own values add up to.
#[inline]
pub(crate) fn place(at: usize) -> u32 {
    debug_assert!(u32::try_from(at).is_ok());
    at as u32
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

/// Known names: of a message those that it has, or has had, for one that is not among them need not be looked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Names([u64; 4]);

impl Names {
    #[inline]
    pub(crate) fn add(&mut self, id: Id) {
        self.0[usize::from(id >> 6)] |= 1 << (id & 63);
    }

    #[inline]
    pub(crate) fn has(self, id: Id) -> bool {
        self.0[usize::from(id >> 6)] >> (id & 63) & 1 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }
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

pub(crate) fn frame(mut whole: Bytes) -> Result<Message, ParseError> {
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
            Ok(pass.message(head, whole, start))
        }
        Err(_) => frame_not_utf8(&whole, pass),
    }
}

/// A copy of `whole` whose head is UTF-8: readable for an error response; never forwarded, since it does not pass
/// validation.
#[inline(never)]
fn frame_not_utf8(whole: &[u8], pass: Pass) -> Result<Message, ParseError> {
    let (head, body) = whole.split_at(pass.head_length);
    // One index at a time.
    drop(pass);
    let replaced = |invalid: &[u8]| match invalid {
        [] => "",
        _ => "\u{fffd}",
    };
    let chunks = head.utf8_chunks();
    let length: usize = chunks
        .clone()
        .map(|chunk| chunk.valid().len() + replaced(chunk.invalid()).len())
        .sum();
    let mut readable = Vec::with_capacity(length + body.len());
    for chunk in chunks {
        readable.extend_from_slice(chunk.valid().as_bytes());
        readable.extend_from_slice(replaced(chunk.invalid()).as_bytes());
    }
    readable.extend_from_slice(body);
    let mut message = frame(Bytes::from(readable))?;
    message.fault = Some(Fault::NotUtf8);
    Ok(message)
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
    pub(crate) fn over(self, whole: Bytes) -> Result<Message, ParseError> {
        match ByteString::try_from(whole.slice(..self.pass.head_length)) {
            Ok(head) => Ok(self.pass.message(head, whole, self.start)),
            Err(_) => frame_not_utf8(&whole, self.pass),
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
    present: Names,
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

    /// The message, of which nothing is edited.
    fn message(self, head: ByteString, whole: Bytes, start: Start) -> Message {
        Message {
            head,
            whole,
            start,
            fields: self.fields,
            present: self.present,
            edited: String::new(),
            body: None,
            is_edited: false,
            fault: self.fault,
        }
    }

    /// Cuts `octets` in lines up to the empty one.
    fn lines(&mut self, octets: &[u8]) -> Result<Start, ParseError> {
        let window = &octets[..octets.len().min(MAX_HEAD)];
        let is_cut = window.len() < octets.len();
        let mut found = Found::default();
        let mut scan = Scan::new(window, &mut found);
        let first = scan.line();
        if first.feed == window.len() && is_cut {
            return Err(ParseError::HeadTooLong);
        }
        // Where the field under way begins, and the first colon in those lines of it that are over.
        let mut at = (first.feed + 1).min(window.len());
        let mut colon = usize::MAX;
        let start = self.start_line(&window[..at])?;
        // A start line has no folds: a line that we put before this one would be continued by it.
        if matches!(window.get(at), Some(b' ' | b'\t')) {
            return Err(ParseError::StartLine);
        }
        loop {
            let line = scan.line();
            colon = colon.min(line.colon);
            // As it nearly always is: CR LF and no fold after it, a colon with nothing before it and one space after it.
            if let Some(&[b'\r', _, after]) = window.get(line.feed - 1..line.feed + 2)
                && (after > b' ' || after == b'\r')
                && let Some(&[before, _, b' ', first]) = around(window, colon)
                && before > b' '
                && first > b' '
                && colon < line.feed
            {
                self.field(window, at, line.feed + 1, colon - at, colon + 2)?;
                (at, colon) = (line.feed + 1, usize::MAX);
                continue;
            }
            if line.feed == window.len() && is_cut {
                return Err(ParseError::HeadTooLong);
            }
            match self.odd_line(window, at, Line { colon, ..line })? {
                Odd::GoesOn => {}
                Odd::Field => (at, colon) = (line.feed + 1, usize::MAX),
                Odd::Last => break,
            }
        }
        if self.fields.is_empty() {
            return Err(ParseError::NoHeader);
        }
        Ok(start)
    }

    /// Any line: one of a field that begins at `at`, or the empty one.
    #[inline(never)]
    fn odd_line(&mut self, window: &[u8], at: usize, line: Line) -> Result<Odd, ParseError> {
        let Line { feed, colon } = line;
        if feed == window.len() {
            self.note(Fault::NoEmptyLine);
            self.head_length = feed;
            if at == feed {
                return Ok(Odd::Last);
            }
        } else if matches!(&window[at..feed], [] | [b'\r']) {
            if at == feed {
                self.note(Fault::BareLineFeed);
            }
            self.head_length = feed + 1;
            return Ok(Odd::Last);
        } else {
            if window[feed - 1] != b'\r' {
                self.note(Fault::BareLineFeed);
            }
            // RFC 3261 §7.3.1: a line that starts with white space continues the one before.
            if matches!(window.get(feed + 1), Some(b' ' | b'\t')) {
                return Ok(Odd::GoesOn);
            }
        }
        let to = (feed + 1).min(window.len());
        let (name_length, value) = if colon < to {
            let name = &window[at..colon];
            // RFC 3261 §25.1 HCOLON: no fold before the colon.
            let trailing = name
                .iter()
                .rev()
                .take_while(|octet| matches!(octet, b' ' | b'\t'));
            (name.len() - trailing.count(), colon + 1)
        } else {
            (0, at)
        };
        if name_length == 0 {
            self.note(Fault::NoColon);
        }
        let value = value + white(&window[value..to]);
        self.field(window, at, to, name_length, value)?;
        Ok(match feed == window.len() {
            true => Odd::Last,
            false => Odd::Field,
        })
    }

    /// The field in `window` from `from` to `to`.
    #[inline(always)]
    fn field(
        &mut self,
        window: &[u8],
        from: usize,
        to: usize,
        name_length: usize,
        value: usize,
    ) -> Result<(), ParseError> {
        if self.fields.spilled() && self.fields.len() == MAX_FIELDS {
            return Err(ParseError::TooManyFields);
        }
        // With what follows it, so that whole words can be read.
        let id = name::id_of(&window[from..], name_length);
        if id == Name::CONTENT_LENGTH.id {
            self.length_field = Some(self.fields.len());
            self.length_fields += 1;
        }
        self.present.add(id);
        self.fields.push(Field {
            line: Span::new(from, to),
            value: place(value),
            name_length: name_length as u16,
            id,
            origin: Origin::Received,
        });
        Ok(())
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
            .unwrap_or_default();
        let trailing = value.iter().rev().take_while(|octet| is_white(**octet));
        let value = &value[..value.len() - trailing.count()];
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

/// What a line is that is not as nearly all are.
enum Odd {
    /// The next continues it.
    GoesOn,
    /// The end of a field.
    Field,
    /// The end of the head.
    Last,
}

/// The octet before `at`, that at it, and two more.
#[inline(always)]
fn around(octets: &[u8], at: usize) -> Option<&[u8; 4]> {
    octets.get(at.wrapping_sub(1)..)?.first_chunk()
}

/// How much white space `octets` begin with.
fn white(octets: &[u8]) -> usize {
    octets.iter().take_while(|octet| is_white(**octet)).count()
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
