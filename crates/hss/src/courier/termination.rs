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
use crate::record::{Afterwards, Draft, Pair, Scscf, SubscriptionRecord};
use crate::store::{Identities, Store};

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
            let meant = match self.record(stored, identities.clone()).await {
                Ok(record) => Meant::of(record.as_ref(), scscf, rtr),
                // Whether the user came back is not known: nothing may be said until it is.
                Err(error) => {
                    self.store_failed(&error).await;
                    continue;
                }
            };
            let Some((impi, associated)) = meant.impis.split_first() else {
                self.settle(stored, identities, |_, _| {}).await;
                return Some(Ending::Overtaken);
            };
            let named = named(rtr, &meant, attempt);
            attempt += 1;
            let answer = match self.request(scscf, rtr, impi, associated, named).await {
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
            self.settle(stored, identities, |draft, answered_at| {
                // What was decided on that version came after the answer.
                cleared(draft, scscf, &meant, &kept, answered_at - 1);
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
            Unanswered::Keep => self.settle(stored, identities, |_, _| {}).await,
            Unanswered::Clear => {
                let meant = Meant::all(rtr);
                self.settle(stored, identities, |draft, _| {
                    cleared(draft, scscf, &meant, &[], rtr.version);
                })
                .await;
            }
        }
    }

    async fn request(
        &self,
        scscf: &Scscf,
        rtr: &Termination,
        impi: &str,
        associated: &[&str],
        named: &[&str],
    ) -> Result<diameter_codec::Message, Silence> {
        let procedures = &self.0.procedures;
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
                user_name: impi,
                associated_identities: (!associated.is_empty()).then(|| AssociatedIdentities {
                    user_name: associated.into(),
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

/// The identities that an RTR still means.
///
/// Who has registered there anew since it was decided the HSS itself has let in again: an RTR that comes late, or a second
/// time because nobody heard the answer to the first, would end what is not its subject, and no phone would hear of it.
struct Meant<'a> {
    /// None: it is overtaken.
    impis: Vec<&'a str>,
    impus: Vec<&'a str>,
    /// One of them for each set.
    of_each_set: Vec<&'a str>,
    /// Whether that is all that these private identities have registered.
    is_all: bool,
}

impl<'a> Meant<'a> {
    fn all(rtr: &'a Termination) -> Self {
        let impis = std::iter::once(&rtr.impi).chain(&rtr.associated);
        Self {
            impis: impis.map(String::as_str).collect(),
            impus: rtr.impus.iter().map(String::as_str).collect(),
            of_each_set: rtr.of_each_set.iter().map(String::as_str).collect(),
            is_all: true,
        }
    }

    fn of(record: Option<&SubscriptionRecord>, scscf: &Scscf, rtr: &'a Termination) -> Self {
        let mut meant = Self::all(rtr);
        let serves = |record: &&SubscriptionRecord| {
            let holder = record.holder();
            holder.is_some_and(|it| it.name == scscf.name)
        };
        let Some(record) = record.filter(serves) else {
            return meant;
        };
        // The S-CSCF that was replaced holds nothing but what came after.
        let is_new = |impi: &str, impu: &str| {
            let pair = record.pair(impi, impu);
            pair.registered && (rtr.occasion == Occasion::Replaced || pair.since > rtr.version)
        };
        let (impis, impus) = (meant.impis.clone(), meant.impus.clone());
        let came_back = |impi: &&str| {
            let mut registered = impus
                .iter()
                .filter(|impu| record.pair(impi, impu).registered);
            let any = registered.clone().next().is_some();
            any && registered.all(|impu| is_new(impi, impu))
        };
        meant.impis.retain(|impi| !came_back(impi));
        let is_over = |impu: &&str| !impis.iter().all(|impi| is_new(impi, impu));
        meant.impus.retain(is_over);
        meant.of_each_set.retain(is_over);
        let subscription = &record.subscription;
        let sets = meant
            .impus
            .iter()
            .filter_map(|impu| subscription.set_of(impu));
        let keys: Vec<&str> = sets.map(|set| set.key()).collect();
        let is_meant = |impu: &str| {
            let set = subscription.set_of(impu);
            set.is_some_and(|set| keys.contains(&set.key()))
        };
        let mut registered = record.pairs.iter().filter(|(_, state)| state.registered);
        meant.is_all = registered
            .all(|(pair, _)| !meant.impis.contains(&pair.impi.as_str()) || is_meant(&pair.impu));
        meant
    }
}

/// The IMPUs of `meant` that attempt number `attempt` names. An S-CSCF that gives no answer to an RTR with the IMPI alone,
/// as one well-known make does, may answer to one with the IMPUs. Of too many one for each set is named, which ends as one
/// (TS 24.229 §5.4.1.5): never none, which would be about all.
fn named<'a>(rtr: &Termination, meant: &'a Meant<'_>, attempt: u32) -> &'a [&'a str] {
    let named = rtr.naming == Naming::Named || attempt > 0 || !meant.is_all;
    if !named {
        &[]
    } else if meant.impus.len() <= MAX_IMPUS || meant.of_each_set.is_empty() {
        &meant.impus
    } else {
        &meant.of_each_set
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

/// The state after the S-CSCF has nothing of it any more but `kept`, and what registered after version `until` of the
/// record: nobody has ended that. Another S-CSCF that serves by now keeps the user.
fn cleared(draft: &mut Draft, scscf: &Scscf, meant: &Meant<'_>, kept: &[Pair], until: i64) {
    let holder = draft.record.holder();
    if holder.is_none_or(|it| it.name != scscf.name) {
        return;
    }
    let subscription = draft.record.subscription.clone();
    let mut sets: Vec<&str> = Vec::new();
    for set in meant
        .impus
        .iter()
        .filter_map(|impu| subscription.set_of(impu))
    {
        if sets.contains(&set.key()) {
            continue;
        }
        sets.push(set.key());
        for impi in &meant.impis {
            let emergency = |pair: &Pair| pair.impi == *impi && set.covers(&pair.impu);
            let since = draft.record.pair(impi, set.key()).since;
            let stays = since > until;
            if !stays && !kept.iter().any(emergency) {
                draft.leave(set, impi, Afterwards::NotRegistered);
            }
        }
    }
    draft.release_scscf_unless_needed();
}
