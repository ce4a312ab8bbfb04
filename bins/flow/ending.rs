//! How the reading of a capture ended.

use capture::{PassedOver, ReadError};
use flow::{Counts, KeyLog, Reading};
use process::exit;

use crate::keys;
use crate::source::{self, Tracked};

/// What is known once nothing more is to be read.
pub(crate) struct Ending {
    /// How many packets there were.
    pub(crate) packets: u64,
    /// How much there was.
    pub(crate) counts: Counts,
    /// What was neither given nor told.
    pub(crate) passed_over: PassedOver,
    /// Why there are no more, where that is not the capture's end.
    pub(crate) error: Option<ReadError>,
    /// All keys, those that stood in the capture among them.
    pub(crate) keys: KeyLog,
    /// Whether some of them stand behind what they open.
    pub(crate) are_keys_late: bool,
    /// What is to be told of the keys.
    pub(crate) told: Vec<String>,
}

impl Ending {
    /// That of a reading which gave all it has.
    pub(crate) fn of(mut reading: Reading<Tracked>) -> Ending {
        let keys = reading.take_keys();
        Ending {
            packets: reading.packets(),
            counts: reading.counts(),
            passed_over: reading.passed_over(),
            are_keys_late: reading.are_keys_late(),
            told: keys::told(reading.bad_key(), &keys),
            keys,
            error: reading.into_error(),
        }
    }

    /// The exit status.
    pub(crate) fn status(&self) -> u8 {
        self.error.as_ref().map_or(exit::OK, source::status)
    }
}
