//! An element with nothing to do but what its configuration tells it: what every process does is what is left.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;

use driver::io::{Datagram, Io};
use process::config::{Check, ConfigFault};
use process::{AdminCommand, CommandError, Element, Host, Reloaded, Running, Shard, StartError};
use serde::Deserialize;

struct Idle;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    listen: SocketAddr,
    /// How its life goes.
    #[serde(default)]
    life: Life,
    /// What it shows; can be reloaded, but for the word "bad".
    #[serde(default)]
    motto: String,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Life {
    /// Serves until it is stopped.
    #[default]
    Serves,
    /// Is ready, then ends by itself.
    Ends,
    /// Is ready, then fails.
    Fails,
    /// Sends itself a datagram when it starts.
    Greets,
    /// Cannot be drained.
    Hangs,
    /// Has one shard only.
    Alone,
    /// Panics when it starts.
    Panics,
    /// Finds a fault of its configuration only on start.
    Late,
}

/// The body of `POST /motto`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Motto {
    motto: String,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        Ok(())
    }
}

/// An element that leaves `shard` as the trait has it.
struct Alone;

impl Element for Alone {
    const NAME: &'static str = "alone";
    type Config = ();

    async fn start<I: Io>(_config: (), _host: Host<I>) -> Result<Running, StartError> {
        std::future::pending().await
    }
}

impl Element for Idle {
    const NAME: &'static str = "idle-element";
    type Config = Config;

    fn shard(config: &Config, shard: Shard) -> Result<Config, ConfigFault> {
        if config.life == Life::Alone {
            return Alone::shard(&(), shard).map(|()| unreachable!("it refuses"));
        }
        let mut own = config.clone();
        own.listen = shard.address("listen", config.listen)?;
        Ok(own)
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        assert!(config.life != Life::Panics, "as it was told");
        if config.life == Life::Late {
            return Err(ConfigFault::new("life", "", "too late", "be early").into());
        }
        let socket = host
            .io
            .bind(config.listen)
            .await
            .map_err(StartError::bind("SIP over UDP", config.listen))?;
        let bound = socket.local_addr();
        if config.life == Life::Greets {
            socket
                .send(b"hello", bound)
                .map_err(StartError::failed("greet"))?;
        }
        let motto = Rc::new(RefCell::new(config.motto));
        let (shown, reloaded, told) = (Rc::clone(&motto), Rc::clone(&motto), motto);
        let running = Running::new(
            move || serde_json::json!({ "listen": bound.to_string(), "motto": *shown.borrow() }),
            move || async move {
                let _bound = socket;
                if config.life == Life::Hangs {
                    std::future::pending::<()>().await;
                }
            },
        );
        let running = running
            .with_commands(vec![AdminCommand::new("/motto", move |asked: Motto| {
                let told = Rc::clone(&told);
                async move {
                    if asked.motto.is_empty() {
                        return Err(CommandError::Unprocessable(
                            "an empty motto is none: write a word".to_owned(),
                        ));
                    }
                    let before = told.replace(asked.motto);
                    Ok(serde_json::json!({ "before": before }))
                }
            })])
            .with_reload(move |new: Config| {
                let reloaded = Rc::clone(&reloaded);
                async move {
                    if new.motto == "bad" {
                        return Err(ConfigFault::new(
                            "motto",
                            "\"bad\"",
                            "a bad motto",
                            "write a good one",
                        ));
                    }
                    let before = reloaded.replace(new.motto);
                    let changed = before != *reloaded.borrow();
                    Ok(Reloaded {
                        applied: changed.then(|| "motto".to_owned()).into_iter().collect(),
                        needs_restart: Vec::new(),
                    })
                }
            });
        Ok(match config.life {
            Life::Ends => running.ending_with(async { Ok(()) }),
            Life::Fails => running.ending_with(async { Err("the disk is gone".to_owned()) }),
            _ => running,
        })
    }
}

fn main() -> ExitCode {
    process::run_with_args::<Idle>(std::env::args_os().skip(1))
}
