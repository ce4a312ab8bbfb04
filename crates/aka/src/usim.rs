//! What the phone's USIM computes (TS 33.102 §6.3.3).

use std::fmt;

use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::authentication_centre::Amf;
use crate::freshness::Freshness;
use crate::keys::Keys;
use crate::sqn::Sqn;
use crate::{AUTN_LENGTH, AUTS_LENGTH, xor};

/// A USIM: its keys, and the sequence numbers that it has taken.
#[derive(Debug, Clone)]
pub struct Usim {
    keys: Keys,
    freshness: Freshness,
}

/// What it answers to a challenge. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The response.
    pub res: [u8; 8],
    /// The confidentiality key.
    pub ck: [u8; 16],
    /// The integrity key.
    pub ik: [u8; 16],
}

/// Why it does not answer.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The challenge is not from its network, or was altered.
    #[error("MAC of the AUTN is wrong: the network has another K or OPc")]
    Mac,
    /// The challenge is not fresh: the network is to go on from the SQN_MS in `auts`.
    #[error("SQN of the AUTN is not fresh")]
    Synch {
        /// SQN_MS ⊕ AK* ‖ MAC-S.
        auts: [u8; AUTS_LENGTH],
    },
}

impl Usim {
    /// A USIM that has answered nothing yet.
    pub fn new(keys: Keys) -> Self {
        Self::with_freshness(keys, Freshness::default())
    }

    /// A USIM that has taken what `freshness` says, and takes what it allows.
    pub fn with_freshness(keys: Keys, freshness: Freshness) -> Self {
        Self { keys, freshness }
    }

    /// Judges the challenge, and answers it.
    ///
    /// # Errors
    /// [`Failure`]; the order of the checks is that of §6.3.3.
    pub fn answer(&mut self, rand: &[u8; 16], autn: &[u8; AUTN_LENGTH]) -> Result<Answer, Failure> {
        let mut functions = self.keys.functions();
        let (res, ck, ik, ak) = functions.f2345(rand);
        let [a, b, c, d, e, f, amf_high, amf_low, mac @ ..] = *autn;
        let sqn = Sqn::from(xor([a, b, c, d, e, f], ak));
        let wanted = functions.f1(rand, &sqn.octets(), &[amf_high, amf_low]);
        if !bool::from(wanted.ct_eq(&mac)) {
            return Err(Failure::Mac);
        }
        if !self.freshness.take(sqn) {
            let auts = self.auts(rand);
            return Err(Failure::Synch { auts });
        }
        Ok(Answer { res, ck, ik })
    }

    fn auts(&self, rand: &[u8; 16]) -> [u8; AUTS_LENGTH] {
        let mut functions = self.keys.functions();
        let sqn = self.freshness.highest().octets();
        let mut auts = [0; AUTS_LENGTH];
        auts[..6].copy_from_slice(&xor(sqn, functions.f5star(rand)));
        auts[6..].copy_from_slice(&functions.f1star(rand, &sqn, &Amf::RESYNCHRONISATION.0));
        auts
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Answer(…)")
    }
}
