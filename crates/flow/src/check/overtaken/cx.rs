//! SAR and RTR that overtake an SAR.

use capture::Numbers;
use diameter_codec::cx::{Command, ServerAssignmentType};

use crate::check::finding::{Finding, Findings, shortened};
use crate::check::kind::Kind;
use crate::check::table::Table;
use crate::event::{Event, Outcome};

/// Requests that wait for their answers, of each kind, and users of whom one waits; one takes about 200 octets.
pub(crate) const MAX_WAITING: usize = 20_000;

/// Registrations of one user that wait at one time; of more, the earliest are not followed.
const MAX_OF_A_USER: usize = 8;

/// Public identities of a request that are compared.
const MAX_IDENTITIES: usize = 64;

/// Whom a request is about.
#[derive(Debug, Clone)]
struct Whom {
    impi: Option<u64>,
    /// None means all that the private identity has.
    impus: Vec<u64>,
}

#[derive(Debug)]
struct Registration {
    whom: Whom,
    label: String,
    packets: Numbers,
    /// The request and the answer to it.
    overtaken_by: Option<(String, Numbers, Numbers)>,
}

#[derive(Debug)]
struct Deregistration {
    whom: Whom,
    label: String,
    packets: Numbers,
    /// The registrations that were sent before it and wait.
    before: Vec<u64>,
}

#[derive(Debug)]
pub(in crate::check) struct OvertakenCx {
    registrations: Table<Registration>,
    deregistrations: Table<Deregistration>,
    /// The waiting registrations of an identity.
    of_identity: Table<Vec<u64>>,
}

impl OvertakenCx {
    pub(in crate::check) fn new(limit: usize) -> OvertakenCx {
        OvertakenCx {
            registrations: Table::new(limit),
            deregistrations: Table::new(limit),
            of_identity: Table::new(limit),
        }
    }

    pub(in crate::check) fn forgotten(&self) -> u64 {
        self.registrations.forgotten()
            + self.deregistrations.forgotten()
            + self.of_identity.forgotten()
    }

    /// Takes a request that is no retransmission; `exchange` is its key.
    pub(in crate::check) fn request(
        &mut self,
        event: &Event,
        command: &Command<'_>,
        exchange: u64,
    ) {
        match command {
            Command::ServerAssignmentRequest(sar) => {
                let whom = self.whom(sar.user_name, sar.public_identity.iter());
                match effect(sar.server_assignment_type) {
                    Effect::Registers => self.registers(event, whom, exchange),
                    Effect::Deregisters => self.deregisters(event, whom, exchange),
                    Effect::Neither => {}
                }
            }
            Command::RegistrationTerminationRequest(rtr) => {
                let whom = self.whom(Some(rtr.user_name), rtr.public_identity.iter());
                self.deregisters(event, whom, exchange);
            }
            _ => {}
        }
    }

    fn registers(&mut self, event: &Event, whom: Whom, exchange: u64) {
        for identity in whom.identities() {
            if self.of_identity.touch(identity).is_none() {
                self.of_identity.insert(identity, Vec::new());
            }
            let waiting = self.of_identity.get_mut(identity);
            let waiting = waiting.expect("is there or was put there");
            if waiting.len() == MAX_OF_A_USER {
                waiting.remove(0);
            }
            waiting.push(exchange);
        }
        let registration = Registration {
            whom,
            label: named(event),
            packets: event.packets,
            overtaken_by: None,
        };
        self.registrations.insert(exchange, registration);
    }

    fn deregisters(&mut self, event: &Event, whom: Whom, exchange: u64) {
        let mut before: Vec<u64> = whom
            .identities()
            .filter_map(|identity| self.of_identity.get(identity))
            .flatten()
            .copied()
            .collect();
        before.sort_unstable();
        before.dedup();
        before.retain(|waiting| {
            let waiting = self.registrations.get(*waiting);
            waiting.is_some_and(|waiting| waiting.whom.meets(&whom))
        });
        if before.is_empty() {
            return;
        }
        let deregistration = Deregistration {
            whom,
            label: named(event),
            packets: event.packets,
            before,
        };
        self.deregistrations.insert(exchange, deregistration);
    }

    /// Takes the first answer to a request.
    pub(in crate::check) fn answer(
        &mut self,
        event: &Event,
        exchange: u64,
        findings: &mut Findings,
    ) {
        let succeeded = event.outcome == Outcome::Success;
        if let Some(this) = self.registrations.remove(exchange) {
            for identity in this.whom.identities() {
                let waiting = self.of_identity.get_mut(identity);
                let is_last = waiting.is_some_and(|waiting| {
                    waiting.retain(|&waiting| waiting != exchange);
                    waiting.is_empty()
                });
                if is_last {
                    self.of_identity.remove(identity);
                }
            }
            if let Some((label, packets, answered)) = this.overtaken_by
                && succeeded
            {
                let text = format!(
                    "confirms {} of packet {} after {label} of packet {packets}, which was sent later and answered \
                     in packet {answered}",
                    this.label, this.packets
                );
                findings.add(Finding::about(event, Kind::Overtaken, text));
            }
        } else if let Some(this) = self.deregistrations.remove(exchange)
            && succeeded
        {
            for before in this.before {
                if let Some(registration) = self.registrations.get_mut(before)
                    && registration.whom.meets(&this.whom)
                {
                    registration.overtaken_by =
                        Some((this.label.clone(), this.packets, event.packets));
                }
            }
        }
    }

    fn whom<'a>(&self, impi: Option<&str>, impus: impl Iterator<Item = &'a str>) -> Whom {
        let key = |name: &str| self.of_identity.key(name);
        Whom {
            impi: impi.map(key),
            impus: impus.take(MAX_IDENTITIES).map(key).collect(),
        }
    }
}

impl Whom {
    fn identities(&self) -> impl Iterator<Item = u64> {
        self.impi.into_iter().chain(self.impus.iter().copied())
    }

    /// Whether one registration can be about both.
    fn meets(&self, other: &Whom) -> bool {
        let same_impi = match (self.impi, other.impi) {
            (Some(this), Some(that)) => this == that,
            _ => true,
        };
        let shared = |impu| other.impus.contains(impu);
        let no_impu = self.impus.is_empty() || other.impus.is_empty();
        same_impi && (no_impu || self.impus.iter().any(shared))
    }
}

enum Effect {
    Registers,
    Deregisters,
    Neither,
}

/// TS 29.229 §6.3.15.
fn effect(kind: ServerAssignmentType) -> Effect {
    match kind {
        ServerAssignmentType::REGISTRATION
        | ServerAssignmentType::RE_REGISTRATION
        | ServerAssignmentType::UNREGISTERED_USER => Effect::Registers,
        ServerAssignmentType::TIMEOUT_DEREGISTRATION
        | ServerAssignmentType::USER_DEREGISTRATION
        | ServerAssignmentType::TIMEOUT_DEREGISTRATION_STORE_SERVER_NAME
        | ServerAssignmentType::USER_DEREGISTRATION_STORE_SERVER_NAME
        | ServerAssignmentType::ADMINISTRATIVE_DEREGISTRATION
        | ServerAssignmentType::DEREGISTRATION_TOO_MUCH_DATA => Effect::Deregisters,
        _ => Effect::Neither,
    }
}

/// `SAR REGISTRATION`
fn named(event: &Event) -> String {
    shortened(&format!("{} {}", event.label, event.detail))
}
