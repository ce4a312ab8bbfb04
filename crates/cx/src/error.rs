//! What a Cx request can end in besides success, and the one mapping of results to it.

use diameter_codec::cx::{FeatureList, avp};
use diameter_codec::{Avp, ExperimentalResultCode, Message, ResultCode, VendorId};
use driver::diameter::RequestError;

const VENDOR: VendorId = VendorId::THREE_GPP;

/// Why a Cx procedure has no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CxError {
    /// No answer came.
    #[error("HSS out of reach: {0}")]
    HssUnreachable(#[from] RequestError),
    /// DIAMETER_ERROR_USER_UNKNOWN.
    #[error("the HSS does not know the user")]
    UserUnknown,
    /// DIAMETER_ERROR_IDENTITIES_DONT_MATCH.
    #[error("the private and the public identity do not belong together")]
    IdentitiesDontMatch,
    /// DIAMETER_ERROR_IDENTITY_NOT_REGISTERED.
    #[error("the identity is not registered")]
    IdentityNotRegistered,
    /// DIAMETER_ERROR_ROAMING_NOT_ALLOWED.
    #[error("the user may not roam in the visited network")]
    RoamingNotAllowed,
    /// DIAMETER_ERROR_IDENTITY_ALREADY_REGISTERED: another S-CSCF holds the user.
    #[error("the identity is assigned to another S-CSCF")]
    IdentityAlreadyRegistered {
        /// Its name.
        server_name: Option<String>,
    },
    /// DIAMETER_ERROR_AUTH_SCHEME_NOT_SUPPORTED.
    #[error("the user's authentication scheme is another one")]
    AuthSchemeNotSupported,
    /// DIAMETER_ERROR_IN_ASSIGNMENT_TYPE.
    #[error("the assignment type does not fit the state in the HSS")]
    ErrorInAssignmentType,
    /// DIAMETER_ERROR_FEATURE_UNSUPPORTED: a feature that the request needs is not had.
    #[error("the HSS lacks a feature that the request needs")]
    FeatureUnsupported {
        /// What it has.
        has: Option<FeatureList>,
    },
    /// DIAMETER_AUTHORIZATION_REJECTED (RFC 6733 §7.1.5).
    #[error("the HSS does not allow it")]
    AuthorizationRejected,
    /// DIAMETER_UNABLE_TO_COMPLY (RFC 6733 §7.1.5).
    #[error("the HSS is unable to comply")]
    UnableToComply,
    /// A protocol error, 3xxx (RFC 6733 §7.1.3): the request did not reach who could answer it.
    #[error("the request was not delivered: Result-Code {}", .0.0)]
    NotDelivered(ResultCode),
    /// Any other base result.
    #[error("the HSS answered Result-Code {}", .0.0)]
    Refused(ResultCode),
    /// Any other experimental result.
    #[error("the HSS answered Experimental-Result-Code {} of vendor {}", code.0, vendor.0)]
    RefusedByVendor {
        /// Whose code.
        vendor: VendorId,
        /// The code.
        code: ExperimentalResultCode,
    },
    /// The answer breaks its grammar, or lacks what its result promises.
    #[error("the HSS's answer cannot be used: {0}")]
    Malformed(String),
}

