//! S-CSCF: registrar and session control (TS 24.229 §5.4).
//!
//! It challenges whoever registers, checks the answer with what the HSS gave it, tells the HSS before it tells the
//! phone, and keeps the contacts until they are removed or run out.

mod accepted;
mod authenticate;
mod authenticate_aka;
mod awaited;
mod bind;
mod binding;
mod config;
mod confirm;
mod contacts;
mod credentials;
mod doubt;
mod error;
mod expiry;
mod identities;
mod metrics;
mod outbound;
mod profile;
mod push;
mod register;
mod registrar;
mod termination;
mod wildcards;

use std::cell::{OnceCell, RefCell};
use std::ffi::OsString;
use std::process::ExitCode;
use std::rc::{Rc, Weak};
use std::time::Duration;

use cx::{
    Assignment, Cx, CxError, FeatureList, PushProfile, Pushed, RegistrationTermination,
    ServerAssignment, ServerAssignmentType, Terminated,
};
use diameter_stack::capabilities::Application;
use driver::io::Io;
use driver::sip::{Endpoint, Incoming};
use driver::turns::Turns;
use process::config::ConfigFault;
use process::{Element, Host, Reloaded, Running, Shard, StartError};
use serde_json::json;
use sip_message::{Method, Params, SipUri, Uri};
use sip_stack::digest::Nonces;
use tokio::sync::Notify;

pub use authenticate::SECRETS_AGAIN;
use awaited::Awaited;
pub use awaited::{
    MAX_AWAITED, MAX_CHAINS, MAX_CHALLENGES_OF_ONE, MAX_RESYNCHRONISATIONS, MAX_WRONG_ANSWERS,
};
pub use binding::MAX_TEXT;
use config::Rules;
pub use config::{AuthenticationSection, Config, NewContact, Qop, RegistrationSection, Scheme};
pub use doubt::{MAX_CLEARED_AT_ONCE, MAX_DOUBTED_CHALLENGES, MAX_DOUBTS};
pub use expiry::{HSS_AGAIN, MAX_HSS_AGAIN};
pub use metrics::Metrics;
use register::Answered;
pub use register::MAX_IDENTITY;
use registrar::Registrar;
pub use wildcards::MAX_COMPILED;
use wildcards::Wildcards;

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
    rules: RefCell<Rc<Rules>>,
    /// Procedures of one private identity run one after another.
    pub(crate) turns: Turns<Box<str>>,
    pub(crate) nonces: RefCell<Nonces>,
    pub(crate) awaited: RefCell<Awaited>,
    pub(crate) awaited_changed: Notify,
    pub(crate) registrar: RefCell<Registrar>,
    /// Those of the registrar's users.
    pub(crate) wildcards: Rc<Wildcards>,
    /// Somebody's contact now runs out earlier than everybody's before, or the first of them does later.
    pub(crate) due_changed: Notify,
    pub(crate) doubts: doubt::Doubts,
    pub(crate) metrics: Metrics,
}

impl<I: Io> Shared<I> {
    /// What procedures go by now.
    pub(crate) fn rules(&self) -> Rc<Rules> {
        Rc::clone(&self.rules.borrow())
    }

    /// The HSS may have something wrong of `pair`, which is cleared up in a while.
    pub(crate) fn doubt(&self, pair: &register::Pair, doubt: doubt::Doubt) {
        let at = now() + expiry::hss_again(self.endpoint.io());
        self.doubts.add(pair, doubt, at);
    }

    /// Origin-Host of the HSS that answered for the user before.
    pub(crate) fn hss_of(&self, pair: &register::Pair) -> Option<String> {
        if let Some(hss) = self.registrar.borrow().hss(&pair.impi) {
            return Some(hss.to_owned());
        }
        let mut awaited = self.awaited.borrow_mut();
        awaited.hss(pair).map(str::to_owned)
    }

    /// The client towards `hss` (TS 29.229 §5.4), or by realm where none is known.
    pub(crate) fn cx_of(&self, hss: Option<String>) -> Cx<I> {
        match hss.filter(|hss| !hss.is_empty()) {
            Some(hss) => self.cx.towards(&hss),
            None => self.cx.clone(),
        }
    }

    /// One SAR for one pair.
    pub(crate) async fn assign(
        &self,
        pair: &register::Pair,
        assignment: ServerAssignmentType,
    ) -> Result<ServerAssignment, CxError> {
        self.assign_at(self.hss_of(pair), pair, assignment).await
    }

    /// One SAR for one pair to `hss`, where it is known.
    pub(crate) async fn assign_at(
        &self,
        hss: Option<String>,
        pair: &register::Pair,
        assignment: ServerAssignmentType,
    ) -> Result<ServerAssignment, CxError> {
        let impu = pair.impu.as_str();
        let asked = Assignment::of_pair(&pair.impi, &impu, &self.name, assignment);
        self.cx_of(hss).server_assignment(asked).await
    }
}

/// `<sip:orig@…;lr>` of the URI `name`: what tells us that a request is originating stands in the user part.
fn service_route(name: &str) -> String {
    match Uri::parse(name) {
        Ok(Uri::Sip(uri)) => {
            let params = uri.params.without("lr");
            let ours = SipUri {
                user: Some("orig"),
                password: None,
                params: Params::new(&params),
                headers: None,
                ..uri
            };
            format!("<{ours};lr>")
        }
        _ => unreachable!("checked: the name is a SIP URI"),
    }
}

