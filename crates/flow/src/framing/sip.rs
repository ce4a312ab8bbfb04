//! SIP messages out of one direction of a connection (RFC 3261 §18.3).

use bytes::BytesMut;
use memchr::memchr;
use sip_message::{Piece, StreamFault};

use super::Cut;
use crate::content::{Look, is_start_line, look};

/// Octets that a body may have: what other stacks take, and more.
const MAX_BODY: usize = 1 << 20;

/// A stream being cut into messages; keep-alives are passed over (RFC 5626 §3.5.1).
///
/// Holds no more than [`sip_message::MAX_HEAD`] and [`MAX_BODY`] octets between calls, about.
pub(crate) struct Framer {
    state: State,
}

enum State {
    Framing(sip_message::Framer),
    /// The next line that is a start line begins a message.
    Looking(BytesMut),
}

impl Default for Framer {
    fn default() -> Framer {
        Framer {
            state: State::Framing(sip_message::Framer::new(MAX_BODY)),
        }
    }
}

impl Framer {
    /// For a stream that may begin within a message.
    pub(crate) fn lost() -> Framer {
        Framer {
            state: State::Looking(BytesMut::new()),
        }
    }

    /// Takes the next octets.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        match &mut self.state {
            State::Framing(framer) => framer.push(octets),
            State::Looking(held) => held.extend_from_slice(octets),
        }
    }

    pub(crate) fn held(&self) -> usize {
        match &self.state {
            State::Framing(framer) => framer.held(),
            State::Looking(held) => held.len(),
        }
    }

    /// Drops what there is of a message whose rest will not come; how many octets that were.
    pub(crate) fn lose(&mut self) -> usize {
        let held = self.held();
        *self = Framer::lost();
        held
    }

    /// What has come.
    pub(crate) fn next(&mut self) -> Option<Cut> {
        loop {
            match &mut self.state {
                State::Framing(framer) => match framer.next() {
                    Ok(Some(Piece::LineEnd)) => {}
                    Ok(Some(Piece::Message(message))) => {
                        return Some(Cut::Message(message.to_bytes()));
                    }
                    Ok(None) => return None,
                    Err(fault) => return Some(self.give_up(fault)),
                },
                State::Looking(held) => {
                    let found = find_start(held);
                    let (Found::At(before) | Found::NotBefore(before)) = found;
                    let garbage = held.split_to(before).freeze();
                    if let Found::At(_) = found {
                        let mut framer = sip_message::Framer::new(MAX_BODY);
                        framer.push(held);
                        self.state = State::Framing(framer);
                    }
                    // Keep-alives are no garbage.
                    if !garbage.iter().all(|octet| b"\r\n\0".contains(octet)) {
                        return Some(Cut::Garbage(garbage));
                    }
                    if let Found::NotBefore(_) = found {
                        return None;
                    }
                }
            }
        }
    }

    fn give_up(&mut self, fault: StreamFault) -> Cut {
        let framing = std::mem::replace(&mut self.state, State::Looking(BytesMut::new()));
        let mut held = match framing {
            State::Framing(framer) => framer.into_held(),
            State::Looking(held) => held,
        };
        let cut = match fault {
            // The message that comes with it is not octet for octet what came.
            StreamFault::Refused { invalid, .. } => Cut::Refused {
                head: held.split_to(head_length(&held)).freeze(),
                reason: invalid.reason,
            },
            // Its first line was taken for a start line once.
            StreamFault::Unreadable(_) => {
                let line = memchr(b'\n', &held).map_or(held.len(), |end| end + 1);
                Cut::Garbage(held.split_to(line).freeze())
            }
        };
        self.state = State::Looking(held);
        cut
    }
}

/// Start line and header fields with the empty line, or what there is of them.
fn head_length(octets: &[u8]) -> usize {
    let mut at = 0;
    while let Some(length) = memchr(b'\n', &octets[at..]) {
        let line = &octets[at..at + length];
        at += length + 1;
        if line.trim_ascii_end().is_empty() {
            return at;
        }
    }
    match at {
        0 => octets.len(),
        lines => lines,
    }
}

enum Found {
    /// A start line.
    At(usize),
    /// None, so far; a line that may become one begins here.
    NotBefore(usize),
}

