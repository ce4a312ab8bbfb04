//! Who is behind an address.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::RandomState;

/// How many addresses that no table has get a node of their own, unless [`Nodes::with_strangers`] says otherwise; the
/// rest share one.
pub const MAX_STRANGERS: usize = 4;

/// How many addresses are remembered beyond the table; the oldest is forgotten first.
pub const MAX_LEARNT: usize = 4096;

/// The name of the node that the strangers beyond [`MAX_STRANGERS`] share.
const OTHERS: &str = "others";

/// A node of a [`Nodes`] table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(usize);

impl NodeId {
    /// Its number: nodes are numbered as they were added to their table, from 0.
    #[must_use]
    pub fn number(self) -> usize {
        self.0
    }
}

/// Where a node is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Every port of this address.
    Host(IpAddr),
    /// This port alone.
    Port(SocketAddr),
}

/// A line of the table from which a ladder takes its columns.
#[derive(Debug, Clone)]
pub struct Node {
    /// What stands above the column.
    pub name: String,
    /// Its addresses.
    pub places: Vec<Place>,
}

/// Names for addresses: a table, what was learnt since, and the strangers met.
#[derive(Debug)]
pub struct Nodes {
    names: Vec<String>,
    in_table: usize,
    ports: HashMap<SocketAddr, NodeId, RandomState>,
    hosts: HashMap<IpAddr, NodeId, RandomState>,
    learnt: VecDeque<SocketAddr>,
    strangers: usize,
    /// For strangers beyond.
    others: Option<NodeId>,
    /// What strangers will be called once they are met.
    expected: HashMap<Place, String>,
}

impl Nodes {
    /// A table whose order is the order of the columns.
    #[must_use]
    pub fn new(table: impl IntoIterator<Item = Node>) -> Nodes {
        let mut nodes = Nodes {
            names: Vec::new(),
            in_table: 0,
            ports: HashMap::default(),
            hosts: HashMap::default(),
            learnt: VecDeque::new(),
            strangers: MAX_STRANGERS,
            others: None,
            expected: HashMap::new(),
        };
        for node in table {
            let id = nodes.add(node.name);
            for place in node.places {
                match place {
                    Place::Host(host) => nodes.hosts.insert(host, id),
                    Place::Port(port) => nodes.ports.insert(port, id),
                };
            }
        }
        nodes.in_table = nodes.names.len();
        nodes
    }

    /// With another limit than [`MAX_STRANGERS`].
    #[must_use]
    pub fn with_strangers(self, strangers: usize) -> Nodes {
        Nodes { strangers, ..self }
    }

    /// With the node that the strangers beyond the limit share, before the first of them is met.
    #[must_use]
    pub fn with_others(mut self) -> Nodes {
        self.others();
        self
    }

    /// A stranger who will be met there has this name; two of one name are one node. At most [`MAX_LEARNT`] are
    /// expected.
    pub fn expect(&mut self, place: Place, name: &str) {
        if self.expected.len() < MAX_LEARNT {
            self.expected.insert(place, name.to_owned());
        }
    }

