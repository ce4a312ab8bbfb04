//! A message on its way from one node to another.

use std::net::SocketAddr;
use std::time::SystemTime;

use bytes::Bytes;
use capture::{Numbers, Transport};

use crate::node::NodeId;

/// One message, read far enough to be drawn.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it was sent, or received where its sender was not captured: the time of the packet that has its end. Where
    /// a packet was waited for, earlier messages may come later.
    pub time: SystemTime,
    /// The packets that it came in; other messages may have come in them, too.
    pub packets: Numbers,
    /// What carried it.
    pub transport: Transport,
    /// The address that sent it.
    pub source: SocketAddr,
    /// The address that it was sent to.
    pub destination: SocketAddr,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// In which protocol.
    pub protocol: Protocol,
    /// What it is, in few characters: `REGISTER`, `401`, `SAR`, `UAA 2001`. As it came: not escaped.
    pub label: String,
    /// What more there is to say: a Request-URI, a reason, an assignment type. As it came: not escaped.
    pub detail: String,
    /// How it is meant or how it ended.
    pub outcome: Outcome,
    /// Whether these very octets passed before.
    pub passage: Passage,
    /// What it is for.
    pub purpose: Purpose,
    /// The message itself. May share the memory of what was read of the file at once: who keeps it for long, copies it.
    /// Of SIP in a stream whose header fields are not UTF-8, what is not has become U+FFFD.
    pub octets: Bytes,
    /// How many octets it had behind these, which were not captured.
    pub missing: u32,
}

/// The protocol of an [`Event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 3261.
    Sip,
    /// RFC 6733.
    Diameter,
    /// RFC 8489, where SIP is spoken (RFC 5626 §4.4.2).
    Stun,
    /// Neither could be read.
    Unknown,
}

/// A request, or how an answer ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A request.
    Request,
    /// An answer that another follows.
    Provisional,
    /// An answer that asks for credentials.
    Challenge,
    /// An answer that says yes.
    Success,
    /// An answer that says no.
    Failure,
    /// Octets that are no message.
    Unreadable,
}

/// Whether a message is seen for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// For the first time.
    First,
    /// A retransmission: SIP's of the same octets, Diameter's by its T flag (RFC 6733 §3).
    Again,
}

/// What a message is for; what keeps a connection is of less interest than what uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A procedure of users.
    Procedure,
    /// Setting up or closing a connection: CER, CEA, DPR, DPA (RFC 6733 §5.3, §5.4).
    Connection,
    /// Seeing whether the peer lives: DWR, DWA (RFC 6733 §5.5), or keeping a NAT's binding: STUN (RFC 5626 §4.4.2).
    Watchdog,
}
