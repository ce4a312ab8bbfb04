//! Reliable provisional responses (RFC 3262 §7): RSeq and RAck.

use std::fmt;

use super::{CSeq, TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_white, number, trim};
use crate::name::Name;

/// The number of a provisional response, from 1 (RFC 3262 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RSeq(pub u32);

impl TypedHeader<'_> for RSeq {
    const NAME: Name<'static> = Name::RSEQ;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        number(trim(value))
            .filter(|number| *number > 0)
            .map(RSeq)
            .ok_or_else(|| wrong::<Self>("not a number from 1 to 4294967295"))
    }
}

impl fmt::Display for RSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a PRACK acknowledges: the RSeq and the CSeq of the response (RFC 3262 §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RAck<'a> {
    /// The response's number.
    pub rseq: u32,
    /// The response's CSeq.
    pub cseq: CSeq<'a>,
}

impl<'a> TypedHeader<'a> for RAck<'a> {
    const NAME: Name<'static> = Name::RACK;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let value = trim(value);
        let end = value.bytes().take_while(|octet| !is_white(*octet)).count();
        let rseq = number(&value[..end])
            .filter(|number| *number > 0)
            .ok_or_else(|| wrong::<Self>("response number is not a number from 1"))?;
        let cseq = CSeq::parse(&value[end..]).map_err(|error| wrong::<Self>(error.problem))?;
        Ok(RAck { rseq, cseq })
    }
}

impl fmt::Display for RAck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rseq, self.cseq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::Method;

    /// RFC 3262 §7.1, §7.2.
    #[test]
    fn reads_and_prints() {
        assert_eq!(RSeq::parse(" 988789 "), Ok(RSeq(988_789)));
        let rack = RAck::parse("776656 1\r\n INVITE").unwrap();
        assert_eq!((rack.rseq, rack.cseq.seq), (776_656, 1));
        assert_eq!(rack.cseq.method, Method::INVITE);
        assert_eq!(rack.to_string(), "776656 1 INVITE");
    }

    #[test]
    fn broken_ones() {
        for wrong in ["", "0", "-1", "4294967296", "1 2"] {
            assert!(RSeq::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "1", "1 INVITE", "1 2", "0 1 INVITE", "x 1 INVITE"] {
            let error = RAck::parse(wrong).unwrap_err();
            assert_eq!(error.header, "RAck", "{wrong}");
        }
    }
}
