//! Reading a capture as its octets come in.

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Buf, BytesMut};
use pcap_file::{DataLink, PcapError};

use crate::fault::{Fault, FaultKind, ReadError};
use crate::packet::{Direction, Packet};
use crate::pcap::{self, Pcap};
use crate::pcapng::{self, PcapNg};
use crate::record::{PassedOver, Record};
use crate::unpacking::{Outcome, Unpacking};

/// The longest packet block read, octets; longer ones, and those of kinds that do not concern us, are passed over.
pub const MAX_BLOCK: usize = 1 << 20;
/// How many interfaces of a section are read.
pub const MAX_INTERFACES: usize = 4_096;
/// The longest description of an interface, octets: all that the file can make us keep is these times
/// [`MAX_INTERFACES`].
pub const MAX_INTERFACE_BLOCK: usize = 4_096;

/// Takes octets as they come and gives what is in them: pcapng, or pcap in both byte orders and both resolutions.
///
/// Feed it when [`Decoder::next_record`] gives `None`, so that it holds no more than a block, what was last fed, and
/// the fragments that wait for each other ([`crate::MAX_FRAGMENT_OCTETS`]).
///
/// Read are UDP, TCP and SCTP over IPv4 and IPv6, with VLAN tags, labels of MPLS or PPPoE or without, of Ethernet, Linux
/// cooked (v1 and v2), BSD loopback and raw IP, also in tunnels of IP in IP or GRE. Of SCTP each user message is a packet
/// of its own.
#[derive(Default)]
pub struct Decoder {
    buffer: BytesMut,
    /// Octets yet to come of a block that is passed over.
    passing_over: usize,
    format: Format,
    unpacking: Unpacking,
}

#[derive(Default)]
enum Format {
    #[default]
    Unknown,
    PcapNg(Box<PcapNg>),
    Pcap(Pcap),
    Broken,
}

/// What a block or record at the start of the buffer is.
pub(crate) enum Step {
    /// More octets are needed.
    More,
    /// So many octets, which may yet come, are of no interest; some are counted among the packets all the same.
    PassOver(usize, Counted),
    /// The same, told because it should have been read.
    TooLong {
        length: usize,
        limit: usize,
        counted: Counted,
    },
    /// A packet in a block of so many octets.
    Packet(usize, Result<Captured, String>),
    /// Another block: something, or nothing, to be told.
    Block(usize, Option<Told>),
}

/// Whether Wireshark gives a block a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    AsPacket,
    Not,
}

/// What a block that is no packet tells.
pub(crate) enum Told {
    /// Type and place in the block.
    Secrets(u32, Range<usize>),
    BadInterface(String),
    BadSection(String),
}

/// A packet as the file has it.
#[derive(Clone)]
pub(crate) struct Captured {
    /// None in a simple packet block.
    pub(crate) time: Option<SystemTime>,
    pub(crate) link: DataLink,
    pub(crate) interface: Option<Arc<str>>,
    pub(crate) direction: Option<Direction>,
    pub(crate) comment: Option<String>,
    /// What is wrong with an option that it was read without.
    pub(crate) option: Option<String>,
    pub(crate) original: u32,
    /// Where in the block what was captured stands.
    pub(crate) octets: Range<usize>,
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

    /// How many packets there were so far, those that were not given included.
    pub fn packets(&self) -> u64 {
        self.unpacking.packets
    }

    /// What was neither given nor told, because no UDP, TCP or user message of SCTP is in it.
    pub fn passed_over(&self) -> PassedOver {
        self.unpacking.passed_over.clone()
    }

