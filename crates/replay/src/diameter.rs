//! Diameter of the capture as it is sent now.
//!
//! Rewritten are hop-by-hop and end-to-end identifiers, Session-Id, Host-IP-Address, addresses in texts, on wish
//! Origin-Host and Origin-Realm, Destination-Host and Server-Name where the live peer is called or names its S-CSCF
//! otherwise than that of the capture, and the RAND and AUTS with which an S-CSCF asks for a resynchronisation. All other
//! AVPs go out as they are in the capture, in their order.

pub(crate) mod fields;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use bytes::{Bytes, BytesMut};
use diameter_codec::base::{self, ResultCode, avp};
use diameter_codec::{Avp, AvpCode, DataType, Disclosure, HEADER_LEN, Message, cx, definition};
use sip_stack::digest::aka::{AUTN, AUTS, RAND};

use crate::addresses::Addresses;
use crate::credentials::Credentials;
use crate::renamed::Renamed;

/// Groups in groups that are rewritten; deeper ones go out as they are.
const MAX_DEPTH: usize = 8;

/// Users whose last live challenge is remembered.
const MAX_CHALLENGED: usize = 10_000;
const MAX_USER: usize = 1_024;

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
    sessions: Renamed,
    /// Identities of peers.
    peers: Renamed,
    /// Names of S-CSCFs.
    servers: Renamed,
    /// RAND and AUTN of the last live challenge, by user.
    challenges: HashMap<String, ([u8; RAND], [u8; AUTN])>,
    run: String,
    next_hop_by_hop: u32,
    next_end_to_end: u32,
}

impl Translation {
    pub(crate) fn new(origin: Origin, run: &str, seed: [u32; 2]) -> Translation {
        Translation {
            origin,
            sessions: Renamed::default(),
            peers: Renamed::default(),
            servers: Renamed::default(),
            challenges: HashMap::new(),
            run: run.to_owned(),
            next_hop_by_hop: seed[0],
            next_end_to_end: seed[1],
        }
    }

    /// A request of the node, with the hop-by-hop identifier that its answer will have.
    pub(crate) fn request(
        &mut self,
        captured: &Message,
        local: SocketAddr,
        addresses: &Addresses,
        credentials: &mut Credentials,
    ) -> (Bytes, u32) {
        let hop_by_hop = self.next_hop_by_hop;
        self.next_hop_by_hop = hop_by_hop.wrapping_add(1);
        let end_to_end = self.next_end_to_end;
        self.next_end_to_end = end_to_end.wrapping_add(1);
        if let Some(session) = captured.session_id() {
            // What an implementation adds stands at the end (RFC 6733 §8.8).
            let run = &self.run;
            self.sessions
                .live_or(session, || format!("{session};{run}"));
        }
        let now = Now {
            local,
            addresses,
            resynchronisation: self.resynchronisation(captured, credentials),
        };
        let octets = self.written(captured, &now, (hop_by_hop, end_to_end), None);
        (octets, hop_by_hop)
    }

    /// An answer of the node to a live request.
    pub(crate) fn answer(
        &self,
        captured: &Message,
        asked: &Message,
        local: SocketAddr,
        addresses: &Addresses,
    ) -> Bytes {
        let header = asked.header();
        let now = Now {
            local,
            addresses,
            resynchronisation: None,
        };
        let ids = (header.hop_by_hop, header.end_to_end);
        self.written(captured, &now, ids, Some(asked))
    }

    /// What the live answer tells for later requests.
    pub(crate) fn learn(&mut self, captured: &Message, live: &Message) {
        self.learn_names(captured, live);
        let known = self.challenges.len();
        if let Some(user) = live.find(avp::USER_NAME).and_then(|it| it.text())
            && let Some(offered) = auth_item(live, cx::avp::SIP_AUTHENTICATE)
            && let Some((rand, rest)) = offered.split_first_chunk::<RAND>()
            && let Some(autn) = rest.first_chunk::<AUTN>()
            && (known < MAX_CHALLENGED || self.challenges.contains_key(user))
            && user.len() <= MAX_USER
        {
            self.challenges.insert(user.to_owned(), (*rand, *autn));
        }
    }

    /// RAND and AUTS for an MAR of the capture that has such, by the last live challenge of its user and their key.
    fn resynchronisation(
        &self,
        captured: &Message,
        credentials: &mut Credentials,
    ) -> Option<[u8; RAND + AUTS]> {
        let asked = auth_item(captured, cx::avp::SIP_AUTHORIZATION)?;
        if asked.len() != RAND + AUTS {
            return None;
        }
        let user = captured.find(avp::USER_NAME)?.text()?;
        let (rand, autn) = self.challenges.get(user)?;
        credentials.resynchronisation(user, rand, autn)
    }

