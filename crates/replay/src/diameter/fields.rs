//! A Diameter message as fields that can be compared: its command, its flags, its AVPs by name with the groups that
//! they are in. Of what is new each time (challenges and keys, Origin-State-Id, times) only that it is there is compared.

use std::collections::HashSet;

use diameter_codec::base::avp;
use diameter_codec::{Avp, Avps, DataType, Disclosure, Message, cx, definition};

use super::Translation;
use crate::addresses::Addresses;
use crate::difference::Fields;
use crate::sip::fields::Origin;

/// Stands for a value that is new each time.
const THERE: &str = "…";

/// Groups in groups that are looked into.
const MAX_DEPTH: usize = 8;

/// The fields of a message.
pub(crate) fn of(
    message: &Message,
    origin: Origin,
    translation: &Translation,
    addresses: &Addresses,
) -> Fields {
    let header = message.header();
    let name = match header.name() {
        Some(name) => name.short.to_owned(),
        None => header.command.0.to_string(),
    };
    let mut fields = vec![
        (
            "command".to_owned(),
            format!("{name} of {}", header.application),
        ),
        ("flags".to_owned(), format!("{:#04x}", header.flags.0)),
    ];
    let said = |avp: &Avp<'_>| value(avp, origin, translation, addresses);
    add(message.avps(), "", MAX_DEPTH, &said, &mut fields);
    fields
}

/// The fields of a message, by the names of their AVPs, that are keys or digests.
pub(crate) fn secrets(message: &Message) -> HashSet<String> {
    fn walk(avps: Avps<'_>, within: &str, depth: usize, found: &mut HashSet<String>) {
        for avp in avps {
            let about = definition(avp.code);
            if about.is_some_and(|it| it.disclosure == Disclosure::Secret) {
                found.insert(format!("{within}{}", avp.code));
            } else if depth > 0 && about.is_some_and(|it| it.data == DataType::Grouped) {
                let within = format!("{within}{} / ", avp.code);
                walk(avp.group(), &within, depth - 1, found);
            }
        }
    }
    let mut found = HashSet::new();
    walk(message.avps(), "", MAX_DEPTH, &mut found);
    found
}

fn add(
    avps: Avps<'_>,
    within: &str,
    depth: usize,
    said: &impl Fn(&Avp<'_>) -> String,
    fields: &mut Fields,
) {
    for avp in avps {
        let name = format!("{within}{}", avp.code);
        let is_group = definition(avp.code).is_some_and(|it| it.data == DataType::Grouped);
        if is_group && depth > 0 {
            add(avp.group(), &format!("{name} / "), depth - 1, said, fields);
        } else {
            fields.push((name, said(&avp)));
        }
    }
}

fn value(
    avp: &Avp<'_>,
    origin: Origin,
    translation: &Translation,
    addresses: &Addresses,
) -> String {
    match avp.code {
        avp::ORIGIN_STATE_ID
        | avp::EVENT_TIMESTAMP
        | cx::avp::SIP_AUTHENTICATE
        | cx::avp::SIP_AUTHORIZATION
        | cx::avp::CONFIDENTIALITY_KEY
        | cx::avp::INTEGRITY_KEY => return THERE.to_owned(),
        avp::SESSION_ID if origin == Origin::Live => {
            let session = avp.text().unwrap_or_default();
            return translation.captured_session(session).to_owned();
        }
        _ => {}
    }
    let kind = definition(avp.code).map(|it| it.data);
    let is_number = matches!(
        kind,
        Some(
            DataType::Unsigned32
                | DataType::Unsigned64
                | DataType::Integer32
                | DataType::Integer64
                | DataType::Enumerated
                | DataType::Address
                | DataType::Time
        )
    );
    let text = if is_number {
        // `Result-Code: SUCCESS (2001)`
        let whole = avp.to_string();
        let value = whole.split_once(": ").map(|(_, value)| value.to_owned());
        value.unwrap_or(whole)
    } else {
        match avp.text() {
            Some(text) if !text.contains(char::is_control) || text.starts_with('<') => {
                text.to_owned()
            }
            _ => avp
                .data
                .iter()
                .map(|octet| format!("{octet:02x}"))
                .collect(),
        }
    };
    match origin {
        Origin::Capture => text,
        Origin::Live => addresses.captured(&text),
    }
}
