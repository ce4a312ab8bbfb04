//! The Address format (RFC 6733 §4.3.1): two octets of address family, then the address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::avp::Avp;
use crate::encode::Sink;
use crate::error::DecodeError;
use crate::generated::base::ResultCode;
use crate::value::AvpValue;

/// An address of any family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Address<'a> {
    /// Family 1 or 2.
    Ip(IpAddr),
    /// Another address family of IANA's registry, as it came.
    Other {
        /// Address family number.
        family: u16,
        /// The address.
        octets: &'a [u8],
    },
}

impl Address<'_> {
    /// The IP address, where it is one.
    #[must_use]
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Ip(ip) => Some(ip),
            Self::Other { .. } => None,
        }
    }
}

/// The reserved family 0, so that a forgotten address is not taken for one.
impl Default for Address<'_> {
    fn default() -> Self {
        Self::Other {
            family: 0,
            octets: &[],
        }
    }
}

impl From<IpAddr> for Address<'_> {
    fn from(ip: IpAddr) -> Self {
        Self::Ip(ip)
    }
}

impl<'a> AvpValue<'a> for Address<'a> {
    fn read(avp: &Avp<'a>) -> Result<Self, DecodeError> {
        let bad_length = || DecodeError::about(ResultCode::INVALID_AVP_LENGTH, avp);
        let (family, octets) = avp.data.split_first_chunk::<2>().ok_or_else(bad_length)?;
        match u16::from_be_bytes(*family) {
            1 => {
                let octets: [u8; 4] = octets.try_into().map_err(|_| bad_length())?;
                Ok(Self::Ip(Ipv4Addr::from(octets).into()))
            }
            2 => {
                let octets: [u8; 16] = octets.try_into().map_err(|_| bad_length())?;
                Ok(Self::Ip(Ipv6Addr::from(octets).into()))
            }
            family => Ok(Self::Other { family, octets }),
        }
    }

    fn emit<S: Sink>(&self, sink: &mut S) {
        match self {
            Self::Ip(IpAddr::V4(ip)) => {
                sink.octets(&[0, 1]);
                sink.octets(&ip.octets());
            }
            Self::Ip(IpAddr::V6(ip)) => {
                sink.octets(&[0, 2]);
                sink.octets(&ip.octets());
            }
            Self::Other { family, octets } => {
                sink.octets(&family.to_be_bytes());
                sink.octets(octets);
            }
        }
    }
}
