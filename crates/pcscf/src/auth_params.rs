//! Parameters of Authorization and WWW-Authenticate that end at the P-CSCF.

use sip_message::{Auth, Authorization, Message, Name, TypedHeader, WwwAuthenticate};

/// The keys that the home network gives the P-CSCF in a challenge (TS 24.229 §7.2A.1).
const KEYS: [&str; 2] = ["ik", "ck"];

/// `value` less the parameters `names`; `None` where it has none of them or cannot be read.
pub(crate) fn without(auth: &Auth<'_>, names: &[&str]) -> Option<String> {
    let taken = |name: &str| names.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    if !auth.iter().any(|(name, _)| taken(name)) {
        return None;
    }
    let kept: Vec<String> = auth
        .iter()
        .filter(|(name, _)| !taken(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Some(format!("{} {}", auth.scheme, kept.join(", ")))
}

/// How well a phone's REGISTER was protected on its way to us (TS 24.229 §7.2A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Not, and it is to be by IPsec.
    No,
    /// It came from an address that this user has not registered from.
    IpAssociationPending,
    /// It came from where this user is registered.
    IpAssociated,
}

impl Protection {
    fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::IpAssociationPending => "ip-assoc-pending",
            Self::IpAssociated => "ip-assoc-yes",
        }
    }
}

/// Says in every Authorization of `request` how well it is protected, whatever the phone put there
/// (TS 24.229 §5.2.2.1).
pub(crate) fn set_protection(request: &mut Message, protection: Protection) {
    rewrite(request, Name::AUTHORIZATION, |value| {
        let read = Authorization::parse(value).ok()?;
        let value = without(&read.0, &["integrity-protected"]);
        let value = value.unwrap_or_else(|| read.0.to_string());
        let separator = if read.0.params.is_empty() { " " } else { ", " };
        let protection = protection.as_str();
        Some(format!(
            "{value}{separator}integrity-protected=\"{protection}\""
        ))
    });
}

/// Takes `ik` and `ck` out of every challenge of `response` (TS 24.229 §5.2.2.2).
pub(crate) fn remove_keys(response: &mut Message) {
    rewrite(response, Name::WWW_AUTHENTICATE, |value| {
        WwwAuthenticate::parse(value)
            .ok()
            .and_then(|read| without(&read.0, &KEYS))
    });
}

/// Replaces each line of `name` for which `clean` has something else.
fn rewrite(message: &mut Message, name: Name<'static>, clean: impl Fn(&str) -> Option<String>) {
    let lines: Vec<(String, bool)> = message
        .all(name)
        .map(|line| match clean(line) {
            Some(clean) => (clean, true),
            None => (line.to_owned(), false),
        })
        .collect();
    if lines.iter().any(|(_, changed)| *changed) {
        message.remove(name);
        for (line, _) in lines {
            message.append(name, &line);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn message(headers: &str) -> Message {
        let text = format!(
            "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:a@h>\r\n\
             From: <sip:a@h>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}\r\n"
        );
        Message::parse(Bytes::from(text)).unwrap()
    }

    #[test]
    fn protection_is_not_the_phones_to_say() {
        let mut request = message(
            "Authorization: Digest username=\"a,\\\"b\", Integrity-Protected=\"yes\",nonce=\"1\"\r\n\
             Authorization: Digest username=\"b\", integrity-protected=auth-done, integrity-protected=yes\r\n",
        );
        set_protection(&mut request, Protection::No);
        let lines: Vec<&str> = request.all(Name::AUTHORIZATION).collect();
        assert_eq!(
            lines,
            [
                "Digest username=\"a,\\\"b\", nonce=\"1\", integrity-protected=\"no\"",
                "Digest username=\"b\", integrity-protected=\"no\""
            ]
        );
    }

    #[test]
    fn keys_stay_and_the_rest_goes_on() {
        let mut response = message(
            "WWW-Authenticate: Digest realm=\"h\", ik=\"00\", CK=\"11\", nonce=\"2\"\r\n\
             WWW-Authenticate: Digest realm=\"h\", nonce=\"3\"\r\n",
        );
        remove_keys(&mut response);
        let lines: Vec<&str> = response.all(Name::WWW_AUTHENTICATE).collect();
        assert_eq!(
            lines,
            [
                "Digest realm=\"h\", nonce=\"2\"",
                "Digest realm=\"h\", nonce=\"3\""
            ]
        );
    }

    #[test]
    fn what_needs_no_change_is_not_touched() {
        let mut response = message("WWW-Authenticate: Digest  realm=\"a\" ,nonce=\"1\"\r\n");
        let before = response.to_bytes();
        remove_keys(&mut response);
        assert_eq!(response.to_bytes(), before);
    }
}
