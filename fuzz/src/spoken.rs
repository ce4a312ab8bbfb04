//! Octets as what a few nodes say to each other.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Packet, Transport};

/// 65,535 of them are all the time there is.
const FAR: Duration = Duration::from_secs(1 << 47);

/// Packets, from a list of
///
/// ```text
/// back, 1 bit | far, 1 bit | port, 1 bit | TCP, 1 bit | to, 2 bits | from, 2 bits || pause, 16 bits, 10 ms
/// || length, 16 bits || payload
/// ```
///
/// A far pause is counted in [`FAR`], and reaches the ends of time: what is beyond, stays where it is.
pub(crate) fn packets(mut octets: &[u8]) -> Vec<Packet> {
    let mut packets = Vec::new();
    let mut time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    while let Some((&[ends, pause_high, pause_low, high, low], rest)) = octets.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
        let (payload, rest) = rest.split_at(length);
        octets = rest;
        let pause = u32::from(u16::from_be_bytes([pause_high, pause_low]));
        let pause = match ends & 0x40 {
            0 => Duration::from_millis(10) * pause,
            _ => FAR * pause,
        };
        let then = match ends & 0x80 {
            0 => time.checked_add(pause),
            _ => time.checked_sub(pause),
        };
        time = then.unwrap_or(time);
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
