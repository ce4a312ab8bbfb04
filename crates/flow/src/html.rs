//! The ladder as a page: one file that asks no network, with a search, subscribers to choose from, and every message
//! with its fields.
//!
//! What came off the wire stands in one JSON block, in which no character of markup is left ([`crate::json`]); the
//! page's own script puts it up as text. A Content-Security-Policy lets nothing run but that script.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::correlation::{Belonging, Correlation};
use crate::decoded;
use crate::event::{Event, Passage, Purpose};
use crate::ink::{Colour, ink};
use crate::json;
use crate::markup;
use crate::node::Nodes;
use crate::timestamp::Timestamp;

/// Messages of one page; of more, how many they are is told.
pub const MAX_MESSAGES: usize = 10_000;

/// Octets that the messages of one page may take.
pub const MAX_OCTETS: usize = 64 << 20;

/// Nodes that have a column of their own.
pub const MAX_COLUMNS: usize = 24;

/// Subscribers to choose from; what belongs to others is found by the search.
pub const MAX_SUBSCRIBERS: usize = 1_000;

/// Notices that are shown.
pub const MAX_NOTICES: usize = 1_000;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// A page being written.
#[derive(Debug)]
pub struct Page {
    title: String,
    messages: Vec<String>,
    octets: usize,
    limit: usize,
    subscribers: Vec<String>,
    numbers: HashMap<String, usize>,
    cut: u64,
}

#[derive(Serialize)]
struct Message<'a> {
    /// Time, to the nanosecond.
    time: String,
    packets: String,
    from: usize,
    to: usize,
    source: String,
    destination: String,
    transport: String,
    colour: &'static str,
    again: bool,
    faint: bool,
    label: &'a str,
    detail: &'a str,
    subscribers: Vec<usize>,
    text: String,
}

#[derive(Serialize)]
struct Node<'a> {
    number: usize,
    name: &'a str,
}

#[derive(Serialize)]
struct Rest<'a> {
    nodes: Vec<Node<'a>>,
    subscribers: &'a [String],
    notices: &'a [String],
    cut: Option<String>,
}

impl Page {
    /// An empty one.
    #[must_use]
    pub fn new(title: &str) -> Page {
        Page {
            title: title.to_owned(),
            messages: Vec::new(),
            octets: 0,
            limit: MAX_OCTETS,
            subscribers: Vec::new(),
            numbers: HashMap::new(),
            cut: 0,
        }
    }

    /// Adds a message.
    pub fn draw(&mut self, event: &Event, belonging: &Belonging, correlation: &Correlation) {
        if self.cut > 0 || self.messages.len() == MAX_MESSAGES {
            self.cut += 1;
            return;
        }
        let subscribers = belonging.subscribers.iter();
        let subscribers = subscribers
            .filter_map(|subscriber| self.number(correlation.name(*subscriber)))
            .collect();
        let message = json::line(&Message {
            time: Timestamp(event.time).to_string(),
            packets: event.packets.to_string(),
            from: event.from.number(),
            to: event.to.number(),
            source: event.source.to_string(),
            destination: event.destination.to_string(),
            transport: event.transport.to_string(),
            colour: ink(event).name,
            again: event.passage == Passage::Again,
            faint: event.purpose != Purpose::Procedure,
            label: &event.label,
            detail: &event.detail,
            subscribers,
            text: decoded::text(event),
        });
        if self.octets + message.len() > self.limit {
            self.cut += 1;
            return;
        }
        self.octets += message.len();
        self.messages.push(message);
    }

    /// How many messages there are in it.
    #[must_use]
    pub fn drawn(&self) -> usize {
        self.messages.len()
    }

    /// How many messages there was no room for.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// The whole file, with notices, at most [`MAX_NOTICES`] of them.
    #[must_use]
    pub fn finish(&self, nodes: &Nodes, notices: &[String]) -> String {
        let mut shown: Vec<String> = notices.iter().take(MAX_NOTICES).cloned().collect();
        if notices.len() > MAX_NOTICES {
            shown.push(format!("and {} more", notices.len() - MAX_NOTICES));
        }
        let cut = (self.cut > 0).then(|| {
            format!(
                "cut after {}: {} messages more",
                self.messages.len(),
                self.cut
            )
        });
        let rest = json::line(&Rest {
            nodes: nodes
                .columns()
                .map(|node| Node {
                    number: node.number(),
                    name: nodes.name(node),
                })
                .collect(),
            subscribers: &self.subscribers,
            notices: &shown,
            cut,
        });
        let style = style();
        let title = markup::escaped(&self.title);
        let mut out = String::with_capacity(self.octets + rest.len() + (32 << 10));
        out.push_str(&format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-{}'; \
             style-src 'sha256-{}'; base-uri 'none'; form-action 'none'\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width\"/>\n<title>{title}</title>\n\
             <style>{style}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
             <input id=\"search\" type=\"search\" placeholder=\"Search all of each message\" \
             aria-label=\"Search\"/>\n<select id=\"subscriber\" aria-label=\"Subscriber\">\
             <option value=\"\">all subscribers</option></select>\n<output id=\"count\"></output>\n</header>\n\
             <main>\n<div id=\"ladder\"></div>\n<aside id=\"message\"><p>Choose a message to read it.</p></aside>\n\
             </main>\n<section id=\"notices\"></section>\n\
             <noscript><p>The messages are shown by a script; this browser runs none.</p></noscript>\n\
             <script id=\"data\" type=\"application/json\">{{\"rest\":{rest},\"messages\":[\n",
            hash(SCRIPT),
            hash(&style)
        ));
        for (number, message) in self.messages.iter().enumerate() {
            if number > 0 {
                out.push_str(",\n");
            }
            out.push_str(message);
        }
        out.push_str(&format!(
            "\n]}}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
        ));
        out
    }

    fn number(&mut self, name: &str) -> Option<usize> {
        if let Some(&number) = self.numbers.get(name) {
            return Some(number);
        }
        if name.is_empty() || self.subscribers.len() == MAX_SUBSCRIBERS {
            return None;
        }
        let number = self.subscribers.len();
        self.subscribers.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        Some(number)
    }
}

/// What the policy calls a script or a style by.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

fn style() -> String {
    let mut style = STYLE.to_owned();
    for Colour { name, light, .. } in Colour::ALL {
        style.push_str(&format!(".{name}{{color:{light}}}\n"));
    }
    style.push_str("@media (prefers-color-scheme: dark){\n");
    for Colour { name, dark, .. } in Colour::ALL {
        style.push_str(&format!(".{name}{{color:{dark}}}\n"));
    }
    style.push_str("}\n");
    style
}

#[cfg(test)]
mod tests;
