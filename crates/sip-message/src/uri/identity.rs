//! The one form in which a public identity is compared and kept (RFC 3261 §10.3, 5; TS 23.003 §13.4).

use std::borrow::Cow;

use super::{Scheme, SipUri, TelUri, Uri, escape};
use crate::host::Host;

/// Room for a usual identity, so that it is written without growing.
const USUAL_LENGTH: usize = 64;

impl Uri<'_> {
    /// The public identity that this stands for: scheme, user without needless escapes and host in lower case of a SIP
    /// URI; number without visual separators of a `tel:` URI, with its `phone-context` where it is a local one. No
    /// port and no other parameter; nothing of another scheme.
    pub fn identity(&self) -> Option<String> {
        match self {
            Uri::Sip(sip) => {
                let mut identity = String::with_capacity(USUAL_LENGTH);
                identity.push_str(match sip.scheme {
                    Scheme::Sip => "sip:",
                    Scheme::Sips => "sips:",
                });
                sip.push_user_at_host(&mut identity);
                Some(identity)
            }
            Uri::Tel(tel) => Some(tel.identity()),
            Uri::Other { .. } => None,
        }
    }
}

impl SipUri<'_> {
    /// `user@host` in the same form; nothing without a user.
    pub fn user_at_host(&self) -> Option<String> {
        self.user.map(|_| {
            let mut text = String::with_capacity(USUAL_LENGTH);
            self.push_user_at_host(&mut text);
            text
        })
    }

    fn push_user_at_host(&self, text: &mut String) {
        if let Some(user) = self.user {
            text.push_str(&unescaped(user));
            text.push('@');
        }
        match &self.host {
            Host::Name(name) => {
                let from = text.len();
                text.push_str(name);
                text[from..].make_ascii_lowercase();
            }
            other => text.push_str(&other.to_string()),
        }
    }
}

impl TelUri<'_> {
    fn identity(&self) -> String {
        let mut identity = String::with_capacity(USUAL_LENGTH);
        identity.push_str("tel:");
        push_number(&mut identity, self.number);
        // RFC 3966 §5.1.5: a local number is one only in its context.
        if !self.is_global()
            && let Some(context) = self.params.get("phone-context")
        {
            identity.push_str(";phone-context=");
            match context.starts_with('+') {
                true => push_number(&mut identity, context),
                false => identity.push_str(&context.to_ascii_lowercase()),
            }
        }
        identity
    }
}

fn push_number(text: &mut String, number: &str) {
    let significant = number
        .chars()
        .filter(|letter| !matches!(letter, '-' | '.' | '(' | ')'));
    text.extend(significant.map(|letter| letter.to_ascii_lowercase()));
}

/// `user` with only the escapes that it cannot do without, those in upper case.
fn unescaped(user: &str) -> Cow<'_, str> {
    if !user.contains('%') {
        return Cow::Borrowed(user);
    }
    let mut text = String::with_capacity(user.len());
    for (octet, _) in escape::octets(user) {
        match escape::USER.has(octet) {
            true => text.push(char::from(octet)),
            false => escape::push(&mut text, octet),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(uri: &str) -> Option<String> {
        Uri::parse(uri).unwrap().identity()
    }

    #[test]
    fn forms_of_one_identity_are_one() {
        for (uri, wanted) in [
            (
                "sip:Alice:secret@HOME.example:5060;user=phone?Subject=x",
                "sip:Alice@home.example",
            ),
            ("SIP:%61lic%65@home.example", "sip:alice@home.example"),
            // What cannot stand there unescaped stays escaped, in one way.
            (
                "sip:a%40b%2f%c3%b6@home.example",
                "sip:a%40b/%C3%B6@home.example",
            ),
            ("sips:[2001:DB8::1]", "sips:[2001:db8::1]"),
            ("tel:+1-555-(123).4567;x=y", "tel:+15551234567"),
            (
                "tel:70-1A;phone-context=Office.Example;ext=3",
                "tel:701a;phone-context=office.example",
            ),
            (
                "tel:7.01;phone-context=+49-89",
                "tel:701;phone-context=+4989",
            ),
        ] {
            assert_eq!(identity(uri).as_deref(), Some(wanted), "{uri}");
            assert_eq!(
                identity(wanted).as_deref(),
                Some(wanted),
                "{wanted} is its own"
            );
        }
        assert_ne!(
            identity("tel:701;phone-context=a.example"),
            identity("tel:701;phone-context=b.example")
        );
        assert_eq!(identity("urn:service:sos"), None);
    }

    #[test]
    fn user_and_host_alone() {
        let of = |uri| match Uri::parse(uri) {
            Ok(Uri::Sip(sip)) => sip.user_at_host(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            of("sip:%41lice@HOME.example:5070").as_deref(),
            Some("Alice@home.example")
        );
        assert_eq!(of("sip:home.example"), None);
    }
}
