//! Algorithms and qualities of protection, RFC 7616 §3.3 and §6.1.

use std::fmt;

use md5::Md5;
use sha2::{Sha256, Sha512_256};

/// A digest algorithm that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `MD5`, also meant where a challenge names none.
    Md5,
    /// `MD5-sess`.
    Md5Session,
    /// `SHA-256`.
    Sha256,
    /// `SHA-256-sess`.
    Sha256Session,
    /// `SHA-512-256`.
    Sha512_256,
    /// `SHA-512-256-sess`.
    Sha512_256Session,
    /// `AKAv1-MD5` (RFC 3310): MD5 whose password is the RES of UMTS AKA.
    AkaV1Md5,
}

/// The hash function of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha256,
    Sha512_256,
}

impl Algorithm {
    const ALL: [Algorithm; 7] = [
        Algorithm::Md5,
        Algorithm::Md5Session,
        Algorithm::Sha256,
        Algorithm::Sha256Session,
        Algorithm::Sha512_256,
        Algorithm::Sha512_256Session,
        Algorithm::AkaV1Md5,
    ];

    /// The name in the registry of RFC 7616 §6.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Md5Session => "MD5-sess",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha256Session => "SHA-256-sess",
            Algorithm::Sha512_256 => "SHA-512-256",
            Algorithm::Sha512_256Session => "SHA-512-256-sess",
            Algorithm::AkaV1Md5 => "AKAv1-MD5",
        }
    }

    /// The algorithm of this name, in any case; `None` if it is not known.
    pub fn of(name: &str) -> Option<Algorithm> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether HA1 is bound to nonce and cnonce (`-sess`, RFC 7616 §3.4.2).
    pub fn is_session(self) -> bool {
        match self {
            Algorithm::Md5 | Algorithm::Sha256 | Algorithm::Sha512_256 | Algorithm::AkaV1Md5 => {
                false
            }
            Algorithm::Md5Session | Algorithm::Sha256Session | Algorithm::Sha512_256Session => true,
        }
    }

    pub(super) fn hash(self) -> Hash {
        match self {
            Algorithm::Md5 | Algorithm::Md5Session | Algorithm::AkaV1Md5 => Hash::Md5,
            Algorithm::Sha256 | Algorithm::Sha256Session => Hash::Sha256,
            Algorithm::Sha512_256 | Algorithm::Sha512_256Session => Hash::Sha512_256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A quality of protection, RFC 7616 §3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qop {
    /// `auth`: method and URI are protected.
    Auth,
    /// `auth-int`: the body too.
    AuthInt,
}

impl Qop {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Qop::Auth => "auth",
            Qop::AuthInt => "auth-int",
        }
    }

    /// The quality of this name, in any case; `None` if it is not known.
    pub fn of(name: &str) -> Option<Qop> {
        [Qop::Auth, Qop::AuthInt]
            .into_iter()
            .find(|qop| qop.as_str().eq_ignore_ascii_case(name))
    }
}

/// The qualities that a challenge offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QopOffer {
    /// No `qop` at all, as before RFC 2617: the answer has neither nonce count nor cnonce.
    None,
    /// `auth`.
    Auth,
    /// `auth-int`.
    AuthInt,
    /// `auth,auth-int`.
    Both,
}

impl QopOffer {
    /// Reads the `qop` of a challenge; `None` if it names no quality that we know.
    pub(super) fn of(list: &str) -> Option<QopOffer> {
        let named = |qop| {
            list.split(',')
                .any(|name| Qop::of(name.trim()) == Some(qop))
        };
        match (named(Qop::Auth), named(Qop::AuthInt)) {
            (true, true) => Some(QopOffer::Both),
            (true, false) => Some(QopOffer::Auth),
            (false, true) => Some(QopOffer::AuthInt),
            (false, false) => None,
        }
    }

