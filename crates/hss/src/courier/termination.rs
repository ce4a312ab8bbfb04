//! RTR (TS 29.228 §6.1.3): the S-CSCF is told, then the state follows.

use diameter_codec::Flags;
use diameter_codec::cx::{
    AssociatedIdentities, DeregistrationReason, ReasonCode, RegistrationTerminationRequest,
};
use driver::io::Io;

use super::ending::{Said, said};
use super::{Courier, MAX_UNSENT, Silence};
use crate::notice::{Ending, Naming, Occasion, Reason, StoredNotice, Termination};
use crate::policy::Unanswered;
use crate::procedure::{Head, MAX_IMPUS, our_group};
use crate::record::{Afterwards, Draft, Pair, Scscf};
use crate::store::{Identities, Store, StoreError};

impl<I: Io, S: Store> Courier<I, S> {
    /// Brings an RTR; none: the process ends, and the next one brings it.
    pub(super) async fn terminate(
        &self,
        stored: &StoredNotice,
        rtr: &Termination,
    ) -> Option<Ending> {
        let scscf = &stored.notice.scscf;
        let identities = Identities {
            impi: Some(rtr.impi.clone()),
            ..Identities::default()
        };
        let (mut attempt, mut unsent) = (0, 0);
        while attempt < self.patience().attempts && unsent < MAX_UNSENT {
            self.pause(attempt + unsent).await;
            match self.came_back(stored, rtr, &identities).await {
                Ok(false) => {}
                Ok(true) => {
                    self.settle(stored, identities, |_| {}).await;
                    return Some(Ending::Overtaken);
                }
                // Whether the user came back is not known: nothing may be said until it is.
                Err(error) => {
                    self.store_failed(&error).await;
                    continue;
                }
            }
            let named = named(rtr, attempt);
            attempt += 1;
            let answer = match self.request(scscf, rtr, &named).await {
                Ok(answer) => answer,
                Err(Silence::Unsent) => {
                    attempt -= 1;
                    unsent += 1;
                    continue;
                }
                Err(Silence::Unanswered) => continue,
                Err(Silence::Stopping) => return None,
            };
            let (kept, ending) = match said(&answer) {
                // What is not known there is not registered there.
                Said::Done | Said::UserUnknown => (Vec::new(), Ending::Done),
                Said::ButEmergency(kept) => (kept, Ending::ButEmergency),
                Said::Later => continue,
                Said::Refused | Said::TooMuchData => {
                    self.give_up(stored, rtr, identities).await;
                    return Some(Ending::Refused);
                }
            };
            self.settle(stored, identities, |draft| {
                cleared(draft, scscf, rtr, &kept, Newer::GoToo);
            })
            .await;
            return Some(ending);
        }
        self.give_up(stored, rtr, identities).await;
        Some(Ending::Unanswered)
    }

    /// The S-CSCF does not do it: what is thought of the user then is the operator's choice. Who registered there after
    /// the notice was stored is not meant.
    async fn give_up(&self, stored: &StoredNotice, rtr: &Termination, identities: Identities) {
        let scscf = &stored.notice.scscf;
        match self.patience().unanswered {
            Unanswered::Keep => self.settle(stored, identities, |_| {}).await,
            Unanswered::Clear => {
                self.settle(stored, identities, |draft| {
                    cleared(draft, scscf, rtr, &[], Newer::Stay);
                })
                .await;
            }
        }
    }

    /// Whether the S-CSCF that was replaced serves again: it must not drop what it has now.
    async fn came_back(
        &self,
        stored: &StoredNotice,
        rtr: &Termination,
        identities: &Identities,
    ) -> Result<bool, StoreError> {
        if rtr.occasion != Occasion::Replaced {
            return Ok(false);
        }
        let record = self.record(stored, identities.clone()).await?;
        Ok(record.is_some_and(|record| {
            let serves = record
                .holder()
                .is_some_and(|it| it.name == stored.notice.scscf.name);
            let mut impus = rtr.impus.iter();
            serves && impus.any(|impu| record.pair(&rtr.impi, impu).registered)
        }))
    }

