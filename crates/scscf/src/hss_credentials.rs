//! The HSS's credentials, as challenges need them (TS 29.228 §6.3, TS 29.229 §6.3.36).

use cx::{AuthItem, MultimediaAuth};
use sip_stack::digest::{Algorithm, Ha1};

use crate::challenge::Credentials;

/// HA1 of each of `algorithms` that `answer` has, in their order; `None` where it has none of them.
pub(crate) fn read(answer: &MultimediaAuth, algorithms: &[Algorithm]) -> Option<Credentials> {
    let digest = answer.items.iter().find_map(|item| match item {
        AuthItem::Digest(digest) => Some(digest),
        AuthItem::Aka(_) | AuthItem::Other { .. } => None,
    })?;
    // Without Digest-Algorithm it is MD5.
    let first = (
        digest.algorithm.as_deref().unwrap_or("MD5"),
        digest.ha1.as_str(),
    );
    let alternate = digest
        .alternate
        .as_ref()
        .map(|(algorithm, ha1)| (algorithm.as_str(), ha1.as_str()));
    let given: Vec<(Algorithm, Ha1)> = std::iter::once(first)
        .chain(alternate)
        .filter_map(|(name, ha1)| {
            let algorithm = Algorithm::of(name)?;
            Some((algorithm, Ha1::from_hex(algorithm, ha1).ok()?))
        })
        .collect();
    let ha1: Vec<(Algorithm, Ha1)> = algorithms
        .iter()
        .filter_map(|wanted| {
            given
                .iter()
                .find(|(algorithm, _)| algorithm == wanted)
                .cloned()
        })
        .collect();
    (!ha1.is_empty()).then(|| Credentials {
        ha1,
        realm: digest.realm.as_str().into(),
    })
}

#[cfg(test)]
mod tests {
    use cx::DigestCredentials;

    use super::*;

    const MD5: &str = "939e7578ed9e3c518a452acee763bce9";
    const SHA256: &str = "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232";

    fn answer(
        algorithm: Option<&str>,
        ha1: &str,
        alternate: Option<(&str, &str)>,
    ) -> MultimediaAuth {
        MultimediaAuth {
            items: vec![AuthItem::Digest(DigestCredentials {
                realm: "home.example".to_owned(),
                qop: "auth".to_owned(),
                algorithm: algorithm.map(str::to_owned),
                ha1: ha1.to_owned(),
                alternate: alternate.map(|(algorithm, ha1)| (algorithm.to_owned(), ha1.to_owned())),
            })],
            hss: "hss.home.example".to_owned(),
        }
    }

    fn offered(answer: &MultimediaAuth, algorithms: &[Algorithm]) -> Option<Vec<Algorithm>> {
        read(answer, algorithms).map(|credentials| {
            credentials
                .ha1
                .iter()
                .map(|(algorithm, _)| *algorithm)
                .collect()
        })
    }

    #[test]
    fn our_order_of_what_the_hss_has() {
        let both = answer(None, MD5, Some(("SHA-256", SHA256)));
        let ours = [Algorithm::Sha256, Algorithm::Md5];
        assert_eq!(offered(&both, &ours), Some(ours.to_vec()));
        assert_eq!(
            offered(&both, &[Algorithm::Md5]),
            Some(vec![Algorithm::Md5])
        );
        assert_eq!(
            offered(&answer(None, MD5, None), &ours),
            Some(vec![Algorithm::Md5])
        );
        assert_eq!(
            offered(&answer(None, MD5, None), &[Algorithm::Sha256]),
            None
        );
        assert_eq!(
            offered(&answer(Some("SHA-256"), SHA256, None), &ours),
            Some(vec![Algorithm::Sha256])
        );
        assert_eq!(offered(&answer(None, "no hex", None), &ours), None);
    }

    #[test]
    fn other_schemes_are_passed_over() {
        let mut other = answer(None, MD5, None);
        other.items.insert(
            0,
            AuthItem::Other {
                scheme: "NASS-Bundled".to_owned(),
            },
        );
        assert!(read(&other, &[Algorithm::Md5]).is_some());
        other.items.pop();
        assert!(read(&other, &[Algorithm::Md5]).is_none());
    }
}
