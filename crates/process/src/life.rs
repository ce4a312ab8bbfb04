//! One life of a process: its shards from their start to the signal, or to the end of one of them.

use std::time::Duration;

use driver::io::Io;
use net::{Capture, Net};
use tokio::sync::{mpsc, watch};

use crate::admin::{self, Shown};
use crate::config::{self, ConfigFault, Loaded};
use crate::element::{Element, Host, StartError};
use crate::metrics::{Metrics, Reloads};
use crate::reload::{Readings, Reloaded};
use crate::run::Failure;
use crate::shard::{self, Done, Drained, Reporter, Shard, Told};
use crate::signals::{Asked, Signals};
use crate::token::{self, Token};
use crate::view::{Health, View};

/// How long an element may take to finish what is under way once it was told to stop, unless `stop_within_ms` says.
pub const STOP_WITHIN: Duration = Duration::from_secs(5);

/// How much longer the shards may take to say that they have stopped.
const SHARDS_WITHIN: Duration = Duration::from_secs(1);

/// What the admin port is for, in errors.
const ADMIN: &str = "the admin port";

/// The configuration of each shard, made from that of the file; a single one has it as it is.
///
/// # Errors
/// The first value that cannot be shared out.
pub(crate) fn sharded<E: Element>(
    config: E::Config,
    threads: u16,
) -> Result<Vec<E::Config>, ConfigFault> {
    match threads {
        1 => Ok(vec![config]),
        _ => Shard::all(threads)
            .map(|shard| E::shard(&config, shard))
            .collect(),
    }
}

/// Starts the shards of `E`, serves, reloads, stops.
pub(crate) async fn live<E: Element>(
    loaded: Loaded<E::Config>,
    capture: Option<Capture>,
) -> Result<(), Failure> {
    let mut signals = Signals::take()
        .map_err(|error| Failure::Internal(format!("cannot take signals: {error}")))?;
    let (config, reading) = loaded.split();
    let threads = reading.threads;
    let configs =
        sharded::<E>(config, threads).map_err(|fault| Failure::Config(reading.locate(fault)))?;
    let metrics: Vec<Metrics> = match threads {
        1 => vec![Metrics::new(E::NAME)],
        _ => Shard::all(threads)
            .map(|shard| Metrics::of_shard(E::NAME, shard))
            .collect(),
    };
    let own = Metrics::new(E::NAME);
    let reloads = Reloads::default();
    own.register(|registry| reloads.register(registry));
    let view = View::default();
    let token = Token::default();
    take_token(&token, &reading)?;
    let listen = reading.admin.listen;
    let shown = Shown {
        element: E::NAME,
        view: view.clone(),
        metrics: [vec![own], metrics.clone()].concat().into(),
        token: token.clone(),
    };
    // Not captured: it is no part of what an element says.
    let admin_net = Net::new().map_err(no_randomness)?;
    let admin = admin::serve(&admin_net, listen, shown)
        .await
        .map_err(StartError::bind(ADMIN, listen))
        .map_err(|error| Failure::of_start(error, &reading))?;
    let mut crew = Crew::new(&reading);
    for ((shard, config), metrics) in Shard::all(threads).zip(configs).zip(metrics) {
        crew.start::<E>(shard, config, metrics, capture.clone(), view.clone())?;
    }
    let started = tokio::select! {
        biased;
        () = signals.stop() => None,
        started = crew.all_ready::<E>(&reading) => Some(started),
    };
    match started {
        None => {
            crew.stop(&mut signals).await;
            return Ok(());
        }
        Some(Err(failure)) => {
            crew.tell_to_stop(Duration::ZERO);
            return Err(failure);
        }
        Some(Ok(())) => {}
    }
    view.set_health(Health::Ok);
    tracing::info!(%admin, shards = threads, "{} is ready", E::NAME);
    let mut readings = Readings::new(reading);
    let ended = loop {
        let asked = tokio::select! {
            biased;
            asked = signals.next() => asked,
            ended = crew.one_ended::<E>() => break ended,
        };
        if asked == Asked::Stop {
            break Ok(());
        }
        tokio::select! {
            biased;
            () = signals.stop() => break Ok(()),
            () = reload::<E, _>(&admin_net, &mut readings, &view, &token, &reloads) => {}
        }
    };
    view.set_health(Health::Stopping);
    crew.stop(&mut signals).await;
    ended
}

/// The shards that run.
struct Crew {
    stop: watch::Sender<Option<Duration>>,
    tell: mpsc::UnboundedSender<(Shard, Told)>,
    told: mpsc::UnboundedReceiver<(Shard, Told)>,
    stop_within: Duration,
    running: u16,
}

