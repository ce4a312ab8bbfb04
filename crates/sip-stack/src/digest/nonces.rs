//! Nonces that a server knows again without keeping them: RFC 7616 §3.3 leaves their making to the server.
//!
//! ```text
//! nonce  = base64( serial 8 | HMAC-SHA-256(key, serial | whom), first 8 octets )
//! serial = milliseconds since the server's start, 44 bits | count, 20 bits: higher than every one before
//! ```
//!
//! Base64 as in URLs (RFC 4648 §5), without padding: 22 characters, so that a usual answer is two blocks of MD5.
//!
//! A nonce is bound to whom it was given, has an age, and comes before or after another; so one [`Uses`] a user
//! keeps every nonce that was used, and every older one, from being used again.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Verdict;

/// Bits of a serial that count nonces within a millisecond.
const COUNT_BITS: u32 = 20;
const OCTETS: usize = 16;

/// A server's nonces.
pub struct Nonces {
    mac: Hmac<Sha256>,
    start: Instant,
    last: u64,
}

/// A nonce of ours that came back from whom it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    serial: u64,
    /// How long ago it was given out.
    pub age: Duration,
}

/// What one user has used up; the greater of two takes nothing that either has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uses {
    serial: u64,
    count: u32,
}

impl Nonces {
    /// Nonces under `key`, which is secret and random, of a server that starts now.
    pub fn new(key: [u8; 32], now: Instant) -> Self {
        Self {
            mac: Hmac::new_from_slice(&key).expect("HMAC takes a key of any length"),
            start: now,
            last: 0,
        }
    }

    /// A fresh nonce for `whom`.
    pub fn issue(&mut self, whom: [&str; 2], now: Instant) -> String {
        let since = now.saturating_duration_since(self.start).as_millis() as u64;
        self.last = (since << COUNT_BITS).max(self.last + 1);
        let serial = self.last.to_be_bytes();
        let mut octets = [0; OCTETS];
        octets[..8].copy_from_slice(&serial);
        octets[8..].copy_from_slice(&self.tag(serial, whom).finalize().into_bytes()[..8]);
        URL_SAFE_NO_PAD.encode(octets)
    }

    /// What `nonce` is, where it was given to `whom` since we started.
    pub fn read(&self, nonce: &str, whom: [&str; 2], now: Instant) -> Option<Issued> {
        let mut octets = [0; OCTETS];
        // Longer ones do not fit.
        let length = URL_SAFE_NO_PAD.decode_slice(nonce, &mut octets).ok()?;
        if length != OCTETS {
            return None;
        }
        let (serial, tag) = octets.split_first_chunk::<8>().expect("16 are more than 8");
        self.tag(*serial, whom).verify_truncated_left(tag).ok()?;
        let serial = u64::from_be_bytes(*serial);
        let issued = self.start + Duration::from_millis(serial >> COUNT_BITS);
        Some(Issued {
            serial,
            age: now.saturating_duration_since(issued),
        })
    }

    /// Nothing used yet, and nothing that was issued before now can be.
    pub fn none_used(&self) -> Uses {
        Uses {
            serial: self.last,
            count: u32::MAX,
        }
    }

    fn tag(&self, serial: [u8; 8], whom: [&str; 2]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(&serial);
        mac.update(whom[0].as_bytes());
        mac.update(&[0]);
        mac.update(whom[1].as_bytes());
        mac
    }
}

impl Uses {
    /// Judges a right answer that used `issued` with nonce count `count`, taken for `life`; an accepted one is
    /// noted.
    pub fn check(&mut self, issued: Issued, count: u32, life: Duration) -> Verdict {
        if issued.age >= life || issued.serial < self.serial {
            return Verdict::Stale;
        }
        let used = if issued.serial == self.serial {
            self.count
        } else {
            0
        };
        if count <= used {
            return Verdict::Replayed;
        }
        *self = Self {
            serial: issued.serial,
            count,
        };
        Verdict::Accepted
    }
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces(…)")
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test needs some instant to count from"
)]
mod tests {
    use super::*;

    const ALICE: [&str; 2] = ["alice@h", "sip:alice@h"];
    const LIFE: Duration = Duration::from_secs(240);
    const SECOND: Duration = Duration::from_secs(1);

    fn nonces(key: u8) -> (Nonces, Instant) {
        let start = Instant::now();
        (Nonces::new([key; 32], start), start)
    }

    #[test]
    fn only_whom_it_was_given_may_use_it() {
        let (mut nonces, start) = nonces(1);
        let nonce = nonces.issue(ALICE, start + SECOND);
        let read = |whom| nonces.read(&nonce, whom, start + 3 * SECOND);
        assert_eq!(read(ALICE).map(|issued| issued.age), Some(2 * SECOND));
        for other in [
            ["bob@h", "sip:alice@h"],
            ["alice@h", "sip:bob@h"],
            // The same characters cut elsewhere.
            ["alice@hsip:", "alice@h"],
        ] {
            assert_eq!(read(other), None);
        }
        let (other, _) = self::nonces(2);
        assert_eq!(other.read(&nonce, ALICE, start), None);
    }

    #[test]
    fn no_octet_of_it_can_be_changed() {
        let (mut nonces, start) = nonces(1);
        let nonce = nonces.issue(ALICE, start);
        for at in 0..nonce.len() {
            let mut forged = nonce.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(nonces.read(&forged, ALICE, start), None, "{at}");
        }
        for wrong in ["", "é", &nonce[1..], &format!("{nonce}0")] {
            assert_eq!(nonces.read(wrong, ALICE, start), None, "{wrong}");
        }
    }

    #[test]
    fn each_use_is_later_than_the_one_before() {
        let (mut nonces, start) = nonces(1);
        let before = nonces.issue(ALICE, start);
        let mut uses = nonces.none_used();
        let (first, second) = (nonces.issue(ALICE, start), nonces.issue(ALICE, start));
        let mut check = |nonce: &str, count| {
            let issued = nonces.read(nonce, ALICE, start).unwrap();
            uses.check(issued, count, LIFE)
        };
        assert_eq!(check(&before, 1), Verdict::Replayed);
        assert_eq!(check(&first, 1), Verdict::Accepted);
        assert_eq!(check(&first, 1), Verdict::Replayed);
        assert_eq!(check(&first, 3), Verdict::Accepted);
        assert_eq!(check(&first, 2), Verdict::Replayed);
        assert_eq!(check(&second, 0), Verdict::Replayed);
        assert_eq!(check(&second, 1), Verdict::Accepted);
        assert_eq!(check(&first, 4), Verdict::Stale);
        assert_eq!(check(&before, 9), Verdict::Stale);
    }

    #[test]
    fn it_is_taken_until_its_life_ends() {
        let (mut nonces, start) = nonces(1);
        let mut uses = nonces.none_used();
        let nonce = nonces.issue(ALICE, start + SECOND);
        let at = |after| nonces.read(&nonce, ALICE, start + SECOND + after).unwrap();
        let millisecond = Duration::from_millis(1);
        assert_eq!(
            uses.check(at(LIFE - millisecond), 1, LIFE),
            Verdict::Accepted
        );
        assert_eq!(uses.check(at(LIFE), 2, LIFE), Verdict::Stale);
    }
}
