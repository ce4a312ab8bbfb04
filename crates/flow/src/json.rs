//! JSON in which nothing off the wire can be taken for anything else: in strings all that steers a terminal, reorders a
//! line or could end a script is written by its number.

use std::io;
use std::time::SystemTime;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter};

use capture::Numbers;

use crate::correlation::{Belonging, Correlation};
use crate::decoded::Decoded;
use crate::escape::{Charset, is_plain};
use crate::event::{Event, Outcome, Passage, Protocol, Purpose};
use crate::node::{NodeId, Nodes};
use crate::timestamp::Timestamp;

/// One object, on one line without its end.
#[must_use]
pub fn line(value: &impl Serialize) -> String {
    let mut line = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut line, Careful);
    value
        .serialize(&mut serializer)
        .expect("a Vec takes all, and keys are strings");
    String::from_utf8(line).expect("serde_json writes UTF-8")
}

/// The line of a message.
#[must_use]
pub fn message(
    event: &Event,
    belonging: &Belonging,
    correlation: &Correlation,
    nodes: &Nodes,
) -> String {
    let end = |node: NodeId, address: std::net::SocketAddr| End {
        name: match nodes.is_shared(node) {
            true => address.ip().to_string(),
            false => nodes.name(node).to_owned(),
        },
        address: address.to_string(),
    };
    line(&Message {
        r#type: "message",
        packets: Packets::from(event.packets),
        time: time(event.time),
        from: end(event.from, event.source),
        to: end(event.to, event.destination),
        transport: event.transport.to_string(),
        protocol: protocol(event.protocol),
        label: &event.label,
        detail: &event.detail,
        outcome: outcome(event.outcome),
        purpose: purpose(event.purpose),
        retransmission: event.passage == Passage::Again,
        subscribers: belonging
            .subscribers
            .iter()
            .map(|subscriber| correlation.name(*subscriber))
            .collect(),
        call_id: belonging.call_id.as_deref(),
        session_id: belonging.session_id.as_deref(),
        message: Decoded::of(event),
    })
}

/// The line of something told beside the messages.
#[must_use]
pub fn notice(packets: Option<Numbers>, text: &str) -> String {
    line(&Notice {
        r#type: "notice",
        packets: packets.map(Packets::from),
        text,
    })
}

#[derive(Serialize)]
struct Message<'a> {
    r#type: &'static str,
    packets: Packets,
    time: String,
    from: End,
    to: End,
    transport: String,
    protocol: &'static str,
    label: &'a str,
    detail: &'a str,
    outcome: &'static str,
    purpose: &'static str,
    retransmission: bool,
    subscribers: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
    message: Decoded,
}

#[derive(Serialize)]
struct Notice<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    packets: Option<Packets>,
    text: &'a str,
}

#[derive(Serialize)]
struct End {
    name: String,
    address: String,
}

/// The first and the last.
#[derive(Serialize)]
struct Packets([u64; 2]);

impl From<Numbers> for Packets {
    fn from(numbers: Numbers) -> Packets {
        Packets([numbers.first, numbers.last])
    }
}

fn time(time: SystemTime) -> String {
    Timestamp(time).to_string()
}

/// A protocol's name in what programs read.
pub(crate) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Sip => "sip",
        Protocol::Diameter => "diameter",
        Protocol::Stun => "stun",
        Protocol::Unknown => "unknown",
    }
}

/// An outcome's name in what programs read.
pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Request => "request",
        Outcome::Provisional => "provisional",
        Outcome::Challenge => "challenge",
        Outcome::Success => "success",
        Outcome::Failure => "failure",
        Outcome::Unreadable => "unreadable",
    }
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Procedure => "procedure",
        Purpose::Connection => "connection",
        Purpose::Watchdog => "watchdog",
    }
}

/// See the module.
struct Careful;

impl Formatter for Careful {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if is_plain(character, Charset::Unicode) && !is_markup(character) {
                continue;
            }
            CompactFormatter.write_string_fragment(writer, &fragment[plain..at])?;
            plain = at + character.len_utf8();
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        CompactFormatter.write_string_fragment(writer, &fragment[plain..])
    }
}

/// What could begin or end a tag, a comment or a reference in HTML.
fn is_markup(character: char) -> bool {
    matches!(character, '<' | '>' | '&')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_taken_for_something_else_is_written_by_its_number() {
        let hostile = "</script><!-- & \u{2028}\u{2029} \u{9b}2J \u{202e} \u{7f} \" \\ \n\u{1b} \u{fe0f} Zoë 漢 \u{1d173}";
        let line = line(&hostile);
        assert_eq!(
            line,
            "\"\\u003c/script\\u003e\\u003c!-- \\u0026 \\u2028\\u2029 \\u009b2J \\u202e \\u007f \\\" \\\\ \\n\\u001b \
             \\ufe0f Zoë 漢 \\ud834\\udd73\""
        );
        let read: String = serde_json::from_str(&line).expect("JSON");
        assert_eq!(read, hostile);
    }
}
