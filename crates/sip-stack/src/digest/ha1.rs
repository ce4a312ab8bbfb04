//! HA1, the hash that takes the place of the password.

use std::fmt;

use super::Algorithm;
use super::algorithm::{Hash, Hex};
use crate::Error;

/// H(username ":" realm ":" password) in lower-case hexadecimal, RFC 7616 §3.4.2: all that a server
/// needs of a password, and as secret as the password itself. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    hash: Hash,
    hex: Hex,
}

impl Ha1 {
    /// Computes it by the hash function of `algorithm`; `-sess` makes no difference here.
    pub fn of(algorithm: Algorithm, username: &str, realm: &str, password: &[u8]) -> Ha1 {
        let hash = algorithm.hash();
        Ha1 {
            hash,
            hex: hash.joined(&[username.as_bytes(), realm.as_bytes(), password]),
        }
    }

    /// Takes one made before, in hexadecimal of any case: 32 digits for MD5, 64 for the others.
    ///
    /// # Errors
    /// `Malformed` if the length is not that of `algorithm` or something else than a digit is in it.
    pub fn from_hex(algorithm: Algorithm, text: &str) -> Result<Ha1, Error> {
        let hash = algorithm.hash();
        let hex = Hex::read(hash, text).ok_or(Error::Malformed("HA1"))?;
        Ok(Ha1 { hash, hex })
    }

    /// In lower-case hexadecimal, as it goes into Digest-HA1 of Cx (TS 29.229 §6.3.36).
    pub fn as_str(&self) -> &str {
        self.hex.as_str()
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