    async fn request(
        &self,
        scscf: &Scscf,
        rtr: &Termination,
        named: &[&str],
    ) -> Result<diameter_codec::Message, Silence> {
        let procedures = &self.0.procedures;
        let associated: Vec<&str> = rtr.associated.iter().map(String::as_str).collect();
        let features = our_group(&procedures.policy());
        self.ask(scscf, |ids, out| {
            let request = RegistrationTerminationRequest {
                session_id: ids.session_id,
                vendor_specific_application_id: Head::APPLICATION,
                auth_session_state: Head::SESSION_STATE,
                origin_host: &procedures.origin_host,
                origin_realm: &procedures.origin_realm,
                destination_host: Some(&scscf.host),
                destination_realm: &scscf.realm,
                user_name: &rtr.impi,
                associated_identities: (!associated.is_empty()).then(|| AssociatedIdentities {
                    user_name: (&associated).into(),
                    ..AssociatedIdentities::default()
                }),
                public_identity: named.into(),
                deregistration_reason: DeregistrationReason {
                    reason_code: code(rtr.reason),
                    reason_info: rtr.info.as_deref(),
                    ..DeregistrationReason::default()
                },
                supported_features: (&features).into(),
                ..RegistrationTerminationRequest::default()
            };
            request.encode(ids.hop_by_hop, ids.end_to_end, Flags::PROXIABLE, out);
        })
        .await
    }
}

/// The IMPUs that attempt number `attempt` names. An S-CSCF that gives no answer to an RTR with the IMPI alone, as one
/// well-known make does, may answer to one with the IMPUs.
fn named(rtr: &Termination, attempt: u32) -> Vec<&str> {
    let named = rtr.naming == Naming::Named || attempt > 0;
    match named && rtr.impus.len() <= MAX_IMPUS {
        true => rtr.impus.iter().map(String::as_str).collect(),
        false => Vec::new(),
    }
}

fn code(reason: Reason) -> ReasonCode {
    match reason {
        Reason::PermanentTermination => ReasonCode::PERMANENT_TERMINATION,
        Reason::NewServerAssigned => ReasonCode::NEW_SERVER_ASSIGNED,
        Reason::ServerChange => ReasonCode::SERVER_CHANGE,
        Reason::RemoveScscf => ReasonCode::REMOVE_S_CSCF,
    }
}

/// What becomes of registrations at the S-CSCF that came after the notice was stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Newer {
    /// They go too: the S-CSCF has done it, to all that it had.
    GoToo,
    /// They stay: nobody has ended them.
    Stay,
}

/// The state after the S-CSCF has nothing of it any more but `kept`. Another S-CSCF that serves by now keeps the user.
fn cleared(draft: &mut Draft, scscf: &Scscf, rtr: &Termination, kept: &[Pair], newer: Newer) {
    let holder = draft.record.holder();
    if holder.is_none_or(|it| it.name != scscf.name) {
        return;
    }
    let subscription = draft.record.subscription.clone();
    let mut sets: Vec<&str> = Vec::new();
    for set in rtr
        .impus
        .iter()
        .filter_map(|impu| subscription.set_of(impu))
    {
        if sets.contains(&set.key()) {
            continue;
        }
        sets.push(set.key());
        for impi in std::iter::once(&rtr.impi).chain(&rtr.associated) {
            let emergency = |pair: &Pair| pair.impi == *impi && set.covers(&pair.impu);
            let since = draft.record.pair(impi, set.key()).since;
            let stays = newer == Newer::Stay && since > rtr.version;
            if !stays && !kept.iter().any(emergency) {
                draft.leave(set, impi, Afterwards::NotRegistered);
            }
        }
    }
    draft.release_scscf_unless_needed();
}
