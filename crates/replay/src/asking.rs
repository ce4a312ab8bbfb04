//! Who asks whom in a capture.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use flow::Event;
use flow::event::{Outcome, Protocol};

use crate::names::Place;
use crate::plan::Side;

/// Pairs of addresses whose requests are counted; of more, they are not.
const MAX_PAIRS: usize = 262_144;

/// Requests of SIP and Diameter by the ends that they have.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    /// How many from the one to the other, and which request was the first.
    pairs: HashMap<(SocketAddr, SocketAddr), (usize, usize)>,
    requests: usize,
    /// Whether there is any message of theirs.
    pub(crate) is_spoken: bool,
}

impl Asking {
    pub(crate) fn see(&mut self, event: &Event) {
        if !matches!(event.protocol, Protocol::Sip | Protocol::Diameter) {
            return;
        }
        self.is_spoken = true;
        if event.outcome != Outcome::Request {
            return;
        }
        self.count((event.source, event.destination));
    }

    fn count(&mut self, pair: (SocketAddr, SocketAddr)) {
        if self.pairs.len() < MAX_PAIRS || self.pairs.contains_key(&pair) {
            self.pairs.entry(pair).or_insert((0, self.requests)).0 += 1;
        }
        self.requests += 1;
    }

    /// Who gets most requests where this side asks, the node of peers or a peer of the node; of two that get as many, who
    /// got one first.
    pub(crate) fn most(
        &self,
        side: Side,
        node: &Place,
        peer: Option<&Place>,
    ) -> Option<SocketAddr> {
        let mut asked: BTreeMap<SocketAddr, (usize, Reverse<usize>)> = BTreeMap::new();
        for ((from, to), (count, first)) in &self.pairs {
            let (own, other) = match side {
                Side::Node => (from, to),
                Side::Peer => (to, from),
            };
            if !node.has(*own) || node.has(*other) || peer.is_some_and(|peer| !peer.has(*other)) {
                continue;
            }
            let all = asked.entry(*to).or_insert((0, Reverse(*first)));
            all.0 += count;
            all.1 = all.1.max(Reverse(*first));
        }
        let most = asked.into_iter().max_by_key(|(_, count)| *count);
        most.map(|(address, _)| address)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn no_more_pairs_are_counted_than_the_limit() {
        let mut asking = Asking::default();
        let at = |number| SocketAddr::new(Ipv4Addr::from_bits(number).into(), 5060);
        for number in 0..=MAX_PAIRS as u32 {
            asking.count((at(0), at(number)));
        }
        asking.count((at(0), at(7)));
        assert_eq!(asking.pairs.len(), MAX_PAIRS);
        let node = Place::Host(at(0).ip());
        let most = asking.most(Side::Node, &node, None);
        assert_eq!(most, Some(at(7)));
    }
}
