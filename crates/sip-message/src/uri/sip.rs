//! `sip:` and `sips:` URIs (RFC 3261 §19.1.1).

use std::fmt;

use memchr::memchr_iter;

use super::{MAX_PARAMETERS, escape};
use crate::error::UriError;
use crate::find::find;
use crate::host::{Host, HostFault};
use crate::params::Params;

/// `sip:` or `sips:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:` (RFC 5630).
    Sips,
}

impl Scheme {
    /// The scheme in lower case, without the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Sip => "sip",
            Scheme::Sips => "sips",
        }
    }
}

/// `sip:user:password@host:port;uri-parameters?headers` (RFC 3261 §19.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SipUri<'a> {
    /// `sip` or `sips`.
    pub scheme: Scheme,
    /// The user part as written, escapes kept; see [`super::decode`].
    pub user: Option<&'a str>,
    /// The password as written.
    pub password: Option<&'a str>,
    /// The host.
    pub host: Host<'a>,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// The URI parameters.
    pub params: Params<'a>,
    /// The headers, without the `?`.
    pub headers: Option<&'a str>,
}

impl<'a> SipUri<'a> {
    /// Reads what follows the scheme's colon. Empty parameters (`;;`) and headers (a `?` at the end) are passed over,
    /// though no grammar has them.
    pub(crate) fn parse(scheme: Scheme, text: &'a str) -> Result<SipUri<'a>, UriError> {
        // `;`, `?` and `:` may stand in the user part, `@` may not: so the first `@` ends it.
        let user_end = escape::plain(text, &escape::USER);
        let at = match text.as_bytes().get(user_end) {
            Some(b'@') => Some(user_end),
            None => None,
            Some(_) => find([b'@'], text.as_bytes()),
        };
        let (user, password, rest) = match at {
            None => (None, None, text),
            Some(at) if at == user_end && at > 0 => (Some(&text[..at]), None, &text[at + 1..]),
            Some(at) => {
                let info = &text[..at];
                let (user, password) = split_at(b':', info);
                if user.is_empty() {
                    return Err(UriError::Character);
                }
                escape::check(user, &escape::USER)?;
                if let Some(password) = password {
                    escape::check(password, &escape::PASSWORD)?;
                }
                (Some(user), password, &text[at + 1..])
            }
        };
        let host_end = find([b';', b'?'], rest.as_bytes()).unwrap_or(rest.len());
        let (host_port, behind) = rest.split_at(host_end);
        let (params, headers) = match behind {
            "" => (Params::default(), None),
            behind => Self::behind_host(behind)?,
        };
        // No white space in a URI, though `Via` has it in the same place.
        if host_port.bytes().any(|octet| octet <= b' ') {
            return Err(UriError::Character);
        }
        let (host, port) = Host::parse_with_port(host_port).map_err(|fault| match fault {
            HostFault::Host => UriError::Host,
            HostFault::Port => UriError::Port,
        })?;
        Ok(SipUri {
            scheme,
            user,
            password,
            host,
            port,
            params,
            headers,
        })
    }

    /// Parameters and headers, whose first character shows which they are.
    fn behind_host(text: &'a str) -> Result<(Params<'a>, Option<&'a str>), UriError> {
        let (params, headers) = split_at(b'?', text);
        if let Some(headers) = headers {
            escape::check(headers, &escape::HEADERS)?;
        }
        escape::check(params, &escape::PARAMETERS)?;
        if memchr_iter(b';', params.as_bytes()).count() > MAX_PARAMETERS
            || headers
                .is_some_and(|text| memchr_iter(b'&', text.as_bytes()).count() >= MAX_PARAMETERS)
        {
            return Err(UriError::TooManyParameters);
        }
        let params = Params::new(params);
        if !params.have_own_names() {
            return Err(UriError::Parameter);
        }
        Ok((params, headers))
    }

    /// Whether it names a loose router (`lr`, RFC 3261 §19.1.1).
    pub fn is_loose_router(&self) -> bool {
        self.params.has("lr")
    }

    /// The `transport` parameter.
    pub fn transport(&self) -> Option<&'a str> {
        self.params.get("transport")
    }
}

