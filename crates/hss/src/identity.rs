//! Public identities in the form in which they are stored and compared (TS 23.003 §13.4, TS 29.229 §6.3.2).

use sip_message::Uri;
use user_profile::WildcardParts;

/// A public identity that a wildcarded one covers, and that is not provisioned by itself (TS 23.003 §13.4A, §13.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As it was asked for, in canonical form.
    pub identity: String,
    /// The wildcarded identity, which has its services and its state.
    pub wildcard: String,
}

/// The canonical form of a wildcarded identity: the expression stays as it is.
pub fn canonical_wildcard(identity: &str) -> String {
    let Some(WildcardParts {
        before,
        expression,
        after,
    }) = WildcardParts::of(identity)
    else {
        return canonical(identity);
    };
    match canonical(&format!("{before}{after}")) {
        // No separators and no parameters around the expression; both parts are of digits alone then.
        number if number.starts_with("tel:") => {
            let begin = canonical(before);
            let end = number.strip_prefix(begin.as_str()).unwrap_or_default();
            format!("{begin}!{expression}!{end}")
        }
        // Each part of the user in its place, so that neither is taken for a host.
        _ => {
            let front = canonical(&format!("{before}@x"));
            let front = front.strip_suffix("@x").unwrap_or(before);
            let back = canonical(&format!("sip:x{after}"));
            let back = back.strip_prefix("sip:x").unwrap_or(after);
            format!("{front}!{expression}!{back}")
        }
    }
}

/// The canonical form of a public identity.
///
/// A SIP URI keeps user and host (the host, and the scheme, in lower case; no needless escapes) and loses parameters and
/// headers; a TEL URI loses visual separators and parameters but `phone-context`. What is no whole URI is treated alike
/// as far as it goes, and anything else stays as it is.
pub fn canonical(identity: &str) -> String {
    if let Some(identity) = Uri::parse(identity).ok().and_then(|uri| uri.identity()) {
        return identity;
    }
    let (scheme, rest) = identity.split_once(':').unwrap_or(("", identity));
    match scheme.to_ascii_lowercase().as_str() {
        scheme @ ("sip" | "sips") => {
            let (user, host) = match rest.rsplit_once('@') {
                Some((user, host)) => (Some(user), host),
                None => (None, rest),
            };
            let host = host
                .split([';', '?'])
                .next()
                .unwrap_or(host)
                .to_ascii_lowercase();
            match user {
                Some(user) => format!("{scheme}:{user}@{host}"),
                None => format!("{scheme}:{host}"),
            }
        }
        "tel" => {
            let number = rest.split(';').next().unwrap_or(rest);
            let digits: String = number
                .chars()
                .filter(|c| !matches!(c, '-' | '.' | '(' | ')'))
                .collect();
            format!("tel:{}", digits.to_ascii_lowercase())
        }
        _ => identity.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical, canonical_wildcard};

    #[test]
    fn an_expression_stays_as_it_is_written() {
        for (identity, wanted) in [
            (
                "sip:Pbx-![0-9];.*!x@HOME.example;lr",
                "sip:Pbx-![0-9];.*!x@home.example",
            ),
            (
                "sip:%70bx-!%[0-9]!@HOME.example:5060",
                "sip:pbx-!%[0-9]!@home.example",
            ),
            ("sip:!.*!@HOME.example", "sip:!.*!@home.example"),
            ("tel:+1-555-!0[1-3].{2}!(9);ext=1", "tel:+1555!0[1-3].{2}!9"),
            ("sip:Alice@HOME.example", "sip:Alice@home.example"),
        ] {
            assert_eq!(canonical_wildcard(identity), wanted);
        }
    }

    #[test]
    fn forms_of_one_identity_are_one() {
        for (identity, wanted) in [
            (
                "sip:Alice@HOME.example;user=phone",
                "sip:Alice@home.example",
            ),
            ("SIP:alice@home.example?Subject=x", "sip:alice@home.example"),
            ("sip:Home.Example", "sip:home.example"),
            ("sip:+1;x=1@Home.example;lr", "sip:+1;x=1@home.example"),
            ("tel:+1-555-(01).00;phone-context=x", "tel:+15550100"),
            (
                "tel:7-01;phone-context=Office.example",
                "tel:701;phone-context=office.example",
            ),
            ("sip:%61lice@home.example", "sip:alice@home.example"),
            ("sip:chat!.*;?!@home.example", "sip:chat!.*;?!@home.example"),
            ("urn:service:sos", "urn:service:sos"),
            ("", ""),
        ] {
            assert_eq!(canonical(identity), wanted);
        }
    }
}
