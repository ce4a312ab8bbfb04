//! The ladder: a column for each node, a line for each message, drawn as they come.

mod layout;
mod paint;

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use crate::escape::{columns, escaped, first_columns};
use crate::event::{Event, Passage, Purpose};
use crate::node::{NodeId, Nodes};
use crate::terminal::Style;
use crate::timestamp::milliseconds;

use layout::Layout;
use paint::{Glyphs, Ink};

/// The width of the time before the first column.
const TIME_COLUMNS: usize = 6;

/// The width of how long it took, behind the time.
const TOOK_COLUMNS: usize = 8;

/// Of a detail that does not fit, fewer columns than this are left out rather than shown.
const LEAST_DETAIL: usize = 4;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Every message.
    Everything,
    /// All but the watchdog.
    WithoutWatchdog,
    /// Only procedures of users.
    Procedures,
}

/// What stands left of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// When each message passed.
    Start,
    /// Also how long what was folded took.
    StartAndDuration,
}

impl Times {
    fn columns(self) -> usize {
        match self {
            Times::Start => TIME_COLUMNS,
            Times::StartAndDuration => TIME_COLUMNS + TOOK_COLUMNS,
        }
    }
}

impl Show {
    /// Whether a message of this purpose is drawn.
    #[must_use]
    pub fn includes(self, purpose: Purpose) -> bool {
        match self {
            Show::Everything => true,
            Show::WithoutWatchdog => purpose < Purpose::Watchdog,
            Show::Procedures => purpose == Purpose::Procedure,
        }
    }
}

/// A ladder being drawn.
#[derive(Debug)]
pub struct Ladder {
    style: Style,
    show: Show,
    times: Times,
    /// When the first message passed: times are counted from there.
    started: Option<SystemTime>,
    /// The columns under the last heading, and where they stand; none where the terminal is too narrow for them.
    heading: Vec<NodeId>,
    layout: Option<Layout>,
}

impl Ladder {
    /// A ladder of which nothing is drawn yet.
    #[must_use]
    pub fn new(style: Style, show: Show) -> Ladder {
        Ladder {
            style,
            show,
            times: Times::Start,
            started: None,
            heading: Vec::new(),
            layout: None,
        }
    }

    /// With other times than [`Times::Start`].
    #[must_use]
    pub fn with_times(self, times: Times) -> Ladder {
        Ladder { times, ..self }
    }

    /// How many nodes have room beside each other.
    #[must_use]
    pub fn columns_that_fit(&self) -> usize {
        Layout::columns_that_fit(self.times.columns(), self.style.width)
    }

    /// The terminal has another width now: the next message gets a new heading.
    pub fn resize(&mut self, width: usize) {
        if self.style.width != width {
            self.style.width = width;
            self.heading.clear();
        }
    }

    /// The lines for the next message, each with its line end; before them a heading where the columns are new.
    ///
    /// Empty for a message that is not shown.
    pub fn draw(&mut self, nodes: &Nodes, event: &Event) -> String {
        self.draw_folded(nodes, event, None)
    }

    /// The same for what [`crate::Fold`] gives.
    pub fn draw_folded(&mut self, nodes: &Nodes, event: &Event, took: Option<Duration>) -> String {
        if !self.show.includes(event.purpose) {
            return String::new();
        }
        // A box drawing character has three octets.
        let mut out = String::with_capacity(3 * self.style.width);
        self.head(nodes, &mut out);
        let mut time = self.time(event.time);
        if self.times == Times::StartAndDuration {
            let took = took.map(|took| format!("+{}", short(took.as_secs_f64() * 1e3)));
            time.push_str(&format!("{:>TOOK_COLUMNS$}", took.unwrap_or_default()));
        }
        let ink = Ink::new(self.style.colours);
        ink.dim(&time, &mut out);
        match &self.layout {
            Some(layout) => self.draw_arrow(layout, event, ink, &mut out),
            None => self.draw_sentence(nodes, event, ink, &mut out),
        }
        out.push('\n');
        out
    }

    fn head(&mut self, nodes: &Nodes, out: &mut String) {
        if self.heading.iter().copied().eq(nodes.columns()) {
            return;
        }
        self.heading = nodes.columns().collect();
        let names: Vec<String> = nodes
            .columns()
            .map(|node| escaped(nodes.name(node), self.style.charset))
            .collect();
        let widths: Vec<usize> = names.iter().map(|name| columns(name)).collect();
        self.layout = Layout::new(&widths, self.times.columns(), self.style.width);
        let Some(layout) = &self.layout else { return };
        let mut line = format!("{:>TIME_COLUMNS$}", "ms");
        if self.times == Times::StartAndDuration {
            line.push_str(&format!("{:>TOOK_COLUMNS$}", "took"));
        }
        let glyphs = Glyphs::of(self.style.charset);
        for (column, name) in names.iter().enumerate() {
            let name = heading(name, layout.name_columns(column), glyphs);
            let start = layout.at(column) - (columns(&name).saturating_sub(1)) / 2;
            let gap = start.saturating_sub(columns(&line));
            push_spaces(&mut line, gap);
            line.push_str(&name);
        }
        Ink::new(self.style.colours).bold(&line, out);
        out.push('\n');
    }

