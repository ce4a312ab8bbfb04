//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng).

use pcap_file::Endianness;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::blocks::packet::PacketOption;
use pcap_file::pcapng::{Block, PcapNgParser};

use crate::decoder::{
    Captured, Counted, MAX_BLOCK, MAX_INTERFACE_BLOCK, MAX_INTERFACES, Step, Told, text,
};
use crate::fault::ReadError;
use crate::interface::Interface;
use crate::options;
use crate::packet::Direction;

// Block types, §11.1.
pub(crate) const SECTION_HEADER: u32 = 0x0A0D_0D0A;
pub(crate) const INTERFACE_DESCRIPTION: u32 = 1;
/// Obsolete, and written before 2009.
pub(crate) const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
pub(crate) const ENHANCED_PACKET: u32 = 6;
const SYSTEMD_JOURNAL: u32 = 9;
const DECRYPTION_SECRETS: u32 = 10;
const CUSTOM: [u32; 2] = [0x0000_0BAD, 0x4000_0BAD];

/// Type, length, and of a section header its byte order.
const BLOCK_START: usize = 12;
/// The least block: type, length, length again.
const LEAST_BLOCK: usize = 12;
/// Where the packet begins in (enhanced) packet blocks and in simple ones.
pub(crate) const PACKET_AT: usize = 28;
const SIMPLE_PACKET_AT: usize = 12;
/// Where the secrets begin, and what stands behind them.
const SECRETS_AT: usize = 16;
pub(crate) const BLOCK_END: usize = 4;

/// A pcapng file being read.
#[derive(Default)]
pub(crate) struct PcapNg(Option<Section>);

struct Section {
    parser: PcapNgParser,
    interfaces: Vec<Interface>,
    /// How many more there are than [`MAX_INTERFACES`].
    beyond: usize,
}

impl PcapNg {
    pub(crate) fn step(&mut self, file: &[u8]) -> Result<Step, ReadError> {
        let Some(start) = file.first_chunk::<BLOCK_START>() else {
            return Ok(Step::More);
        };
        let [kind, length, magic] = [0, 4, 8].map(|at| word(start, at));
        let is_section = kind == SECTION_HEADER.to_be_bytes();
        let endianness = match (&self.0, is_section) {
            (_, true) if magic == 0x1A2B_3C4D_u32.to_be_bytes() => Endianness::Big,
            (_, true) => Endianness::Little,
            (Some(section), false) => section.parser.section().endianness,
            (None, false) => return Err(ReadError::NotACapture),
        };
        let (kind, length) = (read(kind, endianness), read(length, endianness) as usize);
        if length < LEAST_BLOCK || length % 4 != 0 {
            return Err(ReadError::Malformed(format!("a block of {length} octets")));
        }
        let limit = match kind {
            SECTION_HEADER | PACKET | SIMPLE_PACKET | ENHANCED_PACKET | DECRYPTION_SECRETS => {
                MAX_BLOCK
            }
            INTERFACE_DESCRIPTION => MAX_INTERFACE_BLOCK,
            _ if kind == SYSTEMD_JOURNAL || CUSTOM.contains(&kind) => {
                return Ok(Step::PassOver(length, Counted::AsPacket));
            }
            _ => return Ok(Step::PassOver(length, Counted::Not)),
        };
        if length > limit {
            let Some(section) = self.0.as_mut().filter(|_| !is_section) else {
                return Err(ReadError::TooLong { length, limit });
            };
            let counted = match kind {
                INTERFACE_DESCRIPTION => {
                    section.describe(Interface::unreadable());
                    Counted::Not
                }
                DECRYPTION_SECRETS => Counted::Not,
                _ => Counted::AsPacket,
            };
            return Ok(Step::TooLong {
                length,
                limit,
                counted,
            });
        }
        let Some(block) = file.get(..length) else {
            return Ok(Step::More);
        };
        // Where a block ends is said twice; where it is not said the same, no block can be told from the next.
        if block[4..8] != block[length - BLOCK_END..] {
            let text = "a block says two different lengths of itself";
            return Err(ReadError::Malformed(text.to_owned()));
        }
        match &mut self.0 {
            Some(section) if !is_section => section.step(kind, block),
            _ => {
                let (parser, option) = section(block, endianness)?;
                self.0 = Some(Section {
                    parser,
                    interfaces: Vec::new(),
                    beyond: 0,
                });
                Ok(Step::Block(length, option.map(Told::BadSection)))
            }
        }
    }
}

