//! Server-Assignment-Request (TS 29.228 §6.1.2): the S-CSCF takes a user, keeps a user, lets a user go.

mod wire;

use std::sync::Arc;

use diameter_codec::cx::ServerAssignmentType as Sat;
use user_profile::ImsSubscription;

use crate::error::{Outcome, Subject};
use crate::identity::Member;
use crate::policy::{RestorationUse, ServerNameStorage};
use crate::record::{
    Afterwards, Change, Changes, Draft, ImpuState, PairState, Scscf, SubscriptionRecord,
};
use crate::subscription::{Activation, ChargingFunctions, ImplicitRegistrationSet, Subscription};

pub(crate) use wire::{ServerAssignment, charging_information};

/// What the S-CSCF says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// User-Name.
    pub impi: Option<String>,
    /// Public-Identity, in canonical form, known, and of the IMPI; of a range's member the wildcard.
    pub impus: Vec<String>,
    /// What was asked for, where the one of `impus` is the wildcard that covers it.
    pub member: Option<Member>,
    /// Server-Name, with Origin-Host and Origin-Realm.
    pub scscf: Scscf,
    /// Server-Assignment-Type.
    pub assignment_type: Sat,
    /// User-Data-Already-Available.
    pub user_data: UserDataAtScscf,
    /// Multiple-Registration-Indication = MULTIPLE_REGISTRATION.
    pub multiple_registration: bool,
    /// SAR-Flags bit 0.
    pub pcscf_restoration: bool,
    /// The content of SCSCF-Restoration-Info.
    pub backup: Option<Vec<u8>>,
    /// Whether both sides have restoration.
    pub restoration: RestorationUse,
}

/// User-Data-Already-Available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserDataAtScscf {
    /// The S-CSCF lacks the profile.
    NotAvailable,
    /// It has it.
    AlreadyAvailable,
}

/// What it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The result.
    pub outcome: Outcome,
    /// User-Name.
    pub impi: Option<String>,
    /// User-Data.
    pub user_data: Option<ImsSubscription>,
    /// Charging-Information.
    pub charging: Option<ChargingFunctions>,
    /// Associated-Identities: the subscription's other IMPIs.
    pub associated: Vec<String>,
    /// Associated-Registered-Identities: IMPIs that have the IMPU registered, where they are several.
    pub associated_registered: Vec<String>,
    /// SCSCF-Restoration-Info, content as it was received.
    pub backups: Vec<Vec<u8>>,
    /// Server-Name, with [`Outcome::IdentityAlreadyRegistered`].
    pub server_name: Option<String>,
    /// Wildcarded-Public-Identity: what covers the identity that was asked for.
    pub wildcard: Option<String>,
}

impl Answer {
    /// An answer with nothing but its result.
    pub fn only(outcome: Outcome) -> Self {
        Self {
            outcome,
            impi: None,
            user_data: None,
            charging: None,
            associated: Vec::new(),
            associated_registered: Vec::new(),
            backups: Vec::new(),
            server_name: None,
            wildcard: None,
        }
    }
}

/// The clause's steps from the number of identities on.
pub fn decide(
    record: &SubscriptionRecord,
    request: &Request,
    server_name: ServerNameStorage,
) -> (Changes, Answer) {
    let subscription = Arc::clone(&record.subscription);
    let mut procedure = Procedure {
        subscription: &subscription,
        draft: Draft::new(record),
        request,
    };
    let answer = match request.assignment_type {
        Sat::REGISTRATION | Sat::RE_REGISTRATION => procedure.registration(),
        Sat::UNREGISTERED_USER => procedure.unregistered_user(),
        Sat::NO_ASSIGNMENT => procedure.no_assignment(),
        Sat::TIMEOUT_DEREGISTRATION
        | Sat::USER_DEREGISTRATION
        | Sat::ADMINISTRATIVE_DEREGISTRATION
        | Sat::DEREGISTRATION_TOO_MUCH_DATA => procedure.deregistration(Afterwards::NotRegistered),
        Sat::TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME
        | Sat::USER_DEREGISTRATION_STORE_SERVER_NAME => {
            match server_name {
                ServerNameStorage::Keep => procedure.deregistration(Afterwards::Unregistered),
                ServerNameStorage::Forget => procedure
                    .deregistration(Afterwards::NotRegistered)
                    .map(|answer| Answer {
                        outcome: Outcome::ServerNameNotStored,
                        ..answer
                    }),
            }
        }
        Sat::AUTHENTICATION_FAILURE | Sat::AUTHENTICATION_TIMEOUT => {
            procedure.authentication_failed()
        }
        _ => Err(Answer::only(Outcome::InvalidAvpValue(
            Subject::ServerAssignmentType,
        ))),
    };
    match answer {
        Ok(answer) => (procedure.draft.finish(), answer),
        Err(refusal) => (record.no_changes(), refusal),
    }
}

