//! Transaction layer, application layer and RFC 2543 (§3.2 to §3.4): nearly all are valid, and what they say is read.

use sip_message::{
    Authorization, ContentType, From, Host, MaxForwards, Method, Name, ProxyRequire, RecordRoute,
    Require, Status, TypedHeader, Uri, Via, validate,
};

use super::messages;
use super::{Basics, all, bad, basics, contacts, hops, parsed, read, refused, sip, valid};

/// A branch that is only the cookie.
#[test]
fn s3_2_1_badbranch() {
    let message = valid(messages::badbranch());
    assert_eq!(
        hops(&message),
        [("UDP 192.0.2.1".to_owned(), Some("z9hG4bK"))]
    );
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:user@example.com", None),
            from: ("sip:caller@example.org", Some("33242")),
            call_id: "badbranch.sadonfo23i420jv0as0derf3j3n",
            cseq: (8, "OPTIONS"),
        }
    );
}

/// No Call-ID, From and To: 400, which is sent with what there is.
#[test]
fn s3_3_1_insuf() {
    assert_eq!(refused(messages::insuf()), bad("From missing"));
    let message = parsed(messages::insuf());
    let response = validate(&message).unwrap_err().response(&message).unwrap();
    assert_eq!(response.header(Name::CSEQ), Some("193942 INVITE"));
    assert_eq!(response.header(Name::FROM), None);
}

/// A scheme that nobody knows.
#[test]
fn s3_3_2_unkscm() {
    assert_eq!(
        refused(messages::unkscm()).0,
        Status::UNSUPPORTED_URI_SCHEME
    );
}

/// A scheme of something else.
#[test]
fn s3_3_3_novelsc() {
    assert_eq!(
        refused(messages::novelsc()).0,
        Status::UNSUPPORTED_URI_SCHEME
    );
}

/// Unknown schemes in To, From and Contact are no errors of syntax.
#[test]
fn s3_3_4_unksm2() {
    let message = valid(messages::unksm2());
    assert_eq!(
        basics(&message),
        Basics {
            to: ("isbn:2983792873", None),
            from: ("http://www.example.com", Some("3234233")),
            call_id: "unksm2.daksdj@hyphenated-host.example.com",
            cseq: (234_902, "REGISTER"),
        }
    );
    assert_eq!(
        read::<From<'_>>(&message).uri(),
        Ok(Uri::Other {
            scheme: "http",
            rest: "//www.example.com"
        })
    );
    assert_eq!(contacts(&message), ["name:John_Smith"]);
}

/// Extensions that nobody supports, for 420 with Unsupported.
#[test]
fn s3_3_5_bext01() {
    let message = valid(messages::bext01());
    let require: Vec<_> = all::<Require<'_>>(&message).iter().map(|r| r.0).collect();
    assert_eq!(
        require,
        ["nothingSupportsThis", "nothingSupportsThisEither"]
    );
    let proxy: Vec<_> = all::<ProxyRequire<'_>>(&message)
        .iter()
        .map(|r| r.0)
        .collect();
    assert_eq!(
        proxy,
        ["noProxiesSupportThis", "norDoAnyProxiesSupportThis"]
    );
}

/// A body of an unknown type, for 415.
#[test]
fn s3_3_6_invut() {
    let message = valid(messages::invut());
    let content_type = read::<ContentType<'_>>(&message);
    assert_eq!(content_type.parts(), ("application", "unknownformat"));
    assert_eq!(message.body().len(), 40);
}

/// An unknown scheme of authentication is as none, for 401.
#[test]
fn s3_3_7_regaut01() {
    let message = valid(messages::regaut01());
    let authorization = read::<Authorization<'_>>(&message);
    assert_eq!(authorization.scheme, "NoOneKnowsThisScheme");
    assert!(!authorization.is_digest());
    assert_eq!(authorization.get("opaque-data").as_deref(), Some("here"));
}

