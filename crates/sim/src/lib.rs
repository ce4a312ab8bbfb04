//! Io in memory: hosts on a virtual network, tokio's paused clock, faults drawn from a seed.
//!
//! Everything runs on one thread. The same seed gives the same octets at the same virtual times, so that a failing
//! run is replayed by its seed. tokio's timers, and with them every delivery, fall on whole milliseconds; what is due
//! in the same millisecond is delivered in the order of its exact time, then of its sending.
//!
//! A datagram to a closed port of a host that is there is told to its sender after one more delay (ICMP), if the way
//! back is not cut; to a host that is not there it vanishes.
//!
//! What is not imitated: path MTU, TCP's own loss recovery (a stream is only
//! delayed), a full disk.

mod connection;
mod datagram;
mod dice;
mod dns;
mod faults;
mod host;
mod network;
mod ports;
mod queue;
mod run;
mod stream;
mod trace;

pub use datagram::{Datagram, MAX_DATAGRAM, MAX_QUEUED, MAX_QUOTE, MAX_REPORTS};
pub use dns::{DNS_DELAY, NOTHING_HOLDS, Resolver};
pub use faults::Faults;
pub use host::{Disk, EPOCH, SimIo};
pub use run::{Cause, Failure, PACKET_LIMIT, Setup, Sim, TIME_LIMIT, run, run_with};
pub use stream::{BACKLOG, Listener, STREAM_TIMEOUT, SYN_RETRIES, Stream, WINDOW};
pub use trace::{Event, Fate, TRACE_OCTETS, TRACE_PACKETS, TracedPacket};
