//! Subscribers that the tests are about.
#![allow(dead_code, reason = "each test takes what it needs")]

use hss::record::{Change, Changes, Pair, PairState, Scscf, SubscriptionRecord};
use hss::subscriber_file;
use hss::subscription::Subscription;

pub(crate) const A1: &str = "a1@home.example";
pub(crate) const A2: &str = "a2@home.example";
/// The default identity of the set that A1 and A2 share.
pub(crate) const ALICE: &str = "sip:alice@home.example";
/// In the same set, first in provisioning, barred.
pub(crate) const BARRED: &str = "sip:alice.barred@home.example";
/// In the same set, in another service profile.
pub(crate) const TEL: &str = "tel:+15550100";
/// In a set of its own, A1's alone.
pub(crate) const OFFICE: &str = "sip:alice.office@home.example";
pub(crate) const B1: &str = "bob@home.example";
pub(crate) const BOB: &str = "sip:bob@home.example";
pub(crate) const C1: &str = "carol@home.example";
/// The only identity of its set, barred.
pub(crate) const CAROL: &str = "sip:carol@home.example";
pub(crate) const SERVICE: &str = "sip:service@home.example";
pub(crate) const OFF: &str = "sip:off@home.example";

/// alice has two IMPIs that share a set, bob has nothing special, carol is barred and has two PSIs.
pub(crate) const FILE: &str = r#"{
  "realm": "home.example",
  "subscriptions": [
    {
      "id": "alice",
      "private_identities": [
        { "impi": "a1@home.example", "password": "wonderland" },
        { "impi": "a2@home.example", "ha1": { "sha256": "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB" } }
      ],
      "implicit_registration_sets": [
        { "service_profiles": [
          { "public_identities": [
              { "identity": "sip:alice.barred@home.example", "barring_indication": true },
              { "identity": "sip:alice@Home.Example;user=phone", "display_name": "Alice" } ] },
          { "public_identities": [ { "identity": "tel:+1-555-0100" } ],
            "initial_filter_criteria": [
              { "priority": 0, "application_server": { "server_name": "sip:as.home.example" },
                "profile_part_indicator": 0 } ] } ] },
        { "private_identities": ["a1@home.example"],
          "service_profiles": [ { "public_identities": [ { "identity": "sip:alice.office@home.example" } ],
            "initial_filter_criteria": [
              { "priority": 0, "application_server": { "server_name": "sip:as.home.example" } } ] } ] }
      ],
      "capabilities": { "mandatory": [1, 2], "optional": [3], "server_names": ["sip:s1.home.example"] },
      "charging": { "primary_collection": "aaa://cdf.home.example" },
      "visited_networks": ["home.example", "visited.example"]
    },
    {
      "private_identities": [ { "impi": "bob@home.example", "password": "builder" } ],
      "implicit_registration_sets": [
        { "service_profiles": [ { "public_identities": [ { "identity": "sip:bob@home.example" } ] } ] } ]
    },
    {
      "id": "carol",
      "private_identities": [ { "impi": "carol@home.example" } ],
      "implicit_registration_sets": [
        { "service_profiles": [
          { "public_identities": [ { "identity": "sip:carol@home.example", "barring_indication": true } ] } ] },
        { "service_profiles": [
          { "public_identities": [ { "identity": "sip:service@home.example", "identity_type": 1 } ] } ] },
        { "activation": "inactive",
          "service_profiles": [
            { "public_identities": [ { "identity": "sip:off@home.example", "identity_type": 1 } ] } ] }
      ],
      "registration": "refused"
    }
  ]
}"#;

/// [`FILE`] with so many identities more in the set that A1 and A2 share.
pub(crate) fn with_more(count: usize) -> String {
    let more = (0..count).map(|n| format!(r#"{{ "identity": "sip:alice.{n}@home.example" }}, "#));
    let tel = r#"{ "identity": "tel:+1-555-0100" }"#;
    FILE.replace(tel, &format!("{}{tel}", more.collect::<String>()))
}

pub(crate) fn all() -> Vec<Subscription> {
    subscriber_file::parse(FILE.as_bytes()).unwrap()
}

pub(crate) fn record(id: &str) -> SubscriptionRecord {
    SubscriptionRecord::new(
        all()
            .into_iter()
            .find(|subscription| subscription.id == id)
            .unwrap(),
    )
}

pub(crate) fn alice() -> SubscriptionRecord {
    record("alice")
}

pub(crate) fn scscf(name: &str) -> Scscf {
    Scscf {
        name: format!("sip:{name}.home.example"),
        host: format!("{name}.home.example"),
        realm: "home.example".to_owned(),
    }
}

/// `record` after `list`.
pub(crate) fn with(
    record: SubscriptionRecord,
    list: impl IntoIterator<Item = Change>,
) -> SubscriptionRecord {
    let mut changed = record;
    let changes = Changes {
        list: list.into_iter().collect(),
        ..changed.no_changes()
    };
    changed.apply(&changes);
    changed
}

pub(crate) fn served_by(name: &str) -> Change {
    Change::Scscf(Some(scscf(name)))
}

pub(crate) fn registered(impi: &str, impu: &str) -> Change {
    Change::Pair(
        Pair::new(impi, impu),
        PairState {
            registered: true,
            authentication_pending: false,
            since: 0,
        },
    )
}

pub(crate) fn challenged(impi: &str, impu: &str) -> Change {
    Change::Pair(
        Pair::new(impi, impu),
        PairState {
            registered: false,
            authentication_pending: true,
            since: 0,
        },
    )
}

pub(crate) fn unregistered(impu: &str) -> Change {
    Change::Unregistered(impu.to_owned(), true)
}

/// alice's shared set registered by `impis` with S-CSCF s1, a backup each.
pub(crate) fn alice_registered(impis: &[&str]) -> SubscriptionRecord {
    let pairs = impis
        .iter()
        .flat_map(|impi| [BARRED, ALICE, TEL].map(|impu| registered(impi, impu)));
    let backups = impis.iter().map(|impi| {
        Change::Backup(
            Pair::new(impi, BARRED),
            Some(format!("backup of {impi}").into_bytes()),
        )
    });
    with(alice(), pairs.chain(backups).chain([served_by("s1")]))
}

/// alice's shared set unregistered with S-CSCF s1.
pub(crate) fn alice_unregistered() -> SubscriptionRecord {
    with(
        alice(),
        [BARRED, ALICE, TEL]
            .map(unregistered)
            .into_iter()
            .chain([served_by("s1")]),
    )
}
