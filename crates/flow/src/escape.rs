//! Text from the wire, made safe for a terminal.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// All of Unicode.
    Unicode,
    /// Only ASCII; all else is shown by its number.
    Ascii,
}

/// `text` with every character that could move the cursor, change the colour or reorder the line written as
/// its number.
///
/// A character is shown as it is only if it takes a place of its own: so control characters, the joiners, marks and
/// direction overrides of Unicode are all written out.
#[must_use]
pub fn escaped(text: &str, charset: Charset) -> String {
    if is_printable(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_plain(character, charset) {
            out.push(character);
        } else {
            escape_into(&mut out, character);
        }
    }
    out
}

/// Octets that may be anything, as text: what is not UTF-8 is written as hexadecimal.
#[must_use]
pub fn escaped_octets(octets: &[u8], charset: Charset) -> String {
    let mut out = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        out.push_str(&escaped(chunk.valid(), charset));
        for octet in chunk.invalid() {
            write!(out, "\\x{octet:02x}").expect("a String takes all");
        }
    }
    out
}

/// How many columns of a terminal escaped text takes.
#[must_use]
pub fn columns(text: &str) -> usize {
    if is_printable(text) {
        return text.len();
    }
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The first `columns` columns of escaped text; a wide character that would stick out is left off.
#[must_use]
pub fn first_columns(text: &str, columns: usize) -> &str {
    if is_printable(text) {
        return &text[..columns.min(text.len())];
    }
    let mut taken = 0;
    for (at, character) in text.char_indices() {
        taken += character.width().unwrap_or(0);
        if taken > columns {
            return &text[..at];
        }
    }
    text
}

/// Whether all of it is printable ASCII, as nearly everything is: each octet is a character of one column.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|octet| matches!(octet, b' '..=b'~'))
}

/// Whether a character takes a place of its own and steers nothing.
pub(crate) fn is_plain(character: char, charset: Charset) -> bool {
    match charset {
        Charset::Ascii => matches!(character, ' '..='~'),
        // The line and paragraph separators have a width and still end a line.
        Charset::Unicode => {
            character.width().is_some_and(|width| width > 0)
                && !matches!(character, '\u{2028}' | '\u{2029}')
        }
    }
}

fn escape_into(out: &mut String, character: char) {
    match character {
        '\r' => out.push_str("\\r"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{ff}' => {
            write!(out, "\\x{:02x}", u32::from(character)).expect("a String takes all")
        }
        _ => write!(out, "\\u{{{:x}}}", u32::from(character)).expect("a String takes all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_passes() {
        let hostile = "a\x1b[2J\r\n\tb\u{7f}\u{9b}c\u{202e}d\u{200b}e\u{2028}f\u{300}g";
        let shown = escaped(hostile, Charset::Unicode);
        assert_eq!(
            shown,
            "a\\x1b[2J\\r\\n\\tb\\x7f\\x9bc\\u{202e}d\\u{200b}e\\u{2028}f\\u{300}g"
        );
        assert_eq!(columns(&shown), shown.len());
    }

    #[test]
    fn letters_of_every_script_pass_unless_the_locale_is_ascii() {
        assert_eq!(escaped("Zoë 漢", Charset::Unicode), "Zoë 漢");
        assert_eq!(escaped("Zoë 漢", Charset::Ascii), "Zo\\xeb \\u{6f22}");
        assert_eq!(columns("Zoë 漢"), 6);
    }

    #[test]
    fn octets_that_are_not_text_are_shown_as_hexadecimal() {
        assert_eq!(
            escaped_octets(b"OK\xff\xfe\x00!", Charset::Unicode),
            "OK\\xff\\xfe\\x00!"
        );
    }

    #[test]
    fn a_wide_character_is_not_cut_in_two() {
        assert_eq!(first_columns("a漢b", 1), "a");
        assert_eq!(first_columns("a漢b", 2), "a");
        assert_eq!(first_columns("a漢b", 3), "a漢");
        assert_eq!(first_columns("a漢b", 9), "a漢b");
    }
}
