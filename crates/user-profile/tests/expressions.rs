//! Extended regular expressions of any sort: read or refused for a reason that is true.

use proptest::prelude::*;
use user_profile::{Anchoring, ExpressionError, ExtendedRegex, Wildcard};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_read_can_be_matched(expression in r"[\[\]().*+?{}|^$\\a-c:=<>&~#/!@, -]{0,14}", text in "[a-c.<>-]{0,6}") {
        for anchoring in [Anchoring::Whole, Anchoring::Anywhere] {
            match ExtendedRegex::parse(&expression, anchoring) {
                Ok(read) => { read.matches(&text); }
                Err(ExpressionError::At { position, .. }) => {
                    prop_assert!(position <= expression.chars().count().max(1) + 1);
                }
                // So short, and no numbers in it: nothing of it is large.
                Err(error) => prop_assert!(false, "{expression}: {error}"),
            }
        }
    }

    #[test]
    fn an_escaped_text_matches_itself_alone(text in "[ -~]{1,20}", other in "[ -~]{1,20}") {
        let escaped: String = text
            .chars()
            .flat_map(|character| character.is_ascii_punctuation().then_some('\\').into_iter().chain([character]))
            .collect();
        let read = ExtendedRegex::parse(&escaped, Anchoring::Whole).unwrap();
        prop_assert!(read.matches(&text));
        prop_assert_eq!(read.matches(&other), text == other);
    }

    #[test]
    fn no_identity_breaks_a_wildcard(identity in "(sip|tel|sips|x):[ -~]{0,30}", member in ".{0,20}") {
        if let Ok(wildcard) = Wildcard::parse(&identity) {
            wildcard.matches(&member);
        }
    }
}
