//! Event notification (RFC 6665 §8.2): Event and Subscription-State.

use std::fmt;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::grammar::{is_token, number};
use crate::name::Name;
use crate::params::Params;

/// The event package subscribed to (RFC 6665 §8.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The package with its templates, e.g. `reg` or `presence.winfo`; case counts (RFC 6665 §8.2.1).
    pub package: &'a str,
    /// What follows.
    pub params: Params<'a>,
}

impl<'a> Event<'a> {
    /// Which of several subscriptions of one dialog; case counts (RFC 6665 §8.2.1).
    pub fn id(&self) -> Option<&'a str> {
        self.params.get("id")
    }
}

impl<'a> TypedHeader<'a> for Event<'a> {
    const NAME: Name<'static> = Name::EVENT;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let (package, params) = Params::after(value);
        if !is_token(package) {
            return Err(wrong::<Self>("event package is no token"));
        }
        Ok(Event { package, params })
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.package, self.params)
    }
}

/// The state of a subscription (RFC 6665 §8.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionState<'a> {
    /// `active`, `pending`, `terminated` or an extension; compare it without case.
    pub state: &'a str,
    /// What follows.
    pub params: Params<'a>,
}

impl<'a> SubscriptionState<'a> {
    /// Whether the subscription is over (RFC 6665 §4.1.3).
    pub fn is_terminated(&self) -> bool {
        self.state.eq_ignore_ascii_case("terminated")
    }

    /// Why it is over: `deactivated`, `probation`, `rejected`, `timeout`, `giveup`, `noresource`, `invariant` or an
    /// extension; compare it without case (RFC 6665 §4.1.3).
    pub fn reason(&self) -> Option<&'a str> {
        self.params.get("reason")
    }

    /// How long it still lasts, in seconds; `None` where that is absent or no number.
    pub fn expires(&self) -> Option<u32> {
        number(self.params.get("expires")?)
    }

    /// When to subscribe again, in seconds from now; `None` where that is absent or no number.
    pub fn retry_after(&self) -> Option<u32> {
        number(self.params.get("retry-after")?)
    }
}

impl<'a> TypedHeader<'a> for SubscriptionState<'a> {
    const NAME: Name<'static> = Name::SUBSCRIPTION_STATE;

    fn parse(value: &'a str) -> Result<Self, HeaderError> {
        let (state, params) = Params::after(value);
        if !is_token(state) {
            return Err(wrong::<Self>("state is no token"));
        }
        Ok(SubscriptionState { state, params })
    }
}

impl fmt::Display for SubscriptionState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.state, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events() {
        let event = Event::parse("reg;id=4").unwrap();
        assert_eq!((event.package, event.id()), ("reg", Some("4")));
        // RFC 3857 §4.1: a template of a package.
        let template = Event::parse("presence.winfo").unwrap();
        assert_eq!((template.package, template.id()), ("presence.winfo", None));
        assert_eq!(event.to_string(), "reg;id=4");
        for wrong in ["", ";id=1", "reg id=1", "a,b"] {
            assert!(Event::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn states() {
        // RFC 3680 §6 and RFC 6665 §4.1.3.
        let active = SubscriptionState::parse("active;expires=600312").unwrap();
        assert_eq!(active.expires(), Some(600_312));
        assert!(!active.is_terminated());
        let over =
            SubscriptionState::parse("Terminated; reason=probation ;retry-after=300").unwrap();
        assert!(over.is_terminated());
        assert_eq!(over.reason(), Some("probation"));
        assert_eq!((over.retry_after(), over.expires()), (Some(300), None));
        let odd = SubscriptionState::parse("active;expires=soon").unwrap();
        assert_eq!(odd.expires(), None);
        assert!(SubscriptionState::parse(";reason=timeout").is_err());
    }
}
