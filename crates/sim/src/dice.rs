//! Randomness from a seed.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::trace::Digest;

/// A seeded source of decisions.
pub(crate) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// One host has its own dice, so that a draw more on it leaves the network's faults as they were.
    pub(crate) fn for_host(seed: u64, ip: IpAddr, incarnation: u64) -> Dice {
        let mut digest = Digest::new();
        digest.add_ip(ip);
        digest.add(&incarnation.to_be_bytes());
        Dice::new(seed ^ digest.value())
    }

    /// True with the given probability; an impossible thing draws nothing.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        // 53 random bits are all that a double between 0 and 1 holds.
        probability > 0.0 && ((self.0.next_u64() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }

    /// A number from 0 to below `bound`; 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A duration within `range`, to the microsecond.
    pub(crate) fn between(&mut self, range: &RangeInclusive<Duration>) -> Duration {
        let spread = range.end().saturating_sub(*range.start()).as_micros() as u64;
        match spread {
            0 => *range.start(),
            _ => *range.start() + Duration::from_micros(self.below(spread + 1)),
        }
    }

    pub(crate) fn fill(&mut self, octets: &mut [u8]) {
        self.0.fill_bytes(octets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_come_true_about_as_often_as_they_say() {
        let mut dice = Dice::new(1);
        let hits = (0..10_000).filter(|_| dice.chance(0.25)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!(!(0..1_000).any(|_| dice.chance(0.0)));
        assert!((0..1_000).all(|_| dice.chance(1.0)));
    }

    #[test]
    fn durations_stay_within_their_range_and_reach_both_ends() {
        let (low, high) = (Duration::from_micros(3), Duration::from_micros(6));
        let mut dice = Dice::new(2);
        let drawn: Vec<_> = (0..200).map(|_| dice.between(&(low..=high))).collect();
        assert_eq!(drawn.iter().min(), Some(&low));
        assert_eq!(drawn.iter().max(), Some(&high));
    }
}
