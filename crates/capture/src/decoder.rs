//! Reading a capture as its octets come in.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Buf, Bytes, BytesMut};
use pcap_file::{DataLink, PcapError};

use crate::chunks::{self, Chunks};
use crate::fault::{Fault, FaultKind, ReadError};
use crate::fragments::{Fragment, Fragments};
use crate::headers::{self, Carried, Content};
use crate::ip::{self, Datagram, Found};
use crate::link::{self, Payload};
use crate::packet::{Direction, Numbers, Packet, Transport};
use crate::pcap::{self, Pcap};
use crate::pcapng::{self, PcapNg};
use crate::record::{PassedOver, Record, Secrets};
use crate::sctp::{self, Part};

/// The longest packet block read, octets; longer ones, and those of kinds that do not concern us, are passed over.
pub const MAX_BLOCK: usize = 1 << 20;
/// How many interfaces of a section are read.
pub const MAX_INTERFACES: usize = 4_096;
/// How many packets of IP may be one in another.
const MAX_TUNNELS: usize = 4;
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
    rest: Rest,
}

/// What is kept beside the octets.
#[derive(Default)]
struct Rest {
    packets: u64,
    passed_over: PassedOver,
    fragments: Fragments,
    chunks: Chunks,
    faults: VecDeque<Fault>,
    /// The messages of an SCTP packet.
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
        self.rest.packets
    }

    /// What was neither given nor told, because no UDP, TCP or user message of SCTP is in it.
    pub fn passed_over(&self) -> PassedOver {
        self.rest.passed_over.clone()
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

    /// To be called once no more is to come: tells the datagrams and messages whose parts did not all come.
    pub fn finish(&mut self) -> Vec<Fault> {
        self.rest.fragments.finish(&mut self.rest.faults);
        self.rest.chunks.finish(&mut self.rest.faults);
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
                self.pass_over(length, counted);
                if counted == Counted::AsPacket {
                    self.rest.passed_over.others += 1;
                }
                Ok(Outcome::Went)
            }
            Step::TooLong {
                length,
                limit,
                counted,
            } => {
                self.pass_over(length, counted);
                Ok(self.rest.fault(FaultKind::TooLong { length, limit }))
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

    fn pass_over(&mut self, length: usize, counted: Counted) {
        let here = length.min(self.buffer.len());
        self.passing_over = length - here;
        self.buffer.advance(here);
        if counted == Counted::AsPacket {
            self.rest.packets += 1;
        }
    }
}

/// A packet on its way through its headers.
struct Seen {
    captured: Captured,
    time: SystemTime,
    numbers: Numbers,
    /// Octets of it in the file.
    have: u32,
    /// Headers of IP so far.
    depth: usize,
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
            Some(Told::BadSection(text)) => self.fault(FaultKind::Section(text)),
            Some(Told::Secrets(kind, place)) => Outcome::Record(Record::Secrets(Secrets {
                kind,
                octets: block.slice(place),
            })),
        }
    }

    fn packet(&mut self, mut captured: Captured, block: &Bytes) -> Outcome {
        let time = captured
            .time
            .or(self.time)
            .unwrap_or(SystemTime::UNIX_EPOCH);
        self.time = Some(time);
        if let Some(text) = captured.option.take() {
            self.tell(FaultKind::Option(text));
        }
        let octets = &block[captured.octets.clone()];
        let link = captured.link;
        let seen = Seen {
            captured,
            time,
            numbers: Numbers::one(self.packets),
            have: octets.len() as u32,
            depth: 0,
        };
        match link::payload(link, octets) {
            Ok(Payload::Ip(octets)) => self.ip(seen, octets, block),
            Ok(Payload::Other) => self.pass_over(),
            Ok(Payload::UnknownLink(link)) => {
                self.passed_over.add_link(link);
                Outcome::Went
            }
            Err(wrong) => self.wrong(&seen, wrong),
        }
    }

    /// `octets` are a part of `parent`.
    fn ip(&mut self, seen: Seen, octets: &[u8], parent: &Bytes) -> Outcome {
        match ip::packet(octets, seen.uncaptured()) {
            Ok(Found::NotIp) => self.pass_over(),
            Ok(Found::Datagram(datagram)) => self.datagram(seen, &datagram, parent),
            Ok(Found::Fragment(part)) => {
                let fragment = Fragment {
                    key: part.key,
                    protocol: part.protocol.0,
                    offset: part.offset,
                    more_follow: part.more_follow,
                    octets: part.octets,
                    number: self.packets,
                    time: seen.time,
                };
                let Some(whole) = self.fragments.take(fragment, &mut self.faults) else {
                    return Outcome::Went;
                };
                let seen = Seen {
                    numbers: whole.numbers,
                    have: seen.captured.original,
                    ..seen
                };
                match ip::put_together(whole.protocol.into(), &whole.octets) {
                    Ok((protocol, octets)) => {
                        let datagram = Datagram {
                            from: part.key.from,
                            to: part.key.to,
                            protocol,
                            octets,
                            missing: 0,
                        };
                        self.datagram(seen, &datagram, &whole.octets)
                    }
                    Err(wrong) => self.wrong(&seen, wrong),
                }
            }
            Err(wrong) => self.wrong(&seen, wrong),
        }
    }

    fn datagram(&mut self, mut seen: Seen, datagram: &Datagram<'_>, parent: &Bytes) -> Outcome {
        match headers::transport(datagram, parent) {
            Ok(Carried::One(content)) => {
                if content.missing > 0 {
                    self.tell(seen.cut_short());
                }
                Outcome::Record(Record::Packet(packet(seen, content)))
            }
            Ok(Carried::Chunks(chunks)) => self.chunks(&seen, datagram, chunks, parent),
            Ok(Carried::Packet(octets)) if seen.depth < MAX_TUNNELS => {
                seen.depth += 1;
                self.ip(seen, octets, parent)
            }
            Ok(Carried::Packet(_) | Carried::Other) => self.pass_over(),
            Err(wrong) => self.wrong(&seen, wrong),
        }
    }

    /// The user messages of one packet of SCTP; they come out after it was dealt with.
    fn chunks(
        &mut self,
        seen: &Seen,
        datagram: &Datagram<'_>,
        packet_of: sctp::Chunks,
        parent: &Bytes,
    ) -> Outcome {
        let sctp::Chunks {
            association,
            data,
            ends_early,
        } = packet_of;
        let mut is_new = ends_early;
        for chunk in data {
            let octets = &datagram.octets[chunk.data];
            let arrival = chunks::Arrival {
                association,
                tsn: chunk.tsn,
                part: chunk.part,
                octets,
                number: self.packets,
                time: seen.time,
            };
            if !self.chunks.is_new(&arrival) {
                continue;
            }
            is_new = true;
            let message = match chunk.part {
                Part::Whole => Some((parent.slice_ref(octets), seen.numbers)),
                Part::First | Part::Middle | Part::Last => {
                    self.chunks.take(&arrival, &mut self.faults)
                }
                Part::FirstInterleaved => {
                    self.tell(FaultKind::SctpParted);
                    None
                }
                Part::Interleaved => None,
            };
            if let Some((payload, numbers)) = message {
                let content = Content {
                    transport: Transport::Sctp,
                    from: (datagram.from, association.from).into(),
                    to: (datagram.to, association.to).into(),
                    payload,
                    missing: 0,
                    segment: None,
                };
                let seen = Seen {
                    captured: seen.captured.clone(),
                    numbers: numbers.and(seen.numbers),
                    ..*seen
                };
                self.messages.push_back(packet(seen, content));
            }
        }
        if !is_new {
            self.passed_over.sctp += 1;
        }
        if ends_early {
            self.tell(match datagram.missing {
                0 => FaultKind::Header("a chunk of SCTP ends too early".to_owned()),
                _ => seen.cut_short(),
            });
        }
        Outcome::Went
    }

    /// To be told after what this packet gives.
    fn tell(&mut self, kind: FaultKind) {
        let packet = self.packets;
        self.faults.push_back(Fault { packet, kind });
    }

    fn wrong(&mut self, seen: &Seen, wrong: headers::Wrong) -> Outcome {
        self.fault(wrong.fault(seen.have, seen.captured.original))
    }

    fn pass_over(&mut self) -> Outcome {
        self.passed_over.others += 1;
        Outcome::Went
    }
}

impl Seen {
    /// Octets that were on the wire behind those in the file.
    fn uncaptured(&self) -> u32 {
        self.captured.original.saturating_sub(self.have)
    }

    fn cut_short(&self) -> FaultKind {
        FaultKind::CutShort {
            captured: self.have,
            original: self.captured.original,
        }
    }
}

fn packet(seen: Seen, content: Content) -> Packet {
    let Seen {
        captured,
        time,
        numbers,
        ..
    } = seen;
    Packet {
        numbers,
        time,
        direction: captured.direction,
        interface: captured.interface,
        transport: content.transport,
        from: content.from,
        to: content.to,
        payload: content.payload,
        missing: content.missing,
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