impl CxError {
    /// What some refusals tell besides their result.
    pub(crate) fn with_details(self, answer: &Message) -> Self {
        match self {
            Self::IdentityAlreadyRegistered { .. } => {
                let name = answer.find(avp::SERVER_NAME).and_then(|name| name.text());
                Self::IdentityAlreadyRegistered {
                    server_name: name.map(str::to_owned),
                }
            }
            Self::FeatureUnsupported { .. } => {
                let groups = answer
                    .avps()
                    .filter(|group| group.code == avp::SUPPORTED_FEATURES);
                let list = |group: Avp<'_>| {
                    let number =
                        |code| group.group().find(|inner| inner.code == code)?.unsigned32();
                    let first = number(avp::FEATURE_LIST_ID) == Some(1);
                    number(avp::FEATURE_LIST).filter(|_| first)
                };
                Self::FeatureUnsupported {
                    has: groups.filter_map(list).next().map(FeatureList),
                }
            }
            other => other,
        }
    }

    /// Whether the HSS did not do it and may do it when it is asked again: it was not reached, nobody delivered the
    /// request to it, it was not able to (5012, as where its store fails), or not at the moment (4xxx, RFC 6733
    /// §7.1.4). What else it refuses it refuses again.
    pub fn is_undone(&self) -> bool {
        match self {
            Self::HssUnreachable(problem) => *problem != RequestError::TooLong,
            Self::NotDelivered(_) | Self::UnableToComply => true,
            Self::Refused(code) => (4_000..5_000).contains(&code.0),
            Self::RefusedByVendor { code, .. } => (4_000..5_000).contains(&code.0),
            _ => false,
        }
    }

    /// Whether the host asked for is not to be reached: another of its realm may do it (RFC 6733 §7.1.3). Who is busy
    /// is not asked twice.
    pub(crate) fn is_of_the_host(&self) -> bool {
        matches!(
            self,
            Self::HssUnreachable(RequestError::NoPeer | RequestError::ConnectionLost)
                | Self::NotDelivered(ResultCode::UNABLE_TO_DELIVER)
        )
    }

    /// Whether it was said by an HSS that does not have the user, which is for the one that has to say.
    pub(crate) fn lacks_the_user(&self) -> bool {
        matches!(
            self,
            Self::UserUnknown | Self::IdentityNotRegistered | Self::IdentitiesDontMatch
        )
    }

    /// Whether the HSS may count as done what failed here: the request went out, and its answer did not come, is a
    /// failure of the moment, or cannot be read.
    pub fn is_in_doubt(&self) -> bool {
        match self {
            Self::HssUnreachable(problem) => match problem {
                RequestError::NoPeer
                | RequestError::Congested
                | RequestError::TooLong
                | RequestError::Stopping => false,
                RequestError::TimedOut | RequestError::ConnectionLost => true,
            },
            Self::Malformed(_) => true,
            _ => self.is_undone(),
        }
    }
}

/// A result that is a success of some procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Success {
    /// DIAMETER_SUCCESS or LIMITED_SUCCESS.
    Plain,
    /// DIAMETER_FIRST_REGISTRATION.
    FirstRegistration,
    /// DIAMETER_SUBSEQUENT_REGISTRATION.
    SubsequentRegistration,
    /// DIAMETER_UNREGISTERED_SERVICE.
    UnregisteredService,
    /// DIAMETER_SUCCESS_SERVER_NAME_NOT_STORED.
    ServerNameNotStored,
}

