//! Methods (RFC 3261 §7.1): an open registry, compared by case.

use std::fmt;

/// A method name; any token, so that an unknown one is carried. Case counts (RFC 3261 §7.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method<'a>(pub &'a str);

impl<'a> Method<'a> {
    /// RFC 3261 §13.
    pub const INVITE: Method<'static> = Method("INVITE");
    /// RFC 3261 §13.
    pub const ACK: Method<'static> = Method("ACK");
    /// RFC 3261 §15.
    pub const BYE: Method<'static> = Method("BYE");
    /// RFC 3261 §9.
    pub const CANCEL: Method<'static> = Method("CANCEL");
    /// RFC 3261 §11.
    pub const OPTIONS: Method<'static> = Method("OPTIONS");
    /// RFC 3261 §10.
    pub const REGISTER: Method<'static> = Method("REGISTER");
    /// RFC 3262.
    pub const PRACK: Method<'static> = Method("PRACK");
    /// RFC 6665.
    pub const SUBSCRIBE: Method<'static> = Method("SUBSCRIBE");
    /// RFC 6665.
    pub const NOTIFY: Method<'static> = Method("NOTIFY");
    /// RFC 3903.
    pub const PUBLISH: Method<'static> = Method("PUBLISH");
    /// RFC 6086.
    pub const INFO: Method<'static> = Method("INFO");
    /// RFC 3515.
    pub const REFER: Method<'static> = Method("REFER");
    /// RFC 3428.
    pub const MESSAGE: Method<'static> = Method("MESSAGE");
    /// RFC 3311.
    pub const UPDATE: Method<'static> = Method("UPDATE");

    /// The name as it stands in a message.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether a standard that we know defines it; the others are answered 405 or 501.
    pub fn is_known(self) -> bool {
        [
            Self::INVITE,
            Self::ACK,
            Self::BYE,
            Self::CANCEL,
            Self::OPTIONS,
            Self::REGISTER,
            Self::PRACK,
            Self::SUBSCRIBE,
            Self::NOTIFY,
            Self::PUBLISH,
            Self::INFO,
            Self::REFER,
            Self::MESSAGE,
            Self::UPDATE,
        ]
        .contains(&self)
    }
}

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
