//! Registration state that does not come in the order of its versions (RFC 3680 §5.1: one more in each document of a
//! subscription). A document that comes again because nobody took it, with credentials after a 407, is the same one.

use std::net::SocketAddr;

use capture::Numbers;
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use sip_message::{Message, Method, Name};

use super::finding::{Finding, Findings};
use super::kind::Kind;
use super::passages;
use super::table::Table;
use crate::event::{Event, Outcome};
use crate::transaction::Transaction;

/// Subscriptions whose last version is known at one time; one takes about 100 octets.
pub(crate) const MAX_SUBSCRIPTIONS: usize = 50_000;

/// Markup before the root element that is read: a declaration and comments.
const MAX_MARKUP: usize = 16;

#[derive(Debug)]
struct Document {
    version: u32,
    packets: Numbers,
    /// Hash of it.
    octets: u64,
    /// CSeq of the NOTIFY that brought it.
    seq: u32,
    /// That was answered 2xx.
    taken: bool,
}

#[derive(Debug)]
pub(super) struct ReginfoVersion {
    subscriptions: Table<Document>,
}

impl ReginfoVersion {
    pub(super) fn new(limit: usize) -> ReginfoVersion {
        ReginfoVersion {
            subscriptions: Table::new(limit),
        }
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.subscriptions.forgotten()
    }

    /// Takes a request that is no retransmission.
    pub(super) fn take(
        &mut self,
        event: &Event,
        message: &Message,
        transaction: &Transaction<'_>,
        findings: &mut Findings,
    ) {
        if transaction.cseq.method != Method::NOTIFY || !is_reginfo(message) {
            return;
        }
        let mut tell = |text| findings.add(Finding::about(event, Kind::ReginfoVersion, text));
        let Some(version) = version(message.body()) else {
            tell("registration state without a readable version".to_owned());
            return;
        };
        let key = self.key(transaction, event.source, event.destination);
        let this = Document {
            version,
            packets: event.packets,
            octets: passages::hash(message.body()),
            seq: transaction.cseq.seq,
            taken: false,
        };
        if let Some(last) = self.subscriptions.touch(key) {
            let is_again = !last.taken && last.octets == this.octets;
            let Document {
                version: before,
                packets,
                ..
            } = *last;
            if version <= before && !is_again {
                tell(format!(
                    "version {version} after {before} in packet {packets}"
                ));
                return;
            }
            if version.saturating_sub(before) > 1 {
                tell(format!(
                    "version {version} next after {before} in packet {packets}: some are missing"
                ));
            }
        }
        self.subscriptions.insert(key, this);
    }

    /// Takes a final response.
    pub(super) fn response(&mut self, event: &Event, transaction: &Transaction<'_>) {
        if transaction.cseq.method != Method::NOTIFY || event.outcome != Outcome::Success {
            return;
        }
        let key = self.key(transaction, event.destination, event.source);
        if let Some(document) = self.subscriptions.get_mut(key)
            && document.seq == transaction.cseq.seq
        {
            document.taken = true;
        }
    }

    /// Each hop of a subscription is followed by itself.
    fn key(&self, transaction: &Transaction<'_>, from: SocketAddr, to: SocketAddr) -> u64 {
        let Transaction {
            call_id,
            from_tag,
            to_tag,
            ..
        } = *transaction;
        self.subscriptions
            .key((call_id, from_tag, to_tag, from.ip(), to))
    }
}

fn is_reginfo(message: &Message) -> bool {
    let kind = message.header(Name::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/reginfo+xml")
}

/// `version` of the root element.
fn version(body: &[u8]) -> Option<u32> {
    let mut reader = Reader::from_reader(body);
    for _ in 0..MAX_MARKUP {
        match reader.read_event().ok()? {
            Xml::Start(root) | Xml::Empty(root) => {
                if root.local_name().as_ref() != "reginfo" {
                    return None;
                }
                let version = root.try_get_attribute("version").ok()??;
                return version.value.trim().parse().ok();
            }
            Xml::Eof => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_root() {
        let read = |text: &str| version(text.as_bytes());
        let head = "<?xml version=\"1.0\"?>\n<!-- version='9' -->\n";
        assert_eq!(
            read(&format!("{head}<reginfo state=\"full\" version=\"7\"/>")),
            Some(7)
        );
        assert_eq!(
            read("<r:reginfo xmlns:r=\"urn:ietf:params:xml:ns:reginfo\" version='12'>"),
            Some(12)
        );
        for none in [
            "",
            "<reginfo/>",
            "<reginfo version=\"-1\"/>",
            "<other version=\"1\"><reginfo version=\"2\"/></other>",
            "<reginfo version=\"1",
            head,
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
