//! DiameterURI (RFC 6733 §4.3.1).

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
    /// UDP, which Diameter does not run over.
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
    /// No host, or octets that are not in one.
    #[error("no host name")]
    Host,
    /// No number of 1 to 65535.
    #[error("no port number")]
    Port,
    /// A parameter that RFC 6733 does not have, or a value that it does not have.
    #[error("unknown parameter or value")]
    Parameter,
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
        let mut uri = Self {
            scheme,
            host,
            port: match (port, scheme) {
                (Some(port), _) => port,
                (None, UriScheme::Aaa) => DIAMETER_PORT,
                (None, UriScheme::Aaas) => DIAMETER_TLS_PORT,
            },
            transport: UriTransport::Tcp,
            protocol: UriProtocol::Diameter,
        };
        for part in parts {
            let (name, value) = part.split_once('=').ok_or(UriError::Parameter)?;
            let is = |wanted: &str| value.eq_ignore_ascii_case(wanted);
            if name.eq_ignore_ascii_case("transport") {
                uri.transport = match () {
                    () if is("tcp") => UriTransport::Tcp,
                    () if is("sctp") => UriTransport::Sctp,
                    () if is("udp") => UriTransport::Udp,
                    () => return Err(UriError::Parameter),
                };
            } else if name.eq_ignore_ascii_case("protocol") {
                uri.protocol = match () {
                    () if is("diameter") => UriProtocol::Diameter,
                    () if is("radius") => UriProtocol::Radius,
                    () if is("tacacs+") => UriProtocol::TacacsPlus,
                    () => return Err(UriError::Parameter),
                };
            } else {
                return Err(UriError::Parameter);
            }
        }
        Ok(uri)
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
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return Err(UriError::Host),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let named =
        |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b':');
    if host.is_empty() || !host.bytes().all(named) {
        return Err(UriError::Host);
    }
    let port = port
        .map(|port| match port.parse() {
            Ok(0) | Err(_) => Err(UriError::Port),
            Ok(port) => Ok(port),
        })
        .transpose()?;
    Ok((host, port))
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
            ("aaa://host;transport", UriError::Parameter),
            ("aaa://host;transport=quic", UriError::Parameter),
            ("aaa://host;ttl=1", UriError::Parameter),
        ] {
            assert_eq!(DiameterUri::parse(text), Err(expected), "{text}");
        }
    }
}
