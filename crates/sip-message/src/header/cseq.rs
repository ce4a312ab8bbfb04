//! CSeq (RFC 3261 §20.16).

use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, is_white, number, trim};
use crate::method::Method;
use crate::name::Name;

/// Sequence number, below 2^31 (RFC 3261 §8.1.1.5), and method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// The sequence number.
    pub seq: u32,
    /// The method.
    pub method: Method<'a>,
}

impl<'a> TypedHeader<'a> for CSeq<'a> {
    const NAME: Name<'static> = Name::CSEQ;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let value = trim(value);
        let end = value.bytes().take_while(|octet| !is_white(*octet)).count();
        let seq = number(&value[..end])
            .filter(|seq| *seq < 1 << 31)
            .ok_or_else(|| wrong::<Self>("sequence number is not a number below 2^31"))?;
        let method = trim(&value[end..]);
        if !is_token(method) {
            return Err(wrong::<Self>("method is no token"));
        }
        Ok(CSeq {
            seq,
            method: Method(method),
        })
    }
}

impl fmt::Display for CSeq<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.seq, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        // RFC 4475 §3.1.1.1.
        let cseq = CSeq::parse("0009\r\n  INVITE").unwrap();
        assert_eq!((cseq.seq, cseq.method), (9, Method::INVITE));
        assert_eq!(cseq.to_string(), "9 INVITE");
        assert_eq!(CSeq::parse("2147483647 X").unwrap().seq, 2_147_483_647);
    }

    #[test]
    fn broken_ones() {
        // The first is of RFC 4475 §3.1.2.4.
        for wrong in [
            "36893488147419103232 REGISTER",
            "2147483648 X",
            "1",
            "X 1",
            "-1 X",
            "1 A B",
            "",
        ] {
            assert!(CSeq::parse(wrong).is_err(), "{wrong}");
        }
    }
}
