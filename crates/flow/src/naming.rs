//! What the nodes are called.
//!
//! A name that somebody configured comes first; then the Origin-Host of who speaks Diameter from an address, the name
//! that who sends SIP from there writes in Via, and of our own captures the name of the element. What two addresses
//! are both called is one node; what only its address is known of is called that.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use capture::{Direction, Packet};
use diameter_codec::Message as Diameter;
use foldhash::fast::RandomState;
use sip_message::{Host, Message as Sip, Via};

use crate::event::{Event, Outcome, Protocol, Purpose};
use crate::node::{Node, Nodes, Place};

/// Addresses, ports included, of which something is remembered; those that come later are called by their addresses.
pub const MAX_ADDRESSES: usize = 65_536;

/// Octets of a name; a longer one is cut.
const MAX_NAME: usize = 128;

/// Our elements, as their captures name interfaces; what else an interface is called is a device. Several of one kind
/// have a number behind.
const ELEMENTS: [&str; 5] = ["ue", "pcscf", "icscf", "scscf", "hss"];

/// How long names may be in what is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// As they are.
    Whole,
    /// Domain names up to their first dot, where that still tells them apart.
    Short,
}

/// Learns who is behind an address.
#[derive(Debug, Default)]
pub struct Naming {
    configured: HashMap<Place, Box<str>>,
    addresses: HashMap<SocketAddr, Known, RandomState>,
    /// Which host writes a name in Via; none where several do.
    via: HashMap<Box<str>, Option<IpAddr>>,
    seen: u64,
}

/// What is known of an address.
#[derive(Debug, Default)]
struct Known {
    /// Origin-Host of what peers say to each other.
    peer: Called,
    /// Origin-Host of what an agent might have sent on.
    origin: Called,
    via: Called,
    element: Called,
    tally: Tally,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
enum Called {
    #[default]
    Nothing,
    Name(Box<str>),
    /// As an agent has none, that sends on what others wrote, or a phone that writes its address.
    NoOneName,
}

/// What was sent and received of what is drawn.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    messages: u64,
    /// When SIP was seen first; when anything was.
    first_sip: Option<u64>,
    first: Option<u64>,
    /// Diameter requests sent, less those received.
    asks: i64,
}

impl Called {
    fn learn(&mut self, name: &str) {
        let name = &name[..name.floor_char_boundary(MAX_NAME)];
        match self {
            Called::Nothing => *self = Called::Name(name.into()),
            Called::Name(known) if !known.eq_ignore_ascii_case(name) => *self = Called::NoOneName,
            Called::Name(_) | Called::NoOneName => {}
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Called::Name(name) => Some(name),
            Called::Nothing | Called::NoOneName => None,
        }
    }
}

impl Tally {
    fn add(&mut self, more: Tally) {
        let earlier = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.messages += more.messages;
        self.first_sip = earlier(self.first_sip, more.first_sip);
        self.first = earlier(self.first, more.first);
        self.asks += more.asks;
    }

    /// From left to right: who speaks SIP, in the order in which they did first; then who asks by Diameter, and who
    /// answers.
    fn place(&self) -> (u8, u64) {
        match (self.first_sip, self.first) {
            (Some(first), _) => (0, first),
            (None, first) if self.asks >= 0 => (1, first.unwrap_or(u64::MAX)),
            (None, first) => (2, first.unwrap_or(u64::MAX)),
        }
    }
}

impl Naming {
    /// With the names that somebody configured.
    #[must_use]
    pub fn new(configured: impl IntoIterator<Item = Node>) -> Naming {
        let mut naming = Naming::default();
        for node in configured {
            for place in node.places {
                let name = node.name.as_str().into();
                naming.configured.insert(place, name);
            }
        }
        naming
    }

    /// Learns from what a capture says beside the packet.
    pub fn packet(&mut self, packet: &Packet) {
        let (Some(interface), Some(direction)) = (&packet.interface, packet.direction) else {
            return;
        };
        let own = match direction {
            Direction::Sent => packet.from,
            Direction::Received => packet.to,
        };
        if is_element(interface)
            && let Some(known) = self.known(own)
        {
            known.element.learn(interface);
        }
    }

    /// Learns from a message.
    pub fn message(&mut self, event: &Event) {
        match event.protocol {
            Protocol::Diameter => self.diameter(event),
            Protocol::Sip => self.sip(event),
            Protocol::Stun | Protocol::Unknown => {}
        }
    }

    /// Takes note of a message that is to be drawn.
    pub fn drawn(&mut self, event: &Event) {
        let is_sip = event.protocol == Protocol::Sip;
        let asks = match (event.protocol, event.outcome) {
            (Protocol::Diameter, Outcome::Request) => 1,
            _ => 0,
        };
        for (address, asks) in [(event.source, asks), (event.destination, -asks)] {
            self.seen += 1;
            let seen = self.seen;
            if let Some(known) = self.known(address) {
                known.tally.add(Tally {
                    messages: 1,
                    first_sip: is_sip.then_some(seen),
                    first: Some(seen),
                    asks,
                });
            }
        }
    }

