//! Records as rows, in SQL that PostgreSQL takes too.

use std::collections::{BTreeMap, BTreeSet};

use aka::Sqn;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Result, Transaction, params};

use super::kept::Kept;
use super::{notices, wildcards};
use crate::record::{Change, Changes, Pair, PairState, Scscf, SubscriptionRecord};
use crate::store::{Found, Identities};

/// The owners of `identities` and the record of the first.
pub(super) fn find(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    identities: &Identities,
) -> Result<Found> {
    let mut owners = Vec::with_capacity(identities.impus.len() + 1);
    if let Some(impi) = &identities.impi {
        let sql = "SELECT subscription FROM private_identity WHERE impi = ?1";
        owners.push(owner(transaction, sql, impi)?);
    }
    let mut members = Vec::with_capacity(identities.impus.len());
    let mut wanted = identities.wildcard.as_deref();
    for impu in &identities.impus {
        let sql = "SELECT subscription FROM public_identity WHERE impu = ?1";
        // Who is provisioned by itself is no member of a range.
        let (owner, member) = match owner(transaction, sql, impu)? {
            Some(owner) => (Some(owner), None),
            None => wildcards::covering(transaction, kept, impu, wanted.take())?.unzip(),
        };
        owners.push(owner);
        members.push(member);
    }
    let record = match owners.iter().flatten().next() {
        Some(id) => load(transaction, kept, id)?,
        None => None,
    };
    Ok(Found {
        owners,
        members,
        record,
    })
}

/// Up to `limit` records whose names follow `after`.
pub(super) fn list(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    after: &str,
    limit: usize,
) -> Result<Vec<SubscriptionRecord>> {
    let mut statement = transaction
        .prepare_cached("SELECT id FROM subscription WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids: Vec<String> = statement
        .query_map(params![after, limit], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let read = |id: &String| match load(transaction, kept, id) {
        Ok(record) => record,
        Err(error) => {
            tracing::error!(%error, subscription = id, "left out");
            None
        }
    };
    Ok(ids.iter().filter_map(read).collect())
}

/// What stands in a column, and says of whom.
pub(super) fn unreadable(column: usize, whose: &str, error: &serde_json::Error) -> rusqlite::Error {
    let problem = format!("{whose} cannot be read: {error}; restore the file, or take the row out");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, problem.into())
}

fn owner(transaction: &Transaction<'_>, sql: &str, identity: &str) -> Result<Option<String>> {
    transaction
        .prepare_cached(sql)?
        .query_row([identity], |row| row.get(0))
        .optional()
}

pub(super) fn load(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    id: &str,
) -> Result<Option<SubscriptionRecord>> {
    let record = transaction
        .prepare_cached(
            "SELECT version, provisioned, scscf_name, scscf_host, scscf_realm, reassignment_pending, provision, \
             holding_name, holding_host, holding_realm \
             FROM subscription WHERE id = ?1",
        )?
        .query_row([id], |row| {
            let subscription = kept.parsed(id, row.get(6)?, || {
                let provisioned = row.get_ref(1)?.as_bytes()?;
                serde_json::from_slice(provisioned)
                    .map_err(|error| unreadable(1, &format!("subscription {id:?}"), &error))
            })?;
            let scscf = |at: usize| -> Result<Option<Scscf>> {
                let name: Option<String> = row.get(at)?;
                let scscf = |name| Ok(Scscf { name, host: row.get(at + 1)?, realm: row.get(at + 2)? });
                name.map(scscf).transpose()
            };
            Ok(SubscriptionRecord {
                version: row.get(0)?,
                scscf: scscf(2)?,
                holding: scscf(7)?,
                reassignment_pending: row.get(5)?,
                ..SubscriptionRecord::of(subscription)
            })
        })
        .optional()?;
    let Some(mut record) = record else {
        return Ok(None);
    };
    record.pairs = transaction
        .prepare_cached("SELECT impi, impu, registered, authentication_pending, since FROM pair WHERE subscription = ?1")?
        .query_map([id], |row| {
            let state = PairState { registered: row.get(2)?, authentication_pending: row.get(3)?, since: row.get(4)? };
            Ok((Pair { impi: row.get(0)?, impu: row.get(1)? }, state))
        })?
        .collect::<Result<BTreeMap<_, _>>>()?;
    record.unregistered = transaction
        .prepare_cached(
            "SELECT impu FROM public_identity WHERE subscription = ?1 AND unregistered = 1",
        )?
        .query_map([id], |row| row.get(0))?
        .collect::<Result<BTreeSet<_>>>()?;
    record.backups = transaction
        .prepare_cached("SELECT impi, impu, restoration_info FROM backup WHERE subscription = ?1")?
        .query_map([id], |row| {
            Ok((
                Pair {
                    impi: row.get(0)?,
                    impu: row.get(1)?,
                },
                row.get(2)?,
            ))
        })?
        .collect::<Result<BTreeMap<_, _>>>()?;
    record.sqns = transaction
        .prepare_cached("SELECT impi, sqn FROM sequence_number WHERE subscription = ?1")?
        .query_map([id], |row| {
            let sqn: i64 = row.get(1)?;
            let sqn = u64::try_from(sqn)
                .ok()
                .and_then(Sqn::new)
                .ok_or(rusqlite::Error::IntegralValueOutOfRange(1, sqn))?;
            Ok((row.get(0)?, sqn))
        })?
        .collect::<Result<BTreeMap<_, _>>>()?;
    Ok(Some(record))
}

/// Does `changes`, and numbers their notices; none where the record has another version or is gone.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    changes: &Changes,
) -> Result<Option<Vec<i64>>> {
    let counted = transaction
        .prepare_cached(
            "UPDATE subscription SET version = version + 1 WHERE id = ?1 AND version = ?2",
        )?
        .execute(params![changes.subscription, changes.version])?;
    if counted == 0 {
        return Ok(None);
    }
    let mut numbers = Vec::new();
    for change in &changes.list {
        match change {
            Change::Notice(notice) => {
                numbers.push(notices::put(
                    transaction,
                    kept,
                    &changes.subscription,
                    notice,
                )?);
            }
            change => apply_one(transaction, &changes.subscription, change)?,
        }
    }
    Ok(Some(numbers))
}

