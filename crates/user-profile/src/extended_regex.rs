//! POSIX extended regular expressions (IEEE 1003.1-2004, chapter 9.4), which 3GPP's identities and criteria are
//! written in.
//!
//! What the standard leaves undefined is refused, and not taken for what it means elsewhere: `a*?` is no lazy `a*`,
//! and `\d` no digit.

use std::fmt::{self, Write};

use regex::{Regex, RegexBuilder};
use thiserror::Error;

/// Longest expression, in octets.
pub const MAX_EXPRESSION: usize = 1024;
/// Most octets that a compiled expression may take.
pub const MAX_COMPILED: usize = 1 << 16;
/// RE_DUP_MAX: most repetitions in an interval expression.
pub const MAX_REPETITIONS: u16 = 255;

/// An expression that can be matched, in time linear in the text.
#[derive(Clone)]
pub struct ExtendedRegex {
    text: String,
    compiled: Regex,
}

/// Why a text is no extended regular expression.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum ExpressionError {
    /// More octets than [`MAX_EXPRESSION`].
    #[error("is longer than {MAX_EXPRESSION} octets")]
    TooLong,
    /// More than [`MAX_COMPILED`] when it is compiled.
    #[error("takes more than {MAX_COMPILED} octets when compiled")]
    TooLarge,
    /// Something is wrong at a character.
    #[error("{problem}, at character {position}")]
    At {
        /// From one on.
        position: usize,
        /// What is wrong.
        problem: &'static str,
    },
}

/// Whether a match may begin and end anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchoring {
    /// It may, as in filter criteria.
    Anywhere,
    /// It is the whole text, as in wildcarded identities.
    Whole,
}

impl ExtendedRegex {
    /// Reads `text`.
    ///
    /// # Errors
    /// [`ExpressionError`].
    pub fn parse(text: &str, anchoring: Anchoring) -> Result<Self, ExpressionError> {
        if text.len() > MAX_EXPRESSION {
            return Err(ExpressionError::TooLong);
        }
        let mut translation = Translation {
            characters: text.chars().collect(),
            at: 0,
            depth: 0,
            out: String::with_capacity(text.len() + 8),
        };
        translation.alternatives()?;
        let translated = match anchoring {
            Anchoring::Anywhere => translation.out,
            Anchoring::Whole => format!("^(?:{})$", translation.out),
        };
        let compiled = RegexBuilder::new(&translated)
            .size_limit(MAX_COMPILED)
            .dot_matches_new_line(true)
            .build()
            .map_err(|_| ExpressionError::TooLarge)?;
        Ok(Self {
            text: text.to_owned(),
            compiled,
        })
    }

    /// Whether `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ExtendedRegex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ExtendedRegex({:?})", self.text)
    }
}

impl PartialEq for ExtendedRegex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.compiled.as_str() == other.compiled.as_str()
    }
}

impl Eq for ExtendedRegex {}

/// Deepest nesting of groups.
const MAX_NESTING: usize = 32;

/// The same expression in the syntax of the crate that matches it.
struct Translation {
    characters: Vec<char>,
    at: usize,
    depth: usize,
    out: String,
}

impl Translation {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn fault<T>(&self, problem: &'static str) -> Result<T, ExpressionError> {
        let position = self.at.max(1);
        Err(ExpressionError::At { position, problem })
    }

