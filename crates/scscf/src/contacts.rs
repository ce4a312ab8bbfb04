//! What a REGISTER asks for, read from its Contact and Expires headers (RFC 3261 §10.3, steps 6 and 7).

use sip_message::{Contact, Expires, Message, Name};

use crate::config::RegistrationSection;

/// What is granted where neither the Contact nor the message says (RFC 3261 §10.2).
const DEFAULT_EXPIRES: u32 = 3600;

/// One contact to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) uri: Box<str>,
    pub(crate) params: Box<str>,
    /// Seconds that are granted.
    pub(crate) seconds: u32,
}

/// What the REGISTER asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// No Contact: which contacts are bound?
    Query,
    /// `Contact: *` with `Expires: 0`.
    RemoveAll,
    /// Contacts to bind, and URIs of contacts to remove.
    Change {
        bind: Vec<Wanted>,
        remove: Vec<Box<str>>,
    },
}

/// A REGISTER whose contacts cannot be obeyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unacceptable {
    /// 400, with the reason.
    Bad(&'static str),
    /// 423, with what is to stand in Min-Expires.
    TooBrief(u32),
    /// 403: more contacts than one identity may have.
    TooMany,
}

/// Reads what `request` asks for.
pub(crate) fn asked(
    request: &Message,
    limits: &RegistrationSection,
) -> Result<Asked, Unacceptable> {
    // A value that cannot be read counts as the default (RFC 3261 §20.19).
    let read = |_| {
        request
            .read::<Expires>()
            .ok()
            .flatten()
            .map_or(DEFAULT_EXPIRES, |expires| expires.0)
    };
    let expires = request.header(Name::EXPIRES).map(read);
    let (mut bind, mut remove, mut star) = (Vec::new(), Vec::new(), false);
    for contact in request.read_all::<Contact<'_>>() {
        let contact = contact.map_err(|_| Unacceptable::Bad("Contact cannot be read"))?;
        match &contact {
            Contact::Star => star = true,
            Contact::Address(address) => {
                let seconds = contact.expires().or(expires).unwrap_or(DEFAULT_EXPIRES);
                if seconds == 0 {
                    remove.push(address.uri.into());
                    continue;
                }
                if seconds < limits.min_expires {
                    return Err(Unacceptable::TooBrief(limits.min_expires));
                }
                bind.push(Wanted {
                    uri: address.uri.into(),
                    params: params_of(address),
                    seconds: seconds.min(limits.max_expires),
                });
            }
        }
    }
    if star {
        // RFC 3261 §10.3, step 6.
        return if bind.is_empty() && remove.is_empty() && expires == Some(0) {
            Ok(Asked::RemoveAll)
        } else {
            Err(Unacceptable::Bad(
                "Contact: * stands alone and needs Expires: 0",
            ))
        };
    }
    if bind.len() > limits.max_contacts {
        return Err(Unacceptable::TooMany);
    }
    Ok(if bind.is_empty() && remove.is_empty() {
        Asked::Query
    } else {
        Asked::Change { bind, remove }
    })
}

/// The header parameters but `expires`, which the registrar sets.
fn params_of(address: &sip_message::NameAddr<'_>) -> Box<str> {
    let mut text = String::new();
    for param in address
        .params
        .iter()
        .filter(|param| !param.name.eq_ignore_ascii_case("expires"))
    {
        text.push(';');
        text.push_str(param.name);
        if let Some(value) = param.value {
            text.push('=');
            text.push_str(value);
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn ask(headers: &str) -> Result<Asked, Unacceptable> {
        let text = format!(
            "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:a@home.example>\r\n\
             From: <sip:a@home.example>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}\r\n"
        );
        asked(
            &Message::parse(Bytes::from(text)).unwrap(),
            &RegistrationSection::default(),
        )
    }

    fn change(bind: &[(&str, &str, u32)], remove: &[&str]) -> Result<Asked, Unacceptable> {
        let bind = bind
            .iter()
            .map(|&(uri, params, seconds)| Wanted {
                uri: uri.into(),
                params: params.into(),
                seconds,
            })
            .collect();
        Ok(Asked::Change {
            bind,
            remove: remove.iter().map(|&uri| uri.into()).collect(),
        })
    }

    #[test]
    fn expiry_by_contact_then_header_then_default() {
        let bound = |seconds| change(&[("sip:a@h", "", seconds)], &[]);
        assert_eq!(
            ask("Contact: <sip:a@h>;expires=100\r\nExpires: 200\r\n"),
            bound(100)
        );
        assert_eq!(ask("Contact: <sip:a@h>\r\nExpires: 200\r\n"), bound(200));
        assert_eq!(ask("Contact: <sip:a@h>\r\n"), bound(3600));
        assert_eq!(ask("Contact: <sip:a@h>\r\nExpires: soon\r\n"), bound(3600));
        assert_eq!(
            ask("Contact: <sip:a@h>\r\nExpires: 4000000000\r\n"),
            bound(600_000)
        );
    }

    #[test]
    fn parameters_are_kept_as_written() {
        assert_eq!(
            ask(
                "Contact: <sip:a@h;ob>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=60;q=0.5\r\n"
            ),
            change(
                &[(
                    "sip:a@h;ob",
                    ";+sip.instance=\"<urn:uuid:1>\";reg-id=1;q=0.5",
                    60
                )],
                &[]
            )
        );
    }

    #[test]
    fn removals_and_queries() {
        assert_eq!(ask(""), Ok(Asked::Query));
        assert_eq!(ask("Contact: *\r\nExpires: 0\r\n"), Ok(Asked::RemoveAll));
        assert_eq!(
            ask("Contact: <sip:a@h>\r\nExpires: 0\r\n"),
            change(&[], &["sip:a@h"])
        );
        assert_eq!(
            ask("Contact: <sip:a@h>;expires=0, <sip:b@h>\r\n"),
            change(&[("sip:b@h", "", 3600)], &["sip:a@h"])
        );
    }

    #[test]
    fn refusals() {
        assert_eq!(
            ask("Contact: <sip:a@h>;expires=59\r\n"),
            Err(Unacceptable::TooBrief(60))
        );
        for bad in [
            "Contact: *\r\n",
            "Contact: *\r\nExpires: 1\r\n",
            "Contact: *, <sip:a@h>\r\nExpires: 0\r\n",
        ] {
            assert!(matches!(ask(bad), Err(Unacceptable::Bad(_))), "{bad}");
        }
        let many: Vec<String> = (0..11).map(|n| format!("<sip:a{n}@h>")).collect();
        assert_eq!(
            ask(&format!("Contact: {}\r\n", many.join(","))),
            Err(Unacceptable::TooMany)
        );
    }
}
