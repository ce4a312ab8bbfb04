//! CSeq numbers that do not rise (RFC 3261 §8.1.1.5, §12.2.1.1, §22.2): within a dialog, outside of dialogs within a
//! Call-ID and From tag; of REGISTERs within a Call-ID (§10.2), whatever their tags.
//!
//! Each hop is followed by itself: a request passes several, and each tells when it got there. A number that comes
//! again in another transaction is told where the request originates, one Via: a proxy forks to one next hop (§16.6),
//! and may be passed twice. Not where it goes to another Request-URI, or by another transport because the first cannot
//! be had (§18.1.1). ACK and CANCEL have the number of their INVITE.

use std::net::{IpAddr, SocketAddr};

use capture::{Numbers, Transport};
use sip_message::{Message, Method, Via};

use super::finding::{Finding, Findings};
use super::kind::Kind;
use super::table::Table;
use crate::event::Event;
use crate::transaction::Transaction;

/// Senders whose last number is known at one time; one takes about 100 octets.
pub(crate) const MAX_SENDERS: usize = 100_000;

#[derive(Debug)]
struct Last {
    seq: u32,
    /// Of the transaction, Request-URI and transport.
    way: (u64, u64, Transport),
    packets: Numbers,
}

#[derive(Debug)]
pub(super) struct CseqOrder {
    senders: Table<Last>,
}

impl CseqOrder {
    pub(super) fn new(limit: usize) -> CseqOrder {
        CseqOrder {
            senders: Table::new(limit),
        }
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.senders.forgotten()
    }

    /// Takes a request that is no retransmission.
    pub(super) fn take(
        &mut self,
        event: &Event,
        message: &Message,
        transaction: &Transaction<'_>,
        findings: &mut Findings,
    ) {
        let cseq = transaction.cseq;
        if [Method::ACK, Method::CANCEL].contains(&cseq.method) {
            return;
        }
        let key = self.senders.key(hop(event, transaction));
        let this = Last {
            seq: cseq.seq,
            way: (
                self.senders.key(transaction.key()),
                self.senders.key(message.request_uri()),
                event.transport,
            ),
            packets: event.packets,
        };
        let Some(last) = self.senders.touch(key) else {
            self.senders.insert(key, this);
            return;
        };
        let text = if cseq.seq < last.seq {
            format!(
                "CSeq {} after {} in packet {}",
                cseq.seq, last.seq, last.packets
            )
        } else if cseq.seq == last.seq && is_another(&this, last) && originates(message) {
            let packets = last.packets;
            format!(
                "CSeq {} as in packet {packets}, in another transaction",
                cseq.seq
            )
        } else {
            *last = this;
            return;
        };
        findings.add(Finding::about(event, Kind::CseqOrder, text));
    }
}

fn is_another(this: &Last, last: &Last) -> bool {
    let (transaction, uri, transport) = this.way;
    transaction != last.way.0 && (uri, transport) == (last.way.1, last.way.2)
}

fn originates(message: &Message) -> bool {
    message.read_all::<Via<'_>>().count() == 1
}

/// Who sends to whom: the port of a sender changes with its connections.
type Hop<'a> = (&'a str, &'a str, &'a str, IpAddr, SocketAddr);

fn hop<'a>(event: &Event, transaction: &Transaction<'a>) -> Hop<'a> {
    let Transaction {
        call_id,
        from_tag,
        to_tag,
        ..
    } = *transaction;
    let (from_tag, to_tag) = match transaction.cseq.method == Method::REGISTER {
        true => ("", ""),
        false => (from_tag, to_tag),
    };
    let (from, to) = (event.source.ip(), event.destination);
    (call_id, from_tag, to_tag, from, to)
}
