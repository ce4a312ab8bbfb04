//! An element with nothing to do but what its configuration tells it: what every process does is what is left.

use std::net::SocketAddr;
use std::process::ExitCode;

use driver::io::{Datagram, Io};
use process::config::{Check, ConfigFault};
use process::{Element, Host, Running, StartError};
use serde::Deserialize;

struct Idle;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    listen: SocketAddr,
    /// How its life goes.
    #[serde(default)]
    life: Life,
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
    /// Finds a fault of its configuration only on start.
    Late,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigFault> {
        Ok(())
    }
}

impl Element for Idle {
    const NAME: &'static str = "idle-element";
    type Config = Config;

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
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
        let running = Running::new(
            move || serde_json::json!({ "listen": bound.to_string() }),
            move || async move {
                let _bound = socket;
                if config.life == Life::Hangs {
                    std::future::pending::<()>().await;
                }
            },
        );
        Ok(match config.life {
            Life::Ends => running.ending_with(async { Ok(()) }),
            Life::Fails => running.ending_with(async { Err("the disk is gone".to_owned()) }),
            Life::Serves | Life::Greets | Life::Hangs | Life::Late => running,
        })
    }
}

fn main() -> ExitCode {
    process::main::<Idle>()
}
