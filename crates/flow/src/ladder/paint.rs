//! The pieces of a ladder and their colours.

use crate::escape::Charset;
use crate::event::{Event, Outcome, Passage, Protocol, Purpose};
use crate::terminal::Colours;

/// What lines are drawn with. Each but `again` and `cut` takes one column.
#[derive(Debug)]
pub(super) struct Glyphs {
    pub(super) lifeline: &'static str,
    pub(super) line: &'static str,
    pub(super) line_again: &'static str,
    pub(super) from_left: &'static str,
    pub(super) to_right: &'static str,
    pub(super) to_left: &'static str,
    pub(super) from_right: &'static str,
    /// Before a message that a node sends itself.
    pub(super) own: &'static str,
    /// Before a retransmission.
    pub(super) again: &'static str,
    /// Where text was cut.
    pub(super) cut: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    lifeline: "│",
    line: "─",
    line_again: "┄",
    from_left: "├",
    to_right: "▶",
    to_left: "◀",
    from_right: "┤",
    own: "↺",
    again: "↻ ",
    cut: "…",
};

const ASCII: Glyphs = Glyphs {
    lifeline: "|",
    line: "-",
    line_again: ".",
    from_left: "|",
    to_right: ">",
    to_left: "<",
    from_right: "|",
    own: "@",
    again: "again ",
    cut: "..",
};

impl Glyphs {
    pub(super) fn of(charset: Charset) -> &'static Glyphs {
        match charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        }
    }
}

/// Selects graphic renditions, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    colours: Colours,
}

impl Ink {
    pub(super) fn new(colours: Colours) -> Ink {
        Ink { colours }
    }

    pub(super) fn bold(self, text: &str, out: &mut String) {
        self.render(&["1"], text, out);
    }

    pub(super) fn dim(self, text: &str, out: &mut String) {
        self.render(&["2"], text, out);
    }

    /// A request has the colour of its protocol, an answer that of its outcome; what matters less is dim.
    pub(super) fn event(self, event: &Event, text: &str, out: &mut String) {
        let colour = match (event.outcome, event.protocol) {
            (Outcome::Request, Protocol::Sip) => "36",
            (Outcome::Request, Protocol::Diameter) => "35",
            (Outcome::Request, Protocol::Stun | Protocol::Unknown) => "0",
            (Outcome::Provisional, _) => "34",
            (Outcome::Challenge, _) => "33",
            (Outcome::Success, _) => "32",
            (Outcome::Failure | Outcome::Unreadable, _) => "31",
        };
        match event.purpose != Purpose::Procedure || event.passage == Passage::Again {
            true => self.render(&["2;", colour], text, out),
            false => self.render(&[colour], text, out),
        }
    }

    fn render(self, rendition: &[&str], text: &str, out: &mut String) {
        match self.colours {
            Colours::Plain => out.push_str(text),
            Colours::Ansi => {
                out.push_str("\x1b[");
                out.extend(rendition.iter().copied());
                for part in ["m", text, "\x1b[0m"] {
                    out.push_str(part);
                }
            }
        }
    }
}
