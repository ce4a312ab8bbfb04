//! Answers to no request.
//!
//! An answer is told only where the capture had begun so long before that its request should be in it; earlier ones
//! are counted.

use super::finding::Finding;
use super::kind::Kind;
use crate::event::Event;

pub(super) fn finding(event: &Event) -> Finding {
    Finding::about(event, Kind::Unasked, "answers no request of this capture")
}