fn is_by_user(assignment: Sat) -> bool {
    matches!(
        assignment,
        Sat::USER_DEREGISTRATION | Sat::USER_DEREGISTRATION_STORE_SERVER_NAME
    )
}

/// A refusal changes nothing.
type Decided = Result<Answer, Answer>;

struct Procedure<'a> {
    subscription: &'a Subscription,
    draft: Draft,
    request: &'a Request,
}

impl<'a> Procedure<'a> {
    /// REGISTRATION, RE_REGISTRATION.
    fn registration(&mut self) -> Decided {
        let set = self.one_set()?;
        let impi = self.impi()?;
        let impu = self.request.impus[0].as_str();
        if set.is_psi() {
            return Err(Answer::only(Outcome::InAssignmentType));
        }
        let version = self.draft.record.version;
        let is_again = self.request.assignment_type == Sat::RE_REGISTRATION;
        // What is registered still is no other registration by being said again.
        let since = |state: PairState| match is_again && state.registered {
            true => state.since,
            false => version,
        };
        // Who holds the registrations may say what it holds, while another only challenges.
        if self.is_from_holder() && is_again {
            self.draft.set_pairs(set, impi, |state| PairState {
                registered: true,
                since: since(state),
                ..state
            });
            self.store_backup(set, impi);
            return Ok(self.answer(set, Some(impi)));
        }
        self.check_scscf()?;
        self.take_over(Some((impi, set)));
        let registered = self.draft.record.pair(impi, impu).registered;
        let backup = self.backup(set, impi);
        // The S-CSCF lost other flows of the pair: it gets them back, merges, and comes again.
        if self.request.assignment_type == Sat::REGISTRATION
            && self.request.multiple_registration
            && self.request.restoration == RestorationUse::InUse
            && registered
            && let Some(backup) = backup
            // A SAR sent again finds its own first copy, which is not another registration.
            && self.request.backup.as_ref() != Some(&backup)
        {
            // The name was taken or is the same; the pair stays as it is until the second SAR.
            self.draft.assign(&self.request.scscf);
            return Ok(Answer {
                outcome: Outcome::InAssignmentType,
                backups: vec![backup],
                ..self.answer(set, Some(impi))
            });
        }
        self.draft.assign(&self.request.scscf);
        self.draft.set_pairs(set, impi, |state| PairState {
            registered: true,
            authentication_pending: false,
            since: since(state),
        });
        self.draft.clear_unregistered(set);
        self.store_backup(set, impi);
        Ok(self.answer(set, Some(impi)))
    }

    /// Keeps what the S-CSCF wants back after a failure of its own.
    fn store_backup(&mut self, set: &ImplicitRegistrationSet, impi: &str) {
        if self.request.restoration == RestorationUse::InUse && self.request.backup.is_some() {
            self.draft
                .set_backup(set, impi, self.request.backup.as_deref());
        }
    }

    /// UNREGISTERED_USER.
    fn unregistered_user(&mut self) -> Decided {
        let set = self.one_set()?;
        let impu = self.request.impus[0].as_str();
        let impi = self.some_impi(set);
        self.check_scscf()?;
        if self.draft.record.impu_state(impu) == ImpuState::Registered {
            if self.request.restoration == RestorationUse::InUse {
                self.take_over(None);
            }
            match self.request.restoration {
                RestorationUse::NotInUse => return Err(Answer::only(Outcome::InAssignmentType)),
                RestorationUse::InUse if self.request.pcscf_restoration => {
                    for impi in &set.private_identities {
                        self.draft.leave(set, impi, Afterwards::Unregistered);
                    }
                    self.draft.set_unregistered(set);
                    self.draft.assign(&self.request.scscf);
                    return Ok(self.answer(set, impi));
                }
                RestorationUse::InUse => {
                    self.draft.assign(&self.request.scscf);
                    let backups = self.backups(set);
                    return Ok(Answer {
                        backups,
                        ..self.answer(set, impi)
                    });
                }
            }
        }
        self.take_over(None);
        self.draft.assign(&self.request.scscf);
        self.draft.set_unregistered(set);
        Ok(self.answer(set, impi))
    }

