//! Typed header fields: one file for one header or one group.
//!
//! To add one: its name in `name.rs`, a type here that implements [`TypedHeader`].

mod address;
mod auth;
mod charging;
mod contact;
mod content;
mod cseq;
mod event;
mod network;
mod number;
mod reason;
mod reliability;
mod security;
mod text;
mod via;

pub use address::{
    From, PAssertedIdentity, PAssociatedUri, PCalledPartyId, PPreferredIdentity, PServedUser, Path,
    RecordRoute, ReferTo, RegistrationState, Route, ServiceRoute, SessionCase, To,
};
pub use auth::{
    Auth, AuthenticationInfo, Authorization, ProxyAuthenticate, ProxyAuthorization, WwwAuthenticate,
};
pub use charging::{PChargingFunctionAddresses, PChargingVector};
pub use contact::{Contact, ContactRegistration};
pub use content::{ContentDisposition, ContentEncoding, ContentLanguage, ContentType};
pub use cseq::CSeq;
pub use event::{Event, SubscriptionState};
pub use network::{PAccessNetworkInfo, PVisitedNetworkId};
pub use number::{ContentLength, Expires, FlowTimer, MaxForwards, MinExpires};
pub use reason::{Reason, RetryAfter, Warning};
pub use reliability::{RAck, RSeq};
pub use security::{SecurityClient, SecurityMechanism, SecurityServer, SecurityVerify};
pub use text::{Allow, CallId, ProxyRequire, Require, Supported, Unsupported};
pub use via::{Transport, Via, WayBack};

use crate::error::HeaderError;
use crate::name::Name;

/// A header field value, or one element of a list, read on demand from the message that it borrows from.
pub trait TypedHeader<'a>: Sized {
    /// The header field's name.
    const NAME: Name<'static>;

    /// Reads one element.
    ///
    /// # Errors
    /// [`HeaderError`] where it does not follow its grammar.
    fn parse(value: &'a str) -> Result<Self, HeaderError>;
}

/// The error of `H`.
pub(crate) fn wrong<'a, H: TypedHeader<'a>>(problem: &'static str) -> HeaderError {
    HeaderError {
        header: H::NAME.long(),
        problem,
    }
}
