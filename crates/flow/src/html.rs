//! The ladder as a page: one file that asks no network, with a search, what to choose messages by, and every message
//! with its fields and findings.
//!
//! What came off the wire stands in one JSON block, in which no character of markup is left ([`crate::json`]); the
//! page's own script puts it up as text. A Content-Security-Policy lets nothing run but that script.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use capture::Numbers;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::check::Finding;
use crate::correlation::{Belonging, Chain, Correlation};
use crate::decoded::Decoded;
use crate::event::{Event, Passage, Purpose};
use crate::ink::{Colour, ink};
use crate::json;
use crate::markup;
use crate::node::Nodes;
use crate::timestamp::{Timestamp, milliseconds};

/// Messages of one page; of more, how many they are is told.
pub const MAX_MESSAGES: usize = 50_000;

/// Octets that the messages of one page may take.
pub const MAX_OCTETS: usize = 64 << 20;

/// Nodes that have a column of their own.
pub const MAX_COLUMNS: usize = 24;

/// Subscribers to choose from; what belongs to others is found by the search.
pub const MAX_SUBSCRIBERS: usize = 1_000;

/// Notices that are shown.
pub const MAX_NOTICES: usize = 1_000;

/// Findings that are marked at their messages.
pub const MAX_FINDINGS: usize = 1_000;

/// Octets that are kept of a Call-ID or a Session-Id to choose by.
const MAX_CHAIN_NAME: usize = 256;

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");
/// As CDATA, so that the page is well-formed XML as well.
const SCRIPT: &str = concat!(
    "//<![CDATA[\n",
    include_str!("html/text.js"),
    include_str!("html/data.js"),
    include_str!("html/filter.js"),
    include_str!("html/ladder.js"),
    include_str!("html/message.js"),
    include_str!("html/page.js"),
    "//]]>"
);

/// A page being written.
#[derive(Debug)]
pub struct Page {
    title: String,
    messages: Vec<String>,
    octets: usize,
    limit: usize,
    subscribers: Vec<String>,
    numbers: HashMap<String, usize>,
    /// At most one a message.
    chains: Vec<String>,
    chain_numbers: HashMap<Chain, usize>,
    started: Option<SystemTime>,
    /// In which packets messages came, and who sent them: findings about others are not told.
    drawn: HashSet<(Numbers, SocketAddr)>,
    cut: u64,
}

#[derive(Serialize)]
struct Message<'a> {
    /// Time, to the nanosecond.
    time: String,
    /// Since the first message.
    ms: f64,
    packets: [u64; 2],
    from: usize,
    to: usize,
    source: String,
    destination: String,
    transport: String,
    protocol: &'static str,
    outcome: &'static str,
    colour: &'static str,
    again: bool,
    faint: bool,
    label: &'a str,
    detail: &'a str,
    subscribers: Vec<usize>,
    chain: Option<usize>,
    message: Decoded,
}

#[derive(Serialize)]
struct Fault<'a> {
    packets: String,
    from: Option<String>,
    kind: &'static str,
    message: &'a str,
    text: &'a str,
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
    chains: &'a [String],
    findings: Vec<Fault<'a>>,
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
            chains: Vec::new(),
            chain_numbers: HashMap::new(),
            started: None,
            drawn: HashSet::new(),
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
        let chain = self.chain(belonging);
        let started = *self.started.get_or_insert(event.time);
        let message = json::line(&Message {
            time: Timestamp(event.time).to_string(),
            ms: milliseconds(started, event.time),
            packets: [event.packets.first, event.packets.last],
            from: event.from.number(),
            to: event.to.number(),
            source: event.source.to_string(),
            destination: event.destination.to_string(),
            transport: event.transport.to_string(),
            protocol: json::protocol(event.protocol),
            outcome: json::outcome(event.outcome),
            colour: ink(event).name,
            again: event.passage == Passage::Again,
            faint: event.purpose != Purpose::Procedure,
            label: &event.label,
            detail: &event.detail,
            subscribers,
            chain,
            message: Decoded::of(event),
        });
        if self.octets + message.len() > self.limit {
            self.cut += 1;
            return;
        }
        self.octets += message.len();
        self.drawn.insert((event.packets, event.source));
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

    /// The whole file, with the findings about its messages and with notices, at most [`MAX_FINDINGS`] and
    /// [`MAX_NOTICES`] of them.
    #[must_use]
    pub fn finish(&self, nodes: &Nodes, findings: &[Finding], notices: &[String]) -> String {
        let mut shown: Vec<String> = notices.iter().take(MAX_NOTICES).cloned().collect();
        if notices.len() > MAX_NOTICES {
            shown.push(format!("and {} more", notices.len() - MAX_NOTICES));
        }
        let is_drawn = |finding: &&Finding| {
            let from = finding.from;
            from.is_some_and(|from| self.drawn.contains(&(finding.packets, from)))
        };
        let mut findings: Vec<&Finding> = findings.iter().filter(is_drawn).collect();
        if findings.len() > MAX_FINDINGS {
            shown.push(format!(
                "only {MAX_FINDINGS} of {} findings are marked: flow check tells all",
                findings.len()
            ));
            findings.truncate(MAX_FINDINGS);
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
            chains: &self.chains,
            findings: findings.into_iter().map(fault).collect(),
            notices: &shown,
            cut,
        });
        let style = style();
        let mut out = String::with_capacity(self.octets + rest.len() + (64 << 10));
        for part in PAGE.split("@@") {
            match part {
                "title" => out.push_str(&markup::escaped(&self.title)),
                "style" => out.push_str(&style),
                "style-hash" => out.push_str(&hash(&style)),
                "script" => out.push_str(SCRIPT),
                "script-hash" => out.push_str(&hash(SCRIPT)),
                "data" => self.write_data(&rest, &mut out),
                text => out.push_str(text),
            }
        }
        out
    }

    fn write_data(&self, rest: &str, out: &mut String) {
        out.push_str("{\"rest\":");
        out.push_str(rest);
        out.push_str(",\"messages\":[\n");
        for (number, message) in self.messages.iter().enumerate() {
            if number > 0 {
                out.push_str(",\n");
            }
            out.push_str(message);
        }
        out.push_str("\n]}");
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

    /// The number of what a message is part of, which is called by the first Call-ID or Session-Id of it.
    fn chain(&mut self, belonging: &Belonging) -> Option<usize> {
        let chain = belonging.chain?;
        if let Some(&number) = self.chain_numbers.get(&chain) {
            return Some(number);
        }
        let name = belonging
            .call_id
            .as_ref()
            .or(belonging.session_id.as_ref())?;
        let number = self.chains.len();
        let end = name.floor_char_boundary(MAX_CHAIN_NAME);
        self.chains.push(name[..end].to_owned());
        self.chain_numbers.insert(chain, number);
        Some(number)
    }
}

fn fault(finding: &Finding) -> Fault<'_> {
    Fault {
        packets: finding.packets.to_string(),
        from: finding.from.map(|from| from.to_string()),
        kind: finding.kind.name(),
        message: &finding.message,
        text: &finding.text,
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
