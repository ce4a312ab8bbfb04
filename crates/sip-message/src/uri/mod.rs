//! SIP, SIPS and TEL URIs (RFC 3261 §19.1, RFC 3966); any other scheme is carried.

mod compare;
mod escape;
mod identity;
mod sip;
mod tel;

use std::fmt;

pub(crate) use compare::same_octets_without_case;
pub use escape::{decode, escape_user};
pub use sip::{Scheme, SipUri};
pub use tel::TelUri;

use crate::error::UriError;
use crate::find::find;

/// Parameters and headers that one URI may have; comparing takes the square of them.
pub const MAX_PARAMETERS: usize = 64;

/// Octets that one URI may have, its scheme among them.
pub const MAX_URI: usize = 4096;

/// A URI, its parts borrowed from the text. `==` compares the text of the parts; see [`Uri::equivalent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`.
    Sip(SipUri<'a>),
    /// `tel:`.
    Tel(TelUri<'a>),
    /// Any other scheme.
    Other {
        /// The scheme as written, without the colon.
        scheme: &'a str,
        /// What follows the colon.
        rest: &'a str,
    },
}

impl<'a> Uri<'a> {
    /// Reads a URI, without brackets or white space around it.
    ///
    /// # Errors
    /// [`UriError`] where it does not follow its scheme's grammar or is longer than [`MAX_URI`].
    pub fn parse(text: &'a str) -> Result<Uri<'a>, UriError> {
        if text.len() > MAX_URI {
            return Err(UriError::TooLong);
        }
        let colon = find([b':'], text.as_bytes()).ok_or(UriError::Scheme)?;
        let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
        if scheme.eq_ignore_ascii_case("sip") {
            SipUri::parse(Scheme::Sip, rest).map(Uri::Sip)
        } else if scheme.eq_ignore_ascii_case("sips") {
            SipUri::parse(Scheme::Sips, rest).map(Uri::Sip)
        } else if scheme.eq_ignore_ascii_case("tel") {
            TelUri::parse(rest).map(Uri::Tel)
        } else {
            parse_other(scheme, rest)
        }
    }

    /// Equality by RFC 3261 §19.1.4 or RFC 3966 §4; not transitive, so not `==`.
    pub fn equivalent(&self, other: &Uri<'_>) -> bool {
        match (self, other) {
            (Uri::Sip(a), Uri::Sip(b)) => a.equivalent(b),
            (Uri::Tel(a), Uri::Tel(b)) => a.equivalent(b),
            (Uri::Other { scheme, rest }, Uri::Other { scheme: s, rest: r }) => {
                scheme.eq_ignore_ascii_case(s) && rest == r
            }
            _ => false,
        }
    }
}

/// RFC 3986 §3.1 for the scheme; of the rest only that no delimiter of ours stands in it.
fn parse_other<'a>(scheme: &'a str, rest: &'a str) -> Result<Uri<'a>, UriError> {
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.bytes().all(fits) {
        return Err(UriError::Scheme);
    }
    let delimits = |octet: u8| octet <= b' ' || matches!(octet, b'<' | b'>' | b'"' | 0x7f..);
    if rest.is_empty() || rest.bytes().any(delimits) {
        return Err(UriError::Character);
    }
    Ok(Uri::Other { scheme, rest })
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Uri::Sip(uri) => uri.fmt(f),
            Uri::Tel(uri) => uri.fmt(f),
            Uri::Other { scheme, rest } => write!(f, "{scheme}:{rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_schemes_are_carried() {
        let uri = Uri::parse("nobodyKnowsThisScheme:totallyopaquecontent").unwrap();
        assert_eq!(
            uri,
            Uri::Other {
                scheme: "nobodyKnowsThisScheme",
                rest: "totallyopaquecontent"
            }
        );
        assert!(uri.equivalent(&Uri::parse("NOBODYknowsthisscheme:totallyopaquecontent").unwrap()));
        assert!(!uri.equivalent(&Uri::parse("sip:totallyopaquecontent").unwrap()));
    }

    #[test]
    fn no_scheme_no_uri() {
        assert_eq!(Uri::parse("alice"), Err(UriError::Scheme));
        assert_eq!(Uri::parse(":a"), Err(UriError::Scheme));
        assert_eq!(Uri::parse("1a:b"), Err(UriError::Scheme));
        assert_eq!(Uri::parse("<sip:a@b>"), Err(UriError::Scheme));
        assert_eq!(Uri::parse("urn:a b"), Err(UriError::Character));
        assert_eq!(Uri::parse(""), Err(UriError::Scheme));
    }
}
