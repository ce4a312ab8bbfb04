//! Notices as rows.

use rusqlite::types::Type;
use rusqlite::{Result, Transaction, params};

use super::kept::Kept;
use crate::notice::{Notice, StoredNotice};

/// Stores `notice`; its number.
pub(super) fn put(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    subscription: &str,
    notice: &Notice,
) -> Result<i64> {
    let content = serde_json::to_string(notice)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let id = kept.next_notice();
    transaction
        .prepare_cached("INSERT INTO notice (id, subscription, content) VALUES (?1, ?2, ?3)")?
        .execute(params![id, subscription, content])?;
    Ok(id)
}

/// Up to `limit` notices with numbers above `after`.
pub(super) fn list(
    transaction: &Transaction<'_>,
    after: i64,
    limit: usize,
) -> Result<Vec<StoredNotice>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "SELECT id, subscription, content FROM notice WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?
        .query_map([after, limit], |row| {
            let content: String = row.get(2)?;
            let notice = serde_json::from_str(&content).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(2, Type::Text, Box::new(error))
            })?;
            Ok(StoredNotice {
                id: row.get(0)?,
                subscription: row.get(1)?,
                notice,
            })
        })?
        .collect()
}

/// Forgets a notice.
pub(super) fn settle(transaction: &Transaction<'_>, id: i64) -> Result<usize> {
    transaction
        .prepare_cached("DELETE FROM notice WHERE id = ?1")?
        .execute([id])
}
