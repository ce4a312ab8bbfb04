//! Opening protected records (RFC 8446 §5.2, RFC 5246 §6.2.3).

use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use aes::{Aes128, Aes256};
use aes_gcm::aead::consts::{U8, U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use bytes::{Buf, BytesMut};
use ccm::Ccm;
use chacha20poly1305::ChaCha20Poly1305;
use hmac::Hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

use super::key_log::{Random, Secret};
use super::record::{ContentType, HEADER};
use super::schedule::{MAX_KEY_BLOCK, expand_label, key_block};
use super::suite::{Bulk, Mac, Suite, Version};

/// The nonce of each record, the block of AES.
const IV: usize = 16;
/// The part of a nonce that TLS 1.2 sends with each record (RFC 5288 §3).
const EXPLICIT: usize = 8;

/// What opens the records of one direction, from one change of keys to the next.
///
/// It has the keys alone, and makes of them what a cipher needs for each record: connections are many, and most of them
/// silent.
#[derive(Clone)]
pub(crate) struct Opener {
    version: Version,
    bulk: Bulk,
    encrypt_then_mac: bool,
    key: Zeroizing<[u8; 32]>,
    iv: Zeroizing<[u8; 12]>,
    /// Of CBC.
    mac_key: Zeroizing<Box<[u8]>>,
    /// Of the next record.
    pub(crate) sequence: u64,
}

impl Opener {
    /// From a traffic secret of TLS 1.3 (RFC 8446 §7.3).
    pub(crate) fn from_secret(suite: Suite, secret: &Secret) -> Option<Opener> {
        let mut key = Zeroizing::new([0; 32]);
        let mut iv = Zeroizing::new([0; 12]);
        let length = suite.bulk.key_length();
        expand_label(suite.hash, secret, "key", &mut key[..length])?;
        expand_label(suite.hash, secret, "iv", &mut *iv)?;
        Some(Opener {
            version: Version::Tls13,
            bulk: suite.bulk,
            encrypt_then_mac: false,
            key,
            iv,
            mac_key: Zeroizing::new(Box::default()),
            sequence: 0,
        })
    }

    /// Those of client and server, from the master secret of TLS 1.2 (RFC 5246 §6.3).
    ///
    /// ```text
    /// HMAC key of the client, of the server | key of the client, of the server | nonce of the client, of the server
    /// ```
    pub(crate) fn from_master(
        suite: Suite,
        encrypt_then_mac: bool,
        master: &Secret,
        client: &Random,
        server: &Random,
    ) -> [Opener; 2] {
        let bulk = suite.bulk;
        let lengths = [bulk.mac_length(), bulk.key_length(), bulk.fixed_iv_length()];
        let mut block = Zeroizing::new([0; MAX_KEY_BLOCK]);
        let all = 2 * lengths.iter().sum::<usize>();
        key_block(suite.hash, master, server, client, &mut block[..all]);
        let mut rest = &block[..all];
        let mut next = |length| {
            let (now, later) = rest.split_at(length);
            rest = later;
            now
        };
        let [macs, keys, ivs] = lengths.map(|length| [next(length), next(length)]);
        [0, 1].map(|end| {
            let mut key = Zeroizing::new([0; 32]);
            let mut iv = Zeroizing::new([0; 12]);
            key[..lengths[1]].copy_from_slice(keys[end]);
            iv[..lengths[2]].copy_from_slice(ivs[end]);
            Opener {
                version: Version::Tls12,
                bulk,
                encrypt_then_mac,
                key,
                iv,
                mac_key: Zeroizing::new(macs[end].into()),
                sequence: 0,
            }
        })
    }

    /// Opens the record that stands in `body` behind `header`, if it is the one with this number and was protected
    /// with these keys; else `body` stays as it is.
    pub(crate) fn open(
        &self,
        sequence: u64,
        header: &[u8; HEADER],
        body: &mut BytesMut,
    ) -> Option<ContentType> {
        let key = &self.key[..self.bulk.key_length()];
        match self.bulk {
            Bulk::Aes128Gcm => self.open_aead::<Aes128Gcm>(key, 16, sequence, header, body)?,
            Bulk::Aes256Gcm => self.open_aead::<Aes256Gcm>(key, 16, sequence, header, body)?,
            Bulk::ChaCha20Poly1305 => {
                self.open_aead::<ChaCha20Poly1305>(key, 16, sequence, header, body)?;
            }
            Bulk::Aes128Ccm => {
                self.open_aead::<Ccm<Aes128, U16, U12>>(key, 16, sequence, header, body)?;
            }
            Bulk::Aes256Ccm => {
                self.open_aead::<Ccm<Aes256, U16, U12>>(key, 16, sequence, header, body)?;
            }
            Bulk::Aes128Ccm8 => {
                self.open_aead::<Ccm<Aes128, U8, U12>>(key, 8, sequence, header, body)?;
            }
            Bulk::Aes256Ccm8 => {
                self.open_aead::<Ccm<Aes256, U8, U12>>(key, 8, sequence, header, body)?;
            }
            Bulk::Aes128Cbc(mac) => {
                self.open_cbc::<cbc::Decryptor<Aes128>>(key, mac, sequence, header, body)?;
            }
            Bulk::Aes256Cbc(mac) => {
                self.open_cbc::<cbc::Decryptor<Aes256>>(key, mac, sequence, header, body)?;
            }
        }
        match self.version {
            Version::Tls12 => Some(ContentType(header[0])),
            // RFC 8446 §5.4: the type stands before zeros.
            Version::Tls13 => {
                let end = body.iter().rposition(|octet| *octet != 0);
                // Nothing but zeros is what no peer may send: a type that nobody knows.
                let kind = end.map_or(0, |end| body[end]);
                body.truncate(end.unwrap_or(0));
                Some(ContentType(kind))
            }
        }
    }

    fn open_aead<C: AeadInOut + KeyInit>(
        &self,
        key: &[u8],
        tag: usize,
        sequence: u64,
        header: &[u8; HEADER],
        body: &mut BytesMut,
    ) -> Option<()> {
        let is_explicit = self.version == Version::Tls12 && self.bulk != Bulk::ChaCha20Poly1305;
        let before = if is_explicit { EXPLICIT } else { 0 };
        let length = body.len().checked_sub(before + tag)?;
        let mut nonce = *self.iv;
        match is_explicit {
            true => nonce[4..].copy_from_slice(&body[..EXPLICIT]),
            // RFC 8446 §5.3, RFC 7905 §2.
            false => {
                for (octet, number) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
                    *octet ^= number;
                }
            }
        }
        let of_tls_12 = authenticated(sequence, header, length);
        let associated = match self.version {
            Version::Tls12 => &of_tls_12[..],
            Version::Tls13 => &header[..],
        };
        let cipher = C::new_from_slice(key).ok()?;
        let nonce = (&nonce[..]).try_into().ok()?;
        let (sealed, tag) = body[before..].split_at_mut(length);
        let tag = (&*tag).try_into().ok()?;
        // CCM decrypts before it looks whether it may.
        let kept = matches!(
            self.bulk,
            Bulk::Aes128Ccm | Bulk::Aes256Ccm | Bulk::Aes128Ccm8 | Bulk::Aes256Ccm8
        );
        let kept = kept.then(|| sealed.to_vec());
        let opened = cipher.decrypt_inout_detached(&nonce, associated, (&mut *sealed).into(), &tag);
        if opened.is_err() {
            if let Some(kept) = kept {
                sealed.copy_from_slice(&kept);
            }
            return None;
        }
        body.advance(before);
        body.truncate(length);
        Some(())
    }

    /// RFC 5246 §6.2.3.2, and RFC 7366 §3 where the HMAC is over what is encrypted.
    fn open_cbc<C: BlockModeDecrypt + KeyIvInit>(
        &self,
        key: &[u8],
        mac: Mac,
        sequence: u64,
        header: &[u8; HEADER],
        body: &mut BytesMut,
    ) -> Option<()> {
        let tag = mac.length();
        let sealed = match self.encrypt_then_mac {
            true => body.len().checked_sub(tag)?,
            false => body.len(),
        };
        if sealed < 2 * IV || !sealed.is_multiple_of(IV) {
            return None;
        }
        if self.encrypt_then_mac {
            self.is_mac(mac, sequence, header, &body[..sealed], &body[sealed..])?;
        }
        let mut open = Zeroizing::new(body[IV..sealed].to_vec());
        let cipher = C::new_from_slices(key, &body[..IV]).ok()?;
        cipher.decrypt_padded::<NoPadding>(&mut open).ok()?;
        let padding = *open.last()?;
        let content = open.len().checked_sub(usize::from(padding) + 1)?;
        if open[content..].iter().any(|octet| *octet != padding) {
            return None;
        }
        let content = match self.encrypt_then_mac {
            true => content,
            false => {
                let length = content.checked_sub(tag)?;
                let (octets, tag) = open[..content].split_at(length);
                self.is_mac(mac, sequence, header, octets, tag)?;
                length
            }
        };
        body.truncate(content);
        body.copy_from_slice(&open[..content]);
        Some(())
    }

    fn is_mac(
        &self,
        mac: Mac,
        sequence: u64,
        header: &[u8; HEADER],
        octets: &[u8],
        tag: &[u8],
    ) -> Option<()> {
        let parts = [&authenticated(sequence, header, octets.len())[..], octets];
        let key = &self.mac_key;
        match mac {
            Mac::Sha1 => is_tag::<Hmac<Sha1>>(key, parts, tag),
            Mac::Sha256 => is_tag::<Hmac<Sha256>>(key, parts, tag),
            Mac::Sha384 => is_tag::<Hmac<Sha384>>(key, parts, tag),
        }
    }
}

