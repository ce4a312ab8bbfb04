//! PPR (TS 29.228 §6.2): what changed of a profile, for the S-CSCF that has it.

use diameter_codec::Flags;
use diameter_codec::cx::PushProfileRequest;
use driver::io::Io;

use super::ending::{Said, said};
use super::{Courier, MAX_UNSENT, Silence};
use crate::multimedia_auth::digest_item;
use crate::notice::{
    Content, Ending, Naming, Notice, Occasion, Part, ProfilePush, Reason, StoredNotice, Termination,
};
use crate::procedure::{Head, our_group};
use crate::record::{Change, ImpuState, Scscf, SubscriptionRecord};
use crate::server_assignment::charging_information;
use crate::store::{Identities, Store};
use crate::subscription::ImplicitRegistrationSet;

impl<I: Io, S: Store> Courier<I, S> {
    /// Brings a PPR; none: the process ends, and the next one brings it.
    pub(super) async fn push(&self, stored: &StoredNotice, ppr: &ProfilePush) -> Option<Ending> {
        let identities = Identities {
            impus: vec![ppr.set.clone()],
            ..Identities::default()
        };
        let (mut unknown, mut told) = (Vec::new(), Vec::new());
        let (mut attempt, mut unsent) = (0, 0);
        let ending = loop {
            if attempt >= self.patience().attempts || unsent >= MAX_UNSENT {
                break Ending::Unanswered;
            }
            self.pause(attempt + unsent).await;
            let record = match self.record(stored, identities.clone()).await {
                Ok(record) => record,
                Err(error) => {
                    self.store_failed(&error).await;
                    continue;
                }
            };
            let scscf = &stored.notice.scscf;
            let Some(record) = record.filter(|record| serves(scscf, record, ppr)) else {
                break Ending::Overtaken;
            };
            let Some(set) = record.subscription.set_of(&ppr.set) else {
                break Ending::Overtaken;
            };
            // DIAMETER_ERROR_USER_UNKNOWN: with another IMPI of the user (TS 29.228 §6.2.1).
            let Some(impi) = impi(&record, set, ppr, &unknown, &told) else {
                break match told.is_empty() {
                    true => Ending::Refused,
                    false => Ending::Done,
                };
            };
            let answer = match self.request_push(scscf, &record, set, ppr, impi).await {
                Ok(answer) => answer,
                Err(Silence::Unanswered) => {
                    attempt += 1;
                    continue;
                }
                Err(Silence::Unsent) => {
                    unsent += 1;
                    continue;
                }
                Err(Silence::Stopping) => return None,
            };
            match said(&answer) {
                // An S-CSCF may keep what it has by private identity: each that is registered is told.
                Said::Done | Said::ButEmergency(_) => {
                    told.push(impi.to_owned());
                    (attempt, unsent) = (0, 0);
                }
                Said::UserUnknown => unknown.push(impi.to_owned()),
                Said::TooMuchData => {
                    let rtr = server_change(&record, set, scscf);
                    self.settle(stored, identities, |draft, _| {
                        draft.push(Change::Notice(rtr.clone()));
                    })
                    .await;
                    return Some(Ending::Refused);
                }
                Said::Later => attempt += 1,
                Said::Refused => break Ending::Refused,
            }
        };
        self.settle(stored, identities, |_, _| {}).await;
        Some(ending)
    }

    async fn request_push(
        &self,
        scscf: &Scscf,
        record: &SubscriptionRecord,
        set: &ImplicitRegistrationSet,
        ppr: &ProfilePush,
        impi: &str,
    ) -> Result<diameter_codec::Message, Silence> {
        let procedures = &self.0.procedures;
        let user_data = (ppr.part == Part::Profile).then(|| set.profile(impi, None).write());
        let charging = match &ppr.part {
            Part::Profile | Part::Charging => record.subscription.charging.as_ref(),
            Part::Credentials(_) => None,
        };
        let digest = match &ppr.part {
            Part::Credentials(impi) => record.subscription.private_identity(impi),
            Part::Profile | Part::Charging => None,
        };
        let digest = digest.and_then(|identity| identity.digest.as_ref());
        let features = our_group(&procedures.policy());
        self.ask(scscf, |ids, out| {
            let request = PushProfileRequest {
                session_id: ids.session_id,
                vendor_specific_application_id: Head::APPLICATION,
                auth_session_state: Head::SESSION_STATE,
                origin_host: &procedures.origin_host,
                origin_realm: &procedures.origin_realm,
                destination_host: &scscf.host,
                destination_realm: &scscf.realm,
                user_name: impi,
                user_data: user_data.as_deref().map(str::as_bytes),
                charging_information: charging.map(charging_information),
                sip_auth_data_item: digest.and_then(digest_item),
                supported_features: (&features).into(),
                ..PushProfileRequest::default()
            };
            request.encode(ids.hop_by_hop, ids.end_to_end, Flags::PROXIABLE, out);
        })
        .await
    }
}

/// Whether `scscf` still has the set's profile.
fn serves(scscf: &Scscf, record: &SubscriptionRecord, ppr: &ProfilePush) -> bool {
    let same = record.holder().is_some_and(|it| it.name == scscf.name);
    same && record.impu_state(&ppr.set) != ImpuState::NotRegistered
}

/// User-Name: the IMPI whose credentials they are, else one that has the set registered, else any if nobody was `told`,
/// but none of `unknown`.
fn impi<'a>(
    record: &SubscriptionRecord,
    set: &'a ImplicitRegistrationSet,
    ppr: &ProfilePush,
    unknown: &[String],
    told: &[String],
) -> Option<&'a str> {
    let known = |impi: &&String| !unknown.contains(impi) && !told.contains(impi);
    let registered = |impi: &&String| record.pair(impi, set.key()).registered;
    let mut impis = set.private_identities.iter().filter(known);
    let picked = match &ppr.part {
        Part::Credentials(its) => impis.find(|impi| *impi == its),
        Part::Profile | Part::Charging => {
            let any = told.is_empty().then(|| impis.clone().next()).flatten();
            impis.find(registered).or(any)
        }
    };
    picked.map(String::as_str)
}

/// The RTR for a user whose profile is too large for the S-CSCF.
fn server_change(
    record: &SubscriptionRecord,
    set: &ImplicitRegistrationSet,
    scscf: &Scscf,
) -> Notice {
    let mut impis = record.registered_impis(set.key());
    let impi = impis
        .next()
        .or(set.private_identities.first().map(String::as_str));
    let impus: Vec<String> = set.named_impus().map(str::to_owned).collect();
    Notice {
        scscf: scscf.clone(),
        content: Content::Termination(Termination {
            impi: impi.unwrap_or_default().to_owned(),
            associated: impis.map(str::to_owned).collect(),
            of_each_set: record.subscription.one_of_each_set(&impus),
            impus,
            naming: Naming::Named,
            reason: Reason::ServerChange,
            info: None,
            occasion: Occasion::Ordered,
            version: record.version,
        }),
    }
}
