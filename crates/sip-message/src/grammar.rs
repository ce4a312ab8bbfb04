//! The lexical rules that header values share (RFC 3261 §25.1): white space, quotes, lists, tokens.
//!
//! A folded line (RFC 3261 §7.3.1) stays in the value as CR LF and a space or tab; here all four are white space.

use std::borrow::Cow;

use crate::find::find;

pub(crate) const fn is_white(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

pub(crate) fn trim_start(text: &str) -> &str {
    let octets = text.as_bytes();
    let mut from = 0;
    while from < octets.len() && is_white(octets[from]) {
        from += 1;
    }
    &text[from..]
}

pub(crate) fn trim_end(text: &str) -> &str {
    let octets = text.as_bytes();
    let mut to = octets.len();
    while to > 0 && is_white(octets[to - 1]) {
        to -= 1;
    }
    &text[..to]
}

pub(crate) fn trim(text: &str) -> &str {
    trim_end(trim_start(text))
}

/// `token` of RFC 3261 §25.1.
pub(crate) const fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~'
        )
}

static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 128 {
        table[octet] = is_token_octet(octet as u8);
        octet += 1;
    }
    table
};

pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| TOKEN[usize::from(octet)])
}

/// Where the quoted string that opens at octet 0 ends: the octet after the closing quote.
pub(crate) fn quoted_end(octets: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += find([b'"', b'\\'], octets.get(at..)?)?;
        if octets[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Where the first element of a list ends: at a comma outside quotes and angle brackets, or at the end.
fn element_end(octets: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = find([b',', b'"', b'<'], &octets[at..]) {
        at += found;
        match octets[at] {
            b',' => return at,
            b'"' => match quoted_end(&octets[at..]) {
                Some(length) => at += length,
                None => break,
            },
            _ => match find([b'>'], &octets[at..]) {
                Some(length) => at += length + 1,
                None => break,
            },
        }
    }
    octets.len()
}

/// The first element of `list` without white space around it, and what follows its comma.
pub(crate) fn split_element(list: &str) -> (&str, Option<&str>) {
    let end = element_end(list.as_bytes());
    (trim(&list[..end]), list.get(end + 1..))
}

/// The elements of a comma-separated list; empty ones are passed over.
#[derive(Clone, Default)]
pub(crate) struct Elements<'a> {
    rest: Option<&'a str>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(list: &'a str) -> Self {
        Elements { rest: Some(list) }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        while let Some(list) = self.rest {
            let element;
            (element, self.rest) = split_element(list);
            if !element.is_empty() {
                return Some(element);
            }
        }
        None
    }
}

/// The text of a quoted string, escapes resolved and folds as one space; of anything else, itself.
///
/// Borrowed unless there is an escape or a fold. (RFC 3261 §25.1 `quoted-string`.)
pub fn unquote(value: &str) -> Cow<'_, str> {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Cow::Borrowed(value);
    };
    if find([b'\\', b'\r', b'\n'], inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            '\r' | '\n' => {
                while characters
                    .next_if(|next| matches!(next, ' ' | '\t' | '\r' | '\n'))
                    .is_some()
                {}
                text.push(' ');
            }
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}

/// `text` as a quoted string (RFC 3261 §25.1): `"` and `\` escaped, line ends as spaces.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\r' | '\n' | '\0' => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A decimal number; `None` where `text` is not digits only or does not fit.
pub(crate) fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `qvalue` in thousandths, 0 to 1000; `None` where it is malformed (RFC 3261 §25.1).
pub(crate) fn q_value(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = number(whole).filter(|whole| *whole <= 1)?;
    if fraction.len() > 3 {
        return None;
    }
    let thousandths = match fraction {
        "" => 0,
        digits => number(digits)? * [100, 10, 1][digits.len() - 1],
    };
    u16::try_from(whole * 1000 + thousandths)
        .ok()
        .filter(|q| *q <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(list: &str) -> Vec<&str> {
        Elements::new(list).collect()
    }

    #[test]
    fn commas_in_quotes_and_brackets_separate_nothing() {
        assert_eq!(
            elements(r#""A, \", B" <sip:a,b@c> , <sip:d>;x="1,2""#),
            [r#""A, \", B" <sip:a,b@c>"#, r#"<sip:d>;x="1,2""#]
        );
    }

    #[test]
    fn empty_elements_are_passed_over() {
        assert_eq!(elements(" , a ,,\r\n b , "), ["a", "b"]);
        assert!(elements("").is_empty());
    }

    #[test]
    fn what_is_not_closed_reaches_to_the_end() {
        assert_eq!(elements("\"a, b"), ["\"a, b"]);
        assert_eq!(elements("a, <b, c"), ["a", "<b, c"]);
        assert_eq!(elements("\"a\\"), ["\"a\\"]);
    }

    #[test]
    fn quoted_strings() {
        assert_eq!(unquote(r#""J Rosenberg \\\"""#), r#"J Rosenberg \""#);
        assert_eq!(unquote("\"a\r\n  b\""), "a b");
        assert_eq!(unquote("token"), "token");
        assert_eq!(unquote("\""), "\"");
        assert!(matches!(unquote("\"plain\""), Cow::Borrowed("plain")));
        for text in ["", "a\"b", "\\", "ä\\\"", "a b"] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(quote("a\r\nB: c"), "\"a  B: c\"");
    }
}
