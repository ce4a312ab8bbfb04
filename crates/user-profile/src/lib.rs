//! The IMS user profile carried in User-Data (TS 29.228 Annex E): types, reader and writer.
//!
//! [`ImsSubscription::read`] takes the XML of any maker: elements that it does not know and the content of
//! unknown Extensions are skipped, booleans may be `0 1 false true`, DTDs and general entities are refused.
//! [`ImsSubscription::write`] gives the schema's element order. The same types in JSON (serde, snake case) are
//! what an HSS's subscriber file holds.
//!
//! ```
//! let xml = "<IMSSubscription><PrivateID>a@example.com</PrivateID><ServiceProfile>\
//!     <PublicIdentity><Identity>sip:a@example.com</Identity></PublicIdentity>\
//!     </ServiceProfile></IMSSubscription>";
//! let profile = user_profile::ImsSubscription::read(xml.as_bytes())?;
//! assert_eq!(profile.default_public_identity().unwrap().identity, "sip:a@example.com");
//! # Ok::<(), user_profile::ReadError>(())
//! ```

mod document;
mod error;
mod extended_regex;
mod filter_criteria;
mod read;
mod subscription;
mod wildcard;
mod write;

pub use document::{MAX_DEPTH, MAX_DOCUMENT, MAX_ELEMENTS};
pub use error::ReadError;
pub use extended_regex::{
    Anchoring, ExpressionError, ExtendedRegex, MAX_COMPILED, MAX_EXPRESSION, MAX_REPETITIONS,
};
pub use filter_criteria::{
    ApplicationServer, Condition, ConditionType, DefaultHandling, InitialFilterCriteria,
    ProfilePartIndicator, RegistrationType, ServicePointTrigger, SessionCase, TriggerPoint,
};
pub use subscription::{
    CoreNetworkServicesAuthorization, IdentityType, ImsSubscription, PublicIdentity, ServiceProfile,
};
pub use wildcard::{Wildcard, WildcardError, WildcardParts};
