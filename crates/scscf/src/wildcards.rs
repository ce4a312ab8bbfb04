//! The wildcards of the shard's users, compiled: many users have the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use user_profile::{Wildcard, WildcardParts};

/// Most wildcards that are kept compiled; one more, and one that was not used lately goes.
pub const MAX_COMPILED: usize = 256;

/// Wildcards, each compiled once.
#[derive(Debug, Default)]
pub(crate) struct Wildcards(RefCell<Compiled>);

#[derive(Debug, Default)]
struct Compiled {
    by_text: BTreeMap<Rc<str>, Kept>,
    /// Which goes next: the oldest that was not used since it was here last.
    line: VecDeque<Rc<str>>,
}

#[derive(Debug)]
struct Kept {
    /// `None` for what is no wildcard.
    wildcard: Option<Wildcard>,
    /// Since it was put in the line.
    used: bool,
}

impl Wildcards {
    /// Whether `impu` is a member of `wildcard`; what around the expression differs is not compiled.
    pub(crate) fn covers(&self, wildcard: &str, impu: &str) -> bool {
        let frames = |parts: WildcardParts<'_>| {
            impu.starts_with(parts.before) && impu.ends_with(parts.after)
        };
        WildcardParts::of(wildcard).is_some_and(frames)
            && self.0.borrow_mut().matches(wildcard, impu)
    }
}

impl Compiled {
    fn matches(&mut self, wildcard: &str, impu: &str) -> bool {
        if let Some(kept) = self.by_text.get_mut(wildcard) {
            kept.used = true;
            return kept.matches(impu);
        }
        self.make_room();
        let kept = Kept {
            wildcard: Wildcard::parse(wildcard).ok(),
            used: false,
        };
        let matches = kept.matches(impu);
        let text: Rc<str> = wildcard.into();
        self.line.push_back(Rc::clone(&text));
        self.by_text.insert(text, kept);
        matches
    }

    /// A use spares a wildcard once: there are no more steps here than there were uses.
    fn make_room(&mut self) {
        while self.by_text.len() >= MAX_COMPILED {
            let Some(oldest) = self.line.pop_front() else {
                return;
            };
            match self.by_text.get_mut(&oldest) {
                Some(kept) if kept.used => {
                    kept.used = false;
                    self.line.push_back(oldest);
                }
                _ => {
                    self.by_text.remove(&oldest);
                }
            }
        }
    }
}

impl Kept {
    fn matches(&self, impu: &str) -> bool {
        let wildcard = self.wildcard.as_ref();
        wildcard.is_some_and(|wildcard| wildcard.matches(impu))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wildcard(n: usize) -> String {
        format!("sip:{n}-![0-9]!@h")
    }

    #[test]
    fn each_wildcard_is_compiled_once_and_no_more_are_kept_than_may_be() {
        let wildcards = Wildcards::default();
        let kept = || {
            let compiled = wildcards.0.borrow();
            assert_eq!(compiled.by_text.len(), compiled.line.len());
            compiled.line.len()
        };
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

    #[test]
    fn where_a_few_more_are_in_use_than_may_be_most_stay_and_those_in_constant_use_always() {
        let wildcards = Wildcards::default();
        let compiles = |n: usize| {
            let before = wildcards.0.borrow().by_text.contains_key(&*wildcard(n));
            assert!(wildcards.covers(&wildcard(n), &format!("sip:{n}-7@h")));
            usize::from(!before)
        };
        let (mut chance, mut constant, mut others) = (1_u32, 0, 0);
        for _ in 0..10_000 {
            constant += compiles(0);
            // Any order without a pattern.
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            others += compiles(1 + (chance >> 16) as usize % 300);
        }
        assert_eq!(constant, 1);
        // Of 300 there is no room for 45.
        assert!(others < 2_000, "{others}");
    }
}
