//! Signalling as pcapng: writing what an element sends and receives; any capture: reading it.
//!
//! An element knows messages, not packets, so that [`Recorder`] puts headers of its own making round them: right
//! addresses, ports, checksums and sequence numbers, the rest plausible. Wireshark reads the result like any capture.
//!
//! [`Reader`] and [`Decoder`] give the datagrams, segments and user messages of pcap and pcapng by their numbers in the
//! file, put together what came in fragments or chunks, and tell what cannot be given.

mod chunks;
mod decoder;
mod fault;
mod fragments;
mod headers;
mod interface;
mod ip;
mod link;
mod options;
mod packet;
mod pcap;
mod pcapng;
mod reader;
mod record;
mod recorder;
mod sctp;
mod unpacking;
mod virtual_tcp;

pub use chunks::{MAX_CHUNKS_KNOWN, MAX_RUN_OCTETS, MAX_RUNS};
pub use decoder::{Decoder, MAX_BLOCK, MAX_INTERFACE_BLOCK, MAX_INTERFACES};
pub use fault::{Fault, FaultKind, ReadError};
pub use fragments::{MAX_FRAGMENT_AGE, MAX_FRAGMENT_AGE_4, MAX_FRAGMENT_OCTETS, MAX_FRAGMENTED};
pub use packet::{Direction, Message, Numbers, Packet, Segment, Transport};
pub use reader::Reader;
pub use record::{MAX_LINKS, PassedOver, Record, Secrets};
pub use recorder::{MAX_UDP_PAYLOAD, Recorder};
pub use virtual_tcp::{MAX_CONNECTIONS, MAX_SEGMENT};
