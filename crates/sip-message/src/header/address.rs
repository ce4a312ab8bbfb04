//! Header fields whose elements are addresses: From, To, Route, Path and their kin.
//!
//! Each is a name for a [`NameAddr`] and dereferences to it.

use std::fmt;
use std::ops::Deref;

use super::{TypedHeader, wrong};
use crate::error::HeaderError;
use crate::name::Name;
use crate::name_addr::NameAddr;

/// Defines a header type whose element is one address.
macro_rules! address_header {
    ($(#[doc = $doc:literal])+ $type:ident, $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $type<'a>(
            /// The address.
            pub NameAddr<'a>,
        );

        impl<'a> TypedHeader<'a> for $type<'a> {
            const NAME: Name<'static> = Name::$name;

            fn parse(value: &'a str) -> Result<Self, HeaderError> {
                NameAddr::read(value).map(Self).map_err(wrong::<Self>)
            }
        }

        impl<'a> Deref for $type<'a> {
            type Target = NameAddr<'a>;

            fn deref(&self) -> &NameAddr<'a> {
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

address_header!(
    /// Who asks (RFC 3261 §20.20).
    From,
    FROM
);

address_header!(
    /// Whom the request is for (RFC 3261 §20.39).
    To,
    TO
);

address_header!(
    /// A proxy to pass through (RFC 3261 §20.34).
    Route,
    ROUTE
);

address_header!(
    /// A proxy that stays in the path of the dialog (RFC 3261 §20.30).
    RecordRoute,
    RECORD_ROUTE
);

address_header!(
    /// A proxy between registrar and phone (RFC 3327 §4).
    Path,
    PATH
);

address_header!(
    /// A proxy for requests of the phone (RFC 3608 §5).
    ServiceRoute,
    SERVICE_ROUTE
);

address_header!(
    /// An identity of the registered set (RFC 7315 §4.1).
    PAssociatedUri,
    P_ASSOCIATED_URI
);

address_header!(
    /// The identity that the network vouches for (RFC 3325 §9.1).
    PAssertedIdentity,
    P_ASSERTED_IDENTITY
);

address_header!(
    /// The identity that the user wants asserted (RFC 3325 §9.2).
    PPreferredIdentity,
    P_PREFERRED_IDENTITY
);

address_header!(
    /// The Request-URI before it became the contact (RFC 7315 §4.2).
    PCalledPartyId,
    P_CALLED_PARTY_ID
);

address_header!(
    /// The user served, with `sescase` and `regstate` (RFC 5502 §4).
    PServedUser,
    P_SERVED_USER
);

/// In which part of the session the user is served (RFC 5502 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCase {
    /// `orig`: as the caller.
    Originating,
    /// `term`: as the called party.
    Terminating,
}

/// Whether the user served is registered (RFC 5502 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationState {
    /// `reg`.
    Registered,
    /// `unreg`.
    Unregistered,
}

impl PServedUser<'_> {
    /// `sescase`; `None` where it is absent or neither `orig` nor `term`.
    pub fn session_case(&self) -> Option<SessionCase> {
        let case = self.params.get("sescase")?;
        if case.eq_ignore_ascii_case("orig") {
            Some(SessionCase::Originating)
        } else if case.eq_ignore_ascii_case("term") {
            Some(SessionCase::Terminating)
        } else {
            None
        }
    }

    /// `regstate`; `None` where it is absent or neither `reg` nor `unreg`.
    pub fn registration_state(&self) -> Option<RegistrationState> {
        let state = self.params.get("regstate")?;
        if state.eq_ignore_ascii_case("reg") {
            Some(RegistrationState::Registered)
        } else if state.eq_ignore_ascii_case("unreg") {
            Some(RegistrationState::Unregistered)
        } else {
            None
        }
    }
}

address_header!(
    /// Where a REFER points (RFC 3515 §2.1).
    ReferTo,
    REFER_TO
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        // RFC 3261 §20.39.
        let to = To::parse("The Operator <sip:operator@cs.columbia.edu>;tag=287447").unwrap();
        assert_eq!(to.uri, "sip:operator@cs.columbia.edu");
        assert_eq!(to.tag(), Some("287447"));
        assert_eq!(to.display_name().as_deref(), Some("The Operator"));
        assert_eq!(
            to.to_string(),
            "The Operator <sip:operator@cs.columbia.edu>;tag=287447"
        );
        let path = Path::parse("<sip:term@pcscf1.visited.example:5060;lr;ob>").unwrap();
        assert_eq!(
            path.to_string(),
            "<sip:term@pcscf1.visited.example:5060;lr;ob>"
        );
    }

    /// RFC 5502 §4.2.
    #[test]
    fn users_served() {
        let served =
            PServedUser::parse("<sip:user1@home1.net>; sescase=ORIG; regstate=reg").unwrap();
        assert_eq!(served.uri, "sip:user1@home1.net");
        assert_eq!(served.session_case(), Some(SessionCase::Originating));
        assert_eq!(
            served.registration_state(),
            Some(RegistrationState::Registered)
        );
        let served = PServedUser::parse("<tel:+1>;sescase=term;regstate=unreg").unwrap();
        assert_eq!(served.session_case(), Some(SessionCase::Terminating));
        assert_eq!(
            served.registration_state(),
            Some(RegistrationState::Unregistered)
        );
        let served = PServedUser::parse("<tel:+1>;sescase=orig-cdiv;regstate").unwrap();
        assert_eq!(
            (served.session_case(), served.registration_state()),
            (None, None)
        );
    }

    #[test]
    fn the_error_names_the_header() {
        let error = PAssociatedUri::parse("<sip:a").unwrap_err();
        assert_eq!(error.to_string(), "P-Associated-URI: no `>` after the URI");
    }
}
