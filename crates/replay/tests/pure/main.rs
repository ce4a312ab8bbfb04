//! A player against an element that a test plays, without sockets.

mod dialogs;
mod diameter;
mod live;
mod sip;
