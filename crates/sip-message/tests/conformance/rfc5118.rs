//! RFC 5118: IPv6 in SIP, every message.

use bytes::Bytes;
use sip_message::{Contact, Host, Message, SipUri, Status, To, Uri, Via, validate};

use crate::octets::{octets, with_body};

fn parsed(octets: Bytes) -> Message {
    Message::parse(octets).expect("a message")
}

fn valid(octets: Bytes) -> Message {
    let message = parsed(octets.clone());
    assert_eq!(validate(&message), Ok(()));
    assert!(octets.starts_with(&message.to_bytes()));
    message
}

fn sip(text: &str) -> SipUri<'_> {
    match Uri::parse(text) {
        Ok(Uri::Sip(uri)) => uri,
        other => panic!("{text}: {other:?}"),
    }
}

fn v6(text: &str) -> Host<'static> {
    Host::V6(text.parse().expect("an IPv6 address"))
}

fn vias(message: &Message) -> Vec<Via<'_>> {
    message
        .read_all()
        .map(|via| via.expect("readable"))
        .collect()
}

/// A REGISTER to `uri`, as §4.1 to §4.4 have it.
fn register(uri: &str, via: &str) -> Bytes {
    octets(&format!(
        "REGISTER {uri} SIP/2.0
To: sip:user@example.com
From: sip:user@example.com;tag=81x2
Via: SIP/2.0/UDP {via}
Call-ID: SSG9559905523997077@hlau_4100
Max-Forwards: 70
Contact: \"Caller\" <sip:caller@[2001:db8::1]>
CSeq: 98176 REGISTER
Content-Length: 0

"
    ))
}

const VIA: &str = "[2001:db8::9:1];branch=z9hG4bKas3-111";

/// A valid message with IPv6 references.
#[test]
fn s4_1_ipv6_good() {
    let message = valid(register("sip:[2001:db8::10]", VIA));
    let uri = sip(message.request_uri().unwrap());
    assert_eq!((uri.host, uri.port), (v6("2001:db8::10"), None));
    assert_eq!(vias(&message)[0].host, v6("2001:db8::9:1"));
    let contact = message.read::<Contact<'_>>().unwrap().unwrap();
    let address = *contact.address().unwrap();
    assert_eq!(address.display_name().as_deref(), Some("Caller"));
    assert_eq!(sip(address.uri).host, v6("2001:db8::1"));
}

/// No brackets around the address of the Request-URI: 400.
#[test]
fn s4_2_ipv6_bad() {
    let message = parsed(register("sip:2001:db8::10", VIA));
    let invalid = validate(&message).unwrap_err();
    assert_eq!(invalid.status, Status::BAD_REQUEST);
    assert_eq!(invalid.reason, "Request-URI is malformed");
}

/// What was meant as a port stands in the brackets: it is the end of the address.
#[test]
fn s4_3_port_ambiguous() {
    let message = valid(register("sip:[2001:db8::10:5070]", VIA));
    let uri = sip(message.request_uri().unwrap());
    assert_eq!((uri.host, uri.port), (v6("2001:db8::10:5070"), None));
}

#[test]
fn s4_4_port_unambiguous() {
    let message = valid(register("sip:[2001:db8::10]:5070", VIA));
    let uri = sip(message.request_uri().unwrap());
    assert_eq!((uri.host, uri.port), (v6("2001:db8::10"), Some(5070)));
}

/// A BYE whose Via has `received` as it is given.
fn bye(received: &str) -> Bytes {
    octets(&format!(
        "BYE sip:[2001:db8::10] SIP/2.0
To: sip:user@example.com;tag=bd76ya
From: sip:user@example.com;tag=81x2
Via: SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3-111
Call-ID: SSG9559905523997077@hlau_4100
Max-Forwards: 70
CSeq: 9817 BYE
Content-Length: 0

"
    ))
}

/// `received` with brackets, which the grammar does not allow and everybody has to take.
#[test]
fn s4_5_via_received_param_with_delim() {
    let message = valid(bye("[2001:db8::9:255]"));
    let received = vias(&message)[0].received();
    assert_eq!(received, Some("2001:db8::9:255".parse().unwrap()));
}

/// `received` as the grammar has it.
#[test]
fn s4_5_via_received_param_no_delim() {
    let message = valid(bye("2001:db8::9:255"));
    let via = vias(&message)[0];
    assert_eq!(via.received(), Some("2001:db8::9:255".parse().unwrap()));
    assert_eq!(
        (via.host, via.branch()),
        (v6("2001:db8::9:1"), Some("z9hG4bKas3-111"))
    );
}

/// An INVITE that carries `description`.
fn invite(host: &str, cseq: u32, description: &str) -> Bytes {
    let body = octets(description);
    with_body(
        &format!(
            "INVITE sip:user@[2001:db8::10] SIP/2.0
To: sip:user@[2001:db8::10]
From: sip:user@example.com;tag=81x2
Via: SIP/2.0/UDP [{host}];branch=z9hG4bKas3-111
Call-ID: SSG9559905523997077@hlau_4100
Contact: \"Caller\" <sip:caller@[{host}]>
CSeq: {cseq} INVITE
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: {}
",
            body.len()
        ),
        body,
    )
}