impl Element for Scscf {
    const NAME: &'static str = "scscf";
    type Config = Config;

    /// Each is an S-CSCF of its own, to HSS and I-CSCF: with a name, an identity and ports of its own.
    fn shard(config: &Config, shard: Shard) -> Result<Config, ConfigFault> {
        let mut own = config.clone();
        own.name = shard.sip_uri("name", &config.name)?;
        own.sip = config.sip.of_shard("sip", shard)?;
        own.diameter = config.diameter.of_shard(shard)?;
        Ok(own)
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        let endpoint = host.sip(&config.sip, &[Method::REGISTER]).await?;
        let diameter = config.diameter.settings(vec![Application::cx(cx::SERVED)]);
        let at = diameter.listen.unwrap_or(config.sip.listen);
        // The HSS may ask as soon as it is connected; until we serve it is told to come back.
        let serving: Serving<I> = Rc::default();
        let (terminating, pushing) = (Rc::clone(&serving), Rc::clone(&serving));
        let cx = Cx::start_serving(
            host.io.clone(),
            diameter,
            FeatureList::default(),
            move |asked: RegistrationTermination| {
                let scscf = terminating.get().and_then(Weak::upgrade);
                async move {
                    match scscf {
                        Some(scscf) => termination::terminate(&scscf, asked).await,
                        None => Terminated::NotYet,
                    }
                }
            },
            move |pushed: PushProfile| {
                let scscf = pushing.get().and_then(Weak::upgrade);
                async move {
                    match scscf {
                        Some(scscf) => push::push(&scscf, pushed).await,
                        None => Pushed::NotYet,
                    }
                }
            },
        )
        .await
        .map_err(StartError::bind("Diameter over TCP", at))?;
        host.metrics
            .register(|registry| cx.node().metrics().register(registry));
        let service_route = service_route(&config.name);
        if !cx.node().connected(HSS_WITHIN).await {
            tracing::warn!("started without the HSS: requests are refused until it can be reached");
        }
        let mut key = [0; 32];
        host.io.fill_random(&mut key);
        let wildcards = Rc::<Wildcards>::default();
        let shared = Rc::new(Shared {
            turns: Turns::new(&host.io),
            rules: RefCell::new(Rc::new(Rules::of(&config))),
            nonces: RefCell::new(Nonces::new(key, now())),
            awaited: RefCell::new(Awaited::new(&host.io, MAX_AWAITED)),
            awaited_changed: Notify::new(),
            registrar: RefCell::new(Registrar::new(&host.io, Rc::clone(&wildcards))),
            wildcards,
            due_changed: Notify::new(),
            doubts: doubt::Doubts::default(),
            name: config.name,
            realm: config.realm,
            service_route,
            metrics,
            cx,
            endpoint,
        });
        let _first = serving.set(Rc::downgrade(&shared));
        driver::spawn(expiry::challenges(Rc::clone(&shared)));
        driver::spawn(expiry::contacts(Rc::clone(&shared)));
        for _ in 0..doubt::MAX_CLEARED_AT_ONCE {
            driver::spawn(doubt::doubts(Rc::clone(&shared)));
        }
        let procedures = Rc::clone(&shared);
        shared.endpoint.serve(move |incoming: Incoming<I>| {
            let scscf = Rc::clone(&procedures);
            async move {
                let (request, transaction) = (incoming.message, incoming.transaction);
                match register::register(&scscf, &request, incoming.source.ip()).await {
                    Answered::Once(response) => transaction.respond(&response),
                    Answered::Anew(response) => transaction.respond_statelessly(&response),
                }
            }
        });
        let drain_within = host.drain_within;
        let (draining, reloading) = (Rc::clone(&shared), Rc::clone(&shared));
        let running = Running::new(
            move || {
                json!({
                    "name": shared.name,
                    "challenges": shared.awaited.borrow().len(),
                    "registrar": shared.registrar.borrow().state(now()),
                })
            },
            move || async move {
                // What is under way still then ends with its time out.
                let _ended = tokio::time::timeout(drain_within, draining.endpoint.drain()).await;
                draining.cx.stop().await;
            },
        );
        Ok(running.with_reload(move |config: Config| {
            *reloading.rules.borrow_mut() = Rc::new(Rules::of(&config));
            std::future::ready(Ok(Reloaded {
                applied: ["registration", "authentication", "trusted_peers"]
                    .map(str::to_owned)
                    .to_vec(),
                needs_restart: Vec::new(),
            }))
        }))
    }
}

/// Whom the HSS's requests go to, once there is somebody.
type Serving<I> = Rc<OnceCell<Weak<Shared<I>>>>;

/// The loop's clock, as registrations and challenges count it.
pub(crate) fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3608_the_service_route_is_one_uri_whatever_the_name_has() {
        for (name, route) in [
            ("sip:scscf.home.example", "<sip:orig@scscf.home.example;lr>"),
            (
                "sip:one@scscf.home.example:5070",
                "<sip:orig@scscf.home.example:5070;lr>",
            ),
            (
                "sip:one:secret@[2001:db8::1];lr;transport=tcp?Subject=x",
                "<sip:orig@[2001:db8::1];transport=tcp;lr>",
            ),
        ] {
            assert_eq!(service_route(name), route);
        }
    }
}
