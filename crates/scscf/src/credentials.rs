//! What answers to SIP Digest challenges are checked with (TS 29.228 §6.3, TS 29.229 §6.3.36).

use std::time::{Duration, Instant};

use cx::DigestCredentials;
use sip_message::Method;
use sip_stack::digest::{
    self, Algorithm, Answer, DigestUri, Expected, Ha1, Nonces, QopOffer, Stale, Uses, Verdict,
};
use smallvec::SmallVec;

use crate::config::Rules;

/// HA1 of one user, from the HSS.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// For each algorithm that both the HSS and our configuration know, best first.
    ha1: SmallVec<[(Algorithm, Ha1); 1]>,
    /// The realm that they were made for, where it is not ours.
    realm: Option<Box<str>>,
}

impl Secrets {
    /// HA1 of each of `algorithms` that `given` has, in their order; `None` where it has none of them.
    pub(crate) fn read(
        given: &DigestCredentials,
        algorithms: &[Algorithm],
        realm: &str,
    ) -> Option<Self> {
        // Without Digest-Algorithm it is MD5.
        let first = (
            given.algorithm.as_deref().unwrap_or("MD5"),
            given.ha1.as_str(),
        );
        let alternate = given
            .alternate
            .as_ref()
            .map(|(algorithm, ha1)| (algorithm.as_str(), ha1.as_str()));
        let given_ha1: Vec<(Algorithm, Ha1)> = std::iter::once(first)
            .chain(alternate)
            .filter_map(|(name, ha1)| {
                let algorithm = Algorithm::of(name)?;
                Some((algorithm, Ha1::from_hex(algorithm, ha1).ok()?))
            })
            .collect();
        let ha1: SmallVec<[(Algorithm, Ha1); 1]> = algorithms
            .iter()
            .filter_map(|wanted| {
                given_ha1
                    .iter()
                    .find(|(algorithm, _)| algorithm == wanted)
                    .cloned()
            })
            .collect();
        (!ha1.is_empty()).then(|| Self {
            ha1,
            realm: (given.realm != realm).then(|| given.realm.as_str().into()),
        })
    }

    /// The realm that answers name; `ours` where the HSS has no other.
    pub(crate) fn realm<'a>(&'a self, ours: &'a str) -> &'a str {
        self.realm.as_deref().unwrap_or(ours)
    }

    /// HA1 for `algorithm`, where it was offered.
    pub(crate) fn ha1(&self, algorithm: Algorithm) -> Option<&Ha1> {
        let (_, ha1) = self.ha1.iter().find(|(known, _)| *known == algorithm)?;
        Some(ha1)
    }

    /// The WWW-Authenticate values of a challenge, best algorithm first.
    pub(crate) fn challenges(
        &self,
        ours: &str,
        nonce: &str,
        qop: QopOffer,
        stale: Stale,
    ) -> impl Iterator<Item = String> {
        self.ha1.iter().map(move |(algorithm, _)| {
            digest::challenge(self.realm(ours), nonce, *algorithm, qop, stale)
        })
    }
}

/// How an answer is judged.
pub(crate) struct Judging<'a> {
    pub(crate) impi: &'a str,
    pub(crate) impu: &'a str,
    /// Our realm.
    pub(crate) realm: &'a str,
    pub(crate) qop: QopOffer,
    pub(crate) body: &'a [u8],
    pub(crate) nonces: &'a Nonces,
    /// How long a nonce is taken.
    pub(crate) life: Duration,
    pub(crate) now: Instant,
}

/// What is kept of a user for SIP Digest: no record of each nonce, only what was used up.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) secrets: Secrets,
    /// When the HSS gave them.
    pub(crate) since: Instant,
    pub(crate) uses: Uses,
    /// Wrong answers in a row.
    pub(crate) wrong: u8,
}

impl Known {
    /// Of `secrets` that the HSS gave now; no nonce issued before can be used.
    pub(crate) fn new(secrets: Secrets, nonces: &Nonces, now: Instant) -> Self {
        Self {
            secrets,
            since: now,
            uses: nonces.none_used(),
            wrong: 0,
        }
    }

    /// Whether it is kept for a registered user still.
    pub(crate) fn is_kept(&self, rules: &Rules, now: Instant) -> bool {
        now.saturating_duration_since(self.since) < rules.credentials_life
    }

    /// Judges `answer`, and notes what it used up.
    pub(crate) fn judge(&mut self, answer: &Answer<'_>, by: &Judging<'_>) -> Verdict {
        let algorithm = answer.algorithm();
        let Some(ha1) = self.secrets.ha1(algorithm) else {
            return Verdict::Wrong;
        };
        let expected = Expected {
            username: by.impi,
            realm: self.secrets.realm(by.realm),
            uri: DigestUri::Any,
            algorithm,
            qop: by.qop,
            ha1,
            method: Method::REGISTER,
            body: by.body,
        };
        if !answer.is_right(&expected) {
            return Verdict::Wrong;
        }
        // RFC 7616 §3.3: an answer that is right for a nonce that is not taken, here also somebody else's, is stale.
        let issued = by.nonces.read(answer.nonce(), [by.impi, by.impu], by.now);
        issued.map_or(Verdict::Stale, |issued| {
            self.uses.check(issued, answer.count(), by.life)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "939e7578ed9e3c518a452acee763bce9";
    const SHA256: &str = "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232";

    fn given(
        algorithm: Option<&str>,
        ha1: &str,
        alternate: Option<(&str, &str)>,
    ) -> DigestCredentials {
        DigestCredentials {
            realm: "home.example".to_owned(),
            qop: "auth".to_owned(),
            algorithm: algorithm.map(str::to_owned),
            ha1: ha1.to_owned(),
            alternate: alternate.map(|(algorithm, ha1)| (algorithm.to_owned(), ha1.to_owned())),
        }
    }

    fn offered(given: &DigestCredentials, algorithms: &[Algorithm]) -> Option<Vec<Algorithm>> {
        let secrets = Secrets::read(given, algorithms, "home.example")?;
        Some(
            secrets
                .ha1
                .iter()
                .map(|(algorithm, _)| *algorithm)
                .collect(),
        )
    }

    #[test]
    fn our_order_of_what_the_hss_has() {
        let both = given(None, MD5, Some(("SHA-256", SHA256)));
        let ours = [Algorithm::Sha256, Algorithm::Md5];
        assert_eq!(offered(&both, &ours), Some(ours.to_vec()));
        assert_eq!(
            offered(&both, &[Algorithm::Md5]),
            Some(vec![Algorithm::Md5])
        );
        let md5 = given(None, MD5, None);
        assert_eq!(offered(&md5, &ours), Some(vec![Algorithm::Md5]));
        assert_eq!(offered(&md5, &[Algorithm::Sha256]), None);
        assert_eq!(
            offered(&given(Some("SHA-256"), SHA256, None), &ours),
            Some(vec![Algorithm::Sha256])
        );
        assert_eq!(offered(&given(None, "no hex", None), &ours), None);
    }

    #[test]
    fn another_realm_is_kept_and_ours_costs_nothing() {
        let secrets = |realm| Secrets::read(&given(None, MD5, None), &[Algorithm::Md5], realm);
        assert_eq!(
            secrets("other.example").unwrap().realm("other.example"),
            "home.example"
        );
        let ours = secrets("home.example").unwrap();
        assert!(ours.realm.is_none() && ours.realm("home.example") == "home.example");
        assert!(size_of::<Known>() <= 128, "{}", size_of::<Known>());
    }
}
