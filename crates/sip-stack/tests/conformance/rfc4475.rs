//! RFC 4475: what a proxy does with the messages whose verdict is more than their syntax.

#[path = "../../../sip-message/tests/conformance/rfc4475/messages.rs"]
mod messages;

use sip_message::{Message, Name, Status, validate};
use sip_stack::own::OwnNames;
use sip_stack::proxy::prepare;

fn own() -> OwnNames {
    let local = "192.0.2.1:5060".parse().expect("an address");
    OwnNames::of(local, "proxy.example.com", &[])
}

fn parsed(name: &str) -> Message {
    let (_, _, octets) = messages::ALL
        .iter()
        .find(|(_, called, _)| *called == name)
        .expect("a message of the standard");
    Message::parse(octets()).expect("readable")
}

/// Options that no proxy knows.
#[test]
fn s3_3_5_bext01() {
    let refused = prepare(&parsed("bext01"), &own()).expect_err("refused");
    assert_eq!(refused.status(), Some(Status::BAD_EXTENSION));
    let unknown: Vec<&str> = refused.elements(Name::UNSUPPORTED).collect();
    assert_eq!(
        unknown,
        ["noProxiesSupportThis", "norDoAnyProxiesSupportThis"]
    );
}

/// No hop is left.
#[test]
fn s3_3_11_zeromf() {
    let refused = prepare(&parsed("zeromf"), &own()).expect_err("refused");
    assert_eq!(refused.status(), Some(Status::TOO_MANY_HOPS));
}

/// Every valid request can be prepared or is refused, and what goes out is valid still.
#[test]
fn every_valid_request_goes_on_valid() {
    let mut forwarded = 0;
    for (section, name, octets) in messages::ALL {
        let Ok(message) = Message::parse(octets()) else {
            continue;
        };
        if message.method().is_none() || validate(&message).is_err() {
            continue;
        }
        let prepared = prepare(&message, &own());
        let goes_out = prepared.as_ref().unwrap_or_else(|refused| refused);
        let again = Message::parse(goes_out.to_bytes()).expect("readable");
        assert_eq!(validate(&again), Ok(()), "{section} {name}");
        forwarded += usize::from(prepared.is_ok());
    }
    assert!(forwarded >= 15, "{forwarded}");
}
