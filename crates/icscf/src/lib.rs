//! I-CSCF: the home network's entrance (TS 24.229 §5.3). It holds no state of a registration.

mod attempts;
mod availability;
mod config;
mod metrics;
mod refusal;
mod register;
mod selection;

use std::cell::RefCell;
use std::ffi::OsString;
use std::future::ready;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use cx::Cx;
use diameter_stack::capabilities::Application;
use driver::io::Io;
use driver::locate::Locator;
use driver::sip::{Endpoint, Incoming};
use process::config::{ConfigFault, SipSection, TrustedPeers};
use process::{Element, Host, Reloaded, Running, Shard, StartError};
use serde_json::{Value, json};
use sip_message::Method;
use tokio::time::Instant;

use availability::Availability;

pub use config::{Candidate, Config, LONGEST_MS, MAX_CANDIDATES, MAX_CAPABILITIES, MAX_TRIES};
pub use metrics::Metrics;

/// The I-CSCF as an element.
pub struct Icscf;

/// Runs the element in this process by `args`, which begin after the program's name.
///
/// Compiled here once, and not again in every binary that has it.
pub fn run(args: Vec<OsString>) -> ExitCode {
    process::run_with_args::<Icscf>(args.into_iter())
}

/// How long the start waits for the HSS, so that who is ready can serve.
const HSS_WITHIN: Duration = Duration::from_secs(2);

/// What the procedures of one I-CSCF share.
pub(crate) struct Shared<I: Io> {
    pub(crate) endpoint: Endpoint<I>,
    /// What requests of ours go out by: a port of this shard's own where others listen at that of `endpoint`, so that
    /// responses find it.
    pub(crate) asking: Endpoint<I>,
    pub(crate) cx: Cx<I>,
    settings: RefCell<Rc<Settings>>,
    pub(crate) locator: Locator<I>,
    /// Our own network, for a REGISTER that names no visited one.
    pub(crate) home: String,
    pub(crate) availability: Availability,
    pub(crate) metrics: Metrics,
}

impl<I: Io> Shared<I> {
    /// What is in force now.
    pub(crate) fn settings(&self) -> Rc<Settings> {
        Rc::clone(&self.settings.borrow())
    }
}

/// What of the configuration a running I-CSCF can change.
pub(crate) struct Settings {
    pub(crate) candidates: Vec<Candidate>,
    /// How many S-CSCFs may be tried for one request.
    pub(crate) tries: usize,
    /// How long an S-CSCF may take where another can be chosen.
    pub(crate) scscf_wait: Duration,
    /// How long an S-CSCF that did not answer is a last resort.
    pub(crate) scscf_avoid: Duration,
    /// When a request is answered at the latest, once the HSS has spoken.
    pub(crate) answer_within: Duration,
    /// Whose word on what only trusted networks may say counts.
    pub(crate) trusted_peers: TrustedPeers,
}

impl Settings {
    /// The keys of the configuration that a running I-CSCF can change.
    const KEYS: [&str; 7] = [
        "scscf",
        "scscf_tries",
        "scscf_wait_ms",
        "scscf_avoid_ms",
        "answer_within_ms",
        "trusted_peers",
        "names",
    ];

    fn of(config: Config) -> Self {
        Self {
            candidates: config.scscf,
            tries: config.scscf_tries,
            scscf_wait: Duration::from_millis(config.scscf_wait_ms),
            scscf_avoid: Duration::from_millis(config.scscf_avoid_ms),
            answer_within: Duration::from_millis(config.answer_within_ms),
            trusted_peers: config.trusted_peers,
        }
    }
}

impl Element for Icscf {
    const NAME: &'static str = "icscf";
    type Config = Config;

    /// Requests are spread over the shards by the kernel, each neighbour's by its address; to the HSS each is an
    /// I-CSCF of its own.
    fn shard(config: &Config, shard: Shard) -> Result<Config, ConfigFault> {
        let mut own = config.clone();
        own.sip.reuse_port = true;
        own.diameter = config.diameter.of_shard(shard)?;
        Ok(own)
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        if config.trusted_peers == TrustedPeers::loopback() && !config.sip.listen.ip().is_loopback()
        {
            tracing::warn!(
                "trusted_peers names nobody outside this host: what P-CSCFs elsewhere say of Path, visited network \
                 and protection is removed"
            );
        }
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        let endpoint = host.sip(&config.sip, &[Method::REGISTER]).await?;
        let asking = match config.sip.reuse_port {
            false => endpoint.clone(),
            true => {
                let own = SipSection {
                    listen: SocketAddr::new(config.sip.listen.ip(), 0),
                    reuse_port: false,
                    ..config.sip.clone()
                };
                let asking = host.sip_at("Mw", &own, &[]).await?;
                asking.serve(|_: Incoming<I>| ready(()));
                asking
            }
        };
        let home = config.diameter.realm.clone();
        let diameter = config.diameter.settings(vec![Application::cx(&[])]);
        let at = diameter.listen.unwrap_or(config.sip.listen);
        let cx = Cx::start(host.io.clone(), diameter)
            .await
            .map_err(StartError::bind("Diameter over TCP", at))?;
        host.metrics
            .register(|registry| cx.node().metrics().register(registry));
        if !cx.node().connected(HSS_WITHIN).await {
            tracing::warn!("started without the HSS: requests are refused until it can be reached");
        }
        let local = endpoint.local_addr().ip();
        let shared = Rc::new(Shared {
            locator: host.locator(&config.names, config.dns.as_ref(), local)?,
            settings: RefCell::new(Rc::new(Settings::of(config))),
            availability: Availability::default(),
            home,
            metrics,
            cx,
            asking,
            endpoint,
        });
        let procedures = Rc::clone(&shared);
        shared.endpoint.serve(move |incoming: Incoming<I>| {
            let icscf = Rc::clone(&procedures);
            async move { register::register(&icscf, incoming).await }
        });
        let drain_within = host.drain_within;
        let draining = Rc::clone(&shared);
        let reloading = Rc::clone(&shared);
        Ok(Running::new(
            move || view(&shared),
            move || async move {
                // What is under way still then ends with its time out.
                let _ended = tokio::time::timeout(drain_within, draining.endpoint.drain()).await;
                draining.cx.stop().await;
            },
        )
        .with_reload(move |config: Config| {
            reloading.locator.set_names(config.names.names());
            *reloading.settings.borrow_mut() = Rc::new(Settings::of(config));
            let applied = Settings::KEYS.map(str::to_owned).to_vec();
            ready(Ok(Reloaded {
                applied,
                needs_restart: Vec::new(),
            }))
        }))
    }
}

/// The admin view.
fn view<I: Io>(icscf: &Shared<I>) -> Value {
    let now = Instant::now().into_std();
    let avoided = icscf.availability.avoided(now);
    let settings = icscf.settings();
    let candidates = settings.candidates.iter().map(|one| {
        let left = avoided.iter().find(|(name, _)| *name == one.name);
        json!({
            "name": one.name,
            "capabilities": one.capabilities,
            "avoided_for_s": left.map(|(_, left)| left.as_secs()),
        })
    });
    json!({
        "candidates": candidates.collect::<Vec<_>>(),
        "transactions": icscf.endpoint.transactions(),
    })
}
