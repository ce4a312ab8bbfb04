//! Edits: changes to the list of fields that readers see at once and printing carries out.
//!
//! No edit can make a second header field or a second line: CR and LF in a value become spaces, and a name or method
//! keeps only its token characters. A NUL stays, since it may stand in a quoted string (RFC 4475 §3.1.1.2).

use bytes::Bytes;
use memchr::memchr2;

use crate::framing::{Field, Origin, Span, Start, StartKind, place};
use crate::grammar::{is_token, is_token_octet, split_element, trim};
use crate::header::{To, TypedHeader};
use crate::message::Message;
use crate::method::Method;
use crate::name::{Name, Occurs};
use crate::status::Status;

impl Message {
    /// Replaces the Request-URI; spaces and control characters are escaped. Does nothing to a response.
    pub fn set_request_uri(&mut self, uri: &str) {
        if let StartKind::Request { method, .. } = self.start.kind {
            let method = method.of(self.text(self.start.origin)).to_owned();
            self.start = write_request_line(&mut self.edited, Method(&method), uri);
            self.is_edited = true;
        }
    }

    /// Replaces all lines called `name` by one, in the place of the first, else after all others.
    ///
    /// Content-Length follows the body and cannot be set: this and the other edits leave it as it is.
    pub fn set(&mut self, name: Name<'_>, value: &str) {
        let mut kept = String::new();
        let Some(name) = settable(name, &mut kept) else {
            return;
        };
        let at = self.place_of_first(name);
        self.drop_lines(name);
        let at = at.unwrap_or_else(|| self.place_at_end());
        self.write_line(at, name, value);
    }

    /// Adds a line after the last called `name`, else after all others.
    pub fn append(&mut self, name: Name<'_>, value: &str) {
        let mut kept = String::new();
        let Some(name) = settable(name, &mut kept) else {
            return;
        };
        let fields = match self.present.has(name.id) {
            true => self.fields.as_slice(),
            false => &[],
        };
        let last = fields.iter().rposition(|field| self.is_named(field, name));
        let at = last.map_or_else(|| self.place_at_end(), |last| last + 1);
        self.write_line(at, name, value);
    }

    /// Adds a line before the first called `name`, else before all others.
    pub fn prepend(&mut self, name: Name<'_>, value: &str) {
        let mut kept = String::new();
        let Some(name) = settable(name, &mut kept) else {
            return;
        };
        let at = self.place_of_first(name).unwrap_or(0);
        self.write_line(at, name, value);
    }

    /// Removes all lines called `name`.
    pub fn remove(&mut self, name: Name<'_>) {
        if !is_length(name) {
            self.drop_lines(name);
        }
    }

    /// Removes the topmost element of `name` (a `Via`, a `Route`), also out of a list; gives it back.
    pub fn pop_element(&mut self, name: Name<'_>) -> Option<String> {
        let popped = self.elements_from_top(name).next()?.element.to_owned();
        self.remove_elements(name, 1);
        Some(popped)
    }

    /// Removes the topmost `count` elements of `name`, or as many as there are.
    pub fn remove_elements(&mut self, name: Name<'_>, count: usize) {
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let last = self.elements_from_top(name).nth(last);
        let (at, rest) = match last.map(|last| (last.at, last.rest)) {
            None => return self.drop_elements_above(name, usize::MAX),
            Some((at, None)) => return self.drop_elements_above(name, at + 1),
            Some((at, Some(rest))) => (at, rest),
        };
        if self.fields[at].origin == Origin::Edited {
            let rest = rest.len();
            self.shorten(at, rest);
        } else {
            let rest = rest.to_owned();
            self.fields.remove(at);
            self.write_line(at, name, &rest);
        }
        self.drop_elements_above(name, at);
    }

    /// Leaves of the line at `at`, which was edited before, the last `rest` octets of its value; in its place.
    fn shorten(&mut self, at: usize, rest: usize) {
        let field = &mut self.fields[at];
        let (from, to) = (field.line.from as usize, field.line.to as usize);
        // What is taken away is no shorter than nothing: the name fits before the rest.
        let value = to - "\r\n".len() - rest;
        let head = field.value as usize - from;
        let line = value - head;
        let mut moved = " ".repeat(line - from);
        moved.push_str(&self.edited[from..from + head]);
        self.edited.replace_range(from..value, &moved);
        field.line = Span::new(line, to);
        field.value = place(value);
    }

