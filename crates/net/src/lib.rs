//! Io for real: sockets and capture.
