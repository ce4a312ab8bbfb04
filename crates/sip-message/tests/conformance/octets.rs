//! Messages as the standards print them, made octets.

use bytes::Bytes;

/// The lines of `text`, each ended by CR LF.
pub(crate) fn octets(text: &str) -> Bytes {
    text.replace('\n', "\r\n").into()
}

/// The lines of `head`, an empty line, and `body` as it is.
pub(crate) fn with_body(head: &str, body: Bytes) -> Bytes {
    let mut message = octets(head).to_vec();
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(&body);
    message.into()
}

/// The octets that pairs of hexadecimal digits stand for; white space between them does not count.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).expect("hexadecimal digits"))
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits"))
        .collect()
}