fn is_tag<M: hmac::Mac + KeyInit>(key: &[u8], parts: [&[u8]; 2], tag: &[u8]) -> Option<()> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(tag).ok()
}

/// What TLS 1.2 authenticates beside the octets (RFC 5246 §6.2.3.3).
///
/// ```text
/// number of the record, 64 bits | type | version, 16 bits | length of the content, 16 bits
/// ```
fn authenticated(sequence: u64, header: &[u8; HEADER], length: usize) -> [u8; 13] {
    let mut octets = [0; 13];
    octets[..8].copy_from_slice(&sequence.to_be_bytes());
    octets[8..11].copy_from_slice(&header[..3]);
    octets[11..].copy_from_slice(&(length as u16).to_be_bytes());
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::suite::Hash;

    const C_HS: [u8; 32] = [
        0xb3, 0xed, 0xdb, 0x12, 0x6e, 0x06, 0x7f, 0x35, 0xa7, 0x80, 0xb3, 0xab, 0xf4, 0x5e, 0x2d,
        0x8f, 0x3b, 0x1a, 0x95, 0x07, 0x38, 0xf5, 0x2e, 0x96, 0x00, 0x74, 0x6a, 0x0e, 0x27, 0xa5,
        0x5a, 0x21,
    ];
    const HEADER_OF_IT: [u8; HEADER] = [0x17, 3, 3, 0, 0x35];
    const BODY: [u8; 53] = [
        0x75, 0xec, 0x4d, 0xc2, 0x38, 0xcc, 0xe6, 0x0b, 0x29, 0x80, 0x44, 0xa7, 0x1e, 0x21, 0x9c,
        0x56, 0xcc, 0x77, 0xb0, 0x51, 0x7f, 0xe9, 0xb9, 0x3c, 0x7a, 0x4b, 0xfc, 0x44, 0xd8, 0x7f,
        0x38, 0xf8, 0x03, 0x38, 0xac, 0x98, 0xfc, 0x46, 0xde, 0xb3, 0x84, 0xbd, 0x1c, 0xae, 0xac,
        0xab, 0x68, 0x67, 0xd7, 0x26, 0xc4, 0x05, 0x46,
    ];

    /// RFC 8448 §3: the client's Finished.
    #[test]
    fn a_record_of_rfc_8448_opens_with_its_number_alone() {
        let suite = Suite {
            bulk: Bulk::Aes128Gcm,
            hash: Hash::Sha256,
        };
        let opener = Opener::from_secret(suite, &Secret::new(&C_HS)).expect("its secret");
        let mut body = BytesMut::from(&BODY[..]);
        assert_eq!(opener.open(1, &HEADER_OF_IT, &mut body), None);
        assert_eq!(body[..], BODY);
        let kind = opener.open(0, &HEADER_OF_IT, &mut body);
        assert_eq!(kind, Some(ContentType::HANDSHAKE));
        assert_eq!(body[..6], [0x14, 0, 0, 0x20, 0xa8, 0xec]);
        assert_eq!(body.len(), 36);
    }

    #[test]
    fn what_does_not_open_stays_as_it_is_however_short() {
        let master = Secret::new(&[1; 48]);
        let mut suites = 0;
        for version in [Version::Tls12, Version::Tls13] {
            for number in 0..=u16::MAX {
                let Some(suite) = crate::tls::suite::suite(version, number) else {
                    continue;
                };
                suites += 1;
                for encrypt_then_mac in [false, true] {
                    let [opener, _] =
                        Opener::from_master(suite, encrypt_then_mac, &master, &[2; 32], &[3; 32]);
                    for length in [0, 1, 7, 8, 15, 16, 31, 32, 48, 64, 80, 96, 128] {
                        let sealed = vec![0x5a; length];
                        let mut body = BytesMut::from(&sealed[..]);
                        assert_eq!(opener.open(0, &HEADER_OF_IT, &mut body), None);
                        assert_eq!(body, sealed, "{suite:?}");
                    }
                }
            }
        }
        assert!(suites > 100, "{suites}");
    }
}
