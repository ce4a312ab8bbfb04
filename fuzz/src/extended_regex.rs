//! POSIX extended regular expressions, in both anchorings.

use user_profile::{Anchoring, ExpressionError, ExtendedRegex};

/// An expression, and after a line end the text that it is tried on.
pub fn extended_regex(octets: &[u8]) {
    let Ok(both) = std::str::from_utf8(octets) else {
        return;
    };
    let (expression, text) = both.split_once('\n').unwrap_or((both, ""));
    let anywhere = ExtendedRegex::parse(expression, Anchoring::Anywhere);
    let whole = ExtendedRegex::parse(expression, Anchoring::Whole);
    let (anywhere, whole) = match (anywhere, whole) {
        (Ok(anywhere), Ok(whole)) => (anywhere, whole),
        // What makes a match the whole takes some octets more.
        (Ok(_), Err(error)) => return assert_eq!(error, ExpressionError::TooLarge),
        (Err(one), other) => return assert_eq!(Err(one), other),
    };
    assert_eq!(
        (anywhere.as_str(), whole.as_str()),
        (expression, expression)
    );
    let (found, is_all) = (anywhere.matches(text), whole.matches(text));
    assert!(
        found || !is_all,
        "{expression:?} is all of {text:?}, and not in it"
    );
    if !closes_itself(expression) {
        return;
    }
    let around = format!(".*({expression}).*");
    if let Ok(around) = ExtendedRegex::parse(&around, Anchoring::Whole) {
        assert_eq!(found, around.matches(text), "{expression:?} in {text:?}");
    }
}

/// Whether no `)` of it, which alone stands for itself, would close a group around it; not all such are told.
fn closes_itself(expression: &str) -> bool {
    let mut open = 0_usize;
    let simple = !expression.contains(['\\', '[']);
    expression.chars().all(|character| match character {
        '(' => {
            open += 1;
            true
        }
        ')' => {
            let closes = simple && open > 0;
            open = open.saturating_sub(1);
            closes
        }
        _ => true,
    })
}
