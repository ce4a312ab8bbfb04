//! Ports on which a protocol is expected, so that what cannot be read there is told.

use std::net::SocketAddr;

use crate::event::Protocol;

/// SIP, and SIP over TLS (RFC 3261 §19.1.2).
const SIP: [u16; 2] = [5060, 5061];
/// Diameter, and Diameter over TLS (RFC 6733 §11.4).
const DIAMETER: [u16; 2] = [3868, 5868];

/// What is expected between two addresses, at either end.
pub(crate) fn expected(from: SocketAddr, to: SocketAddr) -> Option<Protocol> {
    let ports = [to.port(), from.port()];
    if ports.iter().any(|port| SIP.contains(port)) {
        return Some(Protocol::Sip);
    }
    let is_diameter = ports.iter().any(|port| DIAMETER.contains(port));
    is_diameter.then_some(Protocol::Diameter)
}
