//! What was found, in the order of the packets.

use std::collections::{BTreeMap, BinaryHeap};
use std::net::SocketAddr;
use std::time::SystemTime;

use capture::{Numbers, Transport};
use sip_message::{Message, Name};

use super::kind::Kind;
use crate::event::{Event, Protocol};

/// Findings that are kept until the end; of those with higher packet numbers only the number is told.
pub const MAX_FINDINGS: usize = 100_000;

/// Octets of [`Finding::text`]; of a longer one the end is cut, and `…` put there.
pub const MAX_TEXT: usize = 256;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The packets that show it; of several messages, those of the one that it is about.
    pub packets: Numbers,
    /// What it is.
    pub kind: Kind,
    /// When that message passed, where that is known.
    pub time: Option<SystemTime>,
    /// Who sent it, where that is known.
    pub from: Option<SocketAddr>,
    /// To whom.
    pub to: Option<SocketAddr>,
    /// What carried it.
    pub transport: Option<Transport>,
    /// The message: `REGISTER`, `SAA 2001`. As it came: not escaped.
    pub message: String,
    /// Which of several in a packet it is: its Call-ID, `hop-by-hop 0x00000001`, or nothing. As it came: not escaped.
    pub which: String,
    /// What is wrong with it. May repeat what came: not escaped.
    pub text: String,
}

impl Finding {
    pub(crate) fn about(event: &Event, kind: Kind, text: impl Into<String>) -> Finding {
        Finding {
            packets: event.packets,
            kind,
            time: Some(event.time),
            from: Some(event.source),
            to: Some(event.destination),
            transport: Some(event.transport),
            message: shortened(&event.label),
            which: which(event),
            text: text.into(),
        }
    }
}

/// Octets of a message's name that are kept: methods are short, but those of strangers.
const MAX_LABEL: usize = 40;

pub(crate) fn shortened(label: &str) -> String {
    label[..label.floor_char_boundary(MAX_LABEL)].to_owned()
}

fn which(event: &Event) -> String {
    match event.protocol {
        Protocol::Sip => {
            let message = Message::parse(event.octets.clone()).ok();
            let call_id = message.as_ref().and_then(|it| it.header(Name::CALL_ID));
            shortened(call_id.unwrap_or_default())
        }
        Protocol::Diameter => {
            let message = diameter_codec::Message::parse(event.octets.clone()).ok();
            message.map_or(String::new(), |it| hop_by_hop(it.header().hop_by_hop))
        }
        Protocol::Stun | Protocol::Unknown => String::new(),
    }
}

pub(crate) fn hop_by_hop(identifier: u32) -> String {
    format!("hop-by-hop {identifier:#010x}")
}

/// The findings so far, those with the highest packet numbers on top.
#[derive(Debug)]
pub(crate) struct Findings {
    limit: usize,
    kept: BinaryHeap<Finding>,
    /// Those that are not kept.
    more: BTreeMap<Kind, u64>,
}

impl Findings {
    pub(crate) fn new(limit: usize) -> Findings {
        Findings {
            limit,
            kept: BinaryHeap::new(),
            more: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, mut finding: Finding) {
        if self.kept.len() >= self.limit {
            match self.kept.peek() {
                Some(last) if *last > finding => {}
                _ => {
                    *self.more.entry(finding.kind).or_default() += 1;
                    return;
                }
            }
            if let Some(last) = self.kept.pop() {
                *self.more.entry(last.kind).or_default() += 1;
            }
        }
        if finding.text.len() > MAX_TEXT {
            let end = finding.text.floor_char_boundary(MAX_TEXT - '…'.len_utf8());
            finding.text.truncate(end);
            finding.text.push('…');
        }
        finding.text.shrink_to_fit();
        self.kept.push(finding);
    }

    /// By packet, and how many of each kind there were beyond.
    pub(crate) fn take(self) -> (Vec<Finding>, BTreeMap<Kind, u64>) {
        (self.kept.into_sorted_vec(), self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(packet: u64) -> Finding {
        Finding {
            packets: Numbers::one(packet),
            kind: Kind::Unasked,
            time: None,
            from: None,
            to: None,
            transport: None,
            message: "200".to_owned(),
            which: String::new(),
            text: String::new(),
        }
    }

    #[test]
    fn they_come_by_packet_and_those_beyond_the_limit_are_counted() {
        let mut findings = Findings::new(3);
        for packet in [7, 2, 9, 4, 8] {
            findings.add(finding(packet));
        }
        let (kept, more) = findings.take();
        let packets: Vec<u64> = kept.iter().map(|it| it.packets.first).collect();
        assert_eq!(packets, [2, 4, 7]);
        assert_eq!(more, BTreeMap::from([(Kind::Unasked, 2)]));
    }

    #[test]
    fn two_that_are_equal_are_two() {
        let mut findings = Findings::new(3);
        findings.add(finding(7));
        findings.add(finding(7));
        assert_eq!(findings.take().0.len(), 2);
    }

    #[test]
    fn a_long_text_is_cut_and_marked() {
        let mut findings = Findings::new(3);
        for text in ["x".repeat(MAX_TEXT), "é".repeat(MAX_TEXT)] {
            findings.add(Finding { text, ..finding(1) });
        }
        let (kept, _) = findings.take();
        assert_eq!(kept[0].text, "x".repeat(MAX_TEXT));
        assert_eq!(kept[1].text, format!("{}…", "é".repeat(126)));
        assert!(kept[1].text.len() <= MAX_TEXT);
    }
}
