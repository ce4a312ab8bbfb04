//! The faults in a capture: `flow check`.
//!
//! What an element did wrong, or the network between: one [`Finding`] for each, of a [`Kind`] that can be allowed. Each
//! file beside says what it holds for a fault, by which clause. All that is remembered has limits ([`Memory`]); what
//! falls out is counted in the [`Report`].

mod avp_missing;
mod captured_twice;
mod clock;
mod cseq_order;
mod end_to_end;
mod exchange;
mod finding;
mod hop_by_hop;
mod index;
mod kind;
mod lasting;
mod malformed;
mod needless_sar;
mod overtaken;
mod passages;
mod reginfo_version;
mod retransmitted;
mod table;
mod unacknowledged;
mod unanswered;
mod unasked;
mod unread;
mod wrong_answer;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use capture::{Fault, Transport};
use diameter_codec::{Command, base};
use sip_message::Method;

use crate::event::{Event, Protocol};
use crate::notice::Notice;
use crate::transaction::Transaction;

pub use exchange::{ANSWER_WITHIN, FINAL_ANSWER_WITHIN};
pub use finding::{Finding, MAX_FINDINGS, MAX_TEXT};
pub use kind::{Kind, NoKind};

use captured_twice::CapturedTwice;
use clock::Clock;
use cseq_order::CseqOrder;
use end_to_end::EndToEnd;
use exchange::{Exchanges, Finality, Ids, Names, Novelty};
use finding::Findings;
use needless_sar::NeedlessSar;
use overtaken::cx::OvertakenCx;
use overtaken::sip::OvertakenSip;
use reginfo_version::ReginfoVersion;
use table::Table;
use unacknowledged::Unacknowledged;

/// Diameter connections whose beginning is remembered.
const MAX_CONNECTIONS: usize = 100_000;

/// How much is remembered of messages before, in records of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Requests with their answers.
    pub exchanges: usize,
    /// SIP: senders with their CSeq.
    pub senders: usize,
    /// SIP: 2xx to INVITE.
    pub accepted: usize,
    /// SIP: subscriptions with the version of their registration state.
    pub subscriptions: usize,
    /// SIP: who registers, REGISTERs and contacts, together.
    pub registrants: usize,
    /// Diameter: requests with their end-to-end identifiers.
    pub end_to_end: usize,
    /// Cx: what the HSS confirmed, and what happened since.
    pub assignments: usize,
    /// Cx: registrations and deregistrations that wait for their answers, with their identities.
    pub waiting: usize,
    /// Findings.
    pub findings: usize,
}

