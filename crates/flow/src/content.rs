//! What octets are, by what they begin with.

use diameter_codec::{HEADER_LEN, frame_length};
use memchr::memchr;

/// The longest start line of SIP that is looked for, octets.
pub(crate) const MAX_START_LINE: usize = 4_096;

/// The longest method that is looked for, octets.
const MAX_METHOD: usize = 32;

/// RFC 8489 §5, in octets 4 to 7.
const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// Commands below it are RADIUS's (RFC 6733 §11.1).
const LEAST_COMMAND: u32 = 256;

/// What octets look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// A start line (RFC 3261 §7).
    Sip,
    /// A header and that of an AVP (RFC 6733 §3, §4.1).
    Diameter,
    /// A ClientHello or a ServerHello (RFC 8446 §5.1).
    Tls,
    /// Another record of TLS.
    WithinTls,
    /// A message with the magic cookie (RFC 8489 §5).
    Stun,
    /// Nothing that concerns us.
    Other,
    /// May become one of them with more.
    TooShort,
}

/// What a run of octets looks like that begins here.
pub(crate) fn look(octets: &[u8]) -> Look {
    match octets {
        [] => Look::TooShort,
        [0..=0x3f, _, _, _, cookie @ ..] if cookie.starts_with(&STUN_COOKIE) => Look::Stun,
        [0, rest @ ..] if rest.len() < 7 => {
            match STUN_COOKIE.starts_with(rest.get(3..).unwrap_or(&[])) {
                true => Look::TooShort,
                false => Look::Other,
            }
        }
        [1, ..] => diameter(octets),
        [0x14..=0x17, ..] => tls(octets),
        [first, ..] if is_token(*first) => sip(octets),
        _ => Look::Other,
    }
}

/// Whether a line, without its end, is the start line of a SIP message, of whatever version.
pub(crate) fn is_start_line(line: &[u8]) -> bool {
    if has_sip_name(line) {
        let status = line.get(8..11).unwrap_or_default();
        return line.get(7) == Some(&b' ')
            && status.len() == 3
            && status.iter().all(u8::is_ascii_digit);
    }
    let mut parts = line.splitn(2, |octet| *octet == b' ');
    let method = parts.next().unwrap_or_default();
    let version = line.rsplitn(2, |octet| *octet == b' ').next();
    let rest = parts.next().unwrap_or_default();
    is_method(method) && rest.contains(&b' ') && version.is_some_and(has_sip_name)
}

fn sip(octets: &[u8]) -> Look {
    let window = &octets[..octets.len().min(MAX_START_LINE)];
    match memchr(b'\n', window) {
        Some(end) => match is_start_line(window[..end].trim_ascii_end()) {
            true => Look::Sip,
            false => Look::Other,
        },
        None if window.len() == MAX_START_LINE => Look::Other,
        None => {
            let method = window.split(|octet| *octet == b' ').next();
            let is_whole = method.is_some_and(|method| method.len() < window.len());
            let method = method.unwrap_or_default();
            let may_be =
                is_method(method) || has_sip_name(method) || (!is_whole && is_begun(method));
            match may_be {
                true => Look::TooShort,
                false => Look::Other,
            }
        }
    }
}

/// `SIP/2.0` that has not all come.
fn is_begun(octets: &[u8]) -> bool {
    let name = b"SIP/";
    let both = octets.len().min(name.len());
    octets[..both].eq_ignore_ascii_case(&name[..both])
}

/// `SIP/`, in any case (RFC 3261 §7.1).
fn has_sip_name(octets: &[u8]) -> bool {
    octets
        .get(..4)
        .is_some_and(|name| name.eq_ignore_ascii_case(b"SIP/"))
}

fn is_method(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.len() <= MAX_METHOD && octets.iter().copied().all(is_token)
}

/// RFC 3261 §25.1.
fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&octet)
}

