//! What a phone is told where the HSS lets its REGISTER go nowhere: the one place for it (TS 24.229 §5.3.1.3).

use cx::CxError;
use diameter_codec::ResultCode;
use sip_message::Status;

/// Seconds after which a phone may ask again where the HSS is too busy.
const BUSY_RETRY_AFTER_S: u32 = 10;

/// What is said.
pub(crate) struct Refusal {
    pub(crate) status: Status,
    pub(crate) reason: &'static str,
    /// Retry-After, in seconds.
    pub(crate) retry_after: Option<u32>,
}

/// The refusal for `problem`.
pub(crate) fn of(problem: &CxError) -> Refusal {
    let refusal = |status, reason| Refusal {
        status,
        reason,
        retry_after: None,
    };
    match problem {
        // §5.3.1.3: who may not register is forbidden to, and is not told more.
        CxError::UserUnknown
        | CxError::IdentitiesDontMatch
        | CxError::IdentityNotRegistered
        | CxError::RoamingNotAllowed
        | CxError::AuthorizationRejected => refusal(Status::FORBIDDEN, "Forbidden"),
        // It has too much to do, and says so (RFC 6733 §7.1.3): a little later it may not.
        CxError::NotDelivered(ResultCode::TOO_BUSY) => Refusal {
            retry_after: Some(BUSY_RETRY_AFTER_S),
            ..refusal(Status::SERVICE_UNAVAILABLE, "HSS is too busy")
        },
        CxError::HssUnreachable(_) | CxError::NotDelivered(_) => {
            refusal(Status::SERVER_TIME_OUT, "HSS does not answer")
        }
        CxError::IdentityAlreadyRegistered { .. }
        | CxError::AuthSchemeNotSupported
        | CxError::ErrorInAssignmentType
        | CxError::FeatureUnsupported { .. }
        | CxError::UnableToComply
        | CxError::Refused(_)
        | CxError::RefusedByVendor { .. }
        | CxError::Malformed(_) => refusal(Status::SERVER_INTERNAL_ERROR, "HSS cannot do it"),
    }
}
