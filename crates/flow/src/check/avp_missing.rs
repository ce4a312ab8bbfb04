//! Diameter messages that lack what the dictionary demands (RFC 6733 §7.1.5, 5005).

use diameter_codec::DecodeError;

use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

/// Names the AVP and the groups that it is missing in.
pub(super) fn finding(event: &Event, problem: &DecodeError) -> Finding {
    let path: Vec<String> = problem.path().map(|code| code.to_string()).collect();
    let (path, result) = (path.join(" / "), problem.result_code());
    let text = format!("{path} is missing; deserves {result}");
    Finding::about(event, Kind::AvpMissing, text)
}
