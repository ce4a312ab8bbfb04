//! SIP transactions, digest and response routing as pure machines.

pub mod timers;
pub mod transaction;
