//! Provisioning: the subscriber file's content over what was there.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Result, Transaction, params};
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
    let named: BTreeSet<String> = subscriptions.iter().map(|one| one.id.clone()).collect();
    // Identities may move from one subscription to another: all that moves is taken out before any is put in.
    let mut put_in = Vec::new();
    for subscription in subscriptions {
        let provisioned = serde_json::to_string(&subscription)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let before = match stored.contains_key(&subscription.id) {
            true => Some(subscription.id.clone()),
            false => renamed(transaction, &subscription, &named)?,
        };
        let before = before.and_then(|id| stored.remove_entry(&id));
        let unregistered = match before {
            Some((_, unchanged)) if unchanged == provisioned => {
                report.unchanged += 1;
                continue;
            }
            Some((before, _)) => {
                report.changed += 1;
                let (unregistered, notices) =
                    replace(transaction, kept, &before, &subscription, &provisioned)?;
                report.notices.extend(notices);
                unregistered
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

/// The id under which `subscription`, of a new id, was known: that of its private identities, where none of `named` in
/// the file has it now.
fn renamed(
    transaction: &Transaction<'_>,
    subscription: &Subscription,
    named: &BTreeSet<String>,
) -> Result<Option<String>> {
    for identity in &subscription.private_identities {
        let owner: Option<String> = transaction
            .prepare_cached("SELECT subscription FROM private_identity WHERE impi = ?1")?
            .query_row([&identity.impi], |row| row.get(0))
            .optional()?;
        if let Some(owner) = owner.filter(|owner| !named.contains(owner)) {
            return Ok(Some(owner));
        }
    }
    Ok(None)
}

/// Puts what is newly provisioned over what was known as `before`, without its identities; returns the
/// unregistered ones, and what its S-CSCF is owed.
fn replace(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    before: &str,
    subscription: &Subscription,
    provisioned: &str,
) -> Result<(BTreeSet<String>, Vec<Notice>)> {
    let Some(mut record) = rows::load(transaction, kept, before)? else {
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
        .prepare_cached(
            "UPDATE subscription SET id = ?2, provisioned = ?3, provision = ?4 WHERE id = ?1",
        )?
        .execute(params![
            before,
            subscription.id,
            provisioned,
            kept.next_provision()
        ])?;
    remove_identities(transaction, before)?;
    if before != subscription.id {
        for table in ["pair", "backup", "sequence_number", "notice"] {
            transaction
                .prepare_cached(&format!(
                    "UPDATE {table} SET subscription = ?2 WHERE subscription = ?1"
                ))?
                .execute([before, &subscription.id])?;
        }
    }
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