    fn literal(&mut self, character: char) {
        // Punctuation may be escaped there but for these two, which are edges of words then; nothing else need be.
        if character.is_ascii_punctuation() && !['<', '>'].contains(&character) {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    /// extended_reg_exp: branches with `|` between them, to the end or to the `)` of a group.
    fn alternatives(&mut self) -> Result<(), ExpressionError> {
        loop {
            let mut empty = true;
            while let Some(next) = self.peek() {
                if next == '|' || (next == ')' && self.depth > 0) {
                    break;
                }
                self.expression()?;
                empty = false;
            }
            if empty {
                return self.fault("there is nothing before or after a `|`, or in an expression");
            }
            if self.peek() != Some('|') {
                return Ok(());
            }
            self.at += 1;
            self.out.push('|');
        }
    }

    /// ERE_expression: one of something, and how often.
    fn expression(&mut self) -> Result<(), ExpressionError> {
        match self.next() {
            Some('(') => self.group()?,
            Some('[') => self.bracket()?,
            Some('.') => self.out.push('.'),
            Some(anchor @ ('^' | '$')) => {
                self.out.push(anchor);
                return match self.peek() {
                    Some('*' | '+' | '?' | '{') => {
                        self.at += 1;
                        self.fault("an anchor cannot be repeated")
                    }
                    _ => Ok(()),
                };
            }
            Some('*' | '+' | '?' | '{') => return self.fault("there is nothing to repeat"),
            Some('\\') => match self.next() {
                Some(escaped) if escaped.is_ascii_punctuation() => self.literal(escaped),
                Some(_) => {
                    return self.fault("`\\` before a letter or digit means nothing here");
                }
                None => return self.fault("ends with `\\`"),
            },
            Some(character) => self.literal(character),
            None => return self.fault("is empty"),
        }
        self.repetition()
    }

    fn repetition(&mut self) -> Result<(), ExpressionError> {
        match self.peek() {
            Some(often @ ('*' | '+' | '?')) => {
                self.at += 1;
                self.out.push(often);
            }
            Some('{') => {
                self.at += 1;
                self.interval()?;
            }
            _ => return Ok(()),
        }
        match self.peek() {
            Some('*' | '+' | '?' | '{') => {
                self.at += 1;
                self.fault("is repeated twice: write a group")
            }
            _ => Ok(()),
        }
    }

    fn group(&mut self) -> Result<(), ExpressionError> {
        if self.depth == MAX_NESTING {
            return self.fault("groups are nested too deep");
        }
        self.depth += 1;
        self.out.push_str("(?:");
        self.alternatives()?;
        if self.next() != Some(')') {
            return self.fault("a group has no `)`");
        }
        self.out.push(')');
        self.depth -= 1;
        Ok(())
    }

    /// `{m}`, `{m,}`, `{m,n}`, behind the brace.
    fn interval(&mut self) -> Result<(), ExpressionError> {
        let Some(least) = self.number() else {
            return self.fault("`{` needs a number");
        };
        let mut most = Some(least);
        if self.peek() == Some(',') {
            self.at += 1;
            most = self.number();
        }
        if self.next() != Some('}') {
            return self.fault("`{` needs one or two numbers and `}`");
        }
        if least.max(most.unwrap_or(0)) > MAX_REPETITIONS {
            return self.fault("more than 255 repetitions");
        }
        let written = match most {
            Some(most) if most < least => return self.fault("at most less than at least"),
            Some(most) => write!(self.out, "{{{least},{most}}}"),
            None => write!(self.out, "{{{least},}}"),
        };
        written.expect("a string takes everything");
        Ok(())
    }

    fn number(&mut self) -> Option<u16> {
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            self.at += 1;
            let before: u16 = number.unwrap_or(0);
            number = Some(before.saturating_mul(10).saturating_add(digit as u16));
        }
        number
    }

    /// A bracket expression, behind `[`: `\` is as any other character in it.
    fn bracket(&mut self) -> Result<(), ExpressionError> {
        self.out.push('[');
        if self.peek() == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let first = self.at;
        loop {
            let from = match self.next() {
                None => return self.fault("`[` has no `]`"),
                Some(']') if self.at - 1 > first => break,
                Some('[') if self.peek() == Some(':') => {
                    self.class()?;
                    continue;
                }
                Some('[') if matches!(self.peek(), Some('.' | '=')) => self.collating()?,
                Some(character) => character,
            };
            self.literal(from);
            let is_range = self.peek() == Some('-')
                && !matches!(self.characters.get(self.at + 1), Some(']') | None);
            if !is_range {
                continue;
            }
            self.at += 1;
            let to = match self.next() {
                Some('[') if matches!(self.peek(), Some('.' | '=')) => self.collating()?,
                Some('[') if self.peek() == Some(':') => {
                    return self.fault("a range ends with a class");
                }
                Some(to) => to,
                None => return self.fault("`[` has no `]`"),
            };
            if to < from {
                return self.fault("a range ends before it begins");
            }
            self.out.push('-');
            self.literal(to);
        }
        self.out.push(']');
        Ok(())
    }

    /// A character class, behind `[`.
    fn class(&mut self) -> Result<(), ExpressionError> {
        let rest: String = self.characters[self.at..].iter().take(10).collect();
        let known = [
            ":alnum:]",
            ":alpha:]",
            ":blank:]",
            ":cntrl:]",
            ":digit:]",
            ":graph:]",
            ":lower:]",
            ":print:]",
            ":punct:]",
            ":space:]",
            ":upper:]",
            ":xdigit:]",
        ];
        let Some(name) = known.iter().find(|name| rest.starts_with(**name)) else {
            return self.fault("such a character class is not known");
        };
        self.at += name.len();
        self.out.push('[');
        self.out.push_str(name);
        Ok(())
    }

    /// `[.x.]` or `[=x=]` of one character, behind `[`.
    fn collating(&mut self) -> Result<char, ExpressionError> {
        let mark = self.next();
        let character = self.next();
        let closed = self.next() == mark && self.next() == Some(']');
        match character {
            Some(character) if closed => Ok(character),
            _ => self.fault("a collating element is one character"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> ExtendedRegex {
        ExtendedRegex::parse(text, Anchoring::Whole)
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn ieee1003_1_9_4_what_is_matched() {
        for (expression, matched, not) in [
            (".*", &["", "a", "!1"][..], &[][..]),
            ("0[0-9]{3}|9.+", &["0123", "91"], &["012", "9", "01234"]),
            ("(ab){2,3}", &["abab", "ababab"], &["ab", "abababab", "abb"]),
            ("a{2,}", &["aa", "aaa"], &["a"]),
            ("[]a-c-]+", &["]", "b-", "a]c"], &["d", "["]),
            ("[^]a]", &["b", "["], &["]", "a"]),
            // In brackets `\` and what is special elsewhere are themselves.
            (r"[\d.]", &["\\", "d", "."], &["1"]),
            ("[a&&b~~c-]", &["&", "~", "-", "a"], &["d"]),
            ("[[:digit:]x]", &["7", "x"], &[":", "d"]),
            ("[[.-.][=a=]]", &["-", "a"], &["=", "."]),
            (r"\.\*\@", &[".*@"], &["a*@"]),
            ("a|b|cd", &["a", "b", "cd"], &["c", "acd"]),
            ("^a$", &["a"], &["aa"]),
            ("a#b c", &["a#b c"], &["ab"]),
            (r"<[<>]\>", &["<<>", "<>>"], &["", "<"]),
            ("x)", &["x)"], &["x"]),
            ("a}", &["a}"], &["a"]),
        ] {
            let compiled = whole(expression);
            for text in matched {
                assert!(compiled.matches(text), "{expression} {text}");
            }
            for text in not {
                assert!(!compiled.matches(text), "{expression} {text}");
            }
        }
        let anywhere = ExtendedRegex::parse("b+", Anchoring::Anywhere).unwrap();
        assert!(anywhere.matches("abbc") && !anywhere.matches("ac"));
    }

    #[test]
    fn what_is_undefined_is_refused_with_its_place() {
        for (expression, position) in [
            ("", 1),
            ("*a", 1),
            ("a**", 3),
            ("a*?", 3),
            ("a|", 2),
            ("()", 1),
            ("(a", 2),
            ("[a", 2),
            ("[b-a]", 4),
            ("[[:word:]]", 2),
            (r"\d", 2),
            ("a\\", 2),
            ("a{", 2),
            ("a{,3}", 2),
            ("a{3,2}", 6),
            ("a{256}", 6),
            ("^*", 2),
        ] {
            let error = ExtendedRegex::parse(expression, Anchoring::Whole).unwrap_err();
            let ExpressionError::At { position: at, .. } = error else {
                panic!("{expression}: {error}");
            };
            assert_eq!(at, position, "{expression}: {error}");
        }
        let nested = format!("{}a{}", "(".repeat(33), ")".repeat(33));
        assert!(ExtendedRegex::parse(&nested, Anchoring::Whole).is_err());
        let long = "a".repeat(MAX_EXPRESSION + 1);
        for (expression, error) in [
            (long.as_str(), ExpressionError::TooLong),
            ("(a{255}){255}", ExpressionError::TooLarge),
        ] {
            let refused = ExtendedRegex::parse(expression, Anchoring::Whole);
            assert_eq!(refused, Err(error));
        }
    }
}
