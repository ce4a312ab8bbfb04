//! Diameter frames by plain arithmetic (RFC 6733 §3, §4.1), never by the codec.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::sync::atomic::{AtomicU32, Ordering};

use sim::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const V: u8 = 0x80;
const M: u8 = 0x40;
const TGPP: u32 = 10_415;

/// One AVP with its padding.
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

/// A whole message: flags, command, hop-by-hop 0x11111111, end-to-end 0x22222222.
pub(crate) fn frame(flags: u8, command: u32, application: u32, avps: &[Vec<u8>]) -> Vec<u8> {
    let body = avps.concat();
    let mut octets = (1 << 24 | (20 + body.len()) as u32).to_be_bytes().to_vec();
    octets.extend((u32::from(flags) << 24 | command).to_be_bytes());
    for word in [application, 0x1111_1111, 0x2222_2222] {
        octets.extend(word.to_be_bytes());
    }
    octets.extend(body);
    octets
}

/// The data of every AVP with this code in `octets`, which begin with an AVP.
pub(crate) fn every(octets: &[u8], code: u32) -> Vec<Vec<u8>> {
    let mut rest = octets;
    let mut found = Vec::new();
    while rest.len() >= 8 {
        let length = u32::from_be_bytes([0, rest[5], rest[6], rest[7]]) as usize;
        let header = if rest[4] & V == 0 { 8 } else { 12 };
        if rest[..4] == code.to_be_bytes() {
            found.push(rest[header..length].to_vec());
        }
        rest = &rest[length.next_multiple_of(4).min(rest.len())..];
    }
    found
}

/// The data of the only AVP with this code.
pub(crate) fn one(octets: &[u8], code: u32) -> Option<Vec<u8>> {
    let mut found = every(octets, code);
    assert!(found.len() <= 1, "AVP {code} stands {} times", found.len());
    found.pop()
}

/// Result-Code, or Experimental-Result-Code as a negative number.
pub(crate) fn result(answer: &[u8]) -> i64 {
    let number = |data: Vec<u8>| i64::from(u32::from_be_bytes(data.try_into().unwrap()));
    match one(&answer[20..], 268) {
        Some(code) => number(code),
        None => -number(one(&one(&answer[20..], 297).unwrap(), 298).unwrap()),
    }
}

/// Writes requests, each with an End-to-End Identifier of its own, and reads an answer, in which 0x22222222 stands
/// again.
pub(crate) async fn ask(stream: &mut Stream, requests: &[u8]) -> Vec<u8> {
    static ASKED: AtomicU32 = AtomicU32::new(1);
    let mut request = requests.to_vec();
    let mut rest = &mut request[..];
    while rest.len() >= 20 {
        let length = u32::from_be_bytes([0, rest[1], rest[2], rest[3]]) as usize;
        let end_to_end = ASKED.fetch_add(1, Ordering::Relaxed);
        rest[16..20].copy_from_slice(&end_to_end.to_be_bytes());
        rest = &mut rest[length..];
    }
    stream.write_all(&request).await.unwrap();
    let mut head = [0; 20];
    stream.read_exact(&mut head).await.unwrap();
    let length = u32::from_be_bytes([0, head[1], head[2], head[3]]) as usize;
    let mut answer = head.to_vec();
    answer.resize(length, 0);
    stream.read_exact(&mut answer[20..]).await.unwrap();
    answer[16..20].copy_from_slice(&0x2222_2222_u32.to_be_bytes());
    answer
}
