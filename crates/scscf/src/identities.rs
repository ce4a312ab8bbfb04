//! The public identities of one implicit registration set.

use std::borrow::Cow;

use memchr::memchr;
use sip_message::Uri;
use user_profile::WildcardParts;

use crate::wildcards::Wildcards;

/// The identities in one allocation, the default one first: in each line a mark, the identity in canonical form, and
/// behind a tab what the HSS writes where that is something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identities(Box<str>);

/// A public identity of the HSS in the form in which it is compared (RFC 3261 §10.3, 5); a range of them, and what is no
/// URI, as it is.
pub(crate) fn canonical(identity: &str) -> Cow<'_, str> {
    if WildcardParts::of(identity).is_some() {
        return Cow::Borrowed(identity);
    }
    let read = Uri::parse(identity).ok().and_then(|uri| uri.identity());
    read.filter(|canonical| canonical != identity)
        .map_or(Cow::Borrowed(identity), Cow::Owned)
}

/// Whether an identity serves for registration alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barring {
    /// It serves for sessions too.
    None,
    /// BarringIndication is set.
    Barred,
}

/// Whether an identity is one, or a range of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// One.
    Distinct,
    /// Wildcarded: all that match it (TS 23.003 §13.4A).
    Wildcarded,
}

const fn mark(barring: Barring, extent: Extent) -> char {
    match (barring, extent) {
        (Barring::None, Extent::Distinct) => '+',
        (Barring::Barred, Extent::Distinct) => '-',
        (Barring::None, Extent::Wildcarded) => '*',
        (Barring::Barred, Extent::Wildcarded) => '/',
    }
}

const SHOWN: char = mark(Barring::None, Extent::Distinct);
const SHOWN_WILDCARD: char = mark(Barring::None, Extent::Wildcarded);
const BARRED: char = mark(Barring::Barred, Extent::Distinct);

impl Identities {
    /// Those of `identities`, in their order.
    pub(crate) fn new<'a>(identities: impl Iterator<Item = (&'a str, Barring, Extent)>) -> Self {
        let mut text = String::new();
        for (identity, barring, extent) in identities {
            text.push(mark(barring, extent));
            let canonical = canonical(identity);
            text.extend(canonical.chars().filter(|c| !c.is_control()));
            if let Cow::Owned(_) = canonical {
                text.push('\t');
                text.extend(identity.chars().filter(|c| !c.is_control()));
            }
            text.push('\n');
        }
        Self(text.into())
    }

    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            // A mark and a line feed are one octet.
            let end = memchr(b'\n', rest.as_bytes())?;
            let mark = char::from(*rest.as_bytes().first()?);
            let text = rest.get(1..end)?;
            rest = rest.get(end + 1..)?;
            Some(Line { mark, text })
        })
    }

    /// Those that are not barred, distinct or wildcarded, the default one first (TS 24.229 §5.4.1.2.2F), as the HSS
    /// writes them.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &str> {
        self.lines()
            .filter(|line| [SHOWN, SHOWN_WILDCARD].contains(&line.mark))
            .map(|line| line.parts().1)
    }

    /// The identity that stands for the set at the HSS; a barred one or a wildcard where there is no other.
    pub(crate) fn first(&self) -> Option<&str> {
        let marked = |wanted: char| self.lines().find(move |line| line.mark == wanted);
        let first = marked(SHOWN)
            .or_else(|| marked(BARRED))
            .or_else(|| self.lines().next());
        first.map(|line| line.parts().0)
    }

    /// Every one, barred or not.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.lines().map(|line| line.parts().0)
    }

    /// Whether `impu`, in canonical form, is one of them, or matches one that is a wildcard.
    pub(crate) fn has(&self, impu: &str, wildcards: &Wildcards) -> bool {
        let is_wildcard = |mark: char| ![SHOWN, BARRED].contains(&mark);
        self.lines().any(|line| line.is(impu))
            || self
                .lines()
                .any(|line| is_wildcard(line.mark) && wildcards.covers(line.parts().0, impu))
    }
}

