//! HSS: subscribers, their credentials and their registration state (TS 29.228).
//!
//! A request is read ([`diameter_codec`]), its subscription loaded ([`store`]), what happens is decided by a pure
//! function ([`user_authorization::decide`], [`multimedia_auth::decide`], [`server_assignment::decide`],
//! [`location_info::decide`]), the changes committed if nobody was faster, and only then answered.

mod admin_calls;
pub mod aka_credentials;
pub mod config;
mod courier;
pub mod digest;
pub mod error;
mod hex;
pub mod identity;
pub mod location_info;
mod metrics;
pub mod multimedia_auth;
pub mod notice;
pub mod policy;
mod procedure;
pub mod record;
mod reload;
mod reprovision;
pub mod scscf_pool;
pub mod server_assignment;
mod serving_scscf;
pub mod store;
pub mod subscriber_file;
pub mod subscription;
pub mod user_authorization;
mod view;

use std::ffi::OsString;
use std::process::ExitCode;
use std::rc::Rc;

use diameter_codec::{CommandCode, cx::command};
use diameter_stack::capabilities::Application;
use driver::diameter::Node;
use driver::io::Io;
use process::config::ConfigFault;
use process::{Element, Host, Running, StartError};
use serde_json::json;

pub use config::Config;
pub use courier::{MAX_UNDER_WAY, MAX_UNSENT};
pub use metrics::Metrics;
pub use procedure::{MAX_ATTEMPTS, MAX_IMPUS};
pub use view::MAX_SHOWN;

use courier::Courier;
use procedure::Procedures;
use reload::Reloading;
use store::{Provisioned, Sqlite, Store};
use subscriber_file::SubscriberFileError;

/// The HSS as an element.
pub struct Hss;

/// Runs the element in this process by `args`, which begin after the program's name.
///
/// Compiled here once, and not again in every binary that has it.
pub fn run(args: Vec<OsString>) -> ExitCode {
    process::run_with_args::<Hss>(args.into_iter())
}

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
        tracing::info!(
            added = provisioned.added,
            changed = provisioned.changed,
            removed = provisioned.removed,
            unchanged = provisioned.unchanged,
            notices = provisioned.notices.len(),
            "subscribers loaded"
        );
        let metrics = Metrics::default();
        let shown = store
            .list(String::new(), MAX_SHOWN)
            .await
            .map_err(StartError::failed("read the database"))?;

        let settings = config.diameter.settings(vec![Application::cx(COMMANDS)]);
        let listen = settings.listen;
        let origin = (settings.identity.as_str(), settings.realm.as_str());
        let procedures = Rc::new(Procedures::new(
            &host.io,
            store,
            config.policy(),
            origin,
            metrics.clone(),
        ));
        procedures.provisioned(&provisioned, shown);
        let node = Node::start(host.io.clone(), settings, {
            let procedures = Rc::clone(&procedures);
            move |request| Rc::clone(&procedures).serve(request.message)
        });
        let node = node.await.map_err(|error| match listen {
            Some(address) => StartError::bind("Diameter over TCP", address)(error),
            None => StartError::failed("start Diameter")(error),
        })?;
        host.metrics.register(|registry| {
            metrics.register(registry);
            node.metrics().register(registry);
        });
        let patience = config.notices.patience();
        let courier = Courier::start(&host.io, node.clone(), Rc::clone(&procedures), patience);
        let reloading = Reloading::new(
            host.io,
            Rc::clone(&procedures),
            courier.clone(),
            config.clone(),
        );
        let reloading = Rc::new(reloading);
        let commands = admin_calls::commands(&procedures, &courier, &reloading);
        let state = {
            let node = node.clone();
            move || json!({ "subscribers": procedures.view.json(), "peers": peers(&node) })
        };
        let stop = move || async move { node.stop().await };
        Ok(Running::new(state, stop)
            .with_commands(commands)
            .with_reload(move |config: Config| {
                let reloading = Rc::clone(&reloading);
                async move { reloading.with(&config).await }
            }))
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