    /// The next packet, as far as the octets go; `None` where more are needed. For those who want packets alone:
    /// faults and secrets are dropped.
    ///
    /// # Errors
    /// What the file does wrong; it is not read on then.
    pub fn next_packet(&mut self) -> Result<Option<Packet>, ReadError> {
        loop {
            match self.next_record()? {
                Some(Record::Packet(packet)) => return Ok(Some(packet)),
                Some(Record::Fault(_) | Record::Secrets(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// What comes next, as far as the octets go; `None` where more are needed.
    ///
    /// # Errors
    /// What the file does wrong; it is not read on then.
    pub fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            if let Some(fault) = self.unpacking.faults.pop_front() {
                return Ok(Some(Record::Fault(fault)));
            }
            if let Some(packet) = self.unpacking.messages.pop_front() {
                return Ok(Some(Record::Packet(packet)));
            }
            match self.step() {
                Ok(Outcome::More) => return Ok(None),
                Ok(Outcome::Record(record)) => return Ok(Some(record)),
                Ok(Outcome::Went) => {}
                Err(error) => {
                    self.format = Format::Broken;
                    self.buffer = BytesMut::new();
                    return Err(error);
                }
            }
        }
    }

    /// To be called once no more is to come: tells the datagrams and messages whose parts did not all come.
    pub fn finish(&mut self) -> Vec<Fault> {
        self.unpacking.finish()
    }

    fn step(&mut self) -> Result<Outcome, ReadError> {
        if let Format::Unknown = self.format {
            match recognise(&self.buffer)? {
                Some((format, length)) => {
                    self.format = format;
                    self.buffer.advance(length);
                }
                None => return Ok(Outcome::More),
            }
        }
        let step = match &mut self.format {
            Format::PcapNg(pcapng) => pcapng.step(&self.buffer)?,
            Format::Pcap(pcap) => pcap.step(&self.buffer)?,
            Format::Unknown | Format::Broken => {
                return Err(ReadError::Malformed("read on after a fault".to_owned()));
            }
        };
        match step {
            Step::More => Ok(Outcome::More),
            Step::PassOver(length, counted) => {
                self.pass_over(length, counted);
                if counted == Counted::AsPacket {
                    self.unpacking.passed_over.others += 1;
                }
                Ok(Outcome::Went)
            }
            Step::TooLong {
                length,
                limit,
                counted,
            } => {
                self.pass_over(length, counted);
                Ok(self.unpacking.fault(FaultKind::TooLong { length, limit }))
            }
            Step::Block(length, told) => {
                let block = self.buffer.split_to(length).freeze();
                Ok(self.unpacking.told(told, &block))
            }
            Step::Packet(length, captured) => {
                self.unpacking.packets += 1;
                let block = self.buffer.split_to(length).freeze();
                Ok(match captured {
                    Ok(captured) => self.unpacking.packet(captured, &block),
                    Err(text) => self.unpacking.fault(FaultKind::Block(text)),
                })
            }
        }
    }

    fn pass_over(&mut self, length: usize, counted: Counted) {
        let here = length.min(self.buffer.len());
        self.passing_over = length - here;
        self.buffer.advance(here);
        if counted == Counted::AsPacket {
            self.unpacking.packets += 1;
        }
    }
}

/// The format that a file begins with, and how much of it is read thereby; none where more is needed.
fn recognise(file: &[u8]) -> Result<Option<(Format, usize)>, ReadError> {
    let Some(magic) = file.first_chunk::<4>() else {
        return Ok(None);
    };
    match u32::from_be_bytes(*magic) {
        pcapng::SECTION_HEADER => Ok(Some((Format::PcapNg(Box::default()), 0))),
        0xA1B2_C3D4 | 0xD4C3_B2A1 | 0xA1B2_3C4D | 0x4D3C_B2A1 => {
            let Some(header) = file.get(..pcap::HEADER) else {
                return Ok(None);
            };
            Ok(Some((Format::Pcap(Pcap::new(header)?), pcap::HEADER)))
        }
        0xA1B2_CD34 | 0x34CD_B2A1 => Err(ReadError::Modified),
        _ => Err(ReadError::NotACapture),
    }
}

/// A block that is all there has no right to end early.
pub(crate) fn text(error: PcapError) -> String {
    match error {
        PcapError::IncompleteBuffer => "a field reaches over its block's end".to_owned(),
        other => other.to_string(),
    }
}
