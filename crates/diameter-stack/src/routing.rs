//! The realm routing table (RFC 6733 §2.7): which peers a request to a realm goes to, in which order.

use std::cell::RefCell;

use diameter_codec::ApplicationId;
use smallvec::SmallVec;

/// Most entries of a table.
pub const MAX_ROUTES: usize = 256;
/// Most peers of one entry.
pub const MAX_ROUTE_PEERS: usize = 16;
/// The greatest weight of a peer.
pub const MAX_WEIGHT: u16 = 1_000;

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Realm Name; none is the default route.
    pub realm: Option<String>,
    /// Application Identifier; none is any.
    pub application: Option<ApplicationId>,
    /// Local Action.
    pub action: Action,
}

/// What an entry says of its realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// LOCAL: this node serves it.
    Local,
    /// Requests go to these peers.
    Peers(Vec<RoutePeer>),
}

/// A Server Identifier of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutePeer {
    /// Its DiameterIdentity.
    pub identity: String,
    /// Its share of the requests. Where all of an entry's peers have 0 the first takes everything, and the next
    /// only what it cannot take.
    pub weight: u16,
}

/// The entries, and how far the turns of weighted peers are.
#[derive(Debug, Default)]
pub struct Table {
    routes: Vec<Route>,
    turns: RefCell<Vec<SmallVec<[i32; 4]>>>,
}

