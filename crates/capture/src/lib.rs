//! Signalling as pcapng: writing what an element sends and receives; any capture: reading it.
//!
//! An element knows messages, not packets, so that [`Recorder`] puts headers of its own making round them: right
//! addresses, ports, checksums and sequence numbers, the rest plausible. Wireshark reads the result like any capture.
//!
//! [`Reader`] and [`Decoder`] give the datagrams and segments of pcap and pcapng by their numbers in the file, put IP
//! fragments together, and tell what cannot be given.

mod decoder;
mod fault;
mod fragments;
mod headers;
mod interface;
mod packet;
mod pcap;
mod pcapng;
mod reader;
mod record;
mod recorder;
mod sctp;
mod virtual_tcp;

pub use decoder::{Decoder, MAX_BLOCK, MAX_INTERFACE_BLOCK, MAX_INTERFACES};
pub use fault::{Fault, FaultKind, ReadError};
pub use fragments::{MAX_FRAGMENT_AGE, MAX_FRAGMENT_OCTETS, MAX_FRAGMENTED};
pub use packet::{Direction, Message, Numbers, Packet, Segment, Transport};
pub use reader::Reader;
pub use record::{PassedOver, Record, Secrets};
pub use recorder::{MAX_UDP_PAYLOAD, Recorder};
pub use virtual_tcp::{MAX_CONNECTIONS, MAX_SEGMENT};