impl Crew {
    fn new(reading: &Loaded<()>) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        Self {
            stop: watch::Sender::new(None),
            tell,
            told,
            stop_within: reading.stop_within,
            running: 0,
        }
    }

    /// Starts a shard: the first on this thread, the others on threads of their own.
    fn start<E: Element>(
        &mut self,
        shard: Shard,
        config: E::Config,
        metrics: Metrics,
        capture: Option<Capture>,
        view: View,
    ) -> Result<(), Failure> {
        let name = shard.name(E::NAME);
        let stop = self.stop.subscribe();
        let reporter = Reporter {
            shard,
            told: self.tell.clone(),
            done: Done::No,
        };
        let drain_within = self.stop_within / 2;
        let life = {
            let name = name.clone();
            move || async move {
                let io = match Net::with_capture(capture) {
                    Ok(io) => io,
                    Err(error) => {
                        tracing::error!(%error, "no randomness");
                        return;
                    }
                };
                let host = Host {
                    name,
                    io,
                    metrics,
                    drain_within,
                };
                shard::live::<E, _>(config, host, view, stop, reporter).await;
            }
        };
        self.running += 1;
        match shard.number {
            1 => drop(driver::spawn(life())),
            _ => net::spawn(&name, life)
                .map_err(|error| Failure::Internal(format!("no thread for {name}: {error}")))?,
        }
        Ok(())
    }

    /// Waits until every shard is ready, or the first is not.
    async fn all_ready<E: Element>(&mut self, reading: &Loaded<()>) -> Result<(), Failure> {
        let mut ready = 0;
        while ready < self.running {
            let Some((shard, told)) = self.told.recv().await else {
                break;
            };
            match told {
                Told::Ready => ready += 1,
                Told::NotStarted(error) => {
                    let failure = Failure::of_start(error, reading);
                    return Err(failure.in_shard(shard, E::NAME));
                }
                other => {
                    let text = format!("{} did not start: {other:?}", shard.name(E::NAME));
                    return Err(Failure::Internal(text));
                }
            }
        }
        Ok(())
    }

    /// Waits for a shard that ends by itself, which ends the others.
    async fn one_ended<E: Element>(&mut self) -> Result<(), Failure> {
        loop {
            match self.told.recv().await {
                Some((_, Told::Ended(ended))) => return ended.map_err(Failure::Internal),
                Some((shard, Told::Lost)) => {
                    self.running -= 1;
                    let name = shard.name(E::NAME);
                    return Err(Failure::Internal(format!("{name} panicked, see the log")));
                }
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }

    fn tell_to_stop(&self, within: Duration) {
        self.stop.send_replace(Some(within));
    }

    /// Lets every shard finish what is under way, in bounded time.
    async fn stop(mut self, signals: &mut Signals) {
        tracing::info!(within_ms = self.stop_within.as_millis(), "stopping");
        self.tell_to_stop(self.stop_within);
        let within = self.stop_within + SHARDS_WITHIN;
        tokio::select! {
            biased;
            () = signals.stop() => tracing::warn!("told again to stop: what is under way is cut off"),
            () = tokio::time::sleep(within) => tracing::error!("a shard does not answer: the process ends without it"),
            drained = self.all_stopped() => match drained {
                Drained::Yes => tracing::info!("stopped"),
                Drained::CutOff => tracing::warn!("not done in time: what is under way is cut off"),
            },
        }
    }

    async fn all_stopped(&mut self) -> Drained {
        let mut drained = Drained::Yes;
        while self.running > 0 {
            match self.told.recv().await {
                Some((_, Told::Stopped(Drained::Yes) | Told::Lost | Told::NotStarted(_))) => {
                    self.running -= 1;
                }
                Some((_, Told::Stopped(Drained::CutOff))) => {
                    self.running -= 1;
                    drained = Drained::CutOff;
                }
                Some((_, Told::Ready | Told::Ended(_))) => {}
                None => break,
            }
        }
        drained
    }
}

fn no_randomness(error: std::io::Error) -> Failure {
    Failure::Internal(format!("no randomness: {error}"))
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
            if !needs_restart.is_empty() {
                tracing::warn!("these changes need a restart: {}", needs_restart.join(", "));
            }
            tracing::info!(
                "SIGHUP: configuration read again; applied: {}",
                applied.join(", ")
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
    let (config, now) = read.await.map_err(Failure::Config)?.split();
    let located = |fault| Failure::Config(now.locate(fault));
    let new_token = now.admin.token_file.as_deref().map(token::read).transpose();
    let new_token = new_token.map_err(located)?;
    // As many as run: another number needs a restart.
    let threads = readings.at_start.threads;
    let configs = sharded::<E>(config, threads).map_err(located)?;
    let mut reloaded = Reloaded::default();
    for (shard, config) in Shard::all(threads).zip(configs) {
        let name = shard.name(E::NAME);
        let of_one = view.reload(&name, Box::new(config)).await;
        reloaded = reloaded.and(of_one.map_err(located)?);
    }
    token.set(new_token);
    reloaded.applied.push("admin.token_file".to_owned());
    Ok(readings.take(now, reloaded))
}
