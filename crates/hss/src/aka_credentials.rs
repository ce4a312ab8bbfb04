//! What the HSS keeps of a USIM: K, OPc, AMF, and the sequence number that it began with.

use aka::{Amf, Freshness, Keys, Sqn};
use serde::{Deserialize, Serialize};

use crate::hex;

/// AKA credentials of an IMPI. Its keys are never printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Digits", into = "Digits")]
pub struct AkaCredentials {
    /// K and OPc.
    pub keys: Keys,
    /// What vectors say in AMF.
    pub amf: Amf,
    /// The SQN before the first vector; the store has the one that follows.
    pub sqn: Sqn,
}

impl AkaCredentials {
    /// The SQN to go on from when the USIM, at `usim`, found one not fresh while the HSS is at `ours`
    /// (TS 33.102 §6.3.5, the second and the fifth step): `ours` where its successor would be taken, else the USIM's.
    pub fn resynchronised(ours: Sqn, usim: Sqn) -> Sqn {
        let taken = ours.next().is_some_and(|next| {
            next.seq() > usim.seq() && next.seq() - usim.seq() <= Freshness::DELTA
        });
        if taken { ours } else { usim }
    }

    /// Whether `other` is of the same USIM, so that the numbers go on.
    pub fn same_usim(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

/// As the database has it.
#[derive(Clone, Serialize, Deserialize)]
struct Digits {
    k: String,
    opc: String,
    amf: String,
    sqn: String,
}

impl From<AkaCredentials> for Digits {
    fn from(credentials: AkaCredentials) -> Self {
        Self {
            k: hex::encode(&credentials.keys.k),
            opc: hex::encode(&credentials.keys.opc),
            amf: hex::encode(&credentials.amf.0),
            sqn: credentials.sqn.to_string(),
        }
    }
}

impl TryFrom<Digits> for AkaCredentials {
    type Error = &'static str;

    fn try_from(digits: Digits) -> Result<Self, Self::Error> {
        let read = || {
            Some(Self {
                keys: Keys {
                    k: hex::decode(&digits.k)?,
                    opc: hex::decode(&digits.opc)?,
                },
                amf: Amf(hex::decode(&digits.amf)?),
                sqn: Sqn::from(hex::decode::<6>(&digits.sqn)?),
            })
        };
        read().ok_or("AKA credentials are not hexadecimal of their lengths")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sqn(seq: u64) -> Sqn {
        Sqn::new(seq << Sqn::IND_BITS).unwrap()
    }

    #[test]
    fn a_number_that_the_usim_would_take_stays() {
        for (ours, usim, wanted) in [
            (100, 99, 100),
            (100, 100, 100),
            (99, 100, 100),
            (0, 100, 100),
            (100 + Freshness::DELTA - 1, 100, 100 + Freshness::DELTA - 1),
            (100 + Freshness::DELTA, 100, 100),
        ] {
            let after = AkaCredentials::resynchronised(sqn(ours), sqn(usim));
            assert_eq!(after, sqn(wanted), "{ours} {usim}");
        }
    }

    #[test]
    fn nothing_secret_is_printed_and_everything_is_kept() {
        let credentials = AkaCredentials {
            keys: Keys {
                k: [0x46; 16],
                opc: [0xcd; 16],
            },
            amf: Amf([0x80, 0]),
            sqn: sqn(7),
        };
        let printed = format!("{credentials:?}");
        assert!(
            !printed.contains("70") && !printed.contains("205"),
            "{printed}"
        );
        let kept = serde_json::to_string(&credentials).unwrap();
        assert_eq!(
            serde_json::from_str::<AkaCredentials>(&kept).unwrap(),
            credentials
        );
        assert!(serde_json::from_str::<AkaCredentials>(&kept.replace("46", "4g")).is_err());
    }
}