    /// Replaces the topmost element of `name` by `value`; does nothing if there is none.
    pub fn replace_element(&mut self, name: Name<'_>, value: &str) {
        let Some(Element { at, rest, .. }) = self.elements_from_top(name).next() else {
            return;
        };
        let line = match rest {
            Some(rest) => format!("{value}, {rest}"),
            None => value.to_owned(),
        };
        self.fields.remove(at);
        self.write_line(at, name, &line);
    }

    /// Replaces the body and its Content-Type, and sets Content-Length.
    ///
    /// An empty body has no Content-Type.
    pub fn set_body(&mut self, content_type: &str, body: Bytes) {
        if body.is_empty() {
            self.drop_lines(Name::CONTENT_TYPE);
        } else {
            self.set(Name::CONTENT_TYPE, content_type);
        }
        self.body = Some(body);
        self.write_content_length();
    }

    /// Whether Content-Length says how long the body is.
    pub fn has_content_length(&self) -> bool {
        let mut lines = self.all(Name::CONTENT_LENGTH);
        let said = lines.next().unwrap_or_default().trim();
        let is_number = said.bytes().all(|octet| octet.is_ascii_digit());
        is_number && said.parse() == Ok(self.body().len()) && lines.next().is_none()
    }

    /// Writes Content-Length where it is not there or not right, as every connection needs it (RFC 3261 §18.3) and no
    /// datagram does.
    pub fn set_content_length(&mut self) {
        if !self.has_content_length() {
            self.write_content_length();
        }
    }

    /// Adds `;tag=tag` to To, if it has none (RFC 3261 §8.2.6.2).
    pub fn set_to_tag(&mut self, tag: &str) {
        let Some(value) = self.header(Name::TO) else {
            return;
        };
        if To::parse(value).is_ok_and(|to| to.tag().is_none()) {
            let tagged = [value, ";tag=", tag].concat();
            match self.place_of_first(Name::TO) {
                // The usual one line, in its place.
                Some(at) if self.all(Name::TO).nth(1).is_none() => {
                    self.fields.remove(at);
                    self.write_line(at, Name::TO, &tagged);
                }
                _ => self.set(Name::TO, &tagged),
            }
        }
    }

    /// The elements of `name` with their lines, topmost first; none of Content-Length.
    fn elements_from_top(&self, name: Name<'_>) -> impl Iterator<Item = Element<'_>> {
        let is_list = name.occurs() == Occurs::List;
        let lines = self.fields.iter().enumerate();
        let lines = lines.filter(move |(_, field)| self.is_named(field, name) && !is_length(name));
        lines.flat_map(move |(at, field)| {
            let mut rest = Some(self.value_of(field));
            std::iter::from_fn(move || {
                loop {
                    let (element, after) = match is_list {
                        true => split_element(rest?),
                        false => (rest?, None),
                    };
                    rest = after.map(trim).filter(|after| !after.is_empty());
                    if !element.is_empty() {
                        return Some(Element { at, element, rest });
                    }
                }
            })
        })
    }

    /// Removes the lines called `name` above place `end`.
    fn drop_elements_above(&mut self, name: Name<'_>, end: usize) {
        let mut fields = std::mem::take(&mut self.fields);
        let before = fields.len();
        let mut at = 0;
        fields.retain(|field| {
            at += 1;
            at > end || is_length(name) || !self.is_named(field, name)
        });
        self.is_edited |= fields.len() != before;
        self.fields = fields;
    }

    fn place_of_first(&self, name: Name<'_>) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| self.is_named(field, name))
    }

    /// After all lines, but before a Content-Length that we wrote there.
    fn place_at_end(&self) -> usize {
        match self.fields.last() {
            Some(last) if last.origin == Origin::Edited && last.id == Name::CONTENT_LENGTH.id => {
                self.fields.len() - 1
            }
            _ => self.fields.len(),
        }
    }

    fn drop_lines(&mut self, name: Name<'_>) {
        let before = self.fields.len();
        let mut fields = std::mem::take(&mut self.fields);
        fields.retain(|field| !self.is_named(field, name));
        self.is_edited |= fields.len() != before;
        self.fields = fields;
    }

    /// Writes `name: value` and puts it in the list at `at`.
    fn write_line(&mut self, at: usize, name: Name<'_>, value: &str) {
        let from = self.edited.len();
        self.edited.push_str(name.as_str());
        let name_length = self.edited.len() - from;
        self.edited.push_str(": ");
        let value_from = self.edited.len();
        push_value(&mut self.edited, value);
        self.edited.push_str("\r\n");
        let field = Field {
            line: Span::new(from, self.edited.len()),
            value: u32::try_from(value_from).unwrap_or(u32::MAX),
            name_length: u16::try_from(name_length).unwrap_or(u16::MAX),
            id: name.id,
            origin: Origin::Edited,
        };
        self.present.add(name.id);
        self.fields.insert(at.min(self.fields.len()), field);
        self.is_edited = true;
    }

    /// The one Content-Length line, right for the body as it is now.
    pub(crate) fn write_content_length(&mut self) {
        let at = self.place_of_first(Name::CONTENT_LENGTH);
        self.drop_lines(Name::CONTENT_LENGTH);
        let at = at.unwrap_or(self.fields.len());
        match self.body().len() {
            0 => self.write_line(at, Name::CONTENT_LENGTH, "0"),
            length => self.write_line(at, Name::CONTENT_LENGTH, &length.to_string()),
        }
    }
}

/// An element of a list, and its line.
struct Element<'a> {
    /// The place of the line.
    at: usize,
    element: &'a str,
    /// What else the line holds after it.
    rest: Option<&'a str>,
}

