//! Reading a capture as its octets come in.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Buf, BytesMut};
use pcap_file::pcap::PcapParser;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgParser};
use pcap_file::{DataLink, Endianness, PcapError, TsResolution};
use thiserror::Error;

use crate::headers::content;
use crate::packet::{Direction, Packet};

/// The longest packet block read, octets; blocks of kinds that are passed over may be longer.
pub const MAX_BLOCK: usize = 1 << 20;
/// How many interfaces a section may have.
pub const MAX_INTERFACES: usize = 4_096;
/// The longest description of an interface, octets: all that the file can make us keep is these times
/// [`MAX_INTERFACES`].
pub const MAX_INTERFACE_BLOCK: usize = 4_096;

// Block types, draft-ietf-opsawg-pcapng §11.1.
const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
/// Type, length, and of a section header its byte order.
const BLOCK_START: usize = 12;
/// The least block: type, length, length again.
const LEAST_BLOCK: usize = 12;

const PCAP_HEADER: usize = 24;
const PCAP_RECORD_HEADER: usize = 16;

/// Why a capture cannot be read (on).
#[derive(Debug, Error)]
pub enum ReadError {
    /// The source of the octets failed.
    #[error("cannot read the capture: {0}")]
    Io(#[from] io::Error),
    /// Neither pcapng nor pcap.
    #[error("not a capture: it begins with neither pcapng's nor pcap's magic number")]
    NotACapture,
    /// The end came within a block; of a file that is still being written, more may follow.
    #[error("the capture ends within a block")]
    Truncated,
    /// A block is longer than we take.
    #[error("a block of {length} octets, above the limit of {limit}")]
    TooLong {
        /// What the block says of itself, octets.
        length: usize,
        /// [`MAX_BLOCK`] or [`MAX_INTERFACE_BLOCK`].
        limit: usize,
    },
    /// More than [`MAX_INTERFACES`].
    #[error("more than {MAX_INTERFACES} interfaces")]
    TooManyInterfaces,
    /// A block contradicts the format.
    #[error("malformed capture: {0}")]
    Malformed(String),
}

/// Takes octets as they come and gives packets: pcapng, or pcap in both byte orders and both resolutions.
///
/// Feed it when [`Decoder::next_packet`] gives `None`, so that it holds no more than a block and what was last fed.
#[derive(Default)]
pub struct Decoder {
    buffer: BytesMut,
    /// Octets yet to come of a block that is passed over.
    passing_over: usize,
    passed_over: u64,
    format: Format,
}

#[derive(Default)]
enum Format {
    #[default]
    Unknown,
    PcapNg {
        parser: PcapNgParser,
        interfaces: Vec<Interface>,
    },
    Pcap(PcapParser),
    Broken,
}

struct Interface {
    link: DataLink,
    name: Option<Arc<str>>,
    resolution: u8,
    offset: i64,
}

impl Decoder {
    /// Nothing read yet.
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Takes the next octets of the file.
    pub fn feed(&mut self, octets: &[u8]) {
        let skip = self.passing_over.min(octets.len());
        self.passing_over -= skip;
        self.buffer.extend_from_slice(&octets[skip..]);
    }

    /// True at a boundary of blocks: a file may end here.
    pub fn is_at_boundary(&self) -> bool {
        self.buffer.is_empty() && self.passing_over == 0
    }

    /// How many packets were not UDP or TCP over a known link, or were cut short, and are not given.
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// The next packet, as far as the octets go; `None` where more are needed.
    ///
    /// # Errors
    /// What the file does wrong; it is not read on then.
    pub fn next_packet(&mut self) -> Result<Option<Packet>, ReadError> {
        loop {
            let step = self.step();
            match step {
                Ok(Step::More) => return Ok(None),
                Ok(Step::Packet(packet)) => return Ok(Some(packet)),
                Ok(Step::PassedOver) => self.passed_over += 1,
                Ok(Step::Went) => {}
                Err(error) => {
                    self.format = Format::Broken;
                    self.buffer = BytesMut::new();
                    return Err(error);
                }
            }
        }
    }

    fn step(&mut self) -> Result<Step, ReadError> {
        match &self.format {
            Format::Unknown => self.recognise(),
            Format::PcapNg { .. } => self.block(),
            Format::Pcap(_) => self.record(),
            Format::Broken => Err(ReadError::Malformed("read on after a fault".to_owned())),
        }
    }

