//! `tel:` URIs (RFC 3966).

use std::fmt;

use memchr::memchr_iter;

use super::MAX_PARAMETERS;
use super::escape;
use crate::error::UriError;
use crate::host::Host;
use crate::params::{Param, Params};

/// `tel:number;parameters` (RFC 3966 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TelUri<'a> {
    /// The number as written, visual separators kept; a global one starts with `+`.
    pub number: &'a str,
    /// The parameters, among them `phone-context` of a local number.
    pub params: Params<'a>,
}

impl<'a> TelUri<'a> {
    /// Reads what follows the scheme's colon.
    pub(crate) fn parse(text: &'a str) -> Result<TelUri<'a>, UriError> {
        let end = text.find(';').unwrap_or(text.len());
        let (number, params) = text.split_at(end);
        escape::check(params, &escape::PARAMETERS)?;
        if memchr_iter(b';', params.as_bytes()).count() > MAX_PARAMETERS {
            return Err(UriError::TooManyParameters);
        }
        let uri = TelUri {
            number,
            params: Params::new(params),
        };
        let (digits, fits): (_, fn(u8) -> bool) = match number.strip_prefix('+') {
            Some(digits) => (digits, |octet| octet.is_ascii_digit()),
            None => (number, |octet| {
                octet.is_ascii_hexdigit() || matches!(octet, b'*' | b'#')
            }),
        };
        let mut significant = digits
            .bytes()
            .filter(|octet| !is_separator(*octet))
            .peekable();
        if significant.peek().is_none() || !significant.all(fits) {
            return Err(UriError::Number);
        }
        if !uri.params.have_own_names() {
            return Err(UriError::Parameter);
        }
        // RFC 3966 §5.1.5: a local number means nothing without its context.
        let context = uri.params.find("phone-context");
        let is_context = |param: Param<'_>| param.value.is_some_and(is_context);
        match context {
            None if uri.is_global() => Ok(uri),
            Some(param) if is_context(param) => Ok(uri),
            _ => Err(UriError::Number),
        }
    }

    /// Whether it is a number of the international plan (starts with `+`).
    pub fn is_global(&self) -> bool {
        self.number.starts_with('+')
    }

    /// The digits without visual separators, with the `+` of a global number.
    pub fn digits(&self) -> impl Iterator<Item = char> + use<'a> {
        self.number
            .chars()
            .filter(|character| !matches!(character, '-' | '.' | '(' | ')'))
    }
}

/// `descriptor` of RFC 3966 §3: a domain, or the beginning of a global number.
fn is_context(text: &str) -> bool {
    match text.strip_prefix('+') {
        Some(digits) => {
            digits.bytes().any(|octet| octet.is_ascii_digit())
                && (digits.bytes()).all(|octet| octet.is_ascii_digit() || is_separator(octet))
        }
        None => matches!(Host::parse(text), Some(Host::Name(_))),
    }
}

/// `visual-separator` of RFC 3966 §3.
pub(crate) fn is_separator(octet: u8) -> bool {
    matches!(octet, b'-' | b'.' | b'(' | b')')
}

impl fmt::Display for TelUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tel:{}{}", self.number, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Uri;
    use super::*;

    #[test]
    fn numbers() {
        let Ok(Uri::Tel(global)) = Uri::parse("tel:+1-201-555-0123") else {
            panic!("RFC 3966 §6")
        };
        assert!(global.is_global());
        assert_eq!(global.digits().collect::<String>(), "+12015550123");
        assert_eq!(global.to_string(), "tel:+1-201-555-0123");
        let Ok(Uri::Tel(local)) = Uri::parse("TEL:7042;phone-context=example.com") else {
            panic!("RFC 3966 §6")
        };
        assert!(!local.is_global());
        assert_eq!(local.params.get("phone-context"), Some("example.com"));
        for wrong in [
            "tel:",
            "tel:+",
            "tel:+-",
            "tel:+12a",
            "tel:7042",
            "tel:12 3;phone-context=+1",
            "tel:7042;phone-context",
            "tel:7042;phone-context=+",
            "tel:7042;phone-context=!!!",
            "tel:+1;phone-context=[::1]",
        ] {
            assert_eq!(Uri::parse(wrong), Err(UriError::Number), "{wrong}");
        }
        for wrong in [
            "tel:7042;phone-context=",
            "tel:+1;ext=1;EXT=2",
            "tel:+1;ext=1;%65xt=2",
            "tel:+1;=2",
        ] {
            assert_eq!(Uri::parse(wrong), Err(UriError::Parameter), "{wrong}");
        }
        assert!(Uri::parse("tel:7042;phone-context=+1-914;x").is_ok());
    }
}
