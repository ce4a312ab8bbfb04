//! What a message is called in a picture.

mod diameter;
mod sip;
mod stun;

use crate::escape::{Charset, escaped_octets};
use crate::event::{Outcome, Passage, Protocol, Purpose};

pub(crate) use diameter::diameter;
pub(crate) use sip::{cut_sip, sip};
pub(crate) use stun::stun;

/// Octets of what cannot be read that are shown.
const SHOWN_OCTETS: usize = 16;

/// What a message says of itself; see [`crate::Event`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) protocol: Protocol,
    pub(crate) label: String,
    pub(crate) detail: String,
    pub(crate) outcome: Outcome,
    pub(crate) purpose: Purpose,
    pub(crate) passage: Passage,
}

/// For octets that are no message.
pub(crate) fn unreadable(octets: &[u8]) -> Label {
    let begin = &octets[..octets.len().min(SHOWN_OCTETS)];
    Label {
        protocol: Protocol::Unknown,
        label: format!("{} octets", octets.len()),
        detail: escaped_octets(begin, Charset::Unicode),
        outcome: Outcome::Unreadable,
        purpose: Purpose::Procedure,
        passage: Passage::First,
    }
}
