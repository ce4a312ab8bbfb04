//! Cipher suites, as far as reading what they protect goes: how keys are agreed upon is of no interest, who has them
//! from a key log.

/// The hash of the key schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
}

/// The hash of a record's HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mac {
    Sha1,
    Sha256,
    Sha384,
}

/// How records are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bulk {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
    Aes128Ccm,
    Aes256Ccm,
    /// With a tag of 8 octets (RFC 6655 §4).
    Aes128Ccm8,
    Aes256Ccm8,
    Aes128Cbc(Mac),
    Aes256Cbc(Mac),
}

/// A suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) bulk: Bulk,
    pub(crate) hash: Hash,
}

/// The version that a suite is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Tls12,
    Tls13,
}

/// The suite of a number (IANA, TLS Cipher Suites), where it can be read.
pub(crate) fn suite(version: Version, number: u16) -> Option<Suite> {
    let (bulk, hash) = match version {
        Version::Tls13 => of_tls_13(number)?,
        Version::Tls12 => of_tls_12(number)?,
    };
    Some(Suite { bulk, hash })
}

/// RFC 8446 §B.4.
fn of_tls_13(number: u16) -> Option<(Bulk, Hash)> {
    Some(match number {
        0x1301 => (Bulk::Aes128Gcm, Hash::Sha256),
        0x1302 => (Bulk::Aes256Gcm, Hash::Sha384),
        0x1303 => (Bulk::ChaCha20Poly1305, Hash::Sha256),
        0x1304 => (Bulk::Aes128Ccm, Hash::Sha256),
        0x1305 => (Bulk::Aes128Ccm8, Hash::Sha256),
        _ => return None,
    })
}

/// RFC 5246 §A.5, RFC 5288, RFC 5289, RFC 5487, RFC 5489, RFC 6655, RFC 7251, RFC 7905. The hash is SHA-256 where the
/// name of a suite does not end in another (RFC 5246 §5).
fn of_tls_12(number: u16) -> Option<(Bulk, Hash)> {
    use Bulk::{
        Aes128Cbc, Aes128Ccm, Aes128Ccm8, Aes128Gcm, Aes256Cbc, Aes256Ccm, Aes256Ccm8, Aes256Gcm,
        ChaCha20Poly1305,
    };
    use Hash::{Sha256, Sha384};
    Some(match number {
        0x002f..=0x0034 | 0x008c | 0x0090 | 0x0094 => (Aes128Cbc(Mac::Sha1), Sha256),
        0x0035..=0x003a | 0x008d | 0x0091 | 0x0095 => (Aes256Cbc(Mac::Sha1), Sha256),
        0xc004 | 0xc009 | 0xc00e | 0xc013 | 0xc018 | 0xc035 => (Aes128Cbc(Mac::Sha1), Sha256),
        0xc005 | 0xc00a | 0xc00f | 0xc014 | 0xc019 | 0xc036 => (Aes256Cbc(Mac::Sha1), Sha256),
        0x003c | 0x003e..=0x0040 | 0x0067 | 0x006c => (Aes128Cbc(Mac::Sha256), Sha256),
        0x003d | 0x0068..=0x006b | 0x006d => (Aes256Cbc(Mac::Sha256), Sha256),
        0x00ae | 0x00b2 | 0x00b6 => (Aes128Cbc(Mac::Sha256), Sha256),
        0x00af | 0x00b3 | 0x00b7 => (Aes256Cbc(Mac::Sha384), Sha384),
        0xc023 | 0xc025 | 0xc027 | 0xc029 | 0xc037 => (Aes128Cbc(Mac::Sha256), Sha256),
        0xc024 | 0xc026 | 0xc028 | 0xc02a | 0xc038 => (Aes256Cbc(Mac::Sha384), Sha384),
        0x009c | 0x009e | 0x00a0 | 0x00a2 | 0x00a4 | 0x00a6 => (Aes128Gcm, Sha256),
        0x009d | 0x009f | 0x00a1 | 0x00a3 | 0x00a5 | 0x00a7 => (Aes256Gcm, Sha384),
        0x00a8 | 0x00aa | 0x00ac => (Aes128Gcm, Sha256),
        0x00a9 | 0x00ab | 0x00ad => (Aes256Gcm, Sha384),
        0xc02b | 0xc02d | 0xc02f | 0xc031 | 0xd001 => (Aes128Gcm, Sha256),
        0xc02c | 0xc02e | 0xc030 | 0xc032 | 0xd002 => (Aes256Gcm, Sha384),
        0xc09c | 0xc09e | 0xc0a4 | 0xc0a6 | 0xc0ac => (Aes128Ccm, Sha256),
        0xc09d | 0xc09f | 0xc0a5 | 0xc0a7 | 0xc0ad => (Aes256Ccm, Sha256),
        0xc0a0 | 0xc0a2 | 0xc0a8 | 0xc0aa | 0xc0ae => (Aes128Ccm8, Sha256),
        0xc0a1 | 0xc0a3 | 0xc0a9 | 0xc0ab | 0xc0af => (Aes256Ccm8, Sha256),
        0xcca8..=0xccae => (ChaCha20Poly1305, Sha256),
        _ => return None,
    })
}

impl Bulk {
    /// Octets of the key.
    pub(crate) fn key_length(self) -> usize {
        match self {
            Bulk::Aes128Gcm | Bulk::Aes128Ccm | Bulk::Aes128Ccm8 | Bulk::Aes128Cbc(_) => 16,
            _ => 32,
        }
    }

    /// Octets of the key of the HMAC, in suites that have one.
    pub(crate) fn mac_length(self) -> usize {
        match self {
            Bulk::Aes128Cbc(mac) | Bulk::Aes256Cbc(mac) => mac.length(),
            _ => 0,
        }
    }

    /// Octets of the nonce that TLS 1.2 has from the key block (RFC 5246 §6.3, RFC 5288 §3, RFC 7905 §2); CBC has each
    /// record's own.
    pub(crate) fn fixed_iv_length(self) -> usize {
        match self {
            Bulk::ChaCha20Poly1305 => 12,
            Bulk::Aes128Cbc(_) | Bulk::Aes256Cbc(_) => 0,
            _ => 4,
        }
    }
}

impl Mac {
    /// Octets of the HMAC, and of its key.
    pub(crate) fn length(self) -> usize {
        match self {
            Mac::Sha1 => 20,
            Mac::Sha256 => 32,
            Mac::Sha384 => 48,
        }
    }
}
