//! What can be wrong with octets that a peer sent.

/// Octets in which no message can be found; nothing can be answered to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing but line ends: a keep-alive (RFC 5626 §3.5.1).
    #[error("only line ends: a keep-alive")]
    KeepAlive,
    /// The first line is neither a request line nor a status line (RFC 3261 §7.1, §7.2).
    #[error("the first line is neither a request line nor a status line")]
    StartLine,
    /// A status line whose code is not three digits from 100 to 699 (RFC 3261 §7.2).
    #[error("the status code is not three digits from 100 to 699")]
    StatusCode,
    /// No header field follows the start line.
    #[error("no header field follows the start line")]
    NoHeader,
    /// Start line and header fields are longer than [`crate::MAX_HEAD`].
    #[error("start line and header fields are longer than 65535 octets")]
    HeadTooLong,
    /// More header fields than [`crate::MAX_FIELDS`].
    #[error("more than 1024 header fields")]
    TooManyFields,
}

/// A header field whose value does not follow its grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{header}: {problem}")]
pub struct HeaderError {
    /// The header field's name.
    pub header: &'static str,
    /// What is wrong.
    pub problem: &'static str,
}

/// A URI that does not follow its grammar (RFC 3261 §25.1, RFC 3966 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// No scheme and colon at the start.
    #[error("URI without a scheme")]
    Scheme,
    /// A character that must not stand there unescaped.
    #[error("character that must be escaped in a URI")]
    Character,
    /// `%` without two hexadecimal digits.
    #[error("escape without two hexadecimal digits in a URI")]
    Escape,
    /// No host, or one that is neither a name nor an address.
    #[error("URI host is neither a name nor an address")]
    Host,
    /// A port that is not a number from 0 to 65535.
    #[error("URI port is not a number up to 65535")]
    Port,
    /// A telephone number without digits, or a local one without `phone-context` (RFC 3966 §5.1.5).
    #[error("telephone number without digits or context")]
    Number,
    /// A parameter without a name, with nothing after its `=`, or with the name of another (RFC 3261 §19.1.1).
    #[error("a URI parameter without name or value, or two of one name")]
    Parameter,
    /// More parameters or headers than [`crate::uri::MAX_PARAMETERS`].
    #[error("more than 64 URI parameters or headers")]
    TooManyParameters,
    /// More octets than [`crate::uri::MAX_URI`].
    #[error("URI longer than 4096 octets")]
    TooLong,
}