    /// The nodes of what is drawn, at most `columns` of them: if there are more, those with the most messages, and the
    /// others share a column.
    #[must_use]
    pub fn nodes(&self, columns: usize, names: Names) -> Nodes {
        let elements = self.elements();
        let resolved = Resolved {
            naming: self,
            hosts: self.hosts(&elements),
            elements,
        };
        let mut found: HashMap<String, (Tally, HashSet<Place>)> = HashMap::new();
        for (address, known) in &self.addresses {
            let (name, place) = resolved.node(*address, known);
            let (tally, places) = found.entry(name).or_default();
            tally.add(known.tally);
            places.insert(place);
        }
        let mut found: Vec<(String, Tally, HashSet<Place>)> = found
            .into_iter()
            .filter(|(_, (tally, _))| tally.messages > 0)
            .map(|(name, (tally, places))| (name, tally, places))
            .collect();
        let columns = columns.max(1);
        let are_too_many = found.len() > columns;
        if are_too_many {
            found.sort_by_key(|(_, tally, _)| (std::cmp::Reverse(tally.messages), tally.place()));
            found.truncate(columns - 1);
        }
        found.sort_by_key(|(_, tally, _)| tally.place());
        let mut table: Vec<Node> = found
            .into_iter()
            .map(|(name, _, places)| Node {
                name,
                places: places.into_iter().collect(),
            })
            .collect();
        if names == Names::Short {
            shorten(&mut table);
        }
        let nodes = Nodes::new(table).with_strangers(0);
        match are_too_many {
            true => nodes.with_others(),
            false => nodes,
        }
    }

    /// For a capture that is read once: nodes become columns as they are met, and are called what is known then.
    #[must_use]
    pub fn nodes_as_met(&self, columns: usize) -> Nodes {
        let mut nodes = Nodes::new([]).with_strangers(columns.saturating_sub(1));
        for (place, name) in &self.configured {
            nodes.expect(*place, name);
        }
        nodes
    }

    /// What is known of the ends of a packet before it is read; for [`Naming::nodes_as_met`].
    pub fn expect(&self, packet: &Packet, nodes: &mut Nodes) {
        for address in [packet.from, packet.to] {
            if nodes.at(address).is_none()
                && let Some(known) = self.addresses.get(&address)
                && let Some(name) = self.own_name(address, known)
            {
                nodes.expect(Place::Port(address), name);
            }
        }
    }

    fn known(&mut self, address: SocketAddr) -> Option<&mut Known> {
        let is_full = self.addresses.len() >= MAX_ADDRESSES;
        match self.addresses.entry(address) {
            Entry::Occupied(entry) => Some(entry.into_mut()),
            Entry::Vacant(_) if is_full => None,
            Entry::Vacant(entry) => Some(entry.insert(Known::default())),
        }
    }

    fn diameter(&mut self, event: &Event) {
        let is_of_peers = event.purpose != Purpose::Procedure;
        if let Some(known) = self.addresses.get(&event.source) {
            // What a peer says of itself is not outdone by what it sends on.
            let knows_enough = match is_of_peers {
                true => known.peer == Called::NoOneName,
                false => known.peer != Called::Nothing || known.origin == Called::NoOneName,
            };
            if knows_enough {
                return;
            }
        }
        let Ok(message) = Diameter::parse(event.octets.clone()) else {
            return;
        };
        let Some(host) = message.origin_host().filter(|host| !host.is_empty()) else {
            return;
        };
        if let Some(known) = self.known(event.source) {
            match is_of_peers {
                true => known.peer.learn(host),
                false => known.origin.learn(host),
            }
        }
    }

