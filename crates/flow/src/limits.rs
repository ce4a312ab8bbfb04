//! How much is kept while a capture is read.

/// What a [`crate::Reader`] may keep; the defaults are for a capture of any size on any machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// TCP connections that are followed at one time; with one more, the one that was silent for longest is forgotten.
    /// One that is idle takes about half a kilobyte, and one of TLS that is read a kilobyte more.
    pub connections: usize,
    /// What may wait in one direction of a connection for octets before it, as [`crate::reassembly::Reassembly::held`]
    /// counts; with more, those octets are taken for missing.
    pub held_by_direction: usize,
    /// What all connections may hold, parts of messages included, octets; with more, what that holds which was silent
    /// for longest is given up.
    pub held: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 100_000,
            held_by_direction: 1 << 20,
            held: 64 << 20,
        }
    }
}
