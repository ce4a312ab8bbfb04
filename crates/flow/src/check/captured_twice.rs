//! One datagram that the capture has twice: taken on two interfaces that it passes, or from a mirrored port.
//!
//! Nobody sends again so soon: timer E and timer A begin at T1, 500 ms (RFC 3261 §17.1.1.1), and SCTP waits for a
//! second (RFC 9260 §16). Of streams, what comes twice is left out when they are put together.

use std::time::Duration;

use capture::Transport;

use super::clock::Moment;
use super::table::Table;
use crate::event::Event;

/// How far two sightings of one datagram may be apart.
pub(crate) const WITHIN: Duration = Duration::from_millis(5);

/// Datagrams that a second sighting is looked for of: those of [`WITHIN`] at 200,000 a second.
const MAX_DATAGRAMS: usize = 1_024;

#[derive(Debug)]
pub(super) struct CapturedTwice {
    datagrams: Table<Moment>,
    count: u64,
}

impl CapturedTwice {
    pub(super) fn new() -> CapturedTwice {
        CapturedTwice {
            datagrams: Table::new(MAX_DATAGRAMS),
            count: 0,
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Whether this is another sighting of what was just seen.
    pub(super) fn saw(&mut self, event: &Event, at: Moment) -> bool {
        if event.transport == Transport::Tcp {
            return false;
        }
        let key = (
            event.transport,
            event.source,
            event.destination,
            &event.octets,
        );
        let key = self.datagrams.key(key);
        let is_twice = self
            .datagrams
            .get(key)
            .is_some_and(|before| before.apart(at) <= WITHIN);
        self.count += u64::from(is_twice);
        self.datagrams.insert(key, at);
        is_twice
    }
}
