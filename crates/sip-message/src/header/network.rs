//! Networks visited and accessed (RFC 7315): P-Visited-Network-ID, P-Access-Network-Info.

use std::borrow::Cow;
use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, quoted_end, trim, unquote};
use crate::name::Name;
use crate::params::Params;

/// A network that the request came through: token or quoted string, parameters (RFC 7315 §5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PVisitedNetworkId<'a> {
    /// The network as written.
    pub raw: &'a str,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> PVisitedNetworkId<'a> {
    /// The network without quotes and escapes.
    pub fn network(&self) -> Cow<'a, str> {
        unquote(self.raw)
    }
}

impl<'a> TypedHeader<'a> for PVisitedNetworkId<'a> {
    const NAME: Name<'static> = Name::P_VISITED_NETWORK_ID;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let value = trim(value);
        let end = if value.starts_with('"') {
            quoted_end(value.as_bytes())
                .ok_or_else(|| wrong::<Self>("quoted string is not closed"))?
        } else {
            value.find(';').unwrap_or(value.len())
        };
        let (raw, params) = (trim(&value[..end]), trim(&value[end..]));
        if !(raw.starts_with('"') || is_token(raw)) {
            return Err(wrong::<Self>("neither token nor quoted string"));
        }
        if !(params.is_empty() || params.starts_with(';')) {
            return Err(wrong::<Self>("text after the network that is no parameter"));
        }
        Ok(PVisitedNetworkId {
            raw,
            params: Params::new(params),
        })
    }
}

impl fmt::Display for PVisitedNetworkId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.raw, self.params)
    }
}

/// The access network: its type and where in it (RFC 7315 §5.4, TS 24.229 §7.2A.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PAccessNetworkInfo<'a> {
    /// Type or class, such as `3GPP-E-UTRAN-FDD`; compare it without case.
    pub access_type: &'a str,
    /// The parameters, such as `utran-cell-id-3gpp`, `network-provided`.
    pub params: Params<'a>,
}

impl PAccessNetworkInfo<'_> {
    /// Whether the network put it there, not the phone (TS 24.229 §7.2A.4).
    pub fn is_network_provided(&self) -> bool {
        self.params.has("network-provided")
    }
}

impl<'a> TypedHeader<'a> for PAccessNetworkInfo<'a> {
    const NAME: Name<'static> = Name::P_ACCESS_NETWORK_INFO;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let end = value.find(';').unwrap_or(value.len());
        let access_type = trim(&value[..end]);
        if !is_token(access_type) {
            return Err(wrong::<Self>("access type is no token"));
        }
        Ok(PAccessNetworkInfo {
            access_type,
            params: Params::new(&value[end..]),
        })
    }
}

impl fmt::Display for PAccessNetworkInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.access_type, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7315 §4.3.2.1: a token and a quoted string.
    #[test]
    fn visited_networks() {
        let token = PVisitedNetworkId::parse("other.net").unwrap();
        assert_eq!(token.network(), "other.net");
        let quoted = PVisitedNetworkId::parse("\"Visited network; number 1\" ;x=1").unwrap();
        assert_eq!(quoted.network(), "Visited network; number 1");
        assert_eq!(quoted.params.get("x"), Some("1"));
        assert_eq!(quoted.to_string(), "\"Visited network; number 1\";x=1");
        for wrong in ["", "a b", "\"open", "\"a\" b"] {
            assert!(PVisitedNetworkId::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn access_networks() {
        let info = PAccessNetworkInfo::parse(
            "3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=0010100012345678;network-provided",
        )
        .unwrap();
        assert_eq!(info.access_type, "3GPP-E-UTRAN-FDD");
        assert_eq!(
            info.params.get("utran-cell-id-3gpp"),
            Some("0010100012345678")
        );
        assert!(info.is_network_provided());
        assert!(PAccessNetworkInfo::parse(";x").is_err());
    }
}
