//! Exit statuses, numbered as `sysexits.h` has them.

/// It did what it was asked for, or was asked to stop.
pub const OK: u8 = 0;
/// The command line or the configuration file is wrong.
pub const USAGE: u8 = 64;
/// An address could not be bound: taken, or not of this host.
pub const UNAVAILABLE: u8 = 69;
/// Anything else that kept the process from running.
pub const SOFTWARE: u8 = 70;
