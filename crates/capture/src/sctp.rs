//! The user data of an SCTP packet (RFC 9260 §3).
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
pub(crate) struct Chunks {
    pub(crate) association: Association,
    pub(crate) data: Vec<Chunk>,
    /// The packet ends within a chunk, or a chunk within its own header.
    pub(crate) ends_early: bool,
}

/// One direction of an association. Without addresses: what is sent again may go to another one of a host (§6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Association {
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) tag: u32,
}

/// A chunk with user data.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Its number in the association.
    pub(crate) tsn: u32,
    pub(crate) part: Part,
    /// Where in what IP carried the data stands.
    pub(crate) data: Range<usize>,
}

/// What of a message a chunk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Whole,
    First,
    Middle,
    Last,
    /// The beginning of a message in several I-DATA chunks, and what else there is of it.
    FirstInterleaved,
    Interleaved,
}

/// Reads a packet as far as it goes; none where it ends within the header.
pub(crate) fn chunks(octets: &[u8]) -> Option<Chunks> {
    let [a, b, c, d, tag @ .., _, _, _, _] = *octets.first_chunk::<COMMON_HEADER>()?;
    let mut chunks = Chunks {
        association: Association {
            from: u16::from_be_bytes([a, b]),
            to: u16::from_be_bytes([c, d]),
            tag: u32::from_be_bytes(tag),
        },
        data: Vec::new(),
        ends_early: false,
    };
    let mut at = COMMON_HEADER;
    while at < octets.len() {
        let Some(length) = chunk(octets, at, &mut chunks.data) else {
            chunks.ends_early = true;
            break;
        };
        at += length.next_multiple_of(4);
    }
    Some(chunks)
}

/// Adds the chunk that begins at a place, if it has user data; how long it is.
fn chunk(octets: &[u8], at: usize, data: &mut Vec<Chunk>) -> Option<usize> {
    let [kind, flags, length @ ..] = *octets[at..].first_chunk::<CHUNK_HEADER>()?;
    let length = usize::from(u16::from_be_bytes(length));
    if length < CHUNK_HEADER {
        return None;
    }
    let chunk = octets.get(at..at + length)?;
    let header = match kind {
        DATA => DATA_HEADER,
        I_DATA => I_DATA_HEADER,
        _ => return Some(length),
    };
    let [.., a, b, c, d] = *chunk.get(..header)?.first_chunk::<8>()?;
    data.push(Chunk {
        tsn: u32::from_be_bytes([a, b, c, d]),
        part: match (flags & (BEGINNING | ENDING), kind) {
            (BEGINNING, DATA) => Part::First,
            (0, DATA) => Part::Middle,
            (ENDING, DATA) => Part::Last,
            (BEGINNING, _) => Part::FirstInterleaved,
            (0 | ENDING, _) => Part::Interleaved,
            _ => Part::Whole,
        },
        data: at + header..at + length,
    });
    Some(length)
}
