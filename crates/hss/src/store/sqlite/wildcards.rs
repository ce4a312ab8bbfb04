//! Ranges of identities: which of them covers one.

use rusqlite::{OptionalExtension, Result, Transaction};

use super::kept::Kept;
use crate::identity::Member;
use crate::subscriber_file::MAX_IDENTITY;

/// Shortest fixed part: a scheme.
const MIN_PREFIX: usize = 4;

/// The owner of the range that covers `impu`: of `wanted` where that is one that does, else of the one that is the
/// same up to its expression for the longest (TS 23.003 §13.5: operators let no two overlap).
pub(super) fn covering(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    impu: &str,
    wanted: Option<&str>,
) -> Result<Option<(String, Member)>> {
    let member = |wildcard: String| Member {
        identity: impu.to_owned(),
        wildcard,
    };
    if let Some(wanted) = wanted
        && kept.covers(wanted, impu)
    {
        let sql = "SELECT subscription FROM public_identity WHERE impu = ?1 AND wildcard_prefix IS NOT NULL";
        let owner: Option<String> = transaction
            .prepare_cached(sql)?
            .query_row([wanted], |row| row.get(0))
            .optional()?;
        if let Some(owner) = owner {
            return Ok(Some((owner, member(wanted.to_owned()))));
        }
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM public_identity WHERE wildcard_prefix IS NOT NULL)";
    if !transaction
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?
    {
        return Ok(None);
    }
    let sql =
        "SELECT impu, subscription FROM public_identity WHERE wildcard_prefix = ?1 ORDER BY impu";
    let mut statement = transaction.prepare_cached(sql)?;
    let longest = impu.len().min(MAX_IDENTITY);
    for prefix in (MIN_PREFIX..=longest)
        .rev()
        .filter_map(|end| impu.get(..end))
    {
        let mut rows = statement.query([prefix])?;
        while let Some(row) = rows.next()? {
            let wildcard: String = row.get(0)?;
            if kept.covers(&wildcard, impu) {
                return Ok(Some((row.get(1)?, member(wildcard))));
            }
        }
    }
    Ok(None)
}