    /// The S-CSCF that asks serves from now on, and the one that held the registrations is told so. One S-CSCF serves
    /// all identities of a subscription: what is registered besides `new` is so no more, unless it is restored there.
    fn take_over(&mut self, new: Option<(&str, &ImplicitRegistrationSet)>) {
        let Some(old) = self.draft.record.holding.clone() else {
            return;
        };
        self.draft.set_holding(None);
        if old.name == self.request.scscf.name {
            return;
        }
        for set in &self.subscription.implicit_registration_sets {
            for impi in &set.private_identities {
                if let Some(notice) = self.draft.record.replaced(&old, impi, set) {
                    self.draft.push(Change::Notice(notice));
                }
                let is_new = new.is_some_and(|(by, of)| by == impi && of.key() == set.key());
                let record = &self.draft.record;
                let was_held = record.pair(impi, set.key()).registered
                    || record.unregistered.contains(set.key());
                let is_restored = self.request.restoration == RestorationUse::InUse
                    && self.backup(set, impi).is_some();
                if was_held && !is_new && !is_restored {
                    self.draft.leave(set, impi, Afterwards::NotRegistered);
                }
            }
        }
    }

    /// NO_ASSIGNMENT: reading, for the S-CSCF that is assigned.
    fn no_assignment(&mut self) -> Decided {
        let set = self.one_set()?;
        let record = &self.draft.record;
        let assigned = record
            .scscf
            .as_ref()
            .is_some_and(|stored| stored.name == self.request.scscf.name);
        if !assigned && !record.reassignment_pending {
            return Err(Answer::only(Outcome::UnableToComply));
        }
        let impi = self.some_impi(set);
        let backups = match self.request.restoration {
            RestorationUse::InUse => self.backups(set),
            RestorationUse::NotInUse => Vec::new(),
        };
        Ok(Answer {
            backups,
            ..self.answer(set, impi)
        })
    }

    /// The deregistrations: of every IMPU named, or of all that the IMPI has.
    fn deregistration(&mut self, afterwards: Afterwards) -> Decided {
        let sets = self.sets()?;
        if !self.is_from_holder() {
            self.check_scscf()?;
        }
        let holding = self.draft.record.holding.clone();
        if let Some(holder) = holding.filter(|_| !self.is_from_holder()) {
            // Who asks has challenged, and holds nothing. A user who left there leaves; else nothing has happened.
            if !is_by_user(self.request.assignment_type) {
                return self.given_back();
            }
            for set in &sets {
                let leaves =
                    |impi: &&String| self.request.impi.as_ref().is_none_or(|by| by == *impi);
                for impi in set.private_identities.iter().filter(leaves) {
                    if let Some(notice) = self.draft.record.replaced(&holder, impi, set) {
                        self.draft.push(Change::Notice(notice));
                    }
                }
            }
            self.draft.give_back();
        }
        for set in sets {
            match &self.request.impi {
                Some(impi) => self.draft.leave(set, impi, afterwards),
                None => set
                    .private_identities
                    .iter()
                    .for_each(|impi| self.draft.leave(set, impi, afterwards)),
            }
        }
        self.draft.release_scscf_unless_needed();
        Ok(Answer {
            impi: self.request.impi.clone(),
            ..Answer::only(Outcome::Success)
        })
    }

    /// Nobody registered at the S-CSCF that asks, and the one that holds the registrations serves again.
    fn given_back(&mut self) -> Decided {
        self.draft.give_back();
        Ok(Answer {
            impi: self.request.impi.clone(),
            ..Answer::only(Outcome::Success)
        })
    }

    fn is_from_holder(&self) -> bool {
        let holder = self.draft.record.holding.as_ref();
        holder.is_some_and(|holder| holder.name == self.request.scscf.name)
    }

    /// AUTHENTICATION_FAILURE, AUTHENTICATION_TIMEOUT.
    fn authentication_failed(&mut self) -> Decided {
        let set = self.one_set()?;
        let impi = self.impi()?;
        self.check_scscf()?;
        self.draft.set_pairs(set, impi, |state| PairState {
            authentication_pending: false,
            ..state
        });
        // The registered state is untouched (TS 29.228 §6.1.2), and so is who holds it.
        self.draft.give_back();
        self.draft.release_scscf_unless_needed();
        Ok(Answer {
            impi: Some(impi.to_owned()),
            ..Answer::only(Outcome::Success)
        })
    }