    /// The topmost Via was written by who sends a request, and by whom its answer is for (RFC 3261 §18.1.1, §18.2.2).
    fn sip(&mut self, event: &Event) {
        let writer = match event.outcome {
            Outcome::Request => event.source,
            Outcome::Unreadable => return,
            _ => event.destination,
        };
        let known = self.addresses.get(&writer);
        if known.is_some_and(|known| known.via != Called::Nothing) {
            return;
        }
        let Ok(message) = Sip::parse(event.octets.clone()) else {
            return;
        };
        let Ok(Some(via)) = message.read::<Via<'_>>() else {
            return;
        };
        let name = match via.host {
            Host::Name(name) if self.is_only_one(name, writer.ip()) => Some(name),
            _ => None,
        };
        if let Some(known) = self.known(writer) {
            match name {
                Some(name) => known.via.learn(name),
                // Nobody has to look again.
                None => known.via = Called::NoOneName,
            }
        }
    }

    /// Whether nobody else writes this name: phones may all be `localhost`.
    fn is_only_one(&mut self, name: &str, host: IpAddr) -> bool {
        let name = &name[..name.floor_char_boundary(MAX_NAME)];
        if let Some(writer) = self.via.get_mut(name) {
            if *writer != Some(host) {
                *writer = None;
            }
            return writer.is_some();
        }
        if self.via.len() >= MAX_ADDRESSES {
            return false;
        }
        self.via.insert(name.into(), Some(host));
        true
    }

    /// What an address with its port is called by itself.
    fn own_name<'a>(&'a self, address: SocketAddr, known: &'a Known) -> Option<&'a str> {
        let configured = self.configured.get(&Place::Port(address));
        let configured = configured.or_else(|| self.configured.get(&Place::Host(address.ip())));
        let via = known.via.name();
        let via = via.filter(|name| self.via.get(*name).is_some_and(Option::is_some));
        configured
            .map(|name| &**name)
            .or(known.diameter_name())
            .or(via)
            .or(known.element.name())
    }

    /// By the names of elements, what they are called where they speak Diameter: what else they send is theirs too.
    fn elements(&self) -> HashMap<&str, Called> {
        let mut elements: HashMap<&str, Called> = HashMap::new();
        for known in self.addresses.values() {
            if let (Some(element), Some(name)) = (known.element.name(), known.diameter_name()) {
                elements.entry(element).or_default().learn(name);
            }
        }
        elements
    }

    /// What hosts are called all of whose ports that have a name have the same; and those that speak Diameter under one
    /// name, but for this very machine, which may be several nodes at once.
    fn hosts(&self, elements: &HashMap<&str, Called>) -> HashMap<IpAddr, Called> {
        let mut hosts: HashMap<IpAddr, (Called, Called)> = HashMap::new();
        for (address, known) in &self.addresses {
            let (all, diameter) = hosts.entry(address.ip()).or_default();
            if let Some(name) = self.own_name(*address, known) {
                all.learn(of_element(name, elements));
            }
            if let Some(name) = known.diameter_name() {
                diameter.learn(name);
            }
        }
        let hosts = hosts.into_iter().map(|(host, (all, diameter))| {
            let is_one = diameter.name().is_some() && !host.is_loopback();
            let is_configured = self.configured.contains_key(&Place::Host(host));
            match is_one && !is_configured {
                true => (host, diameter),
                false => (host, all),
            }
        });
        hosts.collect()
    }
}

/// What an element is called where it speaks Diameter; any other name as it is.
fn of_element<'a>(name: &'a str, elements: &'a HashMap<&str, Called>) -> &'a str {
    elements.get(name).and_then(Called::name).unwrap_or(name)
}

impl Known {
    fn diameter_name(&self) -> Option<&str> {
        self.peer.name().or(self.origin.name())
    }
}

/// What is known at the end, put together.
struct Resolved<'a> {
    naming: &'a Naming,
    hosts: HashMap<IpAddr, Called>,
    elements: HashMap<&'a str, Called>,
}

impl Resolved<'_> {
    fn node(&self, address: SocketAddr, known: &Known) -> (String, Place) {
        let host = address.ip();
        let (name, place) = match self.hosts.get(&host) {
            None | Some(Called::Nothing) => (None, Place::Host(host)),
            Some(Called::Name(name)) => (Some(&**name), Place::Host(host)),
            Some(Called::NoOneName) => (self.naming.own_name(address, known), Place::Port(address)),
        };
        // A port that somebody named is that node, whatever the host is.
        let (name, place) = match self.naming.configured.get(&Place::Port(address)) {
            Some(name) => (Some(&**name), Place::Port(address)),
            None => (name, place),
        };
        match name {
            Some(name) => (of_element(name, &self.elements).to_owned(), place),
            None => (host.to_string(), place),
        }
    }
}

fn is_element(interface: &str) -> bool {
    let name = interface.trim_end_matches(|letter: char| letter.is_ascii_digit());
    ELEMENTS.contains(&name)
}

fn shorten(table: &mut [Node]) {
    let short: Vec<String> = table
        .iter()
        .map(|node| match node.name.parse::<IpAddr>() {
            Ok(_) => node.name.clone(),
            Err(_) => node.name.split('.').next().unwrap_or_default().to_owned(),
        })
        .collect();
    for (at, node) in table.iter_mut().enumerate() {
        let is_only_one = short
            .iter()
            .enumerate()
            .all(|(other, name)| other == at || *name != short[at]);
        if is_only_one && !short[at].is_empty() {
            node.name.clone_from(&short[at]);
        }
    }
}

#[cfg(test)]
mod tests;