/// Reads the header of a section, whatever its options are; what is wrong with them.
fn section(
    block: &[u8],
    endianness: Endianness,
) -> Result<(PcapNgParser, Option<String>), ReadError> {
    let wrong = match PcapNgParser::new(block) {
        Ok((_, parser)) => return Ok((parser, None)),
        Err(error) => text(error),
    };
    for (block, option) in options::mended(SECTION_HEADER, block, endianness, wrong.clone()) {
        if let Ok((_, parser)) = PcapNgParser::new(&block) {
            return Ok((parser, option));
        }
    }
    Err(ReadError::Malformed(wrong))
}

impl Section {
    fn step(&mut self, kind: u32, block: &[u8]) -> Result<Step, ReadError> {
        let length = block.len();
        if kind == DECRYPTION_SECRETS {
            return Ok(Step::Block(length, self.secrets(block)));
        }
        if kind == INTERFACE_DESCRIPTION && self.interfaces.len() == MAX_INTERFACES {
            return Ok(Step::Block(length, self.describe(Interface::unreadable())));
        }
        let endianness = self.parser.section().endianness;
        let wrong = match self.parser.next_block(block) {
            Ok((_, parsed)) => return Ok(self.parsed(length, parsed, None)),
            Err(error) => text(error),
        };
        for (mended, option) in options::mended(kind, block, endianness, wrong.clone()) {
            if let Ok((_, parsed)) = self.parser.next_block(&mended) {
                return Ok(self.parsed(length, parsed, option));
            }
        }
        if kind == INTERFACE_DESCRIPTION {
            self.describe(Interface::unreadable());
            return Ok(Step::Block(length, Some(Told::BadInterface(wrong))));
        }
        Ok(Step::Packet(length, Err(wrong)))
    }

    /// A block of so many octets, and what is wrong with its options.
    fn parsed(&mut self, length: usize, parsed: Block<'_>, option: Option<String>) -> Step {
        let captured = match parsed {
            Block::InterfaceDescription(description) => {
                self.describe(Interface::new(&description));
                return Step::Block(length, option.map(Told::BadInterface));
            }
            Block::EnhancedPacket(packet) => {
                let mut options = Options::default();
                for option in packet.options {
                    match option {
                        EnhancedPacketOption::Flags(flags) => options.flags = flags,
                        EnhancedPacketOption::Comment(text) => {
                            options.comment = Some(text.into_owned());
                        }
                        _ => {}
                    }
                }
                // The crate hands over the field's units as if they were nanoseconds.
                let units = packet.timestamp.as_nanos() as u64;
                let lengths = (packet.data.len(), packet.original_len);
                self.captured(packet.interface_id, units, lengths, options)
            }
            Block::Packet(packet) => {
                let mut options = Options::default();
                for option in packet.options {
                    match option {
                        PacketOption::Flags(flags) => options.flags = flags,
                        PacketOption::Comment(text) => options.comment = Some(text.into_owned()),
                        _ => {}
                    }
                }
                // Two words, the higher first, which the crate reads as one long one.
                let units = match self.parser.section().endianness {
                    Endianness::Big => packet.timestamp,
                    Endianness::Little => packet.timestamp.rotate_left(32),
                };
                let lengths = (packet.data.len(), packet.original_len);
                self.captured(packet.interface_id.into(), units, lengths, options)
            }
            Block::SimplePacket(packet) => {
                self.captured_simply(packet.data.len(), packet.original_len)
            }
            _ => return Step::Block(length, None),
        };
        let captured = captured.map(|captured| Captured { option, ..captured });
        Step::Packet(length, captured)
    }

