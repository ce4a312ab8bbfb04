//! The records of a pcap file (draft-ietf-opsawg-pcap).

use std::time::{Duration, SystemTime};

use pcap_file::pcap::PcapParser;
use pcap_file::{DataLink, Endianness, TsResolution};

use crate::decoder::{Captured, Counted, MAX_BLOCK, Step, text};
use crate::fault::ReadError;

/// What stands before the first record, octets.
pub(crate) const HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
/// Below the length of a frame check sequence and the reserved bits, which have no meaning to us (§4).
const LINK_TYPE: u32 = 0xffff;

/// A pcap file being read.
pub(crate) struct Pcap {
    parser: PcapParser,
    link: DataLink,
}

impl Pcap {
    pub(crate) fn new(header: &[u8]) -> Result<Pcap, ReadError> {
        let (_, parser) =
            PcapParser::new(header).map_err(|error| ReadError::Malformed(text(error)))?;
        let link = u32::from(parser.header().datalink) & LINK_TYPE;
        Ok(Pcap {
            parser,
            link: DataLink::from(link),
        })
    }

    pub(crate) fn step(&self, file: &[u8]) -> Result<Step, ReadError> {
        let Some(start) = file.first_chunk::<RECORD_HEADER>() else {
            return Ok(Step::More);
        };
        let header = self.parser.header();
        let [_, _, _, _, _, _, _, _, length @ .., _, _, _, _] = *start;
        let length = RECORD_HEADER
            + match header.endianness {
                Endianness::Big => u32::from_be_bytes(length),
                Endianness::Little => u32::from_le_bytes(length),
            } as usize;
        if length > MAX_BLOCK {
            return Ok(Step::TooLong {
                length,
                limit: MAX_BLOCK,
                counted: Counted::AsPacket,
            });
        }
        let Some(record) = file.get(..length) else {
            return Ok(Step::More);
        };
        let packet = match self.parser.next_raw_packet(record) {
            Ok((_, packet)) => packet,
            Err(error) => return Ok(Step::Packet(length, Err(text(error)))),
        };
        let fraction = u64::from(packet.ts_frac);
        let fraction = match header.ts_resolution {
            TsResolution::MicroSecond => Duration::from_micros(fraction),
            TsResolution::NanoSecond => Duration::from_nanos(fraction),
        };
        let since_epoch = Duration::from_secs(packet.ts_sec.into()) + fraction;
        let captured = Captured {
            time: Some(SystemTime::UNIX_EPOCH + since_epoch),
            link: self.link,
            interface: None,
            direction: None,
            comment: None,
            option: None,
            original: packet.orig_len,
            octets: RECORD_HEADER..length,
        };
        Ok(Step::Packet(length, Ok(captured)))
    }
}