/// IPv6 addresses in the session description.
#[test]
fn s4_6_ipv6_in_sdp() {
    let message = valid(invite(
        "2001:db8::20",
        8612,
        "v=0
o=assistant 971731711378798081 0 IN IP6 2001:db8::20
s=Live video feed for today's meeting
c=IN IP6 2001:db8::20
t=3338481189 3370017201
m=audio 6000 RTP/AVP 2
a=rtpmap:2 G726-32/8000
m=video 6024 RTP/AVP 107
a=rtpmap:107 H263-1998/90000
",
    ));
    let to = message.read::<To<'_>>().unwrap().unwrap();
    assert_eq!(sip(to.uri).host, v6("2001:db8::10"));
    let body = std::str::from_utf8(message.body()).unwrap();
    assert!(body.contains("c=IN IP6 2001:db8::20\r\n"));
}

/// IPv4 and IPv6 in one list of Via.
#[test]
fn s4_7_mult_ip_in_header() {
    let message = valid(octets(
        "BYE sip:user@host.example.net SIP/2.0
Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144
Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200
Call-ID: 997077@lau_4100
Max-Forwards: 70
CSeq: 89187 BYE
To: sip:user@example.net;tag=9817--94
From: sip:user@example.com;tag=81x2
Content-Length: 0

",
    ));
    let vias = vias(&message);
    let sent_by: Vec<_> = vias.iter().map(|via| (via.host, via.port)).collect();
    assert_eq!(
        sent_by,
        [
            (v6("2001:db8::9:1"), Some(6050)),
            (Host::V4([192, 0, 2, 1].into()), None),
            (v6("2001:db8::9:255"), None),
        ]
    );
    assert_eq!(vias[2].received(), Some([192, 0, 2, 200].into()));
}

/// IPv4 and IPv6 in one session description.
#[test]
fn s4_8_mult_ip_in_sdp() {
    let message = valid(invite(
        "2001:db8::9:1",
        8912,
        "v=0
o=bob 280744730 28977631 IN IP4 host.example.com
s=
t=0 0
m=audio 22334 RTP/AVP 0
c=IN IP4 192.0.2.1
m=video 6024 RTP/AVP 107
c=IN IP6 2001:db8::1
a=rtpmap:107 H263-1998/90000
",
    ));
    let body = std::str::from_utf8(message.body()).unwrap();
    assert!(body.contains("c=IN IP4 192.0.2.1\r\n") && body.contains("c=IN IP6 2001:db8::1\r\n"));
}

/// IPv4-mapped addresses.
#[test]
fn s4_9_ipv4_mapped_ipv6() {
    let body = octets(
        "v=0
o=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2
s=Call me soon, please!
c=IN IP6 ::ffff:192.0.2.2
t=3338481189 3370017201
m=audio 6000 RTP/AVP 2
a=rtpmap:2 G726-32/8000
m=video 6024 RTP/AVP 107
a=rtpmap:107 H263-1998/90000
",
    );
    let message = valid(with_body(
        "INVITE sip:user@example.com SIP/2.0
To: sip:user@example.com
From: sip:user@east.example.com;tag=81x2
Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19
Via: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111
Call-ID: SSG9559905523997077@hlau_4100
Contact: \"T. desk phone\" <sip:ted@[::ffff:192.0.2.2]>
CSeq: 612 INVITE
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: 236
",
        body,
    ));
    let vias = vias(&message);
    assert_eq!(
        (vias[0].host, vias[0].port),
        (v6("::ffff:192.0.2.10"), Some(19_823))
    );
    assert_eq!(vias[1].host, v6("::ffff:192.0.2.2"));
    // It is the mapped address, and not the IPv4 address in it.
    assert_ne!(vias[1].host, Host::V4([192, 0, 2, 2].into()));
    // The standard counted the body nine octets short: a datagram's surplus is ignored.
    assert_eq!(message.body().len(), 236);
}

fn options(host: &str) -> Bytes {
    octets(&format!(
        "OPTIONS sip:user@[{host}] SIP/2.0
To: sip:user@[{host}]
From: sip:user@example.com;tag=810x2
Via: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bKas3-111
Call-ID: G9559905523997077@hlau_4100
CSeq: 689 OPTIONS
Max-Forwards: 70
Content-Length: 0

"
    ))
}

/// Three colons before an IPv4 address, which RFC 3261's grammar makes: taken, and understood as two.
#[test]
fn s4_10_ipv6_bug_abnf_3_colons() {
    let message = valid(options("2001:db8:::192.0.2.1"));
    let uri = sip(message.request_uri().unwrap());
    assert_eq!(uri.host, v6("2001:db8::192.0.2.1"));
    assert_eq!(uri.to_string(), "sip:user@[2001:db8::c000:201]");
}

#[test]
fn s4_10_ipv6_correct_abnf_2_colons() {
    let message = valid(options("2001:db8::192.0.2.1"));
    let uri = sip(message.request_uri().unwrap());
    assert_eq!(uri.host, v6("2001:db8::192.0.2.1"));
}
