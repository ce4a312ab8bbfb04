//! What a node and its peers said to each other.

mod building;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::SystemTime;

use bytes::Bytes;
use capture::{Numbers, Transport};
use diameter_codec::base;
use flow::Event;
use flow::event::{Outcome, Protocol};
use sip_message::{CSeq, Method, Via};

use crate::error::ReplayError;
use crate::names::{Names, Place};
use building::Building;

/// Messages of a plan.
pub const MAX_TURNS: usize = 100_000;

/// Octets of all messages of a plan.
pub const MAX_OCTETS: usize = 256 << 20;

/// The node's side, in the order of the capture, without what was sent again.
#[derive(Debug)]
pub struct Plan {
    pub(crate) turns: Vec<Turn>,
    pub(crate) channels: Vec<Channel>,
    /// How many threads the turns have.
    pub(crate) threads: usize,
    /// The peer that the live element takes the place of; none where several come to the node.
    pub(crate) peer: Option<SocketAddr>,
}

/// How the node and the live elements come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// The node connects to one peer and asks it.
    Goes,
    /// Peers connect to the node and ask it.
    Waits,
    /// The one or the other, with one peer.
    Both,
}

/// What carries in the replay what SCTP carried in the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Over {
    /// Nothing: it is refused.
    #[default]
    AsCaptured,
    /// Connections of TCP.
    Tcp,
}

/// What carries messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) transport: Transport,
    pub(crate) protocol: Protocol,
    pub(crate) node: SocketAddr,
    /// Of a connection: a socket for datagrams has none.
    pub(crate) peer: Option<SocketAddr>,
    /// Who connects; of a socket for datagrams the node, which binds it.
    pub(crate) opener: Side,
    /// Who the peer says that it is in its CER.
    pub(crate) identity: Option<Vec<u8>>,
}

/// One message.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) packets: Numbers,
    pub(crate) time: SystemTime,
    pub(crate) channel: usize,
    pub(crate) side: Side,
    pub(crate) kind: Kind,
    pub(crate) exchange: usize,
    /// Turns of one call or session, which keep their order whatever others do.
    pub(crate) thread: usize,
    /// The other end, where the channel is a socket for datagrams.
    pub(crate) peer: SocketAddr,
    pub(crate) label: String,
    pub(crate) message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// What is played.
    Node,
    /// What is compared.
    Peer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request,
    Answer,
}

#[derive(Debug)]
pub(crate) enum Message {
    Sip(sip_message::Message),
    Diameter(diameter_codec::Message),
}

impl Message {
    pub(crate) fn octets(&self) -> usize {
        match self {
            Message::Sip(message) => message.to_bytes().len(),
            Message::Diameter(message) => message.octets().len(),
        }
    }
}

impl Plan {
    /// The plan for playing, out of `events` that `names` has seen all, who is at `node`, whose name is `name`, against who is at `peer`: or else, where the node
    /// goes, whom it sends most requests to, and where it waits, all who send requests to the address of the node that
    /// gets most.
    ///
    /// # Errors
    /// [`ReplayError`]: there is nothing to play, it cannot be played, or it is too much.
    pub fn new(
        events: impl IntoIterator<Item = Event>,
        names: &Names,
        node: &Place,
        name: &str,
        peer: Option<&Place>,
        meeting: Meeting,
        over: Over,
    ) -> Result<Plan, ReplayError> {
        let company = Company::of(names, node, name, peer, meeting)?;
        let kept = spoken(events, node, &company, over)?;
        let openers = Openers::of(&kept, node);
        let mut building = Building::default();
        for event in kept {
            let ends = Ends::of(&event, node);
            let opener = openers.of_event(&event, ends);
            if !company.has(ends, opener, event.transport) {
                continue;
            }
            if event.transport == Transport::Sctp {
                return Err(ReplayError::Sctp {
                    packet: event.packets.first,
                });
            }
            if opener == Side::Peer && meeting == Meeting::Goes {
                return Err(ReplayError::Listens {
                    packet: event.packets.first,
                    peer: ends.peer,
                });
            }
            building.take(event, ends, opener);
        }
        if building.turns.is_empty() {
            let name = name.to_owned();
            return Err(ReplayError::NothingToPlay { name });
        }
        Ok(Plan {
            turns: building.turns,
            channels: building.channels,
            threads: building.threads,
            peer: company.peer(),
        })
    }
}

/// The ends of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) node: SocketAddr,
    pub(crate) peer: SocketAddr,
    /// Who sent it.
    pub(crate) side: Side,
}

impl Ends {
    fn of(event: &Event, node: &Place) -> Ends {
        match node.has(event.source) {
            true => Ends {
                node: event.source,
                peer: event.destination,
                side: Side::Node,
            },
            false => Ends {
                node: event.destination,
                peer: event.source,
                side: Side::Peer,
            },
        }
    }
}

