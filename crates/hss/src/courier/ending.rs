//! What an answer to RTR or PPR comes to: the one place where its result is read.

use diameter_codec::base::avp;
use diameter_codec::cx::RegistrationTerminationAnswer;
use diameter_codec::{ExperimentalResultCode, Message, ResultCode, VendorId};

use crate::identity::canonical;
use crate::record::Pair;

/// What the S-CSCF says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// It is done.
    Done,
    /// It is done but for these, which are emergency registrations.
    ButEmergency(Vec<Pair>),
    /// The user is not known there.
    UserUnknown,
    /// PPA: the profile is too large.
    TooMuchData,
    /// It cannot do it now.
    Later,
    /// It will not do it.
    Refused,
}

/// Reads the result of `answer`, and what RTA says of emergency registrations.
pub(super) fn said(answer: &Message) -> Said {
    let base = answer
        .find(avp::RESULT_CODE)
        .and_then(|avp| avp.unsigned32())
        .map(ResultCode);
    match (base, experimental(answer)) {
        (_, Some(ExperimentalResultCode::ERROR_USER_UNKNOWN)) => Said::UserUnknown,
        (_, Some(ExperimentalResultCode::ERROR_TOO_MUCH_DATA)) => Said::TooMuchData,
        (Some(ResultCode::SUCCESS), None) => Said::Done,
        // With DIAMETER_UNABLE_TO_COMPLY all of them stay (TS 29.228 §6.1.3).
        (Some(ResultCode::LIMITED_SUCCESS | ResultCode::UNABLE_TO_COMPLY), None) => {
            let kept = emergency(answer);
            match base {
                Some(ResultCode::LIMITED_SUCCESS) => Said::ButEmergency(kept),
                _ if !kept.is_empty() => Said::ButEmergency(kept),
                _ => Said::Refused,
            }
        }
        // Protocol errors: somebody on the way, or the S-CSCF itself, could not take it (RFC 6733 §7.1.3). Only one that
        // does not know the command or Cx will not know it later.
        (Some(ResultCode::COMMAND_UNSUPPORTED | ResultCode::APPLICATION_UNSUPPORTED), None) => {
            Said::Refused
        }
        (Some(ResultCode(3_000..=3_999)), None) => Said::Later,
        _ => Said::Refused,
    }
}

fn experimental(answer: &Message) -> Option<ExperimentalResultCode> {
    let group = answer.find(avp::EXPERIMENTAL_RESULT)?;
    let number = |code| group.group().find(|inner| inner.code == code)?.unsigned32();
    let ours = number(avp::VENDOR_ID)? == VendorId::THREE_GPP.0;
    ours.then_some(ExperimentalResultCode(number(
        avp::EXPERIMENTAL_RESULT_CODE,
    )?))
}

fn emergency(answer: &Message) -> Vec<Pair> {
    let Ok(rta) = RegistrationTerminationAnswer::decode(answer) else {
        return Vec::new();
    };
    rta.identity_with_emergency_registration
        .iter()
        .map(|kept| Pair::new(kept.user_name, &canonical(kept.public_identity)))
        .collect()
}
