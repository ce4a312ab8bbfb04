//! Edits: changes to the list of fields that readers see at once and printing carries out.
//!
//! No edit can make a second header field or a second line: CR and LF in a value become spaces, and a name or method
//! keeps only its token characters. A NUL stays, since it may stand in a quoted string (RFC 4475 §3.1.1.2).

use bytes::Bytes;
use memchr::memchr2;

use crate::framing::{Field, Origin, Span, Start, StartKind};
use crate::grammar::{is_token_octet, split_element, trim};
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
        if is_length(name) {
            return;
        }
        let at = self.place_of_first(name);
        self.drop_lines(name);
        let at = at.unwrap_or_else(|| self.place_at_end());
        self.write_line(at, name, value);
    }

    /// Adds a line after the last called `name`, else after all others.
    pub fn append(&mut self, name: Name<'_>, value: &str) {
        if is_length(name) {
            return;
        }
        let last = self
            .fields
            .iter()
            .rposition(|field| self.is_named(field, name));
        let at = last.map_or_else(|| self.place_at_end(), |last| last + 1);
        self.write_line(at, name, value);
    }

    /// Adds a line before the first called `name`, else before all others.
    pub fn prepend(&mut self, name: Name<'_>, value: &str) {
        if is_length(name) {
            return;
        }
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
        let (at, element, rest) = self.split_first(name)?;
        let popped = element.to_owned();
        let rest = rest.map(str::to_owned);
        // Lines above it that hold no element go with it.
        self.remove_places(name, at);
        if let Some(rest) = rest {
            let at = self.place_of_first(name).unwrap_or(at);
            self.fields.remove(at);
            self.write_line(at, name, &rest);
        } else if let Some(at) = self.place_of_first(name) {
            self.fields.remove(at);
        }
        self.is_edited = true;
        Some(popped)
    }

    /// Replaces the topmost element of `name` by `value`; does nothing if there is none.
    pub fn replace_element(&mut self, name: Name<'_>, value: &str) {
        let Some((at, _, rest)) = self.split_first(name) else {
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

    /// The place of the first line that holds an element, that element, and what else the line holds.
    fn split_first(&self, name: Name<'_>) -> Option<(usize, &str, Option<&str>)> {
        let is_list = name.occurs() == Occurs::List;
        self.fields.iter().enumerate().find_map(|(at, field)| {
            if !self.is_named(field, name) || is_length(name) {
                return None;
            }
            let mut rest = Some(self.value_of(field));
            while let Some(line) = rest {
                let element;
                (element, rest) = if is_list {
                    split_element(line)
                } else {
                    (line, None)
                };
                if !element.is_empty() {
                    let rest = rest
                        .map(crate::grammar::trim)
                        .filter(|rest| !rest.is_empty());
                    return Some((at, element, rest));
                }
            }
            None
        })
    }

    /// Removes the lines called `name` above place `end`.
    fn remove_places(&mut self, name: Name<'_>, end: usize) {
        for at in (0..end).rev() {
            if self.is_named(&self.fields[at], name) {
                self.fields.remove(at);
            }
        }
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
        push_token(&mut self.edited, name);
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

fn is_length(name: Name<'_>) -> bool {
    name == Name::CONTENT_LENGTH
}

fn is_token_character(character: &char) -> bool {
    u8::try_from(*character).is_ok_and(is_token_octet)
}

/// The name, of which only token characters are kept.
fn push_token(text: &mut String, name: Name<'_>) {
    if name.is_known() {
        // By its spelling it is one that we know.
        text.push_str(name.as_str());
    } else {
        text.extend(name.as_str().chars().filter(is_token_character));
    }
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
