//! Security agreement (RFC 3329 §2.2): Security-Client, -Server, -Verify, with the parameters of `ipsec-3gpp`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, number, q_value};
use crate::name::Name;
use crate::params::Params;

/// One security mechanism and how it is to be used (RFC 3329 §2.2, TS 33.203 annex H).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityMechanism<'a> {
    /// `ipsec-3gpp`, `tls`, `digest` or another; compare it without case.
    pub mechanism: &'a str,
    /// What follows.
    pub params: Params<'a>,
}

impl<'a> SecurityMechanism<'a> {
    fn read(value: &'a str) -> Result<SecurityMechanism<'a>, &'static str> {
        let (mechanism, params) = Params::after(value);
        if !is_token(mechanism) {
            return Err("mechanism is no token");
        }
        Ok(SecurityMechanism { mechanism, params })
    }

    /// Preference in thousandths, 0 to 1000; `None` where it is absent or malformed.
    pub fn q(&self) -> Option<u16> {
        q_value(self.params.get("q")?)
    }

    /// `alg`: integrity algorithm of `ipsec-3gpp`, e.g. `hmac-sha-1-96`.
    pub fn integrity(&self) -> Option<Cow<'a, str>> {
        self.params.unquoted("alg")
    }

    /// `ealg`: encryption algorithm of `ipsec-3gpp`; `null` where none is given.
    pub fn encryption(&self) -> Cow<'a, str> {
        self.params
            .unquoted("ealg")
            .unwrap_or(Cow::Borrowed("null"))
    }

    /// `prot`: `esp` or `ah`; `esp` where none is given.
    pub fn protocol(&self) -> Cow<'a, str> {
        self.params.unquoted("prot").unwrap_or(Cow::Borrowed("esp"))
    }

    /// `mod`: `trans`, `tun` or `UDP-enc-tun`; `trans` where none is given.
    pub fn mode(&self) -> Cow<'a, str> {
        self.params
            .unquoted("mod")
            .unwrap_or(Cow::Borrowed("trans"))
    }

    /// `spi-c`: index of the association to the client's protected port.
    pub fn spi_c(&self) -> Option<u32> {
        number(self.params.get("spi-c")?)
    }

    /// `spi-s`: index of the association to the server's protected port.
    pub fn spi_s(&self) -> Option<u32> {
        number(self.params.get("spi-s")?)
    }

    /// `port-c`: the protected client port.
    pub fn port_c(&self) -> Option<u16> {
        self.port("port-c")
    }

    /// `port-s`: the protected server port.
    pub fn port_s(&self) -> Option<u16> {
        self.port("port-s")
    }

    fn port(&self, name: &str) -> Option<u16> {
        let port = number(self.params.get(name)?)?;
        u16::try_from(port).ok().filter(|port| *port != 0)
    }
}

impl fmt::Display for SecurityMechanism<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.mechanism, self.params)
    }
}

/// Defines a header type whose element is one [`SecurityMechanism`].
macro_rules! security_header {
    ($(#[doc = $doc:literal])+ $type:ident, $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $type<'a>(
            /// The mechanism.
            pub SecurityMechanism<'a>,
        );

        impl<'a> TypedHeader<'a> for $type<'a> {
            const NAME: Name<'static> = Name::$name;

            fn parse(value: &'a str) -> Result<Self, HeaderError> {
                SecurityMechanism::read(value)
                    .map(Self)
                    .map_err(wrong::<Self>)
            }
        }

        impl<'a> Deref for $type<'a> {
            type Target = SecurityMechanism<'a>;

            fn deref(&self) -> &SecurityMechanism<'a> {
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

security_header!(
    /// A mechanism that the client can do (RFC 3329 §2.3.1).
    SecurityClient,
    SECURITY_CLIENT
);
security_header!(
    /// A mechanism that the server can do (RFC 3329 §2.3.1).
    SecurityServer,
    SECURITY_SERVER
);
security_header!(
    /// The server's list, returned under its protection so that nobody can have shortened it (RFC 3329 §2.3.1).
    SecurityVerify,
    SECURITY_VERIFY
);

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3329 §3.1.
    #[test]
    fn a_server_list() {
        let tls = SecurityServer::parse("tls;q=0.2").unwrap();
        assert_eq!((tls.mechanism, tls.q()), ("tls", Some(200)));
        let digest = SecurityVerify::parse(
            "digest;d-alg=md5;d-qop=auth;d-ver=\"0000000000000000000000000000a987\"",
        )
        .unwrap();
        assert_eq!(
            digest.params.unquoted("d-ver").as_deref(),
            Some("0000000000000000000000000000a987")
        );
    }

    /// TS 33.203 §7.2: what a phone and a P-CSCF agree on.
    #[test]
    fn ipsec() {
        let client = SecurityClient::parse(
            "ipsec-3gpp; alg=hmac-sha-1-96; ealg=aes-cbc; prot=esp; mod=trans;\r\n spi-c=23456789; spi-s=4294967295; \
             port-c=2468; port-s=1357",
        )
        .unwrap();
        assert_eq!(client.mechanism, "ipsec-3gpp");
        assert_eq!(client.integrity().as_deref(), Some("hmac-sha-1-96"));
        assert_eq!(client.encryption(), "aes-cbc");
        assert_eq!(
            (client.spi_c(), client.spi_s()),
            (Some(23_456_789), Some(u32::MAX))
        );
        assert_eq!((client.port_c(), client.port_s()), (Some(2468), Some(1357)));
        let short =
            SecurityClient::parse("ipsec-3gpp;alg=hmac-md5-96;spi-c=4294967296;port-c=0").unwrap();
        assert_eq!(
            (short.encryption(), short.protocol(), short.mode()),
            ("null".into(), "esp".into(), "trans".into())
        );
        assert_eq!(
            (short.spi_c(), short.port_c(), short.q()),
            (None, None, None)
        );
    }

    #[test]
    fn broken_ones() {
        for wrong in ["", ";q=0.1", "a b", "\"tls\""] {
            assert!(SecurityServer::parse(wrong).is_err(), "{wrong}");
        }
    }
}
