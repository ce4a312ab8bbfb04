//! Diameter dictionaries in the notation of RFC 6733.

use std::sync::LazyLock;

use diameter_abnf::Dictionary;

const BASE: &str = include_str!("../../crates/diameter-codec/dictionaries/base.dia");

static KNOWN: LazyLock<[Dictionary; 1]> =
    LazyLock::new(|| [Dictionary::read(BASE, &[]).expect("the base dictionary is readable")]);

/// The text of a dictionary that may import the base protocol's.
pub fn dictionary(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    match Dictionary::read(text, KNOWN.as_slice()) {
        Ok(read) => {
            let written = read.notation(KNOWN.as_slice());
            let again = Dictionary::read(&written, KNOWN.as_slice());
            assert_eq!(again.as_ref(), Ok(&read), "{written}");
            // Rust can be made of whatever was read, and the same each time.
            let source = diameter_abnf::rust::source(&read, KNOWN.as_slice());
            assert_eq!(source, diameter_abnf::rust::source(&read, KNOWN.as_slice()));
        }
        Err(error) => {
            assert!(
                (1..=text.matches('\n').count() + 1).contains(&error.line),
                "{error}"
            );
            assert!(error.column >= 1 && !error.problem.is_empty(), "{error}");
        }
    }
}