    fn recognise(&mut self) -> Result<Step, ReadError> {
        let Some(magic) = self.buffer.first_chunk::<4>() else {
            return Ok(Step::More);
        };
        match u32::from_be_bytes(*magic) {
            SECTION_HEADER => self.block(),
            0xA1B2_C3D4 | 0xD4C3_B2A1 | 0xA1B2_3C4D | 0x4D3C_B2A1 => {
                if self.buffer.len() < PCAP_HEADER {
                    return Ok(Step::More);
                }
                let (_, parser) = PcapParser::new(&self.buffer).map_err(malformed)?;
                self.buffer.advance(PCAP_HEADER);
                self.format = Format::Pcap(parser);
                Ok(Step::Went)
            }
            _ => Err(ReadError::NotACapture),
        }
    }

    // --- pcapng

    fn block(&mut self) -> Result<Step, ReadError> {
        let Some(start) = self.buffer.first_chunk::<BLOCK_START>() else {
            return Ok(Step::More);
        };
        let [kind, length, magic] = [0, 4, 8].map(|at| word(start, at));
        let section = kind == SECTION_HEADER.to_be_bytes();
        let big = match &self.format {
            _ if section => magic == 0x1A2B_3C4D_u32.to_be_bytes(),
            Format::PcapNg { parser, .. } => parser.section().endianness == Endianness::Big,
            _ => return Err(ReadError::NotACapture),
        };
        let read = |octets| match big {
            true => u32::from_be_bytes(octets),
            false => u32::from_le_bytes(octets),
        };
        let (kind, length) = (read(kind), read(length) as usize);
        if length < LEAST_BLOCK || length % 4 != 0 {
            return Err(ReadError::Malformed(format!("a block of {length} octets")));
        }
        let limit = match kind {
            _ if section => MAX_BLOCK,
            INTERFACE_DESCRIPTION => MAX_INTERFACE_BLOCK,
            ENHANCED_PACKET => MAX_BLOCK,
            _ => {
                self.pass_over(length);
                return Ok(Step::Went);
            }
        };
        if length > limit {
            return Err(ReadError::TooLong { length, limit });
        }
        if self.buffer.len() < length {
            return Ok(Step::More);
        }
        let block = self.buffer.split_to(length);
        if section {
            let (_, parser) = PcapNgParser::new(&block).map_err(malformed)?;
            let interfaces = Vec::new();
            self.format = Format::PcapNg { parser, interfaces };
            return Ok(Step::Went);
        }
        let Format::PcapNg { parser, interfaces } = &mut self.format else {
            return Err(ReadError::NotACapture);
        };
        match parser.next_block(&block).map_err(malformed)?.1 {
            Block::InterfaceDescription(description) => {
                if interfaces.len() >= MAX_INTERFACES {
                    return Err(ReadError::TooManyInterfaces);
                }
                interfaces.push(Interface::new(&description));
                Ok(Step::Went)
            }
            Block::EnhancedPacket(packet) => {
                let Some(interface) = interfaces.get(packet.interface_id as usize) else {
                    let text = format!("a packet of interface {}", packet.interface_id);
                    return Err(ReadError::Malformed(text));
                };
                let Some(content) = content(interface.link, &packet.data) else {
                    return Ok(Step::PassedOver);
                };
                let mut direction = None;
                let mut comment = None;
                for option in packet.options {
                    match option {
                        // Bits 0 and 1: inbound, outbound.
                        EnhancedPacketOption::Flags(flags) => {
                            direction = match flags & 3 {
                                1 => Some(Direction::Received),
                                2 => Some(Direction::Sent),
                                _ => None,
                            };
                        }
                        EnhancedPacketOption::Comment(text) => comment = Some(text.into_owned()),
                        _ => {}
                    }
                }
                // The crate hands over the field's units as if they were nanoseconds.
                let units = packet.timestamp.as_nanos() as u64;
                Ok(Step::Packet(Packet {
                    time: interface.time(units)?,
                    direction,
                    interface: interface.name.clone(),
                    transport: content.transport,
                    from: content.from,
                    to: content.to,
                    payload: content.payload,
                    segment: content.segment,
                    comment,
                }))
            }
            _ => Ok(Step::Went),
        }
    }

