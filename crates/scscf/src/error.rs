//! Why a request is refused, and the one place that says with which status.

use cx::CxError;
use sip_message::{Message, Name, Status};

use crate::contacts::Unacceptable;

/// A refusal: the response but for what is copied from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: Status,
    reason: Option<&'static str>,
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

    /// The same, saying why.
    pub(crate) fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: Name<'static>, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The response to `request`.
    pub(crate) fn response(&self, request: &Message) -> Message {
        let mut response = match self.reason {
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
            Unacceptable::TooMany => Self::new(Status::FORBIDDEN).because("Too many contacts"),
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
            CxError::HssUnreachable(_) => {
                Self::new(Status::SERVER_TIME_OUT).because("HSS does not answer")
            }
            _ => Self::new(Status::SERVER_INTERNAL_ERROR).because("HSS cannot do it"),
        }
    }
}
