//! Ladders of SIP and Diameter: what went from whom to whom.
//!
//! A [`Reading`] tells what is in a capture. Packets go to a [`Reader`], which puts TCP in order ([`reassembly`]), finds by their content the streams
//! that concern us, and cuts them into messages; each becomes an [`Event`], and what made no message a [`Notice`].

mod channel;
pub mod check;
mod connections;
mod content;
pub mod correlation;
mod counts;
mod datagrams;
pub mod decoded;
pub mod escape;
pub mod event;
pub mod fold;
mod framing;
pub mod html;
pub mod identity;
mod ink;
pub mod json;
mod label;
pub mod ladder;
mod limits;
mod marks;
mod markup;
pub mod naming;
pub mod node;
pub mod notice;
mod port;
pub mod read;
pub mod reading;
pub mod reassembly;
pub mod reorder;
#[cfg(test)]
mod scene;
pub mod sighting;
pub mod sink;
pub mod svg;
pub mod terminal;
pub mod timestamp;
pub mod tls;
mod transaction;

pub use check::Checker;
pub use correlation::{Belonging, Chain, Correlation, Remembered, Selection, Subscriber};
pub use counts::Counts;
pub use event::Event;
pub use fold::{Fold, Folded};
pub use html::Page;
pub use identity::{Identity, Wanted};
pub use ladder::{Ladder, Show, Times};
pub use limits::Limits;
pub use naming::{Names, Naming};
pub use node::{Node, NodeId, Nodes, Place};
pub use notice::{Notice, NoticeKind};
pub use read::Reader;
pub use reading::{Found, Reading};
pub use reorder::Reorder;
pub use sighting::Sightings;
pub use svg::Picture;
pub use terminal::Style;
pub use timestamp::Timestamp;
pub use tls::key_log::{BadLine, KeyLog};
