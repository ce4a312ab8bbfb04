//! Io in memory: virtual clock, seeded faults.
