//! HSS: subscribers, their credentials and their registration state (TS 29.228).
//!
//! A request is read ([`diameter_codec`]), its subscription loaded ([`store`]), what happens is decided by a pure
//! function ([`user_authorization::decide`], [`multimedia_auth::decide`], [`server_assignment::decide`],
//! [`location_info::decide`]), the changes committed if nobody was faster, and only then answered.

pub mod aka_credentials;
mod capabilities;
pub mod config;
pub mod digest;
pub mod error;
mod hex;
pub mod identity;
pub mod location_info;
mod metrics;
pub mod multimedia_auth;
pub mod policy;
mod procedure;
pub mod record;
pub mod server_assignment;
pub mod store;
pub mod subscriber_file;
pub mod subscription;
pub mod user_authorization;
mod view;

use std::rc::Rc;

use diameter_codec::{CommandCode, cx::command};
use diameter_stack::capabilities::Application;
use driver::diameter::Node;
use driver::io::Io;
use process::config::ConfigFault;
use process::{Element, Host, Running, StartError};
use serde_json::json;

pub use config::Config;
pub use metrics::Metrics;
pub use procedure::{MAX_ATTEMPTS, MAX_IMPUS};
pub use view::MAX_SHOWN;

use procedure::Procedures;
use store::{Provisioned, Sqlite, Store};
use subscriber_file::SubscriberFileError;
use view::View;

/// The HSS as an element.
pub struct Hss;

/// The requests that it serves.
const COMMANDS: &[CommandCode] = &[
    command::USER_AUTHORIZATION,
    command::SERVER_ASSIGNMENT,
    command::LOCATION_INFO,
    command::MULTIMEDIA_AUTH,
];

impl Element for Hss {
    const NAME: &'static str = "hss";
    type Config = Config;

    fn check_files(config: &Config) -> Result<(), ConfigFault> {
        let read = subscriber_file::read(&config.subscribers);
        read.map(drop)
            .map_err(|error| subscribers_fault(config, error))
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let (store, provisioned) = provisioned_store(&config, &host.io).await?;
        let total = provisioned.added + provisioned.changed + provisioned.unchanged;
        tracing::info!(
            added = provisioned.added,
            changed = provisioned.changed,
            removed = provisioned.removed,
            unchanged = provisioned.unchanged,
            "subscribers loaded"
        );
        let metrics = Metrics::default();
        metrics
            .subscriptions
            .set(i64::try_from(total).unwrap_or(i64::MAX));
        let shown = store
            .list(String::new(), MAX_SHOWN)
            .await
            .map_err(StartError::failed("read the database"))?;
        let view = View::new(total, shown);

        let settings = config.diameter.settings(vec![Application::cx(COMMANDS)]);
        let listen = settings.listen;
        let origin = (settings.identity.as_str(), settings.realm.as_str());
        let procedures = Rc::new(Procedures::new(
            &host.io,
            store,
            config.policy(),
            origin,
            metrics.clone(),
            view.clone(),
        ));
        let node = Node::start(host.io, settings, move |request| {
            Rc::clone(&procedures).serve(request.message)
        });
        let node = node.await.map_err(|error| match listen {
            Some(address) => StartError::bind("Diameter over TCP", address)(error),
            None => StartError::failed("start Diameter")(error),
        })?;
        host.metrics.register(|registry| {
            metrics.register(registry);
            node.metrics().register(registry);
        });
        let state = {
            let node = node.clone();
            move || json!({ "subscribers": view.json(), "peers": peers(&node) })
        };
        Ok(Running::new(
            state,
            move || async move { node.stop().await },
        ))
    }
}

/// The database with what the subscriber file says.
async fn provisioned_store<I: Io>(
    config: &Config,
    io: &I,
) -> Result<(Sqlite<I>, Provisioned), StartError> {
    let path = config.subscribers.clone();
    let loaded = io.run_blocking(move || subscriber_file::read(&path)).await;
    let subscriptions = loaded.map_err(|error| subscribers_fault(config, error))?;
    let store = Sqlite::open(io.clone(), &config.database)
        .await
        .map_err(|error| {
            ConfigFault::new(
                "database",
                format!("{:?}", config.database),
                format!("cannot be opened: {error}"),
                "name a file of this HSS's own in a directory that it may write, or move away what stands there: \
                 registrations are then forgotten",
            )
        })?;
    let provisioned = store
        .provision(subscriptions)
        .await
        .map_err(StartError::failed(format!(
            "provision {}",
            config.database.display()
        )))?;
    Ok((store, provisioned))
}

fn subscribers_fault(config: &Config, error: SubscriberFileError) -> ConfigFault {
    let value = format!("{:?}", config.subscribers);
    let problem = format!("{}: {}", error.file, error.fault.finding());
    ConfigFault::new("subscribers", value, problem, error.fault.way_out)
}

fn peers<I: Io>(node: &Node<I>) -> Vec<serde_json::Value> {
    let row = |peer: driver::diameter::PeerStatus| {
        json!({
            "identity": peer.identity,
            "realm": peer.realm,
            "address": peer.address,
            "state": format!("{:?}", peer.state),
            "watchdog": format!("{:?}", peer.watchdog),
            "serving": peer.serving,
        })
    };
    node.peers().into_iter().map(row).collect()
}
