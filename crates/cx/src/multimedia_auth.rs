//! MAR: what an S-CSCF authenticates a user with (TS 29.228 §6.3).

use std::fmt;

use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{MultimediaAuthAnswer, MultimediaAuthRequest, SipAuthDataItem};
use diameter_codec::{Flags, cx};
use driver::io::Io;

use crate::{CX_ADVERTISED, Cx, CxError, malformed};

/// Most SIP-Auth-Data-Items of an answer that are kept.
pub const MAX_ITEMS: usize = 16;

/// SIP-Authentication-Scheme (TS 29.229 §6.3.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme {
    /// `SIP Digest`.
    SipDigest,
    /// `Digest-AKAv1-MD5`, which serves AKAv2 too.
    DigestAkaV1Md5,
    /// `Unknown`: the HSS chooses.
    Unknown,
}

impl AuthScheme {
    /// As it stands in the AVP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SipDigest => "SIP Digest",
            Self::DigestAkaV1Md5 => "Digest-AKAv1-MD5",
            Self::Unknown => "Unknown",
        }
    }
}

/// What the HSS gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultimediaAuth {
    /// In the order in which they are to be used (SIP-Item-Number).
    pub items: Vec<AuthItem>,
    /// Origin-Host of the HSS, for [`Cx::towards`].
    pub hss: String,
}

/// One SIP-Auth-Data-Item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthItem {
    /// Of `SIP Digest`.
    Digest(DigestCredentials),
    /// Of `Digest-AKAv1-MD5`.
    Aka(AkaVector),
    /// Of a scheme that is not taken here.
    Other {
        /// Its name.
        scheme: String,
    },
}

/// SIP-Digest-Authenticate (TS 29.229 §6.3.36).
#[derive(Clone, PartialEq, Eq)]
pub struct DigestCredentials {
    /// Digest-Realm.
    pub realm: String,
    /// Digest-QoP, `auth`.
    pub qop: String,
    /// Digest-Algorithm; absent is MD5.
    pub algorithm: Option<String>,
    /// Digest-HA1: H(IMPI:realm:password) in hexadecimal.
    pub ha1: String,
    /// Alternate-Digest-Algorithm and Alternate-Digest-HA1.
    pub alternate: Option<(String, String)>,
}

impl fmt::Debug for DigestCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // HA1 is as good as the password: it is not shown.
        f.debug_struct("DigestCredentials")
            .field("realm", &self.realm)
            .field("qop", &self.qop)
            .field("algorithm", &self.algorithm)
            .field(
                "alternate",
                &self.alternate.as_ref().map(|(algorithm, _)| algorithm),
            )
            .finish_non_exhaustive()
    }
}

/// An AKA authentication vector (TS 33.102 §6.3).
#[derive(Clone, PartialEq, Eq)]
pub struct AkaVector {
    /// RAND.
    pub rand: [u8; 16],
    /// AUTN.
    pub autn: [u8; 16],
    /// XRES, 4 to 16 octets.
    pub xres: Box<[u8]>,
    /// CK, Confidentiality-Key.
    pub ck: [u8; 16],
    /// IK, Integrity-Key.
    pub ik: [u8; 16],
}

impl fmt::Debug for AkaVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AkaVector")
            .field("rand", &self.rand)
            .finish_non_exhaustive()
    }
}

impl<I: Io> Cx<I> {
    /// Asks for credentials or a vector of `impi` to authenticate `impu` with; the HSS notes `server_name` as the
    /// S-CSCF that does.
    ///
    /// # Errors
    /// [`CxError`].
    pub async fn multimedia_auth(
        &self,
        impi: &str,
        impu: &str,
        scheme: AuthScheme,
        server_name: &str,
    ) -> Result<MultimediaAuth, CxError> {
        let (_, answer) = self
            .ask(|ids, out| {
                let request = MultimediaAuthRequest {
                    session_id: ids.session_id,
                    vendor_specific_application_id: CX_ADVERTISED,
                    auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                    origin_host: &self.settings.origin_host,
                    origin_realm: &self.settings.origin_realm,
                    destination_realm: &self.settings.destination_realm,
                    destination_host: self.hss.as_deref(),
                    user_name: impi,
                    public_identity: impu,
                    sip_auth_data_item: SipAuthDataItem {
                        sip_authentication_scheme: Some(scheme.name()),
                        ..Default::default()
                    },
                    sip_number_auth_items: 1,
                    server_name,
                    ..Default::default()
                };
                request.encode(ids.hop_by_hop, ids.end_to_end, Flags::NONE, out);
            })
            .await?;
        let answer = MultimediaAuthAnswer::decode(&answer).map_err(malformed)?;
        let mut items: Vec<SipAuthDataItem<'_>> =
            answer.sip_auth_data_item.iter().take(MAX_ITEMS).collect();
        items.sort_by_key(|item| item.sip_item_number);
        let items = items.iter().map(item).collect::<Result<Vec<_>, _>>()?;
        if items.is_empty() {
            return Err(CxError::Malformed(
                "success without SIP-Auth-Data-Item".to_owned(),
            ));
        }
        Ok(MultimediaAuth {
            items,
            hss: answer.origin_host.to_owned(),
        })
    }
}

