//! Challenges and credentials: the header fields of RFC 3261 §22 and RFC 7616.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{Elements, is_token, is_white, quoted_end, split_element, trim, unquote};
use crate::name::Name;

/// A scheme and its parameters, separated by commas (RFC 3261 §25.1 `challenge`, `credentials`).
///
/// Its `Debug` shows the scheme only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Auth<'a> {
    /// The scheme, usually `Digest`; compare it without case.
    pub scheme: &'a str,
    /// The parameters as written.
    pub params: &'a str,
}

impl<'a> Auth<'a> {
    fn read(value: &'a str) -> Result<Auth<'a>, &'static str> {
        let value = trim(value);
        let end = value.bytes().take_while(|octet| !is_white(*octet)).count();
        let (scheme, params) = value.split_at(end);
        if !is_token(scheme) {
            return Err("authentication scheme is no token");
        }
        Ok(Auth {
            scheme,
            params: trim(params),
        })
    }

    /// Whether the scheme is Digest.
    pub fn is_digest(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("Digest")
    }

    /// Every parameter in order: name, value as written.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        AuthParams { rest: self.params }
    }

    /// The first parameter called `name` (in any case), without quotes and escapes.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.raw(name).map(unquote)
    }

    /// The first parameter called `name`, as written.
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether a parameter that must not be repeated is (RFC 7616 §3.4).
    pub fn has_duplicates(&self) -> bool {
        const SINGLE: [&str; 11] = [
            "username",
            "realm",
            "nonce",
            "uri",
            "response",
            "algorithm",
            "cnonce",
            "opaque",
            "qop",
            "nc",
            "auts",
        ];
        let mut seen = 0u16;
        for (name, _) in self.iter() {
            let place = SINGLE
                .iter()
                .position(|single| single.eq_ignore_ascii_case(name));
            let Some(bit) = place.map(|place| 1 << place) else {
                continue;
            };
            if seen & bit != 0 {
                return true;
            }
            seen |= bit;
        }
        false
    }
}

/// The parameters of an [`Auth`]; empty ones are passed over.
struct AuthParams<'a> {
    rest: &'a str,
}

impl<'a> AuthParams<'a> {
    /// The next parameter where it is as nearly all are: `name=value` or `name="value"`, nothing around but white space.
    fn usual(&mut self) -> Option<(&'a str, &'a str)> {
        let octets = self.rest.as_bytes();
        let from = octets.iter().position(|octet| !is_white(*octet))?;
        let name = octets[from..]
            .iter()
            .take_while(|octet| !matches!(octet, b'=' | b',' | b'"' | b'<') && !is_white(**octet))
            .count();
        let equals = from + name;
        if octets.get(equals) != Some(&b'=') {
            return None;
        }
        let value = equals + 1;
        let end = match octets.get(value) {
            Some(b'"') => value + quoted_end(&octets[value..])?,
            _ => {
                let plain = octets[value..]
                    .iter()
                    .take_while(|octet| !matches!(octet, b',' | b'"' | b'<') && !is_white(**octet));
                value + plain.count()
            }
        };
        let rest = match octets.get(end) {
            None => "",
            Some(b',') => &self.rest[end + 1..],
            Some(_) => return None,
        };
        let param = (&self.rest[from..equals], &self.rest[value..end]);
        self.rest = rest;
        Some(param)
    }
}

impl<'a> Iterator for AuthParams<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(usual) = self.usual() {
            return Some(usual);
        }
        while !self.rest.is_empty() {
            let (param, rest) = split_element(self.rest);
            self.rest = rest.unwrap_or("");
            if !param.is_empty() {
                return Some(match param.split_once('=') {
                    Some((name, value)) => (trim(name), trim(value)),
                    None => (param, ""),
                });
            }
        }
        None
    }
}

impl fmt::Display for Auth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scheme, self.params)
    }
}

impl fmt::Debug for Auth<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Auth({} …)", self.scheme)
    }
}

/// Defines a header type that is one [`Auth`].
macro_rules! auth_header {
    ($(#[doc = $doc:literal])+ $type:ident, $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $type<'a>(
            /// Scheme and parameters.
            pub Auth<'a>,
        );

        impl<'a> TypedHeader<'a> for $type<'a> {
            const NAME: Name<'static> = Name::$name;

            fn parse(value: &'a str) -> Result<Self, HeaderError> {
                Auth::read(value).map(Self).map_err(wrong::<Self>)
            }
        }

        impl<'a> Deref for $type<'a> {
            type Target = Auth<'a>;

            fn deref(&self) -> &Auth<'a> {
                &self.0
            }
        }

        impl fmt::Display for $type<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

auth_header!(
    /// A server's challenge, in 401 (RFC 3261 §20.44).
    WwwAuthenticate,
    WWW_AUTHENTICATE
);
auth_header!(
    /// The answer to a server's challenge (RFC 3261 §20.7).
    Authorization,
    AUTHORIZATION
);
auth_header!(
    /// A proxy's challenge, in 407 (RFC 3261 §20.27).
    ProxyAuthenticate,
    PROXY_AUTHENTICATE
);
auth_header!(
    /// The answer to a proxy's challenge (RFC 3261 §20.28).
    ProxyAuthorization,
    PROXY_AUTHORIZATION
);

