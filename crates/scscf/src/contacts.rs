//! What a REGISTER asks for, read from its Contact and Expires headers (RFC 3261 §10.3, steps 6 and 7; RFC 5626 §6).

use sip_message::{Contact, ContactRegistration, Expires, Message, Name, NameAddr};

use crate::binding::{Flow, MAX_TEXT};
use crate::config::RegistrationSection;
use crate::outbound::Outbound;

/// One contact to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    pub(crate) uri: &'a str,
    /// The Contact header's parameters but `expires`, each with its `;`.
    pub(crate) params: String,
    /// Seconds that are granted.
    pub(crate) seconds: u32,
    pub(crate) flow: Option<Flow<'a>>,
}

/// One contact to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaving<'a> {
    pub(crate) uri: &'a str,
    pub(crate) flow: Option<Flow<'a>>,
}

/// What the REGISTER asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// No Contact: which contacts are bound?
    Query,
    /// `Contact: *` with `Expires: 0`.
    RemoveAll,
    /// Contacts to bind, and contacts to remove.
    Change {
        bind: Vec<Wanted<'a>>,
        remove: Vec<Leaving<'a>>,
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
    TooMany(usize),
    /// 439: the phone's first hop does not do outbound.
    FirstHopLacksOutbound,
}

/// Reads what `request` asks for.
pub(crate) fn asked<'a>(
    request: &'a Message,
    outbound: Outbound,
    limits: &RegistrationSection,
) -> Result<Asked<'a>, Unacceptable> {
    // A value that cannot be read counts as the default of RFC 3261 §20.19.
    let read = |_| {
        let expires = request.read::<Expires>().ok().flatten();
        expires.map_or(UNREADABLE_EXPIRES, |expires| expires.0)
    };
    let expires = request.header(Name::EXPIRES).map(read);
    let (mut bind, mut remove, mut star) = (Vec::new(), Vec::new(), false);
    for contact in request.read_all::<Contact<'_>>() {
        let contact = contact.map_err(|_| Unacceptable::Bad("Contact cannot be read"))?;
        let Contact::Address(address) = &contact else {
            star = true;
            continue;
        };
        // RFC 5626 §6: reg-id without an instance says nothing.
        let said = contact.registration();
        let named = said.instance.zip(said.reg_id);
        let flow = match (named, outbound) {
            (None, _) | (_, Outbound::NotAsked) => None,
            (Some((instance, reg_id)), Outbound::Used) => Some(Flow { instance, reg_id }),
            (Some(_), Outbound::NotAtFirstHop) => return Err(Unacceptable::FirstHopLacksOutbound),
        };
        let seconds = said.expires.or(expires).unwrap_or(limits.default_expires);
        if seconds == 0 {
            remove.push(Leaving {
                uri: address.uri,
                flow,
            });
            continue;
        }
        if seconds < limits.min_expires {
            return Err(Unacceptable::TooBrief(limits.min_expires));
        }
        let params = params_of(address, &said);
        if address.uri.len().max(params.len()) > MAX_TEXT {
            return Err(Unacceptable::Bad("Contact is too long"));
        }
        bind.push(Wanted {
            uri: address.uri,
            params,
            seconds: seconds.min(limits.max_expires),
            flow,
        });
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
    // RFC 5626 §6: a request is over one flow.
    if bind.iter().filter(|wanted| wanted.flow.is_some()).count() > 1 {
        return Err(Unacceptable::Bad("More than one Contact with reg-id"));
    }
    if bind.len() > limits.max_contacts {
        return Err(Unacceptable::TooMany(limits.max_contacts));
    }
    Ok(if bind.is_empty() && remove.is_empty() {
        Asked::Query
    } else {
        Asked::Change { bind, remove }
    })
}

/// What an Expires that cannot be read counts as (RFC 3261 §20.19).
const UNREADABLE_EXPIRES: u32 = 3600;

/// The header parameters but `expires`, which the registrar sets.
fn params_of(address: &NameAddr<'_>, said: &ContactRegistration<'_>) -> String {
    if !said.has_expires {
        let as_written = address.params.as_str();
        if !as_written.bytes().any(|octet| octet.is_ascii_whitespace()) {
            return as_written.to_owned();
        }
    }
    address.params.without("expires")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// What `asked` makes of `headers`, as text.
    fn ask(headers: &str) -> Result<String, Unacceptable> {
        ask_by(headers, Outbound::NotAsked)
    }

    fn ask_by(headers: &str, outbound: Outbound) -> Result<String, Unacceptable> {
        let text = format!(
            "REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:a@home.example>\r\n\
             From: <sip:a@home.example>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}\r\n"
        );
        let request = Message::parse(Bytes::from(text)).unwrap();
        asked(&request, outbound, &RegistrationSection::default()).map(|asked| format!("{asked:?}"))
    }

    fn change(bind: &[(&str, &str, u32)], remove: &[&str]) -> Result<String, Unacceptable> {
        let bind = bind
            .iter()
            .map(|&(uri, params, seconds)| Wanted {
                uri,
                params: params.to_owned(),
                seconds,
                flow: None,
            })
            .collect();
        let remove = remove
            .iter()
            .map(|&uri| Leaving { uri, flow: None })
            .collect();
        Ok(format!("{:?}", Asked::Change { bind, remove }))
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
        assert_eq!(ask(""), Ok("Query".to_owned()));
        assert_eq!(
            ask("Contact: *\r\nExpires: 0\r\n"),
            Ok("RemoveAll".to_owned())
        );
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
            Err(Unacceptable::TooMany(10))
        );
    }

    #[test]
    fn rfc5626_6_reg_id_counts_where_outbound_is_used_and_an_instance_is_there() {
        let both = "Contact: <sip:a@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=2;expires=60\r\n";
        let flow = "flow: Some(Flow { instance: \"urn:uuid:1\", reg_id: 2 })";
        assert!(ask_by(both, Outbound::Used).unwrap().contains(flow));
        assert!(
            ask_by(both, Outbound::NotAsked)
                .unwrap()
                .contains("flow: None")
        );
        let leaving = both.replace("=60", "=0");
        assert!(ask_by(&leaving, Outbound::Used).unwrap().contains(flow));
        for alone in [
            "Contact: <sip:a@h>;reg-id=2\r\n",
            "Contact: <sip:a@h>;+sip.instance=\"<urn:uuid:1>\"\r\n",
            "Contact: <sip:a@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=0\r\n",
        ] {
            for outbound in [Outbound::Used, Outbound::NotAtFirstHop] {
                assert!(
                    ask_by(alone, outbound).unwrap().contains("flow: None"),
                    "{alone}"
                );
            }
        }
        assert_eq!(
            ask_by(both, Outbound::NotAtFirstHop),
            Err(Unacceptable::FirstHopLacksOutbound)
        );
    }

    #[test]
    fn rfc5626_6_a_request_binds_one_flow() {
        let contact = |n| format!("<sip:a{n}@h>;+sip.instance=\"<urn:uuid:1>\";reg-id={n}");
        let two = format!("Contact: {}, {}\r\n", contact(1), contact(2));
        assert!(matches!(
            ask_by(&two, Outbound::Used),
            Err(Unacceptable::Bad(_))
        ));
        let one_leaves = format!("Contact: {};expires=0, {}\r\n", contact(1), contact(2));
        assert!(ask_by(&one_leaves, Outbound::Used).is_ok());
    }
}
