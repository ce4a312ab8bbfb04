//! RFC 4475: what each torture message is about, in messages of our own. The two steps give the verdict of the text:
//! `Message::parse` fails where nothing can be answered, `validate` names the response.

use bytes::Bytes;
use sip_message::{
    Authorization, CSeq, CallId, Contact, From, Host, MaxForwards, Message, Method, Name,
    ParseError, Route, Status, To, Transport, Uri, Via, validate,
};

/// A request with the start line and lines that a case is about; lines left out are filled in.
fn request(method: &str, uri: &str, lines: &[&str]) -> Message {
    let mut text = format!("{method} {uri} SIP/2.0\r\n");
    let usual = [
        ("Via", "SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw"),
        ("To", "<sip:user@example.com>"),
        ("From", "<sip:caller@example.net>;tag=938"),
        ("Max-Forwards", "87"),
        ("Call-ID", "case.239409asdfakjkn23onasd0-3234"),
        ("CSeq", &format!("234234 {method}")),
    ];
    for (name, value) in usual {
        let is_given = lines.iter().any(|line| {
            let given = line.split(':').next().unwrap_or("").trim();
            Name::new(given) == Name::new(name)
        });
        if !is_given {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    Message::parse(Bytes::from(text)).unwrap()
}

fn status(message: &Message) -> Option<Status> {
    validate(message).err().map(|invalid| invalid.status)
}

/// §3.1.1.1 wsinv: folds, compact names, white space wherever it may stand, escaped quotes, an unknown header.
#[test]
fn section_3_1_1_1_unusual_but_valid() {
    let message = request(
        "INVITE",
        "sip:vivekg@chair-dnrc.example.com;unknownparam",
        &[
            "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
            "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8",
            "MaX-fOrWaRdS: 0068",
            "cseq: 0009\r\n  INVITE",
            "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw",
            "s :",
            "UnknownHeaderWithUnusualValue: ;;,,;;,;",
            "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
            "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239",
            "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33",
        ],
    );
    assert_eq!(validate(&message), Ok(()));
    let branches: Vec<_> = message
        .read_all::<Via<'_>>()
        .map(|via| via.unwrap().branch())
        .collect();
    assert_eq!(
        branches,
        [
            Some("390skdjuw"),
            Some("z9hG4bK9ikj8"),
            Some("z9hG4bK30239")
        ]
    );
    let to = message.read::<To<'_>>().unwrap().unwrap();
    assert_eq!(
        (to.uri, to.tag()),
        ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n"))
    );
    let from = message.read::<From<'_>>().unwrap().unwrap();
    assert_eq!(from.display_name().as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(message.read::<MaxForwards>(), Ok(Some(MaxForwards(68))));
    let contact = message.read::<Contact<'_>>().unwrap().unwrap();
    assert_eq!(contact.q(), Some(330));
    assert_eq!(
        contact.address().unwrap().display_name().as_deref(),
        Some("Quoted string \"\"")
    );
    assert_eq!(message.header(Name::SUBJECT), Some(""));
    assert!(message.read::<Route<'_>>().unwrap().unwrap().uri().is_ok());
}

/// §3.1.1.2 intmeth: every character that a token may have; control characters in quotes.
#[test]
fn section_3_1_1_2_wide_range_of_characters() {
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    let message = request(
        method,
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
        &[
            "To: \"BEL:\\\x07 NUL:\\\0 DEL:\\\x7F\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>",
            "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.",
            "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
            "extensionHeader-!.%*+_`'~:\u{feff}大停電",
        ],
    );
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(message.method(), Some(Method(method)));
    assert!(!Method(method).is_known());
    let Ok(Uri::Sip(uri)) = Uri::parse(message.request_uri().unwrap()) else {
        panic!("a SIP URI")
    };
    assert_eq!(
        uri.user,
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    assert_eq!(
        uri.password,
        Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    );
    let to = message.read::<To<'_>>().unwrap().unwrap();
    assert_eq!(
        to.display_name().as_deref(),
        Some("BEL:\x07 NUL:\0 DEL:\x7F")
    );
    let from = message.read::<From<'_>>().unwrap().unwrap();
    assert_eq!(
        from.params.unquoted("fromParam''~+*_!.-%").as_deref(),
        Some("работающий")
    );
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
    // It survives a response, NUL and all.
    let response = Message::response(&message, Status::NOT_IMPLEMENTED);
    assert_eq!(response.header(Name::TO), message.header(Name::TO));
    assert_eq!(
        response.header(Name::CALL_ID),
        message.header(Name::CALL_ID)
    );
}

/// §3.1.1.3 esc01, §3.1.1.4 escnull, §3.1.1.5 esc02: escapes stand for characters in URIs, and nowhere else.
#[test]
fn section_3_1_1_3_to_5_escapes() {
    let message = request(
        "INVITE",
        "sip:sips%3Auser%40example.com@example.net",
        &["To: sip:%75se%72@example.com"],
    );
    assert_eq!(validate(&message), Ok(()));
    let to = message.read::<To<'_>>().unwrap().unwrap().uri().unwrap();
    assert!(to.equivalent(&Uri::parse("sip:user@EXAMPLE.com").unwrap()));
    let nulls = request(
        "REGISTER",
        "sip:example.com",
        &[
            "Contact: <sip:%00@host5.example.com>",
            "Contact: <sip:%00%00@host5.example.com>",
        ],
    );
    assert_eq!(validate(&nulls), Ok(()));
    let uris: Vec<_> = nulls
        .read_all::<Contact<'_>>()
        .map(|contact| contact.unwrap().address().unwrap().uri)
        .collect();
    let [one, two] = uris[..] else {
        panic!("{uris:?}")
    };
    assert!(
        !Uri::parse(one)
            .unwrap()
            .equivalent(&Uri::parse(two).unwrap())
    );
    let percent = request(
        "RE%47IST%45R",
        "sip:registrar.example.com",
        &["To: \"%Z%45\" <sip:resource@example.com>"],
    );
    assert_eq!(validate(&percent), Ok(()));
    assert_ne!(percent.method(), Some(Method::REGISTER));
    assert_eq!(
        percent
            .read::<To<'_>>()
            .unwrap()
            .unwrap()
            .display_name()
            .as_deref(),
        Some("%Z%45")
    );
}

/// §3.1.1.6 lwsdisp, §3.1.1.9 semiuri, §3.1.1.10 transports.
#[test]
fn section_3_1_1_6_to_10_addresses_and_transports() {
    let message = request(
        "OPTIONS",
        "sip:user;par=u%40example.net@example.com",
        &[
            "From: caller<sip:caller@example.com>;tag=323",
            "Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw",
            "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
            "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
            "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
        ],
    );
    assert_eq!(validate(&message), Ok(()));
    let Ok(Uri::Sip(uri)) = Uri::parse(message.request_uri().unwrap()) else {
        panic!("a SIP URI")
    };
    assert_eq!(
        (uri.user, uri.host),
        (Some("user;par=u%40example.net"), Host::Name("example.com"))
    );
    assert!(uri.params.is_empty());
    let transports: Vec<_> = message
        .read_all::<Via<'_>>()
        .map(|via| via.unwrap().transport)
        .collect();
    assert_eq!(
        transports,
        [
            Transport::UDP,
            Transport::SCTP,
            Transport::TLS,
            Transport("unknown")
        ]
    );
}

/// §3.1.1.7 longreq: long names, values and lists.
#[test]
fn section_3_1_1_7_long_values() {
    let long = "longvalue".repeat(100);
    let vias: Vec<String> = (0..40)
        .map(|hop| format!("Via: SIP/2.0/TCP sip{hop}.example.com;branch=z9hG4bK{hop}{long}"))
        .collect();
    let mut lines: Vec<&str> = vias.iter().map(String::as_str).collect();
    let unknown = format!("Unknown-{long}: unknown-{long}");
    lines.push(&unknown);
    let message = request(
        "INVITE",
        &format!("sip:user@example.com;{long}={long}"),
        &lines,
    );
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(
        message
            .read_all::<Via<'_>>()
            .filter(|via| via.is_ok())
            .count(),
        40
    );
}

/// §3.1.1.8 dblreq: a second request behind the first in the same datagram is not seen.
#[test]
fn section_3_1_1_8_extra_octets() {
    let first = "REGISTER sip:example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:j.user@example.com;tag=43251j3j324\r\n\
        Max-Forwards: 8\r\nI: dblreq.0ha0isndaksdj99sdfafnl3lk233412\r\nContact: sip:j.user@host.example.com\r\n\
        CSeq: 8 REGISTER\r\nVia: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492\r\nContent-Length: 0\r\n\r\n";
    let message =
        Message::parse(format!("{first}INVITE sip:joe@example.com SIP/2.0\r\n").into()).unwrap();
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(message.to_bytes(), first.as_bytes());
}

/// §3.1.2, what is answered 400 and is not in `rfc3261_section_7.rs` already.
#[test]
fn section_3_1_2_refused() {
    for (clause, message) in [
        (
            "1",
            request(
                "INVITE",
                "sip:user@example.com",
                &["Via: SIP/2.0/UDP 192.0.2.15;;,;,,"],
            ),
        ),
        (
            "1",
            request(
                "INVITE",
                "sip:user@example.com",
                &["Contact: \"Joe\" <sip:joe@example.org>;;;;,,"],
            ),
        ),
        (
            "4",
            request(
                "REGISTER",
                "sip:example.com",
                &["CSeq: 36893488147419103232 REGISTER"],
            ),
        ),
        (
            "4",
            request("REGISTER", "sip:example.com", &["Max-Forwards: 300"]),
        ),
        (
            "6",
            request(
                "INVITE",
                "sip:user@example.com",
                &["To: \"Mr. J. User <sip:j.user@example.com>"],
            ),
        ),
        ("7", request("INVITE", "<sip:user@example.com>", &[])),
        ("8", request("INVITE", "sip:user@example.com; lr", &[])),
        (
            "11",
            request(
                "INVITE",
                "sip:user@example.com?Route=%3Csip:example.com%3E",
                &[],
            ),
        ),
        (
            "13",
            request(
                "REGISTER",
                "sip:example.com",
                &["Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"],
            ),
        ),
        (
            "14",
            request(
                "OPTIONS",
                "sip:user@example.org",
                &["To: \"Watson, Thomas\" < sip:t.watson@example.org >"],
            ),
        ),
        (
            "15",
            request(
                "OPTIONS",
                "sip:t.watson@example.org",
                &["From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"],
            ),
        ),
        (
            "17",
            request("OPTIONS", "sip:user@example.com", &["CSeq: 8 INVITE"]),
        ),
        (
            "18",
            request("NEWMETHOD", "sip:user@example.com", &["CSeq: 8 INVITE"]),
        ),
    ] {
        assert_eq!(
            status(&message),
            Some(Status::BAD_REQUEST),
            "§3.1.2.{clause}"
        );
    }
}

/// §3.1.2.5 scalarlg and §3.1.2.19 bigcode: responses that are dropped.
#[test]
fn section_3_1_2_dropped_responses() {
    let response = |status: &str, cseq: &str| {
        Message::parse(
            format!(
                "SIP/2.0 {status}\r\nVia: SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw\r\n\
                 To: <sip:user@example.com>\r\nFrom: <sip:other@example.net>;tag=2easdjfejw\r\n\
                 Call-ID: 1\r\nCSeq: {cseq}\r\n\r\n"
            )
            .into(),
        )
    };
    let large = response("503 Service Unavailable", "9292394834772304023312 OPTIONS").unwrap();
    let invalid = validate(&large).unwrap_err();
    assert!(invalid.response(&large).is_none());
    let code = response("4294967301 better not break the receiver", "1 OPTIONS");
    assert_eq!(code.err(), Some(ParseError::StatusCode));
}

/// §3.2.1 badbranch and §3.4.1 inv2543: an empty branch, none, no Max-Forwards and no tag are no syntax errors.
#[test]
fn section_3_2_1_and_3_4_1_old_transactions() {
    let message = request(
        "OPTIONS",
        "sip:user@example.com",
        &["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"],
    );
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(
        message.read::<Via<'_>>().unwrap().unwrap().branch(),
        Some("z9hG4bK")
    );
    let mut old = request(
        "INVITE",
        "sip:UserB@example.com",
        &[
            "Via: SIP/2.0/UDP iftgw.example.com",
            "From: <sip:+13035551111@ift.client.example.net;user=phone>",
        ],
    );
    old.remove(Name::MAX_FORWARDS);
    assert_eq!(validate(&old), Ok(()));
    assert_eq!(old.read::<Via<'_>>().unwrap().unwrap().branch(), None);
    assert_eq!(old.read::<From<'_>>().unwrap().unwrap().tag(), None);
}

/// §3.3.2 unkscm, §3.3.3 novelsc: 416. §3.3.4 unksm2: unknown schemes elsewhere are no error of syntax.
#[test]
fn section_3_3_2_to_4_unknown_schemes() {
    for uri in [
        "nobodyKnowsThisScheme:totallyopaquecontent",
        "soap.beep://192.0.2.103:3002",
    ] {
        assert_eq!(
            status(&request("OPTIONS", uri, &[])),
            Some(Status::UNSUPPORTED_URI_SCHEME)
        );
    }
    let elsewhere = request(
        "REGISTER",
        "sip:example.com",
        &[
            "To: isbn:2983792873",
            "From: <http://www.example.com>;tag=3234233",
            "Contact: <name:John_Smith>",
        ],
    );
    assert_eq!(validate(&elsewhere), Ok(()));
}

/// §3.3.7 regaut01, §3.3.11 zeromf: readable, and left to the element.
#[test]
fn section_3_3_7_and_11_left_to_the_element() {
    let message = request(
        "REGISTER",
        "sip:example.com",
        &[
            "Authorization: NoOneKnowsThisScheme opaque-data=here",
            "Max-Forwards: 0",
        ],
    );
    assert_eq!(validate(&message), Ok(()));
    assert!(
        !message
            .read::<Authorization<'_>>()
            .unwrap()
            .unwrap()
            .is_digest()
    );
    assert_eq!(message.read::<MaxForwards>(), Ok(Some(MaxForwards(0))));
}

/// §3.3.8 multi01: refused, and the refusal has each field once.
#[test]
fn section_3_3_8_doubled_fields() {
    let message = request(
        "INVITE",
        "sip:user@company.com",
        &[
            "CSeq: 5 INVITE",
            "CSeq: 59 INVITE",
            "Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw",
            "To: sip:user@company.com",
            "t: <sip:other@company.com>",
        ],
    );
    let invalid = validate(&message).unwrap_err();
    assert_eq!(invalid.status, Status::BAD_REQUEST);
    let response = invalid.response(&message).unwrap();
    assert_eq!(validate(&response), Ok(()));
    assert_eq!(response.header(Name::CSEQ), Some("5 INVITE"));
}

/// §3.3.12 cparam01, §3.3.13 cparam02, §3.3.14 regescrt: whose a Contact's parameters and headers are.
#[test]
fn section_3_3_12_to_14_contacts() {
    let message = request(
        "REGISTER",
        "sip:example.com",
        &[
            "Contact: sip:+19725552222@gw1.example.net;unknownparam",
            "Contact: <sip:+19725552222@gw1.example.net;unknownparam>",
            "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
        ],
    );
    assert_eq!(validate(&message), Ok(()));
    let uris: Vec<_> = message
        .read_all::<Contact<'_>>()
        .map(|contact| contact.unwrap().address().unwrap().uri)
        .collect();
    assert_eq!(
        uris,
        [
            "sip:+19725552222@gw1.example.net",
            "sip:+19725552222@gw1.example.net;unknownparam",
            "sip:user@example.com?Route=%3Csip:sip.example.com%3E"
        ]
    );
}

/// Typed values that the cases above do not name.
#[test]
fn the_filled_in_lines_are_sound() {
    let message = request("OPTIONS", "sip:user@example.com", &[]);
    assert_eq!(validate(&message), Ok(()));
    assert_eq!(message.read::<CSeq<'_>>().unwrap().unwrap().seq, 234_234);
    assert_eq!(
        message.read::<CallId<'_>>(),
        Ok(Some(CallId("case.239409asdfakjkn23onasd0-3234")))
    );
}