/// Single header fields doubled: refused, and the refusal has each once.
#[test]
fn s3_3_8_multi01() {
    assert_eq!(refused(messages::multi01()), bad("From more than once"));
    let message = parsed(messages::multi01());
    let response = validate(&message).unwrap_err().response(&message).unwrap();
    assert_eq!(validate(&response), Ok(()));
    for name in [Name::FROM, Name::TO, Name::CALL_ID, Name::CSEQ] {
        assert_eq!(response.all(name).count(), 1);
        assert_eq!(response.header(name), message.header(name));
    }
    // Each of them alone is a reason too.
    for (name, value) in [
        (Name::CSEQ, "59 INVITE"),
        (Name::CALL_ID, "multi01.98asdh@192.0.2.2"),
        (Name::TO, "sip:other@example.net"),
        (Name::FROM, "sip:caller@example.net;tag=2923420123"),
        (Name::MAX_FORWARDS, "5"),
    ] {
        let mut message = valid(messages::baddate());
        message.append(name, value);
        let invalid = validate(&message).unwrap_err();
        assert_eq!(invalid.reason, format!("{name} more than once"));
    }
}

/// Several Content-Lengths: 400, and a connection is of no more use.
#[test]
fn s3_3_9_mcl01() {
    assert_eq!(
        refused(messages::mcl01()),
        bad("Content-Length is not one number")
    );
    let mut framer = sip_message::Framer::new(65_536);
    framer.push(&messages::mcl01());
    assert!(framer.next().is_err());
}

/// A response with a Via behind ours: the element drops it, and nobody sends it to 255.255.255.255.
#[test]
fn s3_3_10_bcast() {
    let message = valid(messages::bcast());
    assert_eq!(message.status(), Some(Status::OK));
    assert_eq!(
        hops(&message),
        [
            ("UDP 192.0.2.198".to_owned(), Some("z9hG4bK1324923")),
            ("UDP 255.255.255.255".to_owned(), Some("z9hG4bK1saber23")),
        ]
    );
}

/// Max-Forwards 0, for 483 or an answer to OPTIONS.
#[test]
fn s3_3_11_zeromf() {
    let message = valid(messages::zeromf());
    assert_eq!(read::<MaxForwards>(&message), MaxForwards(0));
    assert_eq!(message.method(), Some(Method::OPTIONS));
}

/// Without brackets a parameter is the header field's.
#[test]
fn s3_3_12_cparam01() {
    let message = valid(messages::cparam01());
    assert_eq!(contacts(&message), ["sip:+19725552222@gw1.example.net"]);
    let value = message.header(Name::CONTACT).unwrap();
    let contact = sip_message::Contact::parse(value).unwrap();
    assert!(contact.address().unwrap().params.has("unknownparam"));
}

/// In brackets it is the URI's.
#[test]
fn s3_3_13_cparam02() {
    let message = valid(messages::cparam02());
    let contacts = contacts(&message);
    assert_eq!(contacts, ["sip:+19725552222@gw1.example.net;unknownparam"]);
    assert!(sip(contacts[0]).params.has("unknownparam"));
}

/// Header fields in the URI of a Contact are kept, and are no Route of the REGISTER.
#[test]
fn s3_3_14_regescrt() {
    let message = valid(messages::regescrt());
    let uri = sip(contacts(&message)[0]);
    assert_eq!(uri.headers, Some("Route=%3Csip:sip.example.com%3E"));
    assert_eq!(message.all(Name::ROUTE).count(), 0);
}

/// An Accept without application/sdp, for 406.
#[test]
fn s3_3_15_sdp01() {
    let message = valid(messages::sdp01());
    assert_eq!(message.header(Name::ACCEPT), Some("text/nobodyKnowsThis"));
    assert_eq!(message.body().len(), 150);
}

/// No branch, no Max-Forwards, no From tag, no Contact, a Record-Route with maddr.
#[test]
fn s3_4_1_inv2543() {
    let message = valid(messages::inv2543());
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:+16505552222@ss1.example.net", None),
            from: ("sip:+13035551111@ift.client.example.net;user=phone", None),
            call_id: "inv2543.1717@ift.client.example.com",
            cseq: (56, "INVITE"),
        }
    );
    let via = read::<Via<'_>>(&message);
    assert_eq!(
        (via.host, via.branch()),
        (Host::Name("iftgw.example.com"), None)
    );
    assert_eq!(message.header(Name::MAX_FORWARDS), None);
    let route = sip(read::<RecordRoute<'_>>(&message).uri);
    assert_eq!(route.params.get("maddr"), Some("ss1.example.com"));
    assert!(!route.is_loose_router());
    // The body has no Content-Length: it reaches to the end of the datagram.
    assert!(message.body().ends_with(b"m=audio 49217 RTP/AVP 0\r\n"));
}
