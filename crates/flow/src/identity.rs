//! The identities of a subscriber, in the form in which they are compared.

use sip_message::Uri;

/// A longer text, octets, is nobody's identity.
pub const MAX_IDENTITY: usize = 256;

/// What stands for those who do not say who they are (RFC 3323 §4.1.1.3).
const ANONYMOUS: &str = "anonymous";

/// Who a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// IMPI: the user name of credentials, User-Name on Cx; its realm in lower case.
    Private(String),
    /// IMPU: a SIP URI with a user, or a telephone number, in its canonical form; `sips` counts as `sip`.
    Public(String),
}

impl Identity {
    /// A private identity; none of what is nobody's.
    #[must_use]
    pub fn private(text: &str) -> Option<Identity> {
        let text = text.trim();
        if text.len() > MAX_IDENTITY {
            return None;
        }
        let (user, identity) = match text.rsplit_once('@') {
            Some((user, realm)) => (user, format!("{user}@{}", realm.to_ascii_lowercase())),
            None => (text, text.to_owned()),
        };
        (!is_nobody(user)).then_some(Identity::Private(identity))
    }

    /// The public identity that a URI stands for. None of a URI without a user: a realm or the name of a server is
    /// shared by all; nor of a wildcarded one (TS 23.003 §13.4A).
    #[must_use]
    pub fn public(uri: &str) -> Option<Identity> {
        if uri.len() > MAX_IDENTITY {
            return None;
        }
        let uri = Uri::parse(uri).ok()?;
        if let Uri::Sip(sip) = &uri {
            let user = sip.user?;
            if is_nobody(user) || user.contains('!') {
                return None;
            }
        }
        let identity = uri.identity()?;
        Some(Identity::Public(match identity.strip_prefix("sips:") {
            Some(rest) => format!("sip:{rest}"),
            None => identity,
        }))
    }

    /// As it is shown.
    #[must_use]
    pub fn text(&self) -> &str {
        let (Identity::Private(text) | Identity::Public(text)) = self;
        text
    }

    /// Whether it is a SIP URI of a global number.
    fn is_of_number(&self, number: &str) -> bool {
        let Identity::Public(text) = self else {
            return false;
        };
        let user_at_host = text.strip_prefix("sip:").and_then(|it| it.split_once('@'));
        user_at_host.is_some_and(|(user, _)| user == number)
    }

    /// What stands before the `@`: of a number its digits, without the sign before them.
    fn user(&self) -> &str {
        let text = match self {
            Identity::Private(text) => text,
            Identity::Public(text) => text.split_once(':').map_or(text.as_str(), |(_, rest)| rest),
        };
        let user = text.rsplit_once('@').map_or(text, |(user, _)| user);
        let user = user.split(';').next().unwrap_or_default();
        user.strip_prefix('+').unwrap_or(user)
    }
}

fn is_nobody(user: &str) -> bool {
    user.is_empty() || user.eq_ignore_ascii_case(ANONYMOUS)
}

/// Whom somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    identities: Vec<Identity>,
    user: Option<String>,
    /// A global number, which is the same in a SIP URI (RFC 3261 §19.1.6).
    number: Option<String>,
}

impl Wanted {
    /// By a public identity with its scheme (`sip:alice@home.example`), an address that may be either
    /// (`alice@home.example`), or a user alone: a name, an IMSI, a telephone number, whatever the realm.
    #[must_use]
    pub fn new(text: &str) -> Option<Wanted> {
        let text = text.trim();
        let has_scheme = ["sip:", "sips:", "tel:"].iter().any(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        });
        let (identities, user) = if has_scheme {
            (Identity::public(text).into_iter().collect(), None)
        } else if text.contains('@') {
            let public = Identity::public(&format!("sip:{text}"));
            (
                Identity::private(text).into_iter().chain(public).collect(),
                None,
            )
        } else {
            (Vec::new(), Some(user(text)).filter(|user| !user.is_empty()))
        };
        let number = identities.iter().find_map(|identity: &Identity| {
            let number = identity.text().strip_prefix("tel:")?;
            number.starts_with('+').then(|| number.to_owned())
        });
        let wanted = Wanted {
            identities,
            user,
            number,
        };
        (wanted.user.is_some() || !wanted.identities.is_empty()).then_some(wanted)
    }

    /// Whether an identity is what is asked for.
    #[must_use]
    pub fn matches(&self, identity: &Identity) -> bool {
        self.identities.contains(identity)
            || self
                .user
                .as_deref()
                .is_some_and(|user| user == identity.user())
            || self
                .number
                .as_deref()
                .is_some_and(|number| identity.is_of_number(number))
    }
}

