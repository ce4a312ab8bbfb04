//! Diameter peer, watchdog and request matching as pure machines.

pub mod capabilities;
pub mod identifiers;
pub mod peer;
pub mod pending;
pub mod watchdog;
