//! Which S-CSCF serves a user to whom none is assigned (TS 29.228 §6.7, TS 24.229 §5.3.1.2).

use std::cmp::Reverse;
use std::hash::BuildHasher;

use cx::ServerCapabilities;
use driver::hash::Keyed;

use crate::config::Candidate;

/// The S-CSCFs that may serve `impu`, best first.
///
/// First those that the HSS names, in its order; then those of `candidates` that have every mandatory capability,
/// those with the most optional ones first. Equal ones stand in an order that is the user's own: it is the same each
/// time and in every I-CSCF, users are spread evenly, and where one S-CSCF is lost or added only its users move
/// (rendezvous hashing). A name that only the HSS knows is taken at its word; a candidate that it names is not, if
/// we know that a mandatory capability is missing.
pub(crate) fn choose(
    candidates: &[Candidate],
    wanted: &ServerCapabilities,
    impu: &str,
) -> Vec<String> {
    let count = |candidate: &Candidate, numbers: &[u32]| {
        numbers
            .iter()
            .filter(|number| candidate.capabilities.contains(number))
            .count()
    };
    let mut able: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| count(candidate, &wanted.mandatory) == wanted.mandatory.len())
        .collect();
    // The key is fixed: other I-CSCFs come to the same order.
    let spread = Keyed::default();
    able.sort_by_cached_key(|candidate| {
        (
            Reverse(count(candidate, &wanted.optional)),
            spread.hash_one((impu, &candidate.name)),
        )
    });
    let is_unable = |name: &str| {
        candidates.iter().any(|known| known.name == *name)
            && !able.iter().any(|known| known.name == *name)
    };
    let mut chosen: Vec<String> = Vec::new();
    let named = wanted.server_names.iter().filter(|name| !is_unable(name));
    for name in named.chain(able.iter().map(|candidate| &candidate.name)) {
        if !chosen.contains(name) {
            chosen.push(name.clone());
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(names: &[(&str, &[u32])]) -> Vec<Candidate> {
        names
            .iter()
            .map(|(name, capabilities)| Candidate {
                name: (*name).to_owned(),
                capabilities: capabilities.to_vec(),
            })
            .collect()
    }

    fn wanted(mandatory: &[u32], optional: &[u32], names: &[&str]) -> ServerCapabilities {
        ServerCapabilities {
            mandatory: mandatory.to_vec(),
            optional: optional.to_vec(),
            server_names: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn ts29228_6_7_every_mandatory_then_most_optional() {
        let candidates = candidates(&[
            ("sip:s1", &[1, 2]),
            ("sip:s2", &[1, 3, 4]),
            ("sip:s3", &[1, 3]),
        ]);
        let chosen = |mandatory: &[u32], optional: &[u32], names: &[&str]| {
            choose(&candidates, &wanted(mandatory, optional, names), "sip:a@b")
        };
        assert_eq!(chosen(&[], &[], &[]).len(), 3);
        assert_eq!(chosen(&[2], &[], &[]), ["sip:s1"]);
        assert_eq!(chosen(&[1, 3], &[4], &[]), ["sip:s2", "sip:s3"]);
        assert_eq!(chosen(&[9], &[], &[]), [""; 0]);
        assert_eq!(chosen(&[1], &[3, 4], &[]), ["sip:s2", "sip:s3", "sip:s1"]);
        let named = chosen(&[], &[3, 4], &["sip:s1", "sip:other", "sip:s1"]);
        assert_eq!(named, ["sip:s1", "sip:other", "sip:s2", "sip:s3"]);
        assert_eq!(
            chosen(&[2], &[], &["sip:s3"]),
            ["sip:s1"],
            "a named one that lacks the capability is not taken"
        );
    }

    /// Users of 10,000 that have each S-CSCF first.
    fn shares(candidates: &[Candidate]) -> Vec<(String, usize)> {
        let mut shares: Vec<(String, usize)> = candidates
            .iter()
            .map(|candidate| (candidate.name.clone(), 0))
            .collect();
        for user in 0..10_000 {
            let first = first(candidates, user);
            if let Some(share) = shares.iter_mut().find(|(name, _)| *name == first) {
                share.1 += 1;
            }
        }
        shares
    }

    fn first(candidates: &[Candidate], user: u32) -> String {
        let impu = format!("sip:user{user}@home.example");
        choose(candidates, &ServerCapabilities::default(), &impu).swap_remove(0)
    }

    #[test]
    fn users_are_spread_and_stay_where_they_are() {
        let four = candidates(&[
            ("sip:s1", &[]),
            ("sip:s2", &[]),
            ("sip:s3", &[]),
            ("sip:s4", &[]),
        ]);
        for (name, share) in shares(&four) {
            assert!((2_300..=2_700).contains(&share), "{name}: {share}");
        }
        // In another order of the configuration, and without one of them.
        let mut three = four.clone();
        three.reverse();
        three.retain(|candidate| candidate.name != "sip:s2");
        for (name, share) in shares(&three) {
            assert!((3_000..=3_700).contains(&share), "{name}: {share}");
        }
        for user in 0..1_000 {
            let before = first(&four, user);
            assert!(
                before == "sip:s2" || before == first(&three, user),
                "{user}"
            );
        }
    }
}
