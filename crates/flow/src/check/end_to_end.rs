//! Diameter requests that are sent again, with the T flag or without (RFC 6733 §3, §5.5.4).
//!
//! Origin-Host and end-to-end identifier name a request for [`UNIQUE_FOR`] wherever it goes. A relay sends the same
//! request on; it adds a Route-Record (§6.1.9), and by those the hops are told apart. One that was answered with a
//! protocol error goes to another peer as it is (§6.1.8, §7.1.3): only who got no answer sets the T flag.

use std::time::Duration;

use diameter_codec::base::avp::ROUTE_RECORD;
use diameter_codec::{Flags, Message};

use super::clock::{Clock, Moment};
use super::finding::{Finding, Findings};
use super::kind::Kind;
use super::lasting::Lasting;
use super::passages::Passages;
use super::retransmitted;
use super::table::Table;
use crate::event::Event;

/// Requests whose identifiers are remembered at one time; one takes about 400 octets.
pub(crate) const MAX_REQUESTS: usize = 100_000;

/// How long an end-to-end identifier is not used again (RFC 6733 §3: at least 4 minutes).
pub(crate) const UNIQUE_FOR: Duration = Duration::from_secs(240);

#[derive(Debug)]
struct Request {
    passages: Passages,
    /// The first.
    finding: Finding,
    /// It may be sent to another peer without T flag.
    refused: bool,
}

#[derive(Debug)]
pub(super) struct EndToEnd {
    requests: Lasting<Request>,
    /// Requests by their exchanges.
    of_exchange: Table<u64>,
}

impl EndToEnd {
    pub(super) fn new(limit: usize) -> EndToEnd {
        EndToEnd {
            requests: Lasting::new(limit, UNIQUE_FOR),
            of_exchange: Table::new(limit),
        }
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.requests.forgotten()
    }

    pub(super) fn advance(&mut self, now: Moment, findings: &mut Findings) {
        while let Some((_, ended)) = self.requests.pop_ended(now) {
            ended.tell(findings);
        }
    }

    /// Takes a request; `exchange` is its key.
    pub(super) fn take(
        &mut self,
        event: &Event,
        message: &Message,
        exchange: u64,
        clock: &Clock,
        findings: &mut Findings,
    ) {
        let header = message.header();
        let Some(origin) = message.origin_host() else {
            return;
        };
        let came_by = message.avps().filter(|avp| avp.code == ROUTE_RECORD);
        let came_by: Vec<&[u8]> = came_by.map(|avp| avp.data).collect();
        let key = (origin, header.end_to_end, event.source.ip(), came_by);
        let key = self.requests.key(key);
        self.of_exchange.insert(exchange, key);
        let flagged = header.flags.contains(Flags::RETRANSMITTED);
        // Not touched: its time runs from the first.
        match self.requests.get_mut(key) {
            Some(request) if flagged => request.passages.again(event),
            Some(request) if request.refused => request.refused = false,
            Some(request) => {
                let Finding {
                    packets, message, ..
                } = &request.finding;
                let text = format!(
                    "end-to-end identifier {:#010x} as {message} of packet {packets}, without T flag, of {origin}",
                    header.end_to_end
                );
                findings.add(Finding::about(event, Kind::EndToEndReused, text));
            }
            None => {
                let request = Request {
                    passages: Passages::new(event),
                    finding: Finding::about(event, Kind::Retransmitted, ""),
                    refused: false,
                };
                let until = clock.at().after(UNIQUE_FOR);
                let fallen = self.requests.insert(key, request, until, clock.now());
                fallen.into_iter().for_each(|(_, it)| it.tell(findings));
                if flagged {
                    let text = "has the T flag; the first was not captured";
                    findings.add(Finding::about(event, Kind::Retransmitted, text));
                }
            }
        }
    }

    /// A request was answered otherwise than with a protocol error.
    pub(super) fn settled(&mut self, exchange: u64) {
        self.of_exchange.remove(exchange);
    }

    /// A request was answered with a protocol error.
    pub(super) fn refused(&mut self, exchange: u64) {
        if let Some(key) = self.of_exchange.remove(exchange)
            && let Some(request) = self.requests.get_mut(key)
        {
            request.refused = true;
        }
    }

    pub(super) fn finish(&mut self, findings: &mut Findings) {
        while let Some((_, request, _)) = self.requests.pop_oldest() {
            request.tell(findings);
        }
    }
}

impl Request {
    fn tell(self, findings: &mut Findings) {
        if self.passages.count > 1 {
            let mut finding = self.finding;
            finding.text = retransmitted::flagged(&self.passages);
            findings.add(finding);
        }
    }
}
