//! RFC 3261 §17.1.3: which client transaction a response belongs to.

use proptest::prelude::*;
use sip_message::{Message, Status};
use sip_stack::Error;
use sip_stack::transaction::key::ClientKey;

use crate::message::{message, register};

const VIA: &str = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf9;rport";

#[test]
fn a_response_has_the_key_of_its_request() {
    let request = register(VIA);
    let key = ClientKey::of(&request);
    assert!(key.is_ok());
    for status in [Status::TRYING, Status::OK, Status::UNAUTHORIZED] {
        assert_eq!(ClientKey::of(&Message::response(&request, status)), key);
    }
    // The server has added where the request came from.
    let stamped = register(&format!("{VIA}=5060;received=192.0.2.77"));
    assert_eq!(ClientKey::of(&Message::response(&stamped, Status::OK)), key);
}

#[test]
fn branch_method_and_sent_by_all_count() {
    let key = ClientKey::of(&register(VIA)).expect("readable");
    for via in [
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf8",
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74bf",
        "SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK74bf9",
        "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK74bf9",
        "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK74bf9",
        "SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK74bf9",
        "SIP/2.0/UDP host.example:5060;branch=z9hG4bK74bf9",
    ] {
        assert_ne!(ClientKey::of(&register(via)), Ok(key.clone()), "{via}");
    }
    // CSeq's method tells the response to a CANCEL from that to its INVITE: they share a branch.
    let response = |method: &str| {
        message(&format!(
            "SIP/2.0 200 OK\nVia: {VIA}\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: c\nCSeq: 1 {method}\n"
        ))
    };
    assert_eq!(ClientKey::of(&response("REGISTER")), Ok(key));
    assert_ne!(
        ClientKey::of(&response("INVITE")),
        ClientKey::of(&response("CANCEL"))
    );
}

#[test]
fn case_does_not_count_in_host_and_branch() {
    assert_eq!(
        ClientKey::of(&register("SIP/2.0/UDP Host.Example;branch=z9hG4bKaBc")),
        ClientKey::of(&register("SIP/2.0/UDP hOST.eXAMPLE;branch=z9hG4bKAbC")),
    );
}

/// A port of these octets looks like no port and a branch that goes on with a hyphen.
#[test]
fn a_part_cannot_run_into_the_next() {
    let hyphens = 0x2d2d;
    assert_ne!(
        ClientKey::of(&register(&format!(
            "SIP/2.0/UDP h:{hyphens};branch=z9hG4bKx"
        ))),
        ClientKey::of(&register("SIP/2.0/UDP h;branch=z9hG4bK-x")),
    );
}

#[test]
fn what_has_no_key() {
    for (text, error) in [
        ("SIP/2.0 200 OK\nCSeq: 1 REGISTER\n", Error::Missing("Via")),
        (
            "SIP/2.0 200 OK\nVia: nonsense\nCSeq: 1 REGISTER\n",
            Error::Malformed("Via"),
        ),
        (
            "SIP/2.0 200 OK\nVia: SIP/2.0/UDP h\nCSeq: 1 REGISTER\n",
            Error::Missing("branch"),
        ),
        (
            "SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bK\nCSeq: 1 REGISTER\n",
            Error::Missing("branch"),
        ),
        (
            "SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\n",
            Error::Missing("CSeq"),
        ),
        (
            "SIP/2.0 200 OK\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nCSeq: one REGISTER\n",
            Error::Malformed("CSeq"),
        ),
    ] {
        assert_eq!(ClientKey::of(&message(text)), Err(error), "{text}");
    }
}

proptest! {
    /// Keys are equal exactly when everything that is compared is.
    #[test]
    fn keys_are_equal_when_their_parts_are(a in parts(), b in parts()) {
        let [first, second] = [&a, &b].map(|(host, port, branch, method)| {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            let response = message(&format!(
                "SIP/2.0 200 OK\nVia: SIP/2.0/UDP {host}{port};branch=z9hG4bK{branch}\nCSeq: 1 {method}\n"
            ));
            ClientKey::of(&response).expect("readable")
        });
        let folded = |(host, port, branch, method): &Parts| {
            (host.to_lowercase(), *port, branch.to_lowercase(), method.clone())
        };
        prop_assert_eq!(first == second, folded(&a) == folded(&b));
    }
}

type Parts = (String, Option<u16>, String, String);

/// Few values of each part, so that equal ones meet.
fn parts() -> impl Strategy<Value = Parts> {
    (
        prop::sample::select(vec![
            "a",
            "A",
            "ab",
            "4",
            "n",
            "1.2.3.4",
            "52.46.51.52",
            "[::1]",
        ])
        .prop_map(|host| {
            if host == "4" {
                "b4".to_owned()
            } else {
                host.to_owned()
            }
        }),
        prop::option::of(prop::sample::select(vec![1u16, 5060, 0x2d2d])),
        "[abAB-]{1,3}",
        prop::sample::select(vec!["A", "a", "AB", "REGISTER"]).prop_map(str::to_owned),
    )
}
