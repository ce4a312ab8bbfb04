//! CSeq numbers that do not rise within a Call-ID and From tag (RFC 3261 §8.1.1.5, §12.2.1.1, §22.2).
//!
//! Each hop is followed by itself: a request passes several, and each tells when it got there. A number that comes
//! again in another transaction is told too, but where Max-Forwards shows that the request has come round: a proxy may
//! be passed twice. ACK and CANCEL have the number of their INVITE.

use std::net::{IpAddr, SocketAddr};

use capture::Numbers;
use sip_message::{MaxForwards, Message, Method};

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
    hops_left: Option<u32>,
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
        let hops_left = message.read::<MaxForwards>().ok().flatten();
        let hops_left = hops_left.map(|it| it.0);
        let this = Last {
            seq: cseq.seq,
            hops_left,
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
        } else if cseq.seq == last.seq && hops_left >= last.hops_left {
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

/// Who sends to whom: the port of a sender changes with its connections.
type Hop<'a> = (&'a str, &'a str, IpAddr, SocketAddr);

fn hop<'a>(event: &Event, transaction: &Transaction<'a>) -> Hop<'a> {
    let Transaction {
        call_id, from_tag, ..
    } = *transaction;
    (call_id, from_tag, event.source.ip(), event.destination)
}