impl Default for Memory {
    /// Together below 200 MB, whatever the capture.
    fn default() -> Memory {
        Memory {
            exchanges: exchange::MAX_EXCHANGES,
            senders: cseq_order::MAX_SENDERS,
            accepted: unacknowledged::MAX_ACCEPTED,
            subscriptions: reginfo_version::MAX_SUBSCRIPTIONS,
            registrants: overtaken::sip::MAX_REGISTRANTS,
            end_to_end: end_to_end::MAX_REQUESTS,
            assignments: needless_sar::MAX_ASSIGNMENTS,
            waiting: overtaken::cx::MAX_WAITING,
            findings: MAX_FINDINGS,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// By packet.
    pub findings: Vec<Finding>,
    /// How many more there were of each kind, with higher packet numbers than those.
    pub more: BTreeMap<Kind, u64>,
    /// Records that were forgotten for want of room, so that findings may be missing.
    pub forgotten: u64,
    /// Answers so early in the capture that their requests may have passed before it, or whose requests may have been
    /// forgotten.
    pub perhaps_asked: u64,
    /// Requests so late in the capture that their answers, or ACKs, may have passed after it.
    pub perhaps_answered: u64,
    /// Datagrams that are twice in the capture, which is no fault.
    pub captured_twice: u64,
}

/// Takes what a [`crate::Reader`] gives, and finds faults.
#[derive(Debug)]
pub struct Checker {
    findings: Findings,
    clock: Clock,
    captured_twice: CapturedTwice,
    exchanges: Exchanges,
    unacknowledged: Unacknowledged,
    cseq_order: CseqOrder,
    reginfo_version: ReginfoVersion,
    overtaken_sip: OvertakenSip,
    end_to_end: EndToEnd,
    needless_sar: NeedlessSar,
    overtaken_cx: OvertakenCx,
    /// Which of the connections between two addresses it is: each begins with a CER.
    connections: Table<u64>,
    connections_begun: u64,
}

impl Default for Checker {
    fn default() -> Checker {
        Checker::new(Memory::default())
    }
}

impl Checker {
    /// For one capture.
    #[must_use]
    pub fn new(memory: Memory) -> Checker {
        Checker {
            findings: Findings::new(memory.findings),
            clock: Clock::new(),
            captured_twice: CapturedTwice::new(),
            exchanges: Exchanges::new(memory.exchanges),
            unacknowledged: Unacknowledged::new(memory.accepted),
            cseq_order: CseqOrder::new(memory.senders),
            reginfo_version: ReginfoVersion::new(memory.subscriptions),
            overtaken_sip: OvertakenSip::new(memory.registrants),
            end_to_end: EndToEnd::new(memory.end_to_end),
            needless_sar: NeedlessSar::new(memory.assignments),
            overtaken_cx: OvertakenCx::new(memory.waiting),
            connections: Table::new(MAX_CONNECTIONS),
            connections_begun: 0,
        }
    }

    /// Takes the next message.
    pub fn take(&mut self, event: &Event) {
        if let Some(finding) = self.clock.take(event) {
            self.findings.add(finding);
        }
        self.advance();
        if self.captured_twice.saw(event, self.clock.at()) {
            return;
        }
        match event.protocol {
            Protocol::Sip => self.sip(event),
            Protocol::Diameter => self.diameter(event),
            Protocol::Unknown if event.missing > 0 => {}
            Protocol::Unknown => self.findings.add(malformed::unreadable(event)),
            Protocol::Stun => {}
        }
    }

    /// Takes what there is to be told beside messages.
    pub fn take_notice(&mut self, notice: &Notice) {
        self.findings.add(unread::notice(notice));
    }

    /// Takes a packet that could not be read.
    pub fn take_fault(&mut self, fault: &Fault) {
        self.findings.add(unread::fault(fault));
    }

    /// The capture is over.
    #[must_use]
    pub fn finish(mut self) -> Report {
        self.clock.finish();
        self.advance();
        let now = self.clock.now();
        self.exchanges.finish(now, &mut self.findings);
        self.unacknowledged.finish(now, &mut self.findings);
        self.end_to_end.finish(&mut self.findings);
        let forgotten = self.exchanges.forgotten()
            + self.unacknowledged.forgotten()
            + self.cseq_order.forgotten()
            + self.reginfo_version.forgotten()
            + self.overtaken_sip.forgotten()
            + self.end_to_end.forgotten()
            + self.needless_sar.forgotten()
            + self.overtaken_cx.forgotten()
            + self.connections.forgotten();
        let (findings, more) = self.findings.take();
        Report {
            findings,
            more,
            forgotten,
            perhaps_asked: self.exchanges.perhaps_asked(),
            perhaps_answered: self.exchanges.perhaps_answered()
                + self.unacknowledged.perhaps_answered(),
            captured_twice: self.captured_twice.count(),
        }
    }

    /// The time of the capture goes on.
    fn advance(&mut self) {
        let now = self.clock.now();
        self.exchanges.advance(now, &mut self.findings);
        self.unacknowledged.advance(now, &mut self.findings);
        self.end_to_end.advance(now, &mut self.findings);
    }

    fn sip(&mut self, event: &Event) {
        let findings = &mut self.findings;
        // What was cut off is not its sender's fault, and told as one of the capture.
        let is_whole = event.missing == 0;
        let Ok(message) = sip_message::Message::parse(event.octets.clone()) else {
            if is_whole {
                findings.add(malformed::unreadable(event));
            }
            return;
        };
        if let Some(finding) = malformed::sip(event, &message).filter(|_| is_whole) {
            findings.add(finding);
        }
        let Some(transaction) = Transaction::of(&message) else {
            return;
        };
        let (asker, asked) = match message.status() {
            None => (event.source, event.destination),
            Some(_) => (event.destination, event.source),
        };
        let name = self.exchanges.key(transaction.key());
        let names = Names {
            key: self.exchanges.key((name, asker, asked)),
            name: Some(name),
            which: transaction.call_id,
            ids: Ids::SIP,
        };
        let clock = &self.clock;
        if let Some(status) = message.status() {
            let is_invite = transaction.cseq.method == Method::INVITE;
            let is_final = status.0 >= 200;
            let finality = match (is_final, is_invite) {
                (true, false) => Finality::Final,
                (true, true) => Finality::OfInvite,
                (false, true) => Finality::Provisional,
                // It changes nothing for who waits (RFC 3261 §17.1.2.2, timer F).
                (false, false) => return,
            };
            self.exchanges
                .answered(names, event, finality, clock, findings);
            if is_final {
                self.unacknowledged
                    .response(event, &message, &transaction, clock);
                self.reginfo_version.response(event, &transaction);
                self.overtaken_sip.response(event, &transaction, findings);
            }
            return;
        }
        if transaction.is_ack() {
            self.unacknowledged.ack(&transaction, clock);
            return;
        }
        if self.exchanges.asked(names, event, clock, findings) == Novelty::Again {
            return;
        }
        self.cseq_order
            .take(event, &message, &transaction, findings);
        self.reginfo_version
            .take(event, &message, &transaction, findings);
        self.overtaken_sip
            .request(event, &message, &transaction, findings);
    }

    fn diameter(&mut self, event: &Event) {
        let Ok(message) = diameter_codec::Message::parse(event.octets.clone()) else {
            self.findings.add(malformed::unreadable(event));
            return;
        };
        if let Some(finding) = malformed::diameter(event, &message) {
            self.findings.add(finding);
        }
        let command = Command::decode(&message).ok();
        let cx = match &command {
            Some(Command::Cx(cx)) => Some(cx),
            _ => None,
        };
        let header = message.header();
        let (asker, asked) = match header.is_request() {
            true => (event.source, event.destination),
            false => (event.destination, event.source),
        };
        if header.is_request() && header.command == base::command::CAPABILITIES_EXCHANGE {
            self.begin_connection(asker, asked);
        }
        let connection = self.connection(asker, asked);
        let key = (asker, asked, connection, header.hop_by_hop);
        let key = self.exchanges.key(key);
        let ids = Ids {
            command: header.command.0,
            end_to_end: header.end_to_end,
        };
        // An association has several addresses at each end, its ports are the same.
        let association = (asker.port(), asked.port(), header.hop_by_hop, ids);
        let is_association = event.transport == Transport::Sctp;
        let names = Names {
            key,
            name: is_association.then(|| self.exchanges.key(association)),
            which: &finding::hop_by_hop(header.hop_by_hop),
            ids,
        };
        let (clock, findings) = (&self.clock, &mut self.findings);
        if !header.is_request() {
            let answered = self
                .exchanges
                .answered(names, event, Finality::Final, clock, findings);
            let asked = answered.map_or(key, |it| it.key);
            match header.is_error() {
                true => self.end_to_end.refused(asked),
                false => self.end_to_end.settled(asked),
            }
            if answered.is_some_and(|it| it.is_first) {
                self.needless_sar.answer(event, &message, cx, asked);
                self.overtaken_cx.answer(event, asked, findings);
            }
            return;
        }
        self.end_to_end.take(event, &message, key, clock, findings);
        match self.exchanges.waiting(key) {
            Some(waits) if waits.ids.end_to_end != header.end_to_end => {
                findings.add(hop_by_hop::finding(event, header.hop_by_hop, waits));
                self.exchanges.contest(key);
                return;
            }
            // The same request, of which `end_to_end` has told.
            Some(_) => return,
            // The identifier is free again once it is answered.
            None => self.exchanges.end(key, findings),
        }
        self.exchanges.asked(names, event, clock, findings);
        if let Some(cx) = cx {
            self.needless_sar
                .request(event, &message, cx, key, findings);
            self.overtaken_cx.request(event, cx, key);
        }
    }

    fn begin_connection(&mut self, from: SocketAddr, to: SocketAddr) {
        self.connections_begun += 1;
        let key = self.connections.key(ends(from, to));
        self.connections.insert(key, self.connections_begun);
    }

    /// 0 for one whose beginning is not known.
    fn connection(&mut self, from: SocketAddr, to: SocketAddr) -> u64 {
        let key = self.connections.key(ends(from, to));
        self.connections.touch(key).copied().unwrap_or(0)
    }
}

fn ends(from: SocketAddr, to: SocketAddr) -> (SocketAddr, SocketAddr) {
    (from.min(to), from.max(to))
}
