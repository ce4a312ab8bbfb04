//! Octets as lower-case hexadecimal digits, as credentials are written.

use std::fmt::Write;

/// The digits of `octets`.
pub(crate) fn encode(octets: &[u8]) -> String {
    octets.iter().fold(
        String::with_capacity(octets.len() * 2),
        |mut digits, octet| {
            write!(digits, "{octet:02x}").expect("a String takes what is written to it");
            digits
        },
    )
}

/// The octets that `digits` write, where there are just as many.
pub(crate) fn decode<const LENGTH: usize>(digits: &str) -> Option<[u8; LENGTH]> {
    let digits = digits.as_bytes();
    if digits.len() != LENGTH * 2 {
        return None;
    }
    let mut octets = [0; LENGTH];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        let nibble = |digit: u8| char::from(digit).to_digit(16);
        let value = nibble(pair[0])? << 4 | nibble(pair[1])?;
        *octet = u8::try_from(value).ok()?;
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_octets() {
        assert_eq!(encode(&[0, 0x5b, 0xff]), "005bff");
        assert_eq!(decode("005BfF"), Some([0, 0x5b, 0xff]));
        for wrong in ["", "005bf", "005bfff", "005bfg", "00+bff", "00é0"] {
            assert_eq!(decode::<3>(wrong), None, "{wrong}");
        }
    }
}
