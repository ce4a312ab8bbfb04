//! Whether the USIM takes an SQN (TS 33.102 Annex C.2).

use crate::sqn::Sqn;

/// The SEQ accepted last for each IND, and how far a new one may be from the highest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    accepted: [u64; Sqn::IND_COUNT],
    delta: u64,
    age_limit: Option<u64>,
}

impl Freshness {
    /// Δ of Annex C.3: how far SEQ may jump, so that no one wears the numbers out.
    pub const DELTA: u64 = 1 << 28;

    /// Nothing accepted yet; SEQ may be up to `delta` above the highest accepted, and up to `age_limit` (L of
    /// Annex C.2.2) below it.
    pub fn new(delta: u64, age_limit: Option<u64>) -> Self {
        Self {
            accepted: [0; Sqn::IND_COUNT],
            delta,
            age_limit,
        }
    }

    /// SQN_MS: the highest accepted (Annex C.2.1).
    pub fn highest(&self) -> Sqn {
        let entries = self.accepted.into_iter().enumerate().rev();
        let (ind, seq) = entries.max_by_key(|(_, seq)| *seq).unwrap_or_default();
        Sqn::of(seq, ind)
    }

    /// Takes `sqn` where it is fresh (Annex C.2.2); false: it is not, and nothing changed.
    pub fn take(&mut self, sqn: Sqn) -> bool {
        let highest = self.highest().seq();
        let seq = sqn.seq();
        let too_far = seq.saturating_sub(highest) > self.delta;
        let too_old = self
            .age_limit
            .is_some_and(|limit| highest.saturating_sub(seq) > limit);
        let last = &mut self.accepted[sqn.ind()];
        let fresh = !too_far && !too_old && seq > *last;
        if fresh {
            *last = seq;
        }
        fresh
    }
}

impl Default for Freshness {
    /// Δ of 2^28 and no limit of age: Annex C.3.2, which leaves L to the operator.
    fn default() -> Self {
        Self::new(Self::DELTA, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqn_is_taken_once() {
        let mut freshness = Freshness::default();
        assert!(!freshness.take(Sqn::of(0, 0)));
        assert!(freshness.take(Sqn::of(1, 1)));
        assert!(!freshness.take(Sqn::of(1, 1)));
        assert!(freshness.take(Sqn::of(2, 1)));
        assert_eq!(freshness.highest(), Sqn::of(2, 1));
    }

    /// Annex C.2.2: vectors of one batch, with an IND each, may come in any order.
    #[test]
    fn another_ind_may_be_older() {
        let mut freshness = Freshness::default();
        assert!(freshness.take(Sqn::of(7, 7)));
        assert!(freshness.take(Sqn::of(5, 5)));
        assert!(!freshness.take(Sqn::of(5, 5)));
        assert!(!freshness.take(Sqn::of(4, 7)));
        assert_eq!(freshness.highest(), Sqn::of(7, 7));
    }

    #[test]
    fn seq_may_jump_by_delta_and_no_farther() {
        let mut freshness = Freshness::default();
        assert!(!freshness.take(Sqn::of(Freshness::DELTA + 1, 0)));
        assert!(freshness.take(Sqn::of(Freshness::DELTA, 0)));
        assert!(freshness.take(Sqn::of(2 * Freshness::DELTA, 0)));
    }

    #[test]
    fn seq_may_be_as_old_as_the_limit_and_no_older() {
        let mut freshness = Freshness::new(Freshness::DELTA, Some(32));
        assert!(freshness.take(Sqn::of(100, 0)));
        assert!(!freshness.take(Sqn::of(67, 1)));
        assert!(freshness.take(Sqn::of(68, 1)));
    }
}
