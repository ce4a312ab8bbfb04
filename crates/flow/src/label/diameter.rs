//! Diameter: the command's short name, what a request asks for, and how an answer ends.

use bytes::Bytes;
use diameter_codec::base::{self, avp};
use diameter_codec::{ApplicationId, Avp, Flags, Message, cx, value_name};

use super::{Label, unreadable};
use crate::event::{Outcome, Passage, Protocol, Purpose};

/// The label of one whole message.
pub(crate) fn diameter(octets: &Bytes) -> Label {
    let Ok(message) = Message::parse(octets.clone()) else {
        return unreadable(octets);
    };
    let header = message.header();
    let name = match header.name() {
        Some(name) => name.short.to_owned(),
        None => {
            let kind = if header.is_request() {
                "request"
            } else {
                "answer"
            };
            format!("{} {kind}", header.command.0)
        }
    };
    let (label, detail, outcome) = if header.is_request() {
        (name, asked(&message), Outcome::Request)
    } else {
        let (code, meaning) = result(&message);
        let label = code.map_or_else(|| name.clone(), |code| format!("{name} {code}"));
        (label, meaning, outcome(code))
    };
    Label {
        protocol: Protocol::Diameter,
        label,
        detail,
        outcome,
        purpose: purpose(&message),
        passage: if header.flags.contains(Flags::RETRANSMITTED) {
            Passage::Again
        } else {
            Passage::First
        },
    }
}

fn purpose(message: &Message) -> Purpose {
    let header = message.header();
    match header.command {
        _ if header.application != ApplicationId::BASE => Purpose::Procedure,
        base::command::DEVICE_WATCHDOG => Purpose::Watchdog,
        base::command::CAPABILITIES_EXCHANGE | base::command::DISCONNECT_PEER => {
            Purpose::Connection
        }
        _ => Purpose::Procedure,
    }
}

/// The kind of assignment, authorization or deregistration that a request is about, else whom it is about.
fn asked(message: &Message) -> String {
    let kinds = [
        cx::avp::SERVER_ASSIGNMENT_TYPE,
        cx::avp::USER_AUTHORIZATION_TYPE,
    ];
    let kind = message.avps().find(|avp| kinds.contains(&avp.code));
    if let Some(kind) = kind {
        return enumerated(&kind);
    }
    for avp in message.avps() {
        if avp.code == cx::avp::DEREGISTRATION_REASON {
            let mut group = avp.group();
            let reason = group.find(|avp| avp.code == cx::avp::REASON_CODE);
            return reason.map_or_else(String::new, |reason| enumerated(&reason));
        }
        if avp.code == cx::avp::SIP_AUTH_DATA_ITEM {
            let mut group = avp.group();
            let scheme = group.find(|avp| avp.code == cx::avp::SIP_AUTHENTICATION_SCHEME);
            return scheme
                .and_then(|avp| avp.text())
                .unwrap_or_default()
                .to_owned();
        }
    }
    let whom = [cx::avp::PUBLIC_IDENTITY, avp::ORIGIN_HOST];
    let named = |code| message.find(code)?.text().map(str::to_owned);
    whom.into_iter().find_map(named).unwrap_or_default()
}

fn enumerated(avp: &Avp<'_>) -> String {
    match avp.unsigned32() {
        Some(value) => value_name(avp.code, value).map_or_else(|| value.to_string(), str::to_owned),
        None => String::new(),
    }
}

/// Result-Code, else the code in Experimental-Result (RFC 6733 §7.6), and its name.
fn result(message: &Message) -> (Option<u32>, String) {
    let outer = message.find(avp::RESULT_CODE);
    let inner = || {
        let group = message.find(avp::EXPERIMENTAL_RESULT)?.group();
        group
            .into_iter()
            .find(|avp| avp.code == avp::EXPERIMENTAL_RESULT_CODE)
    };
    let Some(result) = outer.or_else(inner) else {
        return (None, String::new());
    };
    let code = result.unsigned32();
    let name = code
        .and_then(|code| value_name(result.code, code))
        .unwrap_or_default();
    (code, name.to_owned())
}

