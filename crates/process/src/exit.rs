//! Exit statuses, numbered as `sysexits.h` has them.

/// It did what it was asked for, or was asked to stop.
pub const OK: u8 = 0;
/// The command line or the configuration file is wrong.
pub const USAGE: u8 = 64;
/// A file that was given is not what it should be, or not all of it.
pub const DATA: u8 = 65;
/// A file that was given cannot be opened.
pub const NO_INPUT: u8 = 66;
/// An address could not be bound: taken, or not of this host.
pub const UNAVAILABLE: u8 = 69;
/// Anything else that kept the process from running.
pub const SOFTWARE: u8 = 70;
/// A file that is to be written cannot be made.
pub const CANNOT_CREATE: u8 = 73;
/// Reading or writing failed.
pub const IO: u8 = 74;
