//! Header fields that are a number: Max-Forwards, Expires, Min-Expires, Content-Length, Flow-Timer.

use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{number, trim};
use crate::name::Name;

/// What a malformed or overlarge lifetime counts as, in seconds (RFC 3261 §10.2.1.1, §20.10).
const MALFORMED_LIFETIME: u32 = 3600;

/// A lifetime in seconds.
pub(crate) fn delta_seconds(text: &str) -> u32 {
    number(text).unwrap_or(MALFORMED_LIFETIME)
}

/// Hops that a request may still take, 0 to 255 (RFC 3261 §20.22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxForwards(pub u32);

impl TypedHeader<'_> for MaxForwards {
    const NAME: Name<'static> = Name::MAX_FORWARDS;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        number(trim(value))
            .filter(|hops| *hops <= 255)
            .map(MaxForwards)
            .ok_or_else(|| wrong::<Self>("not a number from 0 to 255"))
    }
}

/// Lifetime in seconds; a malformed one counts as 3600 (RFC 3261 §20.19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expires(pub u32);

impl TypedHeader<'_> for Expires {
    const NAME: Name<'static> = Name::EXPIRES;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        Ok(Expires(delta_seconds(trim(value))))
    }
}

/// The shortest lifetime that a registrar takes, in seconds (RFC 3261 §20.23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinExpires(pub u32);

impl TypedHeader<'_> for MinExpires {
    const NAME: Name<'static> = Name::MIN_EXPIRES;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        number(trim(value))
            .map(MinExpires)
            .ok_or_else(|| wrong::<Self>("not a number of seconds"))
    }
}

/// Octets of the body (RFC 3261 §20.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentLength(pub u32);

impl TypedHeader<'_> for ContentLength {
    const NAME: Name<'static> = Name::CONTENT_LENGTH;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        number(trim(value))
            .map(ContentLength)
            .ok_or_else(|| wrong::<Self>("not a number of octets"))
    }
}

/// How long a flow lives without a keep-alive, in seconds (RFC 5626 §11.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowTimer(pub u32);

impl TypedHeader<'_> for FlowTimer {
    const NAME: Name<'static> = Name::FLOW_TIMER;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        number(trim(value))
            .map(FlowTimer)
            .ok_or_else(|| wrong::<Self>("not a number of seconds"))
    }
}

macro_rules! prints_its_number {
    ($($type:ident)+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

prints_its_number!(MaxForwards Expires MinExpires ContentLength FlowTimer);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        // RFC 4475 §3.1.1.1: leading zeros.
        assert_eq!(MaxForwards::parse("0068"), Ok(MaxForwards(68)));
        assert_eq!(MaxForwards::parse("255"), Ok(MaxForwards(255)));
        assert!(MaxForwards::parse("256").is_err());
        assert!(MaxForwards::parse("+1").is_err());
        assert_eq!(
            MinExpires::parse(" 60 ").map(|m| m.to_string()),
            Ok("60".into())
        );
        assert!(MinExpires::parse("a").is_err());
        assert!(ContentLength::parse("-999").is_err());
        assert_eq!(FlowTimer::parse("120"), Ok(FlowTimer(120)));
        assert!(FlowTimer::parse("120;x").is_err());
    }

    #[test]
    fn malformed_lifetimes_are_an_hour() {
        assert_eq!(Expires::parse("4294967295"), Ok(Expires(u32::MAX)));
        assert_eq!(Expires::parse("10000000000000000000000"), Ok(Expires(3600)));
        assert_eq!(
            Expires::parse("Thu, 01 Dec 1994 16:00:00 GMT"),
            Ok(Expires(3600))
        );
    }
}
