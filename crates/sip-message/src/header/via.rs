//! Via (RFC 3261 §20.42, RFC 3581).

use std::fmt;
use std::net::IpAddr;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::find::find;
use crate::grammar::{is_token, is_white, number, trim};
use crate::host::{Host, HostFault};
use crate::name::Name;
use crate::params::{Param, Params};

/// A transport of Via; any token, so that an unknown one is carried. Compared without case.
#[derive(Clone, Copy, Eq)]
pub struct Transport<'a>(pub &'a str);

impl<'a> Transport<'a> {
    /// RFC 3261 §18.
    pub const UDP: Transport<'static> = Transport("UDP");
    /// RFC 3261 §18.
    pub const TCP: Transport<'static> = Transport("TCP");
    /// RFC 3261 §26.2.1.
    pub const TLS: Transport<'static> = Transport("TLS");
    /// RFC 4168.
    pub const SCTP: Transport<'static> = Transport("SCTP");
    /// RFC 4168.
    pub const TLS_SCTP: Transport<'static> = Transport("TLS-SCTP");
    /// RFC 7118.
    pub const WS: Transport<'static> = Transport("WS");
    /// RFC 7118.
    pub const WSS: Transport<'static> = Transport("WSS");

    /// As written.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether messages cannot be lost on it (RFC 3261 §17); all but UDP.
    pub fn is_reliable(self) -> bool {
        self != Transport::UDP
    }
}

impl PartialEq<Transport<'_>> for Transport<'_> {
    fn eq(&self, other: &Transport<'_>) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl fmt::Display for Transport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Transport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One hop that a request took: `SIP/2.0/UDP host:port;branch=…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport.
    pub transport: Transport<'a>,
    /// The host of `sent-by`.
    pub host: Host<'a>,
    /// The port of `sent-by`, if one is written.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
}

/// The parameters of a Via that a server goes by, as the methods of [`Via`] give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WayBack<'a> {
    /// [`Via::branch`].
    pub branch: Option<&'a str>,
    /// Whether `received` is there, readable or not.
    pub has_received: bool,
    /// [`Via::received`].
    pub received: Option<IpAddr>,
    /// [`Via::rport`].
    pub rport: Option<Option<u16>>,
    /// [`Via::maddr`].
    pub maddr: Option<Host<'a>>,
}

impl<'a> Via<'a> {
    /// `branch`, which names the transaction (RFC 3261 §8.1.1.7).
    pub fn branch(&self) -> Option<&'a str> {
        self.params.get("branch")
    }

    /// `received`: where the request came from (RFC 3261 §18.2.1); an IPv6 address with or without brackets.
    pub fn received(&self) -> Option<IpAddr> {
        Self::read_received(self.params.get("received")?)
    }

    fn read_received(text: &str) -> Option<IpAddr> {
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(text);
        bare.parse().ok()
    }

    /// `rport` (RFC 3581): absent, asked for (`Some(None)`) or filled in. A malformed one counts as asked for.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params
            .find("rport")
            .map(|param| Self::read_rport(&param))
    }

    fn read_rport(param: &Param<'_>) -> Option<u16> {
        param
            .value
            .and_then(number)
            .and_then(|port| u16::try_from(port).ok())
            .filter(|port| *port != 0)
    }

    /// `maddr` (RFC 3261 §18.2.2).
    pub fn maddr(&self) -> Option<Host<'a>> {
        Host::parse(self.params.get("maddr")?)
    }

    /// What says which request it is and where its response goes, in one reading of the parameters.
    pub fn way_back(&self) -> WayBack<'a> {
        let [mut branch, mut received, mut rport, mut maddr] = [None; 4];
        for param in self.params {
            let is = |name| param.name.eq_ignore_ascii_case(name);
            let place = match param.name.len() {
                5 if is("rport") => &mut rport,
                5 if is("maddr") => &mut maddr,
                6 if is("branch") => &mut branch,
                8 if is("received") => &mut received,
                _ => continue,
            };
            // Of what stands twice the first counts.
            place.get_or_insert(param);
        }
        let value = |param: Option<Param<'a>>| param.and_then(|param| param.value);
        WayBack {
            branch: value(branch),
            has_received: received.is_some(),
            received: value(received).and_then(Self::read_received),
            rport: rport.as_ref().map(Self::read_rport),
            maddr: value(maddr).and_then(Host::parse),
        }
    }

    fn read(value: &'a str) -> Result<Via<'a>, &'static str> {
        let value = trim(value);
        let rest = match value.strip_prefix("SIP/2.0/") {
            Some(rest) => rest,
            None => Self::read_protocol(value)?,
        };
        let rest = crate::grammar::trim_start(rest);
        let end = rest.bytes().take_while(|octet| !is_white(*octet)).count();
        let (transport, rest) = rest.split_at(end);
        if !is_token(transport) {
            return Err("transport is no token");
        }
        let params_at = find([b';'], rest.as_bytes()).unwrap_or(rest.len());
        let (sent_by, params) = rest.split_at(params_at);
        let (host, port) = Host::parse_with_port(sent_by).map_err(|fault| match fault {
            HostFault::Host => "sent-by host is neither a name nor an address",
            HostFault::Port => "sent-by port is not a number up to 65535",
        })?;
        Ok(Via {
            transport: Transport(transport),
            host,
            port,
            params: Params::new(params),
        })
    }

    /// What follows `SIP/2.0/` where white space stands around the slashes (RFC 3261 §25.1 `SLASH`).
    fn read_protocol(value: &'a str) -> Result<&'a str, &'static str> {
        let (protocol, rest) = value.split_once('/').ok_or("no protocol")?;
        let (version, rest) = rest.split_once('/').ok_or("no transport")?;
        // Another version is read, so that a request of it can be answered 505.
        if !trim(protocol).eq_ignore_ascii_case("SIP") || !is_token(trim(version)) {
            return Err("protocol is not SIP");
        }
        Ok(rest)
    }
}

