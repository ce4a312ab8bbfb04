//! Frames written by hand or by plain arithmetic, never by the encoder under test.
#![allow(dead_code, reason = "each test binary uses its part")]

use bytes::Bytes;
use diameter_codec::Message;

/// The octets of a hexadecimal file; `;` begins a comment.
pub(crate) fn hex(text: &str) -> Bytes {
    let digits: Vec<u8> = text
        .lines()
        .flat_map(|line| line.split(';').next().unwrap_or_default().bytes())
        .filter(|octet| !octet.is_ascii_whitespace())
        .map(|octet| (octet as char).to_digit(16).expect("a hexadecimal digit") as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// A message as it would come from a socket.
pub(crate) fn message(octets: impl Into<Bytes>) -> Message {
    Message::parse(octets.into()).expect("a frame")
}

pub(crate) const V: u8 = 0x80;
pub(crate) const M: u8 = 0x40;
pub(crate) const TGPP: u32 = 10_415;

/// One AVP with its padding; the vendor goes in where the V bit is set.
pub(crate) fn avp(code: u32, flags: u8, vendor: u32, data: &[u8]) -> Vec<u8> {
    let header = if flags & V == 0 { 8 } else { 12 };
    let mut octets = code.to_be_bytes().to_vec();
    octets.extend((u32::from(flags) << 24 | (header + data.len()) as u32).to_be_bytes());
    if flags & V != 0 {
        octets.extend(vendor.to_be_bytes());
    }
    octets.extend(data);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

/// An AVP of the IETF with M.
pub(crate) fn ietf(code: u32, data: &[u8]) -> Vec<u8> {
    avp(code, M, 0, data)
}

/// An AVP of 3GPP with M.
pub(crate) fn tgpp(code: u32, data: &[u8]) -> Vec<u8> {
    avp(code, V | M, TGPP, data)
}

/// An AVP of 3GPP without M.
pub(crate) fn tgpp_clear(code: u32, data: &[u8]) -> Vec<u8> {
    avp(code, V, TGPP, data)
}

/// A whole message.
pub(crate) fn frame(flags: u8, command: u32, application: u32, avps: &[Vec<u8>]) -> Vec<u8> {
    let body = avps.concat();
    let mut octets = (1 << 24 | (20 + body.len()) as u32).to_be_bytes().to_vec();
    octets.extend((u32::from(flags) << 24 | command).to_be_bytes());
    octets.extend(application.to_be_bytes());
    octets.extend([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
    octets.extend(body);
    octets
}

/// The AVPs that a SAR must have (TS 29.229 §6.1.3), in their order.
pub(crate) fn least_sar() -> Vec<Vec<u8>> {
    vec![
        ietf(263, b"scscf1.home.example;1;2"),
        ietf(
            260,
            &[ietf(266, &TGPP.to_be_bytes()), ietf(258, &[1, 0, 0, 0])].concat(),
        ),
        ietf(277, &[0, 0, 0, 1]),
        ietf(264, b"scscf1.home.example"),
        ietf(296, b"home.example"),
        ietf(283, b"home.example"),
        tgpp(602, b"sip:scscf1.home.example"),
        tgpp(614, &[0, 0, 0, 1]),
        tgpp(624, &[0, 0, 0, 0]),
    ]
}

/// A SAR of these AVPs.
pub(crate) fn sar(avps: &[Vec<u8>]) -> Message {
    message(frame(0xc0, 301, 16_777_216, avps))
}

/// The least SAR with one more AVP.
pub(crate) fn sar_with(more: Vec<u8>) -> Message {
    let mut avps = least_sar();
    avps.push(more);
    sar(&avps)
}
