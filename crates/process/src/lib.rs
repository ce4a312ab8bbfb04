//! What every element's process does alike: flags, configuration, logs, admin port, signals.
//!
//! An element implements [`Element`]; its crate has a `run` that calls [`run_with_args`]. The element's code is
//! generic over [`driver::io::Io`], so a simulation starts the same [`Element::start`] without this process.

pub mod admin;
mod allocator;
mod command;
pub mod config;
mod element;
mod endpoint;
pub mod exit;
mod flags;
mod life;
mod logs;
mod metrics;
mod reload;
mod run;
mod shard;
mod signals;
mod token;
mod view;

pub use command::{AdminCommand, CommandError};
pub use element::{Element, Host, Running, StartError};
pub use life::STOP_WITHIN;
pub use metrics::Metrics;
pub use reload::Reloaded;
pub use run::run_with_args;
pub use shard::{MAX_SHARDS, Shard};
pub use token::{LONGEST_TOKEN, SHORTEST_TOKEN};
pub use view::{Health, View};
