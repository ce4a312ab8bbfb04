//! What the phones did and were told, in the order of virtual time.

use std::time::Duration;

use sip_message::Status;

use crate::phone::Wish;

/// A contact as a 200 shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) uri: String,
    /// Seconds, as the registrar counted when it answered.
    pub(crate) expires: u64,
}

/// How a procedure of a phone ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// 200 with these contacts, from the S-CSCF that Service-Route names, if one does.
    Told {
        contacts: Vec<Shown>,
        scscf: Option<u8>,
    },
    /// Another final response.
    Refused(Status),
    /// None.
    Silent,
}

/// One procedure: a REGISTER, and those that answer its challenges.
#[derive(Debug, Clone)]
pub(crate) struct Procedure {
    /// Index into the users.
    pub(crate) user: usize,
    /// The phone's host.
    pub(crate) phone: u8,
    pub(crate) began: Duration,
    /// When the last of its requests was first sent.
    pub(crate) asked: Duration,
    pub(crate) ended: Duration,
    pub(crate) wish: Wish,
    /// Whether its contacts are flows (RFC 5626), which take nobody's place.
    pub(crate) outbound: bool,
    pub(crate) outcome: Outcome,
}

impl Procedure {
    /// The contacts that it asked to bind.
    pub(crate) fn wanted(&self) -> &[String] {
        match &self.wish {
            Wish::Bind(contacts, _) => contacts,
            _ => &[],
        }
    }

    pub(crate) fn is_told(&self) -> bool {
        matches!(self.outcome, Outcome::Told { .. })
    }

    /// Whether it was refused before it did anything.
    fn is_undone(&self) -> bool {
        let before = [
            Status::FORBIDDEN,
            Status::UNAUTHORIZED,
            Status::CALL_TRANSACTION_DOES_NOT_EXIST,
        ];
        matches!(&self.outcome, Outcome::Refused(status) if before.contains(status))
    }

    fn may_have_left(&self) -> bool {
        match &self.outcome {
            Outcome::Told { contacts, .. } => contacts.is_empty(),
            Outcome::Refused(_) | Outcome::Silent => true,
        }
    }

    /// Until when `uri`, which is bound until `until`, stays bound for sure if this may have been done, and may not.
    pub(crate) fn leaves(&self, uri: &str, until: Duration) -> Option<Duration> {
        match &self.wish {
            Wish::Query => Some(until),
            _ if self.is_undone() => Some(until),
            Wish::RemoveAll => None,
            // An S-CSCF that holds nothing has deregistered all of it, wherever that is, and its 200 says so.
            Wish::Remove(_) if self.may_have_left() => None,
            Wish::Remove(contacts) => (!contacts.iter().any(|one| one == uri)).then_some(until),
            Wish::Bind(contacts, seconds) if contacts.iter().any(|one| one == uri) => {
                // Told so, the phone counts by that.
                let anew = self.began + Duration::from_secs((*seconds).into());
                (!self.is_told()).then_some(until.min(anew))
            }
            Wish::Bind(..) => self.outbound.then_some(until),
        }
    }
}

/// All that happened.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) procedures: Vec<Procedure>,
    /// Hosts that crashed, and when.
    pub(crate) crashes: Vec<(u8, Duration)>,
    pub(crate) cuts: usize,
    /// Users whom the HSS was told to deregister: when it was asked, and when it had done it.
    pub(crate) terminations: Vec<Termination>,
    pub(crate) pushes: usize,
    /// When the HSS came back with an empty database.
    pub(crate) losses: Vec<Duration>,
    /// Reloads of the subscriber file with other services of somebody.
    pub(crate) changes: usize,
}

/// A network-initiated deregistration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Termination {
    /// Index into the users.
    pub(crate) user: usize,
    pub(crate) asked: Duration,
    /// When the HSS said so, if it did.
    pub(crate) done: Option<Duration>,
    /// When the HSS gave up, if it did.
    pub(crate) given_up: Option<Duration>,
    /// When an S-CSCF first said that it has done it.
    pub(crate) obeyed: Option<Duration>,
}

impl Ledger {
    /// What was done for `user`, in order of beginning.
    pub(crate) fn of(&self, user: usize) -> Vec<&Procedure> {
        let mut all: Vec<&Procedure> = self
            .procedures
            .iter()
            .filter(|one| one.user == user)
            .collect();
        all.sort_by_key(|one| one.began);
        all
    }

    pub(crate) fn crashed_since(&self, host: u8, time: Duration) -> bool {
        self.crashes
            .iter()
            .any(|(crashed, at)| *crashed == host && *at >= time)
    }
}
