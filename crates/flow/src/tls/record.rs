//! Records (RFC 8446 §5.1, RFC 5246 §6.2).
//!
//! ```text
//! type | version, 3.1 to 3.3 | length, 16 bits | so many octets
//! ```

use nom::number::{be_u8, be_u16};
use nom::{IResult, Parser};

/// What stands before each record.
pub(crate) const HEADER: usize = 5;

/// The most that a record may have behind its header: that of TLS 1.2, which is longer (RFC 5246 §6.2.3).
pub(crate) const MAX_BODY: usize = (1 << 14) + 2_048;

/// The type of a record, or of what is in an encrypted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ContentType(pub(crate) u8);

impl ContentType {
    pub(crate) const CHANGE_CIPHER_SPEC: ContentType = ContentType(20);
    pub(crate) const ALERT: ContentType = ContentType(21);
    pub(crate) const HANDSHAKE: ContentType = ContentType(22);
    pub(crate) const APPLICATION_DATA: ContentType = ContentType(23);
}

/// What is before the octets of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: ContentType,
    pub(crate) length: usize,
    /// As it came: it is authenticated with the record.
    pub(crate) octets: [u8; HEADER],
}

/// What octets begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// A record.
    Record(Header),
    /// Less than a header.
    TooShort,
    /// Something else.
    Other,
}

/// What octets begin with.
pub(crate) fn beginning(octets: &[u8]) -> Beginning {
    let Some(first) = octets.first_chunk::<HEADER>() else {
        return Beginning::TooShort;
    };
    let parsed: IResult<&[u8], (u8, u8, u8, u16)> =
        (be_u8(), be_u8(), be_u8(), be_u16()).parse(first);
    match parsed {
        Ok((_, (kind @ 20..=23, 3, 0..=4, length))) if usize::from(length) <= MAX_BODY => {
            Beginning::Record(Header {
                kind: ContentType(kind),
                length: length.into(),
                octets: *first,
            })
        }
        _ => Beginning::Other,
    }
}
