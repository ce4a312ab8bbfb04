//! What can go wrong, by whose fault it is.

/// Why a function of this crate could not do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The peer's message lacks what is needed.
    #[error("the message has no {0}")]
    Missing(&'static str),
    /// The peer's message has it in a form that cannot be read.
    #[error("the message has a malformed {0}")]
    Malformed(&'static str),
    /// The peer asks for what is well formed and not known here.
    #[error("not supported: {0}")]
    NotSupported(&'static str),
    /// The caller gave what does not fit together.
    #[error("misuse: {0}")]
    Misuse(&'static str),
}
