//! RFC 3261 §17.2.3: which server transaction a request belongs to.

use proptest::prelude::*;
use sip_message::{Message, Status};
use sip_stack::Error;
use sip_stack::transaction::key::ServerKey;

use crate::message::{message, register};

fn request(method: &str, via: &str, to_tag: &str) -> Message {
    message(&format!(
        "{method} sip:bob@ims.example SIP/2.0\n\
         Via: {via}\n\
         From: <sip:alice@ims.example>;tag=a1\n\
         To: <sip:bob@ims.example>{to_tag}\n\
         Call-ID: c1@192.0.2.1\n\
         CSeq: 7 {method}\n"
    ))
}

fn key(request: &Message) -> ServerKey {
    ServerKey::of(request).expect("readable")
}

#[test]
fn with_a_branch_only_branch_sent_by_and_method_count() {
    let via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9";
    let first = key(&register(via));
    let retransmission = key(&register(&format!("{via};received=192.0.2.1")));
    assert_eq!(retransmission, first);
    assert_eq!(key(&request("REGISTER", via, ";tag=b")), first);
    assert_ne!(key(&request("OPTIONS", via, "")), first);
    for other in [
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf8",
        "SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK74bf9",
        "SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK74bf9",
    ] {
        assert_ne!(key(&register(other)), first, "{other}");
    }
}

#[test]
fn an_ack_belongs_to_its_invite_and_a_cancel_does_not() {
    for via in [
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9",
        "SIP/2.0/UDP 192.0.2.1:5060",
    ] {
        let invite = key(&request("INVITE", via, ""));
        assert_eq!(key(&request("ACK", via, ";tag=b1")), invite);
        assert_ne!(key(&request("CANCEL", via, "")), invite);
    }
}

/// RFC 4475 §3.2.1: a branch that is only the cookie identifies nothing.
#[test]
fn without_a_branch_the_rules_of_rfc_2543_hold() {
    for via in [
        "SIP/2.0/UDP 192.0.2.1:5060",
        "SIP/2.0/UDP 192.0.2.1:5060;branch=1",
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK",
    ] {
        let first = key(&register(via));
        assert_eq!(key(&register(via)), first, "{via}");
        let text = String::from_utf8(register(via).to_bytes().to_vec()).expect("text");
        for (from, to) in [
            ("REGISTER sip:ims", "REGISTER sip:imt"),
            ("tag=a1", "tag=a2"),
            (
                "To: <sip:alice@ims.example>",
                "To: <sip:alice@ims.example>;tag=b",
            ),
            ("843817637684230@", "843817637684231@"),
            ("CSeq: 1826", "CSeq: 1827"),
            ("192.0.2.1", "192.0.2.2"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let changed = Message::parse(changed.into()).expect("readable");
            assert_ne!(key(&changed), first, "{to}");
        }
    }
}

#[test]
fn a_branch_never_meets_rfc_2543() {
    let with = key(&register("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"));
    let without = key(&register("SIP/2.0/UDP 192.0.2.1;branch=x"));
    assert_ne!(with, without);
}

#[test]
fn what_has_no_key() {
    let response = Message::response(&register("SIP/2.0/UDP h;branch=z9hG4bK1"), Status::OK);
    assert_eq!(
        ServerKey::of(&response),
        Err(Error::Misuse("server key of a response"))
    );
    for (lines, error) in [
        ("From: <sip:a@b>\n", Error::Missing("Via")),
        ("Via: SIP/2.0/UDP h\n", Error::Missing("From")),
        (
            "Via: SIP/2.0/UDP h\nFrom: <sip:a@b>\n",
            Error::Missing("To"),
        ),
        (
            "Via: SIP/2.0/UDP h\nFrom: <sip:a@b>\nTo: <sip:a@b>\n",
            Error::Missing("CSeq"),
        ),
        (
            "Via: SIP/2.0/UDP h\nFrom: <sip:a@b>\nTo: <sip:a@b>\nCSeq: 1 OPTIONS\n",
            Error::Missing("Call-ID"),
        ),
    ] {
        let request = message(&format!("OPTIONS sip:x SIP/2.0\n{lines}"));
        assert_eq!(ServerKey::of(&request), Err(error), "{lines}");
    }
}

proptest! {
    /// Any octets that are a message: a key or an error, never a panic; the same again.
    #[test]
    fn any_header_gives_a_key_or_an_error(via in "[ -~]{0,60}", from in "[ -~]{0,30}", cseq in "[ -~]{0,12}") {
        let text = format!(
            "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP {via}\r\nFrom: {from}\r\nTo: <sip:x>\r\nCall-ID: c\r\nCSeq: {cseq}\r\n\r\n"
        );
        if let Ok(request) = Message::parse(text.into()) {
            prop_assert_eq!(ServerKey::of(&request), ServerKey::of(&request.clone()));
        }
    }
}
