//! The ladder as a picture: one SVG, with nothing beside it, for light and dark surroundings.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use crate::escape::{Charset, columns, escaped, first_columns};
use crate::event::{Event, Passage, Purpose};
use crate::ink::{Colour, ink};
use crate::markup;
use crate::node::{NodeId, Nodes};
use crate::timestamp::milliseconds;

/// Messages that are drawn; of more, how many they are is told.
pub const MAX_ROWS: usize = 2_000;

/// Nodes that have a column of their own.
pub const MAX_COLUMNS: usize = 24;

/// Lines below the picture.
pub const MAX_NOTICES: usize = 20;

/// Characters that are kept of a label and of a detail.
const MAX_TEXT: usize = 512;

/// Where the lifelines begin, after time and packet.
const LEFT: usize = 150;
const RIGHT: usize = 40;
const ROW: usize = 34;
const HEAD: usize = 64;
/// How wide a character is at most, in tenths.
const LETTER: usize = 74;
const LEAST_SPACING: usize = 256;
const GREATEST_SPACING: usize = 320;

/// A picture being drawn.
#[derive(Debug)]
pub struct Picture {
    title: String,
    rows: Vec<Row>,
    started: Option<SystemTime>,
    cut: u64,
}

#[derive(Debug)]
struct Row {
    milliseconds: f64,
    packets: String,
    from: NodeId,
    to: NodeId,
    label: String,
    detail: String,
    colour: Colour,
    passage: Passage,
    purpose: Purpose,
}

impl Picture {
    /// An empty one.
    #[must_use]
    pub fn new(title: &str) -> Picture {
        Picture {
            title: title.to_owned(),
            rows: Vec::new(),
            started: None,
            cut: 0,
        }
    }

    /// Adds a message, as it is or as [`crate::Fold`] gives it.
    pub fn draw(&mut self, event: &Event, took: Option<Duration>) {
        let started = *self.started.get_or_insert(event.time);
        if self.rows.len() == MAX_ROWS {
            self.cut += 1;
            return;
        }
        let detail = match took {
            Some(took) => format!("{:.1} ms {}", took.as_secs_f64() * 1e3, event.detail),
            None => event.detail.clone(),
        };
        self.rows.push(Row {
            milliseconds: milliseconds(started, event.time),
            packets: event.packets.to_string(),
            from: event.from,
            to: event.to,
            label: shortened(&event.label),
            detail: shortened(&detail),
            colour: ink(event),
            passage: event.passage,
            purpose: event.purpose,
        });
    }

    /// How many messages there are in it.
    #[must_use]
    pub fn drawn(&self) -> usize {
        self.rows.len()
    }

    /// How many messages there was no room for.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// The whole file; below the messages stand notices, at most [`MAX_NOTICES`] of them.
    #[must_use]
    pub fn finish(&self, nodes: &Nodes, notices: &[String]) -> String {
        let frame = Frame::new(nodes);
        let mut lines: Vec<String> = Vec::new();
        if self.cut > 0 {
            lines.push(format!("cut after {MAX_ROWS}: {} messages more", self.cut));
        }
        lines.extend(notices.iter().take(MAX_NOTICES).cloned());
        if notices.len() > MAX_NOTICES {
            lines.push(format!("and {} notices more", notices.len() - MAX_NOTICES));
        }
        let bottom = HEAD + self.rows.len() * ROW + ROW / 2;
        let height = bottom + 2 * HEAD / 3 + lines.len() * 18 + 10;
        let mut out = String::new();
        self.write(&frame, &lines, bottom, height, &mut out)
            .expect("a String takes all");
        out
    }

    fn write(
        &self,
        frame: &Frame,
        lines: &[String],
        bottom: usize,
        height: usize,
        out: &mut String,
    ) -> std::fmt::Result {
        let width = frame.width;
        writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, \
             monospace\" font-size=\"12\">\n<title>{}</title>\n<style>{}</style>\n\
             <rect class=\"ground\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>",
            markup::escaped(&self.title),
            style()
        )?;
        writeln!(
            out,
            "<g class=\"faint\" fill=\"#57606a\"><text x=\"70\" y=\"34\" text-anchor=\"end\">ms</text>\
             <text x=\"80\" y=\"34\">packet</text></g>"
        )?;
        for (column, name) in frame.names.iter().enumerate() {
            let x = frame.x(column);
            writeln!(
                out,
                "<line class=\"life\" stroke=\"#afb8c1\" x1=\"{x}\" y1=\"{HEAD}\" x2=\"{x}\" y2=\"{bottom}\"/>"
            )?;
            for y in [HEAD - 44, bottom] {
                frame.write_name(x, y, name, out)?;
            }
        }
        for (number, row) in self.rows.iter().enumerate() {
            row.write(frame, HEAD + (number + 1) * ROW - 8, out)?;
        }
        for (number, line) in lines.iter().enumerate() {
            let y = bottom + 2 * HEAD / 3 + (number + 1) * 18;
            writeln!(
                out,
                "<text class=\"ink\" fill=\"#1f2328\" x=\"20\" y=\"{y}\">{}</text>",
                markup::escaped(&fitting(line, frame.width - 40))
            )?;
        }
        writeln!(out, "</svg>")
    }
}

/// Where the columns stand.
struct Frame {
    names: Vec<String>,
    columns: Vec<NodeId>,
    spacing: usize,
    width: usize,
}

