//! Which S-CSCF serves a user to whom none is assigned (TS 29.228 §6.7, TS 24.229 §5.3.1.2).

use cx::ServerCapabilities;

use crate::config::Candidate;

/// The candidates that have every mandatory capability: first those that the HSS names, in its order, then those
/// with the most optional capabilities; among equals, `spread` says with which to begin.
pub(crate) fn choose<'a>(
    candidates: &'a [Candidate],
    wanted: &ServerCapabilities,
    spread: usize,
) -> Vec<&'a Candidate> {
    let able = |candidate: &&Candidate| {
        wanted
            .mandatory
            .iter()
            .all(|number| candidate.capabilities.contains(number))
    };
    let mut chosen: Vec<&Candidate> = candidates.iter().filter(able).collect();
    if !chosen.is_empty() {
        let turn = spread % chosen.len();
        chosen.rotate_left(turn);
    }
    let optional = |candidate: &Candidate| {
        wanted
            .optional
            .iter()
            .filter(|number| candidate.capabilities.contains(number))
            .count()
    };
    let named = |candidate: &Candidate| {
        wanted
            .server_names
            .iter()
            .position(|name| *name == candidate.name)
            .unwrap_or(usize::MAX)
    };
    chosen.sort_by_key(|candidate| (named(candidate), usize::MAX - optional(candidate)));
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        [
            ("sip:s1", vec![1, 2]),
            ("sip:s2", vec![1, 3]),
            ("sip:s3", vec![1]),
        ]
        .into_iter()
        .map(|(name, capabilities)| Candidate {
            name: name.to_owned(),
            capabilities,
        })
        .collect()
    }

    fn chosen(mandatory: &[u32], optional: &[u32], names: &[&str], spread: usize) -> Vec<String> {
        let wanted = ServerCapabilities {
            mandatory: mandatory.to_vec(),
            optional: optional.to_vec(),
            server_names: names.iter().map(|&name| name.to_owned()).collect(),
        };
        choose(&candidates(), &wanted, spread)
            .iter()
            .map(|candidate| candidate.name.clone())
            .collect()
    }

    #[test]
    fn every_mandatory_then_most_optional() {
        assert_eq!(chosen(&[], &[], &[], 0), ["sip:s1", "sip:s2", "sip:s3"]);
        assert_eq!(chosen(&[], &[], &[], 1), ["sip:s2", "sip:s3", "sip:s1"]);
        assert_eq!(chosen(&[2], &[], &[], 5), ["sip:s1"]);
        assert_eq!(chosen(&[9], &[], &[], 0), [""; 0]);
        assert_eq!(chosen(&[1], &[3], &[], 0), ["sip:s2", "sip:s1", "sip:s3"]);
        assert_eq!(
            chosen(&[], &[3], &["sip:s3"], 0),
            ["sip:s3", "sip:s2", "sip:s1"]
        );
        assert_eq!(
            chosen(&[2], &[], &["sip:s3"], 0),
            ["sip:s1"],
            "a named one without the capability is not taken"
        );
    }
}
