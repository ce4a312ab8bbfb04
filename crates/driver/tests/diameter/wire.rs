//! A peer played by hand: frames put together octet by octet (RFC 6733 §3, §4.1), without our codec.

use std::net::SocketAddr;

use driver::io::Io;
use sim::{SimIo, Stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) const CX: u32 = 16_777_216;
pub(crate) const THREE_GPP: u32 = 10_415;
pub(crate) const REQUEST: u8 = 0x80;
pub(crate) const PROXIABLE: u8 = 0x40;
pub(crate) const ERROR: u8 = 0x20;
pub(crate) const RETRANSMITTED: u8 = 0x10;

pub(crate) const CAPABILITIES_EXCHANGE: u32 = 257;
pub(crate) const DEVICE_WATCHDOG: u32 = 280;
pub(crate) const DISCONNECT_PEER: u32 = 282;
pub(crate) const USER_AUTHORIZATION: u32 = 300;

pub(crate) const USER_NAME: u32 = 1;
pub(crate) const HOST_IP_ADDRESS: u32 = 257;
pub(crate) const AUTH_APPLICATION_ID: u32 = 258;
pub(crate) const VENDOR_SPECIFIC_APPLICATION_ID: u32 = 260;
pub(crate) const SESSION_ID: u32 = 263;
pub(crate) const ORIGIN_HOST: u32 = 264;
pub(crate) const VENDOR_ID: u32 = 266;
pub(crate) const RESULT_CODE: u32 = 268;
pub(crate) const PRODUCT_NAME: u32 = 269;
pub(crate) const DISCONNECT_CAUSE: u32 = 273;
pub(crate) const ORIGIN_STATE_ID: u32 = 278;
pub(crate) const FAILED_AVP: u32 = 279;
pub(crate) const PROXY_INFO: u32 = 284;
pub(crate) const ROUTE_RECORD: u32 = 282;
pub(crate) const DESTINATION_REALM: u32 = 283;
pub(crate) const DESTINATION_HOST: u32 = 293;
pub(crate) const REDIRECT_HOST: u32 = 292;
pub(crate) const ORIGIN_REALM: u32 = 296;
pub(crate) const INBAND_SECURITY_ID: u32 = 299;

/// An AVP with the M bit.
pub(crate) fn avp(code: u32, data: &[u8]) -> Vec<u8> {
    let mut octets = code.to_be_bytes().to_vec();
    octets.push(0x40);
    octets.extend_from_slice(&(8 + data.len() as u32).to_be_bytes()[1..]);
    octets.extend_from_slice(data);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

pub(crate) fn number(code: u32, value: u32) -> Vec<u8> {
    avp(code, &value.to_be_bytes())
}

/// A message of version 1.
pub(crate) fn frame(
    flags: u8,
    command: u32,
    application: u32,
    ids: (u32, u32),
    avps: &[Vec<u8>],
) -> Vec<u8> {
    let body = avps.concat();
    let mut octets = vec![1];
    octets.extend_from_slice(&(20 + body.len() as u32).to_be_bytes()[1..]);
    octets.push(flags);
    octets.extend_from_slice(&command.to_be_bytes()[1..]);
    for word in [application, ids.0, ids.1] {
        octets.extend_from_slice(&word.to_be_bytes());
    }
    octets.extend_from_slice(&body);
    octets
}

/// Who a played peer is.
pub(crate) fn origin(host: &str) -> Vec<Vec<u8>> {
    vec![
        avp(ORIGIN_HOST, host.as_bytes()),
        avp(ORIGIN_REALM, b"home.example"),
    ]
}

fn capabilities(host: &str, application: u32) -> Vec<Vec<u8>> {
    let mut avps = origin(host);
    avps.push(avp(HOST_IP_ADDRESS, &[0, 1, 10, 0, 0, 9]));
    avps.push(number(VENDOR_ID, 0));
    avps.push(avp(PRODUCT_NAME, b"by hand"));
    let inner = [
        number(VENDOR_ID, THREE_GPP),
        number(AUTH_APPLICATION_ID, application),
    ]
    .concat();
    avps.push(avp(VENDOR_SPECIFIC_APPLICATION_ID, &inner));
    avps
}

pub(crate) fn cer(host: &str, application: u32) -> Vec<u8> {
    frame(
        REQUEST,
        CAPABILITIES_EXCHANGE,
        0,
        (0x11, 0x22),
        &capabilities(host, application),
    )
}

pub(crate) fn cea(host: &str, ids: (u32, u32)) -> Vec<u8> {
    let mut avps = vec![number(RESULT_CODE, 2001)];
    avps.extend(capabilities(host, CX));
    frame(0, CAPABILITIES_EXCHANGE, 0, ids, &avps)
}

/// A received message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) flags: u8,
    pub(crate) command: u32,
    pub(crate) application: u32,
    pub(crate) ids: (u32, u32),
    pub(crate) avps: Vec<(u32, Vec<u8>)>,
}

impl Frame {
    fn read(octets: &[u8]) -> Frame {
        let word = |at: usize| u32::from_be_bytes(octets[at..at + 4].try_into().unwrap());
        Frame {
            flags: octets[4],
            command: word(4) & 0xff_ffff,
            application: word(8),
            ids: (word(12), word(16)),
            avps: avps(&octets[20..]),
        }
    }

    pub(crate) fn find(&self, code: u32) -> Option<&[u8]> {
        self.avps
            .iter()
            .find(|(found, _)| *found == code)
            .map(|(_, data)| &data[..])
    }

    pub(crate) fn number(&self, code: u32) -> Option<u32> {
        Some(u32::from_be_bytes(self.find(code)?.try_into().unwrap()))
    }
}

/// Code and data of AVPs one after another.
pub(crate) fn avps(mut octets: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut found = Vec::new();
    while !octets.is_empty() {
        let word = |at: usize| u32::from_be_bytes(octets[at..at + 4].try_into().unwrap());
        let (code, flags, length) = (word(0), octets[4], (word(4) & 0xff_ffff) as usize);
        let head = if flags & 0x80 == 0 { 8 } else { 12 };
        found.push((code, octets[head..length].to_vec()));
        octets = &octets[length.next_multiple_of(4)..];
    }
    found
}

/// A connection of a played peer.
pub(crate) struct Wire {
    stream: Stream,
}

impl Wire {
    pub(crate) fn of(stream: Stream) -> Wire {
        Wire { stream }
    }

    pub(crate) async fn connect(io: &SimIo, to: SocketAddr) -> Wire {
        Wire {
            stream: io.connect(None, to).await.expect("somebody listens"),
        }
    }

    /// Connects and exchanges capabilities.
    pub(crate) async fn open(io: &SimIo, to: SocketAddr, host: &str) -> Wire {
        let mut wire = Wire::connect(io, to).await;
        wire.send(&cer(host, CX)).await;
        let cea = wire.receive().await.expect("a CEA");
        assert_eq!(cea.number(RESULT_CODE), Some(2001));
        wire
    }

    pub(crate) async fn send(&mut self, octets: &[u8]) {
        self.stream
            .write_all(octets)
            .await
            .expect("an open connection");
    }

    /// The next message; none at the end of the connection.
    pub(crate) async fn receive(&mut self) -> Option<Frame> {
        let mut octets = vec![0; 4];
        if self.stream.read_exact(&mut octets).await.is_err() {
            return None;
        }
        let length = u32::from_be_bytes([0, octets[1], octets[2], octets[3]]) as usize;
        octets.resize(length, 0);
        self.stream
            .read_exact(&mut octets[4..])
            .await
            .expect("a whole message");
        Some(Frame::read(&octets))
    }
}
