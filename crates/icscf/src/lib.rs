//! I-CSCF: the home network's entrance (TS 24.229 §5.3). It holds no state of a registration.

mod config;
mod metrics;
mod register;
mod selection;

use std::rc::Rc;
use std::time::Duration;

use cx::Cx;
use diameter_stack::capabilities::Application;
use driver::hash::Keyed;
use driver::io::Io;
use driver::locate::Names;
use driver::sip::{Endpoint, Incoming};
use process::{Element, Host, Running, StartError};
use serde_json::json;
use sip_message::Method;

pub use config::{Candidate, Config};
pub use metrics::Metrics;

/// The I-CSCF as an element.
pub struct Icscf;

/// How long the start waits for the HSS, so that who is ready can serve.
const HSS_WITHIN: Duration = Duration::from_secs(2);

/// What the procedures of one I-CSCF share.
pub(crate) struct Shared<I: Io> {
    pub(crate) endpoint: Endpoint<I>,
    pub(crate) cx: Cx<I>,
    pub(crate) names: Names,
    /// Our own network, for a REGISTER that names no visited one.
    pub(crate) home: String,
    pub(crate) candidates: Vec<Candidate>,
    /// How long an S-CSCF may take where another can be chosen.
    pub(crate) scscf_wait: Duration,
    /// Spreads users over candidates that are equal; the same user comes to the same one.
    pub(crate) spread: Keyed,
    pub(crate) metrics: Metrics,
}

impl Element for Icscf {
    const NAME: &'static str = "icscf";
    type Config = Config;

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        let endpoint = host.sip(&config.sip, &[Method::REGISTER]).await?;
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
        let shared = Rc::new(Shared {
            names: config.names.names(),
            candidates: config.scscf,
            scscf_wait: Duration::from_millis(config.scscf_wait_ms),
            spread: Keyed::default(),
            home,
            metrics,
            cx,
            endpoint,
        });
        let procedures = Rc::clone(&shared);
        shared.endpoint.serve(move |incoming: Incoming<I>| {
            let icscf = Rc::clone(&procedures);
            async move { register::register(&icscf, incoming).await }
        });
        let draining = Rc::clone(&shared);
        Ok(Running::new(
            move || {
                let candidates: Vec<&str> = shared
                    .candidates
                    .iter()
                    .map(|one| one.name.as_str())
                    .collect();
                json!({ "candidates": candidates, "transactions": shared.endpoint.transactions() })
            },
            move || async move {
                draining.endpoint.drain().await;
                draining.cx.stop().await;
            },
        ))
    }
}
