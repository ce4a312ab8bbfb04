//! Header fields that are a token or a text: Call-ID, option tags, Allow.

use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, trim};
use crate::method::Method;
use crate::name::Name;

/// The identifier that all requests of a call or of a phone's registrations share (RFC 3261 §20.8). Case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId<'a>(pub &'a str);

impl<'a> TypedHeader<'a> for CallId<'a> {
    const NAME: Name<'static> = Name::CALL_ID;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let value = trim(value);
        if value.is_empty() || has_white_or_control(value) {
            return Err(wrong::<Self>("empty, or with white space"));
        }
        Ok(CallId(value))
    }
}

/// No octet ends the search, so that many are looked at together.
fn has_white_or_control(text: &str) -> bool {
    text.bytes().fold(false, |has, octet| has | (octet <= b' '))
}

impl fmt::Display for CallId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Defines a header type whose element is one option tag (RFC 3261 §19.2).
macro_rules! option_tag_header {
    ($(#[doc = $doc:literal])+ $type:ident, $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $type<'a>(
            /// The option tag; compare it without case.
            pub &'a str,
        );

        impl<'a> TypedHeader<'a> for $type<'a> {
            const NAME: Name<'static> = Name::$name;

            fn parse(value: &'a str) -> Result<Self, HeaderError> {
                let tag = trim(value);
                if is_token(tag) {
                    Ok(Self(tag))
                } else {
                    Err(wrong::<Self>("option tag is no token"))
                }
            }
        }

        impl fmt::Display for $type<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }
    };
}

option_tag_header!(
    /// An extension that the server must know (RFC 3261 §20.32).
    Require,
    REQUIRE
);
option_tag_header!(
    /// An extension that every proxy must know (RFC 3261 §20.29).
    ProxyRequire,
    PROXY_REQUIRE
);
option_tag_header!(
    /// An extension that the sender knows (RFC 3261 §20.37).
    Supported,
    SUPPORTED
);
option_tag_header!(
    /// An extension that the server does not know (RFC 3261 §20.40).
    Unsupported,
    UNSUPPORTED
);

/// A method that the sender knows (RFC 3261 §20.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allow<'a>(
    /// The method.
    pub Method<'a>,
);

impl<'a> TypedHeader<'a> for Allow<'a> {
    const NAME: Name<'static> = Name::ALLOW;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let method = trim(value);
        if is_token(method) {
            Ok(Allow(Method(method)))
        } else {
            Err(wrong::<Self>("method is no token"))
        }
    }
}

impl fmt::Display for Allow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_ids() {
        // RFC 4475 §3.1.1.2: characters of `word`, an open quote among them.
        let odd = "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{";
        assert_eq!(CallId::parse(odd), Ok(CallId(odd)));
        assert!(CallId::parse("").is_err());
        assert!(CallId::parse("a b").is_err());
    }

    #[test]
    fn option_tags_and_methods() {
        assert_eq!(Require::parse(" path "), Ok(Require("path")));
        assert!(Supported::parse("a b").is_err());
        assert_eq!(Allow::parse("INVITE"), Ok(Allow(Method::INVITE)));
        assert!(Allow::parse("<").is_err());
    }
}
