//! Heap of `flow check`: every table filled with the heaviest there is.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use capture::{Numbers, Packet, Transport};
use diameter_codec::Flags;
use diameter_codec::base::{AuthSessionState, VendorSpecificApplicationId};
use diameter_codec::cx::{ServerAssignmentRequest, ServerAssignmentType};
use diameter_codec::{ApplicationId, VendorId};
use flow::check::Memory;
use flow::{Checker, Limits, Nodes, Reader};

/// As [`Memory`] has it.
const LIMIT: usize = 200_000_000;

/// Only this part of what may be remembered is filled, so that the test is short.
const PART: usize = 10;

fn packet(number: u64, transport: Transport, port: u16, payload: Vec<u8>) -> Packet {
    Packet {
        numbers: Numbers::one(number),
        time: SystemTime::UNIX_EPOCH + Duration::from_secs(1) + Duration::from_micros(number),
        direction: None,
        interface: None,
        transport,
        from: SocketAddr::from(([192, 0, 2, 1], port)),
        to: SocketAddr::from(([192, 0, 2, 2], port)),
        payload: Bytes::from(payload),
        missing: 0,
        segment: None,
        comment: None,
    }
}

/// A request of a call of its own; its name and Call-ID are as long as is kept.
fn asks(number: u64, method: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{number}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:alice@home.example>;tag=f\r\nTo: <sip:alice@home.example>;tag=t\r\n\
         Call-ID: {number:040}\r\nCSeq: 1 {method}\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn accepted(number: u64) -> Vec<u8> {
    format!(
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKi{number}\r\n\
         From: <sip:alice@home.example>;tag=f\r\nTo: <sip:alice@home.example>;tag=t\r\n\
         Call-ID: {number:040}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// About as many identities as are remembered of one.
fn sar(
    hop_by_hop: u64,
    end_to_end: u64,
    user: u64,
    origin: &str,
    kind: ServerAssignmentType,
) -> Vec<u8> {
    let names: Vec<String> = (0..64)
        .map(|identity| format!("sip:u{user}-{identity}@home.example"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let impi = format!("u{user}@home.example");
    let mut octets = BytesMut::new();
    ServerAssignmentRequest {
        session_id: "scscf.home.example;1;1",
        vendor_specific_application_id: VendorSpecificApplicationId {
            vendor_id: VendorId::THREE_GPP.0,
            auth_application_id: Some(ApplicationId::CX.0),
            acct_application_id: None,
        },
        auth_session_state: AuthSessionState::NO_STATE_MAINTAINED,
        origin_host: origin,
        origin_realm: "home.example",
        destination_realm: "home.example",
        user_name: Some(&impi),
        public_identity: (&names[..]).into(),
        server_name: "sip:scscf.home.example",
        server_assignment_type: kind,
        ..Default::default()
    }
    .encode(
        hop_by_hop as u32,
        end_to_end as u32,
        Flags::NONE,
        &mut octets,
    );
    octets.to_vec()
}

/// The most that is held at once while these are checked.
fn held(memory: Memory, packets: impl Iterator<Item = Packet>) -> usize {
    let measured = allocation_counter::measure(|| {
        let (mut reader, mut nodes) = (Reader::new(Limits::default()), Nodes::new([]));
        let mut checker = Checker::new(memory);
        for packet in packets {
            for event in reader.read(&packet, &mut nodes) {
                checker.take(&event);
            }
        }
        drop(checker.finish());
    });
    usize::try_from(measured.bytes_max).expect("octets")
}

#[test]
fn what_is_remembered_is_in_bounds_whatever_the_capture() {
    let all = Memory::default();
    let part = |limit| limit / PART;
    let memory = Memory {
        exchanges: part(all.exchanges),
        senders: part(all.senders),
        accepted: part(all.accepted),
        subscriptions: part(all.subscriptions),
        registrants: part(all.registrants),
        end_to_end: part(all.end_to_end),
        assignments: part(all.assignments),
        waiting: part(all.waiting),
        findings: part(all.findings),
    };
    let count = 100_000 / PART as u64;
    let method = "M".repeat(60);
    let reginfo = "Event: reg\r\nContent-Type: application/reginfo+xml\r\n";
    let contacts: Vec<String> = (0..8)
        .map(|it| format!("<sip:alice@192.0.2.{it}>"))
        .collect();
    let contacts = format!("Contact: {}\r\n", contacts.join(", "));
    let long = "o".repeat(300);
    let packets = (0..count)
        .flat_map(|it| {
            [
                sar(it, it, it, "o", ServerAssignmentType::REGISTRATION),
                sar(
                    count + it,
                    count + it,
                    it,
                    "o",
                    ServerAssignmentType::USER_DEREGISTRATION,
                ),
                // All but the first are findings, with the longest text there is.
                sar(
                    2 * count + it,
                    0,
                    it,
                    &long,
                    ServerAssignmentType::NO_ASSIGNMENT,
                ),
            ]
        })
        .map(|it| (Transport::Sctp, 3868, it))
        .chain(
            (0..count)
                .flat_map(|it| {
                    [
                        asks(it, "NOTIFY", reginfo, "<reginfo version='1'/>"),
                        asks(it, "REGISTER", &contacts, ""),
                        accepted(it),
                        asks(it, &method, "", ""),
                    ]
                })
                .map(|it| (Transport::Udp, 5060, it)),
        );
    let packets = (1..)
        .zip(packets)
        .map(|(number, (transport, port, payload))| packet(number, transport, port, payload));
    let held = held(memory, packets);
    let limit = LIMIT / PART;
    assert!(held <= limit, "{held} of {limit}");
}
