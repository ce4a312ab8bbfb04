//! Diameter peer, watchdog, routing and request matching as pure machines.

pub mod capabilities;
pub mod duplicates;
pub mod identifiers;
pub mod peer;
pub mod pending;
pub mod redirect;
pub mod routing;
pub mod watchdog;
