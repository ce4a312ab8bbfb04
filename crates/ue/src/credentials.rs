//! What a phone proves itself with: a password, or a USIM (TS 24.229 §5.1.1.5).

use std::cell::RefCell;
use std::rc::Rc;

use aka::{Failure, Keys, Sqn, Usim};
use sip_message::{Message, Method, WwwAuthenticate};
use sip_stack::digest::{self, Algorithm, Challenge, Secret};

/// What a user has: nothing of it is ever shown.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// The password of SIP Digest.
    Password(Rc<[u8]>),
    /// The keys of UMTS AKA, and the sequence numbers that were taken.
    Usim(Rc<RefCell<Usim>>),
}

impl Credentials {
    pub(crate) fn password(password: &str) -> Self {
        Self::Password(password.as_bytes().into())
    }

    /// A USIM with `keys` that has taken `sqn`, and takes nothing up to its SEQ any more.
    pub(crate) fn usim(keys: Keys, sqn: Option<Sqn>) -> Self {
        let mut freshness = aka::Freshness::default();
        if let Some(sqn) = sqn {
            // Every IND has a list entry of its own (TS 33.102 Annex C.2.2).
            let all = Sqn::IND_COUNT as u64;
            let taken = (0..all).filter_map(|ind| Sqn::new(sqn.value() / all * all + ind));
            taken.for_each(|sqn| {
                freshness.take(sqn);
            });
        }
        let usim = Usim::with_freshness(keys, freshness);
        Self::Usim(Rc::new(RefCell::new(usim)))
    }
}

/// How the next request answers the last challenge.
enum Reply {
    /// The nonce serves again, with the next count (RFC 7616 §3.4).
    Proof {
        challenge: Challenge,
        secret: Secret,
        cnonce: String,
        count: u32,
    },
    /// The network is to go on from the USIM's SQN (RFC 3310 §3.4).
    Resynchronise {
        challenge: Challenge,
        auts: [u8; aka::AUTS_LENGTH],
        cnonce: String,
    },
    /// The challenge was not from the home network (TS 24.229 §5.1.1.5.3).
    Refuse { challenge: Challenge },
}

/// Why a challenge cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswerable {
    /// No challenge that these credentials answer.
    NoChallenge,
    /// A second one in a row that the USIM does not believe (TS 24.229 §5.1.1.5.3).
    NotOfTheNetwork,
}

/// The authentication of one registration.
pub(crate) struct Authentication {
    username: String,
    credentials: Credentials,
    reply: Option<Reply>,
}

impl Authentication {
    pub(crate) fn new(username: &str, credentials: Credentials) -> Self {
        Self {
            username: username.to_owned(),
            credentials,
            reply: None,
        }
    }

    /// Begins anew, as before any challenge.
    pub(crate) fn forget(&mut self) {
        self.reply = None;
    }

    /// The Authorization of the next REGISTER for `uri` in `realm`.
    pub(crate) fn authorization(&mut self, realm: &str, uri: &str) -> String {
        let username = &self.username;
        match &mut self.reply {
            // §5.1.1.2.2: the first one names the user and answers nothing.
            None => digest::initial(username, realm, uri),
            Some(Reply::Proof {
                challenge,
                secret,
                cnonce,
                count,
            }) => {
                *count += 1;
                let credentials = digest::Credentials {
                    username: username.clone(),
                    secret: secret.clone(),
                };
                digest::answer(
                    challenge,
                    &credentials,
                    Method::REGISTER,
                    uri,
                    cnonce,
                    *count,
                    b"",
                )
                .expect("the challenge was chosen by the secret")
            }
            Some(Reply::Resynchronise {
                challenge,
                auts,
                cnonce,
            }) => digest::aka::resynchronisation(
                challenge,
                username,
                Method::REGISTER,
                uri,
                cnonce,
                auts,
            )
            .expect("AUTS is for a challenge of AKA"),
            Some(Reply::Refuse { challenge }) => digest::aka::refusal(challenge, username, uri),
        }
    }

    /// 401: takes the best challenge; the next Authorization answers it (§5.1.1.5).
    ///
    /// # Errors
    /// [`Unanswerable`].
    pub(crate) fn challenged(
        &mut self,
        response: &Message,
        cnonce: String,
    ) -> Result<(), Unanswerable> {
        let challenges: Vec<Challenge> = response
            .read_all::<WwwAuthenticate<'_>>()
            .filter_map(Result::ok)
            .filter_map(|challenge| Challenge::read(&challenge.0).ok())
            .collect();
        let reply = match &self.credentials {
            Credentials::Password(password) => {
                let secret = Secret::Password(password.to_vec());
                let credentials = digest::Credentials {
                    username: self.username.clone(),
                    secret: secret.clone(),
                };
                let challenge = digest::best(&challenges, &credentials);
                Reply::Proof {
                    challenge: challenge.ok_or(Unanswerable::NoChallenge)?.clone(),
                    secret,
                    cnonce,
                    count: 0,
                }
            }
            Credentials::Usim(usim) => {
                let challenge = challenges
                    .into_iter()
                    .find(|challenge| challenge.algorithm == Algorithm::AkaV1Md5)
                    .ok_or(Unanswerable::NoChallenge)?;
                let (rand, autn) = digest::aka::read_nonce(&challenge.nonce)
                    .map_err(|_| Unanswerable::NoChallenge)?;
                let refused_before = matches!(self.reply, Some(Reply::Refuse { .. }));
                match usim.borrow_mut().answer(&rand, &autn) {
                    Ok(answer) => Reply::Proof {
                        challenge,
                        secret: Secret::Res(answer.res.to_vec()),
                        cnonce,
                        count: 0,
                    },
                    Err(Failure::Synch { auts }) => Reply::Resynchronise {
                        challenge,
                        auts,
                        cnonce,
                    },
                    Err(Failure::Mac) if refused_before => {
                        return Err(Unanswerable::NotOfTheNetwork);
                    }
                    Err(Failure::Mac) => Reply::Refuse { challenge },
                }
            }
        };
        self.reply = Some(reply);
        Ok(())
    }

    /// Whether the last REGISTER told that the challenge was not of the home network.
    pub(crate) fn refused(&self) -> bool {
        matches!(self.reply, Some(Reply::Refuse { .. }))
    }
}
