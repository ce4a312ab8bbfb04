//! What an element is to its process, and what the process is to an element.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use driver::io::Io;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::STOP_WITHIN;
use crate::command::AdminCommand;
use crate::config::{Check, ConfigFault};
use crate::metrics::Metrics;
use crate::reload::{Reload, Reloaded};
use crate::shard::Shard;

/// A network element that a process, a lab or a simulation can start.
pub trait Element: Sized + 'static {
    /// Its name in flags, logs and metrics, such as `scscf`.
    const NAME: &'static str;

    /// Its own sections of the configuration file.
    ///
    /// `[admin]` and `[capture]` are the process's and do not reach it; everything else in the file must be
    /// known to it (`deny_unknown_fields`).
    type Config: DeserializeOwned + Check + Send;

    /// The configuration of one of several shards (`threads = N`), made from that of the file: ports and names of its
    /// own, or the sharing of a port.
    ///
    /// # Errors
    /// The value that cannot be shared out; an element that is one thing refuses `threads`.
    fn shard(_config: &Self::Config, shard: Shard) -> Result<Self::Config, ConfigFault> {
        Err(ConfigFault::new(
            "threads",
            shard.of,
            format!("the element {} runs on one thread", Self::NAME),
            "leave it out; pcscf, icscf and scscf can have several",
        ))
    }

    /// Looks over the files that the configuration names, for `--check`.
    ///
    /// # Errors
    /// The first value whose file cannot be used.
    fn check_files(_config: &Self::Config) -> Result<(), ConfigFault> {
        Ok(())
    }

    /// Starts the element on `host`; it is ready to serve when this returns.
    ///
    /// # Errors
    /// [`StartError`] where an address cannot be bound or its files cannot be read.
    fn start<I: Io>(
        config: Self::Config,
        host: Host<I>,
    ) -> impl Future<Output = Result<Running, StartError>>;
}

/// What a process (or a simulation) gives an element.
#[derive(Debug, Clone)]
pub struct Host<I> {
    /// The element's name here; the same as [`Element::NAME`] where there is one of it.
    pub name: String,
    /// Sockets, randomness, wall clock.
    pub io: I,
    /// Where it registers its metrics.
    pub metrics: Metrics,
    /// How long, once told to stop, it may let transactions finish, so that time is left to part from its peers.
    pub drain_within: Duration,
}

impl<I: Io> Host<I> {
    /// A host named `name` over `io` with metrics of its own.
    pub fn new(name: &str, io: I) -> Self {
        Self {
            name: name.to_owned(),
            io,
            metrics: Metrics::new(name),
            drain_within: STOP_WITHIN / 2,
        }
    }
}

type Ending = Pin<Box<dyn Future<Output = Result<(), String>>>>;
type Stop = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()>>>>;

/// An element that serves.
pub struct Running {
    state: Rc<dyn Fn() -> Value>,
    stop: Stop,
    ending: Ending,
    commands: Vec<AdminCommand>,
    reload: Option<Rc<Reload>>,
}

impl Running {
    /// An element whose admin view is `state` and that `stop` drains.
    ///
    /// `state` is a JSON object of bounded size without any secret; `stop` returns when nothing is under way
    /// any more, and is cut off after [`STOP_WITHIN`], or what `stop_within_ms` says.
    pub fn new<S>(state: impl Fn() -> Value + 'static, stop: impl FnOnce() -> S + 'static) -> Self
    where
        S: Future<Output = ()> + 'static,
    {
        Self {
            state: Rc::new(state),
            stop: Box::new(move || Box::pin(stop())),
            ending: Box::pin(std::future::pending()),
            commands: Vec::new(),
            reload: None,
        }
    }

    /// Ends the process when `ending` is ready: with status 0, or 70 and the explanation that it gives.
    #[must_use]
    pub fn ending_with(
        mut self,
        ending: impl Future<Output = Result<(), String>> + 'static,
    ) -> Self {
        self.ending = Box::pin(ending);
        self
    }

    /// Takes `commands` on the admin port, each by `POST` to its path with the token of `[admin] token_file`.
    #[must_use]
    pub fn with_commands(mut self, commands: Vec<AdminCommand>) -> Self {
        self.commands = commands;
        self
    }

    /// Lets `reload` take a new configuration (SIGHUP), which was read and checked like the first one.
    ///
    /// `C` is the element's [`Element::Config`]. What `reload` refuses is logged and must have changed nothing.
    #[must_use]
    pub fn with_reload<C, F>(mut self, reload: impl Fn(C) -> F + 'static) -> Self
    where
        C: Any,
        F: Future<Output = Result<Reloaded, ConfigFault>> + 'static,
    {
        self.reload = Some(Rc::new(Reload::by(reload)));
        self
    }

    /// Takes `config`, which is the element's [`Element::Config`]; nothing is applied by an element without
    /// [`with_reload`](Self::with_reload).
    ///
    /// # Errors
    /// The first value that cannot be used; then nothing has changed.
    pub fn reload<C: Any + Send>(
        &self,
        config: C,
    ) -> impl Future<Output = Result<Reloaded, ConfigFault>> + use<C> {
        let reload = self.reload.clone();
        async move { Reload::run(reload.as_deref(), Box::new(config)).await }
    }

    /// The calls that it takes on the admin port.
    pub fn commands(&self) -> &[AdminCommand] {
        &self.commands
    }

    /// The admin view, now.
    pub fn state(&self) -> Value {
        (self.state)()
    }

    /// Drains the element.
    pub async fn stop(self) {
        (self.stop)().await;
    }

    pub(crate) fn hooks(&self) -> Hooks {
        Hooks {
            state: Rc::clone(&self.state),
            commands: self.commands.clone(),
            reload: self.reload.clone(),
        }
    }

    pub(crate) async fn ended(&mut self) -> Result<(), String> {
        self.ending.as_mut().await
    }
}

/// By what the process reaches into an element that runs.
pub(crate) struct Hooks {
    pub(crate) state: Rc<dyn Fn() -> Value>,
    pub(crate) commands: Vec<AdminCommand>,
    pub(crate) reload: Option<Rc<Reload>>,
}

impl fmt::Debug for Running {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Running").finish_non_exhaustive()
    }
}

/// Why an element did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A value of the configuration turned out wrong only on start; exit status 64.
    #[error("{0}")]
    Config(ConfigFault),
    /// An address could not be bound; exit status 69.
    #[error("cannot bind {purpose} to {address}: {source}")]
    Bind {
        /// What listens there: "SIP over UDP", "Diameter over TCP".
        purpose: &'static str,
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else; exit status 70.
    #[error("{doing}: {problem}")]
    Failed {
        /// What was being done: "open the subscriber database hss.sqlite".
        doing: String,
        /// What went wrong.
        problem: String,
    },
}

impl StartError {
    /// A failed bind of `purpose` ("SIP over UDP", "Diameter over TCP") to `address`; for `map_err`.
    pub fn bind(purpose: &'static str, address: SocketAddr) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Bind {
            purpose,
            address,
            source,
        }
    }

    /// A failure while `doing`; for `map_err`.
    pub fn failed<P: fmt::Display>(doing: impl Into<String>) -> impl FnOnce(P) -> Self {
        let doing = doing.into();
        move |problem| Self::Failed {
            doing,
            problem: problem.to_string(),
        }
    }
}

impl From<ConfigFault> for StartError {
    fn from(fault: ConfigFault) -> Self {
        Self::Config(fault)
    }
}
