//! The sequence number SQN = SEQ ‖ IND (TS 33.102 Annex C.1.1.1).

use std::fmt;

/// A sequence number: SEQ of 43 bits, IND of the last 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sqn(u64);

impl Sqn {
    /// Bits of IND (Annex C.3.2).
    pub const IND_BITS: u32 = 5;
    /// How many values IND has, and entries the USIM's list of the last SEQ.
    pub const IND_COUNT: usize = 1 << Self::IND_BITS;
    /// The largest SQN.
    pub const MAX: Self = Self((1 << 48) - 1);

    /// `value` where it has 48 bits.
    pub fn new(value: u64) -> Option<Self> {
        (value <= Self::MAX.0).then_some(Self(value))
    }

    pub(crate) fn of(seq: u64, ind: usize) -> Self {
        Self((seq << Self::IND_BITS | ind as u64) & Self::MAX.0)
    }

    /// As a number.
    pub fn value(self) -> u64 {
        self.0
    }

    /// SEQ.
    pub fn seq(self) -> u64 {
        self.0 >> Self::IND_BITS
    }

    /// IND.
    pub fn ind(self) -> usize {
        (self.0 & ((1 << Self::IND_BITS) - 1)) as usize
    }

    /// The one to use after this: SEQ and IND each one more, IND in a circle (Annex C.1.2, C.3.2).
    ///
    /// None: the life of this K is over.
    pub fn next(self) -> Option<Self> {
        let seq = self.seq() + 1;
        let fits = seq <= Self::MAX.seq();
        fits.then(|| Self::of(seq, (self.ind() + 1) % Self::IND_COUNT))
    }

    /// As it stands in an AUTN, the most significant octet first.
    pub fn octets(self) -> [u8; 6] {
        let [_, _, octets @ ..] = self.0.to_be_bytes();
        octets
    }
}

impl From<[u8; 6]> for Sqn {
    fn from([a, b, c, d, e, f]: [u8; 6]) -> Self {
        Self(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }
}

impl fmt::Display for Sqn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:012x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seq_and_ind_advance_together_and_ind_in_a_circle() {
        let sqn = Sqn::new(0x0000_0000_043E).unwrap();
        assert_eq!((sqn.seq(), sqn.ind()), (0x21, 30));
        let next = sqn.next().unwrap();
        assert_eq!((next.seq(), next.ind()), (0x22, 31));
        let after = next.next().unwrap();
        assert_eq!((after.seq(), after.ind()), (0x23, 0));
        assert_eq!(Sqn::default().next().unwrap().seq(), 1);
    }

    #[test]
    fn it_has_48_bits() {
        assert_eq!(Sqn::new(1 << 48), None);
        assert_eq!(Sqn::MAX.next(), None);
        let sqn = Sqn::new(0xFF9B_B4D0_B607).unwrap();
        assert_eq!(sqn.octets(), [0xFF, 0x9B, 0xB4, 0xD0, 0xB6, 0x07]);
        assert_eq!(Sqn::from(sqn.octets()), sqn);
        assert_eq!(sqn.to_string(), "ff9bb4d0b607");
    }
}
