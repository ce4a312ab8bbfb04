//! When two URIs are the same: RFC 3261 §19.1.4 and RFC 3966 §4.

use super::escape::octets;
use super::sip::SipUri;
use super::tel::{TelUri, is_separator};
use crate::params::{Param, Params};

/// Parameters that make a URI different where only one of the two has them (RFC 3261 §19.1.4).
/// `transport` is not named there in words, but by the example `sip:bob@biloxi.com;transport=udp`.
const NEVER_IGNORED: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

impl SipUri<'_> {
    /// Equality by RFC 3261 §19.1.4. Not transitive: a parameter that only one of the two has may be ignored.
    pub fn equivalent(&self, other: &SipUri<'_>) -> bool {
        self.scheme == other.scheme
            && optional(self.user, other.user, same_octets)
            && optional(self.password, other.password, same_octets)
            && self.host == other.host
            // "can resolve to different ports": 5060 written is not 5060 by default.
            && self.port == other.port
            && agree(self.params, other.params)
            && agree(other.params, self.params)
            && optional(self.headers, other.headers, same_headers)
    }
}

fn optional(a: Option<&str>, b: Option<&str>, same: fn(&str, &str) -> bool) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    }
}

/// An escape equals the character that it stands for, unless that is a reserved one; case counts.
fn same_octets(a: &str, b: &str) -> bool {
    characters(a).eq(characters(b))
}

/// As [`same_octets`], in any case.
pub(crate) fn same_octets_without_case(a: &str, b: &str) -> bool {
    let lower = |text| characters(text).map(|(octet, kind)| (octet.to_ascii_lowercase(), kind));
    lower(a).eq(lower(b))
}

/// The octets of `text`, and of each whether it is a reserved one that was escaped.
fn characters(text: &str) -> impl Iterator<Item = (u8, bool)> {
    octets(text).map(|(octet, is_escaped)| (octet, is_escaped && RESERVED.contains(&octet)))
}

/// `reserved` of RFC 2396 §2.2, as RFC 3261 §19.1.4 names it.
const RESERVED: &[u8] = b";/?:@&=+$,";

/// Whether every parameter of `ours` that counts stands in `theirs` with the same value.
fn agree(ours: Params<'_>, theirs: Params<'_>) -> bool {
    ours.iter().all(|param| {
        let mut theirs = theirs.iter();
        match theirs.find(|their| same_octets_without_case(their.name, param.name)) {
            Some(their) => optional(param.value, their.value, same_octets_without_case),
            None => !NEVER_IGNORED
                .iter()
                .any(|name| same_octets_without_case(name, param.name)),
        }
    })
}

/// Headers are never ignored; their order does not count.
fn same_headers(a: &str, b: &str) -> bool {
    let within = |ours: &str, theirs: &str| {
        ours.split('&').all(|header| {
            let (name, value) = header.split_once('=').unwrap_or((header, ""));
            theirs.split('&').any(|their| {
                let (their_name, their_value) = their.split_once('=').unwrap_or((their, ""));
                same_octets_without_case(name, their_name) && same_octets(value, their_value)
            })
        })
    };
    within(a, b) && within(b, a)
}

impl TelUri<'_> {
    /// Equality by RFC 3966 §4: visual separators and the order of parameters do not count, nothing is ignored.
    pub fn equivalent(&self, other: &TelUri<'_>) -> bool {
        self.is_global() == other.is_global()
            && same_number(self.number, other.number)
            && all_in(self.params, other.params)
            && all_in(other.params, self.params)
    }
}

fn same_number(a: &str, b: &str) -> bool {
    let digits = |text| {
        characters(text)
            .filter(|(octet, _)| !is_separator(*octet))
            .map(|(octet, kind)| (octet.to_ascii_lowercase(), kind))
    };
    digits(a).eq(digits(b))
}

fn all_in(ours: Params<'_>, theirs: Params<'_>) -> bool {
    ours.iter().all(|param| {
        theirs.iter().any(|their| {
            same_octets_without_case(their.name, param.name)
                && optional(param.value, their.value, same_value(param))
        })
    })
}

/// `ext` and a `phone-context` that is a number are compared as numbers (RFC 3966 §4).
fn same_value(param: Param<'_>) -> fn(&str, &str) -> bool {
    let is_number = param.value.is_some_and(|value| value.starts_with('+'));
    if param.name.eq_ignore_ascii_case("ext")
        || (param.name.eq_ignore_ascii_case("phone-context") && is_number)
    {
        same_number
    } else {
        same_octets_without_case
    }
}