fn item(item: &SipAuthDataItem<'_>) -> Result<AuthItem, CxError> {
    if let Some(digest) = &item.sip_digest_authenticate {
        return Ok(AuthItem::Digest(credentials(digest)));
    }
    match item.sip_authentication_scheme {
        Some("Digest-AKAv1-MD5") => vector(item).map(AuthItem::Aka),
        scheme => Ok(AuthItem::Other {
            scheme: scheme.unwrap_or_default().to_owned(),
        }),
    }
}

fn credentials(digest: &cx::SipDigestAuthenticate<'_>) -> DigestCredentials {
    let alternate = digest
        .alternate_digest_algorithm
        .zip(digest.alternate_digest_ha1);
    DigestCredentials {
        realm: digest.digest_realm.to_owned(),
        qop: digest.digest_qop.to_owned(),
        algorithm: digest.digest_algorithm.map(str::to_owned),
        ha1: digest.digest_ha1.to_owned(),
        alternate: alternate.map(|(algorithm, ha1)| (algorithm.to_owned(), ha1.to_owned())),
    }
}

fn vector(item: &SipAuthDataItem<'_>) -> Result<AkaVector, CxError> {
    let wrong = |what: &str| {
        CxError::Malformed(format!(
            "{what} of an AKA vector is missing or of a wrong length"
        ))
    };
    let key = |data: Option<&[u8]>, what| {
        data.and_then(|data| data.try_into().ok())
            .ok_or_else(|| wrong(what))
    };
    let challenge: [u8; 32] = item
        .sip_authenticate
        .and_then(|data| data.try_into().ok())
        .ok_or_else(|| wrong("SIP-Authenticate"))?;
    let (mut rand, mut autn) = ([0; 16], [0; 16]);
    rand.copy_from_slice(&challenge[..16]);
    autn.copy_from_slice(&challenge[16..]);
    let xres = item
        .sip_authorization
        .filter(|xres| (4..=16).contains(&xres.len()));
    Ok(AkaVector {
        rand,
        autn,
        xres: xres.ok_or_else(|| wrong("SIP-Authorization"))?.into(),
        ck: key(item.confidentiality_key, "Confidentiality-Key")?,
        ik: key(item.integrity_key, "Integrity-Key")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ts29229_6_3_10_aka_vector_is_cut_at_its_lengths() {
        let challenge: Vec<u8> = (0..32).collect();
        let full = SipAuthDataItem {
            sip_authentication_scheme: Some("Digest-AKAv1-MD5"),
            sip_authenticate: Some(&challenge),
            sip_authorization: Some(&[7; 8]),
            confidentiality_key: Some(&[8; 16]),
            integrity_key: Some(&[9; 16]),
            ..Default::default()
        };
        let Ok(AuthItem::Aka(vector)) = item(&full) else {
            panic!("an AKA vector")
        };
        assert_eq!(
            (vector.rand[15], vector.autn[0], vector.xres.len()),
            (15, 16, 8)
        );
        assert_eq!((vector.ck, vector.ik), ([8; 16], [9; 16]));
        for broken in [
            SipAuthDataItem {
                sip_authenticate: Some(&challenge[..31]),
                ..full
            },
            SipAuthDataItem {
                sip_authorization: Some(&[7; 17]),
                ..full
            },
            SipAuthDataItem {
                sip_authorization: Some(&[7; 3]),
                ..full
            },
            SipAuthDataItem {
                confidentiality_key: None,
                ..full
            },
            SipAuthDataItem {
                integrity_key: Some(&[9; 15]),
                ..full
            },
        ] {
            assert!(
                matches!(item(&broken), Err(CxError::Malformed(_))),
                "{broken:?}"
            );
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let credentials = DigestCredentials {
            realm: "home.example".to_owned(),
            qop: "auth".to_owned(),
            algorithm: None,
            ha1: "0123456789abcdef".to_owned(),
            alternate: Some(("SHA-256".to_owned(), "fedcba".to_owned())),
        };
        let shown = format!("{credentials:?}");
        assert!(
            shown.contains("home.example") && !shown.contains("0123") && !shown.contains("fedcba"),
            "{shown}"
        );
    }
}
