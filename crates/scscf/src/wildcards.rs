//! The wildcards of the shard's users, compiled: many users have the same.

use std::cell::RefCell;
use std::collections::BTreeMap;

use user_profile::{Wildcard, WildcardParts};

/// Most wildcards that are kept compiled; one more, and all of them are compiled again when they are needed.
pub const MAX_COMPILED: usize = 256;

/// Wildcards, each compiled once.
#[derive(Debug, Default)]
pub(crate) struct Wildcards {
    /// `None` for what is no wildcard.
    compiled: RefCell<BTreeMap<Box<str>, Option<Wildcard>>>,
}

impl Wildcards {
    /// Whether `impu` is a member of `wildcard`; what around the expression differs is not compiled.
    pub(crate) fn covers(&self, wildcard: &str, impu: &str) -> bool {
        let frames = |parts: WildcardParts<'_>| {
            impu.starts_with(parts.before) && impu.ends_with(parts.after)
        };
        WildcardParts::of(wildcard).is_some_and(frames) && self.matches(wildcard, impu)
    }

    fn matches(&self, wildcard: &str, impu: &str) -> bool {
        let mut kept = self.compiled.borrow_mut();
        if !kept.contains_key(wildcard) {
            // Those in use come back.
            if kept.len() >= MAX_COMPILED {
                kept.clear();
            }
            kept.insert(wildcard.into(), Wildcard::parse(wildcard).ok());
        }
        let compiled = kept.get(wildcard).and_then(Option::as_ref);
        compiled.is_some_and(|compiled| compiled.matches(impu))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wildcard_is_compiled_once_and_no_more_are_kept_than_may_be() {
        let wildcards = Wildcards::default();
        let kept = || wildcards.compiled.borrow().len();
        let wildcard = |n: usize| format!("sip:{n}-![0-9]!@h");
        for n in 0..3 * MAX_COMPILED {
            assert!(wildcards.covers(&wildcard(n), &format!("sip:{n}-7@h")));
            assert!(!wildcards.covers(&wildcard(n), &format!("sip:{n}-a@h")));
            assert!((1..=MAX_COMPILED).contains(&kept()));
        }
        let before = kept();
        let last = 3 * MAX_COMPILED - 1;
        assert!(wildcards.covers(&wildcard(last), &format!("sip:{last}-8@h")));
        assert!(!wildcards.covers("sip:other-![0-9]!@h", "sip:a@h"));
        assert_eq!(kept(), before);
    }
}