/// What stands before the first `separator`, and after it if there is one.
fn split_at(separator: u8, text: &str) -> (&str, Option<&str>) {
    match find([separator], text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

impl fmt::Display for SipUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme.as_str())?;
        if let Some(user) = self.user {
            f.write_str(user)?;
            if let Some(password) = self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        self.host.fmt(f)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.fmt(f)?;
        if let Some(headers) = self.headers {
            write!(f, "?{headers}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Uri;
    use super::*;

    fn sip(text: &str) -> SipUri<'_> {
        match Uri::parse(text) {
            Ok(Uri::Sip(uri)) => uri,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// RFC 3261 §19.1.3, every example.
    #[test]
    fn examples_of_the_standard_print_as_written() {
        for text in [
            "sip:alice@atlanta.com",
            "sip:alice:secretword@atlanta.com;transport=tcp",
            "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:+1-212-555-1212:1234@gateway.com;user=phone",
            "sips:1212@gateway.com",
            "sip:alice@192.0.2.4",
            "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
            "sip:alice;day=tuesday@atlanta.com",
        ] {
            assert_eq!(sip(text).to_string(), text);
        }
        assert_eq!(
            sip("sip:alice;day=tuesday@atlanta.com").user,
            Some("alice;day=tuesday")
        );
        let phone = sip("sip:+1-212-555-1212:1234@gateway.com;user=phone");
        assert_eq!(
            (phone.user, phone.password),
            (Some("+1-212-555-1212"), Some("1234"))
        );
        assert_eq!(phone.params.get("user"), Some("phone"));
        let method = sip("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com");
        assert_eq!(
            (method.user, method.headers),
            (None, Some("to=alice%40atlanta.com"))
        );
    }

    #[test]
    fn addresses_and_ports() {
        let uri = sip("SIPS:[2001:db8:0:1::5]:5062;transport=udp;ob");
        assert_eq!(uri.scheme, Scheme::Sips);
        assert_eq!(uri.host.to_string(), "[2001:db8:0:1::5]");
        assert_eq!(uri.port, Some(5062));
        assert_eq!(uri.transport(), Some("udp"));
        assert!(!uri.is_loose_router());
        assert!(sip("sip:orig@scscf1.home.example:6060;lr").is_loose_router());
    }

    #[test]
    fn broken_ones() {
        for (text, fault) in [
            ("sip:", UriError::Host),
            ("sip:@a", UriError::Character),
            ("sip:a@", UriError::Host),
            ("sip:a@b@c", UriError::Host),
            ("sip:a b@c", UriError::Character),
            ("sip:a@b c", UriError::Character),
            ("sip:a@b:", UriError::Port),
            ("sip:a@b:99999", UriError::Port),
            ("sip:a%zz@b", UriError::Escape),
            ("sip:a@2001:db8::1", UriError::Host),
            ("sip:a@b;x=\"q\"", UriError::Character),
            ("sip:a@b>", UriError::Host),
            ("sip:a@b?x=\r\n", UriError::Character),
            ("sip:a@b;=x", UriError::Parameter),
            ("sip:a@b;lr=", UriError::Parameter),
            ("sip:a@b;maddr=a;MAddr=b", UriError::Parameter),
            ("sip:a@b;lr;lr", UriError::Parameter),
            ("sip:h;a=1;%61=2", UriError::Parameter),
            ("sip:h;%61=1;%41=2", UriError::Parameter),
        ] {
            assert_eq!(Uri::parse(text), Err(fault), "{text}");
        }
    }

    /// A reserved character is not its escape (RFC 3261 §19.1.4), so these are two names.
    #[test]
    fn names_that_differ_in_an_escaped_delimiter() {
        let uri = Uri::parse("sip:h;a%3a=1;a:=2").unwrap();
        assert!(uri.equivalent(&uri));
    }

    #[test]
    fn as_many_parameters_as_stated_and_no_more() {
        let many: String = (0..MAX_PARAMETERS).map(|n| format!(";p{n}")).collect();
        let at_limit = format!("sip:a@b{many}");
        assert!(Uri::parse(&at_limit).is_ok());
        let over = format!("{at_limit};p");
        assert_eq!(Uri::parse(&over), Err(UriError::TooManyParameters));
        let headers = format!("sip:a@b?h=1{}", "&h=1".repeat(MAX_PARAMETERS));
        assert_eq!(Uri::parse(&headers), Err(UriError::TooManyParameters));
    }
}
