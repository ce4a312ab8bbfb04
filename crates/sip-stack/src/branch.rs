//! Branches and tags, made of octets that the caller takes from its random source.

use md5::{Digest, Md5};
use sip_message::{Message, Name};

/// What a branch of RFC 3261 starts with (§8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

/// A branch for a new client transaction: the magic cookie and `octets` in hexadecimal.
pub fn from_random<const N: usize>(octets: [u8; N]) -> String {
    let mut branch = String::with_capacity(MAGIC_COOKIE.len() + 2 * N);
    branch.push_str(MAGIC_COOKIE);
    push_hexadecimal(&mut branch, &octets);
    branch
}

/// A tag for From or To: `octets`, at least 4 of them (RFC 3261 §19.3), in hexadecimal.
pub fn tag<const N: usize>(octets: [u8; N]) -> String {
    const { assert!(N >= 4, "RFC 3261 §19.3: at least 32 random bits") };
    let mut tag = String::with_capacity(2 * N);
    push_hexadecimal(&mut tag, &octets);
    tag
}

/// The To tag of an answer given without a transaction: the same for the same request (RFC 3261 §8.2.7).
pub fn stateless_tag(request: &Message) -> String {
    let mut hasher = Md5::new();
    for name in [Name::VIA, Name::FROM, Name::CALL_ID, Name::CSEQ] {
        hasher.update(request.elements(name).next().unwrap_or_default());
        // No octet of UTF-8: one field cannot run into the next.
        hasher.update([0xff]);
    }
    let mut tag = String::with_capacity(16);
    push_hexadecimal(&mut tag, &hasher.finalize()[..8]);
    tag
}

fn push_hexadecimal(out: &mut String, octets: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for octet in octets {
        out.push(char::from(DIGITS[usize::from(octet >> 4)]));
        out.push(char::from(DIGITS[usize::from(octet & 15)]));
    }
}
