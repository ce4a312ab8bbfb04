//! MAR: what an S-CSCF authenticates a user with (TS 29.228 §6.3).

use std::fmt;

use diameter_codec::base::AuthSessionState;
use diameter_codec::cx::{MultimediaAuthAnswer, MultimediaAuthRequest, SipAuthDataItem};
use diameter_codec::{Flags, Many, cx};
use driver::io::Io;

use crate::{CX_ADVERTISED, Cx, CxError, malformed};

/// Most SIP-Auth-Data-Items of an answer that are kept.
pub const MAX_ITEMS: usize = 16;

/// Most vectors that are asked for at once.
pub const MAX_VECTORS: u32 = 5;

/// What is asked for (SIP-Authentication-Scheme, TS 29.229 §6.3.9; TS 29.228 §6.3.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AuthScheme<'a> {
    /// `SIP Digest`.
    SipDigest,
    /// `Digest-AKAv1-MD5`, which serves AKAv2 too.
    DigestAkaV1Md5 {
        /// SIP-Number-Auth-Items: vectors wanted, 1 to [`MAX_VECTORS`].
        vectors: u32,
    },
    /// `Digest-AKAv1-MD5` after a USIM found our sequence number wrong (TS 33.102 §6.3.5).
    Resynchronise {
        /// Vectors wanted, 1 to [`MAX_VECTORS`].
        vectors: u32,
        /// RAND of the challenge that the USIM answered.
        rand: &'a [u8; 16],
        /// Its AUTS.
        auts: &'a [u8; 14],
    },
    /// `Unknown`: the HSS chooses.
    Unknown {
        /// Vectors wanted, where it chooses AKA.
        vectors: u32,
    },
}

impl AuthScheme<'_> {
    /// As it stands in the AVP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SipDigest => "SIP Digest",
            Self::DigestAkaV1Md5 { .. } | Self::Resynchronise { .. } => "Digest-AKAv1-MD5",
            Self::Unknown { .. } => "Unknown",
        }
    }

    /// TS 29.228 §6.3.1: several for AKA, one for the rest.
    fn items(self) -> u32 {
        match self {
            Self::SipDigest => 1,
            Self::DigestAkaV1Md5 { vectors }
            | Self::Resynchronise { vectors, .. }
            | Self::Unknown { vectors } => vectors.clamp(1, MAX_VECTORS),
        }
    }

    /// SIP-Authorization of the request: RAND ‖ AUTS (TS 29.229 §6.3.11).
    fn authorization(self) -> Option<[u8; 30]> {
        let Self::Resynchronise { rand, auts, .. } = self else {
            return None;
        };
        let mut joined = [0; 30];
        joined[..16].copy_from_slice(rand);
        joined[16..].copy_from_slice(auts);
        Some(joined)
    }
}

impl fmt::Debug for AuthScheme<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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
        scheme: AuthScheme<'_>,
        server_name: &str,
    ) -> Result<MultimediaAuth, CxError> {
        let authorization = scheme.authorization();
        let (_, answer) = self
            .ask(|ids, host, out| {
                let request = MultimediaAuthRequest {
                    session_id: ids.session_id,
                    vendor_specific_application_id: CX_ADVERTISED,
                    auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
                    origin_host: &self.settings.origin_host,
                    origin_realm: &self.settings.origin_realm,
                    destination_realm: &self.settings.destination_realm,
                    destination_host: host,
                    user_name: impi,
                    public_identity: impu,
                    sip_auth_data_item: SipAuthDataItem {
                        sip_authentication_scheme: Some(scheme.name()),
                        sip_authorization: authorization.as_ref().map(|octets| &octets[..]),
                        ..Default::default()
                    },
                    sip_number_auth_items: scheme.items(),
                    server_name,
                    supported_features: Many::from(self.features()),
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

pub(crate) fn item(item: &SipAuthDataItem<'_>) -> Result<AuthItem, CxError> {
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
