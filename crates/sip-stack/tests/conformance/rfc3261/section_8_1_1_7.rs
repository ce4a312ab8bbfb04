//! RFC 3261 §8.1.1.7 and §19.3: branches and tags.

use sip_stack::branch;

use crate::message::{message, register};

#[test]
fn a_branch_starts_with_the_magic_cookie() {
    assert_eq!(
        branch::from_random([0x00, 0x0f, 0xf0, 0xff, 0x12, 0xab]),
        "z9hG4bK000ff0ff12ab"
    );
}

#[test]
fn a_tag_is_its_octets() {
    assert_eq!(branch::tag([0xde, 0xad, 0xbe, 0xef, 0x01]), "deadbeef01");
}

/// §8.2.7: without a transaction the same request gets the same tag.
#[test]
fn a_stateless_tag_is_the_same_for_the_same_request_only() {
    let via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa";
    let tag = branch::stateless_tag(&register(via));
    assert_eq!(tag.len(), 16);
    assert_eq!(tag, branch::stateless_tag(&register(via)));
    let another = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKb";
    assert_ne!(tag, branch::stateless_tag(&register(another)));
    let shifted = ["Call-ID: ab\nCSeq: 1 X\n", "Call-ID: a\nCSeq: b1 X\n"]
        .map(|lines| branch::stateless_tag(&message(&format!("X sip:x SIP/2.0\n{lines}"))));
    assert_ne!(shifted[0], shifted[1]);
}
