//! The whole network on loopback with one command.
