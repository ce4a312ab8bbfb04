//! What a procedure came to, and the one place where that becomes a Result-Code.

use diameter_codec::{ExperimentalResultCode, ResultCode};

/// How a procedure ended (TS 29.229 §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Done.
    Success,
    /// UAA: no S-CSCF is assigned yet.
    FirstRegistration,
    /// UAA: an S-CSCF is assigned.
    SubsequentRegistration,
    /// LIA: no S-CSCF is assigned, and the user has services while unregistered.
    UnregisteredService,
    /// SAA: deregistered, and the S-CSCF's name is forgotten.
    ServerNameNotStored,
    /// An identity is not known here.
    UserUnknown,
    /// The identities are not of one user.
    IdentitiesDontMatch,
    /// The IMPU is not registered.
    IdentityNotRegistered,
    /// The user may not register from the visited network.
    RoamingNotAllowed,
    /// Another S-CSCF is assigned.
    IdentityAlreadyRegistered,
    /// The user has no credentials for the authentication scheme.
    AuthSchemeNotSupported,
    /// The state of the IMPU does not allow the Server-Assignment-Type.
    InAssignmentType,
    /// A feature that the request needs is not had.
    FeatureUnsupported,
    /// The user may not register, or has no usable identity.
    AuthorizationRejected,
    /// A condition of the procedure does not hold, or the store failed.
    UnableToComply,
    /// The store has too much to do.
    TooBusy,
    /// An AVP is missing that the procedure needs.
    MissingAvp(Subject),
    /// An AVP has a value that the procedure does not know.
    InvalidAvpValue(Subject),
    /// An AVP is there more often than the procedure allows.
    OccursTooManyTimes(Subject),
}

/// The AVP that Failed-AVP shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// User-Name.
    UserName,
    /// Public-Identity.
    PublicIdentity,
    /// Server-Assignment-Type.
    ServerAssignmentType,
    /// User-Authorization-Type.
    UserAuthorizationType,
    /// SIP-Authorization, in SIP-Auth-Data-Item.
    SipAuthorization,
}

/// Where a result stands in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Result-Code.
    Base(ResultCode),
    /// Experimental-Result with 3GPP's Vendor-Id.
    Experimental(ExperimentalResultCode),
}

impl Outcome {
    /// The code that says so.
    pub fn code(self) -> Code {
        use {Code::*, ExperimentalResultCode as Cx, ResultCode as Result};
        match self {
            Self::Success => Base(Result::SUCCESS),
            Self::FirstRegistration => Experimental(Cx::FIRST_REGISTRATION),
            Self::SubsequentRegistration => Experimental(Cx::SUBSEQUENT_REGISTRATION),
            Self::UnregisteredService => Experimental(Cx::UNREGISTERED_SERVICE),
            Self::ServerNameNotStored => Experimental(Cx::SUCCESS_SERVER_NAME_NOT_STORED),
            Self::UserUnknown => Experimental(Cx::ERROR_USER_UNKNOWN),
            Self::IdentitiesDontMatch => Experimental(Cx::ERROR_IDENTITIES_DONT_MATCH),
            Self::IdentityNotRegistered => Experimental(Cx::ERROR_IDENTITY_NOT_REGISTERED),
            Self::RoamingNotAllowed => Experimental(Cx::ERROR_ROAMING_NOT_ALLOWED),
            Self::IdentityAlreadyRegistered => Experimental(Cx::ERROR_IDENTITY_ALREADY_REGISTERED),
            Self::AuthSchemeNotSupported => Experimental(Cx::ERROR_AUTH_SCHEME_NOT_SUPPORTED),
            Self::InAssignmentType => Experimental(Cx::ERROR_IN_ASSIGNMENT_TYPE),
            Self::FeatureUnsupported => Experimental(Cx::ERROR_FEATURE_UNSUPPORTED),
            Self::AuthorizationRejected => Base(Result::AUTHORIZATION_REJECTED),
            Self::UnableToComply => Base(Result::UNABLE_TO_COMPLY),
            Self::TooBusy => Base(Result::TOO_BUSY),
            Self::MissingAvp(_) => Base(Result::MISSING_AVP),
            Self::InvalidAvpValue(_) => Base(Result::INVALID_AVP_VALUE),
            Self::OccursTooManyTimes(_) => Base(Result::AVP_OCCURS_TOO_MANY_TIMES),
        }
    }

    /// The outcome's name in metrics and logs, by the standards' spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::FirstRegistration => "FIRST_REGISTRATION",
            Self::SubsequentRegistration => "SUBSEQUENT_REGISTRATION",
            Self::UnregisteredService => "UNREGISTERED_SERVICE",
            Self::ServerNameNotStored => "SUCCESS_SERVER_NAME_NOT_STORED",
            Self::UserUnknown => "ERROR_USER_UNKNOWN",
            Self::IdentitiesDontMatch => "ERROR_IDENTITIES_DONT_MATCH",
            Self::IdentityNotRegistered => "ERROR_IDENTITY_NOT_REGISTERED",
            Self::RoamingNotAllowed => "ERROR_ROAMING_NOT_ALLOWED",
            Self::IdentityAlreadyRegistered => "ERROR_IDENTITY_ALREADY_REGISTERED",
            Self::AuthSchemeNotSupported => "ERROR_AUTH_SCHEME_NOT_SUPPORTED",
            Self::InAssignmentType => "ERROR_IN_ASSIGNMENT_TYPE",
            Self::FeatureUnsupported => "ERROR_FEATURE_UNSUPPORTED",
            Self::AuthorizationRejected => "AUTHORIZATION_REJECTED",
            Self::UnableToComply => "UNABLE_TO_COMPLY",
            Self::TooBusy => "TOO_BUSY",
            Self::MissingAvp(_) => "MISSING_AVP",
            Self::InvalidAvpValue(_) => "INVALID_AVP_VALUE",
            Self::OccursTooManyTimes(_) => "AVP_OCCURS_TOO_MANY_TIMES",
        }
    }
}
