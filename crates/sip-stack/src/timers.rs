//! Timer values of RFC 3261 Table 4 and what is derived from them.

use std::time::Duration;

/// Whether the transport itself retransmits: TCP and TLS do, UDP does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// The transport delivers or fails: no retransmission by us, nothing to absorb.
    Reliable,
    /// Datagrams may be lost, doubled and reordered.
    Unreliable,
}

/// Timers whose values are not what follows from T1 and T4; those without a value do follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnValues {
    /// Timer B.
    pub b: Option<Duration>,
    /// Timer F.
    pub f: Option<Duration>,
    /// Timer J over an unreliable transport.
    pub j: Option<Duration>,
    /// Timer K over an unreliable transport.
    pub k: Option<Duration>,
}

impl OwnValues {
    /// None: every timer follows from T1 and T4.
    pub const NONE: OwnValues = OwnValues {
        b: None,
        f: None,
        j: None,
        k: None,
    };
}

/// T1, T2 and T4 of RFC 3261 §17.1.1.1; every other timer is derived from them, unless it has a value of its own.
///
/// All three are more than zero: whoever reads them from a configuration refuses a zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerValues {
    /// Estimate of the round-trip time.
    pub t1: Duration,
    /// Longest interval between retransmissions of a non-INVITE request or of an INVITE response.
    pub t2: Duration,
    /// How long a message may live in the network.
    pub t4: Duration,
    /// What is not derived.
    pub own: OwnValues,
}

impl TimerValues {
    /// The defaults of RFC 3261 Table 4; TS 24.229 §7.7 keeps them inside the network.
    pub const DEFAULT: TimerValues = TimerValues {
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
        own: OwnValues::NONE,
    };

    /// The values towards a UE over a radio access, TS 24.229 §7.7.
    pub const RADIO: TimerValues = TimerValues {
        t1: Duration::from_secs(2),
        t2: Duration::from_secs(16),
        t4: Duration::from_secs(17),
        own: OwnValues::NONE,
    };

    /// Timer B: the INVITE client transaction's timeout, 64·T1.
    pub fn b(&self) -> Duration {
        self.own.b.unwrap_or(64 * self.t1)
    }

    /// Timer E when it is set first: T1.
    pub fn e(&self) -> Duration {
        self.t1
    }

    /// Timer E after it fired in Trying with `interval`: doubled, at most T2 (RFC 3261 §17.1.2.2).
    pub fn e_after(&self, interval: Duration) -> Duration {
        (2 * interval).min(self.t2)
    }

    /// Timer F: the non-INVITE client transaction's timeout, 64·T1.
    pub fn f(&self) -> Duration {
        self.own.f.unwrap_or(64 * self.t1)
    }

    /// Timer J: how long a non-INVITE server transaction absorbs retransmissions, 64·T1 or none.
    pub fn j(&self, reliability: Reliability) -> Duration {
        match reliability {
            Reliability::Unreliable => self.own.j.unwrap_or(64 * self.t1),
            Reliability::Reliable => Duration::ZERO,
        }
    }

    /// Timer K: how long a non-INVITE client transaction absorbs responses, T4 or none.
    pub fn k(&self, reliability: Reliability) -> Duration {
        match reliability {
            Reliability::Unreliable => self.own.k.unwrap_or(self.t4),
            Reliability::Reliable => Duration::ZERO,
        }
    }

    /// When a non-INVITE server answers 100 if nothing else was answered: the time in which timer E
    /// of the client is reset to T2 (RFC 4320 §4.1); 3.5 s by the defaults.
    pub fn trying(&self) -> Duration {
        let mut interval = self.e();
        let mut elapsed = interval;
        // An interval of zero would double for ever.
        while !interval.is_zero() && self.e_after(interval) < self.t2 {
            interval = self.e_after(interval);
            elapsed += interval;
        }
        elapsed
    }
}

impl Default for TimerValues {
    fn default() -> Self {
        TimerValues::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_table_4() {
        let values = TimerValues::default();
        assert_eq!(values.b(), Duration::from_secs(32));
        assert_eq!(values.f(), Duration::from_secs(32));
        assert_eq!(values.j(Reliability::Unreliable), Duration::from_secs(32));
        assert_eq!(values.j(Reliability::Reliable), Duration::ZERO);
        assert_eq!(values.k(Reliability::Unreliable), Duration::from_secs(5));
        assert_eq!(values.k(Reliability::Reliable), Duration::ZERO);
    }

    #[test]
    fn a_value_of_its_own_is_stronger_than_the_derived_one() {
        let second = Duration::from_secs(1);
        let values = TimerValues {
            own: OwnValues {
                f: Some(second),
                k: Some(2 * second),
                ..OwnValues::NONE
            },
            ..TimerValues::DEFAULT
        };
        assert_eq!((values.f(), values.b()), (second, 32 * second));
        assert_eq!(values.k(Reliability::Unreliable), 2 * second);
        assert_eq!(values.k(Reliability::Reliable), Duration::ZERO);
        assert_eq!(values.j(Reliability::Unreliable), 32 * second);
    }

    #[test]
    fn radio_values_are_those_of_ts_24_229_7_7() {
        assert_eq!(TimerValues::RADIO.f(), Duration::from_secs(128));
        assert_eq!(
            TimerValues::RADIO.k(Reliability::Unreliable),
            Duration::from_secs(17)
        );
    }

    #[test]
    fn timer_e_doubles_up_to_t2() {
        let values = TimerValues::default();
        let mut interval = values.e();
        let mut seen = vec![interval.as_millis()];
        for _ in 0..5 {
            interval = values.e_after(interval);
            seen.push(interval.as_millis());
        }
        assert_eq!(seen, [500, 1000, 2000, 4000, 4000, 4000]);
    }

    #[test]
    fn trying_is_when_timer_e_is_reset_to_t2() {
        assert_eq!(TimerValues::default().trying(), Duration::from_millis(3500));
        // 2 + 4 + 8 s: the next interval is T2 = 16 s.
        assert_eq!(TimerValues::RADIO.trying(), Duration::from_secs(14));
    }

    #[test]
    fn trying_ends_for_any_values() {
        let t1_above_t2 = TimerValues {
            t1: Duration::from_secs(5),
            ..TimerValues::DEFAULT
        };
        assert_eq!(t1_above_t2.trying(), Duration::from_secs(5));
        let zero = TimerValues {
            t1: Duration::ZERO,
            ..TimerValues::DEFAULT
        };
        assert_eq!(zero.trying(), Duration::ZERO);
    }
}
