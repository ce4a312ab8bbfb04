//! Escapes in URIs: `%` and two hexadecimal digits (RFC 3261 §19.1.2, RFC 3986 §2.1).

use std::borrow::Cow;

use crate::error::UriError;

/// Characters that may stand unescaped in one part of a URI.
pub(crate) struct Allowed([bool; 256]);

impl Allowed {
    /// Letters, digits and `others`.
    const fn with(others: &[u8]) -> Allowed {
        let mut table = [false; 256];
        let mut octet = 0;
        while octet < 128 {
            table[octet] = (octet as u8).is_ascii_alphanumeric();
            octet += 1;
        }
        let mut at = 0;
        while at < others.len() {
            table[others[at] as usize] = true;
            at += 1;
        }
        Allowed(table)
    }

    pub(crate) fn has(&self, octet: u8) -> bool {
        self.0[usize::from(octet)]
    }
}

/// `user`: unreserved and user-unreserved.
pub(crate) static USER: Allowed = Allowed::with(b"-_.!~*'()&=+$,;?/");
/// `password`.
pub(crate) static PASSWORD: Allowed = Allowed::with(b"-_.!~*'()&=+$,");
/// `uri-parameters`: unreserved and param-unreserved, with the separators.
pub(crate) static PARAMETERS: Allowed = Allowed::with(b"-_.!~*'()[]/:&+$;=");
/// `headers` after the `?`: unreserved and hnv-unreserved, with the separators.
pub(crate) static HEADERS: Allowed = Allowed::with(b"-_.!~*'()[]/?:+$&=");

/// How many `allowed` characters `text` begins with; escapes do not count.
pub(crate) fn plain(text: &str, allowed: &Allowed) -> usize {
    text.bytes().take_while(|octet| allowed.has(*octet)).count()
}

/// Checks that `text` has only `allowed` characters and whole escapes.
pub(crate) fn check(text: &str, allowed: &Allowed) -> Result<(), UriError> {
    let octets = text.as_bytes();
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        if allowed.has(octet) {
            at += 1;
        } else if octet == b'%' {
            hex_pair(&octets[at..]).ok_or(UriError::Escape)?;
            at += 3;
        } else {
            return Err(UriError::Character);
        }
    }
    Ok(())
}

/// The octet that `%xx` at the start of `octets` stands for.
fn hex_pair(octets: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*octets.get(at)?).to_digit(16);
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

/// The octets of `text` with each escape as the octet that it stands for, and whether it was one.
pub(crate) fn octets(text: &str) -> impl Iterator<Item = (u8, bool)> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let (&first, tail) = rest.split_first()?;
        if first == b'%'
            && let Some(octet) = hex_pair(rest)
        {
            rest = &rest[3..];
            return Some((octet, true));
        }
        rest = tail;
        Some((first, false))
    })
}

/// `text` without escapes; octets that make no UTF-8 become U+FFFD. Borrowed if there is no escape.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let decoded: Vec<u8> = octets(text).map(|(octet, _)| octet).collect();
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

/// `text` as the user part of a SIP URI: what must not stand there is escaped.
pub fn escape_user(text: &str) -> Cow<'_, str> {
    let plain = |octet: u8| USER.has(octet);
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for octet in text.bytes() {
        if plain(octet) {
            escaped.push(char::from(octet));
        } else {
            push(&mut escaped, octet);
        }
    }
    Cow::Owned(escaped)
}

/// Writes `octet` as an escape.
pub(crate) fn push(text: &mut String, octet: u8) {
    text.push('%');
    for half in [octet >> 4, octet & 15] {
        text.push(char::from(b"0123456789ABCDEF"[usize::from(half)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_both_ways() {
        // RFC 4475 §3.1.1.3.
        assert_eq!(decode("sips%3Auser%40example.com"), "sips:user@example.com");
        assert_eq!(
            escape_user("sips:user@example.com"),
            "sips%3Auser%40example.com"
        );
        assert_eq!(decode("null-%00-null"), "null-\0-null");
        assert_eq!(decode("%FF"), "\u{FFFD}");
        assert_eq!(decode("50%"), "50%");
        assert!(matches!(escape_user("alice+1;x"), Cow::Borrowed(_)));
        assert_eq!(decode(&escape_user("jörg %?")), "jörg %?");
    }

    #[test]
    fn whole_escapes_only() {
        assert_eq!(check("a%4", &USER), Err(UriError::Escape));
        assert_eq!(check("a%4g", &USER), Err(UriError::Escape));
        assert_eq!(check("a b", &USER), Err(UriError::Character));
        assert_eq!(check("é", &USER), Err(UriError::Character));
        assert_eq!(check("a%00z", &USER), Ok(()));
    }
}
