//! Diameter over TCP: a node that keeps its peers, sends requests and serves those of others (RFC 6733).
//!
//! The decisions are `diameter_stack`'s; here are their connections, timers and tasks. One task carries each
//! connection: it writes all that gathered since its last turn in one go, and hands on what it read frame by frame.

mod actions;
mod asking;
mod base;
mod dispatch;
mod exchange;
mod link;
pub mod metrics;
mod node;
mod peer;
mod serving;
mod settings;

pub use asking::{MAX_ATTEMPTS, MAX_REDIRECTS};
pub use link::MAX_HELD_OCTETS;
pub use node::{Ids, IncomingRequest, Node, PeerStatus, RequestError, Route};
pub use settings::{
    Admission, DiameterTimers, FollowRedirects, Limits, NodeSettings, PeerSettings,
};
