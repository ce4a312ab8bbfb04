//! An interface as a section of pcapng describes it (draft-ietf-opsawg-pcapng §4.2).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pcap_file::DataLink;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};

const NANOS: u64 = 1_000_000_000;

/// Year 10000 begins, in seconds: no clock of four digits shows it, and what adds to a time before it stays in range.
const TOO_LATE: Duration = Duration::from_secs(253_402_300_800);

/// What its packets need to be read.
pub(crate) struct Interface {
    /// None where the description could not be read.
    pub(crate) link: Option<DataLink>,
    pub(crate) name: Option<Arc<str>>,
    /// The most octets that are kept of a packet; 0 where there is no limit.
    pub(crate) snap_length: u32,
    resolution: u8,
    /// Seconds to be added.
    offset: i64,
}

impl Interface {
    pub(crate) fn new(description: &InterfaceDescriptionBlock<'_>) -> Interface {
        let mut interface = Interface {
            link: Some(description.linktype),
            snap_length: description.snaplen,
            ..Interface::unreadable()
        };
        for option in &description.options {
            match option {
                InterfaceDescriptionOption::IfName(name) => {
                    interface.name = Some(name.as_ref().into());
                }
                InterfaceDescriptionOption::IfTsResol(resolution) => {
                    interface.resolution = *resolution;
                }
                // Signed in the format (if_tsoffset).
                InterfaceDescriptionOption::IfTsOffset(offset) => {
                    interface.offset = *offset as i64;
                }
                _ => {}
            }
        }
        interface
    }

    /// Stands for one whose description cannot be read, so that those after it keep their numbers.
    pub(crate) fn unreadable() -> Interface {
        Interface {
            link: None,
            name: None,
            snap_length: 0,
            // Microseconds unless said otherwise (if_tsresol).
            resolution: 6,
            offset: 0,
        }
    }

    /// The moment that is `units` of the interface's resolution after 1970; none where no clock shows it.
    pub(crate) fn time(&self, units: u64) -> Option<SystemTime> {
        let since_epoch = match (self.resolution, self.offset) {
            // What nearly every file has, without a division of 128 bits.
            (6, 0) => Duration::from_micros(units),
            (9, 0) => Duration::from_nanos(units),
            _ => self.any_time(units)?,
        };
        (since_epoch < TOO_LATE).then(|| SystemTime::UNIX_EPOCH + since_epoch)
    }

    fn any_time(&self, units: u64) -> Option<Duration> {
        let exponent = u32::from(self.resolution & 0x7f);
        let scaled = i128::from(units) * i128::from(NANOS);
        let nanos = match self.resolution & 0x80 {
            // More than 10³⁸ units a second: everything is at the beginning.
            0 => 10_i128
                .checked_pow(exponent)
                .map_or(0, |unit| scaled / unit),
            _ => scaled >> exponent,
        };
        let nanos = nanos + i128::from(self.offset) * i128::from(NANOS);
        let seconds = u64::try_from(nanos.div_euclid(NANOS.into())).ok()?;
        Some(Duration::new(
            seconds,
            nanos.rem_euclid(NANOS.into()) as u32,
        ))
    }
}
