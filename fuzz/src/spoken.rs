//! Octets as what a few nodes say to each other.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Packet, Transport};

/// Packets, from a list of
///
/// ```text
/// from, 2 bits | to, 2 bits | TCP, 1 bit | port, 1 bit | 0 0 || pause, 16 bits, 10 ms || length, 16 bits || payload
/// ```
pub(crate) fn packets(mut octets: &[u8]) -> Vec<Packet> {
    let mut packets = Vec::new();
    let mut time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    while let Some((&[ends, pause_high, pause_low, high, low], rest)) = octets.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
        let (payload, rest) = rest.split_at(length);
        octets = rest;
        time += Duration::from_millis(10) * u32::from(u16::from_be_bytes([pause_high, pause_low]));
        let port = match ends & 0x20 {
            0 => 5060,
            _ => 3868,
        };
        let node = |number: u8| SocketAddr::from(([192, 0, 2, number & 3], port));
        packets.push(Packet {
            numbers: Numbers::one(packets.len() as u64 + 1),
            time,
            direction: None,
            interface: None,
            transport: match ends & 0x10 {
                0 => Transport::Udp,
                _ => Transport::Tcp,
            },
            from: node(ends),
            to: node(ends >> 2),
            payload: Bytes::copy_from_slice(payload),
            segment: None,
            missing: 0,
            comment: None,
        });
    }
    packets
}