    /// What a live request of the peer tells: its session, to which the peer gave a name of its own.
    pub(crate) fn learn_request(&mut self, captured: &Message, live: &Message) {
        self.learn_names(captured, live);
        if let (Some(one), Some(other)) = (captured.session_id(), live.session_id()) {
            self.sessions.learn(one, other);
        }
    }

    fn learn_names(&mut self, captured: &Message, live: &Message) {
        let both = |code| {
            let (one, other) = (captured.find(code)?, live.find(code)?);
            Some((one.text()?.to_owned(), other.text()?.to_owned()))
        };
        if let Some((one, other)) = both(avp::ORIGIN_HOST) {
            self.peers.learn(&one, &other);
        }
        if let Some((one, other)) = both(cx::avp::SERVER_NAME) {
            self.servers.learn(&one, &other);
        }
    }

    /// The live peer that stands for one of the capture.
    pub(crate) fn live_peer<'a>(&'a self, captured: &'a [u8]) -> &'a [u8] {
        let known = std::str::from_utf8(captured).ok();
        known.map_or(captured, |captured| self.peers.live(captured).as_bytes())
    }

    /// The session of the capture that a live one is.
    fn captured_session<'a>(&'a self, live: &'a str) -> &'a str {
        self.sessions.captured(live)
    }

    fn written(
        &self,
        captured: &Message,
        now: &Now<'_>,
        (hop_by_hop, end_to_end): (u32, u32),
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
                None => self.append(&avp, now, MAX_DEPTH, &mut out),
            }
        }
        let length = out.len() as u32;
        out[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
        out[12..16].copy_from_slice(&hop_by_hop.to_be_bytes());
        out[16..20].copy_from_slice(&end_to_end.to_be_bytes());
        out.freeze()
    }

    fn append(&self, avp: &Avp<'_>, now: &Now<'_>, depth: usize, out: &mut BytesMut) {
        let about = definition(avp.code);
        let is_group = about.is_some_and(|it| it.data == DataType::Grouped);
        let wished = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let renamed = |names: &Renamed| {
            let text = avp.text()?;
            names.known(text).map(|live| live.as_bytes().to_vec())
        };
        let data = match avp.code {
            avp::SESSION_ID => renamed(&self.sessions),
            avp::HOST_IP_ADDRESS => Some(address(now.local.ip())),
            avp::ORIGIN_HOST => wished(&self.origin.host),
            avp::ORIGIN_REALM => wished(&self.origin.realm),
            avp::DESTINATION_HOST => renamed(&self.peers),
            cx::avp::SERVER_NAME => renamed(&self.servers).or_else(|| now.addressed(avp)),
            cx::avp::SIP_AUTHORIZATION if now.resynchronisation.is_some() => {
                now.resynchronisation.map(|it| it.to_vec())
            }
            _ if is_group && depth > 0 => {
                let mut group = BytesMut::new();
                for member in avp.group() {
                    self.append(&member, now, depth - 1, &mut group);
                }
                Some(group.to_vec())
            }
            _ if about.is_some_and(|it| it.disclosure == Disclosure::Secret) => None,
            _ => now.addressed(avp),
        };
        let data = data.as_deref().unwrap_or(avp.data);
        Avp { data, ..*avp }.append_to(out);
    }
}

/// What the first SIP-Auth-Data-Item of an MAR or MAA has (TS 29.229 §6.3.13).
fn auth_item(message: &Message, code: AvpCode) -> Option<&[u8]> {
    let item = message.find(cx::avp::SIP_AUTH_DATA_ITEM)?;
    let avp = item.group().find(|avp| avp.code == code)?;
    Some(avp.data)
}

/// What a message is written with.
struct Now<'a> {
    local: SocketAddr,
    addresses: &'a Addresses,
    /// RAND and AUTS of an MAR.
    resynchronisation: Option<[u8; RAND + AUTS]>,
}

impl Now<'_> {
    /// Text with live addresses, if it has any of the capture.
    fn addressed(&self, avp: &Avp<'_>) -> Option<Vec<u8>> {
        let text = avp.text()?;
        let live = self.addresses.live(text);
        (live != text).then(|| live.into_bytes())
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
