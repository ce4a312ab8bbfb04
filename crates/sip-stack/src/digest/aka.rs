//! What AKA puts into digest headers, RFC 3310.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sip_message::Method;

use super::{Challenge, Credentials, Secret, answer, push_quoted};
use crate::Error;

/// Octets of RAND.
pub const RAND: usize = 16;
/// Octets of AUTN.
pub const AUTN: usize = 16;
/// Octets of AUTS.
pub const AUTS: usize = 14;

/// Base64 with its padding, which peers leave out at times.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The `nonce` of a challenge: RAND and AUTN in base64 (RFC 3310 §3.2).
pub fn nonce(rand: &[u8; RAND], autn: &[u8; AUTN]) -> String {
    BASE64.encode([&rand[..], &autn[..]].concat())
}

/// RAND and AUTN in the `nonce` of a challenge; what a server puts behind them is its own (RFC 3310 §3.2).
///
/// # Errors
/// `Malformed` where it is not base64, or too short for both.
pub fn read_nonce(nonce: &str) -> Result<([u8; RAND], [u8; AUTN]), Error> {
    let malformed = Error::Malformed("nonce of AKA");
    let octets = BASE64.decode(nonce).map_err(|_| malformed)?;
    let (rand, rest) = octets.split_first_chunk().ok_or(malformed)?;
    let autn = rest.first_chunk().ok_or(malformed)?;
    Ok((*rand, *autn))
}

/// The Authorization that asks for a challenge with another SQN: `auts`, and a response made with an empty password
/// (RFC 3310 §3.4).
///
/// # Errors
/// `Misuse` if `challenge` is none of AKA.
pub fn resynchronisation(
    challenge: &Challenge,
    username: &str,
    method: Method<'_>,
    uri: &str,
    cnonce: &str,
    auts: &[u8; AUTS],
) -> Result<String, Error> {
    let nobody = Credentials {
        username: username.to_owned(),
        secret: Secret::Res(Vec::new()),
    };
    let mut value = answer(challenge, &nobody, method, uri, cnonce, 1, b"")?;
    push_quoted(&mut value, "auts", &BASE64.encode(auts));
    Ok(value)
}

/// AUTS in the `auts` of an answer (RFC 3310 §3.4).
///
/// # Errors
/// `Malformed` where it is not base64 of 14 octets.
pub fn read_auts(auts: &str) -> Result<[u8; AUTS], Error> {
    let malformed = Error::Malformed("auts");
    let octets = BASE64.decode(auts).map_err(|_| malformed)?;
    octets.try_into().map_err(|_| malformed)
}

/// The Authorization of a UE to whom the AUTN is wrong: no auts, and a response that is empty (TS 24.229 §5.1.1.5.3).
pub fn refusal(challenge: &Challenge, username: &str, uri: &str) -> String {
    let mut out = String::from("Digest ");
    push_quoted(&mut out, "username", username);
    push_quoted(&mut out, "realm", &challenge.realm);
    push_quoted(&mut out, "nonce", &challenge.nonce);
    push_quoted(&mut out, "uri", uri);
    push_quoted(&mut out, "response", "");
    super::push_token(&mut out, "algorithm", challenge.algorithm.as_str());
    out
}