    /// Adds an interface if there is room; the first one beyond is told.
    fn describe(&mut self, interface: Interface) -> Option<Told> {
        if self.interfaces.len() < MAX_INTERFACES {
            self.interfaces.push(interface);
            return None;
        }
        self.beyond += 1;
        let text = format!("more than {MAX_INTERFACES} of them, whose packets are not read");
        (self.beyond == 1).then_some(Told::BadInterface(text))
    }

    /// Octets captured and on the wire are `lengths`.
    fn captured(
        &self,
        interface: u32,
        units: u64,
        lengths: (usize, u32),
        options: Options,
    ) -> Result<Captured, String> {
        let interface = self.interface(interface)?;
        let time = interface.time(units);
        let time = time.ok_or_else(|| "a time that no clock shows".to_owned())?;
        Ok(Captured {
            time: Some(time),
            link: interface.link.ok_or_else(undescribed)?,
            interface: interface.name.clone(),
            // Bits 0 and 1 of epb_flags: inbound, outbound.
            direction: match options.flags & 3 {
                1 => Some(Direction::Received),
                2 => Some(Direction::Sent),
                _ => None,
            },
            comment: options.comment,
            option: None,
            original: lengths.1,
            octets: PACKET_AT..PACKET_AT + lengths.0,
        })
    }

    /// A simple packet block is of the first interface, and does not say how much was captured (§4.4): the least of
    /// what there was, what is kept, and what there is with the padding.
    fn captured_simply(&self, padded: usize, original: u32) -> Result<Captured, String> {
        let interface = self.interface(0)?;
        let kept = match interface.snap_length {
            0 => original,
            limit => original.min(limit),
        };
        if kept as usize > padded {
            return Err("a packet reaches over its block's end".to_owned());
        }
        Ok(Captured {
            time: None,
            link: interface.link.ok_or_else(undescribed)?,
            interface: interface.name.clone(),
            direction: None,
            comment: None,
            option: None,
            original,
            octets: SIMPLE_PACKET_AT..SIMPLE_PACKET_AT + kept as usize,
        })
    }

    fn interface(&self, number: u32) -> Result<&Interface, String> {
        let number = number as usize;
        let interface = self.interfaces.get(number);
        interface.ok_or_else(|| match number < self.interfaces.len() + self.beyond {
            true => format!("a packet of interface {number}, beyond the limit of {MAX_INTERFACES}"),
            false => format!("a packet of interface {number}, which is not described"),
        })
    }

    /// ```text
    ///  type, length of the block | secrets type | secrets length | secrets, padded | options | length of the block
    /// ```
    fn secrets(&self, block: &[u8]) -> Option<Told> {
        let room = block.len().checked_sub(SECRETS_AT + BLOCK_END)?;
        let endianness = self.parser.section().endianness;
        let [kind, length] = [8, 12].map(|at| read(word(block, at), endianness));
        let length = room.min(length as usize);
        Some(Told::Secrets(kind, SECRETS_AT..SECRETS_AT + length))
    }
}

/// What is taken of a packet's options.
#[derive(Default)]
struct Options {
    flags: u32,
    comment: Option<String>,
}

fn undescribed() -> String {
    "a packet of an interface whose description could not be read".to_owned()
}

pub(crate) fn word(octets: &[u8], at: usize) -> [u8; 4] {
    [octets[at], octets[at + 1], octets[at + 2], octets[at + 3]]
}

pub(crate) fn read(octets: [u8; 4], endianness: Endianness) -> u32 {
    match endianness {
        Endianness::Big => u32::from_be_bytes(octets),
        Endianness::Little => u32::from_le_bytes(octets),
    }
}
