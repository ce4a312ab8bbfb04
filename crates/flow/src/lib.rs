//! Ladders of SIP and Diameter: what went from whom to whom.

pub mod escape;
pub mod event;
pub mod ladder;
pub mod node;
pub mod terminal;

pub use event::Event;
pub use ladder::{Ladder, Show};
pub use node::{Node, NodeId, Nodes, Place};
pub use terminal::Style;
