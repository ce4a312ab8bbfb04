//! A player against an element that a test plays, without sockets.

mod aka;
mod connections;
mod dialogs;
mod diameter;
mod live;
mod plans;
mod sip;
mod times;
mod uris;
