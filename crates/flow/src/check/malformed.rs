//! Messages that break their grammar: SIP as every element checks it, Diameter by the dictionary.

use diameter_codec::{Command, DecodeError, ResultCode};

use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

/// Octets that are neither.
pub(super) fn unreadable(event: &Event) -> Finding {
    Finding::about(event, Kind::Malformed, "no message that can be read")
}

/// RFC 3261 §8.1.1, §16.3.
pub(super) fn sip(event: &Event, message: &sip_message::Message) -> Option<Finding> {
    let invalid = sip_message::validate(message).err()?;
    let text = match message.method() {
        Some(_) => format!("{}; deserves {}", invalid.reason, invalid.status),
        None => format!("{}; to be dropped", invalid.reason),
    };
    Some(Finding::about(event, Kind::Malformed, text))
}

/// RFC 6733 §7.1.5: what a receiver answers with, and the AVP to blame. Commands and applications that no dictionary
/// has are not judged.
pub(super) fn diameter(event: &Event, message: &diameter_codec::Message) -> Option<Finding> {
    let problem = Command::decode(message).err()?;
    if problem.failed_avp().is_none() && is_unknown(&problem) {
        return None;
    }
    if problem.result_code() == ResultCode::MISSING_AVP {
        return Some(super::avp_missing::finding(event, &problem));
    }
    let text = format!("deserves {problem}");
    Some(Finding::about(event, Kind::Malformed, text))
}

fn is_unknown(problem: &DecodeError) -> bool {
    [
        ResultCode::APPLICATION_UNSUPPORTED,
        ResultCode::COMMAND_UNSUPPORTED,
    ]
    .contains(&problem.result_code())
}
