//! Typed header fields: one file for one header or one group.
//!
//! To add one: its name in `name.rs`, a type here that implements [`TypedHeader`].

mod address;
mod auth;
mod contact;
mod cseq;
mod ims;
mod number;
mod text;
mod via;

pub use address::{
    From, PAssertedIdentity, PAssociatedUri, PCalledPartyId, PPreferredIdentity, PServedUser, Path,
    RecordRoute, ReferTo, Route, ServiceRoute, To,
};
pub use auth::{Auth, Authorization, ProxyAuthenticate, ProxyAuthorization, WwwAuthenticate};
pub use contact::Contact;
pub use cseq::CSeq;
pub use ims::{PAccessNetworkInfo, PChargingVector, PVisitedNetworkId};
pub use number::{ContentLength, Expires, MaxForwards, MinExpires, RetryAfter};
pub use text::{
    Allow, CallId, ContentType, Event, ProxyRequire, Require, SubscriptionState, Supported,
    Unsupported,
};
pub use via::{Transport, Via};

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
