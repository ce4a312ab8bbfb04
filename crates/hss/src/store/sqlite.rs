//! SQLite: one connection, one transaction for all that waits (group commit), away from the loop.
//!
//! WAL with `synchronous=FULL`: each commit is on the disk before an answer promises it, also when the power goes.
//! NORMAL would save the sync but lose the last commits then; grouping shares one sync among all that waits instead.

mod kept;
mod notices;
mod provision;
mod rows;
mod wildcards;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use driver::io::Io;
use kept::Kept;
pub use kept::{MAX_COMPILED_WILDCARDS, MAX_PARSED};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use thiserror::Error;
use tokio::sync::oneshot;

use super::{Found, Identities, Provisioned, Store, StoreError};
use crate::notice::StoredNotice;
use crate::record::{Changes, SubscriptionRecord};
use crate::subscription::Subscription;

/// Most loads and commits in one transaction.
pub const MAX_GROUP: usize = 1024;
/// Most loads and commits that wait for the transaction under way; more are refused.
pub const MAX_WAITING: usize = 16_384;

/// What `PRAGMA user_version` says of a database with this schema.
const SCHEMA_VERSION: i64 = SCHEMAS.len() as i64;
/// What keeps a file of another program from being taken for ours ("WHSS").
const APPLICATION_ID: i64 = 0x5748_5353;

/// A database file cannot be used.
#[derive(Debug, Error)]
pub enum SqliteError {
    /// SQLite says why.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file could not be made.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// The schema is of another release.
    #[error(
        "its schema is version {0}, this release has {SCHEMA_VERSION}; move the file away to begin anew"
    )]
    Schema(i64),
    /// It is an SQLite database of something else.
    #[error("it is another program's database; name a file of the HSS's own")]
    Foreign,
}

/// A handle to the database; clones share its one connection.
pub struct Sqlite<I> {
    io: I,
    shared: Rc<RefCell<Shared>>,
}

impl<I: Clone> Clone for Sqlite<I> {
    fn clone(&self) -> Self {
        Self {
            io: self.io.clone(),
            shared: Rc::clone(&self.shared),
        }
    }
}

struct Shared {
    /// Away while a transaction runs.
    database: Option<Database>,
    waiting: Vec<Job>,
    transactions: u64,
}

/// A connection, and what is kept of the file in memory.
struct Database {
    connection: Connection,
    kept: Kept,
}

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

enum Job {
    Load(Identities, Reply<Found>),
    Commit(Changes, Reply<Vec<i64>>),
    Provision(Vec<Subscription>, Reply<Provisioned>),
    List(String, usize, Reply<Vec<SubscriptionRecord>>),
    Notices(i64, usize, Reply<Vec<StoredNotice>>),
    Notice(i64, Reply<Option<StoredNotice>>),
    Settle(i64, Reply<()>),
}

impl<I: Io> Sqlite<I> {
    /// Opens the database at `path`, making it where it is not there; `:memory:` keeps it in memory.
    ///
    /// # Errors
    /// [`SqliteError`].
    pub async fn open(io: I, path: &Path) -> Result<Self, SqliteError> {
        let path = path.to_owned();
        let database = io
            .run_blocking(move || -> Result<Database, SqliteError> {
                let connection = open(&path)?;
                let kept = Kept::of(&connection)?;
                Ok(Database { connection, kept })
            })
            .await?;
        let shared = Shared {
            database: Some(database),
            waiting: Vec::new(),
            transactions: 0,
        };
        Ok(Self {
            io,
            shared: Rc::new(RefCell::new(shared)),
        })
    }

    /// Transactions so far.
    pub fn transactions(&self) -> u64 {
        self.shared.borrow().transactions
    }

    async fn submit<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let idle = {
            let mut shared = self.shared.borrow_mut();
            if shared.waiting.len() >= MAX_WAITING {
                return Err(StoreError::Busy);
            }
            shared.waiting.push(job(reply));
            shared.database.take()
        };
        if let Some(database) = idle {
            // A task of its own: a requester that gives up must not take the connection along.
            driver::spawn(self.clone().work_off(database));
        }
        answer.await.unwrap_or_else(|_| {
            Err(StoreError::Failed(
                "the transaction was abandoned".to_owned(),
            ))
        })
    }

    /// One transaction after another until nothing waits.
    async fn work_off(self, mut database: Database) {
        loop {
            let group: Vec<Job> = {
                let mut shared = self.shared.borrow_mut();
                if shared.waiting.is_empty() {
                    shared.database = Some(database);
                    return;
                }
                shared.transactions += 1;
                let count = shared.waiting.len().min(MAX_GROUP);
                shared.waiting.drain(..count).collect()
            };
            database = self
                .io
                .run_blocking(move || {
                    perform(&mut database, group);
                    database
                })
                .await;
        }
    }
}

impl<I: Io> Store for Sqlite<I> {
    async fn load(&self, identities: Identities) -> Result<Found, StoreError> {
        self.submit(|reply| Job::Load(identities, reply)).await
    }

    async fn commit(&self, changes: Changes) -> Result<Vec<i64>, StoreError> {
        self.submit(|reply| Job::Commit(changes, reply)).await
    }

    async fn provision(&self, subscriptions: Vec<Subscription>) -> Result<Provisioned, StoreError> {
        self.submit(|reply| Job::Provision(subscriptions, reply))
            .await
    }

    async fn notices(&self, after: i64, limit: usize) -> Result<Vec<StoredNotice>, StoreError> {
        self.submit(|reply| Job::Notices(after, limit, reply)).await
    }

