//! One life of an element: from its start to the signal or the end of its own.

use std::time::Duration;

use driver::io::Io;
use tokio::time::timeout;

use crate::admin::{self, Shown};
use crate::config::{self, Loaded};
use crate::element::{Element, Host, Running, StartError};
use crate::metrics::Reloads;
use crate::reload::{Readings, Reloaded};
use crate::run::Failure;
use crate::signals::{Asked, Signals};
use crate::token::{self, Token};
use crate::view::{Health, View};

/// How long an element may take to finish what is under way once it was told to stop.
pub const STOP_WITHIN: Duration = Duration::from_secs(5);

/// What the admin port is for, in errors.
const ADMIN: &str = "the admin port";

/// What an element sees of the world, and what its admin port sees: the latter is not captured.
pub(crate) struct World<I> {
    pub(crate) element: I,
    pub(crate) admin: I,
}

/// Starts `E`, serves, reloads, stops.
pub(crate) async fn live<E: Element, I: Io>(
    loaded: Loaded<E::Config>,
    world: World<I>,
) -> Result<(), Failure> {
    let mut signals = Signals::take()
        .map_err(|error| Failure::Internal(format!("cannot take signals: {error}")))?;
    let (config, reading) = loaded.split();
    let host = Host::new(E::NAME, world.element);
    let reloads = Reloads::default();
    host.metrics.register(|registry| reloads.register(registry));
    let view = View::default();
    let token = Token::default();
    take_token(&token, &reading)?;
    let listen = reading.admin.listen;
    let shown = Shown {
        element: E::NAME,
        view: view.clone(),
        metrics: host.metrics.clone(),
        token: token.clone(),
    };
    let admin = admin::serve(&world.admin, listen, shown)
        .await
        .map_err(StartError::bind(ADMIN, listen))
        .map_err(|error| Failure::of_start(error, &reading))?;
    let started = tokio::select! {
        biased;
        () = signals.stop() => return Ok(()),
        started = E::start(config, host) => started,
    };
    let mut running = started.map_err(|error| Failure::of_start(error, &reading))?;
    view.add_shard(E::NAME, running.hooks());
    view.set_health(Health::Ok);
    tracing::info!(%admin, "{} is ready", E::NAME);
    let mut readings = Readings::new(reading);
    let ended = loop {
        let asked = tokio::select! {
            biased;
            asked = signals.next() => asked,
            ended = running.ended() => break ended.map_err(Failure::Internal),
        };
        if asked == Asked::Stop {
            break Ok(());
        }
        tokio::select! {
            biased;
            () = signals.stop() => break Ok(()),
            () = reload::<E, _>(&world.admin, &mut readings, &view, &token, &reloads) => {}
        }
    };
    view.set_health(Health::Stopping);
    stop(running, &mut signals).await;
    ended
}

fn take_token(token: &Token, reading: &Loaded<()>) -> Result<(), Failure> {
    let file = reading.admin.token_file.as_deref();
    let read = file.map(token::read).transpose();
    token.set(read.map_err(|fault| Failure::Config(reading.locate(fault)))?);
    Ok(())
}

/// Reads the configuration again and lets the element take it; what is wrong with it changes nothing.
async fn reload<E: Element, I: Io>(
    io: &I,
    readings: &mut Readings,
    view: &View,
    token: &Token,
    reloads: &Reloads,
) {
    match reloaded::<E, I>(io, readings, view, token).await {
        Ok(Reloaded {
            applied,
            needs_restart,
        }) => {
            reloads.ok.inc();
            let listed = |list: Vec<String>| match list.len() {
                0 => "nothing".to_owned(),
                _ => list.join(", "),
            };
            if !needs_restart.is_empty() {
                tracing::warn!("these changes need a restart: {}", listed(needs_restart));
            }
            tracing::info!(
                "SIGHUP: configuration read again; applied: {}",
                listed(applied)
            );
        }
        Err(failure) => {
            reloads.failed.inc();
            tracing::error!("SIGHUP: nothing is changed: {failure}");
        }
    }
}

async fn reloaded<E: Element, I: Io>(
    io: &I,
    readings: &mut Readings,
    view: &View,
    token: &Token,
) -> Result<Reloaded, Failure> {
    let file = readings.last.file().to_owned();
    let read = io.run_blocking(move || {
        let loaded = config::read::<E::Config>(&file)?;
        E::check_files(&loaded.element).map_err(|fault| loaded.locate(fault))?;
        Ok(loaded)
    });
    let loaded = read.await.map_err(Failure::Config)?;
    let (config, now) = loaded.split();
    let new_token = now.admin.token_file.as_deref().map(token::read).transpose();
    let new_token = new_token.map_err(|fault| Failure::Config(now.locate(fault)))?;
    let mut reloaded = view
        .reload(E::NAME, Box::new(config))
        .await
        .map_err(|fault| Failure::Config(now.locate(fault)))?;
    token.set(new_token);
    reloaded.applied.push("admin.token_file".to_owned());
    Ok(readings.take(now, reloaded))
}

async fn stop(running: Running, signals: &mut Signals) {
    tracing::info!(within_s = STOP_WITHIN.as_secs(), "stopping");
    tokio::select! {
        biased;
        () = signals.stop() => tracing::warn!("told again to stop: what is under way is cut off"),
        drained = timeout(STOP_WITHIN, running.stop()) => match drained {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!("not done in time: what is under way is cut off"),
        },
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::LocalSet;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_drain_is_cut_off_in_time() {
        LocalSet::new()
            .run_until(async {
                let mut signals = Signals::take().unwrap();
                let running = Running::new(|| serde_json::Value::Null, std::future::pending::<()>);
                let started = Instant::now();
                stop(running, &mut signals).await;
                assert_eq!(started.elapsed(), STOP_WITHIN);
            })
            .await;
    }
}
