//! A message with all its fields. Keys are not among them: what the codec conceals of Diameter, and the keys that SIP
//! carries in challenges.

use diameter_codec::{Avp, Avps, DataType, Disclosure, MAX_PRINTED_DEPTH, Message as Diameter};
use serde::Serialize;
use sip_message::{Auth, Header, Message as Sip, Name, TypedHeader, WwwAuthenticate};

use crate::event::{Event, Protocol};

/// Octets that are shown of what is no message.
pub const MAX_OCTETS: usize = 1_024;

/// The keys that a home network gives a P-CSCF in a challenge (TS 24.229 §7.2A.1).
const KEYS: [&str; 2] = ["ik", "ck"];

/// What is in a message, by the product's own codecs.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Decoded {
    /// A SIP message.
    Sip {
        /// The first line.
        start_line: String,
        /// Header fields in their order.
        headers: Vec<Field>,
        /// What follows the header fields, where something does: as text, else as hexadecimal.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Body>,
    },
    /// A Diameter message.
    Diameter {
        /// The command's name, else its number.
        command: String,
        /// The command's number.
        code: u32,
        /// The application's name, else its number.
        application: String,
        /// Octet 4 of the header.
        flags: u8,
        /// Hop-by-Hop Identifier.
        hop_by_hop: u32,
        /// End-to-End Identifier.
        end_to_end: u32,
        /// AVPs in their order.
        avps: Vec<Field>,
    },
    /// What is no message, or of a protocol without fields: its first octets.
    Octets {
        /// How many there are.
        length: usize,
        /// The first ones, at most [`MAX_OCTETS`].
        hexadecimal: String,
    },
}

/// A body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// UTF-8.
    Text(String),
    /// Anything else: its first octets, at most [`MAX_OCTETS`].
    Hexadecimal(String),
}

/// A header field or an AVP.
#[derive(Debug, Serialize)]
pub struct Field {
    /// What it is called.
    pub name: String,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is in a Grouped AVP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avps: Option<Vec<Field>>,
}

impl Decoded {
    /// Reads all of a message.
    #[must_use]
    pub fn of(event: &Event) -> Decoded {
        let octets = &event.octets;
        let decoded = match event.protocol {
            Protocol::Sip => Sip::parse(octets.clone()).ok().map(|it| sip(&it, octets)),
            Protocol::Diameter => Diameter::parse(octets.clone()).ok().map(|it| diameter(&it)),
            Protocol::Stun | Protocol::Unknown => None,
        };
        decoded.unwrap_or_else(|| Decoded::Octets {
            length: octets.len(),
            hexadecimal: hexadecimal(octets),
        })
    }
}

fn sip(message: &Sip, octets: &[u8]) -> Decoded {
    let first_line = octets.split(|octet| *octet == b'\n').next();
    let first_line = String::from_utf8_lossy(first_line.unwrap_or_default());
    let body = message.body();
    Decoded::Sip {
        start_line: first_line.trim_end().to_owned(),
        headers: message.headers().map(|header| field(&header)).collect(),
        body: match std::str::from_utf8(body) {
            Ok("") => None,
            Ok(text) => Some(Body::Text(text.to_owned())),
            Err(_) => Some(Body::Hexadecimal(hexadecimal(body))),
        },
    }
}

fn field(header: &Header<'_>) -> Field {
    let has_keys = [Name::WWW_AUTHENTICATE, Name::PROXY_AUTHENTICATE].contains(&header.name);
    let value = match has_keys {
        true => without_keys(header.value),
        false => header.value.to_owned(),
    };
    Field {
        name: header.name.as_str().to_owned(),
        value: Some(value),
        avps: None,
    }
}

/// A challenge in which keys are not told; nothing of one that cannot be read.
fn without_keys(value: &str) -> String {
    let is_key = |name: &str| KEYS.iter().any(|key| key.eq_ignore_ascii_case(name));
    let Ok(WwwAuthenticate(challenge)) = WwwAuthenticate::parse(value) else {
        return concealed(value.len());
    };
    let Auth { scheme, .. } = challenge;
    let lower = value.to_ascii_lowercase();
    if !KEYS.iter().any(|key| lower.contains(key)) {
        return value.to_owned();
    }
    let params: Vec<String> = challenge
        .iter()
        .map(|(name, value)| match is_key(name) {
            true => format!("{name}={}", concealed(value.trim_matches('"').len())),
            false => format!("{name}={value}"),
        })
        .collect();
    format!("{scheme} {}", params.join(", "))
}

fn concealed(octets: usize) -> String {
    format!("({octets} octets, secret)")
}

fn diameter(message: &Diameter) -> Decoded {
    let header = message.header();
    Decoded::Diameter {
        command: match header.name() {
            Some(name) => name.short.to_owned(),
            None => header.command.0.to_string(),
        },
        code: header.command.0,
        application: match header.application.name() {
            Some(name) => name.to_owned(),
            None => header.application.0.to_string(),
        },
        flags: header.flags.0,
        hop_by_hop: header.hop_by_hop,
        end_to_end: header.end_to_end,
        avps: fields(message.avps(), 1),
    }
}

fn fields(avps: Avps<'_>, depth: usize) -> Vec<Field> {
    avps.map(|avp| avp_field(&avp, depth)).collect()
}

fn avp_field(avp: &Avp<'_>, depth: usize) -> Field {
    let definition = diameter_codec::definition(avp.code);
    let name = avp.code.to_string();
    let is_group = definition.is_some_and(|definition| {
        definition.data == DataType::Grouped && definition.disclosure == Disclosure::Open
    });
    if is_group && depth < MAX_PRINTED_DEPTH {
        return Field {
            name,
            value: None,
            avps: Some(fields(avp.group(), depth + 1)),
        };
    }
    let value = match is_group {
        // Its octets may hold what is concealed.
        true => format!("({} octets)", avp.data.len()),
        // `Name: value`, which is shortened where it is long.
        false if is_long_text(avp) => String::from_utf8_lossy(avp.data).into_owned(),
        false => {
            let line = avp.to_string();
            let value = line.strip_prefix(&name).and_then(|it| it.strip_prefix(':'));
            let value = value.unwrap_or(&line);
            value.strip_prefix(' ').unwrap_or(value).to_owned()
        }
    };
    Field {
        name,
        value: Some(value),
        avps: None,
    }
}

/// Text that people read as a whole, as a user profile is (TS 29.229 §6.3.7): of what is open to be shown.
fn is_long_text(avp: &Avp<'_>) -> bool {
    const LONG: usize = 100;
    let definition = diameter_codec::definition(avp.code);
    let is_open = definition.is_some_and(|definition| {
        let is_text = matches!(
            definition.data,
            DataType::OctetString | DataType::Utf8String
        );
        is_text && definition.disclosure == Disclosure::Open
    });
    let steers = |it: char| it.is_control() && !matches!(it, '\n' | '\r' | '\t');
    is_open
        && avp.data.len() > LONG
        && std::str::from_utf8(avp.data).is_ok_and(|text| !text.contains(steers))
}

fn hexadecimal(octets: &[u8]) -> String {
    let shown = &octets[..octets.len().min(MAX_OCTETS)];
    shown.iter().map(|octet| format!("{octet:02x}")).collect()
}
