//! SAR and RTR that overtake an SAR.

use capture::Numbers;
use diameter_codec::cx::{Command, ServerAssignmentType};

use crate::check::finding::{Finding, Findings, shortened};
use crate::check::index::Index;
use crate::check::kind::Kind;
use crate::check::table::Table;
use crate::event::{Event, Outcome};

/// Requests that wait for their answers with their identities together, of each kind; one takes about 150 octets.
pub(crate) const MAX_WAITING: usize = 100_000;

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
    /// Which number it has among all requests.
    order: u64,
    /// The request and the answer to it.
    overtaken_by: Option<(String, Numbers, Numbers)>,
}

#[derive(Debug)]
struct Deregistration {
    whom: Whom,
    label: String,
    packets: Numbers,
    order: u64,
}

#[derive(Debug)]
pub(in crate::check) struct OvertakenCx {
    registrations: Table<Registration>,
    deregistrations: Table<Deregistration>,
    /// The waiting registrations of an identity; of many, the earliest are not followed.
    of_identity: Index,
    order: u64,
}

impl OvertakenCx {
    pub(in crate::check) fn new(limit: usize) -> OvertakenCx {
        OvertakenCx {
            registrations: Table::new(limit),
            deregistrations: Table::new(limit),
            of_identity: Index::default(),
            order: 0,
        }
    }

    pub(in crate::check) fn forgotten(&self) -> u64 {
        self.registrations.forgotten() + self.deregistrations.forgotten()
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
        if let Some(unanswered) = self.registrations.remove(exchange) {
            self.unname(exchange, &unanswered.whom);
        }
        for identity in whom.identities() {
            self.of_identity.add(identity, exchange);
        }
        self.order += 1;
        let weight = whom.weight();
        let registration = Registration {
            whom,
            label: named(event),
            packets: event.packets,
            order: self.order,
            overtaken_by: None,
        };
        let fallen = self
            .registrations
            .insert_weighing(exchange, registration, weight);
        for (exchange, fallen) in fallen {
            self.unname(exchange, &fallen.whom);
        }
    }

    fn deregisters(&mut self, event: &Event, whom: Whom, exchange: u64) {
        self.order += 1;
        if self.before(&whom, self.order).next().is_none() {
            return;
        }
        let weight = whom.weight();
        let deregistration = Deregistration {
            whom,
            label: named(event),
            packets: event.packets,
            order: self.order,
        };
        self.deregistrations
            .insert_weighing(exchange, deregistration, weight);
    }

    /// The waiting registrations that were sent before and are about the same.
    fn before(&self, whom: &Whom, order: u64) -> impl Iterator<Item = u64> {
        let waiting = whom
            .identities()
            .flat_map(|identity| self.of_identity.get(identity));
        waiting.copied().filter(move |waiting| {
            let waiting = self.registrations.get(*waiting);
            waiting.is_some_and(|it| it.order < order && it.whom.meets(whom))
        })
    }

    fn unname(&mut self, exchange: u64, whom: &Whom) {
        for identity in whom.identities() {
            self.of_identity.remove(identity, exchange);
        }
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
            self.unname(exchange, &this.whom);
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
            let before: Vec<u64> = self.before(&this.whom, this.order).collect();
            for before in before {
                if let Some(registration) = self.registrations.get_mut(before) {
                    registration.overtaken_by =
                        Some((this.label.clone(), this.packets, event.packets));
                }
            }
        }
    }

    fn whom<'a>(&self, impi: Option<&str>, impus: impl Iterator<Item = &'a str>) -> Whom {
        let key = |name: &str| self.registrations.key(name);
        Whom {
            impi: impi.map(key),
            impus: impus.take(MAX_IDENTITIES).map(key).collect(),
        }
    }
}

impl Whom {
    fn weight(&self) -> usize {
        1 + self.identities().count()
    }

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
