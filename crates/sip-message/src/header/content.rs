//! Header fields that say what the body is: Content-Type, -Disposition, -Encoding, -Language.
//!
//! Content-Length is with the numbers.

use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, trim};
use crate::name::Name;
use crate::params::Params;

/// What the body is (RFC 3261 §20.15). Compared by type and subtype in any case, and by the parameters as written.
#[derive(Debug, Clone, Copy, Eq)]
pub struct ContentType<'a> {
    /// `type/subtype` as written; [`ContentType::is`] compares it.
    pub media_type: &'a str,
    /// What follows, such as `charset` and `boundary`.
    pub params: Params<'a>,
}

impl<'a> ContentType<'a> {
    /// Type and subtype without the white space that may stand around the slash.
    pub fn parts(&self) -> (&'a str, &'a str) {
        let (kind, subtype) = self.media_type.split_once('/').unwrap_or_default();
        (trim(kind), trim(subtype))
    }

    /// Whether it is `media_type`, e.g. `application/sdp`, in any case (RFC 3261 §7.3.1).
    pub fn is(&self, media_type: &str) -> bool {
        let (kind, subtype) = self.parts();
        media_type
            .split_once('/')
            .is_some_and(|(k, s)| kind.eq_ignore_ascii_case(k) && subtype.eq_ignore_ascii_case(s))
    }
}

impl PartialEq for ContentType<'_> {
    fn eq(&self, other: &Self) -> bool {
        let ((kind, subtype), (other_kind, other_subtype)) = (self.parts(), other.parts());
        kind.eq_ignore_ascii_case(other_kind)
            && subtype.eq_ignore_ascii_case(other_subtype)
            && self.params == other.params
    }
}

impl<'a> TypedHeader<'a> for ContentType<'a> {
    const NAME: Name<'static> = Name::CONTENT_TYPE;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let (media_type, params) = Params::after(value);
        let content = ContentType { media_type, params };
        let (kind, subtype) = content.parts();
        if !is_token(kind) || !is_token(subtype) {
            return Err(wrong::<Self>("not type, slash and subtype"));
        }
        Ok(content)
    }
}

impl fmt::Display for ContentType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, subtype) = self.parts();
        write!(f, "{kind}/{subtype}{}", self.params)
    }
}

/// What is to be done with the body (RFC 3261 §20.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentDisposition<'a> {
    /// `session`, `render`, `icon`, `alert` or another; compare it without case.
    pub disposition: &'a str,
    /// What follows.
    pub params: Params<'a>,
}

impl ContentDisposition<'_> {
    /// Whether one who does not know type or disposition may ignore the body; without `handling` it may not.
    pub fn is_optional(&self) -> bool {
        self.params
            .get("handling")
            .is_some_and(|handling| handling.eq_ignore_ascii_case("optional"))
    }
}

impl<'a> TypedHeader<'a> for ContentDisposition<'a> {
    const NAME: Name<'static> = Name::CONTENT_DISPOSITION;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let (disposition, params) = Params::after(value);
        if !is_token(disposition) {
            return Err(wrong::<Self>("disposition is no token"));
        }
        Ok(ContentDisposition {
            disposition,
            params,
        })
    }
}

impl fmt::Display for ContentDisposition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.disposition, self.params)
    }
}

/// One encoding of the body, in the order in which they were applied (RFC 3261 §20.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentEncoding<'a>(
    /// The encoding, e.g. `gzip`; compare it without case.
    pub &'a str,
);

impl<'a> TypedHeader<'a> for ContentEncoding<'a> {
    const NAME: Name<'static> = Name::CONTENT_ENCODING;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let coding = trim(value);
        if !is_token(coding) {
            return Err(wrong::<Self>("encoding is no token"));
        }
        Ok(ContentEncoding(coding))
    }
}

impl fmt::Display for ContentEncoding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A language of the body (RFC 3261 §20.13, RFC 5646).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentLanguage<'a>(
    /// The language tag, e.g. `fr-CA`; compare it without case.
    pub &'a str,
);

/// Longest part of a language tag (RFC 3261 §25.1 `primary-tag`, `subtag`), in characters.
const LONGEST_SUBTAG: usize = 8;

impl<'a> TypedHeader<'a> for ContentLanguage<'a> {
    const NAME: Name<'static> = Name::CONTENT_LANGUAGE;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let tag = trim(value);
        let is_tag = tag.split('-').all(|part| {
            (1..=LONGEST_SUBTAG).contains(&part.len())
                && part.bytes().all(|octet| octet.is_ascii_alphanumeric())
        });
        if !is_tag {
            return Err(wrong::<Self>("not a language tag"));
        }
        Ok(ContentLanguage(tag))
    }
}

impl fmt::Display for ContentLanguage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        let content = ContentType::parse("multipart/mixed;boundary=\"a;b\"").unwrap();
        assert_eq!(content.parts(), ("multipart", "mixed"));
        assert_eq!(content.params.unquoted("boundary").as_deref(), Some("a;b"));
        // RFC 3261 §20.15, and white space as `SLASH` allows.
        let html = ContentType::parse("text/html; charset=ISO-8859-4").unwrap();
        assert_eq!(html.params.get("charset"), Some("ISO-8859-4"));
        let spaced = ContentType::parse("Application / SDP").unwrap();
        assert!(spaced.is("application/sdp"));
        assert!(!spaced.is("application/sdpx"));
        assert_eq!(spaced.to_string(), "Application/SDP");
        for wrong in ["", "text", "text/", "/html", "a/b c", "a/b/c", ";charset=x"] {
            assert!(ContentType::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn dispositions() {
        let session = ContentDisposition::parse("session").unwrap();
        assert!(!session.is_optional());
        // RFC 3261 §20.11's parameters.
        let icon = ContentDisposition::parse("icon; handling=OPTIONAL;x=\"1\"").unwrap();
        assert!(icon.is_optional());
        assert_eq!(
            (icon.disposition, icon.params.get("x")),
            ("icon", Some("\"1\""))
        );
        assert!(ContentDisposition::parse(";handling=optional").is_err());
        assert!(ContentDisposition::parse("a b").is_err());
    }

    #[test]
    fn encodings_and_languages() {
        assert_eq!(
            ContentEncoding::parse(" gzip "),
            Ok(ContentEncoding("gzip"))
        );
        assert!(ContentEncoding::parse("a/b").is_err());
        // RFC 3261 §20.13; RFC 5646 §2.2.6 has subtags with digits.
        assert_eq!(ContentLanguage::parse("fr"), Ok(ContentLanguage("fr")));
        for tag in ["i-mingo", "de-CH-1996", "zh-Hant-TW"] {
            assert_eq!(ContentLanguage::parse(tag).unwrap().to_string(), tag);
        }
        for wrong in ["", "-", "fr-", "en_US", "abcdefghi"] {
            assert!(ContentLanguage::parse(wrong).is_err(), "{wrong}");
        }
    }
}
