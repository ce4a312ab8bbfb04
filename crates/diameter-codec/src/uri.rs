//! DiameterURI (RFC 6733 §4.3.1).
//!
//! ```text
//! URI       = ( "aaa://" / "aaas://" ) FQDN [ port ] [ transport ] [ protocol ]
//! port      = ":" 1*DIGIT
//! transport = ";transport=" ( "tcp" / "sctp" / "udp" )
//! protocol  = ";protocol=" ( "diameter" / "radius" / "tacacs+" )
//! ```
//!
//! Read, and not in the grammar: upper case, an IP address as host, the parameters in either order.

use std::net::Ipv6Addr;

use thiserror::Error;

/// The port of `aaa:` where none is named.
pub const DIAMETER_PORT: u16 = 3868;
/// The port of `aaas:` where none is named.
pub const DIAMETER_TLS_PORT: u16 = 5658;

/// `aaa://host.example:3868;transport=tcp;protocol=diameter`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiameterUri<'a> {
    /// `aaa` or `aaas`.
    pub scheme: UriScheme,
    /// The host's DiameterIdentity; some write an IP address, in brackets where it is IPv6.
    pub host: &'a str,
    /// The port, the scheme's own where none is named.
    pub port: u16,
    /// `transport=`.
    pub transport: UriTransport,
    /// `protocol=`.
    pub protocol: UriProtocol,
}

/// How a URI begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriScheme {
    /// `aaa`: no transport security.
    Aaa,
    /// `aaas`: TLS or DTLS.
    Aaas,
}

/// The transport of a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriTransport {
    /// TCP, also where none is named.
    Tcp,
    /// SCTP.
    Sctp,
    /// UDP, for other protocols than Diameter.
    Udp,
}

/// The protocol of a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriProtocol {
    /// Diameter, also where none is named.
    Diameter,
    /// RADIUS.
    Radius,
    /// TACACS+.
    TacacsPlus,
}

/// What is no DiameterURI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UriError {
    /// It begins with neither `aaa://` nor `aaas://`.
    #[error("neither aaa:// nor aaas://")]
    Scheme,
    /// No host: octets that are not in one, an empty label, or no IPv6 address in brackets.
    #[error("no host name")]
    Host,
    /// No number of 1 to 65535.
    #[error("no port number")]
    Port,
    /// A parameter or a value that RFC 6733 does not have, or a parameter twice.
    #[error("a parameter is unknown or there twice, or its value is unknown")]
    Parameter,
    /// Diameter over UDP, which RFC 6733 forbids.
    #[error("Diameter does not run over UDP")]
    Udp,
}

impl<'a> DiameterUri<'a> {
    /// Reads a URI.
    ///
    /// # Errors
    /// [`UriError`].
    pub fn parse(text: &'a str) -> Result<Self, UriError> {
        let (scheme, rest) = if let Some(rest) = after(text, "aaa://") {
            (UriScheme::Aaa, rest)
        } else if let Some(rest) = after(text, "aaas://") {
            (UriScheme::Aaas, rest)
        } else {
            return Err(UriError::Scheme);
        };
        let mut parts = rest.split(';');
        let (host, port) = host_and_port(parts.next().unwrap_or_default())?;
        let (mut transport, mut protocol) = (None, None);
        for part in parts {
            let (name, value) = part.split_once('=').ok_or(UriError::Parameter)?;
            let is = |wanted: &str| value.eq_ignore_ascii_case(wanted);
            let again = if name.eq_ignore_ascii_case("transport") {
                let read = match () {
                    () if is("tcp") => UriTransport::Tcp,
                    () if is("sctp") => UriTransport::Sctp,
                    () if is("udp") => UriTransport::Udp,
                    () => return Err(UriError::Parameter),
                };
                transport.replace(read).is_some()
            } else if name.eq_ignore_ascii_case("protocol") {
                let read = match () {
                    () if is("diameter") => UriProtocol::Diameter,
                    () if is("radius") => UriProtocol::Radius,
                    () if is("tacacs+") => UriProtocol::TacacsPlus,
                    () => return Err(UriError::Parameter),
                };
                protocol.replace(read).is_some()
            } else {
                return Err(UriError::Parameter);
            };
            if again {
                return Err(UriError::Parameter);
            }
        }
        let transport = transport.unwrap_or(UriTransport::Tcp);
        let protocol = protocol.unwrap_or(UriProtocol::Diameter);
        if (transport, protocol) == (UriTransport::Udp, UriProtocol::Diameter) {
            return Err(UriError::Udp);
        }
        Ok(Self {
            scheme,
            host,
            port: match (port, scheme) {
                (Some(port), _) => port,
                (None, UriScheme::Aaa) => DIAMETER_PORT,
                (None, UriScheme::Aaas) => DIAMETER_TLS_PORT,
            },
            transport,
            protocol,
        })
    }
}

fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn host_and_port(text: &str) -> Result<(&str, Option<u16>), UriError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or(UriError::Host)?;
            if host.parse::<Ipv6Addr>().is_err() {
                return Err(UriError::Host);
            }
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return Err(UriError::Host),
            }
        }
        None => {
            let (host, port) = match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            };
            let named = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
            let is_label = |label: &str| !label.is_empty() && label.bytes().all(named);
            let absolute = host.strip_suffix('.').unwrap_or(host);
            if !absolute.split('.').all(is_label) {
                return Err(UriError::Host);
            }
            (host, port)
        }
    };
    Ok((host, port.map(number).transpose()?))
}

