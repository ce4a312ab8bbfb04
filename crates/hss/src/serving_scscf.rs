//! What UAA and LIA have in common: the S-CSCF that serves, or what one that may serve has to be capable of.

use diameter_codec::cx::LiaFlags;

use crate::error::Outcome;
use crate::policy::RestorationUse;
use crate::record::{Change, Draft};
use crate::subscription::Capabilities;

/// What an I-CSCF is told; Server-Name and Server-Capabilities exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The result.
    pub outcome: Outcome,
    /// The S-CSCF that serves.
    pub server_name: Option<String>,
    /// What an S-CSCF has to be capable of.
    pub capabilities: Option<Capabilities>,
    /// LIA-Flags.
    pub flags: LiaFlags,
    /// Wildcarded-Public-Identity of LIA: what covers the identity asked for.
    pub wildcard: Option<String>,
}

impl Answer {
    /// An answer with nothing but its result.
    pub fn only(outcome: Outcome) -> Self {
        Self {
            outcome,
            server_name: None,
            capabilities: None,
            flags: LiaFlags::default(),
            wildcard: None,
        }
    }

    /// The S-CSCF `name` serves.
    pub(crate) fn served_by(outcome: Outcome, name: &str) -> Self {
        Self {
            server_name: Some(name.to_owned()),
            ..Self::only(outcome)
        }
    }

    /// One with these capabilities may serve.
    pub(crate) fn needs(outcome: Outcome, capabilities: &Capabilities) -> Self {
        Self {
            capabilities: Some(capabilities.clone()),
            ..Self::only(outcome)
        }
    }
}

/// REGISTRATION_AND_CAPABILITIES: the S-CSCF that serves does not answer, and another may take over (restoration).
pub(crate) fn reassigned(draft: &mut Draft, restoration: RestorationUse) -> Answer {
    if restoration == RestorationUse::InUse && !draft.record.reassignment_pending {
        draft.push(Change::ReassignmentPending(true));
    }
    Answer::needs(Outcome::Success, &draft.record.subscription.capabilities)
}
