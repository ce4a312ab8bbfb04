//! The configuration and its subscriber file, read again while the HSS serves.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use driver::io::Io;
use process::Reloaded;
use process::config::ConfigFault;
use serde_json::{Value, json};

use crate::courier::Courier;
use crate::procedure::Procedures;
use crate::store::{Provisioned, Store, StoreError};
use crate::subscriber_file::{self, SubscriberFileError};
use crate::view::MAX_SHOWN;
use crate::{Config, subscribers_fault};

/// Most notices that a reload names; of the others it gives the number.
const MAX_NAMED: usize = 100;

/// Applies what is read again.
pub(crate) struct Reloading<I: Io, S> {
    io: I,
    procedures: Rc<Procedures<S>>,
    courier: Courier<I, S>,
    /// What runs: what was read last, but for what needs a restart.
    running: RefCell<Config>,
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
    pub(crate) fn new(
        io: I,
        procedures: Rc<Procedures<S>>,
        courier: Courier<I, S>,
        config: Config,
    ) -> Self {
        Self {
            io,
            procedures,
            courier,
            running: RefCell::new(config),
        }
    }

    /// SIGHUP: the subscriber file that `config` names, then what the operator chooses; if the file cannot be taken,
    /// nothing.
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
        let mut running = self.running.borrow_mut();
        let mut reloaded = Reloaded {
            applied: vec![format!("subscribers: {}", counts(&provisioned))],
            needs_restart: Vec::new(),
        };
        let before = running.clone();
        // The name and the connections of this HSS, and its memory, are those that it started with.
        *running = Config {
            database: before.database.clone(),
            diameter: before.diameter.clone(),
            ..config.clone()
        };
        for (key, is_changed) in [
            ("scscf", before.scscf != running.scscf),
            ("restoration", before.restoration != running.restoration),
            ("server_name", before.server_name != running.server_name),
            ("notices", before.notices != running.notices),
        ] {
            if is_changed {
                reloaded.applied.push(key.to_owned());
            }
        }
        for (key, is_changed) in [
            ("database", before.database != config.database),
            ("diameter", before.diameter != config.diameter),
        ] {
            if is_changed {
                reloaded.needs_restart.push(key.to_owned());
            }
        }
        self.procedures.set_policy(running.policy());
        self.courier.set_patience(running.notices.patience());
        Ok(reloaded)
    }

    /// `POST /reload`: the same file again.
    pub(crate) async fn again(&self) -> Result<Value, ReloadError> {
        let file = self.running.borrow().subscribers.clone();
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