    /// The list as a challenge shows it; empty for no offer.
    pub fn as_str(self) -> &'static str {
        match self {
            QopOffer::None => "",
            QopOffer::Auth => "auth",
            QopOffer::AuthInt => "auth-int",
            QopOffer::Both => "auth,auth-int",
        }
    }

    /// Whether an answer that uses `qop` (`None`: without any) keeps to this offer.
    pub fn allows(self, qop: Option<Qop>) -> bool {
        match (self, qop) {
            (QopOffer::None, None) => true,
            (QopOffer::Auth | QopOffer::Both, Some(Qop::Auth)) => true,
            (QopOffer::AuthInt | QopOffer::Both, Some(Qop::AuthInt)) => true,
            // RFC 3261 §22.4: a client that is offered a qop MUST send one.
            (QopOffer::None | QopOffer::Auth | QopOffer::AuthInt | QopOffer::Both, _) => false,
        }
    }

    /// What a client takes of it: `auth` where there is a choice, as bodies change on SIP's way.
    pub(super) fn choose(self) -> Option<Qop> {
        match self {
            QopOffer::None => None,
            QopOffer::Auth | QopOffer::Both => Some(Qop::Auth),
            QopOffer::AuthInt => Some(Qop::AuthInt),
        }
    }
}

/// A hash value in lower-case hexadecimal: 32 or 64 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Hex {
    characters: [u8; 64],
    length: usize,
}

impl Hex {
    pub(super) fn of(octets: &[u8]) -> Hex {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut characters = [0; 64];
        for (pair, octet) in characters.chunks_exact_mut(2).zip(octets) {
            pair[0] = DIGITS[usize::from(octet >> 4)];
            pair[1] = DIGITS[usize::from(octet & 15)];
        }
        Hex {
            characters,
            length: 2 * octets.len(),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.characters[..self.length]).expect("hexadecimal digits are ASCII")
    }
}

impl Hash {
    /// Octets of a value.
    pub(super) fn length(self) -> usize {
        match self {
            Hash::Md5 => 16,
            Hash::Sha256 | Hash::Sha512_256 => 32,
        }
    }

    /// The hash of `parts` with colons between them: the `unq(…) ":" unq(…)` of the standards.
    pub(super) fn joined(self, parts: &[&[u8]]) -> Hex {
        Hex::of(&self.joined_octets(parts)[..self.length()])
    }

    /// The same in octets, zeros behind them.
    pub(super) fn joined_octets(self, parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Hash::Md5 => joined::<Md5>(parts),
            Hash::Sha256 => joined::<Sha256>(parts),
            Hash::Sha512_256 => joined::<Sha512_256>(parts),
        }
    }
}

/// Inputs up to this length are put together before they are hashed: a hash function does one long input faster than
/// many short ones.
const USUAL_INPUT: usize = 256;

fn joined<D: sha2::Digest>(parts: &[&[u8]]) -> [u8; 32] {
    let length = parts.iter().map(|part| part.len() + 1).sum::<usize>();
    let value = if length <= USUAL_INPUT {
        let mut input = [0; USUAL_INPUT];
        let mut at = 0;
        for part in parts {
            input[at..at + part.len()].copy_from_slice(part);
            at += part.len();
            input[at] = b':';
            at += 1;
        }
        D::digest(&input[..at.saturating_sub(1)])
    } else {
        let mut hasher = D::new();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                hasher.update(b":");
            }
            hasher.update(part);
        }
        hasher.finalize()
    };
    let mut octets = [0; 32];
    octets[..value.len()].copy_from_slice(&value);
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1321 §A.5 has the value of the eighty digits.
    #[test]
    fn inputs_of_any_length_are_the_same_in_parts_and_in_one() {
        let digits = "1234567890".repeat(8);
        let of = |parts: &[&str]| {
            let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
            Hash::Md5.joined(&parts).as_str().to_owned()
        };
        assert_eq!(of(&[&digits]), "57edf4a22be3c955ac49da2e2107b67a");
        for length in [1, 127, 128, 254, 255, 256, 257, 600] {
            let (a, b) = ("a".repeat(length / 2), "b".repeat(length - length / 2));
            assert_eq!(of(&[&a, &b]), of(&[&format!("{a}:{b}")]), "{length}");
        }
        assert_eq!(of(&[]), of(&[""]));
    }
}
