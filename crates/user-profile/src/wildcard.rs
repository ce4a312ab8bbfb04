//! Wildcarded public identities (TS 23.003 §13.4A, §13.5): an extended regular expression between two `!`, in the user
//! part of a SIP URI or in the number of a tel URI.

use thiserror::Error;

use crate::extended_regex::{Anchoring, ExpressionError, ExtendedRegex};

/// A wildcarded identity that can be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    before: String,
    expression: ExtendedRegex,
    after: String,
}

/// Where the expression stands in a wildcarded identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WildcardParts<'a> {
    /// What its every member begins with.
    pub before: &'a str,
    /// Between the outer pair of `!`.
    pub expression: &'a str,
    /// What its every member ends with.
    pub after: &'a str,
}

/// Why a text is no wildcarded identity.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum WildcardError {
    /// There are no two `!` where they may stand.
    #[error("has no expression between two `!` in its user part or number")]
    NoExpression,
    /// The expression cannot be used.
    #[error("has an expression that {0}")]
    Expression(#[from] ExpressionError),
}

impl<'a> WildcardParts<'a> {
    /// The parts of `identity`; none where no expression is marked in it.
    ///
    /// Where there are more than two `!` the outer ones are the marks.
    pub fn of(identity: &'a str) -> Option<Self> {
        let (scheme, rest) = identity.split_once(':')?;
        let user = match scheme {
            "tel" => rest,
            "sip" | "sips" => rest.rsplit_once('@')?.0,
            _ => return None,
        };
        let begin = scheme.len() + 1 + user.find('!')?;
        let end = scheme.len() + 1 + user.rfind('!')?;
        (begin < end).then(|| Self {
            before: &identity[..begin],
            expression: &identity[begin + 1..end],
            after: &identity[end + 1..],
        })
    }
}

impl Wildcard {
    /// Reads a wildcarded identity.
    ///
    /// # Errors
    /// [`WildcardError`].
    pub fn parse(identity: &str) -> Result<Self, WildcardError> {
        let parts = WildcardParts::of(identity).ok_or(WildcardError::NoExpression)?;
        Ok(Self {
            expression: ExtendedRegex::parse(parts.expression, Anchoring::Whole)?,
            before: parts.before.to_owned(),
            after: parts.after.to_owned(),
        })
    }

    /// Whether `identity` is a member. A `!` in `identity` marks nothing.
    pub fn matches(&self, identity: &str) -> bool {
        // What is around the expression is no part of it, and cheap to compare first.
        identity
            .strip_prefix(self.before.as_str())
            .and_then(|rest| rest.strip_suffix(self.after.as_str()))
            .is_some_and(|middle| self.expression.matches(middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wildcard(identity: &str) -> Wildcard {
        Wildcard::parse(identity).unwrap()
    }

    /// The clause's own example.
    #[test]
    fn ts23003_13_5_members_of_the_chat_list() {
        let list = wildcard("sip:chatlist!.*!@example.com");
        for member in ["1", "2", "42", "AbC", "!1"] {
            assert!(
                list.matches(&format!("sip:chatlist{member}@example.com")),
                "{member}"
            );
        }
        for other in [
            "sip:chatlis@example.com",
            "sip:chatlist1@example.org",
            "sips:chatlist1@example.com",
            "sip:a-chatlist1@example.com",
        ] {
            assert!(!list.matches(other), "{other}");
        }
    }

    #[test]
    fn ts23003_13_5_the_outer_pair_marks_the_expression() {
        let parts = WildcardParts::of("sip:a![!b]!!c@h").unwrap();
        assert_eq!(
            (parts.before, parts.expression, parts.after),
            ("sip:a", "[!b]!", "c@h")
        );
        assert!(wildcard("sip:a![!b]!!c@h").matches("sip:ab!c@h"));
        let number = wildcard("tel:+1555!0[0-9]{3}!");
        assert!(number.matches("tel:+15550123") && !number.matches("tel:+155501234"));
        assert!(!wildcard("sip:!0[0-9]{3}|9.*!@h").matches("sip:01234@h"));
    }

    #[test]
    fn what_marks_no_expression() {
        for identity in [
            "sip:alice@h",
            "sip:a!b@h",
            "sip:a@h!x!",
            "sip:!h!",
            "urn:!.*!",
            "!.*!",
        ] {
            assert_eq!(
                Wildcard::parse(identity),
                Err(WildcardError::NoExpression),
                "{identity}"
            );
        }
        for identity in ["sip:!!@h", "sip:!(!@h", "sip:!a{9999}!@h"] {
            let refused = Wildcard::parse(identity);
            assert!(
                matches!(refused, Err(WildcardError::Expression(_))),
                "{identity}"
            );
        }
    }
}
