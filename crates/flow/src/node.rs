//! Who is behind an address.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

/// How many addresses without a name get a node of their own; the rest share one.
pub const MAX_STRANGERS: usize = 4;

/// How many addresses are remembered beyond the table; the oldest is forgotten first.
pub const MAX_LEARNT: usize = 4096;

/// The name of the node that the strangers beyond [`MAX_STRANGERS`] share.
const OTHERS: &str = "others";

/// A node of a [`Nodes`] table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(usize);

/// Where a node is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    ports: HashMap<SocketAddr, NodeId>,
    hosts: HashMap<IpAddr, NodeId>,
    learnt: VecDeque<SocketAddr>,
}

impl Nodes {
    /// A table whose order is the order of the columns.
    #[must_use]
    pub fn new(table: impl IntoIterator<Item = Node>) -> Nodes {
        let mut nodes = Nodes {
            names: Vec::new(),
            in_table: 0,
            ports: HashMap::new(),
            hosts: HashMap::new(),
            learnt: VecDeque::new(),
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
        let strangers = self.names.len() - self.in_table;
        if strangers < MAX_STRANGERS {
            let id = self.add(address.ip().to_string());
            self.hosts.insert(address.ip(), id);
            return id;
        }
        match self.named(OTHERS) {
            Some(others) => others,
            None => self.add(OTHERS.to_owned()),
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
