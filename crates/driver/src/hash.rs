//! Maps whose hasher is keyed from [`Io::fill_random`]: a peer cannot choose colliding keys, and a simulation
//! iterates in the same order for the same seed.

use std::collections::HashMap;

use foldhash::quality::FixedState;

use crate::io::Io;

/// The hasher of every map that is keyed by a peer's data or iterated.
pub type Keyed = FixedState;

/// A map with a [`Keyed`] hasher.
pub type KeyedMap<K, V> = HashMap<K, V, Keyed>;

/// An empty map keyed by fresh randomness of `io`.
pub fn map<K, V>(io: &impl Io) -> KeyedMap<K, V> {
    HashMap::with_hasher(keyed(io))
}

/// A hasher keyed by fresh randomness of `io`.
pub fn keyed(io: &impl Io) -> Keyed {
    let mut seed = [0; 8];
    io.fill_random(&mut seed);
    FixedState::with_seed(u64::from_le_bytes(seed))
}