impl<'a> TypedHeader<'a> for Via<'a> {
    const NAME: Name<'static> = Name::VIA;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        Via::read(value).map_err(wrong::<Self>)
    }
}

impl fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        let via = Via::parse(
            "SIP/2.0/UDP [2001:db8::5]:5062;branch=z9hG4bK87a;rport=5063;received=2001:db8::6",
        )
        .unwrap();
        assert_eq!(via.transport, Transport("udp"));
        assert!(!via.transport.is_reliable());
        assert_eq!(via.host.to_string(), "[2001:db8::5]");
        assert_eq!(via.port, Some(5062));
        assert_eq!(via.branch(), Some("z9hG4bK87a"));
        assert_eq!(via.rport(), Some(Some(5063)));
        assert_eq!(via.received(), Some("2001:db8::6".parse().unwrap()));
        assert_eq!(
            via.to_string(),
            "SIP/2.0/UDP [2001:db8::5]:5062;branch=z9hG4bK87a;rport=5063;received=2001:db8::6"
        );
    }

    /// RFC 4475 §3.1.1.1 and RFC 3261 §20.42.
    #[test]
    fn white_space_wherever_it_may_stand() {
        let via = Via::parse(
            "SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8",
        )
        .unwrap();
        assert_eq!(
            (via.transport, via.host),
            (Transport::TCP, Host::Name("spindle.example.com"))
        );
        assert_eq!(via.branch(), Some("z9hG4bK9ikj8"));
        let spaced = Via::parse("SIP / 2.0 / UDP first.example.com: 4000;ttl=16\r\n ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1")
            .unwrap();
        assert_eq!(spaced.port, Some(4000));
        assert_eq!(spaced.maddr(), Some(Host::V4([224, 2, 0, 1].into())));
    }

    #[test]
    fn rport_has_three_states() {
        let rport = |params: &str| {
            Via::parse(&format!("SIP/2.0/UDP a{params}"))
                .unwrap()
                .rport()
        };
        assert_eq!(rport(""), None);
        assert_eq!(rport(";rport"), Some(None));
        assert_eq!(rport(";rport=1"), Some(Some(1)));
        assert_eq!(rport(";rport=65536"), Some(None));
    }

    #[test]
    fn the_way_back_is_what_each_parameter_says() {
        for params in [
            "",
            ";branch=z9hG4bK1",
            ";rport;branch=a;BRANCH=b;received=10.0.0.1",
            ";received;maddr=x.example;rport=5061;received=10.0.0.1",
            ";received=name;RPORT=0;maddr=;MADDR=1.2.3.4",
            ";branch;branch=c;rport=1;rport=2",
        ] {
            let text = format!("SIP/2.0/UDP a{params}");
            let via = Via::parse(&text).unwrap();
            let way = WayBack {
                branch: via.branch(),
                has_received: via.params.has("received"),
                received: via.received(),
                rport: via.rport(),
                maddr: via.maddr(),
            };
            assert_eq!(via.way_back(), way, "{params}");
        }
    }

    /// RFC 5118 §4.5: `received` without brackets, and with them.
    #[test]
    fn received_in_both_spellings() {
        for text in ["2001:db8::9:255", "[2001:db8::9:255]"] {
            let value = format!("SIP/2.0/UDP [2001:db8::9:1];received={text};branch=z9hG4bKas3");
            let via = Via::parse(&value).unwrap();
            assert_eq!(via.received(), Some("2001:db8::9:255".parse().unwrap()));
        }
    }

    #[test]
    fn broken_ones() {
        for wrong in [
            "",
            "SIP/2.0",
            "SIP/2.0/UDP",
            "HTTP/2.0/UDP a",
            "SIP/2.0/UDP a:x",
            "SIP/2.0/UDP a b",
            "SIP/2.0/UDP ;branch=z9hG4bK1",
            "SIP/2.0/U,P a",
        ] {
            assert!(Via::parse(wrong).is_err(), "{wrong}");
        }
    }
}