/// RFC 6733 §7.1: the thousands tell.
fn outcome(code: Option<u32>) -> Outcome {
    match code.map(|code| code / 1000) {
        Some(1) => Outcome::Provisional,
        Some(2) => Outcome::Success,
        Some(_) => Outcome::Failure,
        None => Outcome::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VENDOR: u32 = 10415;

    fn avp_octets(code: u32, vendor: u32, data: &[u8]) -> Vec<u8> {
        let head = if vendor == 0 { 8 } else { 12 };
        let length = (head + data.len()) as u32;
        let mut octets = code.to_be_bytes().to_vec();
        octets.push(if vendor == 0 { 0x40 } else { 0xc0 });
        octets.extend(&length.to_be_bytes()[1..]);
        if vendor != 0 {
            octets.extend(vendor.to_be_bytes());
        }
        octets.extend(data);
        octets.resize(octets.len().next_multiple_of(4), 0);
        octets
    }

    fn message(flags: u8, command: u32, application: u32, avps: &[Vec<u8>]) -> Bytes {
        let body = avps.concat();
        let mut octets = (0x0100_0000 | (20 + body.len() as u32))
            .to_be_bytes()
            .to_vec();
        octets.extend((u32::from(flags) << 24 | command).to_be_bytes());
        octets.extend(application.to_be_bytes());
        octets.extend([0; 8]);
        octets.extend(body);
        octets.into()
    }

    fn number(code: u32, vendor: u32, value: u32) -> Vec<u8> {
        avp_octets(code, vendor, &value.to_be_bytes())
    }

    const CX: u32 = 16_777_216;

    #[track_caller]
    fn assert_label(octets: &Bytes, label: &str, detail: &str, outcome: Outcome) {
        let found = diameter(octets);
        assert_eq!(
            (found.label.as_str(), found.detail.as_str(), found.outcome),
            (label, detail, outcome)
        );
    }

    /// The commands and values of TS 29.229 §6.1, §6.2, §6.3.
    #[test]
    fn requests_say_what_they_ask_for() {
        let sar = message(0xc0, 301, CX, &[number(614, VENDOR, 1)]);
        assert_label(&sar, "SAR", "REGISTRATION", Outcome::Request);
        let uar = message(
            0xc0,
            300,
            CX,
            &[avp_octets(601, VENDOR, b"sip:alice@home.example")],
        );
        assert_label(&uar, "UAR", "sip:alice@home.example", Outcome::Request);
        let uar = message(0xc0, 300, CX, &[number(623, VENDOR, 1)]);
        assert_label(&uar, "UAR", "DE_REGISTRATION", Outcome::Request);
        let item = avp_octets(612, VENDOR, &avp_octets(608, VENDOR, b"SIP Digest"));
        let mar = message(0xc0, 303, CX, &[item]);
        assert_label(&mar, "MAR", "SIP Digest", Outcome::Request);
        let reason = avp_octets(615, VENDOR, &number(616, VENDOR, 0));
        let rtr = message(0xc0, 304, CX, &[reason]);
        assert_label(&rtr, "RTR", "PERMANENT_TERMINATION", Outcome::Request);
    }

    #[test]
    fn answers_say_how_they_end() {
        let base = |code| message(0x40, 303, CX, &[number(268, 0, code)]);
        assert_label(&base(2001), "MAA 2001", "SUCCESS", Outcome::Success);
        assert_label(&base(5005), "MAA 5005", "MISSING_AVP", Outcome::Failure);
        let group = [number(266, 0, VENDOR), number(298, 0, 2001)].concat();
        let uaa = message(0x40, 300, CX, &[avp_octets(297, 0, &group)]);
        assert_label(&uaa, "UAA 2001", "FIRST_REGISTRATION", Outcome::Success);
        assert_label(&message(0x40, 300, CX, &[]), "UAA", "", Outcome::Unreadable);
    }

    #[test]
    fn what_keeps_a_connection_is_told_from_procedures() {
        let host = avp_octets(264, 0, b"hss.home.example");
        let purpose = |command, application| {
            diameter(&message(
                0x80,
                command,
                application,
                std::slice::from_ref(&host),
            ))
            .purpose
        };
        assert_eq!(purpose(257, 0), Purpose::Connection);
        assert_eq!(purpose(282, 0), Purpose::Connection);
        assert_eq!(purpose(280, 0), Purpose::Watchdog);
        assert_eq!(purpose(280, CX), Purpose::Procedure);
        let cer = message(0x80, 257, 0, &[host]);
        assert_label(&cer, "CER", "hss.home.example", Outcome::Request);
    }

    #[test]
    fn the_unknown_is_named_by_its_numbers() {
        let unknown = message(0x80, 8_388_700, 99, &[]);
        assert_label(&unknown, "8388700 request", "", Outcome::Request);
        let sar = message(0xc0, 301, CX, &[number(614, VENDOR, 77)]);
        assert_label(&sar, "SAR", "77", Outcome::Request);
        let base = message(0x40, 301, CX, &[number(268, 0, 5999)]);
        assert_label(&base, "SAA 5999", "", Outcome::Failure);
    }

    #[test]
    fn a_retransmission_has_the_t_flag() {
        assert_eq!(
            diameter(&message(0xd0, 301, CX, &[])).passage,
            Passage::Again
        );
        assert_eq!(
            diameter(&message(0xc0, 301, CX, &[])).passage,
            Passage::First
        );
    }

    #[test]
    fn broken_avps_are_no_panic() {
        for data in [&b""[..], &[0; 3], &[0xff; 9]] {
            for code in [612, 614, 615, 623] {
                diameter(&message(0xc0, 301, CX, &[avp_octets(code, VENDOR, data)]));
            }
            for code in [268, 297] {
                diameter(&message(0x40, 301, CX, &[avp_octets(code, 0, data)]));
            }
        }
        assert_eq!(
            diameter(&Bytes::from_static(b"\x01")).outcome,
            Outcome::Unreadable
        );
    }
}