fn apply_one(transaction: &Transaction<'_>, id: &str, change: &Change) -> Result<()> {
    match change {
        Change::Scscf(scscf) | Change::Holding(scscf) => {
            let part = |part: fn(&Scscf) -> &String| scscf.as_ref().map(part);
            let sql = match change {
                Change::Scscf(_) => {
                    "UPDATE subscription SET scscf_name = ?2, scscf_host = ?3, scscf_realm = ?4 WHERE id = ?1"
                }
                _ => "UPDATE subscription SET holding_name = ?2, holding_host = ?3, holding_realm = ?4 WHERE id = ?1",
            };
            transaction
                .prepare_cached(sql)?
                .execute(params![id, part(|it| &it.name), part(|it| &it.host), part(|it| &it.realm)])?
        }
        Change::ReassignmentPending(pending) => transaction
            .prepare_cached("UPDATE subscription SET reassignment_pending = ?2 WHERE id = ?1")?
            .execute(params![id, pending])?,
        Change::Pair(pair, state) if *state == PairState::default() => transaction
            .prepare_cached("DELETE FROM pair WHERE impi = ?1 AND impu = ?2")?
            .execute(params![pair.impi, pair.impu])?,
        Change::Pair(pair, state) => transaction
            .prepare_cached(
                "INSERT INTO pair (impi, impu, subscription, registered, authentication_pending, since) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (impi, impu) DO UPDATE SET \
                 registered = excluded.registered, authentication_pending = excluded.authentication_pending, \
                 since = excluded.since",
            )?
            .execute(params![pair.impi, pair.impu, id, state.registered, state.authentication_pending, state.since])?,
        Change::Unregistered(impu, unregistered) => transaction
            .prepare_cached("UPDATE public_identity SET unregistered = ?2 WHERE impu = ?1")?
            .execute(params![impu, unregistered])?,
        Change::Backup(pair, Some(info)) => transaction
            .prepare_cached(
                "INSERT INTO backup (impi, impu, subscription, restoration_info) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (impi, impu) DO UPDATE SET restoration_info = excluded.restoration_info",
            )?
            .execute(params![pair.impi, pair.impu, id, info])?,
        Change::Backup(pair, None) => transaction
            .prepare_cached("DELETE FROM backup WHERE impi = ?1 AND impu = ?2")?
            .execute(params![pair.impi, pair.impu])?,
        Change::Sqn(impi, Some(sqn)) => transaction
            .prepare_cached(
                "INSERT INTO sequence_number (impi, subscription, sqn) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (impi) DO UPDATE SET subscription = excluded.subscription, sqn = excluded.sqn",
            )?
            .execute(params![impi, id, i64::try_from(sqn.value()).unwrap_or(i64::MAX)])?,
        Change::Settled(notice) => notices::settle(transaction, *notice)?,
        // With a number of its own.
        Change::Notice(_) => 0,
        Change::Sqn(impi, None) => transaction
            .prepare_cached("DELETE FROM sequence_number WHERE impi = ?1")?
            .execute([impi])?,
    };
    Ok(())
}