/// One identity.
struct Line<'a> {
    mark: char,
    text: &'a str,
}

impl<'a> Line<'a> {
    /// The identity in canonical form, and as the HSS writes it.
    fn parts(&self) -> (&'a str, &'a str) {
        match memchr(b'\t', self.text.as_bytes()) {
            Some(at) => (&self.text[..at], &self.text[at + 1..]),
            None => (self.text, self.text),
        }
    }

    /// Whether it is `impu` in canonical form.
    fn is(&self, impu: &str) -> bool {
        let behind = self.text.strip_prefix(impu);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('\t'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(identities: &[(&str, Barring, Extent)]) -> Identities {
        Identities::new(identities.iter().copied())
    }

    #[test]
    fn barred_ones_belong_and_are_not_shown() {
        let wildcards = Wildcards::default();
        let set = set(&[
            ("sip:barred@h", Barring::Barred, Extent::Distinct),
            ("sip:a@h", Barring::None, Extent::Distinct),
            ("tel:+15551", Barring::None, Extent::Distinct),
            ("sip:no!.*!@h", Barring::Barred, Extent::Wildcarded),
        ]);
        assert_eq!(set.shown().collect::<Vec<_>>(), ["sip:a@h", "tel:+15551"]);
        assert_eq!(set.first(), Some("sip:a@h"));
        assert!(
            set.has("sip:barred@h", &wildcards)
                && set.has("tel:+15551", &wildcards)
                && !set.has("sip:b@h", &wildcards)
        );
        assert!(set.has("sip:no-1@h", &wildcards));
    }

    #[test]
    fn rfc3261_10_3_an_identity_is_one_however_the_hss_writes_it() {
        let wildcards = Wildcards::default();
        let set = set(&[
            (
                "sip:+15551@HOME.example;user=phone",
                Barring::None,
                Extent::Distinct,
            ),
            ("tel:+1-555-2", Barring::None, Extent::Distinct),
            ("SIP:%62@h:5060", Barring::Barred, Extent::Distinct),
        ]);
        assert_eq!(
            set.shown().collect::<Vec<_>>(),
            ["sip:+15551@HOME.example;user=phone", "tel:+1-555-2"]
        );
        assert_eq!(
            set.all().collect::<Vec<_>>(),
            ["sip:+15551@home.example", "tel:+15552", "sip:b@h"]
        );
        assert_eq!(set.first(), Some("sip:+15551@home.example"));
        for impu in ["sip:+15551@home.example", "tel:+15552", "sip:b@h"] {
            assert!(set.has(impu, &wildcards), "{impu}");
        }
    }

    #[test]
    fn ts23003_13_5_a_wildcard_is_matched_as_a_whole() {
        let wildcards = Wildcards::default();
        let set = set(&[(
            "sip:pbx-!0[0-9]{3}|9.*!@h",
            Barring::None,
            Extent::Wildcarded,
        )]);
        for (impu, is_member) in [
            ("sip:pbx-0123@h", true),
            ("sip:pbx-9@h", true),
            ("sip:pbx-012@h", false),
            ("sip:pbx-0123@other", false),
            ("sip:pbx-01234@h", false),
            ("sip:pbx-!0[0-9]{3}|9.*!@h", true),
        ] {
            assert_eq!(set.has(impu, &wildcards), is_member, "{impu}");
        }
    }

    #[test]
    fn what_is_no_wildcard_matches_nothing() {
        let wildcards = Wildcards::default();
        let set = set(&[
            ("sip:!(!@h", Barring::None, Extent::Wildcarded),
            ("sip:!a{9999}{9999}!@h", Barring::None, Extent::Wildcarded),
            ("sip:!.*!@h", Barring::None, Extent::Distinct),
        ]);
        assert!(!set.has("sip:(@h", &wildcards) && !set.has("sip:a@h", &wildcards));
    }
}
