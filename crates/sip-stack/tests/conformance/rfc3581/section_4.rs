//! RFC 3581 §4 and §5: symmetric response routing.

use sip_stack::via::{response_address, stamp_source};

use crate::message::{register, top_via};

/// The example of §5.
#[test]
fn a_client_behind_a_nat_is_answered_where_its_request_came_from() {
    let mut request = register("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff");
    let source = "192.0.2.1:9988".parse().expect("an address");
    stamp_source(&mut request, source).expect("readable");
    assert_eq!(
        top_via(&request),
        "SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKkjshdyff;received=192.0.2.1;rport=9988"
    );
    assert_eq!(response_address(&request, source), Ok(source));
}

/// §4: received is added even where the address is that of sent-by.
#[test]
fn received_is_added_with_rport_in_any_case() {
    let mut request = register("SIP/2.0/UDP 192.0.2.1:4540;branch=z9hG4bK1;rport");
    let source = "192.0.2.1:4540".parse().expect("an address");
    stamp_source(&mut request, source).expect("readable");
    assert_eq!(
        top_via(&request),
        "SIP/2.0/UDP 192.0.2.1:4540;branch=z9hG4bK1;received=192.0.2.1;rport=4540"
    );
}
