//! Notices as rows.

use rusqlite::{OptionalExtension, Result, Row, Transaction, params};

use super::kept::Kept;
use super::rows::unreadable;
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

/// Up to `limit` notices with numbers above `after`; one that cannot be read keeps none of the others.
pub(super) fn list(
    transaction: &Transaction<'_>,
    after: i64,
    limit: usize,
) -> Result<Vec<StoredNotice>> {
    let mut statement = transaction
        .prepare_cached("SELECT id, subscription, content FROM notice WHERE id > ?1 ORDER BY id")?;
    let mut rows = statement.query([after])?;
    let mut notices = Vec::new();
    while let Some(row) = rows.next()? {
        match read(row) {
            Ok(notice) => notices.push(notice),
            Err(error) => tracing::error!(%error, "left out"),
        }
        if notices.len() >= limit {
            break;
        }
    }
    Ok(notices)
}

/// The notice of this number.
pub(super) fn one(transaction: &Transaction<'_>, id: i64) -> Result<Option<StoredNotice>> {
    transaction
        .prepare_cached("SELECT id, subscription, content FROM notice WHERE id = ?1")?
        .query_row([id], read)
        .optional()
}

fn read(row: &Row<'_>) -> Result<StoredNotice> {
    let id: i64 = row.get(0)?;
    let content = row.get_ref(2)?.as_bytes()?;
    let notice = serde_json::from_slice(content)
        .map_err(|error| unreadable(2, &format!("notice {id}"), &error))?;
    Ok(StoredNotice {
        id,
        subscription: row.get(1)?,
        notice,
    })
}

/// Forgets a notice.
pub(super) fn settle(transaction: &Transaction<'_>, id: i64) -> Result<usize> {
    transaction
        .prepare_cached("DELETE FROM notice WHERE id = ?1")?
        .execute([id])
}
