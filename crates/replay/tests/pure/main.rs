//! A player against an element that a test plays, without sockets.

mod diameter;
mod live;
mod sip;
