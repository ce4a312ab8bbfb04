//! Parameters that elements put into credentials and challenges, and take out of them.

use sip_message::{Auth, Authorization, Message, Name, TypedHeader, WwwAuthenticate};

/// The keys that the home network gives the P-CSCF in a challenge (TS 24.229 §7.2A.1).
const KEYS: [&str; 2] = ["ik", "ck"];

/// `value` less the parameters `names`; `None` where it has none of them or cannot be read.
pub fn without(auth: &Auth<'_>, names: &[&str]) -> Option<String> {
    let taken = |name: &str| names.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    if !auth.iter().any(|(name, _)| taken(name)) {
        return None;
    }
    let kept: Vec<String> = auth
        .iter()
        .filter(|(name, _)| !taken(name))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Some(
        format!("{} {}", auth.scheme, kept.join(", "))
            .trim_end()
            .to_owned(),
    )
}

/// Takes `integrity-protected` out of every Authorization of `request` (TS 24.229 §7.2A.2), and credentials that cannot
/// be read, as others may read them; gives how many lines that were.
pub fn remove_protection(request: &mut Message) -> u64 {
    rewrite(
        request,
        Name::AUTHORIZATION,
        |line| match Authorization::parse(line) {
            Ok(read) => {
                without(&read.0, &["integrity-protected"]).map_or(Line::Stays, Line::Becomes)
            }
            Err(_) => Line::Goes,
        },
    )
}

/// Takes `ik` and `ck` out of every challenge of `response`: they are between the home network and the P-CSCF
/// (TS 24.229 §5.2.2.2).
pub fn remove_keys(response: &mut Message) {
    let _changed = rewrite(response, Name::WWW_AUTHENTICATE, |value| {
        let read = WwwAuthenticate::parse(value);
        let clean = read.ok().and_then(|read| without(&read.0, &KEYS));
        clean.map_or(Line::Stays, Line::Becomes)
    });
}

/// The credentials of SIP Digest that say who sends `request`: those for `realm`, or for none, else the first. A user may
/// have secrets of another realm, which only those know who hold them; whether an answer is for the right one they judge.
pub fn credentials<'a>(request: &'a Message, realm: &str) -> Option<Auth<'a>> {
    let digests = || {
        let read = request.read_all::<Authorization<'_>>();
        // A scheme that is not known is as none (RFC 4475 §3.3.7).
        read.filter_map(|read| Some(read.ok()?.0).filter(Auth::is_digest))
    };
    let is_ours = |auth: &Auth<'_>| auth.get("realm").is_none_or(|named| named == realm);
    digests().find(is_ours).or_else(|| digests().next())
}

/// What becomes of a header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// It stays as it is, octet for octet if all of its name do.
    Stays,
    /// It has another value.
    Becomes(String),
    /// It is taken out.
    Goes,
}

/// Does to each line of `name` what `decide` says of its value; gives how many lines are changed.
pub fn rewrite(message: &mut Message, name: Name<'static>, decide: impl Fn(&str) -> Line) -> u64 {
    let mut changed = 0;
    let mut lines: Vec<String> = Vec::new();
    for line in message.all(name) {
        let decided = decide(line);
        changed += u64::from(decided != Line::Stays);
        match decided {
            Line::Stays => lines.push(line.to_owned()),
            Line::Becomes(value) => lines.push(value),
            Line::Goes => {}
        }
    }
    if changed > 0 {
        message.remove(name);
        for line in lines {
            message.append(name, &line);
        }
    }
    changed
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
    fn ts24229_7_2a_2_protection_goes_in_any_writing() {
        let mut request = message(
            "Authorization: Digest username=\"a,\\\"b\", Integrity-Protected=\"yes\",nonce=\"1\"\r\n\
             Authorization: Digest username=\"b\",nonce=\"2\"\r\n\
             Authorization: username=\"c\", integrity-protected=\"yes\"\r\n\
             Authorization: Digest integrity-protected = auth-done, integrity-protected=yes\r\n",
        );
        assert_eq!(remove_protection(&mut request), 3);
        let lines: Vec<&str> = request.all(Name::AUTHORIZATION).collect();
        assert_eq!(
            lines,
            [
                "Digest username=\"a,\\\"b\", nonce=\"1\"",
                "Digest username=\"b\",nonce=\"2\"",
                "Digest"
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
        let mut request = message("Authorization: Digest  realm=\"a\" ,nonce=\"1\"\r\n");
        let before = request.to_bytes();
        assert_eq!(remove_protection(&mut request), 0);
        assert_eq!(request.to_bytes(), before);
    }
}
