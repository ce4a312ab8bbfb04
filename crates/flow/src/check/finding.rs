//! What was found, in the order of the packets.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::SystemTime;

use capture::{Numbers, Transport};

use super::kind::Kind;
use crate::event::Event;

/// Findings that are kept until the end; of those with higher packet numbers only the number is told.
pub const MAX_FINDINGS: usize = 100_000;

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
            text: text.into(),
        }
    }
}

/// Octets of a message's name that are kept: methods are short, but those of strangers.
const MAX_LABEL: usize = 40;

pub(crate) fn shortened(label: &str) -> String {
    label[..label.floor_char_boundary(MAX_LABEL)].to_owned()
}

/// The findings so far.
#[derive(Debug)]
pub(crate) struct Findings {
    limit: usize,
    kept: BTreeSet<Finding>,
    /// Those that are not kept.
    more: BTreeMap<Kind, u64>,
}

impl Findings {
    pub(crate) fn new(limit: usize) -> Findings {
        Findings {
            limit,
            kept: BTreeSet::new(),
            more: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.kept.insert(finding);
        if self.kept.len() > self.limit
            && let Some(last) = self.kept.pop_last()
        {
            *self.more.entry(last.kind).or_default() += 1;
        }
    }

    /// By packet, and how many of each kind there were beyond.
    pub(crate) fn take(self) -> (Vec<Finding>, BTreeMap<Kind, u64>) {
        (self.kept.into_iter().collect(), self.more)
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
}
