//! The options of a block of pcapng, where they cannot be read as they are (draft-ietf-opsawg-pcapng §3.5).
//!
//! ```text
//! code, 16 bits | length of the value, 16 bits | value, padded to a multiple of four octets
//! ```

use pcap_file::Endianness;

use crate::pcapng::{
    BLOCK_END, ENHANCED_PACKET, INTERFACE_DESCRIPTION, PACKET, PACKET_AT, SECTION_HEADER, read,
    word,
};

const BLOCK_START: usize = 8;
/// Where the options of a section's header begin, and those of an interface's description.
const OF_SECTION: usize = 24;
const OF_INTERFACE: usize = 16;
/// Where a packet block says how much was captured.
const CAPTURED_AT: usize = 20;
const OPTION_HEADER: usize = 4;
/// opt_endofopt, and opt_comment.
const END: u16 = 0;
const COMMENT: u16 = 1;

/// A block whose options cannot be read, in ways in which it may be: with an opt_endofopt behind its options, since the
/// crate asks for one, while a reader must not; with those options alone that concern us and are well-formed, and what
/// is told then.
pub(crate) fn mended(
    kind: u32,
    block: &[u8],
    endianness: Endianness,
    wrong: String,
) -> Vec<(Vec<u8>, Option<String>)> {
    let order = Order(endianness);
    let body = &block[BLOCK_START..block.len() - BLOCK_END];
    let ended = order.block(block, body, &[0; 4]);
    let begin = match kind {
        SECTION_HEADER => OF_SECTION,
        INTERFACE_DESCRIPTION => OF_INTERFACE,
        PACKET | ENHANCED_PACKET => match block.get(CAPTURED_AT..PACKET_AT) {
            Some(lengths) => {
                let captured = read(word(lengths, 0), endianness) as usize;
                PACKET_AT + captured.next_multiple_of(4)
            }
            None => return Vec::new(),
        },
        _ => return vec![(ended, None)],
    };
    let Some((fields, options)) = body.split_at_checked(begin - BLOCK_START) else {
        return Vec::new();
    };
    let good = order.good(kind, options);
    vec![
        (ended, None),
        (order.block(block, fields, &good), Some(wrong)),
    ]
}

#[derive(Clone, Copy)]
struct Order(Endianness);

impl Order {
    /// A block of the same type with another body, in two parts.
    fn block(self, block: &[u8], fields: &[u8], options: &[u8]) -> Vec<u8> {
        let length = (BLOCK_START + fields.len() + options.len() + BLOCK_END) as u32;
        let length = match self.0 {
            Endianness::Big => length.to_be_bytes(),
            Endianness::Little => length.to_le_bytes(),
        };
        [&block[..4], &length, fields, options, &length].concat()
    }

    fn u16(self, octets: &[u8]) -> u16 {
        let octets = [octets[0], octets[1]];
        match self.0 {
            Endianness::Big => u16::from_be_bytes(octets),
            Endianness::Little => u16::from_le_bytes(octets),
        }
    }

    /// The options that concern us and are well-formed, and their end.
    fn good(self, kind: u32, mut options: &[u8]) -> Vec<u8> {
        let mut good = Vec::new();
        while let Some((header, rest)) = options.split_at_checked(OPTION_HEADER) {
            let (code, length) = (self.u16(header), usize::from(self.u16(&header[2..])));
            let Some(value) = rest.get(..length).filter(|_| code != END) else {
                break;
            };
            let padded = length.next_multiple_of(4).min(rest.len());
            if is_good(kind, code, value) {
                good.extend_from_slice(header);
                good.extend_from_slice(value);
                good.resize(good.len().next_multiple_of(4), 0);
            }
            options = &rest[padded..];
        }
        good.extend([0; OPTION_HEADER]);
        good
    }
}

fn is_good(kind: u32, code: u16, value: &[u8]) -> bool {
    // §4.2: if_name, if_tsresol, if_tsoffset; §4.3: epb_flags, as in the packet block of old.
    match (kind, code) {
        (SECTION_HEADER, _) => false,
        (_, COMMENT) | (INTERFACE_DESCRIPTION, 2) => std::str::from_utf8(value).is_ok(),
        (INTERFACE_DESCRIPTION, 9) => value.len() == 1,
        (INTERFACE_DESCRIPTION, 14) => value.len() == 8,
        (PACKET | ENHANCED_PACKET, 2) => value.len() == 4,
        _ => false,
    }
}
