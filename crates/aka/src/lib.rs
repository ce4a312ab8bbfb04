//! UMTS AKA (TS 33.102 §6.3) with Milenage (TS 35.206): the authentication centre's side and the USIM's.
//!
//! Nothing here draws a random number or keeps anything: RAND comes in, and whoever asks for a [`vector`] stores the
//! [`Sqn`] before it hands the vector on.

mod authentication_centre;
mod freshness;
mod keys;
mod sqn;
mod usim;

pub use authentication_centre::{Amf, Vector, WrongMac, resynchronise, vector};
pub use freshness::Freshness;
pub use keys::Keys;
pub use sqn::Sqn;
pub use usim::{Answer, Failure, Usim};

/// Octets of an AUTN (TS 33.102 §6.3.2): SQN ⊕ AK, 6; AMF, 2; MAC, 8.
pub const AUTN_LENGTH: usize = 16;
/// Octets of an AUTS (TS 33.102 §6.3.3): SQN_MS ⊕ AK*, 6; MAC-S, 8.
pub const AUTS_LENGTH: usize = 14;

fn xor(left: [u8; 6], right: [u8; 6]) -> [u8; 6] {
    std::array::from_fn(|at| left[at] ^ right[at])
}