fn find_start(octets: &[u8]) -> Found {
    let mut at = 0;
    while let Some(length) = memchr(b'\n', &octets[at..]) {
        if is_start_line(octets[at..at + length].trim_ascii_end()) {
            return Found::At(at);
        }
        at += length + 1;
    }
    match look(&octets[at..]) {
        Look::TooShort => Found::NotBefore(at),
        _ => Found::NotBefore(octets.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::MAX_START_LINE;

    const OPTIONS: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nhi";
    const OK: &[u8] = b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n";

    fn taken(framer: &mut Framer, octets: &[u8], step: usize) -> Vec<String> {
        let mut found = Vec::new();
        for part in octets.chunks(step) {
            framer.push(part);
            found.extend(std::iter::from_fn(|| framer.next()).map(|cut| match cut {
                Cut::Message(octets) => format!("{} octets", octets.len()),
                Cut::Refused { reason, .. } => reason.to_owned(),
                Cut::Garbage(octets) => octets.escape_ascii().to_string(),
            }));
        }
        found
    }

    #[test]
    fn messages_are_found_however_the_stream_is_cut() {
        let stream = [OPTIONS, b"\r\n\r\n", OK, OPTIONS].concat();
        for step in 1..stream.len() {
            let mut framer = Framer::default();
            let expected = ["46 octets", "24 octets", "46 octets"];
            assert_eq!(taken(&mut framer, &stream, step), expected);
            assert_eq!(framer.held(), 0);
        }
    }

    #[test]
    fn after_garbage_the_next_start_line_begins_a_message() {
        let stream = [OK, b"\x01\x02 SIP/2.0\n rest of it\r\n\r\n", OK, OPTIONS].concat();
        let expected = [
            "24 octets",
            "\\x01\\x02 SIP/2.0\\n",
            " rest of it\\r\\n\\r\\n",
            "24 octets",
            "46 octets",
        ];
        assert_eq!(
            taken(&mut Framer::default(), &stream, stream.len()),
            expected
        );
        for step in 1..stream.len() {
            let found = taken(&mut Framer::default(), &stream, step);
            assert_eq!(found.first().map(String::as_str), Some("24 octets"));
            assert_eq!(found[found.len() - 2..], expected[3..], "{step}");
        }
    }

    #[test]
    fn a_message_without_a_length_is_refused_and_the_next_one_read() {
        let stream = [b"OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\nbody\r\n", OK].concat();
        for step in [1, 7, stream.len()] {
            let found = taken(&mut Framer::default(), &stream, step);
            assert_eq!(found[0], "Content-Length missing");
            assert_eq!(found.last().map(String::as_str), Some("24 octets"));
        }
    }

    /// The message that the codec gives with its refusal is no longer what came.
    #[test]
    fn a_refused_message_is_shown_as_it_came() {
        let wrong = b"SIP/2.0 200 OK\r\nl: \xe4\r\n\r\n";
        let mut framer = Framer::default();
        framer.push(&[&wrong[..], OK].concat());
        let cut = framer.next();
        assert!(
            matches!(&cut, Some(Cut::Refused { head, .. }) if head == &wrong[..]),
            "{cut:?}"
        );
        assert_eq!(framer.next(), Some(Cut::Message(OK.into())));
        assert_eq!(framer.next(), None);
    }

    #[test]
    fn a_loss_within_a_message_costs_that_message() {
        let mut framer = Framer::default();
        assert!(taken(&mut framer, &OPTIONS[..30], 30).is_empty());
        assert_eq!(framer.lose(), 30);
        let found = taken(&mut framer, &[b"th: 2\r\n\r\nhi", OK].concat(), 99);
        // The body has no line end of its own.
        assert_eq!(
            found,
            ["th: 2\\r\\n\\r\\nhiSIP/2.0 200 OK\\r\\nl: 0\\r\\n\\r\\n"]
        );
        assert_eq!(taken(&mut framer, OK, 99), ["24 octets"]);
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut framer = Framer::lost();
        for _ in 0..1_000 {
            taken(&mut framer, &[b'x'; 1_000], 1_000);
            assert!(framer.held() <= MAX_START_LINE);
        }
        let mut framer = Framer::default();
        taken(&mut framer, b"OPTIONS sip:a SIP/2.0\r\n", 99);
        for _ in 0..1_000 {
            taken(&mut framer, &[b'x'; 1_000], 1_000);
            assert!(framer.held() <= sip_message::MAX_HEAD + 1_000);
        }
    }
}
