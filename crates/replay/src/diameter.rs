//! Diameter of the capture as it is sent now.
//!
//! Rewritten are hop-by-hop and end-to-end identifiers, Session-Id, Host-IP-Address, on wish Origin-Host and
//! Origin-Realm, and Destination-Host where the live peer is called otherwise than that of the capture. All other AVPs
//! go out as they are in the capture, in their order.

pub(crate) mod fields;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{self, ResultCode, avp};
use diameter_codec::{Avp, DataType, HEADER_LEN, Message, definition};

/// Groups in groups that are rewritten; deeper ones go out as they are.
const MAX_DEPTH: usize = 8;

/// Sessions that are remembered; of more, the names go out as they are.
const MAX_SESSIONS: usize = 100_000;

/// Who the node says that it is, where it is to be otherwise than in the capture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Origin-Host.
    pub host: Option<String>,
    /// Origin-Realm.
    pub realm: Option<String>,
}

/// All that is now otherwise.
#[derive(Debug)]
pub(crate) struct Translation {
    origin: Origin,
    live_sessions: HashMap<String, String>,
    captured_sessions: HashMap<String, String>,
    /// Live identities of peers by those of the capture.
    peers: HashMap<Vec<u8>, Vec<u8>>,
    run: String,
    next_hop_by_hop: u32,
    next_end_to_end: u32,
}

impl Translation {
    pub(crate) fn new(origin: Origin, run: &str, seed: [u32; 2]) -> Translation {
        Translation {
            origin,
            live_sessions: HashMap::new(),
            captured_sessions: HashMap::new(),
            peers: HashMap::new(),
            run: run.to_owned(),
            next_hop_by_hop: seed[0],
            next_end_to_end: seed[1],
        }
    }

    /// A request of the node, with the hop-by-hop identifier that its answer will have.
    pub(crate) fn request(&mut self, captured: &Message, local: SocketAddr) -> (Bytes, u32) {
        let hop_by_hop = self.next_hop_by_hop;
        self.next_hop_by_hop = hop_by_hop.wrapping_add(1);
        let end_to_end = self.next_end_to_end;
        self.next_end_to_end = end_to_end.wrapping_add(1);
        if let Some(session) = captured.session_id()
            && !self.live_sessions.contains_key(session)
            && self.live_sessions.len() < MAX_SESSIONS
        {
            // What an implementation adds stands at the end (RFC 6733 §8.8).
            let live = format!("{session};{}", self.run);
            self.captured_sessions
                .insert(live.clone(), session.to_owned());
            self.live_sessions.insert(session.to_owned(), live);
        }
        let octets = self.written(captured, local, hop_by_hop, end_to_end, None);
        (octets, hop_by_hop)
    }

    /// An answer of the node to a live request.
    pub(crate) fn answer(&self, captured: &Message, asked: &Message, local: SocketAddr) -> Bytes {
        let header = asked.header();
        let (hop_by_hop, end_to_end) = (header.hop_by_hop, header.end_to_end);
        self.written(captured, local, hop_by_hop, end_to_end, Some(asked))
    }

    /// What the live answer tells for later requests.
    pub(crate) fn learn(&mut self, captured: &Message, live: &Message) {
        let (one, other) = (captured.find(avp::ORIGIN_HOST), live.find(avp::ORIGIN_HOST));
        if let (Some(one), Some(other)) = (one, other)
            && self.peers.len() < MAX_SESSIONS
        {
            self.peers.insert(one.data.to_vec(), other.data.to_vec());
        }
    }

    /// What a live request of the peer tells: its session, to which the peer gave a name of its own.
    pub(crate) fn learn_request(&mut self, captured: &Message, live: &Message) {
        if let (Some(one), Some(other)) = (captured.session_id(), live.session_id())
            && self.captured_sessions.len() < MAX_SESSIONS
        {
            self.captured_sessions
                .insert(other.to_owned(), one.to_owned());
        }
    }

    /// The session of the capture that a live one is.
    fn captured_session<'a>(&'a self, live: &'a str) -> &'a str {
        let known = self.captured_sessions.get(live);
        known.map_or(live, String::as_str)
    }

    fn written(
        &self,
        captured: &Message,
        local: SocketAddr,
        hop_by_hop: u32,
        end_to_end: u32,
        asked: Option<&Message>,
    ) -> Bytes {
        let mut out = BytesMut::from(&captured.octets()[..HEADER_LEN]);
        for avp in captured.avps() {
            let in_place = match avp.code {
                avp::SESSION_ID | avp::PROXY_INFO => asked.and_then(|asked| asked.find(avp.code)),
                _ => None,
            };
            match in_place {
                Some(theirs) => theirs.append_to(&mut out),
                None => self.append(&avp, local, MAX_DEPTH, &mut out),
            }
        }
        let length = out.len() as u32;
        out[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
        out[12..16].copy_from_slice(&hop_by_hop.to_be_bytes());
        out[16..20].copy_from_slice(&end_to_end.to_be_bytes());
        out.freeze()
    }

    fn append(&self, avp: &Avp<'_>, local: SocketAddr, depth: usize, out: &mut BytesMut) {
        let is_group = definition(avp.code).is_some_and(|it| it.data == DataType::Grouped);
        let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let data = match avp.code {
            avp::SESSION_ID => {
                let session = avp.text().and_then(|it| self.live_sessions.get(it));
                session.map(|session| session.as_bytes().to_vec())
            }
            avp::HOST_IP_ADDRESS => Some(address(local.ip())),
            avp::ORIGIN_HOST => text(&self.origin.host),
            avp::ORIGIN_REALM => text(&self.origin.realm),
            avp::DESTINATION_HOST => self.peers.get(avp.data).cloned(),
            _ if is_group && depth > 0 => {
                let mut group = BytesMut::new();
                for member in avp.group() {
                    self.append(&member, local, depth - 1, &mut group);
                }
                Some(group.to_vec())
            }
            _ => None,
        };
        let data = data.as_deref().unwrap_or(avp.data);
        Avp { data, ..*avp }.append_to(out);
    }
}

/// Our answer to a live DWR or DPR, in the name of the node; none to anything else.
pub(crate) fn base_answer(asked: &Message, host: &str, realm: &str) -> Option<Bytes> {
    let header = asked.header();
    if !header.is_request() {
        return None;
    }
    let mut out = BytesMut::new();
    match header.command {
        base::command::DEVICE_WATCHDOG => base::DeviceWatchdogAnswer {
            result_code: ResultCode::SUCCESS,
            origin_host: host,
            origin_realm: realm,
            ..Default::default()
        }
        .encode_answer(header, &mut out),
        base::command::DISCONNECT_PEER => base::DisconnectPeerAnswer {
            result_code: ResultCode::SUCCESS,
            origin_host: host,
            origin_realm: realm,
            ..Default::default()
        }
        .encode_answer(header, &mut out),
        _ => return None,
    }
    Some(out.freeze())
}

/// RFC 6733 §4.3.1.
fn address(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => [&[0, 1][..], &ip.octets()].concat(),
        IpAddr::V6(ip) => [&[0, 2][..], &ip.octets()].concat(),
    }
}
