//! Ladders of SIP and Diameter: what went from whom to whom.

pub mod escape;
pub mod event;
mod label;
pub mod ladder;
pub mod node;
pub mod read;
pub mod reorder;
pub mod sighting;
pub mod stream;
pub mod terminal;

pub use event::Event;
pub use ladder::{Ladder, Show};
pub use node::{Node, NodeId, Nodes, Place};
pub use read::Reader;
pub use reorder::Reorder;
pub use sighting::Sightings;
pub use terminal::Style;