/// The messages between the node and those whom it is played against.
fn spoken(
    events: impl IntoIterator<Item = Event>,
    node: &Place,
    company: &Company<'_>,
    over: Over,
) -> Result<Vec<Event>, ReplayError> {
    let mut kept = Vec::new();
    let mut octets = 0;
    for event in events {
        let is_spoken = matches!(event.protocol, Protocol::Sip | Protocol::Diameter);
        if !is_spoken
            || node.has(event.source) == node.has(event.destination)
            || !company.may_have(Ends::of(&event, node))
        {
            continue;
        }
        octets += event.octets.len();
        if kept.len() == MAX_TURNS || octets > MAX_OCTETS {
            return Err(ReplayError::TooLong);
        }
        // What was read at once is not kept for it.
        let octets = Bytes::copy_from_slice(&event.octets);
        let transport = match (event.transport, over) {
            (Transport::Sctp, Over::Tcp) => Transport::Tcp,
            (transport, _) => transport,
        };
        kept.push(Event {
            octets,
            transport,
            ..event
        });
    }
    Ok(kept)
}

/// Who opened which connection: who sends the CER (RFC 6733 §5.3), or else the first request.
struct Openers(HashMap<(SocketAddr, SocketAddr), Side>);

impl Openers {
    fn of(events: &[Event], node: &Place) -> Openers {
        let mut openers = HashMap::new();
        for event in events {
            let ends = Ends::of(event, node);
            let key = (ends.node, ends.peer);
            if event.transport == Transport::Udp || event.outcome != Outcome::Request {
                continue;
            }
            if is_cer(event) {
                openers.insert(key, ends.side);
            } else {
                openers.entry(key).or_insert(ends.side);
            }
        }
        Openers(openers)
    }

    fn of_event(&self, event: &Event, ends: Ends) -> Side {
        match event.transport {
            Transport::Udp => Side::Node,
            _ => *self.0.get(&(ends.node, ends.peer)).unwrap_or(&Side::Node),
        }
    }
}

fn is_cer(event: &Event) -> bool {
    let message = match event.protocol {
        Protocol::Diameter => diameter_codec::Message::parse(event.octets.clone()).ok(),
        _ => None,
    };
    message.is_some_and(|it| it.header().command == base::command::CAPABILITIES_EXCHANGE)
}

/// Whom the node is played against.
enum Company<'a> {
    /// One address, and with the other variant of [`Meeting`] what else connects from its host.
    One(SocketAddr, Meeting),
    /// Who comes to this address of the node.
    All(SocketAddr, Option<&'a Place>),
}

impl<'a> Company<'a> {
    fn of(
        names: &Names,
        node: &Place,
        name: &str,
        peer: Option<&'a Place>,
        meeting: Meeting,
    ) -> Result<Company<'a>, ReplayError> {
        if !names.asking.is_spoken {
            return Err(ReplayError::Empty {
                is_encrypted: false,
            });
        }
        let by = |side| names.asking.most(side, node, peer);
        let name = || name.to_owned();
        match meeting {
            Meeting::Goes | Meeting::Both => match by(Side::Node) {
                Some(peer) => Ok(Company::One(peer, meeting)),
                None => Err(ReplayError::AsksNobody { name: name() }),
            },
            Meeting::Waits => match by(Side::Peer) {
                Some(own) => Ok(Company::All(own, peer)),
                None => Err(ReplayError::IsNotAsked { name: name() }),
            },
        }
    }

    /// By its addresses alone.
    fn may_have(&self, ends: Ends) -> bool {
        match *self {
            Company::One(peer, Meeting::Both) => ends.peer.ip() == peer.ip(),
            Company::One(peer, _) => ends.peer == peer,
            Company::All(own, peer) => {
                ends.node == own && peer.is_none_or(|peer| peer.has(ends.peer))
            }
        }
    }

    /// Of what it may have.
    fn has(&self, ends: Ends, opener: Side, transport: Transport) -> bool {
        match *self {
            Company::One(peer, _) => opener == Side::Peer || ends.peer == peer,
            Company::All(..) => transport == Transport::Udp || opener == Side::Peer,
        }
    }

    fn peer(&self) -> Option<SocketAddr> {
        match self {
            Company::One(peer, _) => Some(*peer),
            Company::All(..) => None,
        }
    }
}

/// Branch, sent-by and method (RFC 3261 §17.1.3, §17.2.3).
pub(crate) fn sip_key(message: &sip_message::Message) -> Option<(String, String, String)> {
    let via = message.read::<Via<'_>>().ok()??;
    let cseq = message.read::<CSeq<'_>>().ok()??;
    let branch = via.branch()?.to_owned();
    let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
    let sent_by = format!("{}{port}", via.host).to_ascii_lowercase();
    // An ACK to a final answer other than 2xx has its INVITE's branch, and no answer of its own.
    let method = match message.method() {
        Some(method) if method == Method::ACK => "ACK",
        _ => cseq.method.as_str(),
    };
    Some((branch, sent_by, method.to_owned()))
}