/// Maps the results of any Cx answer (TS 29.229 §6.2, RFC 6733 §7.1): the one place that does.
///
/// Both spaces of codes overlap, so which AVP a code stood in decides what it means.
pub(crate) fn outcome(
    base: Option<ResultCode>,
    experimental: Option<(VendorId, ExperimentalResultCode)>,
) -> Result<Success, CxError> {
    match (base, experimental) {
        // TS 29.229 §6.2: with an Experimental-Result there is no Result-Code; some send both, and mean the former.
        (_, Some((VENDOR, code))) => match code {
            ExperimentalResultCode::FIRST_REGISTRATION => Ok(Success::FirstRegistration),
            ExperimentalResultCode::SUBSEQUENT_REGISTRATION => Ok(Success::SubsequentRegistration),
            ExperimentalResultCode::UNREGISTERED_SERVICE => Ok(Success::UnregisteredService),
            ExperimentalResultCode::SUCCESS_SERVER_NAME_NOT_STORED => {
                Ok(Success::ServerNameNotStored)
            }
            ExperimentalResultCode::ERROR_USER_UNKNOWN => Err(CxError::UserUnknown),
            ExperimentalResultCode::ERROR_IDENTITIES_DONT_MATCH => {
                Err(CxError::IdentitiesDontMatch)
            }
            ExperimentalResultCode::ERROR_IDENTITY_NOT_REGISTERED => {
                Err(CxError::IdentityNotRegistered)
            }
            ExperimentalResultCode::ERROR_ROAMING_NOT_ALLOWED => Err(CxError::RoamingNotAllowed),
            ExperimentalResultCode::ERROR_IDENTITY_ALREADY_REGISTERED => {
                Err(CxError::IdentityAlreadyRegistered { server_name: None })
            }
            ExperimentalResultCode::ERROR_AUTH_SCHEME_NOT_SUPPORTED => {
                Err(CxError::AuthSchemeNotSupported)
            }
            ExperimentalResultCode::ERROR_IN_ASSIGNMENT_TYPE => Err(CxError::ErrorInAssignmentType),
            ExperimentalResultCode::ERROR_FEATURE_UNSUPPORTED => {
                Err(CxError::FeatureUnsupported { has: None })
            }
            _ => Err(CxError::RefusedByVendor {
                vendor: VENDOR,
                code,
            }),
        },
        (_, Some((vendor, code))) => Err(CxError::RefusedByVendor { vendor, code }),
        (Some(code), None) => match code {
            ResultCode::SUCCESS | ResultCode::LIMITED_SUCCESS => Ok(Success::Plain),
            ResultCode(3000..=3999) => Err(CxError::NotDelivered(code)),
            ResultCode::AUTHORIZATION_REJECTED => Err(CxError::AuthorizationRejected),
            ResultCode::UNABLE_TO_COMPLY => Err(CxError::UnableToComply),
            _ => Err(CxError::Refused(code)),
        },
        (None, None) => Err(CxError::Malformed(
            "neither Result-Code nor Experimental-Result".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(code: u32) -> Result<Success, CxError> {
        outcome(Some(ResultCode(code)), None)
    }

    fn cx(code: u32) -> Result<Success, CxError> {
        outcome(None, Some((VENDOR, ExperimentalResultCode(code))))
    }

    #[test]
    fn ts29229_6_2_the_same_number_means_another_thing_in_each_avp() {
        assert_eq!(cx(2001), Ok(Success::FirstRegistration));
        assert_eq!(base(2001), Ok(Success::Plain));
        assert_eq!(cx(5003), Err(CxError::IdentityNotRegistered));
        assert_eq!(base(5003), Err(CxError::AuthorizationRejected));
        assert_eq!(
            cx(5005),
            Err(CxError::IdentityAlreadyRegistered { server_name: None })
        );
        assert_eq!(base(5005), Err(CxError::Refused(ResultCode(5005))));
        let code = ExperimentalResultCode(5012);
        assert_eq!(
            cx(5012),
            Err(CxError::RefusedByVendor {
                vendor: VENDOR,
                code
            })
        );
        assert_eq!(base(5012), Err(CxError::UnableToComply));
    }

    #[test]
    fn ts29229_6_2_experimental_results() {
        assert_eq!(cx(2002), Ok(Success::SubsequentRegistration));
        assert_eq!(cx(2003), Ok(Success::UnregisteredService));
        assert_eq!(cx(2004), Ok(Success::ServerNameNotStored));
        assert_eq!(cx(5001), Err(CxError::UserUnknown));
        assert_eq!(cx(5002), Err(CxError::IdentitiesDontMatch));
        assert_eq!(cx(5004), Err(CxError::RoamingNotAllowed));
        assert_eq!(cx(5006), Err(CxError::AuthSchemeNotSupported));
        assert_eq!(cx(5007), Err(CxError::ErrorInAssignmentType));
    }

    #[test]
    fn others_keep_their_number_and_owner() {
        assert_eq!(base(3002), Err(CxError::NotDelivered(ResultCode(3002))));
        assert_eq!(base(4002), Err(CxError::Refused(ResultCode(4002))));
        let (vendor, code) = (VendorId(13_019), ExperimentalResultCode(5001));
        assert_eq!(
            outcome(None, Some((vendor, code))),
            Err(CxError::RefusedByVendor { vendor, code })
        );
        assert!(matches!(outcome(None, None), Err(CxError::Malformed(_))));
    }

    #[test]
    fn what_the_hss_could_not_do_is_asked_again_and_what_it_refuses_is_not() {
        for undone in [base(3002), base(3004), base(4001), base(5012), cx(4181)] {
            let problem = undone.expect_err("a failure");
            assert!(problem.is_undone() && problem.is_in_doubt(), "{problem}");
        }
        for settled in [
            cx(5001),
            cx(5002),
            cx(5003),
            cx(5005),
            cx(5012),
            base(5003),
            base(5005),
        ] {
            let problem = settled.expect_err("a failure");
            assert!(!problem.is_undone() && !problem.is_in_doubt(), "{problem}");
        }
        // What was not sent is undone, and nothing to doubt; an answer that cannot be read is the other way about.
        for unsent in [
            RequestError::NoPeer,
            RequestError::Congested,
            RequestError::Stopping,
        ] {
            let problem = CxError::from(unsent);
            assert!(problem.is_undone() && !problem.is_in_doubt(), "{problem}");
        }
        // One that is too long would be so again.
        let long = CxError::from(RequestError::TooLong);
        assert!(!long.is_undone() && !long.is_in_doubt());
        for unanswered in [RequestError::TimedOut, RequestError::ConnectionLost] {
            assert!(CxError::from(unanswered).is_in_doubt());
        }
        let unread = CxError::Malformed(String::new());
        assert!(!unread.is_undone() && unread.is_in_doubt());
    }

    #[test]
    fn an_experimental_result_beside_a_result_code_wins() {
        let experimental = Some((VENDOR, ExperimentalResultCode(5001)));
        assert_eq!(
            outcome(Some(ResultCode(2001)), experimental),
            Err(CxError::UserUnknown)
        );
    }
}
