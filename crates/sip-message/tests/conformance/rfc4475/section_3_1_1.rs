//! Valid messages.

use sip_message::{
    Contact, ContentLength, ContentType, Expires, From, Host, MaxForwards, Message, Multipart,
    Name, Route, StartLine, Status, To, Transport, Via,
};

use super::messages;
use super::{Basics, all, basics, contacts, hops, names, parsed, read, sip, unknown, valid};
use sip_message::{TypedHeader, Uri, uri};

/// Folds, compact names, white space wherever it may stand, escaped quotes, unknown header fields.
#[test]
fn s3_1_1_1_wsinv() {
    let message = valid(messages::wsinv());
    assert_eq!(
        message.start_line(),
        StartLine::Request {
            method: sip_message::Method::INVITE,
            uri: "sip:vivekg@chair-dnrc.example.com;unknownparam"
        }
    );
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n")),
            from: ("sip:jdrosen@example.com", Some("98asjd8")),
            call_id: "wsinv.ndaksdj@192.0.2.1",
            cseq: (9, "INVITE"),
        }
    );
    let display = read::<From<'_>>(&message).display_name();
    assert_eq!(display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(read::<MaxForwards>(&message), MaxForwards(68));
    assert_eq!(read::<ContentLength>(&message).0, 150);
    assert_eq!(
        hops(&message),
        [
            ("UDP 192.0.2.2".to_owned(), Some("390skdjuw")),
            ("TCP spindle.example.com".to_owned(), Some("z9hG4bK9ikj8")),
            ("UDP 192.168.255.111".to_owned(), Some("z9hG4bK30239")),
        ]
    );
    assert_eq!(message.header(Name::SUBJECT), Some(""));
    assert_eq!(
        message.header(Name::new("newfangledheader")),
        Some("newfangled value\r\n continued newfangled value")
    );
    assert_eq!(
        message.header(Name::new("UnknownHeaderWithUnusualValue")),
        Some(";;,,;;,;")
    );
    assert!(read::<ContentType<'_>>(&message).is("application/sdp"));
    let route = sip(read::<Route<'_>>(&message).uri);
    assert!(route.is_loose_router());
    assert_eq!(route.params.get("unknownwith"), Some("value"));
    assert!(route.params.has("unknown-no-value"));
    let contact = read::<Contact<'_>>(&message);
    let address = *contact.address().unwrap();
    assert_eq!(
        address.display_name().as_deref(),
        Some("Quoted string \"\"")
    );
    assert_eq!(address.uri, "sip:jdrosen@example.com");
    assert_eq!(address.params.get("newparam"), Some("newvalue"));
    assert!(address.params.has("secondparam"));
    assert_eq!(contact.q(), Some(330));
    assert_eq!(message.body().len(), 150);
    // 20 lines that begin without white space.
    assert_eq!(
        names(&message).join(","),
        "TO,from,MaX-fOrWaRdS,Call-ID,Content-Length,cseq,Via,s,NewFangledHeader,\
         UnknownHeaderWithUnusualValue,Content-Type,Route,v,m"
    );
}

/// Every character that tokens, user parts, words and extension values may have; control characters in quotes.
#[test]
fn s3_1_1_2_intmeth() {
    const METHOD: &str = "!interesting-Method0123456789_*+`.%indeed'~";
    const TO: &str = "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com";
    let message = valid(messages::intmeth());
    assert_eq!(unknown(message.method()), METHOD);
    let uri = sip(message.request_uri().unwrap());
    assert_eq!(
        uri.user,
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    assert_eq!(
        uri.password,
        Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    );
    assert_eq!(
        basics(&message),
        Basics {
            to: (TO, None),
            from: ("sip:mundane@example.com", Some("_token~1'+`*%!-.")),
            call_id: "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
            cseq: (139_122_385, METHOD),
        }
    );
    assert_eq!(
        hops(&message),
        [(
            "TCP host1.example.com".to_owned(),
            Some("z9hG4bK-.!%66*_+`'~")
        )]
    );
    let to = read::<To<'_>>(&message);
    assert_eq!(
        to.display_name().as_deref(),
        Some("BEL:\x07 NUL:\0 DEL:\x7f")
    );
    let from = read::<From<'_>>(&message);
    assert_eq!(from.display, Some("token1~` token2'+_ token3*%!.-"));
    assert_eq!(
        from.params.unquoted("fromParam''~+*_!.-%").as_deref(),
        Some("работающий")
    );
    assert_eq!(read::<MaxForwards>(&message), MaxForwards(255));
    assert_eq!(
        message.header(Name::new("EXTENSIONHEADER-!.%*+_`'~")),
        Some("\u{feff}大停電")
    );
    // The refusal that such a method gets (405, 501) takes over what it must, NUL and all.
    let response = Message::response(&message, Status::NOT_IMPLEMENTED);
    for name in [Name::TO, Name::FROM, Name::CALL_ID, Name::CSEQ, Name::VIA] {
        assert_eq!(response.header(name), message.header(name));
    }
}

/// Escapes in URIs stand for characters; case and escapes in parameters.
#[test]
fn s3_1_1_3_esc01() {
    let message = valid(messages::esc01());
    let request_uri = sip(message.request_uri().unwrap());
    assert_eq!(
        request_uri.user.map(uri::decode).as_deref(),
        Some("sips:user@example.com")
    );
    assert_eq!(request_uri.host, Host::Name("example.net"));
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:%75se%72@example.com", None),
            from: ("sip:I%20have%20spaces@example.net", Some("938")),
            call_id: "esc01.239409asdfakjkn23onasd0-3234",
            cseq: (234_234, "INVITE"),
        }
    );
    let same = |a: &str, b: &str| Uri::parse(a).unwrap().equivalent(&Uri::parse(b).unwrap());
    assert!(same("sip:%75se%72@example.com", "sip:user@example.com"));
    let contact = contacts(&message)[0];
    assert!(same(
        contact,
        "sip:caller@host5.example.net;lr;name=value%25%34%31"
    ));
    // `value%41` it is, and not `valueA`: escapes are resolved once.
    assert_eq!(uri::decode("v%61lue%25%34%31"), "value%41");
    assert!(!same(
        contact,
        "sip:caller@host5.example.net;lr;name=valueA"
    ));
}

/// An escaped NUL is a character like others: two contacts, and not one.
#[test]
fn s3_1_1_4_escnull() {
    let message = valid(messages::escnull());
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:null-%00-null@example.com", None),
            from: ("sip:null-%00-null@example.com", Some("839923423")),
            call_id: "escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd",
            cseq: (14_398_234, "REGISTER"),
        }
    );
    let contacts = contacts(&message);
    assert_eq!(
        contacts,
        ["sip:%00@host5.example.com", "sip:%00%00@host5.example.com"]
    );
    assert!(!sip_of(contacts[0]).equivalent(&sip_of(contacts[1])));
    assert_eq!(uri::decode("null-%00-null"), "null-\0-null");
}

