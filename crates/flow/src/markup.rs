//! Text off the wire, made safe for XML and HTML.

use crate::escape::{self, Charset};

/// `text` as the content of an element or the value of a quoted attribute: of it nothing is markup, nothing steers or
/// reorders, and every character is one that XML 1.0 §2.2 allows.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in escape::escaped(text, Charset::Unicode).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            escaped("<a b=\"c\" d='e'>&amp;\u{1}\u{202e}\u{ffff}漢</a>"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;\\x01\\u{202e}\u{fffd}漢&lt;/a&gt;"
        );
    }
}
