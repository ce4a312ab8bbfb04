//! Signalling as pcapng: writing what an element sends and receives, reading it back.

mod packet;

pub use packet::{Direction, Transport};
