//! Transactions of RFC 3261 §17 with the corrections of RFC 4320: one machine a figure, one file a machine.
//!
//! A machine knows its state and its timers' values, nothing else: the driver keeps the messages and
//! the clock, gives inputs, and carries out the actions in the order in which they come.

pub mod key;
pub mod non_invite_client;
pub mod non_invite_server;
