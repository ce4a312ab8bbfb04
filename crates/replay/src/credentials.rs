//! The credentials with which live challenges are answered.

use std::collections::HashMap;

use aka::{Failure, Freshness, Keys, Sqn, Usim};
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
        "line {0}: not TOML of tables [[user]], each with name and password, or name, k, opc or op, and sqn on wish"
    )]
    Line(usize),
    /// A user without, or with too many.
    #[error("user {0}: give a password, or k with opc or op")]
    Proof(String),
    /// No key.
    #[error("user {user}: {key} is not 32 hexadecimal digits, or 12 where it is sqn")]
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
    /// The last SQN that the USIM has taken; without it takes any.
    sqn: Option<String>,
}

/// What an answer is made for.
pub(crate) struct Request<'a> {
    pub(crate) method: Method<'a>,
    pub(crate) uri: &'a str,
    pub(crate) cnonce: &'a str,
    pub(crate) count: u32,
    pub(crate) body: &'a [u8],
    pub(crate) wanted: Wanted,
}

/// What a phone answered in the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The challenge.
    Response,
    /// That its SQN is not fresh (RFC 3310 §3.4).
    Resynchronisation,
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
                hex::<16>(text).ok_or_else(|| CredentialsError::Key {
                    user: name.clone(),
                    key,
                })
            };
            let freshness = match &user.sqn {
                // A replay goes on where the network is.
                None => Freshness::new(u64::MAX, None),
                Some(sqn) => {
                    let sqn = hex(sqn).ok_or_else(|| CredentialsError::Key {
                        user: name.clone(),
                        key: "sqn",
                    })?;
                    let mut freshness = Freshness::new(u64::MAX, None);
                    freshness.take(Sqn::from(sqn));
                    freshness
                }
            };
            let usim = |keys| Proof::Usim(Box::new(Usim::with_freshness(keys, freshness)));
            let proof = match (user.password, user.k, user.opc, user.op) {
                (Some(password), None, None, None) if user.sqn.is_none() => {
                    Proof::Password(password)
                }
                (None, Some(k), Some(opc), None) => {
                    let (k, opc) = (key(&k, "k")?, key(&opc, "opc")?);
                    usim(Keys { k, opc })
                }
                (None, Some(k), None, Some(op)) => {
                    let keys = Keys::from_op(key(&k, "k")?, key(&op, "op")?);
                    usim(keys)
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
            wanted,
        } = *request;
        if wanted == Wanted::Resynchronisation && challenge.algorithm == Algorithm::AkaV1Md5 {
            let (rand, autn) = digest::aka::read_nonce(&challenge.nonce).ok()?;
            let both = self.resynchronisation(user, &rand, &autn)?;
            let auts = both.last_chunk()?;
            return digest::aka::resynchronisation(challenge, user, method, uri, cnonce, auts).ok();
        }
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

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).map(|value| value as u8))
        .collect::<Option<_>>()?;
    let octets: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    (digits.len() == 2 * N).then_some(())?;
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
            "[[user]]\nname = \"a\"\npassword = \"p\"\nsqn = \"000000000000\"\n".to_owned(),
            format!("[[user]]\nname = \"a\"\nk = \"{key}\"\nopc = \"{key}\"\nsqn = \"01\"\n"),
        ] {
            let error = Credentials::read(&wrong).err().expect("wrong").to_string();
            assert!(
                !error.contains("0102") && !error.contains("\"p\""),
                "{error}"
            );
        }
    }

    const KEY: &str = "000102030405060708090a0b0c0d0e0f";

    fn keys() -> Keys {
        let k = std::array::from_fn(|at| at as u8);
        Keys { k, opc: k }
    }

    /// The answer to a challenge of this SQN, and its RAND.
    fn answer(file: &str, sqn: u64, wanted: Wanted) -> (Option<String>, [u8; 16]) {
        let Ok(mut credentials) = Credentials::read(file) else {
            panic!("{file}");
        };
        let rand = [7; 16];
        let sqn = Sqn::new(sqn).expect("48 bits");
        let vector = aka::vector(&keys(), aka::Amf([0x80, 0]), sqn, rand);
        let challenge = Challenge {
            realm: "home.example".to_owned(),
            nonce: digest::aka::nonce(&rand, &vector.autn),
            opaque: None,
            algorithm: Algorithm::AkaV1Md5,
            qop: digest::QopOffer::Auth,
            stale: digest::Stale::No,
        };
        let request = Request {
            method: Method::REGISTER,
            uri: "sip:home.example",
            cnonce: "c",
            count: 1,
            body: b"",
            wanted,
        };
        (credentials.answer("a", &challenge, &request), rand)
    }

    /// SQN_MS of an answer.
    fn resynchronised((answer, rand): (Option<String>, [u8; 16])) -> Option<u64> {
        let answer = answer.expect("an answer");
        let header = <sip_message::Authorization<'_> as sip_message::TypedHeader>::parse(&answer);
        let sip_message::Authorization(auth) = header.expect("an Authorization");
        let auts = digest::aka::read_auts(&auth.get("auts")?).expect("AUTS");
        Some(
            aka::resynchronise(&keys(), &rand, &auts)
                .expect("a MAC")
                .value(),
        )
    }

    #[test]
    fn an_sqn_that_is_not_fresh_is_answered_by_auts_and_so_is_one_that_was_in_the_capture() {
        let user = format!("[[user]]\nname = \"a\"\nk = \"{KEY}\"\nopc = \"{KEY}\"\n");
        let used = format!("{user}sqn = \"000000000400\"\n");
        // Whatever the network has reached, and at 0x400 only what is above it with the same IND.
        assert_eq!(
            resynchronised(answer(&user, 1 << 47, Wanted::Response)),
            None
        );
        assert_eq!(resynchronised(answer(&used, 0x420, Wanted::Response)), None);
        assert_eq!(
            resynchronised(answer(&used, 0x400, Wanted::Response)),
            Some(0x400)
        );
        // The capture has AUTS: the network is told to go on from its own number.
        assert_eq!(
            resynchronised(answer(&user, 0x420, Wanted::Resynchronisation)),
            Some(0x420)
        );
    }
}