/// A number without what only people read (RFC 3966 §5.1.1); a name as it is.
fn user(text: &str) -> String {
    let is_separator = |letter: char| "-.() ".contains(letter);
    let is_number = text
        .strip_prefix('+')
        .unwrap_or(text)
        .chars()
        .all(|letter| letter.is_ascii_digit() || is_separator(letter));
    match is_number {
        true => text
            .chars()
            .filter(|letter| letter.is_ascii_digit())
            .collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(uri: &str) -> Identity {
        Identity::public(uri).expect("an identity")
    }

    #[test]
    fn an_identity_is_the_same_however_it_is_written() {
        assert_eq!(
            public("sips:%61lice@HOME.example:5061;user=phone"),
            public("sip:alice@home.example")
        );
        assert_eq!(public("tel:+1-201-555-0123").text(), "tel:+12015550123");
        assert_eq!(
            Identity::private(" alice@HOME.example"),
            Identity::private("alice@home.example")
        );
    }

    #[test]
    fn what_all_share_is_nobodys_identity() {
        for uri in [
            "sip:home.example",
            "sip:scscf.home.example:5060",
            "sip:anonymous@anonymous.invalid",
            "sip:!.*!@home.example",
            "urn:service:sos",
            "nonsense",
            "",
        ] {
            assert_eq!(Identity::public(uri), None, "{uri}");
        }
        for name in ["", "@home.example", "Anonymous@anonymous.invalid"] {
            assert_eq!(Identity::private(name), None, "{name}");
        }
        assert_eq!(Identity::private(&"a".repeat(MAX_IDENTITY + 1)), None);
    }

    #[test]
    fn a_subscriber_is_asked_for_by_any_of_their_names() {
        let impi = Identity::private("001010123456789@ims.mnc001.mcc001.3gppnetwork.org");
        let impi = impi.expect("an identity");
        let wanted = |text: &str| Wanted::new(text).expect("somebody");
        assert!(wanted("001010123456789").matches(&impi));
        assert!(!wanted("00101012345678").matches(&impi));
        assert!(wanted("001010123456789@IMS.mnc001.mcc001.3gppnetwork.org").matches(&impi));
        let impu = public("sip:alice@home.example");
        for text in [
            "alice",
            "alice@home.example",
            "sip:alice@home.example",
            "SIP:alice@home.example:5060",
        ] {
            assert!(wanted(text).matches(&impu), "{text}");
        }
        for text in [
            "bob",
            "alice@away.example",
            "tel:+1",
            "sip:bob@home.example",
        ] {
            assert!(!wanted(text).matches(&impu), "{text}");
        }
        for number in ["tel:+12015550123", "sip:+12015550123@home.example"] {
            for text in ["+1 (201) 555-0123", "12015550123"] {
                assert!(wanted(text).matches(&public(number)), "{text}");
            }
        }
        let number = wanted("tel:+1-201-555-0123");
        assert!(number.matches(&public("sip:+12015550123@home.example;user=phone")));
        assert!(!number.matches(&public("sip:12015550123@home.example")));
        for nobody in ["", "sip:home.example", "+", "@"] {
            assert_eq!(Wanted::new(nobody), None, "{nobody}");
        }
    }
}
