//! A SIP message as fields that can be compared.
//!
//! Left out are Via, which repeats what was sent, and Content-Length, for which the body stands. Of what is new each
//! time (nonces and what is made of them, Date, the charging identifier) only that it is there is compared; of Path and
//! Record-Route all but the user part, which is the affair of the proxy that wrote it (RFC 3327 §4.2, RFC 3261 §16.6).

use std::collections::HashSet;

use sip_message::{Message, Name, StartLine, To, TypedHeader};

use super::Translation;
use crate::difference::Fields;

/// Stands for a value that is new each time.
const THERE: &str = "…";

/// Whose names a message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Capture,
    /// They are put back to those of the capture.
    Live,
}

/// The fields of a message, a header with several elements once for each.
pub(crate) fn of(message: &Message, origin: Origin, translation: &Translation) -> Fields {
    let said = |text: &str| match origin {
        Origin::Capture => text.to_owned(),
        Origin::Live => translation.addresses.captured(text),
    };
    let mut fields = vec![("start line".to_owned(), said(&start_line(message)))];
    let mut seen = HashSet::new();
    for header in message.headers() {
        let name = header.name;
        let long = name.long().to_owned();
        let is_known = !seen.insert(long.to_ascii_lowercase());
        if is_known || [Name::VIA, Name::CONTENT_LENGTH].contains(&name) {
            continue;
        }
        for element in message.elements(name) {
            if is_auth(name) {
                fields.extend(auth(&long, element));
                continue;
            }
            let value = if [Name::DATE, Name::TIMESTAMP].contains(&name) {
                THERE.to_owned()
            } else if name == Name::P_CHARGING_VECTOR {
                without_icid(&said(element))
            } else if [Name::PATH, Name::RECORD_ROUTE].contains(&name) {
                without_user(&said(element))
            } else if [Name::FROM, Name::TO].contains(&name) {
                tagged(&said(element), origin, translation)
            } else if name == Name::CALL_ID && origin == Origin::Live {
                translation.call_ids.captured(element).to_owned()
            } else if name == Name::CALL_ID {
                element.to_owned()
            } else {
                said(element)
            };
            fields.push((long.clone(), value));
        }
    }
    if !message.body().is_empty() {
        fields.push(("body".to_owned(), translation.body_field(message, origin)));
    }
    fields
}

fn start_line(message: &Message) -> String {
    match message.start_line() {
        StartLine::Request { method, uri } => format!("{method} {uri}"),
        StartLine::Response { status, reason } => format!("{} {reason}", status.0),
    }
}

fn is_auth(name: Name<'_>) -> bool {
    [
        Name::WWW_AUTHENTICATE,
        Name::PROXY_AUTHENTICATE,
        Name::AUTHORIZATION,
        Name::PROXY_AUTHORIZATION,
        Name::AUTHENTICATION_INFO,
    ]
    .contains(&name)
}

/// `WWW-Authenticate.realm` and so on; of Authentication-Info, which has no scheme, too.
fn auth(name: &str, value: &str) -> Fields {
    const FRESH: [&str; 8] = [
        "nonce",
        "nextnonce",
        "opaque",
        "cnonce",
        "response",
        "rspauth",
        "auts",
        "nc",
    ];
    let with_scheme = match name.eq_ignore_ascii_case(Name::AUTHENTICATION_INFO.as_str()) {
        true => format!("Digest {value}"),
        false => value.to_owned(),
    };
    let Ok(sip_message::Authorization(auth)) = sip_message::Authorization::parse(&with_scheme)
    else {
        return vec![(name.to_owned(), value.to_owned())];
    };
    let field = |(param, raw): (&str, &str)| {
        let param = param.to_ascii_lowercase();
        let raw = raw.trim_matches('"');
        let value = match FRESH.contains(&param.as_str()) && !raw.is_empty() {
            true => THERE,
            false => raw,
        };
        (format!("{name}.{param}"), value.to_owned())
    };
    auth.iter().map(field).collect()
}

fn without_icid(value: &str) -> String {
    const ICID: &str = "icid-value=";
    let Some(at) = value.find(ICID) else {
        return value.to_owned();
    };
    let from = at + ICID.len();
    let end = value[from..]
        .find(';')
        .map_or(value.len(), |end| from + end);
    format!("{}{THERE}{}", &value[..from], &value[end..])
}

fn without_user(value: &str) -> String {
    let (Some(scheme), Some(at)) = (value.find("sip:"), value.find('@')) else {
        return value.to_owned();
    };
    match scheme < at {
        true => format!("{}{THERE}{}", &value[..scheme + "sip:".len()], &value[at..]),
        false => value.to_owned(),
    }
}

/// With the tag of the capture; of one that nobody knows only that it is there.
fn tagged(value: &str, origin: Origin, translation: &Translation) -> String {
    let parsed = To::parse(value).ok();
    let tag = parsed.and_then(|to| to.0.tag());
    match tag {
        Some(tag) if origin == Origin::Live => {
            super::with_tag(value, tag, translation.tags.captured(tag))
        }
        _ => value.to_owned(),
    }
}
