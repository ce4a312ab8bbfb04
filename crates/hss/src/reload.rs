//! The subscriber file, read again while the HSS serves: all of what changed, or nothing.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use driver::io::Io;
use process::Reloaded;
use process::config::ConfigFault;
use serde_json::{Value, json};

use crate::procedure::Procedures;
use crate::store::{Provisioned, Store, StoreError};
use crate::subscriber_file::{self, SubscriberFileError};
use crate::view::MAX_SHOWN;
use crate::{Config, subscribers_fault};

/// Most notices that a reload names; of the others it gives the number.
const MAX_NAMED: usize = 100;

/// Reads the subscriber file again.
pub(crate) struct Reloading<I: Io, S> {
    io: I,
    procedures: Rc<Procedures<S>>,
    /// Where it is by the configuration that was read last.
    file: RefCell<PathBuf>,
}

/// Why nothing changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReloadError {
    #[error("nothing was changed: {0}")]
    File(#[from] SubscriberFileError),
    #[error("nothing was changed: {0}")]
    Store(#[from] StoreError),
}

impl<I: Io, S: Store> Reloading<I, S> {
    pub(crate) fn new(io: I, procedures: Rc<Procedures<S>>, file: PathBuf) -> Self {
        Self {
            io,
            procedures,
            file: RefCell::new(file),
        }
    }

    /// SIGHUP: the file that `config` names.
    pub(crate) async fn with(&self, config: &Config) -> Result<Reloaded, ConfigFault> {
        let provisioned =
            self.read(config.subscribers.clone())
                .await
                .map_err(|error| match error {
                    ReloadError::File(error) => subscribers_fault(config, error),
                    ReloadError::Store(error) => ConfigFault::new(
                        "database",
                        format!("{:?}", config.database),
                        format!("cannot be written: {error}"),
                        "nothing was changed: see that the file can be written, and ask again",
                    ),
                })?;
        self.file.replace(config.subscribers.clone());
        Ok(Reloaded {
            applied: vec![format!("subscribers: {}", counts(&provisioned))],
            needs_restart: Vec::new(),
        })
    }

    /// `POST /reload`: the same file again.
    pub(crate) async fn again(&self) -> Result<Value, ReloadError> {
        let file = self.file.borrow().clone();
        let provisioned = self.read(file).await?;
        let named: Vec<String> = provisioned
            .notices
            .iter()
            .take(MAX_NAMED)
            .map(ToString::to_string)
            .collect();
        Ok(json!({
            "added": provisioned.added,
            "changed": provisioned.changed,
            "removed": provisioned.removed,
            "unchanged": provisioned.unchanged,
            "notices": provisioned.notices.len(),
            "notices_named": named,
        }))
    }

    async fn read(&self, file: PathBuf) -> Result<Provisioned, ReloadError> {
        let subscriptions = self
            .io
            .run_blocking(move || subscriber_file::read(&file))
            .await?;
        let provisioned = self.procedures.store.provision(subscriptions).await?;
        tracing::info!(
            added = provisioned.added,
            changed = provisioned.changed,
            removed = provisioned.removed,
            unchanged = provisioned.unchanged,
            notices = provisioned.notices.len(),
            "subscribers loaded again"
        );
        let shown = self.procedures.store.list(String::new(), MAX_SHOWN).await?;
        self.procedures.provisioned(&provisioned, shown);
        Ok(provisioned)
    }
}

fn counts(provisioned: &Provisioned) -> String {
    let Provisioned {
        added,
        changed,
        removed,
        unchanged,
        notices,
    } = provisioned;
    let notices = notices.len();
    format!(
        "{added} added, {changed} changed, {removed} removed, {unchanged} as before, {notices} RTR and PPR"
    )
}
