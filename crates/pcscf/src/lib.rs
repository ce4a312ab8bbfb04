//! P-CSCF: the phone's first hop (TS 24.229 §5.2).
//!
//! It puts itself on the Path of a registration, says which network the phone visits, guards what only the trusted
//! network may say, and remembers the registrations that went through it.

mod config;
mod flow_key;
mod flow_timer;
mod metrics;
mod outbound;
mod protection;
mod register;
mod registered;
mod remember;
mod sec_agree;
mod to_phone;

use std::cell::RefCell;
use std::ffi::OsString;
use std::future::ready;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use driver::io::Io;
use driver::locate::Locator;
use driver::sip::{Endpoint, Incoming};
use process::config::ConfigFault;
use process::{Element, Host, Reloaded, Running, Shard, StartError};
use sip_message::Method;
use sip_stack::flow_token::FlowTokens;
use sip_stack::timers::TimerValues;

pub use config::{Config, LONGEST_FLOW_TIMER_S};
pub use flow_timer::FLOW_GRACE;
pub use metrics::Metrics;
use registered::Registered;
pub use registered::{MAX_CONTACTS, MAX_REGISTRATIONS};
pub use sec_agree::SecAgree;

/// How long registrations that ran out may stay.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// The P-CSCF as an element.
pub struct Pcscf;

/// Runs the element in this process by `args`, which begin after the program's name.
///
/// Compiled here once, and not again in every binary that has it.
pub fn run(args: Vec<OsString>) -> ExitCode {
    process::run_with_args::<Pcscf>(args.into_iter())
}

/// What the procedures of one P-CSCF share.
pub(crate) struct Shared<I: Io> {
    /// Towards phones (Gm).
    pub(crate) phones: Endpoint<I>,
    /// Towards the network (Mw).
    pub(crate) core: Endpoint<I>,
    pub(crate) locator: Locator<I>,
    settings: RefCell<Rc<Settings>>,
    /// Those of Gm, which are the phone's too.
    pub(crate) timers: TimerValues,
    pub(crate) tokens: FlowTokens,
    pub(crate) registered: RefCell<Registered>,
    pub(crate) metrics: Metrics,
}

impl<I: Io> Shared<I> {
    /// What is in force now.
    pub(crate) fn settings(&self) -> Rc<Settings> {
        Rc::clone(&self.settings.borrow())
    }
}

/// What of the configuration a running P-CSCF can change; phones that are registered get it with their next REGISTER.
pub(crate) struct Settings {
    pub(crate) network: String,
    pub(crate) access_network_info: Option<String>,
    pub(crate) sec_agree: SecAgree,
    /// How long one entry of a home network has where there is another.
    pub(crate) entry_wait: Duration,
    /// Seconds between the keep-alives of a phone; 0: it is told nothing of them.
    pub(crate) flow_timer_s: u32,
}

impl Settings {
    /// The keys of the configuration that a running P-CSCF can change.
    const KEYS: [&str; 6] = [
        "network",
        "access_network_info",
        "sec_agree",
        "entry_wait_ms",
        "flow_timer_s",
        "names",
    ];

    fn of(config: &Config) -> Self {
        Self {
            network: config.network.clone(),
            access_network_info: config.access_network_info.clone(),
            sec_agree: config.sec_agree,
            entry_wait: Duration::from_millis(config.entry_wait_ms),
            flow_timer_s: config.flow_timer_s,
        }
    }
}

impl Element for Pcscf {
    const NAME: &'static str = "pcscf";
    type Config = Config;

    /// Phones are spread over the shards by the kernel, each by its address; to the core each is a P-CSCF of its own.
    fn shard(config: &Config, shard: Shard) -> Result<Config, ConfigFault> {
        let mut own = config.clone();
        own.sip.reuse_port = true;
        own.core = config.core.of_shard("core", shard)?;
        Ok(own)
    }

    fn check_files(config: &Config) -> Result<(), ConfigFault> {
        let file = config.flow_key_file.as_deref();
        file.map_or(Ok(()), |file| flow_key::read(file).map(drop))
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        let key = match &config.flow_key_file {
            Some(file) => flow_key::load(file, &host.io)?,
            None => {
                let mut key = [0; 32];
                host.io.fill_random(&mut key);
                key
            }
        };
        let phones = host.sip_at("Gm", &config.sip, &[Method::REGISTER]).await?;
        let core = host.sip_at("Mw", &config.core, to_phone::METHODS).await?;
        let shared = Rc::new(Shared {
            registered: RefCell::new(Registered::new(&host.io)),
            locator: host.locator(&config.names, config.dns.as_ref(), core.local_addr().ip())?,
            settings: RefCell::new(Rc::new(Settings::of(&config))),
            timers: config.sip.timers.values(),
            tokens: FlowTokens::new(key),
            metrics,
            phones,
            core,
        });
        let procedures = Rc::clone(&shared);
        shared.core.serve(move |incoming: Incoming<I>| {
            let pcscf = Rc::clone(&procedures);
            async move { to_phone::to_phone(&pcscf, incoming).await }
        });
        let mut closed = shared.phones.closed_flows();
        let watching = Rc::clone(&shared);
        driver::spawn(async move {
            while let Some(flow) = closed.next().await {
                to_phone::end(&watching, flow);
            }
        });
        let sweeping = Rc::clone(&shared);
        driver::spawn(async move { sweeping.sweep().await });
        let procedures = Rc::clone(&shared);
        shared.phones.serve(move |incoming: Incoming<I>| {
            let pcscf = Rc::clone(&procedures);
            async move { register::register(&pcscf, incoming).await }
        });
        let (phones, core) = (shared.phones.clone(), shared.core.clone());
        let reloading = Rc::clone(&shared);
        let running = Running::new(
            move || shared.registered.borrow_mut().state(now()),
            move || async move {
                // Both at once: what one side still takes, the other would wait for.
                tokio::join!(phones.drain(), core.drain());
                // What a phone's request still needed of the core ended with it.
                core.drain().await;
            },
        );
        Ok(running.with_reload(move |config: Config| {
            *reloading.settings.borrow_mut() = Rc::new(Settings::of(&config));
            reloading.locator.set_names(config.names.names());
            ready(Ok(Reloaded {
                applied: Settings::KEYS.map(str::to_owned).to_vec(),
                needs_restart: Vec::new(),
            }))
        }))
    }
}

impl<I: Io> Shared<I> {
    /// Takes registrations that ran out, for as long as the P-CSCF lives.
    async fn sweep(&self) {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            let mut registered = self.registered.borrow_mut();
            registered.sweep(now());
            self.metrics.set_registrations(registered.len());
        }
    }
}

/// The loop's clock, as the registrations count it.
pub(crate) fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}
