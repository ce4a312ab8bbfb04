//! Messages out of the octets of a stream, also after others.

pub(crate) mod diameter;
pub(crate) mod sip;

use bytes::Bytes;

/// What a stream is cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cut {
    /// One whole message.
    Message(Bytes),
    /// The head of a message that is known, and whose end is not.
    Refused {
        /// Of SIP the start line and header fields; of Diameter what there is of it.
        head: Bytes,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Octets in which no message begins.
    Garbage(Bytes),
}
