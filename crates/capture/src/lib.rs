//! Signalling as pcapng: writing what an element sends and receives, reading it back.
//!
//! An element knows messages, not packets, so that [`Recorder`] puts headers of its own making round them: right
//! addresses, ports, checksums and sequence numbers, the rest plausible. Wireshark reads the result like any capture.

mod decoder;
mod headers;
mod packet;
mod reader;
mod recorder;
mod virtual_tcp;

pub use decoder::{Decoder, MAX_BLOCK, MAX_INTERFACE_BLOCK, MAX_INTERFACES, ReadError};
pub use packet::{Direction, Message, Packet, Segment, Transport};
pub use reader::Reader;
pub use recorder::{MAX_UDP_PAYLOAD, Recorder};
pub use virtual_tcp::{MAX_CONNECTIONS, MAX_SEGMENT};
