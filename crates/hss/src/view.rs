//! `/state`: registration state by subscription, without any credential.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use crate::record::{Changes, ImpuState, SubscriptionRecord};

/// Most subscriptions shown; the first in the order of their names, and then those seen.
pub const MAX_SHOWN: usize = 1_000;

/// What `/state` shows, kept up with every commit. A handle.
#[derive(Clone, Default)]
pub(crate) struct View(Rc<Shown>);

#[derive(Default)]
struct Shown {
    provisioned: Cell<usize>,
    records: RefCell<BTreeMap<String, SubscriptionRecord>>,
}

impl View {
    /// Shows `records` of `provisioned` subscriptions, and nothing else.
    pub(crate) fn show_all(&self, provisioned: usize, records: Vec<SubscriptionRecord>) {
        self.0.provisioned.set(provisioned);
        self.0.records.borrow_mut().clear();
        for record in records {
            self.show(record);
        }
    }

    /// Takes in a commit.
    pub(crate) fn note(&self, before: &SubscriptionRecord, changes: &Changes) {
        let mut record = before.clone();
        record.apply(changes);
        self.show(record);
    }

    fn show(&self, record: SubscriptionRecord) {
        let mut records = self.0.records.borrow_mut();
        if records.len() < MAX_SHOWN || records.contains_key(&record.subscription.id) {
            records.insert(record.subscription.id.clone(), record);
        }
    }

    /// As JSON.
    pub(crate) fn json(&self) -> Value {
        let records = self.0.records.borrow();
        json!({
            "provisioned": self.0.provisioned.get(),
            "shown": records.len(),
            "subscriptions": records.values().map(subscription).collect::<Vec<_>>(),
        })
    }
}

fn subscription(record: &SubscriptionRecord) -> Value {
    let identities = record.subscription.implicit_registration_sets.iter().flat_map(|set| {
        set.impus().map(|impu| {
            let pending = |impi: &&String| record.pair(impi, impu).authentication_pending;
            json!({
                "identity": impu,
                "state": state(record.impu_state(impu)),
                "registered_by": record.registered_impis(impu).collect::<Vec<_>>(),
                "authentication_pending": set.private_identities.iter().filter(pending).collect::<Vec<_>>(),
            })
        })
    });
    let impis = record
        .subscription
        .private_identities
        .iter()
        .map(|identity| &identity.impi);
    json!({
        "id": record.subscription.id,
        "scscf": record.scscf.as_ref().map(|scscf| &scscf.name),
        "registrations_held_by": record.holding.as_ref().map(|scscf| &scscf.name),
        "reassignment_pending": record.reassignment_pending,
        "private_identities": impis.collect::<Vec<_>>(),
        "public_identities": identities.collect::<Vec<_>>(),
        "backups": record.backups.len(),
    })
}

fn state(state: ImpuState) -> &'static str {
    match state {
        ImpuState::NotRegistered => "not registered",
        ImpuState::Unregistered => "unregistered",
        ImpuState::Registered => "registered",
    }
}
