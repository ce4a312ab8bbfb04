//! The public identities of one implicit registration set.

use regex::RegexBuilder;

/// Most octets that a wildcard's compiled expression may take; a greater one matches nothing.
pub const MAX_WILDCARD: usize = 1 << 16;

const SHOWN: char = '+';
const BARRED: char = '-';

/// The identities in one allocation: a mark and the identity in each line, the default one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identities(Box<str>);

impl Identities {
    /// Those of `identities`, each with whether it is barred, in their order.
    pub(crate) fn new<'a>(identities: impl Iterator<Item = (&'a str, Barring)>) -> Self {
        let mut text = String::new();
        for (identity, barring) in identities {
            text.push(match barring {
                Barring::None => SHOWN,
                Barring::Barred => BARRED,
            });
            text.extend(identity.chars().filter(|c| !c.is_control()));
            text.push('\n');
        }
        Self(text.into())
    }

    fn lines(&self) -> impl Iterator<Item = (char, &str)> {
        self.0.lines().filter_map(|line| {
            let mut characters = line.chars();
            Some((characters.next()?, characters.as_str()))
        })
    }

    /// Those that are not barred, the default one first (TS 24.229 §5.4.1.2.2).
    pub(crate) fn shown(&self) -> impl Iterator<Item = &str> {
        self.lines()
            .filter(|(mark, _)| *mark == SHOWN)
            .map(|(_, identity)| identity)
    }

    /// The identity that stands for the set at the HSS; a barred one where there is no other.
    pub(crate) fn first(&self) -> Option<&str> {
        let first = self.lines().next().map(|(_, identity)| identity);
        self.shown().next().or(first)
    }

    /// Every one, barred or not.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.lines().map(|(_, identity)| identity)
    }

    /// Whether `impu` is one of them, or matches one that is a wildcard.
    pub(crate) fn has(&self, impu: &str) -> bool {
        self.all().any(|identity| identity == impu)
            || self.all().any(|identity| wildcard_matches(identity, impu))
    }
}

/// Whether an identity serves for registration alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barring {
    /// It serves for sessions too.
    None,
    /// BarringIndication is set.
    Barred,
}

/// Whether `identity` is a wildcard that `impu` matches: an extended regular expression stands between two `!`
/// (TS 23.003 §13.5).
fn wildcard_matches(identity: &str, impu: &str) -> bool {
    let mut parts = identity.splitn(3, '!');
    let (Some(before), Some(expression), Some(after)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    // What is around the expression is no part of it, and cheap to compare first.
    let Some(middle) = impu
        .strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(after))
    else {
        return false;
    };
    RegexBuilder::new(&format!("^(?:{expression})$"))
        .size_limit(MAX_WILDCARD)
        .build()
        .is_ok_and(|expression| expression.is_match(middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(identities: &[(&str, Barring)]) -> Identities {
        Identities::new(identities.iter().copied())
    }

    #[test]
    fn barred_ones_belong_and_are_not_shown() {
        let set = set(&[
            ("sip:barred@h", Barring::Barred),
            ("sip:a@h", Barring::None),
            ("tel:+15551", Barring::None),
        ]);
        assert_eq!(set.shown().collect::<Vec<_>>(), ["sip:a@h", "tel:+15551"]);
        assert_eq!(set.first(), Some("sip:a@h"));
        assert!(set.has("sip:barred@h") && set.has("tel:+15551") && !set.has("sip:b@h"));
    }

    #[test]
    fn ts23003_13_5_a_wildcard_is_matched_as_a_whole() {
        let set = set(&[("sip:pbx-!0[0-9]{3}|9.*!@h", Barring::None)]);
        for (impu, is_member) in [
            ("sip:pbx-0123@h", true),
            ("sip:pbx-9@h", true),
            ("sip:pbx-012@h", false),
            ("sip:pbx-0123@other", false),
            ("sip:pbx-01234@h", false),
            ("sip:pbx-!0[0-9]{3}|9.*!@h", true),
        ] {
            assert_eq!(set.has(impu), is_member, "{impu}");
        }
    }

    #[test]
    fn a_wildcard_that_is_no_expression_matches_nothing() {
        let set = set(&[
            ("sip:!(!@h", Barring::None),
            ("sip:!a{9999}{9999}!@h", Barring::None),
        ]);
        assert!(!set.has("sip:(@h") && !set.has("sip:a@h"));
    }
}