    fn pass_over(&mut self, length: usize) {
        let here = length.min(self.buffer.len());
        self.buffer.advance(here);
        self.passing_over = length - here;
    }

    // --- pcap

    fn record(&mut self) -> Result<Step, ReadError> {
        let Format::Pcap(parser) = &self.format else {
            return Err(ReadError::NotACapture);
        };
        if self.buffer.len() < PCAP_RECORD_HEADER {
            return Ok(Step::More);
        }
        let header = parser.header();
        let length = word(&self.buffer, 8);
        let length = PCAP_RECORD_HEADER
            + match header.endianness {
                Endianness::Big => u32::from_be_bytes(length),
                Endianness::Little => u32::from_le_bytes(length),
            } as usize;
        if length > MAX_BLOCK {
            let limit = MAX_BLOCK;
            return Err(ReadError::TooLong { length, limit });
        }
        if self.buffer.len() < length {
            return Ok(Step::More);
        }
        let record = self.buffer.split_to(length);
        let (_, packet) = parser.next_raw_packet(&record).map_err(malformed)?;
        let Some(content) = content(header.datalink, &packet.data) else {
            return Ok(Step::PassedOver);
        };
        let fraction = u64::from(packet.ts_frac);
        let fraction = match header.ts_resolution {
            TsResolution::MicroSecond => Duration::from_micros(fraction),
            TsResolution::NanoSecond => Duration::from_nanos(fraction),
        };
        let since_epoch = Duration::from_secs(packet.ts_sec.into()) + fraction;
        Ok(Step::Packet(Packet {
            time: SystemTime::UNIX_EPOCH + since_epoch,
            direction: None,
            interface: None,
            transport: content.transport,
            from: content.from,
            to: content.to,
            payload: content.payload,
            segment: content.segment,
            comment: None,
        }))
    }
}

enum Step {
    More,
    Went,
    PassedOver,
    Packet(Packet),
}

impl Interface {
    fn new(description: &InterfaceDescriptionBlock<'_>) -> Interface {
        let mut interface = Interface {
            link: description.linktype,
            name: None,
            // Microseconds unless said otherwise (§4.2, if_tsresol).
            resolution: 6,
            offset: 0,
        };
        for option in &description.options {
            match option {
                InterfaceDescriptionOption::IfName(name) => {
                    interface.name = Some(name.as_ref().into());
                }
                InterfaceDescriptionOption::IfTsResol(resolution) => {
                    interface.resolution = *resolution;
                }
                // Signed in the format (§4.2, if_tsoffset).
                InterfaceDescriptionOption::IfTsOffset(offset) => {
                    interface.offset = *offset as i64;
                }
                _ => {}
            }
        }
        interface
    }

    /// The moment that is `units` of the interface's resolution after 1970.
    fn time(&self, units: u64) -> Result<SystemTime, ReadError> {
        const NANOS: i128 = 1_000_000_000;
        let exponent = u32::from(self.resolution & 0x7f);
        let scaled = i128::from(units) * NANOS;
        let nanos = match self.resolution & 0x80 {
            // More than 10⁻³⁸ s a unit: everything is at the beginning.
            0 => 10_i128
                .checked_pow(exponent)
                .map_or(0, |unit| scaled / unit),
            _ => scaled >> exponent,
        };
        let nanos = nanos + i128::from(self.offset) * NANOS;
        u64::try_from(nanos / NANOS)
            .ok()
            .filter(|_| nanos >= 0)
            .map(|seconds| Duration::new(seconds, (nanos % NANOS) as u32))
            .and_then(|since_epoch| SystemTime::UNIX_EPOCH.checked_add(since_epoch))
            .ok_or_else(|| ReadError::Malformed("a time that no clock shows".to_owned()))
    }
}

fn word(octets: &[u8], at: usize) -> [u8; 4] {
    [octets[at], octets[at + 1], octets[at + 2], octets[at + 3]]
}

/// A block that is all there has no right to end early.
fn malformed(error: PcapError) -> ReadError {
    ReadError::Malformed(match error {
        PcapError::IncompleteBuffer => "a field reaches over its block's end".to_owned(),
        other => other.to_string(),
    })
}
