//! From the secrets of a key log to the keys of records.

use hkdf::Hkdf;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

use super::key_log::{Random, Secret};
use super::suite::Hash;

/// The longest of a key block: two keys of HMAC, two keys, two nonces.
pub(crate) const MAX_KEY_BLOCK: usize = 2 * (48 + 32 + 12);

/// The key block of TLS 1.2 (RFC 5246 §6.3), as much as `block` has room for.
pub(crate) fn key_block(
    hash: Hash,
    master: &Secret,
    server: &Random,
    client: &Random,
    block: &mut [u8],
) {
    let seed = [&b"key expansion"[..], server, client].concat();
    match hash {
        Hash::Sha256 => expand::<Hmac<Sha256>>(master.octets(), &seed, block),
        Hash::Sha384 => expand::<Hmac<Sha384>>(master.octets(), &seed, block),
    }
}

/// P_hash (RFC 5246 §5).
fn expand<M: Mac + KeyInit>(secret: &[u8], seed: &[u8], out: &mut [u8]) {
    let keyed = || <M as KeyInit>::new_from_slice(secret).expect("a key of any length will do");
    let hashed = |parts: [&[u8]; 2]| {
        let mut mac = keyed();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes()
    };
    let mut a = hashed([seed, b""]);
    let mut rest = out;
    while !rest.is_empty() {
        let part = hashed([&a, seed]);
        let length = part.len().min(rest.len());
        let (now, later) = rest.split_at_mut(length);
        now.copy_from_slice(&part[..length]);
        rest = later;
        a = hashed([&a, b""]);
    }
}

/// HKDF-Expand-Label without a context (RFC 8446 §7.1). `None` where the secret is none of the suite's.
///
/// ```text
/// length, 16 bits | length of the label, 8 bits | "tls13 " and the label | 0, the length of the context
/// ```
pub(crate) fn expand_label(hash: Hash, secret: &Secret, label: &str, out: &mut [u8]) -> Option<()> {
    let mut info = (out.len() as u16).to_be_bytes().to_vec();
    info.push(b"tls13 ".len() as u8 + label.len() as u8);
    info.extend_from_slice(b"tls13 ");
    info.extend_from_slice(label.as_bytes());
    info.push(0);
    match (hash, secret.octets().len()) {
        (Hash::Sha256, 32) => {
            let keyed = Hkdf::<Sha256>::from_prk(secret.octets()).ok()?;
            keyed.expand(&info, out).ok()
        }
        (Hash::Sha384, 48) => {
            let keyed = Hkdf::<Sha384>::from_prk(secret.octets()).ok()?;
            keyed.expand(&info, out).ok()
        }
        _ => None,
    }
}

/// The secret that follows a KeyUpdate (RFC 8446 §7.2).
pub(crate) fn updated(hash: Hash, secret: &Secret) -> Option<Secret> {
    let mut next = Zeroizing::new([0; 48]);
    let next = &mut next[..secret.octets().len()];
    expand_label(hash, secret, "traffic upd", next)?;
    Some(Secret::new(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|it| it.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| (pair[0] << 4 | pair[1]) as u8)
            .collect()
    }

    /// RFC 8448 §3, "derive write traffic keys".
    #[test]
    fn keys_are_those_of_rfc_8448() {
        for (secret, key, iv) in [
            (
                "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
                "dbfaa693d1762c5b666af5d950258d01",
                "5bd3c71b836e0b76bb73265f",
            ),
            (
                "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
                "3fce516009c21727d0f2e4e86ee403bc",
                "5d313eb2671276ee13000b30",
            ),
            (
                "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
                "17422dda596ed5d9acd890e3c63f5051",
                "5b78923dee08579033e523d9",
            ),
            (
                "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
                "9f02283b6c9c07efc26bb9f2ac92e356",
                "cf782b88dd83549aadf1e984",
            ),
        ] {
            let secret = Secret::new(&octets(secret));
            let (mut found_key, mut found_iv) = ([0; 16], [0; 12]);
            expand_label(Hash::Sha256, &secret, "key", &mut found_key).expect("its secret");
            expand_label(Hash::Sha256, &secret, "iv", &mut found_iv).expect("its secret");
            assert_eq!(
                (&found_key[..], &found_iv[..]),
                (&*octets(key), &*octets(iv))
            );
            assert!(expand_label(Hash::Sha384, &secret, "key", &mut found_key).is_none());
        }
    }
}
