//! Reading a capture as its octets come in.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Buf, Bytes, BytesMut};
use etherparse::IpNumber;
use pcap_file::{DataLink, PcapError};

use crate::fault::{Fault, FaultKind, ReadError};
use crate::fragments::{Fragment, Fragments};
use crate::headers::{self, Carried, Content, Contents, Datagram, Found, Length};
use crate::packet::{Direction, Numbers, Packet};
use crate::pcap::{self, Pcap};
use crate::pcapng::{self, PcapNg};
use crate::record::{PassedOver, Record, Secrets};

/// The longest packet block read, octets; blocks of kinds that are passed over may be longer.
pub const MAX_BLOCK: usize = 1 << 20;
/// How many interfaces a section may have.
pub const MAX_INTERFACES: usize = 4_096;
/// The longest description of an interface, octets: all that the file can make us keep is these times
/// [`MAX_INTERFACES`].
pub const MAX_INTERFACE_BLOCK: usize = 4_096;

/// Takes octets as they come and gives what is in them: pcapng, or pcap in both byte orders and both resolutions.
///
/// Feed it when [`Decoder::next_record`] gives `None`, so that it holds no more than a block, what was last fed, and
/// the fragments that wait for each other ([`crate::MAX_FRAGMENT_OCTETS`]).
///
/// Read are UDP, TCP and SCTP over IPv4 and IPv6, with VLAN tags or without, of Ethernet, Linux cooked (v1 and v2), BSD
/// loopback and raw IP. Of SCTP each user message is a packet of its own, if it is whole in its chunk.
#[derive(Default)]
pub struct Decoder {
    buffer: BytesMut,
    /// Octets yet to come of a block that is passed over.
    passing_over: usize,
    format: Format,
    rest: Rest,
}

/// What is kept beside the octets.
#[derive(Default)]
struct Rest {
    packets: u64,
    passed_over: PassedOver,
    fragments: Fragments,
    faults: VecDeque<Fault>,
    /// The further messages of an SCTP packet.
    messages: VecDeque<Packet>,
    /// The time of the packet before, for those that have none.
    time: Option<SystemTime>,
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
        self.rest.packets
    }

    /// What was neither given nor told, because no UDP, TCP or user message of SCTP is in it.
    pub fn passed_over(&self) -> PassedOver {
        self.rest.passed_over
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
            if let Some(fault) = self.rest.faults.pop_front() {
                return Ok(Some(Record::Fault(fault)));
            }
            if let Some(packet) = self.rest.messages.pop_front() {
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

    /// To be called once no more is to come: tells the datagrams whose fragments did not all come.
    pub fn finish(&mut self) -> Vec<Fault> {
        self.rest.fragments.finish(&mut self.rest.faults);
        self.rest.faults.drain(..).collect()
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
                let here = length.min(self.buffer.len());
                self.passing_over = length - here;
                self.buffer.advance(here);
                if counted == Counted::AsPacket {
                    self.rest.packets += 1;
                    self.rest.passed_over.others += 1;
                }
                Ok(Outcome::Went)
            }
            Step::Block(length, told) => {
                let block = self.buffer.split_to(length).freeze();
                Ok(self.rest.told(told, &block))
            }
            Step::Packet(length, captured) => {
                self.rest.packets += 1;
                let block = self.buffer.split_to(length).freeze();
                Ok(match captured {
                    Ok(captured) => self.rest.packet(captured, &block),
                    Err(text) => self.rest.fault(FaultKind::Block(text)),
                })
            }
        }
    }
}

enum Outcome {
    More,
    Went,
    Record(Record),
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

impl Rest {
    fn fault(&self, kind: FaultKind) -> Outcome {
        Outcome::Record(Record::Fault(Fault {
            packet: self.packets,
            kind,
        }))
    }

    fn told(&self, told: Option<Told>, block: &Bytes) -> Outcome {
        match told {
            None => Outcome::Went,
            Some(Told::BadInterface(text)) => self.fault(FaultKind::Interface(text)),
            Some(Told::Secrets(kind, place)) => Outcome::Record(Record::Secrets(Secrets {
                kind,
                octets: block.slice(place),
            })),
        }
    }