    /// The nodes from left to right: strangers, who mostly are phones, stand before the table.
    pub fn columns(&self) -> impl Iterator<Item = NodeId> + '_ {
        (self.in_table..self.names.len())
            .chain(0..self.in_table)
            .map(NodeId)
    }

    /// A node's name.
    #[must_use]
    pub fn name(&self, node: NodeId) -> &str {
        &self.names[node.0]
    }

    /// Whether it stands for all whom the limit left no node of their own.
    #[must_use]
    pub fn is_shared(&self, node: NodeId) -> bool {
        self.others == Some(node)
    }

    /// The node of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<NodeId> {
        self.names.iter().position(|n| n == name).map(NodeId)
    }

    /// The node at an address, if it is known.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Option<NodeId> {
        let port = self.ports.get(&address);
        port.or_else(|| self.hosts.get(&address.ip())).copied()
    }

    /// Remembers that `node` sends from `address`, as from the port of a TCP connection that it opened.
    pub fn learn(&mut self, node: NodeId, address: SocketAddr) {
        if self.at(address) == Some(node) {
            return;
        }
        if self.learnt.len() == MAX_LEARNT
            && let Some(oldest) = self.learnt.pop_front()
        {
            self.ports.remove(&oldest);
        }
        if self.ports.insert(address, node).is_none() {
            self.learnt.push_back(address);
        }
    }

    /// The node at an address; a stranger becomes a node named after its address.
    pub fn meet(&mut self, address: SocketAddr) -> NodeId {
        if let Some(node) = self.at(address) {
            return node;
        }
        let expected = [Place::Port(address), Place::Host(address.ip())]
            .into_iter()
            .find_map(|place| Some((place, self.expected.get(&place)?.clone())));
        let known = expected.as_ref().and_then(|(_, name)| self.named(name));
        let strangers = self.names.len() - self.in_table;
        if known.is_some() || strangers < self.strangers {
            let (place, name) =
                expected.unwrap_or_else(|| (Place::Host(address.ip()), address.ip().to_string()));
            let id = known.unwrap_or_else(|| self.add(name));
            match place {
                Place::Host(host) => self.hosts.insert(host, id),
                Place::Port(port) => self.ports.insert(port, id),
            };
            return id;
        }
        self.others()
    }

    fn others(&mut self) -> NodeId {
        match self.others {
            Some(others) => others,
            None => {
                let others = self.add(OTHERS.to_owned());
                *self.others.insert(others)
            }
        }
    }

    fn add(&mut self, name: String) -> NodeId {
        self.names.push(name);
        NodeId(self.names.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("a test address")
    }

    fn table() -> Nodes {
        Nodes::new([
            Node {
                name: "pcscf".to_owned(),
                places: vec![Place::Host(address("127.0.0.3:0").ip())],
            },
            Node {
                name: "hss".to_owned(),
                places: vec![Place::Port(address("127.0.0.1:3868"))],
            },
        ])
    }

    #[test]
    fn a_host_has_all_its_ports_and_a_port_is_only_itself() {
        let nodes = table();
        let name = |text| nodes.at(address(text)).map(|node| nodes.name(node));
        assert_eq!(name("127.0.0.3:5060"), Some("pcscf"));
        assert_eq!(name("127.0.0.3:40000"), Some("pcscf"));
        assert_eq!(name("127.0.0.1:3868"), Some("hss"));
        assert_eq!(name("127.0.0.1:3869"), None);
    }

    #[test]
    fn a_learnt_port_wins_and_the_oldest_is_forgotten() {
        let mut nodes = table();
        let hss = nodes.named("hss").expect("in the table");
        nodes.learn(hss, address("127.0.0.3:40000"));
        assert_eq!(nodes.at(address("127.0.0.3:40000")), Some(hss));
        for port in 0..u16::try_from(MAX_LEARNT).expect("small") {
            nodes.learn(hss, SocketAddr::new(address("127.0.0.9:0").ip(), port));
        }
        assert_ne!(nodes.at(address("127.0.0.3:40000")), Some(hss));
        assert_eq!(nodes.at(address("127.0.0.9:7")), Some(hss));
        assert_eq!(nodes.learnt.len(), MAX_LEARNT);
    }

    #[test]
    fn strangers_stand_left_and_are_bounded() {
        let mut nodes = table();
        for last in 1..=200_u8 {
            nodes.meet(SocketAddr::new([192, 0, 2, last].into(), 5060));
            nodes.meet(SocketAddr::new([192, 0, 2, last].into(), 5061));
        }
        let columns: Vec<&str> = nodes.columns().map(|node| nodes.name(node)).collect();
        let expected = [
            "192.0.2.1",
            "192.0.2.2",
            "192.0.2.3",
            "192.0.2.4",
            "others",
            "pcscf",
            "hss",
        ];
        assert_eq!(columns, expected);
    }
}
