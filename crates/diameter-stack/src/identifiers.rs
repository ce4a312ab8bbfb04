//! End-to-End Identifiers (RFC 6733 §3) and Session-Ids (RFC 6733 §8.8).

use std::fmt::{self, Write};

/// Counts End-to-End Identifiers: unique for four minutes, restarts included.
#[derive(Debug, Clone)]
pub struct EndToEnd {
    next: u32,
}

impl EndToEnd {
    /// The high 12 bits from the low 12 of `seconds` (time of day at start), the low 20 from `random`.
    pub fn new(seconds: u32, random: u32) -> Self {
        Self {
            next: seconds << 20 | random & 0x000f_ffff,
        }
    }

    /// A fresh identifier.
    pub fn fresh(&mut self) -> u32 {
        let fresh = self.next;
        self.next = self.next.wrapping_add(1);
        fresh
    }
}

/// Counts Session-Ids: `<DiameterIdentity>;<high 32 bits>;<low 32 bits>`, unique for ever.
#[derive(Debug, Clone)]
pub struct SessionIds {
    prefix: String,
    count: u64,
}

impl SessionIds {
    /// Those of `identity`, counted from the time of day at start in seconds.
    pub fn new(identity: &str, seconds: u32) -> Self {
        Self {
            prefix: identity.to_owned(),
            count: u64::from(seconds) << 32,
        }
    }

    /// Appends a fresh Session-Id to `out`.
    pub fn append_fresh(&mut self, out: &mut String) {
        let Self { prefix, count } = self;
        let printed: fmt::Result =
            write!(out, "{prefix};{};{}", *count >> 32, *count & 0xffff_ffff);
        printed.expect("a String takes everything");
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6733_3_end_to_end_starts_with_the_time() {
        let mut ids = EndToEnd::new(0x6543_2abc, 0xfff4_5678);
        assert_eq!([ids.fresh(), ids.fresh()], [0xabc4_5678, 0xabc4_5679]);
        let mut ids = EndToEnd::new(0xfff, 0xf_ffff);
        assert_eq!([ids.fresh(), ids.fresh()], [u32::MAX, 0]);
    }

    #[test]
    fn rfc6733_8_8_session_ids_carry_into_the_high_half() {
        let mut ids = SessionIds::new("scscf.home.example", 1_876_543_210);
        ids.count |= 0xffff_ffff;
        let mut out = String::new();
        ids.append_fresh(&mut out);
        assert_eq!(out, "scscf.home.example;1876543210;4294967295");
        out.clear();
        ids.append_fresh(&mut out);
        assert_eq!(out, "scscf.home.example;1876543211;0");
    }
}
