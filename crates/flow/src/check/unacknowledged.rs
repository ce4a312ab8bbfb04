//! 2xx to INVITE that nobody acknowledged (RFC 3261 §13.2.2.4).
//!
//! An ACK goes where the dialog goes, which may be past what was captured. So a 2xx is judged only at the hop where the
//! INVITE originates, one Via, and where the ACK must go back to who sent the 2xx: the last Record-Route has its
//! address, or without any the Contact. Sent again for 64·T1 (§13.3.1.4), it is told after [`ANSWER_WITHIN`].

use std::net::{IpAddr, SocketAddr};

use sip_message::{Contact, Host, Message, Method, Name, RecordRoute, Uri, Via};

use super::clock::{Clock, Moment};
use super::exchange::ANSWER_WITHIN;
use super::finding::{Finding, Findings};
use super::kind::Kind;
use super::lasting::Lasting;
use crate::event::{Event, Outcome};
use crate::transaction::Transaction;

/// 2xx that are followed at one time, acknowledged ones included for a while; one takes about 400 octets.
pub(crate) const MAX_ACCEPTED: usize = 20_000;

/// Where a URI names no port (RFC 3263 §4.2); of TLS it is another, which is not judged.
const SIP_PORT: u16 = 5060;

/// None once it is acknowledged: another 2xx may have crossed the ACK.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    accepted: Lasting<Option<Finding>>,
    /// Those that may be acknowledged after the capture ends.
    perhaps_answered: u64,
}

impl Unacknowledged {
    pub(super) fn new(limit: usize) -> Unacknowledged {
        Unacknowledged {
            accepted: Lasting::new(limit, ANSWER_WITHIN),
            perhaps_answered: 0,
        }
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.accepted.forgotten()
    }

    pub(super) fn perhaps_answered(&self) -> u64 {
        self.perhaps_answered
    }

    pub(super) fn advance(&mut self, now: Moment, findings: &mut Findings) {
        while let Some((_, finding)) = self.accepted.pop_ended(now) {
            finding.into_iter().for_each(|it| findings.add(it));
        }
    }

    /// Takes a final response.
    pub(super) fn response(
        &mut self,
        event: &Event,
        message: &Message,
        transaction: &Transaction<'_>,
        clock: &Clock,
    ) {
        let is_accepted =
            transaction.cseq.method == Method::INVITE && event.outcome == Outcome::Success;
        if !is_accepted || !is_acknowledged_here(message, event.source) {
            return;
        }
        let key = self.key(transaction);
        if self.accepted.get(key).is_none() {
            let until = clock.at().after(ANSWER_WITHIN);
            let text = format!("no ACK within {} s", ANSWER_WITHIN.as_secs());
            let finding = Finding::about(event, Kind::Unacknowledged, text);
            self.accepted.insert(key, Some(finding), until, clock.now());
        }
    }

    /// Takes an ACK.
    pub(super) fn ack(&mut self, transaction: &Transaction<'_>, clock: &Clock) {
        let key = self.key(transaction);
        if let Some(finding) = self.accepted.get_mut(key) {
            *finding = None;
            let until = clock.at().after(ANSWER_WITHIN);
            self.accepted.prolong(key, until, clock.now());
        }
    }

    /// The capture is over.
    pub(super) fn finish(&mut self, now: Moment, findings: &mut Findings) {
        while let Some((_, finding, until)) = self.accepted.pop_oldest() {
            match finding {
                Some(finding) if until <= now => findings.add(finding),
                Some(_) => self.perhaps_answered += 1,
                None => {}
            }
        }
    }

    fn key(&self, transaction: &Transaction<'_>) -> u64 {
        let Transaction {
            call_id,
            from_tag,
            to_tag,
            cseq,
            ..
        } = *transaction;
        self.accepted.key((call_id, from_tag, to_tag, cseq.seq))
    }
}

/// Whether the ACK goes from who gets this response to `sender`.
fn is_acknowledged_here(message: &Message, sender: SocketAddr) -> bool {
    if message.read_all::<Via<'_>>().count() != 1 {
        return false;
    }
    let routes = message.read_all::<RecordRoute<'_>>();
    let next = match routes.last() {
        Some(route) => route.ok().map(|it| it.0),
        None => {
            let contact = message.read::<Contact<'_>>().ok().flatten();
            contact.and_then(|it| it.address().copied())
        }
    };
    let Some(next) = next else {
        // It has no address, so that the ACK can only go the way of the INVITE.
        return message.header(Name::CONTACT).is_none();
    };
    let Ok(Uri::Sip(uri)) = next.uri() else {
        return false;
    };
    let host = match uri.host {
        Host::V4(host) => IpAddr::V4(host),
        Host::V6(host) => IpAddr::V6(host),
        Host::Name(_) => return false,
    };
    SocketAddr::new(host, uri.port.unwrap_or(SIP_PORT)) == sender
}