    /// Milliseconds since the first message; seconds once they need less room.
    fn time(&mut self, now: SystemTime) -> String {
        let started = *self.started.get_or_insert(now);
        let time = short(milliseconds(started, now));
        format!("{time:>TIME_COLUMNS$}")
    }

    fn draw_arrow(&self, layout: &Layout, event: &Event, ink: Ink, out: &mut String) {
        let column = |node| self.heading.iter().position(|&n| n == node).unwrap_or(0);
        let (from, to) = (column(event.from), column(event.to));
        let (left, right) = (from.min(to), from.max(to));
        let glyphs = Glyphs::of(self.style.charset);
        let mut at = self.times.columns();
        for lifeline in 0..left {
            push_spaces(out, layout.at(lifeline) - at);
            ink.dim(glyphs.lifeline, out);
            at = layout.at(lifeline) + 1;
        }
        push_spaces(out, layout.at(left) - at);
        let span = if from == to {
            let room = layout.room_right_of(left);
            format!("{}{}", glyphs.own, self.caption(event, glyphs, room))
        } else {
            self.arrow(
                event,
                glyphs,
                from < to,
                layout.at(right) - layout.at(left) - 1,
            )
        };
        at = layout.at(left) + columns(&span);
        ink.event(event, &span, out);
        for lifeline in right + 1..self.heading.len() {
            push_spaces(out, layout.at(lifeline) - at);
            ink.dim(glyphs.lifeline, out);
            at = layout.at(lifeline) + 1;
        }
    }

    /// An arrow with its caption, `inner` columns between its ends.
    fn arrow(&self, event: &Event, glyphs: &Glyphs, rightward: bool, inner: usize) -> String {
        let caption = self.caption(event, glyphs, inner);
        let line = match event.passage {
            Passage::First => glyphs.line,
            Passage::Again => glyphs.line_again,
        };
        let blank = inner - columns(&caption);
        let before = line.repeat(blank / 2);
        let after = line.repeat(blank - blank / 2);
        let (first, last) = if rightward {
            (glyphs.from_left, glyphs.to_right)
        } else {
            (glyphs.to_left, glyphs.from_right)
        };
        format!("{first}{before}{caption}{after}{last}")
    }

    /// Label and detail in at most `room` columns: the detail is shortened first.
    fn caption(&self, event: &Event, glyphs: &Glyphs, room: usize) -> String {
        let mark = match event.passage {
            Passage::First => "",
            Passage::Again => glyphs.again,
        };
        let label = format!("{mark}{}", escaped(&event.label, self.style.charset));
        let detail = escaped(&event.detail, self.style.charset);
        let free = room.saturating_sub(columns(&label));
        if detail.is_empty() && columns(&label) <= room {
            label
        } else if free > columns(&detail) {
            format!("{label} {detail}")
        } else if free > LEAST_DETAIL + columns(glyphs.cut) {
            let kept = first_columns(&detail, free - 1 - columns(glyphs.cut));
            format!("{label} {kept}{}", glyphs.cut)
        } else if columns(&label) <= room {
            label
        } else {
            let kept = first_columns(&label, room.saturating_sub(columns(glyphs.cut)));
            format!("{kept}{}", glyphs.cut)
        }
    }

    /// What is drawn where there is no room for columns.
    fn draw_sentence(&self, nodes: &Nodes, event: &Event, ink: Ink, out: &mut String) {
        let glyphs = Glyphs::of(self.style.charset);
        let name = |node| escaped(nodes.name(node), self.style.charset);
        let names = format!(
            " {} {} {} ",
            name(event.from),
            glyphs.to_right,
            name(event.to)
        );
        let room = self.style.width.saturating_sub(self.times.columns());
        let caption = self.caption(event, glyphs, room.saturating_sub(columns(&names)));
        let sentence = format!("{names}{caption}");
        ink.event(event, first_columns(&sentence, room), out);
    }
}

/// Seconds once they need less room, then days and years: never more than [`TIME_COLUMNS`].
fn short(milliseconds: f64) -> String {
    const YEARS: f64 = 9_999.0;
    let fits = |text: &String| text.len() <= TIME_COLUMNS;
    let seconds = milliseconds / 1e3;
    let first = match milliseconds.abs() < 9_999.0 {
        true => format!("{milliseconds:.1}"),
        false => format!("{seconds:.0}s"),
    };
    if fits(&first) {
        return first;
    }
    let days = seconds / 86_400.0;
    let longer = [(seconds, 's'), (days, 'd')];
    let longer = longer.map(|(number, unit)| format!("{number:.0}{unit}"));
    let years = || format!("{:.0}y", (days / 365.25).clamp(-YEARS, YEARS));
    longer.into_iter().find(fits).unwrap_or_else(years)
}

/// A name in at most `room` columns; of an address the end tells most, of a name the beginning.
fn heading(name: &str, room: usize, glyphs: &Glyphs) -> String {
    if columns(name) <= room {
        return name.to_owned();
    }
    let kept = room.saturating_sub(columns(glyphs.cut));
    match name.parse::<IpAddr>() {
        // An address is ASCII.
        Ok(_) => format!("{}{}", glyphs.cut, &name[name.len() - kept..]),
        Err(_) => format!("{}{}", first_columns(name, kept), glyphs.cut),
    }
}

fn push_spaces(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

#[cfg(test)]
mod tests;
