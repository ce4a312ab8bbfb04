//! Diameter peer, watchdog and request matching as pure machines.
