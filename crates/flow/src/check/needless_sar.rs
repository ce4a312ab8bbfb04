//! SARs that tell the HSS what it has just confirmed.
//!
//! The registration backup of a pair (IMPI, IMPU) is what an SAR's SCSCF-Restoration-Info carries (TS 29.228 §6.1.2).
//! A refresh that changes nothing of it needs no SAR, and a second SAR is needed only where the HSS's answer brought
//! more than was sent. An S-CSCF without backup may tell each re-registration (TS 24.229 §5.4.1.2.2, TS 23.228
//! §5.2.2.4), and is not judged. So an SAR is *needless* where all of this holds:
//!
//! 1. Its type is REGISTRATION or RE_REGISTRATION, and it says that the profile is there (User-Data-Already-Available):
//!    one that asks for the profile has a reason.
//! 2. An SAR of one of these types, of the same S-CSCF (Server-Name) for the same private and public identities, was
//!    answered with success before.
//! 3. It carries the backup that the HSS has since then: the one in that answer, or where there was none the one in
//!    that SAR.
//! 4. Nothing happened to any of these identities since: no SAR of another type, of another S-CSCF, of another backup
//!    or refused, no RTR, no PPR, no MAR of another S-CSCF.
//! 5. It has no T flag: then it is a retransmission.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use capture::Numbers;
use diameter_codec::cx::{
    self, Command, PushProfileRequest, RegistrationTerminationRequest, ServerAssignmentRequest,
    ServerAssignmentType, UserDataAlreadyAvailable,
};
use diameter_codec::{Avp, DataType, Flags, Message, definition};

use super::finding::{Finding, Findings};
use super::kind::Kind;
use super::table::Table;
use crate::event::{Event, Outcome};

/// Pairs and identities that are remembered at one time, of each, and of waiting SARs with their identities together;
/// one takes about 100 octets.
pub(crate) const MAX_ASSIGNMENTS: usize = 100_000;

/// Public identities of one SAR that are remembered; an SAR with more is not judged.
const MAX_IDENTITIES: usize = 64;

/// Groups in groups whose order of AVPs makes no difference; deeper ones are compared as they came.
const MAX_DEPTH: usize = 8;

/// An SAR that registers.
#[derive(Debug, Clone)]
struct Assignment {
    pair: u64,
    /// Of the private identity and the public ones.
    identities: Vec<u64>,
    server: u64,
    backup: Option<u64>,
}

/// What the HSS has.
#[derive(Debug)]
struct Confirmed {
    server: u64,
    backup: Option<u64>,
    packets: Numbers,
    /// Which number it has among all that happened.
    order: u64,
}

#[derive(Debug)]
pub(super) struct NeedlessSar {
    waiting: Table<Assignment>,
    confirmed: Table<Confirmed>,
    /// When something happened to an identity.
    disturbed: Table<u64>,
    order: u64,
    /// Of what was confirmed before, it is not known whether it was disturbed.
    known_since: u64,
}

impl NeedlessSar {
    pub(super) fn new(limit: usize) -> NeedlessSar {
        NeedlessSar {
            waiting: Table::new(limit),
            confirmed: Table::new(limit),
            disturbed: Table::new(limit),
            order: 0,
            known_since: 0,
        }
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.waiting.forgotten() + self.confirmed.forgotten() + self.disturbed.forgotten()
    }

    /// Takes a request that is no retransmission; `exchange` is its key.
    pub(super) fn request(
        &mut self,
        event: &Event,
        message: &Message,
        command: &Command<'_>,
        exchange: u64,
        findings: &mut Findings,
    ) {
        match command {
            Command::ServerAssignmentRequest(sar) => {
                self.assignment(event, message, sar, exchange, findings);
            }
            Command::RegistrationTerminationRequest(RegistrationTerminationRequest {
                user_name,
                public_identity,
                ..
            }) => {
                self.disturb([*user_name]);
                self.disturb(public_identity.iter());
            }
            Command::PushProfileRequest(PushProfileRequest { user_name, .. }) => {
                self.disturb([*user_name]);
            }
            Command::MultimediaAuthRequest(mar) => {
                let pair = self.pair(mar.user_name, [mar.public_identity].into_iter());
                let server = self.confirmed.key(mar.server_name);
                if self
                    .confirmed
                    .get(pair)
                    .is_some_and(|known| known.server != server)
                {
                    self.disturb([mar.user_name, mar.public_identity]);
                }
            }
            _ => {}
        }
    }

