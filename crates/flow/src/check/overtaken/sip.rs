//! REGISTERs that overtake each other.

use std::net::{IpAddr, SocketAddr};

use capture::Numbers;
use sip_message::{Contact, Expires, Message, Method};

use crate::check::finding::{Finding, Findings};
use crate::check::kind::Kind;
use crate::check::table::Table;
use crate::event::{Event, Outcome};
use crate::transaction::Transaction;

/// What is remembered at one time of who registers (Call-ID, To and hop, RFC 3261 §10.3): each, its REGISTERs and their
/// contacts count; one takes about 100 octets.
pub(crate) const MAX_REGISTRANTS: usize = 150_000;

/// Registrations of one registrant that wait for an answer: more are not sent (RFC 3261 §10.2), and not followed.
const MAX_OPEN: usize = 8;

/// Contacts of one REGISTER that are compared.
const MAX_CONTACTS: usize = 8;

#[derive(Debug, Default)]
struct Registrant {
    /// The last that deregisters, by CSeq.
    left: Option<Request>,
    /// Whether it was granted.
    gone: bool,
    /// Those that register and are not answered.
    open: Vec<Request>,
}

#[derive(Debug, Clone)]
struct Request {
    seq: u32,
    packets: Numbers,
    /// Hashes; none is `*`.
    contacts: Vec<u64>,
    /// It was under way when this deregistration was granted.
    overtaken_by: Option<(u32, Numbers)>,
}

#[derive(Debug)]
pub(in crate::check) struct OvertakenSip {
    registrants: Table<Registrant>,
}

impl OvertakenSip {
    pub(in crate::check) fn new(limit: usize) -> OvertakenSip {
        OvertakenSip {
            registrants: Table::new(limit),
        }
    }

    pub(in crate::check) fn forgotten(&self) -> u64 {
        self.registrants.forgotten()
    }

    /// Takes a request that is no retransmission.
    pub(in crate::check) fn request(
        &mut self,
        event: &Event,
        message: &Message,
        transaction: &Transaction<'_>,
        findings: &mut Findings,
    ) {
        if transaction.cseq.method != Method::REGISTER {
            return;
        }
        let Some((wish, contacts)) = self.wish(message) else {
            return;
        };
        let this = Request {
            seq: transaction.cseq.seq,
            packets: event.packets,
            contacts,
            overtaken_by: None,
        };
        let key = self.key(transaction, event.source.ip(), event.destination);
        let mut registrant = self.registrants.remove(key).unwrap_or_default();
        match wish {
            Wish::Leave => {
                if registrant
                    .left
                    .as_ref()
                    .is_none_or(|left| left.seq < this.seq)
                {
                    registrant.left = Some(this);
                    registrant.gone = false;
                }
            }
            Wish::Register => {
                if let Some(left) = &registrant.left
                    && left.seq > this.seq
                    && left.shares_contact(&this)
                {
                    let text = format!(
                        "CSeq {} comes after the deregistration of packet {}, CSeq {}, which was sent later",
                        this.seq, left.packets, left.seq
                    );
                    findings.add(Finding::about(event, Kind::Overtaken, text));
                }
                if registrant.open.len() == MAX_OPEN {
                    registrant.open.remove(0);
                }
                registrant.open.push(this);
            }
        }
        let weight = registrant.weight();
        self.registrants.insert_weighing(key, registrant, weight);
    }

    /// Takes a final response.
    pub(in crate::check) fn response(
        &mut self,
        event: &Event,
        transaction: &Transaction<'_>,
        findings: &mut Findings,
    ) {
        if transaction.cseq.method != Method::REGISTER {
            return;
        }
        let key = self.key(transaction, event.destination.ip(), event.source);
        let Some(registrant) = self.registrants.touch(key) else {
            return;
        };
        let seq = transaction.cseq.seq;
        let is_granted = event.outcome == Outcome::Success;
        if let Some(at) = registrant.open.iter().position(|open| open.seq == seq) {
            let this = registrant.open.remove(at);
            if let Some((left, packets)) = this.overtaken_by
                && is_granted
            {
                let text = format!(
                    "grants the registration of packet {}, CSeq {seq}, after the deregistration of packet {packets}, \
                     CSeq {left}, was granted",
                    this.packets
                );
                findings.add(Finding::about(event, Kind::Overtaken, text));
            }
        } else if is_granted
            && let Some(left) = &registrant.left
            && left.seq == seq
            && !registrant.gone
        {
            registrant.gone = true;
            for open in &mut registrant.open {
                // Those that came behind it are told already.
                if open.seq < seq
                    && open.packets.first < left.packets.first
                    && left.shares_contact(open)
                {
                    open.overtaken_by = Some((left.seq, left.packets));
                }
            }
        }
    }

    fn key(&self, transaction: &Transaction<'_>, from: IpAddr, to: SocketAddr) -> u64 {
        let Transaction {
            call_id,
            to: address,
            ..
        } = *transaction;
        self.registrants.key((call_id, address, from, to))
    }

    /// What a REGISTER wants; one without a Contact asks only.
    fn wish(&self, message: &Message) -> Option<(Wish, Vec<u64>)> {
        let of_all = message.read::<Expires>().ok().flatten().map(|it| it.0);
        let mut wish = None;
        let mut contacts = Vec::new();
        for contact in message.read_all::<Contact<'_>>() {
            let contact = contact.ok()?;
            let Some(address) = contact.address() else {
                return (of_all == Some(0)).then_some((Wish::Leave, Vec::new()));
            };
            let leaves = contact.expires().or(of_all) == Some(0);
            match (leaves, wish) {
                (true, None) => wish = Some(Wish::Leave),
                (true, Some(_)) => {}
                (false, _) => wish = Some(Wish::Register),
            }
            if contacts.len() < MAX_CONTACTS {
                contacts.push(self.registrants.key(address.uri));
            }
        }
        wish.map(|wish| (wish, contacts))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Register,
    Leave,
}

impl Registrant {
    fn weight(&self) -> usize {
        let requests = self.left.iter().chain(&self.open);
        1 + requests.map(|it| 1 + it.contacts.len()).sum::<usize>()
    }
}

impl Request {
    fn shares_contact(&self, other: &Request) -> bool {
        let shared = |contact| other.contacts.contains(contact);
        self.contacts.is_empty() || self.contacts.iter().any(shared)
    }
}
