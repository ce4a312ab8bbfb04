//! RFC 3261 §18.2.2: where a response goes.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};

use sip_message::Host;
use sip_stack::Error;
use sip_stack::via::{ResponseTarget, response_address, response_target, stamp_source};

use crate::message::{message, register};

const SOURCE: &str = "192.0.2.7:40000";

/// Where the response goes to a request with this top Via that came from `source`.
fn answered(via: &str, source: &str) -> String {
    let source = source.parse().expect("an address");
    let mut request = register(via);
    stamp_source(&mut request, source).expect("readable");
    response_address(&request, source)
        .expect("readable")
        .to_string()
}

#[test]
fn the_order_is_maddr_received_with_rport_sent_by() {
    for (via, to) in [
        // sent-by, with its port and without
        (
            "SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK1",
            "192.0.2.7:5070",
        ),
        ("SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1", "192.0.2.7:5060"),
        // received, with the port of sent-by
        (
            "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bK1",
            "192.0.2.7:5070",
        ),
        ("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1", "192.0.2.7:5060"),
        (
            "SIP/2.0/UDP ue.ims.example:5070;branch=z9hG4bK1",
            "192.0.2.7:5070",
        ),
        // RFC 3581
        ("SIP/2.0/UDP 10.0.0.1:5070;rport;branch=z9hG4bK1", SOURCE),
        ("SIP/2.0/UDP 192.0.2.7:5070;rport;branch=z9hG4bK1", SOURCE),
        // maddr before all, with the port of sent-by
        (
            "SIP/2.0/UDP 10.0.0.1:5070;maddr=224.2.0.1;ttl=16",
            "224.2.0.1:5070",
        ),
        (
            "SIP/2.0/UDP 10.0.0.1;maddr=224.2.0.1;rport",
            "224.2.0.1:5060",
        ),
        (
            "SIP/2.0/UDP 10.0.0.1;maddr=[2001:db8::5]",
            "[2001:db8::5]:5060",
        ),
        // a name is not looked up here, nonsense is none
        (
            "SIP/2.0/UDP 10.0.0.1:5070;maddr=group.example",
            "192.0.2.7:5070",
        ),
        ("SIP/2.0/UDP 10.0.0.1:5070;maddr=\"?\"", "192.0.2.7:5070"),
        ("SIP/2.0/TLS 10.0.0.1;branch=z9hG4bK1", "192.0.2.7:5061"),
    ] {
        assert_eq!(answered(via, SOURCE), to, "{via}");
    }
}

#[test]
fn ipv6() {
    for (via, to) in [
        (
            "SIP/2.0/UDP [2001:db8::7]:5070;branch=z9hG4bK1",
            "[2001:db8::7]:5070",
        ),
        (
            "SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bK1",
            "[2001:db8::7]:5070",
        ),
        ("SIP/2.0/UDP [2001:db8::1];rport", "[2001:db8::7]:40000"),
    ] {
        assert_eq!(answered(via, "[2001:db8::7]:40000"), to, "{via}");
    }
}

/// A socket of both families shows IPv4 peers as mapped addresses, and takes them only so.
#[test]
fn a_mapped_address_goes_back_as_it_came() {
    assert_eq!(
        answered("SIP/2.0/UDP 10.0.0.1;rport", "[::ffff:192.0.2.7]:40000"),
        "[::ffff:192.0.2.7]:40000"
    );
}

#[test]
fn a_link_local_address_keeps_its_scope() {
    let address = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 7);
    let source = SocketAddr::V6(SocketAddrV6::new(address, 40000, 0, 3));
    let mut request = register("SIP/2.0/UDP [fe80::7]:5070;branch=z9hG4bK1");
    stamp_source(&mut request, source).expect("readable");
    let expected = SocketAddr::V6(SocketAddrV6::new(address, 5070, 0, 3));
    assert_eq!(response_address(&request, source), Ok(expected));
}

#[test]
fn a_name_is_told_to_who_can_look_it_up() {
    let request = register("SIP/2.0/UDP 10.0.0.1:5070;maddr=group.example;received=192.0.2.7");
    let expected = ResponseTarget {
        host: Host::Name("group.example"),
        port: 5070,
    };
    assert_eq!(response_target(&request), Ok(expected));
}

#[test]
fn without_a_readable_via_there_is_no_way_back() {
    let request = message("OPTIONS sip:x SIP/2.0\nTo: <sip:x>\n");
    assert_eq!(response_target(&request), Err(Error::Missing("Via")));
    let source = SOURCE.parse().expect("an address");
    assert_eq!(
        response_address(&request, source),
        Err(Error::Missing("Via"))
    );
    let broken = register("SIP/2.0/UDP 1.2.3.4:port");
    assert_eq!(response_target(&broken), Err(Error::Malformed("Via")));
}
