//! S-CSCF: registrar and session control (TS 24.229 §5.4).
//!
//! It challenges whoever registers, checks the answer with what the HSS gave it, tells the HSS before it tells the
//! phone, and keeps the contacts until they are removed or run out.

mod authenticate;
mod bind;
mod binding;
mod challenge;
mod config;
mod contacts;
mod error;
mod expiry;
mod hss_credentials;
mod metrics;
mod profile;
mod register;
mod registrar;

use std::cell::RefCell;
use std::ffi::OsString;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use cx::{Assignment, Cx, CxError, ServerAssignment, ServerAssignmentType};
use diameter_stack::capabilities::Application;
use driver::io::Io;
use driver::sip::{Endpoint, Incoming};
use driver::turns::Turns;
use process::config::ConfigFault;
use process::{Element, Host, Running, Shard, StartError};
use serde_json::json;
use sip_message::Method;
use sip_stack::digest::Algorithm;
use tokio::sync::Notify;

use challenge::Challenges;
pub use challenge::{MAX_CHALLENGES, MAX_CHALLENGES_OF_ONE, MAX_WRONG_ANSWERS};
pub use config::{Config, RegistrationSection};
use expiry::Expiries;
pub use expiry::HSS_AGAIN;
pub use metrics::Metrics;
use registrar::Registrar;

/// The S-CSCF as an element.
pub struct Scscf;

/// Runs the element in this process by `args`, which begin after the program's name.
///
/// Compiled here once, and not again in every binary that has it.
pub fn run(args: Vec<OsString>) -> ExitCode {
    process::run_with_args::<Scscf>(args.into_iter())
}

/// How long the start waits for the HSS, so that who is ready can serve.
const HSS_WITHIN: Duration = Duration::from_secs(2);

/// What the procedures of one S-CSCF share.
pub(crate) struct Shared<I: Io> {
    pub(crate) endpoint: Endpoint<I>,
    pub(crate) cx: Cx<I>,
    pub(crate) name: String,
    pub(crate) realm: String,
    /// Where calls of a registered phone come back to us, marked as originating (RFC 3608, TS 24.229 §5.4.1.2.2).
    pub(crate) service_route: String,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) registration: RegistrationSection,
    /// Procedures of one private identity run one after another.
    pub(crate) turns: Turns<Box<str>>,
    pub(crate) challenges: RefCell<Challenges>,
    pub(crate) challenge_added: Notify,
    pub(crate) registrar: RefCell<Registrar>,
    pub(crate) expiries: RefCell<Expiries>,
    pub(crate) expiry_changed: Notify,
    pub(crate) metrics: Metrics,
}

impl<I: Io> Shared<I> {
    /// How long a challenge may be answered.
    pub(crate) fn reg_await_auth(&self) -> Duration {
        Duration::from_secs(u64::from(self.registration.reg_await_auth))
    }

    /// One SAR for one pair.
    pub(crate) async fn assign(
        &self,
        impi: &str,
        impu: &str,
        assignment: ServerAssignmentType,
    ) -> Result<ServerAssignment, CxError> {
        let asked = Assignment::of_pair(impi, &impu, &self.name, assignment);
        self.cx.server_assignment(asked).await
    }
}

impl Element for Scscf {
    const NAME: &'static str = "scscf";
    type Config = Config;

    /// Each is an S-CSCF of its own, to HSS and I-CSCF: with a name, an identity and ports of its own.
    fn shard(config: &Config, shard: Shard) -> Result<Config, ConfigFault> {
        let mut own = config.clone();
        own.name = shard.sip_uri("name", &config.name)?;
        own.sip.listen = shard.address("sip.listen", config.sip.listen)?;
        own.diameter = config.diameter.of_shard(shard)?;
        Ok(own)
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        let endpoint = host.sip(&config.sip, &[Method::REGISTER]).await?;
        let diameter = config.diameter.settings(vec![Application::cx(&[])]);
        let at = diameter.listen.unwrap_or(config.sip.listen);
        let cx = Cx::start(host.io.clone(), diameter)
            .await
            .map_err(StartError::bind("Diameter over TCP", at))?;
        host.metrics
            .register(|registry| cx.node().metrics().register(registry));
        let service_route = match config.name.split_once(':') {
            Some((scheme, host)) => format!("<{scheme}:orig@{host};lr>"),
            None => unreachable!("checked: the name is a SIP URI"),
        };
        if !cx.node().connected(HSS_WITHIN).await {
            tracing::warn!("started without the HSS: requests are refused until it can be reached");
        }
        let shared = Rc::new(Shared {
            turns: Turns::new(&host.io),
            challenges: RefCell::new(Challenges::new(
                &host.io,
                Duration::from_secs(u64::from(config.registration.reg_await_auth)),
                MAX_CHALLENGES,
            )),
            challenge_added: Notify::new(),
            registrar: RefCell::new(Registrar::new(&host.io)),
            expiries: RefCell::new(Expiries::new(&host.io)),
            expiry_changed: Notify::new(),
            algorithms: config.registration.algorithms(),
            registration: config.registration,
            name: config.name,
            realm: config.realm,
            service_route,
            metrics,
            cx,
            endpoint,
        });
        driver::spawn(expiry::challenges(Rc::clone(&shared)));
        driver::spawn(expiry::contacts(Rc::clone(&shared)));
        let procedures = Rc::clone(&shared);
        shared.endpoint.serve(move |incoming: Incoming<I>| {
            let scscf = Rc::clone(&procedures);
            async move {
                let response = register::register(&scscf, &incoming.message).await;
                incoming.transaction.respond(&response);
            }
        });
        let drain_within = host.drain_within;
        let draining = Rc::clone(&shared);
        Ok(Running::new(
            move || {
                json!({
                    "name": shared.name,
                    "challenges": shared.challenges.borrow().len(),
                    "registrar": shared.registrar.borrow().state(now()),
                })
            },
            move || async move {
                // What is under way still then ends with its time out.
                let _ended = tokio::time::timeout(drain_within, draining.endpoint.drain()).await;
                draining.cx.stop().await;
            },
        ))
    }
}

/// The loop's clock, as registrations and challenges count it.
pub(crate) fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}