fn sip_of(text: &str) -> Uri<'_> {
    Uri::parse(text).expect("a URI")
}

/// `%` is no escape in methods, names of header fields and display names.
#[test]
fn s3_1_1_5_esc02() {
    let message = valid(messages::esc02());
    assert_eq!(unknown(message.method()), "RE%47IST%45R");
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:resource@example.com", None),
            from: ("sip:resource@example.com", Some("f232jadfj23")),
            call_id: "esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf",
            cseq: (29_344, "RE%47IST%45R"),
        }
    );
    assert_eq!(
        read::<To<'_>>(&message).display_name().as_deref(),
        Some("%Z%45")
    );
    assert_eq!(
        contacts(&message),
        [
            "sip:alias1@host1.example.com",
            "sip:alias3@host3.example.com"
        ]
    );
    assert_eq!(
        message.header(Name::new("C%6Fntact")),
        Some("<sip:alias2@host2.example.com>")
    );
    assert_eq!(
        hops(&message),
        [(
            "TCP host.example.com".to_owned(),
            Some("z9hG4bK209%fzsnel234")
        )]
    );
}

/// No white space between display name and `<`.
#[test]
fn s3_1_1_6_lwsdisp() {
    let message = valid(messages::lwsdisp());
    let from = read::<From<'_>>(&message);
    assert_eq!(from.display_name().as_deref(), Some("caller"));
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:user@example.com", None),
            from: ("sip:caller@example.com", Some("323")),
            call_id: "lwsdisp.1234abcd@funky.example.com",
            cseq: (60, "OPTIONS"),
        }
    );
}

