//! SIP transactions, digest and response routing as pure machines.
