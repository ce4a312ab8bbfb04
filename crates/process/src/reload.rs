//! What becomes of a configuration that is read again (SIGHUP).

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use crate::config::{ConfigFault, Loaded};

/// What an element did with a new configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// What is in force from now on: keys such as `registration.max_expires` or whole sections, each with `: ` and
    /// what came of it where there is more to say (`subscribers: 3 added, 1 removed`).
    pub applied: Vec<String>,
    /// What only a restart changes. Changed keys that are not among `applied` are added by the process.
    pub needs_restart: Vec<String>,
}

impl Reloaded {
    /// The same with what another shard did, each thing once.
    pub(crate) fn and(mut self, other: Self) -> Self {
        let add = |to: &mut Vec<String>, more: Vec<String>| {
            for one in more {
                if !to.contains(&one) {
                    to.push(one);
                }
            }
        };
        add(&mut self.applied, other.applied);
        add(&mut self.needs_restart, other.needs_restart);
        self
    }

    /// Whether it names `key`, or a section that `key` is in.
    fn names(&self, key: &str) -> bool {
        let names = |said: &String| {
            let said = said.split(':').next().unwrap_or_default();
            key.strip_prefix(said)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.applied.iter().chain(&self.needs_restart).any(names)
    }
}

/// The configuration file as it was at start and as it was read last.
pub(crate) struct Readings {
    pub(crate) at_start: Loaded<()>,
    pub(crate) last: Loaded<()>,
    /// Keys that changed since the start and were not applied.
    waiting: Vec<String>,
}

impl Readings {
    pub(crate) fn new(at_start: Loaded<()>) -> Self {
        Self {
            last: at_start.clone(),
            at_start,
            waiting: Vec::new(),
        }
    }

    /// Takes `now`, which became `reloaded`; adds what waits for a restart, since whenever.
    pub(crate) fn take(&mut self, now: Loaded<()>, mut reloaded: Reloaded) -> Reloaded {
        for key in now.changed_from(&self.last) {
            if !reloaded.names(&key) && !self.waiting.contains(&key) {
                self.waiting.push(key);
            }
        }
        let since_start = now.changed_from(&self.at_start);
        self.waiting.retain(|key| since_start.contains(key));
        reloaded.needs_restart.extend(self.waiting.iter().cloned());
        self.last = now;
        reloaded
    }
}

/// An element's configuration, whose type the element alone knows.
pub(crate) type AnyConfig = Box<dyn Any + Send>;
type Reloading = Pin<Box<dyn Future<Output = Result<Reloaded, ConfigFault>>>>;

/// What an element does with a new configuration of its own type.
pub(crate) struct Reload(Box<dyn Fn(AnyConfig) -> Reloading>);

impl Reload {
    pub(crate) fn by<C, F>(reload: impl Fn(C) -> F + 'static) -> Self
    where
        C: Any,
        F: Future<Output = Result<Reloaded, ConfigFault>> + 'static,
    {
        Self(Box::new(move |config| match config.downcast::<C>() {
            Ok(config) => Box::pin(reload(*config)),
            Err(_) => Box::pin(std::future::ready(Err(ConfigFault::new(
                "",
                "",
                "the element reloads a configuration of another type",
                "restart it, and report this: it is a fault of the element",
            )))),
        }))
    }

    /// Lets `reload` take `config`; without it nothing is applied.
    pub(crate) async fn run(
        reload: Option<&Self>,
        config: AnyConfig,
    ) -> Result<Reloaded, ConfigFault> {
        match reload {
            Some(Self(reload)) => reload(config).await,
            None => Ok(Reloaded::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{self, Check};

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[derive(serde::Deserialize)]
    struct Any {}

    impl Check for Any {
        fn check(&self) -> Result<(), ConfigFault> {
            Ok(())
        }
    }

    fn loaded(text: &str) -> Loaded<()> {
        let loaded = config::parse::<Any>(Path::new("x.toml"), text.to_owned());
        loaded.unwrap().split().1
    }

    #[test]
    fn what_changed_and_was_not_applied_waits_for_a_restart_until_it_is_as_before() {
        let mut readings = Readings::new(loaded(
            "subscribers = 1\n[sip]\na = 1\nb = 1\n[kept]\nc = 1\n",
        ));
        let did = |applied: &[&str]| Reloaded {
            applied: texts(applied),
            needs_restart: Vec::new(),
        };
        let second = loaded("subscribers = 2\n[sip]\na = 2\nb = 1\n[kept]\nc = 2\n");
        let reloaded = readings.take(second.clone(), did(&["kept", "subscribers: 3 added"]));
        assert_eq!(reloaded.needs_restart, ["sip.a"]);
        let reloaded = readings.take(second, did(&[]));
        assert_eq!(reloaded.needs_restart, ["sip.a"], "it still waits");
        let third = loaded("subscribers = 2\n[sip]\na = 1\nb = 2\n[kept]\nc = 2\n");
        let reloaded = readings.take(third, did(&[]));
        assert_eq!(reloaded.needs_restart, ["sip.b"]);
    }

    #[tokio::test]
    async fn a_configuration_of_another_type_is_refused() {
        let reload = Reload::by(async |_: u8| Ok(Reloaded::default()));
        assert!(Reload::run(Some(&reload), Box::new(7_u8)).await.is_ok());
        assert!(Reload::run(Some(&reload), Box::new("7")).await.is_err());
        assert!(Reload::run(None, Box::new("7")).await.is_ok());
    }
}
