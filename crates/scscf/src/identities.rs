//! The public identities of one implicit registration set.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use sip_message::Uri;
use user_profile::{Wildcard, WildcardParts};

/// Most wildcards that are kept compiled; one more, and all of them are compiled again when they are needed.
pub const MAX_COMPILED: usize = 256;

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
        self.0.lines().filter_map(|line| {
            let mut characters = line.chars();
            let mark = characters.next()?;
            let text = characters.as_str();
            let (identity, written) = text.split_once('\t').unwrap_or((text, text));
            Some(Line {
                mark,
                identity,
                written,
            })
        })
    }

    /// Those that are not barred, distinct or wildcarded, the default one first (TS 24.229 §5.4.1.2.2F), as the HSS
    /// writes them.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &str> {
        self.lines()
            .filter(|line| [SHOWN, SHOWN_WILDCARD].contains(&line.mark))
            .map(|line| line.written)
    }

    /// The identity that stands for the set at the HSS; a barred one or a wildcard where there is no other.
    pub(crate) fn first(&self) -> Option<&str> {
        let marked = |wanted: char| self.lines().find(move |line| line.mark == wanted);
        let first = marked(SHOWN)
            .or_else(|| marked(BARRED))
            .or_else(|| self.lines().next());
        first.map(|line| line.identity)
    }

    /// Every one, barred or not.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.lines().map(|line| line.identity)
    }

    /// Whether `impu`, in canonical form, is one of them, or matches one that is a wildcard.
    pub(crate) fn has(&self, impu: &str) -> bool {
        let is_wildcard = |mark: char| ![SHOWN, BARRED].contains(&mark);
        self.all().any(|identity| identity == impu)
            || self
                .lines()
                .any(|line| is_wildcard(line.mark) && covers(line.identity, impu))
    }
}

/// One identity.
struct Line<'a> {
    mark: char,
    /// In canonical form.
    identity: &'a str,
    /// As the HSS writes it.
    written: &'a str,
}

/// Whether `impu` is a member of `wildcard`; what around the expression differs is not compiled.
fn covers(wildcard: &str, impu: &str) -> bool {
    let frames =
        |parts: WildcardParts<'_>| impu.starts_with(parts.before) && impu.ends_with(parts.after);
    WildcardParts::of(wildcard).is_some_and(frames)
        && COMPILED.with_borrow_mut(|compiled| compiled.matches(wildcard, impu))
}

thread_local! {
    /// Of the shard, which is a thread: many users have the same wildcards.
    static COMPILED: RefCell<Compiled> = RefCell::default();
}

/// Wildcards, each compiled once; `None` for what is none.
#[derive(Default)]
struct Compiled(BTreeMap<Box<str>, Option<Wildcard>>);

impl Compiled {
    fn matches(&mut self, wildcard: &str, impu: &str) -> bool {
        if !self.0.contains_key(wildcard) {
            // Those in use come back.
            if self.0.len() >= MAX_COMPILED {
                self.0.clear();
            }
            let compiled = Wildcard::parse(wildcard).ok();
            self.0.insert(wildcard.into(), compiled);
        }
        let compiled = self.0.get(wildcard).and_then(Option::as_ref);
        compiled.is_some_and(|compiled| compiled.matches(impu))
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
        let set = set(&[
            ("sip:barred@h", Barring::Barred, Extent::Distinct),
            ("sip:a@h", Barring::None, Extent::Distinct),
            ("tel:+15551", Barring::None, Extent::Distinct),
            ("sip:no!.*!@h", Barring::Barred, Extent::Wildcarded),
        ]);
        assert_eq!(set.shown().collect::<Vec<_>>(), ["sip:a@h", "tel:+15551"]);
        assert_eq!(set.first(), Some("sip:a@h"));
        assert!(set.has("sip:barred@h") && set.has("tel:+15551") && !set.has("sip:b@h"));
        assert!(set.has("sip:no-1@h"));
    }

    #[test]
    fn rfc3261_10_3_an_identity_is_one_however_the_hss_writes_it() {
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
            assert!(set.has(impu), "{impu}");
        }
    }

    #[test]
    fn ts23003_13_5_a_wildcard_is_matched_as_a_whole() {
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
            assert_eq!(set.has(impu), is_member, "{impu}");
        }
    }

    #[test]
    fn each_wildcard_is_compiled_once_and_no_more_are_kept_than_may_be() {
        let mut compiled = Compiled::default();
        let wildcard = |n: usize| format!("sip:{n}-![0-9]!@h");
        for n in 0..3 * MAX_COMPILED {
            assert!(compiled.matches(&wildcard(n), &format!("sip:{n}-7@h")));
            assert!(!compiled.matches(&wildcard(n), &format!("sip:{n}-a@h")));
            assert!((1..=MAX_COMPILED).contains(&compiled.0.len()));
        }
        let before = compiled.0.len();
        let last = 3 * MAX_COMPILED - 1;
        assert!(compiled.matches(&wildcard(last), &format!("sip:{last}-8@h")));
        assert_eq!(compiled.0.len(), before);
    }

    #[test]
    fn what_is_no_wildcard_matches_nothing() {
        let set = set(&[
            ("sip:!(!@h", Barring::None, Extent::Wildcarded),
            ("sip:!a{9999}{9999}!@h", Barring::None, Extent::Wildcarded),
            ("sip:!.*!@h", Barring::None, Extent::Distinct),
        ]);
        assert!(!set.has("sip:(@h") && !set.has("sip:a@h"));
    }
}