fn is_length(name: Name<'_>) -> bool {
    name == Name::CONTENT_LENGTH
}

/// `name` as it is written: of one that we do not know only the token characters are kept (in `kept`), and what is left
/// may be one that we know. `None` where nothing is left, and for Content-Length.
fn settable<'n>(name: Name<'n>, kept: &'n mut String) -> Option<Name<'n>> {
    let name = if name.is_known() || is_token(name.as_str()) {
        name
    } else {
        kept.extend(name.as_str().chars().filter(is_token_character));
        Name::new(kept)
    };
    (!name.as_str().is_empty() && !is_length(name)).then_some(name)
}

fn is_token_character(character: &char) -> bool {
    u8::try_from(*character).is_ok_and(is_token_octet)
}

/// `value` on one line, without white space around it: folds and stray line ends become spaces.
fn push_value(text: &mut String, value: &str) {
    let is_break = |character: char| matches!(character, '\r' | '\n');
    let value = trim(value);
    if memchr2(b'\r', b'\n', value.as_bytes()).is_some() {
        text.extend(value.chars().map(|c| if is_break(c) { ' ' } else { c }));
    } else {
        text.push_str(value);
    }
}

/// Writes `METHOD uri SIP/2.0`.
pub(crate) fn write_request_line(text: &mut String, method: Method<'_>, uri: &str) -> Start {
    let from = text.len();
    text.extend(method.as_str().chars().filter(is_token_character));
    let method = Span::new(from, text.len());
    text.push(' ');
    let uri_from = text.len();
    for character in uri.chars() {
        match character {
            '\0'..=' ' | '\x7f' => text.push_str(&format!("%{:02X}", u32::from(character))),
            other => text.push(other),
        }
    }
    let uri = Span::new(uri_from, text.len());
    text.push(' ');
    let version_from = text.len();
    text.push_str("SIP/2.0");
    let version = Span::new(version_from, text.len());
    text.push_str("\r\n");
    Start {
        line: Span::new(from, text.len()),
        origin: Origin::Edited,
        kind: StartKind::Request {
            method,
            uri,
            version,
        },
    }
}

/// Writes `SIP/2.0 status reason`.
pub(crate) fn write_status_line(text: &mut String, status: Status, reason: &str) -> Start {
    let from = text.len();
    text.push_str("SIP/2.0");
    let version = Span::new(from, text.len());
    let code = status.code();
    text.push(' ');
    for digit in [code / 100, code / 10, code] {
        text.push(char::from(b'0' + (digit % 10) as u8));
    }
    text.push(' ');
    let reason_from = text.len();
    push_value(text, reason);
    let reason = Span::new(reason_from, text.len());
    text.push_str("\r\n");
    Start {
        line: Span::new(from, text.len()),
        origin: Origin::Edited,
        kind: StartKind::Response {
            version,
            status,
            reason,
        },
    }
}
