//! The test phone: it registers, stays registered, and leaves politely; one, or many at once.

mod bulk;
mod config;
mod credentials;
mod metrics;
mod phone;
mod register;
mod registration;
mod subscribers;
mod summary;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use driver::io::Io;
use driver::sip::{Endpoint, Incoming};
use process::config::{ConfigFault, SipSection};
use process::{Element, Host, Running, StartError};
use sip_message::{Message, Method, Name, Status};
use tokio::sync::oneshot;

use bulk::Bulk;
pub use config::{
    AkaSection, BulkEnd, BulkSection, Config, Hex, MAX_PCSCFS, MAX_RATE, MAX_SOCKETS, PcscfList,
    Secret, TransportName,
};
pub use metrics::Metrics;
use phone::Phone;
pub use phone::{LONGEST_PAUSE, LONGEST_RETRY_AFTER, PAUSE, STABLE_AFTER};
use register::{Binding, Way};
use subscribers::Subscriber;
pub use summary::MAX_FAILURE_KINDS;

/// The phone as an element.
pub struct Ue;

/// Runs the element in this process by `args`, which begin after the program's name.
///
/// Compiled here once, and not again in every binary that has it.
pub fn run(args: Vec<OsString>) -> ExitCode {
    process::run_with_args::<Ue>(args.into_iter())
}

impl Element for Ue {
    const NAME: &'static str = "ue";
    type Config = Config;

    fn check_files(config: &Config) -> Result<(), ConfigFault> {
        config
            .bulk
            .as_ref()
            .map_or(Ok(()), |bulk| users_of(bulk).map(drop))
    }

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        match config.bulk.clone() {
            None => one(config, host, metrics).await,
            Some(bulk) => many(config, bulk, host).await,
        }
    }
}

/// One phone, which lives until the process stops.
async fn one<I: Io>(
    config: Config,
    host: Host<I>,
    metrics: Metrics,
) -> Result<Running, StartError> {
    let endpoint = endpoint(&host, &config.sip).await?;
    let subscriber = config.subscriber()?;
    let bindings = bindings(&config, &subscriber, &endpoint);
    let io = host.io.clone();
    let keep_alive = config.keep_alive_s.map(Duration::from_secs);
    let phone = Phone::new(
        &subscriber.public_identity,
        bindings,
        io,
        metrics,
        keep_alive,
    );
    let phone = Rc::new(phone);
    let registering: Vec<_> = phone
        .bindings()
        .map(|binding| {
            let phone = Rc::clone(&phone);
            driver::spawn(async move { phone.stay_registered(&binding).await })
        })
        .collect();
    let shown = Rc::clone(&phone);
    Ok(Running::new(
        move || shown.state(),
        move || async move {
            for registering in &registering {
                registering.abort();
            }
            phone.deregister().await;
        },
    ))
}

/// Many phones, which end the process when they are through.
async fn many<I: Io>(
    config: Config,
    bulk: BulkSection,
    host: Host<I>,
) -> Result<Running, StartError> {
    let users = users_of(&bulk)?;
    let mut endpoints = vec![endpoint(&host, &config.sip).await?];
    let others = SipSection {
        listen: SocketAddr::new(config.sip.listen.ip(), 0),
        ..config.sip.clone()
    };
    while endpoints.len() < bulk.sockets.min(users.len()) {
        endpoints.push(endpoint(&host, &others).await?);
    }
    let phones = users
        .iter()
        .zip(endpoints.iter().cycle())
        .flat_map(|(user, endpoint)| bindings(&config, user, endpoint))
        .collect();
    let end = bulk.end;
    let bulk = Rc::new(Bulk::new(phones, bulk));
    let (tell, told) = oneshot::channel();
    let running = Rc::clone(&bulk);
    let run = driver::spawn(async move {
        // Nobody listens when the process stops first.
        let _ = tell.send(running.run().await);
    });
    let shown = Rc::clone(&bulk);
    let running = Running::new(
        move || shown.state(),
        move || async move {
            if !run.is_finished() {
                run.abort();
                if end == BulkEnd::Stay {
                    bulk.deregister().await;
                }
                bulk.log();
            }
        },
    );
    Ok(running.ending_with(async move {
        match told.await {
            Ok(Ok(summary)) => {
                bulk::print(&summary);
                Ok(())
            }
            Ok(Err(summary)) => {
                bulk::print(&summary);
                Err("a phone failed, see the summary".to_owned())
            }
            Err(_aborted) => std::future::pending().await,
        }
    }))
}

/// The users of a bulk run.
fn users_of(bulk: &BulkSection) -> Result<Vec<Subscriber>, ConfigFault> {
    let fault = |problem: String| {
        ConfigFault::new(
            "bulk.subscribers",
            bulk.subscribers.display(),
            problem,
            "name the subscriber file that the HSS has too",
        )
    };
    let mut users = subscribers::read(&bulk.subscribers).map_err(fault)?;
    let wanted = bulk.users.unwrap_or(users.len());
    if wanted > users.len() || users.is_empty() {
        let problem = format!("has {} users, and {wanted} are wanted", users.len());
        return Err(fault(problem));
    }
    users.truncate(wanted);
    Ok(users)
}

/// A registration by each P-CSCF of the configuration.
fn bindings<I: Io>(
    config: &Config,
    subscriber: &Subscriber,
    endpoint: &Endpoint<I>,
) -> Vec<Binding<I>> {
    let pcscfs = config.pcscf.addresses();
    let outbound = config.outbound.unwrap_or(pcscfs.len() > 1);
    let instance = config
        .instance
        .clone()
        .unwrap_or_else(|| instance_of(&subscriber.private_identity));
    (1..)
        .zip(pcscfs)
        .map(|(reg_id, &pcscf)| {
            let way = Way {
                transport: config.transport.transport(),
                pcscf,
                outbound: outbound.then(|| (instance.clone(), reg_id)),
            };
            Binding::new(subscriber, way, config.expires, endpoint.clone())
        })
        .collect()
}

/// An instance URN that stays the same when the phone starts again (RFC 5626 §4.1): a UUID of the name's hash
/// (RFC 9562 §5.8).
fn instance_of(private_identity: &str) -> String {
    use sha2::Digest as _;
    let mut name = [0; 16];
    let hash = sha2::Sha256::digest(private_identity.as_bytes());
    name.copy_from_slice(&hash[..16]);
    // Version 8, variant 10.
    name[6] = name[6] & 0x0f | 0x80;
    name[8] = name[8] & 0x3f | 0x80;
    let hex: String = name.iter().map(|octet| format!("{octet:02x}")).collect();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// An endpoint that answers OPTIONS.
async fn endpoint<I: Io>(host: &Host<I>, section: &SipSection) -> Result<Endpoint<I>, StartError> {
    let endpoint = host.sip(section, &[Method::OPTIONS]).await?;
    let answering = endpoint.clone();
    endpoint.serve(move |incoming: Incoming<I>| {
        let tag = answering.new_tag();
        async move {
            // RFC 3261 §11.2: what a phone can do.
            let mut response = Message::response(&incoming.message, Status::OK);
            response.set_to_tag(&tag);
            response.append(Name::ALLOW, "OPTIONS");
            incoming.transaction.respond(&response);
        }
    });
    Ok(endpoint)
}