/// Long values everywhere, and 34 hops.
#[test]
fn s3_1_1_7_longreq() {
    let message = valid(messages::longreq());
    let to = read::<To<'_>>(&message);
    let uri = sip(to.uri);
    assert_eq!(to.display_name().unwrap().len(), 22 + 70 + 11);
    assert_eq!((uri.user, uri.port), (Some("user"), Some(6000)));
    assert_eq!(uri.params.get("unknownparam1").unwrap().len(), 4 + 80 + 5);
    assert_eq!(
        uri.params.get(&format!("longparam{}", "name".repeat(25))),
        Some("shortvalue")
    );
    assert_eq!(uri.params.iter().count(), 3);
    let from = read::<From<'_>>(&message);
    assert_eq!(from.tag().unwrap().len(), 2 + 150 + 3);
    assert_eq!(from.params.iter().count(), 3);
    assert_eq!(basics(&message).call_id.len(), 8 + 3 + 120 + 10);
    assert_eq!(basics(&message).cseq, (3_882_340, "INVITE"));
    let unknown = Name::new(names(&message)[4]);
    assert_eq!(unknown.as_str().len(), 8 + 80 + 5);
    assert!(
        message
            .header(unknown)
            .unwrap()
            .ends_with("-parameter-value")
    );
    let vias = all::<Via<'_>>(&message);
    assert_eq!(vias.len(), 34);
    for (via, hop) in vias.iter().zip((1..=33).rev()) {
        let name = format!("sip{hop}.example.com");
        assert_eq!(
            (via.transport, via.host),
            (Transport::TCP, Host::Name(&name))
        );
    }
    assert_eq!(vias[33].branch().unwrap().len(), 4 + 200 + 11);
    assert_eq!(vias[33].received(), Some("192.0.2.5".parse().unwrap()));
    assert_eq!(contacts(&message)[0].len(), 4 + 115 + 18);
    assert_eq!(message.body().len(), 150);
}

/// What follows the body of a datagram is no part of it.
#[test]
fn s3_1_1_8_dblreq() {
    let octets = messages::dblreq();
    let message = valid(octets.clone());
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:j.user@example.com", None),
            from: ("sip:j.user@example.com", Some("43251j3j324")),
            call_id: "dblreq.0ha0isndaksdj99sdfafnl3lk233412",
            cseq: (8, "REGISTER"),
        }
    );
    assert_eq!(message.body(), b"");
    assert!(message.to_bytes().len() < octets.len() / 2);
    // On a connection the line end between them is passed over, and the INVITE is the next message.
    let mut framer = sip_message::Framer::new(1024);
    framer.push(&octets);
    let mut methods = Vec::new();
    while let Ok(Some(piece)) = framer.next() {
        if let sip_message::Piece::Message(message) = piece {
            methods.push(message.method().unwrap().to_string());
        }
    }
    assert_eq!(methods, ["REGISTER", "INVITE"]);
}

