//! What every element's process does alike: flags, configuration, logs, admin port, signals.
//!
//! An element implements [`Element`]; its binary is `process::main::<ThatElement>()`. The element's code is
//! generic over [`driver::io::Io`], so a simulation starts the same [`Element::start`] without this process.

pub mod admin;
pub mod config;
mod element;
mod endpoint;
pub mod exit;
mod flags;
mod logs;
mod metrics;
mod run;
mod signals;
mod view;

pub use element::{Element, Host, Running, StartError};
pub use metrics::Metrics;
pub use run::{STOP_WITHIN, main, run_with_args};
pub use view::{Health, View};
