//! Messages for the tests of this crate, as a capture brings them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Direction, Numbers, Packet, Transport};

use crate::event::Event;
use crate::label::{self, Label};
use crate::node::Nodes;

/// 3GPP's vendor number.
pub(crate) const VENDOR: u32 = 10_415;
/// The Cx application (TS 29.229 §6).
pub(crate) const CX: u32 = 16_777_216;

/// What happens between addresses, one message a millisecond, each in a packet of its own.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) nodes: Option<Nodes>,
    packet: u64,
    /// The Via of the last REGISTER of a call from somebody.
    via: HashMap<(String, String), String>,
}

pub(crate) fn address(text: &str) -> SocketAddr {
    let whole = match text.contains(':') {
        true => text.to_owned(),
        false => format!("{text}:5060"),
    };
    whole.parse().expect("an address")
}

impl Scene {
    /// A SIP message over UDP; its lines are given.
    pub(crate) fn sip(&mut self, from: &str, to: &str, lines: &[&str]) -> Event {
        let octets = Bytes::from(format!("{}\r\n\r\n", lines.join("\r\n")));
        self.event(from, to, Transport::Udp, label::sip(&octets), octets)
    }

    /// A REGISTER of an address-of-record, with the user name of its credentials.
    pub(crate) fn register(
        &mut self,
        from: &str,
        to: &str,
        call: &str,
        aor: &str,
        user: &str,
    ) -> Event {
        let via = format!("Via: SIP/2.0/UDP {from};branch=z9hG4bK{call}{user}");
        self.via
            .insert((from.to_owned(), call.to_owned()), via.clone());
        self.sip(
            from,
            to,
            &[
                "REGISTER sip:home.example SIP/2.0",
                &via,
                "From: <sip:registrar@home.example>;tag=1",
                &format!("To: <{aor}>"),
                &format!("Call-ID: {call}"),
                "CSeq: 1 REGISTER",
                &format!("Authorization: Digest username=\"{user}\", realm=\"home.example\""),
            ],
        )
    }

    /// Its answer.
    pub(crate) fn registered(&mut self, from: &str, to: &str, call: &str, status: &str) -> Event {
        let via = self.via.get(&(to.to_owned(), call.to_owned()));
        let via = via.cloned().unwrap_or("Via: SIP/2.0/UDP nobody".to_owned());
        self.sip(
            from,
            to,
            &[
                &format!("SIP/2.0 {status}"),
                &via,
                "From: <sip:registrar@home.example>;tag=1",
                &format!("Call-ID: {call}"),
                "CSeq: 1 REGISTER",
            ],
        )
    }

    /// A Diameter message over TCP.
    pub(crate) fn diameter(
        &mut self,
        from: &str,
        to: &str,
        head: (u8, u32, u32, u32),
        avps: &[(u32, u32, &[u8])],
    ) -> Event {
        let octets = diameter(head, avps);
        self.event(from, to, Transport::Tcp, label::diameter(&octets), octets)
    }

    /// A UAR (TS 29.229 §6.1.1).
    pub(crate) fn uar(&mut self, hop_by_hop: u32, session: &str, impi: &str, impu: &str) -> Event {
        self.diameter(
            "10.0.0.3:41000",
            "10.0.0.5:3868",
            (0xc0, 300, CX, hop_by_hop),
            &[
                (263, 0, session.as_bytes()),
                (264, 0, b"icscf.home.example"),
                (1, 0, impi.as_bytes()),
                (601, VENDOR, impu.as_bytes()),
            ],
        )
    }

    /// Its answer, without a session.
    pub(crate) fn uaa(&mut self, hop_by_hop: u32) -> Event {
        self.diameter(
            "10.0.0.5:3868",
            "10.0.0.3:41000",
            (0x40, 300, CX, hop_by_hop),
            &[
                (268, 0, &2001_u32.to_be_bytes()),
                (264, 0, b"hss.home.example"),
            ],
        )
    }

    fn event(
        &mut self,
        from: &str,
        to: &str,
        transport: Transport,
        label: Label,
        octets: Bytes,
    ) -> Event {
        self.packet += 1;
        let (source, destination) = (address(from), address(to));
        let nodes = self
            .nodes
            .get_or_insert_with(|| Nodes::new([]).with_strangers(64));
        Event {
            time: SystemTime::UNIX_EPOCH + Duration::from_millis(self.packet),
            packets: Numbers::one(self.packet),
            transport,
            source,
            destination,
            from: nodes.meet(source),
            to: nodes.meet(destination),
            protocol: label.protocol,
            label: label.label,
            detail: label.detail,
            outcome: label.outcome,
            passage: label.passage,
            purpose: label.purpose,
            missing: 0,
            octets,
        }
    }

    pub(crate) fn nodes(&self) -> &Nodes {
        self.nodes.as_ref().expect("a message passed")
    }
}

/// A packet of our own capture, as `element` saw it.
pub(crate) fn packet(element: &str, direction: Direction, from: &str, to: &str) -> Packet {
    Packet {
        numbers: Numbers::one(1),
        time: SystemTime::UNIX_EPOCH,
        direction: Some(direction),
        interface: Some(element.into()),
        transport: Transport::Udp,
        from: address(from),
        to: address(to),
        payload: Bytes::new(),
        missing: 0,
        segment: None,
        comment: None,
    }
}

/// Flags, command, application and Hop-by-Hop Identifier; code, vendor and data of each AVP.
fn diameter(head: (u8, u32, u32, u32), avps: &[(u32, u32, &[u8])]) -> Bytes {
    let (flags, command, application, hop_by_hop) = head;
    let mut body = Vec::new();
    for (code, vendor, data) in avps {
        let header = if *vendor == 0 { 8 } else { 12 };
        body.extend(code.to_be_bytes());
        body.push(if *vendor == 0 { 0x40 } else { 0xc0 });
        body.extend(&((header + data.len()) as u32).to_be_bytes()[1..]);
        if *vendor != 0 {
            body.extend(vendor.to_be_bytes());
        }
        body.extend(*data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut octets = (0x0100_0000 | (20 + body.len() as u32))
        .to_be_bytes()
        .to_vec();
    octets.extend((u32::from(flags) << 24 | command).to_be_bytes());
    octets.extend(application.to_be_bytes());
    octets.extend(hop_by_hop.to_be_bytes());
    octets.extend([0; 4]);
    octets.extend(body);
    octets.into()
}