    /// Another S-CSCF may come only while its predecessor's reassignment is pending (restoration).
    fn check_scscf(&self) -> Result<(), Answer> {
        let record = &self.draft.record;
        match &record.scscf {
            Some(stored)
                if stored.name != self.request.scscf.name && !record.reassignment_pending =>
            {
                Err(Answer {
                    server_name: Some(stored.name.clone()),
                    ..Answer::only(Outcome::IdentityAlreadyRegistered)
                })
            }
            _ => Ok(()),
        }
    }

    /// The set of the one Public-Identity that the type takes.
    fn one_set(&self) -> Result<&'a ImplicitRegistrationSet, Answer> {
        match self.request.impus.as_slice() {
            [] => Err(Answer::only(Outcome::MissingAvp(Subject::PublicIdentity))),
            [impu] => self.set_of(impu),
            _ => Err(Answer::only(Outcome::OccursTooManyTimes(
                Subject::PublicIdentity,
            ))),
        }
    }

    /// The sets that a deregistration is about, each once.
    fn sets(&self) -> Result<Vec<&'a ImplicitRegistrationSet>, Answer> {
        let mut sets: Vec<&ImplicitRegistrationSet> = Vec::new();
        match (self.request.impus.as_slice(), &self.request.impi) {
            ([], None) => return Err(Answer::only(Outcome::MissingAvp(Subject::UserName))),
            ([], Some(impi)) => sets.extend(self.subscription.sets_of_impi(impi)),
            (impus, _) => {
                for impu in impus {
                    let set = self.set_of(impu)?;
                    if !sets.iter().any(|held| held.key() == set.key()) {
                        sets.push(set);
                    }
                }
            }
        }
        Ok(sets)
    }

    fn set_of(&self, impu: &str) -> Result<&'a ImplicitRegistrationSet, Answer> {
        match self.subscription.set_of(impu) {
            Some(set) if set.is_psi() && set.activation == Activation::Inactive => {
                Err(Answer::only(Outcome::UserUnknown))
            }
            Some(set) => Ok(set),
            None => Err(Answer::only(Outcome::UserUnknown)),
        }
    }

    fn impi(&self) -> Result<&'a str, Answer> {
        self.request
            .impi
            .as_deref()
            .ok_or(Answer::only(Outcome::MissingAvp(Subject::UserName)))
    }

    /// User-Name, or an IMPI of the set: the HSS may pick any, and picks one that is registered.
    fn some_impi(&self, set: &'a ImplicitRegistrationSet) -> Option<&'a str> {
        let registered = |impi: &&String| self.draft.record.pair(impi, set.key()).registered;
        let picked = set
            .private_identities
            .iter()
            .find(registered)
            .or(set.private_identities.first());
        self.request.impi.as_deref().or(picked.map(String::as_str))
    }

    fn backup(&self, set: &ImplicitRegistrationSet, impi: &str) -> Option<Vec<u8>> {
        self.draft
            .record
            .backups
            .get(&crate::record::Pair::new(impi, set.key()))
            .cloned()
    }

    /// The backups of all IMPIs that have the set registered.
    fn backups(&self, set: &ImplicitRegistrationSet) -> Vec<Vec<u8>> {
        set.private_identities
            .iter()
            .filter_map(|impi| self.backup(set, impi))
            .collect()
    }

    /// Success with the profile, and what goes with it (requirement C08).
    fn answer(&self, set: &ImplicitRegistrationSet, impi: Option<&str>) -> Answer {
        let wanted = self.request.user_data == UserDataAtScscf::NotAvailable;
        let registered: Vec<String> = self
            .draft
            .record
            .registered_impis(set.key())
            .map(str::to_owned)
            .collect();
        let others = self
            .subscription
            .private_identities
            .iter()
            .map(|identity| &identity.impi);
        Answer {
            impi: impi.map(str::to_owned),
            user_data: wanted
                .then(|| set.profile(impi.unwrap_or_default(), self.request.member.as_ref())),
            wildcard: self
                .request
                .member
                .as_ref()
                .map(|member| member.wildcard.clone()),
            charging: self.subscription.charging.clone().filter(|_| wanted),
            associated: others
                .filter(|other| Some(other.as_str()) != impi)
                .cloned()
                .collect(),
            associated_registered: if registered.len() > 1 {
                registered
            } else {
                Vec::new()
            },
            ..Answer::only(Outcome::Success)
        }
    }
}