/// ```text
/// version 1 | length, 24 bits | R P E T 0 0 0 0 | command, 24 bits | application | hop-by-hop | end-to-end
/// AVP code, 32 bits | V M P 0 0 0 0 0 | length, 24 bits
/// ```
fn diameter(octets: &[u8]) -> Look {
    let length = match frame_length(octets) {
        Ok(Some(length)) => length,
        Ok(None) => return Look::TooShort,
        Err(_) => return Look::Other,
    };
    let number = |at: usize| {
        let octets = octets.get(at..at + 3)?;
        Some(u32::from_be_bytes([0, octets[0], octets[1], octets[2]]))
    };
    if octets.get(4).is_some_and(|flags| flags & 0x0f != 0)
        || number(5).is_some_and(|command| command < LEAST_COMMAND)
    {
        return Look::Other;
    }
    let flags = octets.get(HEADER_LEN + 4);
    let (Some(flags), Some(avp)) = (flags, number(HEADER_LEN + 5)) else {
        return match length < HEADER_LEN + 8 {
            true => Look::Other,
            false => Look::TooShort,
        };
    };
    let least = match flags & 0x80 {
        0 => 8,
        _ => 12,
    };
    match flags & 0x1f == 0 && (least..=length - HEADER_LEN).contains(&(avp as usize)) {
        true => Look::Diameter,
        false => Look::Other,
    }
}

/// ```text
/// 20 to 23 | version 3.0 to 3.4 | length, 16 bits | of a handshake, 22: 1, client hello, or 2, server hello
/// ```
fn tls(octets: &[u8]) -> Look {
    match octets {
        [0x16, 3, 0..=4, _, _, 1 | 2, ..] => Look::Tls,
        [0x16, 3, 0..=4, _, _] => Look::TooShort,
        // RFC 8446 §5.2: a record has up to 2^14 + 256 octets, and in TLS 1.2 up to 2^14 + 2,048.
        [_, 3, 0..=4, 0..=0x47, _, ..] => Look::WithinTls,
        [_] | [_, 3] | [_, 3, 0..=4] | [_, 3, 0..=4, _] => Look::TooShort,
        _ => Look::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A DWR with an Origin-Host (RFC 6733 §5.5.1).
    const DWR: &[u8] = b"\x01\x00\x00\x20\x80\x00\x01\x18\0\0\0\0\0\0\0\x01\0\0\0\x01\
                         \x00\x00\x01\x08\x40\x00\x00\x0bhss\x00";

    #[test]
    fn each_is_known_by_its_first_octets() {
        let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc";
        let binding = b"\x00\x01\x00\x00\x21\x12\xa4\x42123456789012";
        for (octets, expected) in [
            (&b"REGISTER sip:home.example SIP/2.0\r\n"[..], Look::Sip),
            (b"SIP/2.0 200 OK\r\n", Look::Sip),
            (b"sip/2.0 200 \n", Look::Sip),
            (b"NEW-METHOD tel:+1 SIP/7.3\n", Look::Sip),
            (DWR, Look::Diameter),
            (hello, Look::Tls),
            (b"\x17\x03\x03\x00\x20", Look::WithinTls),
            (b"\x16\x03\x03\x00\x20\x0b", Look::WithinTls),
            (binding, Look::Stun),
        ] {
            assert_eq!(look(octets), expected);
            // No beginning of it is taken for another, and it is known as soon as it can be.
            let known = (0..=octets.len()).find(|&end| look(&octets[..end]) != Look::TooShort);
            let known = known.expect("the whole is known");
            assert_eq!(look(&octets[..known]), expected);
            assert!(expected == Look::Sip || known <= 28);
        }
    }

    #[test]
    fn what_is_none_of_them_is_passed_over_at_once() {
        for octets in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"SIP/2.0 OK\r\n",
            b"REGISTER SIP/2.0\r\n",
            b"\x80\x60\x12\x34\x00\x00\x00\xa0",
            b"\x16\xfe\xff\x00\x00",
            b"\x17\x03\x03\x48\x01\x00",
            // Access-Request of RADIUS, identifier 0.
            b"\x01\x00\x00\x38\x0f\x40\x3f\x94",
            &[0; 64],
            &[0xff; 64],
            &[b'A'; MAX_START_LINE],
        ] {
            assert_eq!(look(octets), Look::Other, "{octets:?}");
        }
    }

    #[test]
    fn a_header_that_no_node_writes_is_not_of_diameter() {
        for (place, wrong) in [
            (0, 2),
            (3, 21),
            (3, 24),
            (4, 0x81),
            (24, 0x41),
            (27, 7),
            (27, 13),
        ] {
            let mut octets = DWR.to_vec();
            octets[place] = wrong;
            assert_eq!(look(&octets), Look::Other, "{wrong} at {place}");
        }
        let mut radius = DWR.to_vec();
        radius[6..8].copy_from_slice(&[0, 255]);
        assert_eq!(look(&radius), Look::Other);
    }
}
