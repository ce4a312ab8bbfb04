//! SIP transactions, digest and response routing as pure machines.
//!
//! No clock, no socket, no random source: `now` and random octets come in, actions go out as data.

pub mod auth_params;
pub mod branch;
pub mod digest;
mod error;
pub mod flow;
pub mod flow_token;
pub mod own;
pub mod proxy;
pub mod stun;
pub mod timers;
pub mod transaction;
pub mod trust;
pub mod via;

pub use error::Error;