/// What the table says of a destination.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// Nothing: whichever peer serves the realm.
    Unlisted,
    /// This node serves it.
    Local,
    /// These peers, the preferred first.
    Peers(SmallVec<[&'a str; 4]>),
}

impl Table {
    /// The table of `routes`; what is beyond [`MAX_ROUTES`] and [`MAX_ROUTE_PEERS`] is left out.
    pub fn new(mut routes: Vec<Route>) -> Self {
        routes.truncate(MAX_ROUTES);
        for route in &mut routes {
            if let Action::Peers(peers) = &mut route.action {
                peers.truncate(MAX_ROUTE_PEERS);
            }
        }
        let turns = vec![SmallVec::new(); routes.len()];
        Self {
            routes,
            turns: RefCell::new(turns),
        }
    }

    /// Looks a destination up: the realm with its application, then the realm alone, then the default with the
    /// application, then the default alone.
    pub fn lookup(&self, realm: &str, application: ApplicationId) -> Lookup<'_> {
        if self.routes.is_empty() {
            return Lookup::Unlisted;
        }
        let nearness = |route: &Route| {
            let realm = match &route.realm {
                Some(own) if own.eq_ignore_ascii_case(realm) => 0,
                Some(_) => return None,
                None => 2,
            };
            match route.application {
                Some(own) if own == application => Some(realm),
                Some(_) => None,
                None => Some(realm + 1),
            }
        };
        let best = self
            .routes
            .iter()
            .enumerate()
            .filter_map(|(at, route)| Some((nearness(route)?, at)))
            .min();
        match best.map(|(_, at)| (at, &self.routes[at].action)) {
            None => Lookup::Unlisted,
            Some((_, Action::Local)) => Lookup::Local,
            Some((at, Action::Peers(peers))) => Lookup::Peers(self.ordered(at, peers)),
        }
    }

    /// Whether this node serves `realm` by an entry of its own, besides the realm that it is in.
    pub fn serves(&self, realm: &str) -> bool {
        self.routes.iter().any(|route| {
            route.action == Action::Local
                && route
                    .realm
                    .as_deref()
                    .is_none_or(|own| own.eq_ignore_ascii_case(realm))
        })
    }

    /// The peers in order, the one whose turn it is first: each gets its weight of every `sum` turns, spread evenly.
    fn ordered<'a>(&self, at: usize, peers: &'a [RoutePeer]) -> SmallVec<[&'a str; 4]> {
        let total: i32 = peers.iter().map(|peer| i32::from(peer.weight)).sum();
        let mut first = 0;
        if total > 0 {
            let turns = &mut self.turns.borrow_mut()[at];
            turns.resize(peers.len(), 0);
            for (turn, peer) in turns.iter_mut().zip(peers) {
                *turn += i32::from(peer.weight);
            }
            for at in 1..turns.len() {
                if turns[at] > turns[first] {
                    first = at;
                }
            }
            turns[first] -= total;
        }
        let others = (0..peers.len()).filter(|other| *other != first);
        std::iter::once(first)
            .filter(|_| !peers.is_empty())
            .chain(others)
            .map(|at| &*peers[at].identity)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CX: ApplicationId = ApplicationId::CX;
    const SH: ApplicationId = ApplicationId(16_777_217);

    fn to(realm: Option<&str>, application: Option<ApplicationId>, peers: &[(&str, u16)]) -> Route {
        let peers = peers.iter().map(|(identity, weight)| RoutePeer {
            identity: (*identity).to_owned(),
            weight: *weight,
        });
        Route {
            realm: realm.map(str::to_owned),
            application,
            action: Action::Peers(peers.collect()),
        }
    }

    fn peers<'a>(table: &'a Table, realm: &str, application: ApplicationId) -> Vec<&'a str> {
        match table.lookup(realm, application) {
            Lookup::Peers(peers) => peers.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rfc6733_2_7_the_nearest_entry_wins() {
        let table = Table::new(vec![
            to(None, None, &[("default", 0)]),
            to(None, Some(SH), &[("default-sh", 0)]),
            to(Some("a.example"), None, &[("a", 0)]),
            to(Some("A.example"), Some(CX), &[("a-cx", 0)]),
        ]);
        assert_eq!(peers(&table, "a.example", CX), ["a-cx"]);
        assert_eq!(peers(&table, "a.EXAMPLE", SH), ["a"]);
        assert_eq!(peers(&table, "b.example", SH), ["default-sh"]);
        assert_eq!(peers(&table, "b.example", CX), ["default"]);
    }

    #[test]
    fn without_an_entry_the_table_says_nothing() {
        assert_eq!(Table::default().lookup("a.example", CX), Lookup::Unlisted);
        let table = Table::new(vec![to(Some("a.example"), Some(SH), &[("a", 0)])]);
        assert_eq!(table.lookup("a.example", CX), Lookup::Unlisted);
    }

    #[test]
    fn rfc6733_2_7_local_entries() {
        let local = Route {
            realm: Some("visited.example".to_owned()),
            application: None,
            action: Action::Local,
        };
        let table = Table::new(vec![local, to(None, None, &[("default", 0)])]);
        assert_eq!(table.lookup("visited.example", CX), Lookup::Local);
        assert!(table.serves("Visited.example"));
        assert!(!table.serves("other.example"));
    }

    #[test]
    fn without_weights_the_order_stays() {
        let table = Table::new(vec![to(None, None, &[("a", 0), ("b", 0), ("c", 0)])]);
        for _ in 0..3 {
            assert_eq!(peers(&table, "x", CX), ["a", "b", "c"]);
        }
    }

    #[test]
    fn weights_share_the_turns_and_the_others_follow_in_order() {
        let table = Table::new(vec![to(None, None, &[("a", 3), ("b", 1), ("spare", 0)])]);
        let firsts: Vec<_> = (0..8).map(|_| peers(&table, "x", CX)[0]).collect();
        assert_eq!(firsts, ["a", "a", "b", "a", "a", "a", "b", "a"]);
        let orders: Vec<_> = (0..3).map(|_| peers(&table, "x", CX)).collect();
        assert_eq!(orders[2], ["b", "a", "spare"]);
    }

    #[test]
    fn a_long_table_is_cut() {
        let many = vec![("p", 0); MAX_ROUTE_PEERS + 1];
        let table = Table::new(vec![to(None, None, &many); MAX_ROUTES + 1]);
        assert_eq!(table.routes.len(), MAX_ROUTES);
        assert_eq!(peers(&table, "x", CX).len(), MAX_ROUTE_PEERS);
    }
}
