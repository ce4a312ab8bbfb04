//! Ladders of SIP and Diameter: what went from whom to whom.
//!
//! Packets of a capture go to a [`Reader`], which puts TCP in order ([`reassembly`]), finds by their content the streams
//! that concern us, and cuts them into messages; each becomes an [`Event`], and what made no message a [`Notice`].

mod channel;
mod connections;
mod content;
mod counts;
mod datagrams;
pub mod escape;
pub mod event;
mod framing;
mod label;
pub mod ladder;
mod limits;
pub mod node;
pub mod notice;
mod port;
pub mod read;
pub mod reassembly;
pub mod reorder;
pub mod sighting;
pub mod sink;
pub mod terminal;
mod tls;

pub use counts::Counts;
pub use event::Event;
pub use ladder::{Ladder, Show};
pub use limits::Limits;
pub use node::{Node, NodeId, Nodes, Place};
pub use notice::{Notice, NoticeKind};
pub use read::Reader;
pub use reorder::Reorder;
pub use sighting::Sightings;
pub use terminal::Style;
