//! A private identity in the subscriber file, and its credentials.

use aka::{Amf, Keys, Sqn};
use serde::Deserialize;

use super::SubscriberFault;
use crate::aka_credentials::AkaCredentials;
use crate::digest::{DigestCredentials, Ha1};
use crate::hex;
use crate::subscription::PrivateIdentity;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrivateIdentityEntry {
    impi: String,
    realm: Option<String>,
    password: Option<String>,
    ha1: Option<Ha1Entry>,
    aka: Option<AkaEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ha1Entry {
    md5: Option<String>,
    sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AkaEntry {
    k: String,
    opc: Option<String>,
    op: Option<String>,
    amf: Option<String>,
    sqn: Option<String>,
}

impl PrivateIdentityEntry {
    pub(super) fn provision(self, realm: Option<&str>) -> Result<PrivateIdentity, SubscriberFault> {
        let own_realm = self.realm.as_deref().or(realm);
        let realm = own_realm.or(self.impi.split_once('@').map(|(_, domain)| domain));
        let needs_realm = self.password.is_some() || self.ha1.is_some();
        let realm = match realm {
            Some(realm) => realm,
            None if !needs_realm => "",
            None => {
                return Err(SubscriberFault::new(
                    "realm",
                    "",
                    "is missing, and the IMPI names no domain",
                    "write the realm of the credentials",
                ));
            }
        };
        let digest = match (self.password, self.ha1) {
            (None, None) => None,
            (Some(password), None) => Some(DigestCredentials::from_password(
                &self.impi, realm, &password,
            )),
            (None, Some(ha1)) => Some(ha1.credentials(realm)?),
            (Some(_), Some(_)) => {
                return Err(SubscriberFault::new(
                    "ha1",
                    "",
                    "stands beside a password",
                    "write one of the two",
                ));
            }
        };
        let aka = self.aka.map(AkaEntry::credentials).transpose()?;
        Ok(PrivateIdentity {
            impi: self.impi,
            digest,
            aka,
        })
    }
}

impl Ha1Entry {
    fn credentials(self, realm: &str) -> Result<DigestCredentials, SubscriberFault> {
        let ha1 = |key: &str, digits: Option<String>, length: usize| match digits {
            None => Ok(None),
            Some(digits) => match Ha1::from_hex(&digits, length) {
                Some(ha1) => Ok(Some(ha1)),
                None => Err(SubscriberFault::new(
                    key,
                    "",
                    "is not an HA1",
                    &format!("write the {length} hexadecimal digits of H(IMPI:realm:password)"),
                )),
            },
        };
        let (md5, sha256) = (
            ha1("ha1.md5", self.md5, 32)?,
            ha1("ha1.sha256", self.sha256, 64)?,
        );
        if md5.is_none() && sha256.is_none() {
            return Err(SubscriberFault::new(
                "ha1",
                "",
                "is empty",
                "write md5 or sha256 or both",
            ));
        }
        Ok(DigestCredentials {
            realm: realm.to_owned(),
            md5,
            sha256,
        })
    }
}

impl AkaEntry {
    fn credentials(self) -> Result<AkaCredentials, SubscriberFault> {
        let k = digits("aka.k", &self.k)?;
        let keys = match (&self.opc, &self.op) {
            (Some(opc), None) => Keys {
                k,
                opc: digits("aka.opc", opc)?,
            },
            (None, Some(op)) => Keys::from_op(k, digits("aka.op", op)?),
            (None, None) => {
                let way_out = "write opc, or the op that it follows from";
                return Err(SubscriberFault::new("aka.opc", "", "is missing", way_out));
            }
            (Some(_), Some(_)) => {
                let problem = "stands beside opc, which follows from it";
                return Err(SubscriberFault::new(
                    "aka.op",
                    "",
                    problem,
                    "write one of the two",
                ));
            }
        };
        let amf = match &self.amf {
            Some(amf) => Amf(digits("aka.amf", amf)?),
            // The separation bit is clear outside of EPS (TS 33.102 Annex H), and IMS is outside.
            None => Amf::default(),
        };
        let sqn = match &self.sqn {
            Some(sqn) => Sqn::from(digits::<6>("aka.sqn", sqn)?),
            None => Sqn::default(),
        };
        Ok(AkaCredentials { keys, amf, sqn })
    }
}

/// The octets of `value`, which is not shown.
fn digits<const LENGTH: usize>(key: &str, value: &str) -> Result<[u8; LENGTH], SubscriberFault> {
    hex::decode(value).ok_or_else(|| {
        let (count, given) = (LENGTH * 2, value.chars().count());
        let problem = format!("is not {count} hexadecimal digits but {given} characters");
        SubscriberFault::new(
            key,
            "",
            &problem,
            &format!("write {count} digits of 0-9 and a-f"),
        )
    })
}
