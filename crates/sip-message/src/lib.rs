#![doc = include_str!("../README.md")]

#[cfg(feature = "rsip")]
mod conversion;
mod edit;
mod error;
mod find;
mod framing;
mod grammar;
pub mod header;
mod host;
mod make;
mod message;
mod method;
mod multipart;
mod name;
mod name_addr;
mod params;
mod print;
mod scan;
mod status;
mod stream;
pub mod uri;
mod validate;

#[cfg(feature = "rsip")]
pub use conversion::ConversionError;
pub use error::{HeaderError, ParseError, UriError};
pub use framing::{INLINE_FIELDS, MAX_FIELDS, MAX_HEAD};
pub use grammar::{quote, unquote};
pub use header::{
    Allow, Auth, AuthenticationInfo, Authorization, CSeq, CallId, Contact, ContactRegistration,
    ContentDisposition, ContentEncoding, ContentLanguage, ContentLength, ContentType, Event,
    Expires, FlowTimer, From, MaxForwards, MinExpires, PAccessNetworkInfo, PAssertedIdentity,
    PAssociatedUri, PCalledPartyId, PChargingFunctionAddresses, PChargingVector,
    PPreferredIdentity, PServedUser, PVisitedNetworkId, Path, ProxyAuthenticate,
    ProxyAuthorization, ProxyRequire, RAck, RSeq, Reason, RecordRoute, ReferTo, RegistrationState,
    Require, RetryAfter, Route, SecurityClient, SecurityMechanism, SecurityServer, SecurityVerify,
    ServiceRoute, SessionCase, SubscriptionState, Supported, To, Transport, TypedHeader,
    Unsupported, Via, Warning, WayBack, WwwAuthenticate,
};
pub use host::Host;
pub use message::{Header, Message, StartLine};
pub use method::Method;
pub use multipart::{MAX_NESTING, MAX_PARTS, Multipart, MultipartError, Part};
pub use name::Name;
pub use name_addr::NameAddr;
pub use params::{Param, Params};
pub use status::Status;
pub use stream::{DEFAULT_MAX_BODY, Framer, Piece, StreamFault};
pub use uri::{Scheme, SipUri, TelUri, Uri};
pub use validate::{Invalid, validate, validate_response};
