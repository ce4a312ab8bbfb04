//! Provisioning: the subscriber file's content over what was there.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Result, Transaction, params};
use user_profile::WildcardParts;

use super::kept::Kept;
use super::{notices, rows};
use crate::notice::Notice;
use crate::record::Change;
use crate::store::Provisioned;
use crate::subscription::{ImplicitRegistrationSet, Subscription};

/// Makes `subscriptions` the ones provisioned.
pub(super) fn provision(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    subscriptions: Vec<Subscription>,
) -> Result<Provisioned> {
    let mut report = Provisioned::default();
    let mut stored: BTreeMap<String, String> = transaction
        .prepare_cached("SELECT id, provisioned FROM subscription")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    // Identities may move from one subscription to another: all that moves is taken out before any is put in.
    let mut put_in = Vec::new();
    for subscription in subscriptions {
        let provisioned = serde_json::to_string(&subscription)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let unregistered = match stored.remove(&subscription.id) {
            Some(unchanged) if unchanged == provisioned => {
                report.unchanged += 1;
                continue;
            }
            Some(_) => {
                report.changed += 1;
                {
                    let (unregistered, notices) =
                        replace(transaction, kept, &subscription, &provisioned)?;
                    report.notices.extend(notices);
                    unregistered
                }
            }
            None => {
                report.added += 1;
                transaction
                    .prepare_cached(
                        "INSERT INTO subscription (id, version, provisioned, reassignment_pending, provision) \
                         VALUES (?1, 0, ?2, 0, ?3)",
                    )?
                    .execute(params![subscription.id, provisioned, kept.next_provision()])?;
                BTreeSet::new()
            }
        };
        put_in.push((subscription, unregistered));
    }
    for id in stored.keys() {
        report.removed += 1;
        let notice = rows::load(transaction, kept, id)?.and_then(|record| record.removed());
        if let Some(notice) = notice {
            notices::put(transaction, kept, id, &notice)?;
            report.notices.push(notice);
        }
        remove_identities(transaction, id)?;
        for table in ["pair", "backup", "sequence_number"] {
            transaction
                .prepare_cached(&format!("DELETE FROM {table} WHERE subscription = ?1"))?
                .execute([id])?;
        }
        transaction
            .prepare_cached("DELETE FROM subscription WHERE id = ?1")?
            .execute([id])?;
    }
    for (subscription, unregistered) in &put_in {
        put_identities(transaction, subscription, unregistered)?;
    }
    Ok(report)
}

/// Puts what is newly provisioned over what was, without its identities; returns the
/// unregistered ones, and what its S-CSCF is owed.
fn replace(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    subscription: &Subscription,
    provisioned: &str,
) -> Result<(BTreeSet<String>, Vec<Notice>)> {
    let Some(mut record) = rows::load(transaction, kept, &subscription.id)? else {
        return Ok((BTreeSet::new(), Vec::new()));
    };
    let changes = record.reprovisioned(subscription);
    rows::apply(transaction, kept, &changes)?;
    record.apply(&changes);
    let notices = changes.list.into_iter().filter_map(|change| match change {
        Change::Notice(notice) => Some(notice),
        _ => None,
    });
    transaction
        .prepare_cached("UPDATE subscription SET provisioned = ?2, provision = ?3 WHERE id = ?1")?
        .execute(params![subscription.id, provisioned, kept.next_provision()])?;
    remove_identities(transaction, &subscription.id)?;
    Ok((record.unregistered, notices.collect()))
}

fn remove_identities(transaction: &Transaction<'_>, id: &str) -> Result<()> {
    for table in ["private_identity", "public_identity"] {
        transaction
            .prepare_cached(&format!("DELETE FROM {table} WHERE subscription = ?1"))?
            .execute([id])?;
    }
    Ok(())
}

fn put_identities(
    transaction: &Transaction<'_>,
    subscription: &Subscription,
    unregistered: &BTreeSet<String>,
) -> Result<()> {
    for identity in &subscription.private_identities {
        transaction
            .prepare_cached("INSERT INTO private_identity (impi, subscription) VALUES (?1, ?2)")?
            .execute([&identity.impi, &subscription.id])?;
    }
    let sets = &subscription.implicit_registration_sets;
    for identity in sets
        .iter()
        .flat_map(ImplicitRegistrationSet::public_identities)
    {
        let impu = &identity.identity;
        let prefix = identity.wildcard().and_then(WildcardParts::of);
        let prefix = prefix.map(|parts| parts.before);
        transaction
            .prepare_cached(
                "INSERT INTO public_identity (impu, subscription, unregistered, wildcard_prefix) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                impu,
                subscription.id,
                unregistered.contains(impu),
                prefix
            ])?;
    }
    Ok(())
}
