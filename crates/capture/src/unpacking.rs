//! From the octets of a captured packet to what it gives and tells.

use std::collections::VecDeque;
use std::time::SystemTime;

use bytes::Bytes;

use crate::chunks::{self, Chunks};
use crate::decoder::{Captured, Told};
use crate::fault::{Fault, FaultKind};
use crate::fragments::{Fragment, Fragments};
use crate::headers::{self, Carried, Content};
use crate::ip::{self, Datagram, Found};
use crate::link::{self, Payload};
use crate::packet::{Numbers, Packet, Transport};
use crate::record::{PassedOver, Record, Secrets};
use crate::sctp::{self, Part};

/// How many packets of IP may be one in another.
const MAX_TUNNELS: usize = 4;

/// What is kept of packets: parts that wait for others, and what is still to be given.
#[derive(Default)]
pub(crate) struct Unpacking {
    pub(crate) packets: u64,
    pub(crate) passed_over: PassedOver,
    fragments: Fragments,
    chunks: Chunks,
    pub(crate) faults: VecDeque<Fault>,
    /// The messages of an SCTP packet.
    pub(crate) messages: VecDeque<Packet>,
    /// The time of the packet before, for those that have none.
    time: Option<SystemTime>,
}

/// What comes of a block.
pub(crate) enum Outcome {
    More,
    Went,
    Record(Record),
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

impl Unpacking {
    pub(crate) fn fault(&self, kind: FaultKind) -> Outcome {
        Outcome::Record(Record::Fault(Fault {
            packet: self.packets,
            kind,
        }))
    }

    pub(crate) fn told(&self, told: Option<Told>, block: &Bytes) -> Outcome {
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

    pub(crate) fn packet(&mut self, mut captured: Captured, block: &Bytes) -> Outcome {
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

    /// Nothing more comes.
    pub(crate) fn finish(&mut self) -> Vec<Fault> {
        self.fragments.finish(&mut self.faults);
        self.chunks.finish(&mut self.faults);
        self.faults.drain(..).collect()
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
