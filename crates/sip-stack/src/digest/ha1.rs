//! HA1, the hash that takes the place of the password.

use std::fmt;

use super::Algorithm;
use super::algorithm::{Hash, Hex};
use crate::Error;

/// H(username ":" realm ":" password), RFC 7616 §3.4.2: all that a server needs of a password, and as secret as the
/// password itself. Never shown by `Debug`.
///
/// It is kept for each user, so it is octets, 33 of them, and digits only where they are needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    hash: Hash,
    octets: [u8; 32],
}

impl Ha1 {
    /// Computes it by the hash function of `algorithm`; `-sess` makes no difference here.
    pub fn of(algorithm: Algorithm, username: &str, realm: &str, password: &[u8]) -> Ha1 {
        let hash = algorithm.hash();
        let octets = hash.joined_octets(&[username.as_bytes(), realm.as_bytes(), password]);
        Ha1 { hash, octets }
    }

    /// Takes one made before, in hexadecimal of any case: 32 digits for MD5, 64 for the others.
    ///
    /// # Errors
    /// `Malformed` if the length is not that of `algorithm` or something else than a digit is in it.
    pub fn from_hex(algorithm: Algorithm, text: &str) -> Result<Ha1, Error> {
        let hash = algorithm.hash();
        let malformed = Error::Malformed("HA1");
        if text.len() != 2 * hash.length() {
            return Err(malformed);
        }
        let mut octets = [0; 32];
        for (octet, pair) in octets.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digit = |c: u8| char::from(c).to_digit(16).ok_or(malformed);
            *octet = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(Ha1 { hash, octets })
    }

    /// In lower-case hexadecimal, as it goes into Digest-HA1 of Cx (TS 29.229 §6.3.36).
    pub fn hex(&self) -> Hex {
        Hex::of(&self.octets[..self.hash.length()])
    }

    /// Whether it was made for the hash function of `algorithm`.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.hash == algorithm.hash()
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ha1(…)")
    }
}
