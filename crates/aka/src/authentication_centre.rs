//! What the HSS computes (TS 33.102 §6.3.2, §6.3.5).

use std::fmt;

use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::keys::Keys;
use crate::sqn::Sqn;
use crate::{AUTN_LENGTH, AUTS_LENGTH, xor};

/// The authentication management field; bit 0, the first, says that the vector is for an EPS (TS 33.102 Annex H).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Amf(pub [u8; 2]);

impl Amf {
    /// What MAC-S is computed with (TS 33.102 §6.3.3).
    pub(crate) const RESYNCHRONISATION: Self = Self([0, 0]);
}

/// An authentication vector (TS 33.102 §6.3.2). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Vector {
    /// The challenge.
    pub rand: [u8; 16],
    /// What shows the USIM that the network knows K: SQN ⊕ AK ‖ AMF ‖ MAC.
    pub autn: [u8; AUTN_LENGTH],
    /// The expected response.
    pub xres: [u8; 8],
    /// The confidentiality key.
    pub ck: [u8; 16],
    /// The integrity key.
    pub ik: [u8; 16],
}

/// An AUTS is not from this USIM for this RAND.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("MAC-S of the AUTS is wrong for this K, OPc and RAND")]
pub struct WrongMac;

/// The vector of `sqn` for the random number `rand` (TS 33.102 §6.3.2).
pub fn vector(keys: &Keys, amf: Amf, sqn: Sqn, rand: [u8; 16]) -> Vector {
    let mut functions = keys.functions();
    let mac = functions.f1(&rand, &sqn.octets(), &amf.0);
    let (xres, ck, ik, ak) = functions.f2345(&rand);
    let mut autn = [0; AUTN_LENGTH];
    autn[..6].copy_from_slice(&xor(sqn.octets(), ak));
    autn[6..8].copy_from_slice(&amf.0);
    autn[8..].copy_from_slice(&mac);
    Vector {
        rand,
        autn,
        xres,
        ck,
        ik,
    }
}

/// The SQN_MS in `auts`, which answered `rand` (TS 33.102 §6.3.5).
///
/// # Errors
/// [`WrongMac`]: whoever sent it does not have the keys, or answered another RAND.
pub fn resynchronise(
    keys: &Keys,
    rand: &[u8; 16],
    auts: &[u8; AUTS_LENGTH],
) -> Result<Sqn, WrongMac> {
    let mut functions = keys.functions();
    let [a, b, c, d, e, f, mac @ ..] = *auts;
    let sqn = Sqn::from(xor([a, b, c, d, e, f], functions.f5star(rand)));
    let wanted = functions.f1star(rand, &sqn.octets(), &Amf::RESYNCHRONISATION.0);
    match bool::from(wanted.ct_eq(&mac)) {
        true => Ok(sqn),
        false => Err(WrongMac),
    }
}

impl fmt::Debug for Vector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Vector(…)")
    }
}