    fn packet(&mut self, captured: Captured, block: &Bytes) -> Outcome {
        let time = captured
            .time
            .or(self.time)
            .unwrap_or(SystemTime::UNIX_EPOCH);
        self.time = Some(time);
        let octets = &block[captured.octets.clone()];
        let (have, original) = (octets.len() as u32, captured.original);
        let found = match headers::network(captured.link, octets) {
            Ok(found) => found,
            Err(wrong) => return self.fault(wrong.fault(have, original)),
        };
        let numbers = Numbers::one(self.packets);
        match found {
            Found::NotIp => {
                self.passed_over.others += 1;
                Outcome::Went
            }
            Found::Datagram(datagram) => {
                if datagram.length == Length::Unsaid && have < original {
                    let captured = have;
                    return self.fault(FaultKind::CutShort { captured, original });
                }
                match headers::transport(&datagram, block) {
                    Ok(Carried::One(content)) => give(captured, time, numbers, content),
                    Ok(Carried::Several(contents)) => {
                        self.several(captured, time, numbers, contents)
                    }
                    Ok(Carried::Other) => self.pass_over(),
                    Err(wrong) => self.fault(wrong.fault(have, original)),
                }
            }
            Found::Fragment {
                key,
                offset,
                more_follow,
                octets,
            } => {
                let fragment = Fragment {
                    key,
                    offset,
                    more_follow,
                    octets,
                    number: self.packets,
                    time,
                };
                match self.fragments.take(fragment, &mut self.faults) {
                    None => Outcome::Went,
                    Some((whole, numbers)) => {
                        let datagram = Datagram {
                            from: key.from,
                            to: key.to,
                            protocol: IpNumber(key.protocol),
                            length: Length::Said,
                            octets: &whole,
                        };
                        match headers::transport(&datagram, &whole) {
                            Ok(Carried::One(content)) => give(captured, time, numbers, content),
                            Ok(Carried::Several(contents)) => {
                                self.several(captured, time, numbers, contents)
                            }
                            Ok(Carried::Other) => self.pass_over(),
                            Err(wrong) => self.fault(FaultKind::Header(wrong.text)),
                        }
                    }
                }
            }
        }
    }

    fn pass_over(&mut self) -> Outcome {
        self.passed_over.others += 1;
        Outcome::Went
    }

    /// The user messages of one packet of SCTP; they come out after it was dealt with.
    fn several(
        &mut self,
        captured: Captured,
        time: SystemTime,
        numbers: Numbers,
        contents: Contents,
    ) -> Outcome {
        let Contents { whole, parted } = contents;
        if whole.is_empty() && parted == 0 {
            self.passed_over.sctp += 1;
        }
        for _ in 0..parted {
            self.faults.push_back(Fault {
                packet: numbers.first,
                kind: FaultKind::SctpParted,
            });
        }
        for content in whole {
            let packet = packet(captured.clone(), time, numbers, content);
            self.messages.push_back(packet);
        }
        Outcome::Went
    }
}

fn give(captured: Captured, time: SystemTime, numbers: Numbers, content: Content) -> Outcome {
    Outcome::Record(Record::Packet(packet(captured, time, numbers, content)))
}

fn packet(captured: Captured, time: SystemTime, numbers: Numbers, content: Content) -> Packet {
    Packet {
        numbers,
        time,
        direction: captured.direction,
        interface: captured.interface,
        transport: content.transport,
        from: content.from,
        to: content.to,
        payload: content.payload,
        missing: 0,
        segment: content.segment,
        comment: captured.comment,
    }
}

/// A block that is all there has no right to end early.
pub(crate) fn text(error: PcapError) -> String {
    match error {
        PcapError::IncompleteBuffer => "a field reaches over its block's end".to_owned(),
        other => other.to_string(),
    }
}
