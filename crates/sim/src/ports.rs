//! Who has which port of a host: one, or several that share it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;

use driver::io::Sharing;

use crate::trace::Digest;

/// The holders of all ports.
pub(crate) struct Ports<T>(BTreeMap<u16, (Sharing, Vec<Rc<T>>)>);

impl<T> Default for Ports<T> {
    fn default() -> Self {
        Ports(BTreeMap::new())
    }
}

impl<T> Ports<T> {
    /// Whether one who wants `port` so can have it.
    pub(crate) fn is_free(&self, port: u16, wanted: Sharing) -> bool {
        self.0
            .get(&port)
            .is_none_or(|(had, _)| (*had, wanted) == (Sharing::Shared, Sharing::Shared))
    }

    pub(crate) fn add(&mut self, port: u16, sharing: Sharing, holder: Rc<T>) {
        let entry = self.0.entry(port).or_insert((sharing, Vec::new()));
        entry.1.push(holder);
    }

    /// Takes `holder` from `port`, if it is there; after a crash the port may be another's.
    pub(crate) fn remove(&mut self, port: u16, holder: &Rc<T>) {
        if let Some((_, holders)) = self.0.get_mut(&port) {
            holders.retain(|other| !Rc::ptr_eq(other, holder));
            if holders.is_empty() {
                self.0.remove(&port);
            }
        }
    }

    /// Who gets what `from` sends to `port`: of several always the same one.
    pub(crate) fn holder(&self, port: u16, from: SocketAddr) -> Option<&Rc<T>> {
        let (_, holders) = self.0.get(&port)?;
        let mut digest = Digest::new();
        digest.add_ip(from.ip());
        digest.add(&from.port().to_be_bytes());
        holders.get((digest.value() % holders.len() as u64) as usize)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Rc<T>> {
        self.0.values().flat_map(|(_, holders)| holders)
    }
}
