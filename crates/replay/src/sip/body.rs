//! Bodies: in text, addresses of node and peer, Call-IDs and tags are those of now, whatever the type: the origin and
//! the connections of SDP, the contacts of reginfo, the header fields of message/sipfrag. Media ports, the numbers and
//! names of an origin, and identifiers of elements of XML are those of the capture.

use bytes::Bytes;
use sip_message::{Message, Name};

use super::Translation;
use super::fields::Origin;

impl Translation {
    /// Puts the body of the capture into `message`, with what is now otherwise.
    pub(super) fn rewrite_body(&self, message: &mut Message, captured: &Message) {
        let Some(kind) = captured.header(Name::CONTENT_TYPE) else {
            return;
        };
        let Ok(text) = std::str::from_utf8(captured.body()) else {
            return;
        };
        let live = self.named(&self.addresses.live(text), Origin::Capture);
        if live != text {
            message.set_body(kind, Bytes::from(live));
        }
    }

    /// Text with the Call-IDs and tags of the other side: of a text of the capture those of now.
    fn named(&self, text: &str, origin: Origin) -> String {
        let other = |word: &str| -> Option<String> {
            let names = [&self.call_ids, &self.tags];
            names.into_iter().find_map(|names| {
                let other = match origin {
                    Origin::Capture => names.live(word),
                    Origin::Live => names.captured(word),
                };
                (other != word).then(|| other.to_owned())
            })
        };
        let mut out = String::with_capacity(text.len());
        // A word of RFC 3261 §25.1 without the marks that are around it in XML.
        let is_end = |it: char| it.is_whitespace() || "\"'<>;,=()".contains(it);
        for piece in text.split_inclusive(is_end) {
            let word = piece.trim_end_matches(is_end);
            match other(word) {
                Some(other) => {
                    out.push_str(&other);
                    out.push_str(&piece[word.len()..]);
                }
                None => out.push_str(piece),
            }
        }
        out
    }

    /// A body as it is compared: of SDP without the numbers of its origin (RFC 8866 §5.2), which are new each time.
    pub(super) fn body_field(&self, message: &Message, origin: Origin) -> String {
        let body = String::from_utf8_lossy(message.body());
        let body = match origin {
            Origin::Capture => body.into_owned(),
            Origin::Live => self.named(&self.addresses.captured(&body), origin),
        };
        let kind = message.header(Name::CONTENT_TYPE).unwrap_or_default();
        let is_sdp = kind
            .split(';')
            .next()
            .is_some_and(|it| it.trim().eq_ignore_ascii_case("application/sdp"));
        match is_sdp {
            true => without_origin_numbers(&body),
            false => body,
        }
    }
}

fn without_origin_numbers(sdp: &str) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            [user, _, _, ref rest @ ..] if user.starts_with("o=") => {
                format!("{user} … … {}", rest.join(" "))
            }
            _ => line.to_owned(),
        }
    };
    let lines: Vec<String> = sdp.split('\n').map(line).collect();
    lines.join("\n")
}