/// 1*DIGIT, which has no sign.
fn number(port: &str) -> Result<u16, UriError> {
    if !port.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(UriError::Port);
    }
    match port.parse() {
        Ok(0) | Err(_) => Err(UriError::Port),
        Ok(port) => Ok(port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6733 §4.3.1.
    #[test]
    fn rfc6733_4_3_1_examples() {
        use UriProtocol::{Diameter, Radius};
        use UriTransport::{Sctp, Tcp, Udp};
        for (text, port, transport, protocol) in [
            ("aaa://host.example.com;transport=tcp", 3868, Tcp, Diameter),
            (
                "aaa://host.example.com:6666;transport=tcp",
                6666,
                Tcp,
                Diameter,
            ),
            (
                "aaa://host.example.com;protocol=diameter",
                3868,
                Tcp,
                Diameter,
            ),
            (
                "aaa://host.example.com:6666;protocol=diameter",
                6666,
                Tcp,
                Diameter,
            ),
            (
                "aaa://host.example.com:6666;transport=tcp;protocol=diameter",
                6666,
                Tcp,
                Diameter,
            ),
            (
                "aaa://host.example.com:1813;transport=udp;protocol=radius",
                1813,
                Udp,
                Radius,
            ),
            (
                "AAA://host.example.com;TRANSPORT=SCTP",
                3868,
                Sctp,
                Diameter,
            ),
        ] {
            let expected = DiameterUri {
                scheme: UriScheme::Aaa,
                host: "host.example.com",
                port,
                transport,
                protocol,
            };
            assert_eq!(DiameterUri::parse(text), Ok(expected), "{text}");
        }
        for (text, expected) in [
            ("aaa://h", ("h", 3868)),
            ("aaa://host.example.", ("host.example.", 3868)),
            ("aaa://h_1.ex-ample:003868", ("h_1.ex-ample", 3868)),
            ("aaa://192.0.2.1:65535", ("192.0.2.1", 65535)),
            ("aaa://[::1]", ("::1", 3868)),
            ("aaa://[::ffff:192.0.2.1]:1", ("::ffff:192.0.2.1", 1)),
            ("aaa://h:7;protocol=radius;transport=udp", ("h", 7)),
            ("aaa://h;protocol=tacacs+", ("h", 3868)),
        ] {
            let uri = DiameterUri::parse(text).expect(text);
            assert_eq!((uri.host, uri.port), expected, "{text}");
        }
        let secure = DiameterUri::parse("aaas://host.example.com").unwrap();
        assert_eq!((secure.scheme, secure.port), (UriScheme::Aaas, 5658));
        let literal = DiameterUri::parse("aaa://[2001:db8::1]:7").unwrap();
        assert_eq!((literal.host, literal.port), ("2001:db8::1", 7));
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for (text, expected) in [
            ("", UriError::Scheme),
            ("aaa", UriError::Scheme),
            ("sip:host", UriError::Scheme),
            ("äaa://host", UriError::Scheme),
            ("aaa://", UriError::Host),
            ("aaa://:3868", UriError::Host),
            ("aaa://a b", UriError::Host),
            ("aaa://[::1", UriError::Host),
            ("aaa://[::1]x", UriError::Host),
            ("aaa://host:", UriError::Port),
            ("aaa://host:0", UriError::Port),
            ("aaa://host:65536", UriError::Port),
            ("aaa://host:+3868", UriError::Port),
            ("aaa://host:-1", UriError::Port),
            ("aaa://host: 3868", UriError::Port),
            ("aaa://host:3868:3868", UriError::Port),
            ("aaa://host:\u{663}868", UriError::Port),
            ("aaa://[::1]:+3868", UriError::Port),
            ("aaa://[::1]:", UriError::Port),
            ("aaa://[abc]", UriError::Host),
            ("aaa://[192.0.2.1]", UriError::Host),
            ("aaa://[]", UriError::Host),
            ("aaa://[::1%eth0]", UriError::Host),
            ("aaa://::1", UriError::Host),
            ("aaa://.", UriError::Host),
            ("aaa://.host", UriError::Host),
            ("aaa://a..b", UriError::Host),
            ("aaa://host..", UriError::Host),
            ("aaa://user@host", UriError::Host),
            ("aaa://host/", UriError::Host),
            ("aaa://h\u{e9}st", UriError::Host),
            ("aaa://host;", UriError::Parameter),
            ("aaa://host;transport=tcp;", UriError::Parameter),
            (
                "aaa://host;transport=tcp;transport=sctp",
                UriError::Parameter,
            ),
            (
                "aaa://host;transport=tcp;TRANSPORT=tcp",
                UriError::Parameter,
            ),
            (
                "aaa://host;protocol=diameter;protocol=radius",
                UriError::Parameter,
            ),
            ("aaa://host;transport= tcp", UriError::Parameter),
            ("aaa://host;transport=udp", UriError::Udp),
            ("aaa://host;transport=udp;protocol=diameter", UriError::Udp),
            ("aaa://host;transport", UriError::Parameter),
            ("aaa://host;transport=quic", UriError::Parameter),
            ("aaa://host;ttl=1", UriError::Parameter),
        ] {
            assert_eq!(DiameterUri::parse(text), Err(expected), "{text}");
        }
    }
}
