//! The credentials with which live challenges are answered.

use std::collections::HashMap;

use aka::{Failure, Keys, Usim};
use serde::Deserialize;
use sip_message::Method;
use sip_stack::digest::{self, Algorithm, Challenge, Secret};
use thiserror::Error;

/// What users prove themselves with; nothing of it is ever shown.
#[derive(Default)]
pub struct Credentials {
    users: HashMap<String, Proof>,
    /// RES of the challenges that were answered: a USIM takes each once.
    answered: HashMap<String, Vec<u8>>,
}

enum Proof {
    Password(String),
    Usim(Box<Usim>),
}

/// A file of credentials that cannot be used.
#[derive(Debug, Error)]
pub enum CredentialsError {
    /// Not as it should be. What stands there is not shown.
    #[error(
        "line {0}: not TOML of tables [[user]], each with name and password, or name, k and opc or op"
    )]
    Line(usize),
    /// A user without, or with too many.
    #[error("user {0}: give a password, or k with opc or op")]
    Proof(String),
    /// No key.
    #[error("user {user}: {key} is not 32 hexadecimal digits")]
    Key {
        /// Whose.
        user: String,
        /// Which.
        key: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    user: Vec<User>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    /// As in `username` of the digest: in IMS the IMPI.
    name: String,
    password: Option<String>,
    k: Option<String>,
    opc: Option<String>,
    op: Option<String>,
}

/// What an answer is made for.
pub(crate) struct Request<'a> {
    pub(crate) method: Method<'a>,
    pub(crate) uri: &'a str,
    pub(crate) cnonce: &'a str,
    pub(crate) count: u32,
    pub(crate) body: &'a [u8],
}

impl Credentials {
    /// Reads a file: a table `[[user]]` for each, with `name` and `password`, or `name`, `k` and `opc` or `op`.
    ///
    /// # Errors
    /// [`CredentialsError`], which shows no value.
    pub fn read(text: &str) -> Result<Credentials, CredentialsError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or_default();
            CredentialsError::Line(before.matches('\n').count() + 1)
        })?;
        let mut users = HashMap::new();
        for user in file.user {
            let name = user.name;
            let key = |text: &str, key| {
                hex(text).ok_or_else(|| CredentialsError::Key {
                    user: name.clone(),
                    key,
                })
            };
            let proof = match (user.password, user.k, user.opc, user.op) {
                (Some(password), None, None, None) => Proof::Password(password),
                (None, Some(k), Some(opc), None) => {
                    let (k, opc) = (key(&k, "k")?, key(&opc, "opc")?);
                    Proof::Usim(Box::new(Usim::new(Keys { k, opc })))
                }
                (None, Some(k), None, Some(op)) => {
                    let keys = Keys::from_op(key(&k, "k")?, key(&op, "op")?);
                    Proof::Usim(Box::new(Usim::new(keys)))
                }
                _ => return Err(CredentialsError::Proof(name)),
            };
            users.insert(name, proof);
        }
        Ok(Credentials {
            users,
            answered: HashMap::new(),
        })
    }

    /// Whether anything proves `user`.
    pub(crate) fn has(&self, user: &str) -> bool {
        self.users.contains_key(user)
    }

    /// What a phone of `user` says that it takes for stale, to a challenge that it has answered: RAND and AUTS (TS 29.229
    /// §6.3.11). None without its key, or where the challenge is not of its network.
    pub(crate) fn resynchronisation(
        &mut self,
        user: &str,
        rand: &[u8; digest::aka::RAND],
        autn: &[u8; digest::aka::AUTN],
    ) -> Option<[u8; digest::aka::RAND + digest::aka::AUTS]> {
        let Proof::Usim(usim) = self.users.get_mut(user)? else {
            return None;
        };
        // Taken once, it is not fresh any more.
        let auts = match usim
            .answer(rand, autn)
            .and_then(|_| usim.answer(rand, autn))
        {
            Err(Failure::Synch { auts }) => auts,
            Ok(_) | Err(Failure::Mac) => return None,
        };
        let mut both = [0; digest::aka::RAND + digest::aka::AUTS];
        both[..digest::aka::RAND].copy_from_slice(rand);
        both[digest::aka::RAND..].copy_from_slice(&auts);
        Some(both)
    }

    /// The Authorization of `user` to a live challenge; none where there are no credentials that answer it.
    pub(crate) fn answer(
        &mut self,
        user: &str,
        challenge: &Challenge,
        request: &Request<'_>,
    ) -> Option<String> {
        let Request {
            method,
            uri,
            cnonce,
            count,
            body,
        } = *request;
        let secret = match self.users.get_mut(user)? {
            Proof::Password(password) => Secret::Password(password.as_bytes().to_vec()),
            Proof::Usim(usim) => {
                if challenge.algorithm != Algorithm::AkaV1Md5 {
                    return None;
                }
                if !self.answered.contains_key(&challenge.nonce) {
                    let (rand, autn) = digest::aka::read_nonce(&challenge.nonce).ok()?;
                    match usim.answer(&rand, &autn) {
                        Ok(answer) => {
                            let res = answer.res.to_vec();
                            self.answered.insert(challenge.nonce.clone(), res);
                        }
                        Err(Failure::Synch { auts }) => {
                            let answer = digest::aka::resynchronisation(
                                challenge, user, method, uri, cnonce, &auts,
                            );
                            return answer.ok();
                        }
                        Err(Failure::Mac) => {
                            return Some(digest::aka::refusal(challenge, user, uri));
                        }
                    }
                }
                Secret::Res(self.answered.get(&challenge.nonce)?.clone())
            }
        };
        let credentials = digest::Credentials {
            username: user.to_owned(),
            secret,
        };
        digest::answer(challenge, &credentials, method, uri, cnonce, count, body).ok()
    }
}

fn hex(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).map(|value| value as u8))
        .collect::<Option<_>>()?;
    let octets: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    (digits.len() == 32).then_some(())?;
    octets.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_how_each_user_proves_itself_and_errors_show_no_secret() {
        let key = "000102030405060708090a0b0c0d0e0f";
        let good = format!(
            "[[user]]\nname = \"a\"\npassword = \"p\"\n[[user]]\nname = \"b\"\nk = \"{key}\"\nopc = \"{key}\"\n\
             [[user]]\nname = \"c\"\nk = \"{key}\"\nop = \"{key}\"\n"
        );
        assert_eq!(
            Credentials::read(&good).map(|it| it.users.len()).ok(),
            Some(3)
        );
        for wrong in [
            "[[user]]\nname = \"a\"\n".to_owned(),
            format!("[[user]]\nname = \"a\"\npassword = \"p\"\nk = \"{key}\"\n"),
            format!("[[user]]\nname = \"a\"\nk = \"{key}\"\n"),
            format!("[[user]]\nname = \"a\"\nk = \"{key}0\"\nopc = \"{key}\"\n"),
            "[[user]]\nname = \"a\"\npasword = \"p\"\n".to_owned(),
        ] {
            let error = Credentials::read(&wrong).err().expect("wrong").to_string();
            assert!(
                !error.contains("0102") && !error.contains("\"p\""),
                "{error}"
            );
        }
    }
}
