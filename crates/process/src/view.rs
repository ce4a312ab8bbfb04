//! What the admin port sees and reaches: the health of the process, and a mailbox to each shard.
//!
//! The admin port and the shards share nothing but this; the procedures never touch it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::command::CommandError;
use crate::config::ConfigFault;
use crate::element::Hooks;
use crate::reload::{AnyConfig, Reload, Reloaded};

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

/// What a shard is asked, with the way back.
enum Question {
    State(oneshot::Sender<Value>),
    Command {
        path: String,
        body: Value,
        answer: oneshot::Sender<Result<Value, CommandError>>,
    },
    Reload {
        config: AnyConfig,
        answer: oneshot::Sender<Result<Reloaded, ConfigFault>>,
    },
}

/// The way to one shard.
#[derive(Debug, Clone)]
struct Mailbox {
    ask: mpsc::Sender<Question>,
    commands: Arc<[&'static str]>,
}

impl Mailbox {
    /// The shard's answer; none where the shard is gone.
    async fn ask<A>(&self, question: impl FnOnce(oneshot::Sender<A>) -> Question) -> Option<A> {
        let (answer, answered) = oneshot::channel();
        self.ask.send(question(answer)).await.ok()?;
        answered.await.ok()
    }
}

/// The shared admin view; clones reach the same one.
#[derive(Debug, Clone, Default)]
pub struct View {
    health: Arc<AtomicU8>,
    shards: Arc<DashMap<String, Mailbox>>,
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

    /// Adds a shard that is reached by `hooks` on the loop which calls this.
    pub(crate) fn add_shard(&self, name: &str, hooks: Hooks) {
        let (ask, asked) = mpsc::channel(QUESTIONS);
        let commands = hooks.commands.iter().map(|command| command.path());
        let commands = commands.collect();
        self.shards
            .insert(name.to_owned(), Mailbox { ask, commands });
        driver::spawn(answer(hooks, asked));
    }

    /// The state of every shard by name; `null` for one that did not answer within `STATE_WITHIN`.
    pub async fn state(&self) -> Value {
        let mut states = BTreeMap::new();
        for (name, shard) in self.mailboxes() {
            let told = timeout(STATE_WITHIN, shard.ask(Question::State)).await;
            states.insert(name, told.ok().flatten().unwrap_or(Value::Null));
        }
        json!(states)
    }

    /// The calls that some shard takes.
    pub(crate) fn commands(&self) -> Vec<&'static str> {
        let mut paths = Vec::new();
        for shard in self.shards.iter() {
            for path in &*shard.commands {
                if !paths.contains(path) {
                    paths.push(path);
                }
            }
        }
        paths
    }

    /// Runs the call `path` on every shard that takes it.
    ///
    /// Of one shard, what it answers. Of several: an object of the answers by the shards' names, if one did it (a user
    /// is with one of them, the others know nothing), else the first refusal.
    pub(crate) async fn command(&self, path: &str, body: &Value) -> Result<Value, CommandError> {
        let mut shards = self.mailboxes();
        shards.retain(|(_, shard)| shard.commands.contains(&path));
        let alone = shards.len() == 1;
        let mut done = BTreeMap::new();
        let mut refusal = None;
        for (name, shard) in shards {
            let (path, body) = (path.to_owned(), body.clone());
            let answer = shard.ask(|answer| Question::Command { path, body, answer });
            let gone = || CommandError::Unavailable(format!("{name} is stopping"));
            match answer.await.unwrap_or_else(|| Err(gone())) {
                Ok(answer) if alone => return Ok(answer),
                Ok(answer) => {
                    done.insert(name, answer);
                }
                Err(error) => {
                    refusal.get_or_insert(error);
                }
            }
        }
        match refusal {
            Some(refusal) if done.is_empty() => Err(refusal),
            _ => Ok(json!(done)),
        }
    }

    /// Gives `config` to the shard `name`.
    pub(crate) async fn reload(
        &self,
        name: &str,
        config: AnyConfig,
    ) -> Result<Reloaded, ConfigFault> {
        let shard = self.shards.get(name).map(|shard| shard.value().clone());
        let answer = match shard {
            Some(shard) => {
                shard
                    .ask(|answer| Question::Reload { config, answer })
                    .await
            }
            None => None,
        };
        answer.unwrap_or_else(|| Ok(Reloaded::default()))
    }

    fn mailboxes(&self) -> Vec<(String, Mailbox)> {
        let shards = self.shards.iter();
        let mut shards: Vec<_> = shards
            .map(|shard| (shard.key().clone(), shard.value().clone()))
            .collect();
        shards.sort_by(|one, other| one.0.cmp(&other.0));
        shards
    }
}

/// Answers for one shard, on its loop. Whoever asked may have gone away; then nobody misses the answer.
async fn answer(hooks: Hooks, mut asked: mpsc::Receiver<Question>) {
    while let Some(question) = asked.recv().await {
        match question {
            Question::State(answer) => {
                let _ = answer.send((hooks.state)());
            }
            Question::Command { path, body, answer } => {
                let command = hooks.commands.iter().find(|command| command.path() == path);
                let Some(command) = command.cloned() else {
                    continue;
                };
                driver::spawn(async move {
                    let _ = answer.send(command.run(body).await);
                });
            }
            Question::Reload { config, answer } => {
                let reload = hooks.reload.clone();
                driver::spawn(async move {
                    let _ = answer.send(Reload::run(reload.as_deref(), config).await);
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use tokio::task::LocalSet;
    use tokio::time::Instant;

    use super::*;
    use crate::AdminCommand;

    fn hooks(bindings: u32, commands: Vec<AdminCommand>) -> Hooks {
        Hooks {
            state: Rc::new(move || json!({ "bindings": bindings })),
            commands,
            reload: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_shard_that_does_not_answer_is_null_in_bounded_time() {
        let shards = async {
            let view = View::default();
            view.add_shard("scscf", hooks(3, Vec::new()));
            let (ask, _kept) = mpsc::channel(QUESTIONS);
            let commands = Arc::new([]);
            view.shards
                .insert("scscf2".to_owned(), Mailbox { ask, commands });
            let started = Instant::now();
            let state = view.state().await;
            assert_eq!(state, json!({ "scscf": { "bindings": 3 }, "scscf2": null }));
            assert_eq!(started.elapsed(), STATE_WITHIN);
        };
        LocalSet::new().run_until(shards).await;
    }

    #[tokio::test]
    async fn a_call_is_done_where_it_can_be() {
        let knowing = |known: &'static str| {
            AdminCommand::new("/deregister", move |user: String| async move {
                if user == known {
                    Ok("gone")
                } else {
                    Err(CommandError::NotFound(format!("{user} is not here")))
                }
            })
        };
        let shards = async {
            let view = View::default();
            let call = async |user: &str| view.command("/deregister", &json!(user)).await;
            view.add_shard("scscf", hooks(0, vec![knowing("alice")]));
            assert_eq!(call("alice").await, Ok(json!("gone")));
            view.add_shard("scscf2", hooks(0, vec![knowing("bob")]));
            assert_eq!(view.commands(), ["/deregister"]);
            assert_eq!(call("bob").await, Ok(json!({ "scscf2": "gone" })));
            assert_eq!(
                call("carol").await,
                Err(CommandError::NotFound("carol is not here".to_owned()))
            );
        };
        LocalSet::new().run_until(shards).await;
    }
}
