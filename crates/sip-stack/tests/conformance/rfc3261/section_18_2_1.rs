//! RFC 3261 §18.2.1: `received` in the top Via.

use proptest::prelude::*;
use sip_message::Message;
use sip_stack::Error;
use sip_stack::via::{response_address, stamp_source};

use crate::message::{message, register, top_via};

fn stamped(via: &str, source: &str) -> Message {
    let mut request = register(via);
    stamp_source(&mut request, source.parse().expect("an address")).expect("readable");
    request
}

#[test]
fn sent_by_that_is_the_source_stays_octet_for_octet() {
    for (via, source) in [
        (
            "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
            "192.0.2.1:6000",
        ),
        (
            "SIP/2.0/UDP 192.0.2.1 ;branch=z9hG4bK1",
            "[::ffff:192.0.2.1]:5060",
        ),
        (
            "SIP/2.0/UDP [2001:DB8::0:1];branch=z9hG4bK1",
            "[2001:db8::1]:5060",
        ),
    ] {
        let untouched = register(via).to_bytes();
        assert_eq!(stamped(via, source).to_bytes(), untouched, "{via}");
    }
}

#[test]
fn another_address_or_a_name_gets_received() {
    for (via, source, expected) in [
        (
            "SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKkjshdyff",
            "192.0.2.1:9988",
            "SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKkjshdyff;received=192.0.2.1",
        ),
        (
            "SIP/2.0/UDP ue.ims.example;branch=z9hG4bK1",
            "192.0.2.1:5060",
            "SIP/2.0/UDP ue.ims.example;branch=z9hG4bK1;received=192.0.2.1",
        ),
        (
            "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3",
            "[2001:db8::9:255]:5060",
            "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3;received=2001:db8::9:255",
        ),
        (
            "SIP/2.0/UDP ue.ims.example",
            "192.0.2.1:5060",
            "SIP/2.0/UDP ue.ims.example;received=192.0.2.1",
        ),
    ] {
        assert_eq!(top_via(&stamped(via, source)), expected);
    }
}

#[test]
fn other_parameters_are_kept_as_they_are() {
    let via =
        "SIP/2.0/UDP h:5062;oc-algo=\"loss;rport\";keep;BRANCH=z9hG4bK1;x=\"a\\\";received=1\"";
    assert_eq!(
        top_via(&stamped(via, "192.0.2.1:5060")),
        format!("{via};received=192.0.2.1")
    );
}

#[test]
fn only_the_top_via_is_touched() {
    let mut request = message(
        "OPTIONS sip:x SIP/2.0\nv: SIP/2.0/UDP h;branch=z9hG4bK1 , SIP/2.0/UDP i;branch=z9hG4bK2\nVia: SIP/2.0/UDP j\n",
    );
    stamp_source(&mut request, "192.0.2.1:5060".parse().expect("an address")).expect("readable");
    let vias: Vec<&str> = request.elements(sip_message::Name::VIA).collect();
    assert_eq!(
        vias,
        [
            "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1",
            "SIP/2.0/UDP i;branch=z9hG4bK2",
            "SIP/2.0/UDP j"
        ]
    );
}

#[test]
fn what_the_client_wrote_is_overwritten() {
    let source = "192.0.2.1:5060";
    for (via, expected) in [
        (
            "SIP/2.0/UDP 192.0.2.1;received=203.0.113.9;branch=z9hG4bK1",
            "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
        ),
        (
            "SIP/2.0/UDP h;Received=203.0.113.9;received=203.0.113.8;branch=z9hG4bK1",
            "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1",
        ),
        (
            "SIP/2.0/UDP h;rport=9;RPORT;branch=z9hG4bK1",
            "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1;rport=5060",
        ),
    ] {
        assert_eq!(top_via(&stamped(via, source)), expected);
    }
}

#[test]
fn without_a_readable_via_nothing_can_be_noted() {
    let source = "192.0.2.1:5060".parse().expect("an address");
    let mut without = message("OPTIONS sip:x SIP/2.0\nTo: <sip:x>\n");
    assert_eq!(
        stamp_source(&mut without, source),
        Err(Error::Missing("Via"))
    );
    let mut broken = register("SIP/2.0/UDP");
    assert_eq!(
        stamp_source(&mut broken, source),
        Err(Error::Malformed("Via"))
    );
}

proptest! {
    /// Whatever a client writes into its Via but `maddr`: the response goes to where it is.
    #[test]
    fn a_response_goes_to_the_address_of_the_client(
        host in "[a-z]{1,9}|\\[::[1-9]\\]|10\\.0\\.0\\.[1-9]",
        parameters in prop::collection::vec("(received|rport|ttl|x)(=[0-9a-f:.]{0,12}|=\"[ -~&&[^\"\\\\]]{0,9}\")?", 0..6),
        port in 1u16..,
    ) {
        let source = format!("192.0.2.7:{port}").parse().expect("an address");
        let list: String = parameters.iter().map(|parameter| format!(";{parameter}")).collect();
        let mut request = register(&format!("SIP/2.0/UDP {host}{list};branch=z9hG4bK1"));
        stamp_source(&mut request, source).expect("readable");
        let to = response_address(&request, source).expect("readable");
        prop_assert_eq!(to.ip(), source.ip());
        let asked = parameters.iter().any(|parameter| parameter.starts_with("rport"));
        prop_assert_eq!(to.port(), if asked { port } else { 5060 });
    }
}