impl Frame {
    fn new(nodes: &Nodes) -> Frame {
        let columns: Vec<NodeId> = nodes.columns().collect();
        let names: Vec<String> = columns
            .iter()
            .map(|node| escaped(nodes.name(*node), Charset::Unicode))
            .collect();
        let longest = names.iter().map(|name| crate::escape::columns(name)).max();
        let spacing =
            (longest.unwrap_or(0) * LETTER / 10 + 40).clamp(LEAST_SPACING, GREATEST_SPACING);
        let gaps = columns.len().saturating_sub(1);
        Frame {
            width: LEFT + spacing / 2 + gaps * spacing + spacing / 2 + RIGHT,
            names,
            columns,
            spacing,
        }
    }

    fn x(&self, column: usize) -> usize {
        LEFT + self.spacing / 2 + column * self.spacing
    }

    fn column(&self, node: NodeId) -> usize {
        let found = self.columns.iter().position(|&column| column == node);
        found.unwrap_or(0)
    }

    fn write_name(&self, x: usize, y: usize, name: &str, out: &mut String) -> std::fmt::Result {
        let room = self.spacing - 30;
        let name = fitting(name, room);
        let half = (columns(&name) * LETTER / 20 + 10).min(self.spacing / 2 - 5);
        writeln!(
            out,
            "<rect class=\"box\" fill=\"#f6f8fa\" stroke=\"#8c959f\" rx=\"4\" x=\"{}\" y=\"{y}\" width=\"{}\" \
             height=\"28\"/><text class=\"ink\" fill=\"#1f2328\" font-weight=\"bold\" text-anchor=\"middle\" \
             x=\"{x}\" y=\"{}\">{}</text>",
            x - half,
            2 * half,
            y + 18,
            markup::escaped(&name)
        )
    }
}

impl Row {
    fn write(&self, frame: &Frame, y: usize, out: &mut String) -> std::fmt::Result {
        let Colour { name, light, .. } = self.colour;
        let (from, to) = (frame.column(self.from), frame.column(self.to));
        let opacity = match self.purpose {
            Purpose::Procedure => "",
            Purpose::Connection | Purpose::Watchdog => " opacity=\"0.65\"",
        };
        let caption = match self.detail.is_empty() {
            true => self.label.clone(),
            false => format!("{} {}", self.label, self.detail),
        };
        writeln!(
            out,
            "<g class=\"{name}\" fill=\"{light}\" stroke=\"{light}\"{opacity}><title>packet {}: {}</title>",
            markup::escaped(&self.packets),
            markup::escaped(&caption)
        )?;
        writeln!(
            out,
            "<text class=\"faint\" fill=\"#57606a\" stroke=\"none\" x=\"70\" y=\"{y}\" text-anchor=\"end\">{:.1}</text>\
             <text class=\"faint\" fill=\"#57606a\" stroke=\"none\" x=\"80\" y=\"{y}\">{}</text>",
            self.milliseconds,
            markup::escaped(&self.packets)
        )?;
        let dashes = match self.passage {
            Passage::First => "",
            Passage::Again => " stroke-dasharray=\"6 4\"",
        };
        let caption = match self.passage {
            Passage::First => caption,
            Passage::Again => format!("\u{21bb} {caption}"),
        };
        let (begin, end) = (frame.x(from), frame.x(to));
        if from == to {
            let room = frame.spacing - 50;
            writeln!(
                out,
                "<path fill=\"none\" stroke-width=\"1.5\"{dashes} d=\"M{begin} {} h24 v10 h-20\"/>\
                 <polygon stroke=\"none\" points=\"{begin},{y} {},{} {},{}\"/>\
                 <text stroke=\"none\" x=\"{}\" y=\"{}\">{}</text></g>",
                y - 10,
                begin + 8,
                y - 4,
                begin + 8,
                y + 4,
                begin + 30,
                y - 1,
                markup::escaped(&fitting(&caption, room))
            )
        } else {
            let (tip, back) = match begin < end {
                true => (end, end - 9),
                false => (end, end + 9),
            };
            let room = begin.abs_diff(end) - 24;
            let caption = fitting(&caption, room);
            let middle = (begin + end) / 2;
            let half = columns(&caption) * LETTER / 20;
            writeln!(
                out,
                "<line stroke-width=\"1.5\"{dashes} x1=\"{begin}\" y1=\"{y}\" x2=\"{back}\" y2=\"{y}\"/>\
                 <polygon stroke=\"none\" points=\"{tip},{y} {back},{} {back},{}\"/>\
                 <rect class=\"ground\" fill=\"#ffffff\" stroke=\"none\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"15\"/>\
                 <text stroke=\"none\" text-anchor=\"middle\" x=\"{middle}\" y=\"{}\">{}</text></g>",
                y - 4,
                y + 4,
                middle - half,
                y - 17,
                2 * half,
                y - 5,
                markup::escaped(&caption)
            )
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

/// `text`, escaped for the eye, in so many units.
fn fitting(text: &str, room: usize) -> String {
    let room = room * 10 / LETTER;
    let text = escaped(text, Charset::Unicode);
    match columns(&text) <= room {
        true => text,
        false => format!("{}…", first_columns(&text, room.saturating_sub(1))),
    }
}

/// What is otherwise where the surroundings are dark.
fn style() -> String {
    let mut style = String::from("@media (prefers-color-scheme: dark){");
    for Colour { name, dark, .. } in Colour::ALL {
        style.push_str(&format!(".{name}{{fill:{dark};stroke:{dark}}}"));
    }
    style.push_str(
        ".ground{fill:#0d1117}.ink{fill:#e6edf3}.faint{fill:#8b949e}.life{stroke:#484f58}\
         .box{fill:#161b22;stroke:#6e7681}}",
    );
    style
}

#[cfg(test)]
mod tests;