/// What a server says about itself after it took the credentials (RFC 3261 §20.6, RFC 7616 §3.5): parameters only.
///
/// Its `Debug` shows none of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AuthenticationInfo<'a> {
    /// The parameters as written.
    pub params: &'a str,
}

impl<'a> AuthenticationInfo<'a> {
    /// The first parameter called `name` (in any case), without quotes and escapes.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let auth = Auth {
            scheme: "",
            params: self.params,
        };
        auth.get(name)
    }

    /// The nonce to answer next time.
    pub fn next_nonce(&self) -> Option<Cow<'a, str>> {
        self.get("nextnonce")
    }

    /// The server's proof that it knows the password too, in hexadecimal digits.
    pub fn rspauth(&self) -> Option<Cow<'a, str>> {
        self.get("rspauth")
    }
}

impl<'a> TypedHeader<'a> for AuthenticationInfo<'a> {
    const NAME: Name<'static> = Name::AUTHENTICATION_INFO;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let params = trim(value);
        let mut elements = Elements::new(params).peekable();
        let is_filled = elements.peek().is_some();
        let named = |param: &str| {
            param
                .split_once('=')
                .is_some_and(|(name, _)| is_token(trim(name)))
        };
        if !is_filled || !elements.all(named) {
            return Err(wrong::<Self>("not a list of parameters with values"));
        }
        Ok(AuthenticationInfo { params })
    }
}

impl fmt::Display for AuthenticationInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.params)
    }
}

impl fmt::Debug for AuthenticationInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthenticationInfo(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        // RFC 3261 §20.44, with white space and a fold as `COMMA` and `EQUAL` allow.
        let challenge = WwwAuthenticate::parse(
            "Digest realm = \"atlanta.com\" ,\r\n domain=\"sip:boxesbybob.com\", QOP=\"auth,auth-int\", \
             nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", opaque=\"\", stale=FALSE, algorithm=MD5",
        )
        .unwrap();
        assert!(challenge.is_digest());
        assert_eq!(challenge.get("Realm").as_deref(), Some("atlanta.com"));
        assert_eq!(challenge.get("qop").as_deref(), Some("auth,auth-int"));
        assert_eq!(challenge.raw("qop"), Some("\"auth,auth-int\""));
        assert_eq!(challenge.get("opaque").as_deref(), Some(""));
        assert_eq!(challenge.get("stale").as_deref(), Some("FALSE"));
        assert_eq!(challenge.get("cnonce"), None);
        assert_eq!(challenge.iter().count(), 7);
        assert!(!challenge.has_duplicates());
    }

    /// The quick way through a parameter gives what the list grammar gives.
    #[test]
    fn parameters_of_every_shape() {
        for params in [
            "a=b, c=\"d\"",
            "a=\"b,c\",d=e",
            "a = b",
            "a =b,, ,c",
            "a=\"b\" , c=\"d\"x",
            "a=\"b",
            "a=b\"c,d\",e=f",
            "a=<x,y>,b=<",
            "flag,=x,\"q\"=1",
            "a=\"\\\"\",b=\"\\",
            "a=é,b=ü\u{a0}",
            ",",
            " ",
        ] {
            let slow: Vec<_> = Elements::new(params)
                .map(|param| match param.split_once('=') {
                    Some((name, value)) => (trim(name), trim(value)),
                    None => (param, ""),
                })
                .collect();
            let quick: Vec<_> = Auth { scheme: "", params }.iter().collect();
            assert_eq!(quick, slow, "{params}");
        }
    }

    #[test]
    fn repeated_parameters() {
        let twice =
            Authorization::parse("Digest username=\"a\", nonce=\"1\", USERNAME=\"b\"").unwrap();
        assert!(twice.has_duplicates());
    }

    #[test]
    fn unknown_schemes_are_carried() {
        // RFC 4475 §3.3.7.
        let odd = Authorization::parse("NoOneKnowsThisScheme opaque-data=here").unwrap();
        assert_eq!(odd.scheme, "NoOneKnowsThisScheme");
        assert!(!odd.is_digest());
        assert!(Authorization::parse("").is_err());
        assert!(Authorization::parse("a=\"b\"").is_err());
    }

    /// RFC 3261 §20.6 and RFC 7616 §3.5.
    #[test]
    fn information() {
        let info = AuthenticationInfo::parse(
            "nextnonce=\"47364c23432d2e131a5fb210812c\", qop=auth ,\r\n rspauth=\"6629fae4\",nc=00000001",
        )
        .unwrap();
        assert_eq!(
            info.next_nonce().as_deref(),
            Some("47364c23432d2e131a5fb210812c")
        );
        assert_eq!(info.rspauth().as_deref(), Some("6629fae4"));
        assert_eq!(info.get("NC").as_deref(), Some("00000001"));
        for wrong in ["", ",", "Digest nonce=\"1\"", "qop"] {
            assert!(AuthenticationInfo::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!format!("{info:?}").contains("6629"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Authorization::parse("Digest response=\"secret\"").unwrap();
        assert!(!format!("{credentials:?}").contains("secret"));
    }
}
