//! The S-CSCFs that the HSS knows, and which of them it proposes for a user (TS 29.228 §6.7).

use std::cmp::Reverse;

use diameter_codec::cx::ServerCapabilities;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::subscription::{Capabilities, Subscription};

/// Most S-CSCFs that one answer names.
pub const MAX_NAMED: usize = 8;

/// `[[scscf]]`: an S-CSCF, each shard of a process by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownScscf {
    /// Its SIP URI.
    pub name: String,
    /// What it is capable of, by the operator's numbers.
    #[serde(default)]
    pub capabilities: Vec<u32>,
}

/// All that are known; none: the I-CSCF chooses by capabilities alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScscfPool {
    known: Vec<(KnownScscf, u64)>,
    key: String,
}

impl ScscfPool {
    /// `known`, over which users are spread by `key`: the same for all HSSs of a network.
    pub fn new(known: &[KnownScscf], key: &str) -> Self {
        if known.is_empty() {
            return Self::default();
        }
        let known = known
            .iter()
            .map(|scscf| (scscf.clone(), digest(&[&scscf.name])));
        Self {
            known: known.collect(),
            key: key.to_owned(),
        }
    }

    /// What `subscription` needs, with S-CSCFs by name, the best first, where the pool has some and the subscription
    /// names none: those that have every mandatory capability, those with the most optional ones before others.
    ///
    /// Equal ones stand in an order of the subscription's own, the same each time: users are spread evenly, and where
    /// an S-CSCF goes or comes only its share moves (rendezvous hashing).
    pub fn proposal(&self, subscription: &Subscription) -> Capabilities {
        let mut wanted = subscription.capabilities.clone();
        if self.known.is_empty() || !wanted.server_names.is_empty() {
            return wanted;
        }
        let user = subscription.private_identities.first();
        let user = digest(&[&self.key, user.map_or("", |identity| &identity.impi)]);
        let count = |scscf: &KnownScscf, numbers: &[u32]| {
            let has = |number: &&u32| scscf.capabilities.contains(number);
            numbers.iter().filter(has).count()
        };
        let able = |(scscf, _): &&(KnownScscf, u64)| {
            count(scscf, &wanted.mandatory) == wanted.mandatory.len()
        };
        let mut able: Vec<_> = self.known.iter().filter(able).collect();
        able.sort_by_key(|(scscf, own)| {
            (Reverse(count(scscf, &wanted.optional)), mixed(user ^ own))
        });
        let names = able
            .into_iter()
            .take(MAX_NAMED)
            .map(|(scscf, _)| scscf.name.clone());
        wanted.server_names = names.collect();
        wanted
    }
}

/// A hash that is the same in every release.
fn digest(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk()
        .map_or(0, |first| u64::from_be_bytes(*first))
}

/// The finalizer of SplitMix64: every bit of the input moves every bit of the output.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

/// The S-CSCF names as the group borrows them.
pub(crate) fn names(capabilities: Option<&Capabilities>) -> Vec<&str> {
    capabilities.map_or_else(Vec::new, |it| {
        it.server_names.iter().map(String::as_str).collect()
    })
}

/// Server-Capabilities (TS 29.229 §6.3.4); left out where it would say nothing: any S-CSCF will do then.
pub(crate) fn group<'a>(
    capabilities: Option<&'a Capabilities>,
    names: &'a [&'a str],
) -> Option<ServerCapabilities<'a>> {
    let capabilities = capabilities.filter(|it| **it != Capabilities::default())?;
    Some(ServerCapabilities {
        mandatory_capability: (&capabilities.mandatory).into(),
        optional_capability: (&capabilities.optional).into(),
        server_name: names.into(),
        ..ServerCapabilities::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscriber_file;

    fn pool(known: &[(&str, &[u32])]) -> ScscfPool {
        let known: Vec<KnownScscf> = known
            .iter()
            .map(|(name, capabilities)| KnownScscf {
                name: (*name).to_owned(),
                capabilities: capabilities.to_vec(),
            })
            .collect();
        ScscfPool::new(&known, "home.example")
    }

    fn user(number: u32, mandatory: &[u32], optional: &[u32]) -> Subscription {
        let text = format!(
            r#"{{ "subscriptions": [ {{ "private_identities": [ {{ "impi": "user{number}@home.example" }} ],
                "capabilities": {{ "mandatory": {mandatory:?}, "optional": {optional:?} }},
                "implicit_registration_sets": [ {{ "service_profiles": [
                  {{ "public_identities": [ {{ "identity": "sip:user{number}@home.example" }} ] }} ] }} ] }} ] }}"#
        );
        subscriber_file::parse(text.as_bytes())
            .unwrap()
            .swap_remove(0)
    }

    #[test]
    fn every_mandatory_capability_then_the_most_optional_ones() {
        let pool = pool(&[
            ("sip:s1", &[1, 2]),
            ("sip:s2", &[1, 3, 4]),
            ("sip:s3", &[1, 3]),
        ]);
        for (mandatory, optional, wanted) in [
            (&[2][..], &[][..], &["sip:s1"][..]),
            (&[1, 3], &[4], &["sip:s2", "sip:s3"]),
            (&[1], &[3, 4], &["sip:s2", "sip:s3", "sip:s1"]),
            (&[9], &[], &[]),
        ] {
            let proposal = pool.proposal(&user(1, mandatory, optional));
            assert_eq!(proposal.server_names, wanted, "{mandatory:?} {optional:?}");
            assert_eq!(proposal.mandatory, mandatory);
        }
        let mut named = user(1, &[], &[]);
        named.capabilities.server_names = vec!["sip:other".to_owned()];
        assert_eq!(pool.proposal(&named), named.capabilities);
        let unnamed = user(1, &[1], &[]);
        assert_eq!(
            ScscfPool::default().proposal(&unnamed),
            unnamed.capabilities
        );
    }

    #[test]
    fn users_are_spread_evenly_and_stay_where_they_are() {
        let names = ["sip:s1", "sip:s2", "sip:s3", "sip:s4", "sip:s5"];
        let known: Vec<(&str, &[u32])> = names.iter().map(|name| (*name, &[][..])).collect();
        let (four, five) = (pool(&known[..4]), pool(&known));
        let first = |pool: &ScscfPool, number| {
            let proposal = pool.proposal(&user(number, &[], &[]));
            proposal.server_names[0].clone()
        };
        let mut share = [0; 4];
        let mut moved = 0;
        for number in 0..4_000 {
            let now = first(&four, number);
            share[names.iter().position(|name| *name == now).unwrap()] += 1;
            let then = first(&five, number);
            assert!(then == now || then == "sip:s5");
            moved += usize::from(then != now);
        }
        assert!(
            share.iter().all(|share| (900..1_100).contains(share)),
            "{share:?}"
        );
        assert!((700..900).contains(&moved), "{moved}");
        // The same in every release and on every machine.
        assert_eq!(
            (0..6)
                .map(|number| first(&four, number))
                .collect::<Vec<_>>()
                .concat(),
            PINNED
        );
    }

    const PINNED: &str = "sip:s1sip:s3sip:s1sip:s3sip:s2sip:s2";

    #[test]
    fn an_answer_names_so_many() {
        let names: Vec<String> = (0..20).map(|number| format!("sip:s{number}")).collect();
        let known: Vec<(&str, &[u32])> =
            names.iter().map(|name| (name.as_str(), &[][..])).collect();
        let proposal = pool(&known).proposal(&user(1, &[], &[]));
        assert_eq!(proposal.server_names.len(), MAX_NAMED);
    }
}
