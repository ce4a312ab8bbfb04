//! Why a request is refused, and the one place that says with which status.

use std::borrow::Cow;

use cx::CxError;
use diameter_codec::ResultCode;
use sip_message::{Message, Name, Status};

use crate::contacts::Unacceptable;

/// Seconds after which a phone may ask again where the HSS is too busy.
const BUSY_RETRY_AFTER_S: u32 = 10;

/// A refusal: the response but for what is copied from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: Status,
    reason: Option<Cow<'static, str>>,
    headers: Vec<(Name<'static>, String)>,
}

impl Refusal {
    /// `status` with its usual reason phrase.
    pub(crate) fn new(status: Status) -> Self {
        Self {
            status,
            reason: None,
            headers: Vec::new(),
        }
    }

    /// 481: what is asked about is not ours to say (TS 24.229 §5.4.1.4).
    pub(crate) fn not_held() -> Self {
        Self::new(Status::CALL_TRANSACTION_DOES_NOT_EXIST).because("No registration is held here")
    }

    /// 403: every identity of the set is barred (TS 24.229 §5.4.1.2.2).
    pub(crate) fn barred() -> Self {
        Self::new(Status::FORBIDDEN).because("Public identity is barred")
    }

    /// The same, saying why.
    pub(crate) fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: Name<'static>, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The response to `request`.
    pub(crate) fn response(&self, request: &Message) -> Message {
        let mut response = match &self.reason {
            Some(reason) => Message::response_with_reason(request, self.status, reason),
            None => Message::response(request, self.status),
        };
        for (name, value) in &self.headers {
            response.append(*name, value);
        }
        response
    }
}

impl From<Unacceptable> for Refusal {
    fn from(problem: Unacceptable) -> Self {
        match problem {
            Unacceptable::Bad(reason) => Self::new(Status::BAD_REQUEST).because(reason),
            Unacceptable::TooBrief(min) => {
                Self::new(Status::INTERVAL_TOO_BRIEF).with(Name::MIN_EXPIRES, min.to_string())
            }
            Unacceptable::TooMany(most) => {
                Self::new(Status::FORBIDDEN).because(format!("More than {most} contacts"))
            }
            Unacceptable::FirstHopLacksOutbound => {
                Self::new(Status::FIRST_HOP_LACKS_OUTBOUND_SUPPORT)
            }
        }
    }
}

impl From<CxError> for Refusal {
    /// TS 24.229 §5.4.1.2: what the HSS refuses is forbidden; an HSS that is not there is a time-out, which keeps
    /// the I-CSCF from choosing another S-CSCF.
    fn from(problem: CxError) -> Self {
        match problem {
            CxError::UserUnknown
            | CxError::IdentitiesDontMatch
            | CxError::RoamingNotAllowed
            | CxError::IdentityNotRegistered
            | CxError::AuthSchemeNotSupported
            | CxError::AuthorizationRejected => Self::new(Status::FORBIDDEN),
            // It has too much to do, and says so (RFC 6733 §7.1.3): a little later it may not.
            CxError::NotDelivered(ResultCode::TOO_BUSY) => Self::new(Status::SERVICE_UNAVAILABLE)
                .because("HSS is too busy")
                .with(Name::RETRY_AFTER, BUSY_RETRY_AFTER_S.to_string()),
            CxError::HssUnreachable(_) | CxError::NotDelivered(_) => {
                Self::new(Status::SERVER_TIME_OUT).because("HSS does not answer")
            }
            _ => Self::new(Status::SERVER_INTERNAL_ERROR).because("HSS cannot do it"),
        }
    }
}