    async fn notice(&self, id: i64) -> Result<Option<StoredNotice>, StoreError> {
        self.submit(|reply| Job::Notice(id, reply)).await
    }

    async fn settle(&self, notice: i64) -> Result<(), StoreError> {
        self.submit(|reply| Job::Settle(notice, reply)).await
    }

    async fn list(
        &self,
        after: String,
        limit: usize,
    ) -> Result<Vec<SubscriptionRecord>, StoreError> {
        self.submit(|reply| Job::List(after, limit, reply)).await
    }
}

fn open(path: &Path) -> Result<Connection, SqliteError> {
    if path != Path::new(":memory:") {
        only_for_us(path)?;
    }
    let connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    match (application, version, tables) {
        (APPLICATION_ID, SCHEMA_VERSION, _) => {}
        (APPLICATION_ID, older @ 1..SCHEMA_VERSION, _) => {
            upgrade(
                &connection,
                SCHEMAS.get(older as usize..).unwrap_or_default(),
            )?;
        }
        (APPLICATION_ID, other, _) => return Err(SqliteError::Schema(other)),
        (0, 0, 0) => upgrade(&connection, SCHEMAS)?,
        _ => return Err(SqliteError::Foreign),
    }
    Ok(connection)
}

/// Each release of the schema by what it adds to the one before: AKA and notices to S-CSCFs; the S-CSCF that holds what
/// is registered; ranges of identities (what has a `!` is provisioned anew for it), and since when a pair is registered.
const SCHEMAS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// Brings the schema to [`SCHEMA_VERSION`] by `steps`, all of them or none.
fn upgrade(connection: &Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let steps = steps.concat();
    connection.execute_batch(&format!(
        "BEGIN; {steps} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    ))
}

/// Makes the file readable for its owner alone, as it holds HA1s and keys; SQLite gives its other files the same mode.
fn only_for_us(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

/// A group's answers, held back until its transaction is on the disk.
type Answers = Vec<Box<dyn FnOnce(Result<(), StoreError>) + Send>>;

fn perform(database: &mut Database, group: Vec<Job>) {
    let Database { connection, kept } = database;
    let mut answers = Answers::with_capacity(group.len());
    let committed = (|| -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for job in group {
            perform_one(&transaction, kept, job, &mut answers)?;
        }
        transaction.commit()
    })()
    .map_err(failed);
    if committed.is_err() {
        // It may have what was rolled back.
        kept.forget_parsed();
    }
    for answer in answers {
        answer(committed.clone());
    }
}

fn failed(error: rusqlite::Error) -> StoreError {
    tracing::error!(%error, "the subscriber database");
    StoreError::Failed(error.to_string())
}

/// Does one job, and holds its answer back; one that fails fails alone.
///
/// # Errors
/// The whole transaction is lost, as some failures roll it back: the jobs that are left are dropped, which tells them.
fn perform_one(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    job: Job,
    answers: &mut Answers,
) -> rusqlite::Result<()> {
    match job {
        Job::Load(identities, reply) => {
            let found = rows::find(transaction, kept, &identities);
            hold(transaction, answers, reply, found.map(Ok))
        }
        Job::List(after, limit, reply) => {
            let records = rows::list(transaction, kept, &after, limit);
            hold(transaction, answers, reply, records.map(Ok))
        }
        Job::Notices(after, limit, reply) => {
            let notices = notices::list(transaction, after, limit);
            hold(transaction, answers, reply, notices.map(Ok))
        }
        Job::Notice(id, reply) => {
            let notice = notices::one(transaction, id);
            hold(transaction, answers, reply, notice.map(Ok))
        }
        Job::Commit(changes, reply) => {
            let done = alone(transaction, kept, |kept| {
                rows::apply(transaction, kept, &changes)
            });
            let done = done.map(|done| done.ok_or(StoreError::Conflict));
            hold(transaction, answers, reply, done)
        }
        Job::Provision(subscriptions, reply) => {
            let provisioned = alone(transaction, kept, |kept| {
                provision::provision(transaction, kept, subscriptions)
            });
            hold(transaction, answers, reply, provisioned.map(Ok))
        }
        Job::Settle(notice, reply) => {
            let settled = alone(transaction, kept, |_| notices::settle(transaction, notice));
            hold(transaction, answers, reply, settled.map(|_| Ok(())))
        }
    }
}

/// Does what writes, or none of it.
fn alone<T>(
    transaction: &Transaction<'_>,
    kept: &mut Kept,
    job: impl FnOnce(&mut Kept) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let run = |sql: &str| transaction.prepare_cached(sql)?.execute([]);
    run("SAVEPOINT job")?;
    let done = job(kept);
    if done.is_err() && !transaction.is_autocommit() {
        // It may have what was rolled back.
        kept.forget_parsed();
        run("ROLLBACK TO job")?;
    }
    if !transaction.is_autocommit() {
        run("RELEASE job")?;
    }
    done
}

/// Holds `result` back until the transaction is on the disk; a job's own failure is its answer.
fn hold<T: Send + 'static>(
    transaction: &Transaction<'_>,
    answers: &mut Answers,
    reply: Reply<T>,
    result: rusqlite::Result<Result<T, StoreError>>,
) -> rusqlite::Result<()> {
    let result = match result {
        Err(error) if transaction.is_autocommit() => {
            drop(reply.send(Err(StoreError::Failed(error.to_string()))));
            return Err(error);
        }
        Err(error) => Err(failed(error)),
        Ok(result) => result,
    };
    answers.push(Box::new(move |committed| {
        // The asker may be gone; what was committed stays.
        drop(reply.send(committed.and(result)));
    }));
    Ok(())
}
