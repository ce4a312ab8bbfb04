//! What a phone is told where the HSS lets its REGISTER go nowhere: the one place for it (TS 24.229 §5.3.1.3).

use cx::CxError;
use sip_message::Status;

/// Status and reason phrase for `problem`.
pub(crate) fn of(problem: &CxError) -> (Status, &'static str) {
    match problem {
        // §5.3.1.3: who may not register is forbidden to, and is not told more.
        CxError::UserUnknown
        | CxError::IdentitiesDontMatch
        | CxError::IdentityNotRegistered
        | CxError::RoamingNotAllowed
        | CxError::AuthorizationRejected => (Status::FORBIDDEN, "Forbidden"),
        CxError::HssUnreachable(_) | CxError::NotDelivered(_) => {
            (Status::SERVER_TIME_OUT, "HSS does not answer")
        }
        CxError::IdentityAlreadyRegistered { .. }
        | CxError::AuthSchemeNotSupported
        | CxError::ErrorInAssignmentType
        | CxError::FeatureUnsupported { .. }
        | CxError::UnableToComply
        | CxError::Refused(_)
        | CxError::RefusedByVendor { .. }
        | CxError::Malformed(_) => (Status::SERVER_INTERNAL_ERROR, "HSS cannot do it"),
    }
}
