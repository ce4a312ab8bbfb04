//! Who is where in a capture.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use capture::{Direction, Packet};
use diameter_codec::base;
use flow::Event;
use flow::event::Protocol;

use crate::asking::Asking;

/// Names that are learnt, and addresses of one name; more are not.
const MAX_LEARNT: usize = 4_096;

/// Names for addresses, as the capture itself tells them: the interfaces of elements that captured themselves, and the
/// identities of Diameter peers; and which address asks which.
#[derive(Debug, Default)]
pub struct Names {
    learnt: BTreeMap<String, BTreeSet<SocketAddr>>,
    pub(crate) asking: Asking,
}

/// Where one node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// All ports of an address.
    Host(IpAddr),
    /// These alone.
    Ports(BTreeSet<SocketAddr>),
}

impl Place {
    pub(crate) fn has(&self, address: SocketAddr) -> bool {
        match self {
            Place::Host(host) => address.ip() == *host,
            Place::Ports(ports) => ports.contains(&address),
        }
    }
}

impl Names {
    /// Takes a packet: an element that captured itself is its interface's name, and sent from its own address.
    pub fn see_packet(&mut self, packet: &Packet) {
        if packet.direction == Some(Direction::Sent)
            && let Some(name) = &packet.interface
        {
            self.learn(name, packet.from);
        }
    }

    /// Takes a message. CER and CEA name who sends them (RFC 6733 §5.3); other Diameter may come through a relay.
    pub fn see_event(&mut self, event: &Event) {
        self.asking.see(event);
        if event.protocol != Protocol::Diameter {
            return;
        }
        let Ok(message) = diameter_codec::Message::parse(event.octets.clone()) else {
            return;
        };
        if message.header().command == base::command::CAPABILITIES_EXCHANGE
            && let Some(name) = message.origin_host()
        {
            self.learn(name, event.source);
        }
    }

    fn learn(&mut self, name: &str, address: SocketAddr) {
        if let Some(addresses) = self.learnt.get_mut(name) {
            if addresses.len() < MAX_LEARNT {
                addresses.insert(address);
            }
        } else if self.learnt.len() < MAX_LEARNT {
            self.learnt
                .insert(name.to_owned(), BTreeSet::from([address]));
        }
    }

    /// The node that `name` means: an address with or without port, or a learnt name.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<Place> {
        if let Ok(host) = name.parse() {
            return Some(Place::Host(host));
        }
        if let Ok(address) = name.parse() {
            return Some(Place::Ports(BTreeSet::from([address])));
        }
        self.learnt.get(name).cloned().map(Place::Ports)
    }

    /// The learnt names, with commas between them.
    #[must_use]
    pub fn known(&self) -> String {
        let names: Vec<&str> = self.learnt.keys().map(String::as_str).collect();
        names.join(", ")
    }
}