#[cfg(test)]
mod tests {
    use super::super::Uri;

    fn equivalent(a: &str, b: &str) -> bool {
        let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
        assert_eq!(a.equivalent(&b), b.equivalent(&a), "{a} {b}");
        a.equivalent(&b)
    }

    /// RFC 3261 §19.1.4, "each of these URIs is equivalent".
    #[test]
    fn the_standards_equivalent_uris() {
        for (a, b) in [
            (
                "sip:%61lice@atlanta.com;transport=TCP",
                "sip:alice@AtlanTa.CoM;Transport=tcp",
            ),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
            (
                "sip:carol@chicago.com;newparam=5",
                "sip:carol@chicago.com;security=on",
            ),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
            ("sip:a%3bx%2D%7e@h", "sip:a%3Bx-~@h"),
        ] {
            assert!(equivalent(a, b), "{a} {b}");
        }
    }

    /// RFC 3261 §19.1.4, "each of these URIs is not equivalent".
    #[test]
    fn the_standards_different_uris() {
        for (a, b) in [
            (
                "SIP:ALICE@AtLanTa.CoM;Transport=udp",
                "sip:alice@AtLanTa.CoM;Transport=UDP",
            ),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            (
                "sip:bob@biloxi.com",
                "sip:bob@biloxi.com:6000;transport=tcp",
            ),
            (
                "sip:carol@chicago.com",
                "sip:carol@chicago.com?Subject=next%20meeting",
            ),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            // "not transitive": each of the two equals `sip:carol@chicago.com`.
            (
                "sip:carol@chicago.com;security=on",
                "sip:carol@chicago.com;security=off",
            ),
            // A reserved character is not its escape.
            ("sip:a%3Bx@h", "sip:a;x@h"),
            ("sip:%2B1555@h", "sip:+1555@h"),
            ("sip:a@h;maddr=a%3Ab", "sip:a@h;maddr=a:b"),
        ] {
            assert!(!equivalent(a, b), "{a} {b}");
        }
    }

    #[test]
    fn each_part_counts() {
        let base = "sip:a:p@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1";
        assert!(equivalent(
            base,
            "sip:a:p@H:1;maddr=M;method=invite;ttl=1;user=PHONE?X=1"
        ));
        for other in [
            "sips:a:p@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:A:p@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:a:P@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:a@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:a:p@h:2;user=phone;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:a:p@h:1;ttl=1;method=INVITE;maddr=m?x=1",
            "sip:a:p@h:1;user=phone;method=INVITE;maddr=m?x=1",
            "sip:a:p@h:1;user=phone;ttl=1;maddr=m?x=1",
            "sip:a:p@h:1;user=phone;ttl=1;method=INVITE?x=1",
            "sip:a:p@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=2",
            "sip:a:p@h:1;user=phone;ttl=1;method=INVITE;maddr=m?x=1&y=1",
        ] {
            assert!(!equivalent(base, other), "{other}");
        }
    }

    #[test]
    fn addresses_by_value_not_by_spelling() {
        assert!(equivalent("sip:[2001:DB8::1]", "sip:[2001:db8:0:0::1]"));
        assert!(!equivalent("sip:a@h", "tel:+1"));
    }

    /// RFC 3966 §4.
    #[test]
    fn telephone_numbers() {
        assert!(equivalent("tel:+1-201-555-0123", "TEL:+1(201)555.0123"));
        assert!(equivalent(
            "tel:+12015550123;ext=1-2;foo=Bar",
            "tel:+12015550123;FOO=bar;ext=12"
        ));
        assert!(equivalent(
            "tel:863-1234;phone-context=+1-914-555",
            "tel:8631234;phone-context=+1914555"
        ));
        for (a, b) in [
            ("tel:+12015550123", "tel:+12015550124"),
            ("tel:+12015550123", "tel:+12015550123;ext=1"),
            ("tel:+1", "tel:1;phone-context=+1"),
            (
                "tel:7042;phone-context=a.example",
                "tel:7042;phone-context=b.example",
            ),
        ] {
            assert!(!equivalent(a, b), "{a} {b}");
        }
    }
}
