//! What is told beside the messages: faults of packets, gaps, garbage, TLS without a key.

use std::io::{self, Write};

use capture::Numbers;
use flow::Correlation;
use flow::escape::{Charset, escaped};

use super::drawing::Format;

/// What is kept to be told; more is counted.
pub(crate) const MAX_TOLD: usize = 1_000;

/// Subscribers who are named where nobody was found.
const MAX_NAMED: usize = 10;

/// Lines on standard error.
const MAX_LINES: usize = 20;

/// What `flow show` was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The whole capture.
    Everything,
    /// What belongs to somebody.
    Selected,
}

/// A list that is bounded.
#[derive(Debug, Default)]
pub(crate) struct Told {
    kept: Vec<(Option<Numbers>, String)>,
    more: u64,
}

impl Told {
    /// Adds what names its packet by itself.
    pub(crate) fn add(&mut self, packets: Option<Numbers>, text: String) {
        match self.kept.len() < MAX_TOLD {
            true => self.kept.push((packets, text)),
            false => self.more += 1,
        }
    }

    /// Adds to the count of what there is no room for.
    pub(crate) fn add_uncounted(&mut self, more: u64) {
        self.more += more;
    }

    /// In their order, and how many more there are.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<Numbers>, String)> {
        let more = (self.more > 0).then(|| (None, format!("and {} more", self.more)));
        self.kept.iter().cloned().chain(more)
    }

    /// The same without numbers.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.all().map(|(_, text)| text).collect()
    }

    /// Says on standard error what the output has no place for. It may be gone; then nobody misses it.
    pub(crate) fn summarize(
        &self,
        name: &str,
        packets: u64,
        drawn: u64,
        asked: Asked,
        correlation: Option<&Correlation>,
        format: Format,
    ) {
        let mut err = io::stderr().lock();
        if drawn == 0 {
            let (why, way_out) = match asked {
                _ if packets == 0 => (
                    "there is nothing in it",
                    "capture while something is sent".to_owned(),
                ),
                Asked::Everything => (
                    "no SIP or Diameter to be shown in it",
                    "--all shows DWR, DWA and STUN, too".to_owned(),
                ),
                Asked::Selected => (
                    "nothing in it belongs to what is asked for",
                    choice(correlation),
                ),
            };
            let _ = writeln!(
                err,
                "flow: {name}: {packets} packets, {why}\n  way out: {way_out}"
            );
        }
        let count = self.kept.len() as u64 + self.more;
        if count == 0 {
            return;
        }
        let notices = match count {
            1 => "notice",
            _ => "notices",
        };
        let _ = writeln!(err, "flow: {name}: {count} {notices}");
        if format != Format::Text {
            return;
        }
        for (_, text) in self.kept.iter().take(MAX_LINES) {
            let _ = writeln!(err, "  {text}");
        }
        let rest = count.saturating_sub(MAX_LINES as u64);
        if rest > 0 {
            let _ = writeln!(err, "  and {rest} more");
        }
    }
}

/// Whom to ask for instead.
fn choice(correlation: Option<&Correlation>) -> String {
    let ids = "--json tells the call_id and session_id of each message";
    let mut names = correlation.into_iter().flat_map(Correlation::names);
    let first: Vec<String> = names
        .by_ref()
        .take(MAX_NAMED)
        .map(|name| escaped(name, Charset::Unicode))
        .collect();
    match (first.is_empty(), names.count()) {
        (true, _) => format!("no message in it names a subscriber; {ids}"),
        (false, 0) => format!("ask for {}; {ids}", first.join(", ")),
        (false, more) => format!("ask for {}, or one of {more} more; {ids}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_bounded_and_counted() {
        let mut told = Told::default();
        for number in 0..MAX_TOLD as u64 + 7 {
            told.add(
                Some(Numbers::one(number)),
                format!("packet {number}: wrong"),
            );
        }
        let texts = told.texts();
        assert_eq!(texts.len(), MAX_TOLD + 1);
        assert_eq!(texts[MAX_TOLD], "and 7 more");
    }
}
