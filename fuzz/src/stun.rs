//! STUN on the SIP port: what is read is written and read again; what is asked is answered.

use sip_stack::stun::{Message, is_stun};

/// A datagram.
pub fn stun(octets: &[u8]) {
    let Some(message) = Message::parse(octets) else {
        return;
    };
    assert!(is_stun(octets));
    let source = "[2001:db8::1]:5060".parse().expect("an address");
    if let Some(answer) = message.clone().answer(source) {
        let written = answer.to_octets();
        assert!(is_stun(&written));
        assert!(Message::parse(&written).is_some());
    }
    // A demand is read only: nobody here sends one.
    if !matches!(message, Message::Demand(..)) {
        assert_eq!(Message::parse(&message.to_octets()), Some(message));
    }
}