/// A user part with `;` and an escaped `@`: no parameter of the URI.
#[test]
fn s3_1_1_9_semiuri() {
    let message = valid(messages::semiuri());
    let uri = sip(message.request_uri().unwrap());
    assert_eq!(uri.user, Some("user;par=u%40example.net"));
    assert_eq!(
        uri.user.map(uri::decode).as_deref(),
        Some("user;par=u@example.net")
    );
    assert!(uri.params.is_empty());
    assert_eq!(
        message.elements(Name::ACCEPT).collect::<Vec<_>>(),
        [
            "application/sdp",
            "application/pkcs7-mime",
            "multipart/mixed",
            "multipart/signed",
            "message/sip",
            "message/sipfrag"
        ]
    );
    assert_eq!(basics(&message).cseq, (8, "OPTIONS"));
}

/// Transports known and unknown.
#[test]
fn s3_1_1_10_transports() {
    let message = valid(messages::transports());
    assert_eq!(
        hops(&message),
        [
            ("UDP t1.example.com".to_owned(), Some("z9hG4bKkdjuw")),
            ("SCTP t2.example.com".to_owned(), Some("z9hG4bKklasjdhf")),
            ("TLS t3.example.com".to_owned(), Some("z9hG4bK2980unddj")),
            ("UNKNOWN t4.example.com".to_owned(), Some("z9hG4bKasd0f3en")),
            ("TCP t5.example.com".to_owned(), Some("z9hG4bK0a9idfnee")),
        ]
    );
    assert_eq!(
        basics(&message).call_id,
        "transports.kijh4akdnaqjkwendsasfdj"
    );
}

/// A body of two parts, one of them binary.
#[test]
fn s3_1_1_11_mpart01() {
    let message = valid(messages::mpart01());
    assert_eq!(
        basics(&message),
        Basics {
            to: ("sip:kumiko@example.org", None),
            from: ("sip:fluffy@example.com", Some("2fb0dcc9")),
            call_id: "3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..",
            cseq: (1, "MESSAGE"),
        }
    );
    assert_eq!(message.header(Name::IDENTITY).unwrap().len(), 172);
    assert_eq!(read::<Via<'_>>(&message).rport(), Some(None));
    assert_eq!(message.body().len(), 553);
    let content_type = read::<ContentType<'_>>(&message);
    let parts: Vec<_> = Multipart::new(&content_type, message.body())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let [text, signature] = &parts[..] else {
        panic!("{parts:?}")
    };
    assert!(text.content_type().unwrap().unwrap().is("text/plain"));
    assert_eq!(text.body, b"Hello");
    assert_eq!(
        signature.header(Name::new("Content-Transfer-Encoding")),
        Some("binary")
    );
    assert_eq!(signature.body, crate::octets::hex(messages::SIGNATURE));
}

/// A reason phrase in UTF-8.
#[test]
fn s3_1_1_12_unreason() {
    let message = valid(messages::unreason());
    assert_eq!(
        message.start_line(),
        StartLine::Response {
            status: Status::OK,
            reason: "= 2**3 * 5**2 но сто девяносто девять - простое"
        }
    );
    assert_eq!(basics(&message).to, ("sip:user@example.edu", Some("2229")));
    assert_eq!(message.body().len(), 154);
}

/// An empty reason phrase.
#[test]
fn s3_1_1_13_noreason() {
    let message = valid(messages::noreason());
    assert_eq!(
        message.start_line(),
        StartLine::Response {
            status: Status::TRYING,
            reason: ""
        }
    );
    assert_eq!(contacts(&message), ["sip:user@host105.example.com"]);
    // Without the space too, which many leave out.
    let text = String::from_utf8(messages::noreason().to_vec()).unwrap();
    let without = parsed(text.replacen("100 \r\n", "100\r\n", 1).into());
    assert_eq!(without.start_line(), message.start_line());
    assert!(message.read::<Expires>().unwrap().is_none());
    assert!(Contact::parse("*").is_ok());
}
