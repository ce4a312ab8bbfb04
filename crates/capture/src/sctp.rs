//! The user messages of an SCTP packet (RFC 9260 §3).
//!
//! ```text
//! source port | destination port | verification tag | checksum           12 octets, then chunks:
//! type, 8 bits | flags, 8 bits | length, 16 bits | value, padded to a multiple of four octets
//! DATA, type 0:     TSN | stream | sequence | payload protocol | user data             (§3.3.1)
//! I-DATA, type 64:  TSN | stream | reserved | message | payload protocol | user data   (RFC 8260 §2.1)
//! ```

use std::ops::Range;

const COMMON_HEADER: usize = 12;
const CHUNK_HEADER: usize = 4;
const DATA: u8 = 0;
const DATA_HEADER: usize = 16;
const I_DATA: u8 = 64;
const I_DATA_HEADER: usize = 20;
/// The first part of a message, and the last.
const BEGINNING: u8 = 2;
const ENDING: u8 = 1;

/// What stands in a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Messages {
    pub(crate) from: u16,
    pub(crate) to: u16,
    /// Where the messages stand that are whole.
    pub(crate) whole: Vec<Range<usize>>,
    /// How many begin here and go on in other chunks.
    pub(crate) parted: usize,
}

/// Reads a packet; none where it ends within a header or a chunk.
pub(crate) fn messages(octets: &[u8]) -> Option<Messages> {
    let header = octets.first_chunk::<COMMON_HEADER>()?;
    let mut messages = Messages {
        from: u16::from_be_bytes([header[0], header[1]]),
        to: u16::from_be_bytes([header[2], header[3]]),
        whole: Vec::new(),
        parted: 0,
    };
    let mut at = COMMON_HEADER;
    while at < octets.len() {
        let chunk = octets[at..].first_chunk::<CHUNK_HEADER>()?;
        let [kind, flags, length @ ..] = *chunk;
        let length = usize::from(u16::from_be_bytes(length));
        if length < CHUNK_HEADER || octets.len() - at < length {
            return None;
        }
        let before = match kind {
            DATA => Some(DATA_HEADER),
            I_DATA => Some(I_DATA_HEADER),
            _ => None,
        };
        if let Some(before) = before {
            match flags & (BEGINNING | ENDING) {
                _ if length < before => return None,
                flags if flags == BEGINNING | ENDING => {
                    messages.whole.push(at + before..at + length);
                }
                BEGINNING => messages.parted += 1,
                _ => {}
            }
        }
        at += length.next_multiple_of(4);
    }
    Some(messages)
}
