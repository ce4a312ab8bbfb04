//! What the admin port shows: the health of the process, and a mailbox to each shard for its state.
//!
//! The admin port and the shards share nothing but this; the procedures never touch it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How long a shard may take to tell its state.
pub(crate) const STATE_WITHIN: Duration = Duration::from_secs(2);

/// Questions that may wait for one shard.
const QUESTIONS: usize = 4;

/// Where in its life the process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Health {
    /// Not yet ready to serve.
    Starting = 0,
    /// It serves.
    Ok = 1,
    /// It was told to stop and finishes what is under way.
    Stopping = 2,
}

impl Health {
    /// The word for it on `/health`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ok => "ok",
            Self::Stopping => "stopping",
        }
    }
}

type Question = oneshot::Sender<Value>;

/// The shared admin view; clones reach the same one.
#[derive(Debug, Clone, Default)]
pub struct View {
    health: Arc<AtomicU8>,
    shards: Arc<DashMap<String, mpsc::Sender<Question>>>,
}

impl View {
    /// Where the process is in its life.
    pub fn health(&self) -> Health {
        match self.health.load(Ordering::Relaxed) {
            0 => Health::Starting,
            1 => Health::Ok,
            _ => Health::Stopping,
        }
    }

    /// Says where the process is in its life.
    pub fn set_health(&self, health: Health) {
        self.health.store(health as u8, Ordering::Relaxed);
    }

    /// Adds a shard that answers from `state` on the loop which calls this.
    pub fn add_shard(&self, name: &str, state: Rc<dyn Fn() -> Value>) {
        let (ask, mut asked) = mpsc::channel::<Question>(QUESTIONS);
        self.shards.insert(name.to_owned(), ask);
        driver::spawn(async move {
            while let Some(question) = asked.recv().await {
                // Whoever asked may have gone away; then nobody misses the answer.
                let _ = question.send(state());
            }
        });
    }

    /// The state of every shard by name; `null` for one that did not answer within [`STATE_WITHIN`].
    pub async fn state(&self) -> Value {
        let mailboxes: Vec<_> = self
            .shards
            .iter()
            .map(|shard| (shard.key().clone(), shard.value().clone()))
            .collect();
        let mut states = BTreeMap::new();
        for (name, ask) in mailboxes {
            let (question, answer) = oneshot::channel();
            let told = timeout(STATE_WITHIN, async {
                ask.send(question).await.ok()?;
                answer.await.ok()
            });
            states.insert(name, told.await.ok().flatten().unwrap_or(Value::Null));
        }
        json!(states)
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::LocalSet;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_shard_that_does_not_answer_is_null_in_bounded_time() {
        let shards = async {
            let view = View::default();
            view.add_shard("scscf1", Rc::new(|| json!({ "bindings": 3 })));
            let (deaf, _kept) = mpsc::channel(QUESTIONS);
            view.shards.insert("scscf2".to_owned(), deaf);
            let started = Instant::now();
            let state = view.state().await;
            assert_eq!(
                state,
                json!({ "scscf1": { "bindings": 3 }, "scscf2": null })
            );
            assert_eq!(started.elapsed(), STATE_WITHIN);
        };
        LocalSet::new().run_until(shards).await;
    }
}
