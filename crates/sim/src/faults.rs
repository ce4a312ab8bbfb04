//! What a link does to what it carries.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The manners of a link, one way. Probabilities are from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// Time from sender to receiver, drawn for each datagram and each segment of a stream.
    pub delay: RangeInclusive<Duration>,
    /// Datagrams that are lost.
    pub loss: f64,
    /// Datagrams that arrive twice.
    pub duplication: f64,
    /// Datagrams that are held back by up to [`Faults::HELD_BACK`], so that later ones overtake them; the others
    /// keep their order however the delays fall.
    pub reordering: f64,
    /// Writes to a stream that arrive in up to [`Faults::PIECES`] pieces, cut at random octets.
    pub segmentation: f64,
    /// Writes to a stream at which the connection is reset instead.
    pub reset: f64,
}

impl Faults {
    /// The longest that a reordered datagram is held back beyond its delay.
    pub const HELD_BACK: Duration = Duration::from_millis(200);
    /// Into how many pieces a write is cut at most.
    pub const PIECES: u64 = 8;

    /// A link of one millisecond that does nothing wrong.
    pub const fn none() -> Faults {
        let delay = Duration::from_millis(1);
        Faults {
            delay: delay..=delay,
            loss: 0.0,
            duplication: 0.0,
            reordering: 0.0,
            segmentation: 0.0,
            reset: 0.0,
        }
    }

    /// A bad day: 1 to 80 ms, each fault of datagrams at one in ten, every second write in pieces, no resets.
    pub const fn rough() -> Faults {
        Faults {
            delay: Duration::from_millis(1)..=Duration::from_millis(80),
            loss: 0.1,
            duplication: 0.1,
            reordering: 0.1,
            segmentation: 0.5,
            reset: 0.0,
        }
    }
}

impl Default for Faults {
    fn default() -> Self {
        Faults::none()
    }
}
