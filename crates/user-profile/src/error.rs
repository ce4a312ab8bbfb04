//! Why a User-Data document was not taken.

use thiserror::Error;

/// What is wrong with a document; each is its sender's fault.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// More octets than [`crate::MAX_DOCUMENT`].
    #[error("document of {0} octets is over the limit")]
    TooLong(usize),
    /// Elements nested deeper than [`crate::MAX_DEPTH`].
    #[error("elements are nested too deep")]
    TooDeep,
    /// More elements than [`crate::MAX_ELEMENTS`].
    #[error("too many elements")]
    TooManyElements,
    /// Not UTF-8 (TS 29.228 Annex E).
    #[error("document is not UTF-8")]
    NotUtf8,
    /// Not well-formed XML.
    #[error("not well-formed at octet {position}: {problem}")]
    NotWellFormed {
        /// Octets read before the fault.
        position: u64,
        /// What the XML reader says.
        problem: String,
    },
    /// A DTD, which the schema does not have and which could define entities.
    #[error("a document type declaration is not accepted")]
    DocumentType,
    /// A reference to an entity other than XML's five, or to a character that XML lacks.
    #[error("reference `&{0};` is not accepted")]
    Reference(String),
    /// The root is not IMSSubscription.
    #[error("the root element is not IMSSubscription")]
    Root,
    /// An element that the schema demands is missing.
    #[error("{parent} without {child}")]
    Missing {
        /// The element that lacks it.
        parent: &'static str,
        /// What it lacks.
        child: &'static str,
    },
    /// An element that may be there once is there again.
    #[error("{child} twice in one {parent}")]
    Repeated {
        /// The element that holds both.
        parent: &'static str,
        /// Which it holds twice.
        child: &'static str,
    },
    /// A value that is not of its element's type.
    #[error("{element} has the value `{value}`, which it cannot have")]
    Value {
        /// The element.
        element: &'static str,
        /// What it holds, cut to 64 characters.
        value: String,
    },
}
