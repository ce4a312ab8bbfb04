//! What the HSS keeps of a password: HA1 for each digest algorithm (RFC 7616 §3.4.2).

use std::fmt;

use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::hex;

/// H(username ":" realm ":" password), in lower-case hexadecimal; as good as the password in its realm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ha1(String);

impl Ha1 {
    /// HA1 for MD5, 32 digits.
    pub fn md5(impi: &str, realm: &str, password: &str) -> Self {
        Self(hex::encode(&Md5::digest(format!(
            "{impi}:{realm}:{password}"
        ))))
    }

    /// HA1 for SHA-256, 64 digits.
    pub fn sha256(impi: &str, realm: &str, password: &str) -> Self {
        Self(hex::encode(&Sha256::digest(format!(
            "{impi}:{realm}:{password}"
        ))))
    }

    /// Takes `digits` where they are hexadecimal and `length` in number.
    pub fn from_hex(digits: &str, length: usize) -> Option<Self> {
        let valid = digits.len() == length && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        valid.then(|| Self(digits.to_ascii_lowercase()))
    }

    /// The digits, for the answer to the S-CSCF alone.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Ha1(…)")
    }
}

/// SIP Digest credentials of an IMPI in one realm; at least one HA1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestCredentials {
    /// The realm that HA1 was made with.
    pub realm: String,
    /// For MD5.
    pub md5: Option<Ha1>,
    /// For SHA-256.
    pub sha256: Option<Ha1>,
}

impl DigestCredentials {
    /// Both HA1 from a password.
    pub fn from_password(impi: &str, realm: &str, password: &str) -> Self {
        Self {
            realm: realm.to_owned(),
            md5: Some(Ha1::md5(impi, realm, password)),
            sha256: Some(Ha1::sha256(impi, realm, password)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2617 §3.5 and RFC 7616 §3.9.1 give no HA1, but their responses follow from these.
    #[test]
    fn ha1_of_the_rfcs_users() {
        let of_rfc_2617 = Ha1::md5("Mufasa", "testrealm@host.com", "Circle Of Life");
        assert_eq!(of_rfc_2617.digits(), "939e7578ed9e3c518a452acee763bce9");
        let of_rfc_7616 = Ha1::sha256("Mufasa", "http-auth@example.org", "Circle of Life");
        assert_eq!(
            of_rfc_7616.digits(),
            "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
        );
    }

    #[test]
    fn a_given_ha1_is_hexadecimal_of_its_length() {
        let digits = "939E7578ED9E3C518A452ACEE763BCE9";
        assert_eq!(Ha1::from_hex(digits, 32), Some(Ha1(digits.to_lowercase())));
        for wrong in [
            "",
            &digits[1..],
            "939E7578ED9E3C518A452ACEE763BCEg",
            "Circle Of Life",
        ] {
            assert_eq!(Ha1::from_hex(wrong, 32), None);
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let credentials = DigestCredentials::from_password("a@b", "b", "hunter2");
        let printed = format!("{credentials:?}");
        assert!(
            !printed.contains(credentials.md5.as_ref().unwrap().digits()),
            "{printed}"
        );
        assert!(!printed.contains("hunter2"));
    }
}