    fn assignment(
        &mut self,
        event: &Event,
        message: &Message,
        sar: &ServerAssignmentRequest<'_>,
        exchange: u64,
        findings: &mut Findings,
    ) {
        let registers = [
            ServerAssignmentType::REGISTRATION,
            ServerAssignmentType::RE_REGISTRATION,
        ]
        .contains(&sar.server_assignment_type);
        let (Some(impi), true) = (sar.user_name, registers) else {
            self.disturb(sar.user_name);
            self.disturb(sar.public_identity.iter());
            return;
        };
        if sar.public_identity.len() > MAX_IDENTITIES {
            self.disturb([impi]);
            return;
        }
        let impus = sar.public_identity.iter();
        let names = impus.clone().chain([impi]);
        let this = Assignment {
            pair: self.pair(impi, impus),
            identities: names.map(|name| self.disturbed.key(name)).collect(),
            server: self.confirmed.key(sar.server_name),
            backup: backup(message),
        };
        let asks_for_profile =
            sar.user_data_already_available == UserDataAlreadyAvailable::USER_DATA_NOT_AVAILABLE;
        let known = self.confirmed.get(this.pair);
        let known = known
            .filter(|it| it.server == this.server && it.backup == this.backup)
            .filter(|it| it.backup.is_some())
            .filter(|it| self.is_undisturbed(it.order, &this.identities));
        match known {
            Some(known)
                if !asks_for_profile && !message.header().flags.contains(Flags::RETRANSMITTED) =>
            {
                let packets = known.packets;
                let text = format!(
                    "tells the HSS what it confirmed in packet {packets}, with the backup that it has"
                );
                findings.add(Finding::about(event, Kind::NeedlessSar, text));
            }
            Some(_) => {}
            // Until it is answered, nobody knows what the HSS has.
            None => {
                self.confirmed.remove(this.pair);
            }
        }
        let weight = 1 + this.identities.len();
        self.waiting.insert_weighing(exchange, this, weight);
    }

    fn is_undisturbed(&self, since: u64, identities: &[u64]) -> bool {
        let later = |identity: &u64| {
            let at = self.disturbed.get(*identity);
            at.is_some_and(|&at| at > since)
        };
        since >= self.known_since && !identities.iter().any(later)
    }

    /// Takes the first answer to a request.
    pub(super) fn answer(
        &mut self,
        event: &Event,
        message: &Message,
        command: Option<&Command<'_>>,
        exchange: u64,
    ) {
        let Some(asked) = self.waiting.remove(exchange) else {
            return;
        };
        let succeeded = event.outcome == Outcome::Success;
        if let Some(Command::ServerAssignmentAnswer(_)) = command
            && succeeded
        {
            self.order += 1;
            let confirmed = Confirmed {
                server: asked.server,
                backup: backup(message).or(asked.backup),
                packets: event.packets,
                order: self.order,
            };
            self.confirmed.insert(asked.pair, confirmed);
        } else {
            for identity in asked.identities {
                self.disturb_hashed(identity);
            }
        }
    }

    fn pair<'a>(&self, impi: &str, impus: impl Iterator<Item = &'a str>) -> u64 {
        let mut impus: Vec<&str> = impus.collect();
        impus.sort_unstable();
        self.confirmed.key((impi, impus))
    }

    fn disturb<'a>(&mut self, identities: impl IntoIterator<Item = &'a str>) {
        for identity in identities {
            let identity = self.disturbed.key(identity);
            self.disturb_hashed(identity);
        }
    }

    fn disturb_hashed(&mut self, identity: u64) {
        self.order += 1;
        if let Some((_, forgotten)) = self.disturbed.insert(identity, self.order) {
            self.known_since = self.known_since.max(forgotten);
        }
    }
}

/// What stands for the backup in a message, whatever the order of its AVPs.
fn backup(message: &Message) -> Option<u64> {
    let backup = message.find(cx::avp::SCSCF_RESTORATION_INFO)?;
    Some(content(&backup, MAX_DEPTH))
}

fn content(avp: &Avp<'_>, depth: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    avp.code.hash(&mut hasher);
    let is_group = definition(avp.code).is_some_and(|it| it.data == DataType::Grouped);
    if is_group && depth > 0 {
        let mut members: Vec<u64> = avp.group().map(|it| content(&it, depth - 1)).collect();
        members.sort_unstable();
        members.hash(&mut hasher);
    } else {
        avp.data.hash(&mut hasher);
    }
    hasher.finish()
}
