//! Every typed header field as it may come: any case, compact, folded, in one line and in several; and broken.

use bytes::Bytes;
use sip_message::{
    Allow, AuthenticationInfo, Authorization, CSeq, CallId, Contact, ContentDisposition,
    ContentEncoding, ContentLanguage, ContentLength, ContentType, Event, Expires, FlowTimer, From,
    HeaderError, MaxForwards, Message, MinExpires, Name, NameAddr, PAccessNetworkInfo,
    PAssertedIdentity, PAssociatedUri, PCalledPartyId, PChargingFunctionAddresses, PChargingVector,
    PPreferredIdentity, PServedUser, PVisitedNetworkId, Path, ProxyAuthenticate,
    ProxyAuthorization, ProxyRequire, RAck, RSeq, Reason, RecordRoute, ReferTo, Require,
    RetryAfter, Route, SecurityClient, SecurityServer, SecurityVerify, ServiceRoute,
    SubscriptionState, Supported, To, TypedHeader, Unsupported, Via, Warning, WwwAuthenticate,
};

/// How a header field may be repeated (RFC 3261 §7.3.1).
#[derive(Clone, Copy, PartialEq)]
enum Repeats {
    Never,
    /// Lines, and elements between commas.
    List,
    /// Lines; a comma belongs to the value.
    Lines,
}
use Repeats::{Lines, List, Never};

/// What is read of all elements, as text.
type Read = fn(&Message) -> Result<Vec<String>, HeaderError>;

struct Row {
    long: &'static str,
    compact: Option<char>,
    repeats: Repeats,
    /// One element, `~` where white space may stand and a line may be folded.
    value: &'static str,
    /// What is read of it.
    facts: &'static str,
    /// Another element; what is read of it begins with its own first character.
    other: &'static str,
    broken: &'static [&'static str],
    read: Read,
}

/// `$facts` of each `$type`.
macro_rules! read {
    ($type:ty, $facts:expr) => {
        |message: &Message| {
            message
                .read_all::<$type>()
                .map(|read| {
                    read.map(|header| {
                        let facts: fn(&$type) -> String = $facts;
                        facts(&header)
                    })
                })
                .collect()
        }
    };
}

fn address(address: &NameAddr<'_>, param: &str) -> String {
    let display = address.display_name().unwrap_or_default();
    let param = address.params.unquoted(param).unwrap_or_default();
    format!("{display} {} {param}", address.uri)
}

fn all(texts: &[Option<&str>]) -> String {
    let texts: Vec<&str> = texts.iter().map(|text| text.unwrap_or("-")).collect();
    texts.join(" ")
}

const ADDRESS: &[&str] = &[
    "",
    "\"a",
    "<sip:a",
    "a \"b\" <sip:c>",
    "<sip:a> b",
    "\"a\" b",
];
const TOKEN: &[&str] = &["", "a b", "a/b", "\"a\"", "<a>"];
const NUMBER: &[&str] = &["", "-1", "+1", "a", "1 2", "4294967296"];
const SCHEME: &[&str] = &["", "a=b", "\"Digest\" x=y", "D,x y=z"];
const VALUE: &[&str] = &["", ";a=b", "a b;c", "\"a\"", "a(b)"];

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let row = |long, compact, repeats, value, facts, other, broken, read| Row {
        long, compact, repeats, value, facts, other, broken, read,
    };
    vec![
        row("Via", Some('v'), List,
            "SIP~/~2.0~/~UDP~ 192.0.2.1~:~5061~;~branch~=~z9hG4bKa~;~received=192.0.2.7;rport=9;maddr=192.0.2.8",
            "UDP 192.0.2.1 Some(5061) Some(\"z9hG4bKa\") Some(192.0.2.7) Some(Some(9)) Some(V4(192.0.2.8))",
            "SIP/2.0/TCP [2001:db8::1];branch=z9hG4bKb",
            &["", "SIP/2.0/UDP", "HTTP/2.0/UDP a", "SIP/2.0/UDP a:b", "SIP/2.0/UDP ;branch=z9hG4bK1"],
            read!(Via<'_>, |via| format!("{} {} {:?} {:?} {:?} {:?} {:?}", via.transport, via.host, via.port,
                via.branch(), via.received(), via.rport(), via.maddr()))),
        row("From", Some('f'), Never, "\"A,~ B\"~<sip:a@home.example>~;~tag~=~88sja8x", "A, B sip:a@home.example 88sja8x",
            "sip:b@c", ADDRESS, read!(From<'_>, |from| address(from, "tag"))),
        row("To", Some('t'), Never, "A~ B~<sip:a@home.example;user=phone>~;~tag=1", "A B sip:a@home.example;user=phone 1",
            "sip:b@c", ADDRESS,
            read!(To<'_>, |to| format!("{} {} {}", to.display.unwrap_or_default().split_whitespace().collect::<Vec<_>>()
                .join(" "), to.uri, to.tag().unwrap_or_default()))),
        row("Contact", Some('m'), List,
            "\"A\"~<sip:a,b@192.0.2.4>~;~expires=30~;~q=0.25;+sip.instance=\"<urn:uuid:1>\";reg-id=2",
            "Some(\"sip:a,b@192.0.2.4\") Some(30) Some(250) Some(\"urn:uuid:1\") Some(2)",
            "sip:b@192.0.2.5;expires=7", ADDRESS,
            read!(Contact<'_>, |contact| format!("{:?} {:?} {:?} {:?} {:?}", contact.address().map(|a| a.uri),
                contact.expires(), contact.q(), contact.instance(), contact.reg_id()))),
        row("Route", None, List, "\"p,1\"~<sip:p1.home.example;lr>~;~x=1", "p,1 sip:p1.home.example;lr 1", "<sip:p2>",
            ADDRESS, read!(Route<'_>, |route| address(route, "x"))),
        row("Record-Route", None, List, "<sip:p1.home.example;lr>~;~x=1", " sip:p1.home.example;lr 1", "<sip:p2>",
            ADDRESS, read!(RecordRoute<'_>, |route| address(route, "x"))),
        row("Path", None, List, "<sip:token@p1.visited.example;lr;ob>~;~x=1", " sip:token@p1.visited.example;lr;ob 1",
            "<sip:p2>", ADDRESS, read!(Path<'_>, |path| address(path, "x"))),
        row("Service-Route", None, List, "<sip:orig@s1.home.example;lr>~;~x=1", " sip:orig@s1.home.example;lr 1",
            "<sip:p2>", ADDRESS, read!(ServiceRoute<'_>, |route| address(route, "x"))),
        row("CSeq", None, Never, "0009~ REGISTER", "9 REGISTER", "1 X",
            &["", "1", "A 1", "-1 A", "2147483648 A", "1 A B", "1,2 A"], read!(CSeq<'_>, |cseq| cseq.to_string())),
        row("Call-ID", Some('i'), Never, "f81d4fae@foo.bar", "f81d4fae@foo.bar", "b", &["", "a b"],
            read!(CallId<'_>, |id| id.to_string())),
        row("Max-Forwards", None, Never, "0070", "70", "1", &["", "256", "-1", "a", "1 2"],
            read!(MaxForwards, |hops| hops.to_string())),
        row("Expires", None, Never, "600000", "600000", "1", &[], read!(Expires, |expires| expires.to_string())),
        row("Min-Expires", None, Never, "60", "60", "1", NUMBER, read!(MinExpires, |expires| expires.to_string())),
        row("Require", None, List, "path", "path", "gruu", TOKEN, read!(Require<'_>, |tag| tag.to_string())),
        row("Supported", Some('k'), List, "outbound", "outbound", "gruu", TOKEN,
            read!(Supported<'_>, |tag| tag.to_string())),
        row("Unsupported", None, List, "foo", "foo", "gruu", TOKEN, read!(Unsupported<'_>, |tag| tag.to_string())),
        row("Proxy-Require", None, List, "sec-agree", "sec-agree", "gruu", TOKEN,
            read!(ProxyRequire<'_>, |tag| tag.to_string())),
        row("Allow", None, List, "PRACK", "PRACK", "ACK", TOKEN, read!(Allow<'_>, |allow| allow.to_string())),
        row("WWW-Authenticate", None, Lines,
            "Digest~ realm~=~\"home, example\"~,~qop=\"auth,auth-int\"~,~nonce=\"a\\\"b\"",
            "Digest Some(\"home, example\") Some(\"auth,auth-int\") Some(\"a\\\"b\")", "Other x=\"y\"", SCHEME,
            read!(WwwAuthenticate<'_>, |auth| format!("{} {:?} {:?} {:?}", auth.scheme, auth.get("realm"),
                auth.get("qop"), auth.get("nonce")))),
        row("Proxy-Authenticate", None, Lines, "Digest~ realm~=~\"atlanta.com\"~,~qop=\"auth\"", "Digest atlanta.com",
            "Other x=\"y\"", SCHEME,
            read!(ProxyAuthenticate<'_>, |auth| format!("{} {}", auth.scheme, auth.get("realm").unwrap_or_default()))),
        row("Authorization", None, Lines, "Digest~ username~=~\"a@home.example\"~,~nc=00000001~,~response=\"5cc\"",
            "Digest a@home.example 00000001", "Other x=\"y\"", SCHEME,
            read!(Authorization<'_>, |auth| format!("{} {} {}", auth.scheme, auth.get("Username").unwrap_or_default(),
                auth.raw("nc").unwrap_or_default()))),
        row("Proxy-Authorization", None, Lines, "Digest~ username=\"a\"~,~nc=2", "Digest a", "Other x=\"y\"", SCHEME,
            read!(ProxyAuthorization<'_>, |auth| format!("{} {}", auth.scheme, auth.get("username").unwrap_or_default()))),
        row("Authentication-Info", None, Lines, "nextnonce~=~\"4736,4c\"~,~rspauth=\"6629\"", "4736,4c 6629",
            "rspauth=\"1\"", &["", ",", "Digest a=\"b\"", "qop"],
            read!(AuthenticationInfo<'_>, |info| format!("{} {}", info.next_nonce().unwrap_or_default(),
                info.rspauth().unwrap_or_default()))),
        row("P-Associated-URI", None, List, "\"A\"~<sip:a@home.example>~;~x=1", "A sip:a@home.example 1", "<tel:+1>",
            ADDRESS, read!(PAssociatedUri<'_>, |uri| address(uri, "x"))),
        row("P-Asserted-Identity", None, List, "\"C, J\"~<sip:fluffy@cisco.com>", "C, J sip:fluffy@cisco.com ", "tel:+1",
            ADDRESS, read!(PAssertedIdentity<'_>, |uri| address(uri, "x"))),
        row("P-Preferred-Identity", None, List, "\"C, J\"~<sip:fluffy@cisco.com>", "C, J sip:fluffy@cisco.com ", "tel:+1",
            ADDRESS, read!(PPreferredIdentity<'_>, |uri| address(uri, "x"))),
        row("P-Called-Party-ID", None, Never, "<sip:user1-business@example.com>~;~x=1",
            " sip:user1-business@example.com 1", "<tel:+1>", ADDRESS, read!(PCalledPartyId<'_>, |uri| address(uri, "x"))),
        row("P-Served-User", None, Never, "<sip:user1@home1.net>~;~sescase~=~orig~;~regstate=unreg",
            "sip:user1@home1.net Some(Originating) Some(Unregistered)", "<tel:+1>", ADDRESS,
            read!(PServedUser<'_>, |user| format!("{} {:?} {:?}", user.uri, user.session_case(),
                user.registration_state()))),
        row("P-Access-Network-Info", None, List, "3GPP-UTRAN-TDD~;~utran-cell-id-3gpp~=~\"234,1\"~;~network-provided",
            "3GPP-UTRAN-TDD Some(\"234,1\") true", "IEEE-802.11", &["", ";a=b", "\"a\"", "a b"],
            read!(PAccessNetworkInfo<'_>, |info| format!("{} {:?} {}", info.access_type,
                info.params.unquoted("utran-cell-id-3gpp"), info.is_network_provided()))),
        row("P-Visited-Network-ID", None, List, "\"Visited,~ network; number 1\"~;~x=1", "Visited, network; number 1 1",
            "other.net", &["", "a b", "\"open", "\"a\" b"],
            read!(PVisitedNetworkId<'_>, |visited| format!("{} {}", visited.network(),
                visited.params.get("x").unwrap_or_default()))),
        row("P-Charging-Vector", None, Never, "icid-value~=~\"12,34;5\"~;~icid-generated-at=192.0.6.8;orig-ioi=\"Type 1v\";term-ioi=h",
            "12,34;5 192.0.6.8 Type 1v h", "icid-value=2", &["", "orig-ioi=a", "icid-value"],
            read!(PChargingVector<'_>, |vector| all(&[vector.icid().as_deref(), vector.generated_at().as_deref(),
                vector.orig_ioi().as_deref(), vector.term_ioi().as_deref()]))),
        row("P-Charging-Function-Addresses", None, List, "ccf~=~192.0.8.1~;~ecf=192.0.8.3;ccf=\"[2001:db8::2]\"",
            "[\"192.0.8.1\", \"[2001:db8::2]\"] [\"192.0.8.3\"]", "ecf=192.0.8.4", &["", ";", " ; ;"],
            read!(PChargingFunctionAddresses<'_>, |functions| format!("{:?} {:?}", functions.ccf().collect::<Vec<_>>(),
                functions.ecf().collect::<Vec<_>>()))),
        row("Event", Some('o'), Never, "reg~;~id~=~4", "reg 4", "presence", VALUE,
            read!(Event<'_>, |event| all(&[Some(event.package), event.id()]))),
        row("Subscription-State", None, Never, "active~;~expires~=~60~;~reason=x;retry-after=5",
            "active Some(60) Some(\"x\") Some(5) false", "pending", VALUE,
            read!(SubscriptionState<'_>, |state| format!("{} {:?} {:?} {:?} {}", state.state, state.expires(),
                state.reason(), state.retry_after(), state.is_terminated()))),
        row("Security-Client", None, List, "ipsec-3gpp~;~alg~=~hmac-sha-1-96~;~spi-c=1;spi-s=2;port-c=3;port-s=4;q=0.1",
            "ipsec-3gpp Some(\"hmac-sha-1-96\") null Some(1) Some(2) Some(3) Some(4) Some(100)", "tls", VALUE,
            read!(SecurityClient<'_>, |security| format!("{} {:?} {} {:?} {:?} {:?} {:?} {:?}", security.mechanism,
                security.integrity(), security.encryption(), security.spi_c(), security.spi_s(), security.port_c(),
                security.port_s(), security.q()))),
        row("Security-Server", None, List, "ipsec-3gpp~;~ealg=aes-cbc~;~prot=ah;mod=tun", "ipsec-3gpp aes-cbc ah tun",
            "tls;q=0.2", VALUE, read!(SecurityServer<'_>, |security| format!("{} {} {} {}", security.mechanism,
                security.encryption(), security.protocol(), security.mode()))),
        row("Security-Verify", None, List, "digest~;~d-ver~=~\"0,a987\"", "digest 0,a987", "tls;q=0.2", VALUE,
            read!(SecurityVerify<'_>, |security| format!("{} {}", security.mechanism,
                security.params.unquoted("d-ver").unwrap_or_default()))),
        row("Reason", None, List, "SIP~;~cause~=~200~;~text=\"Call completed, elsewhere\"",
            "SIP Some(200) Some(\"Call completed, elsewhere\")", "Q.850;cause=16", VALUE,
            read!(Reason<'_>, |reason| format!("{} {:?} {:?}", reason.protocol, reason.cause(), reason.text()))),
        row("Warning", None, List, "307~ isi.edu:5060~ \"Session parameter 'foo', not understood\"",
            "307 isi.edu:5060 Session parameter 'foo', not understood", "399 gw \"\"",
            &["", "307", "307 a b", "307 a \"b", "30 a \"b\"", "3000 a \"b\"", "307 a/b \"c\""],
            read!(Warning<'_>, |warning| format!("{} {} {}", warning.code, warning.agent, warning.text()))),
        row("Retry-After", None, Never, "120~(I'm in; (a) meeting)~;~duration~=~60", "120 Some(\"I'm in; (a) meeting\") Some(60)",
            "1", &["", "a", "-1", "1 x", "1 (a", "4294967296"],
            read!(RetryAfter<'_>, |retry| format!("{} {:?} {:?}", retry.seconds, retry.comment, retry.duration()))),
        row("Content-Type", Some('c'), Never, "multipart~/~mixed~;~boundary~=~\"a;b\"", "(\"multipart\", \"mixed\") a;b", "a/b",
            &["", "text", "a/", "/b", "a/b/c", "a b/c"], read!(ContentType<'_>, |content| format!("{:?} {}",
                content.parts(), content.params.unquoted("boundary").unwrap_or_default()))),
        row("Content-Disposition", None, Never, "session~;~handling~=~optional", "session true", "icon", VALUE,
            read!(ContentDisposition<'_>, |content| format!("{} {}", content.disposition, content.is_optional()))),
        row("Content-Encoding", Some('e'), List, "gzip", "gzip", "tar", TOKEN,
            read!(ContentEncoding<'_>, |encoding| encoding.to_string())),
        row("Content-Language", None, List, "de-CH-1996", "de-CH-1996", "fr", &["", "-", "a_b", "abcdefghi"],
            read!(ContentLanguage<'_>, |language| language.to_string())),
        row("Content-Length", Some('l'), Never, "00", "0", "1", &[], read!(ContentLength, |length| length.to_string())),
        row("RSeq", None, Never, "988789", "988789", "1", &["", "0", "-1", "4294967296"], read!(RSeq, |rseq| rseq.to_string())),
        row("RAck", None, Never, "776656~ 1~ INVITE", "776656 1 INVITE", "1 1 A", &["", "1", "1 2", "0 1 A", "a 1 A"],
            read!(RAck<'_>, |rack| rack.to_string())),
        row("Flow-Timer", None, Never, "120", "120", "1", NUMBER, read!(FlowTimer, |timer| timer.to_string())),
        row("Refer-To", Some('r'), Never, "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3>~;~x=1",
            " sip:dave@denver.example.org?Replaces=12345%40192.168.118.3 1", "sip:b@c", ADDRESS,
            read!(ReferTo<'_>, |target| address(target, "x"))),
    ]
}

fn message(lines: &str) -> Message {
    let text = format!("OPTIONS sip:home.example SIP/2.0\r\n{lines}\r\n\r\n");
    Message::parse(Bytes::from(text)).expect("a message")
}

fn read(row: &Row, lines: &str) -> Vec<String> {
    (row.read)(&message(lines)).unwrap_or_else(|error| panic!("{lines:?}: {error}"))
}

/// The names of `row` in every manner of writing.
fn names(row: &Row) -> Vec<String> {
    let mixed = |(place, letter): (usize, char)| match place % 2 {
        0 => letter.to_ascii_lowercase(),
        _ => letter.to_ascii_uppercase(),
    };
    let mut names = vec![
        row.long.to_owned(),
        row.long.to_lowercase(),
        row.long.to_uppercase(),
        row.long.chars().enumerate().map(mixed).collect(),
    ];
    if let Some(compact) = row.compact {
        names.extend([compact.to_string(), compact.to_uppercase().to_string()]);
    }
    names
}

#[test]
fn rfc3261_7_3_1_names_in_any_case_and_rfc3261_7_3_3_compact() {
    for row in rows() {
        let value = row.value.replace('~', "");
        for name in names(&row) {
            for colon in [":", ": ", " :", "\t:\t", " :\r\n "] {
                let lines = format!("Subject: x\r\n{name}{colon}{value}");
                assert_eq!(read(&row, &lines), [row.facts], "{lines:?}");
            }
        }
        let compact = row.compact.map(|letter| letter.to_string());
        let known = compact.as_deref().map(|letter| Name::new(letter).long());
        assert_eq!(known.unwrap_or(row.long), row.long);
    }
}

/// White space within quotes stays; how much of it there is does not matter here.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// A fold is white space; it may stand wherever white space may.
#[test]
fn rfc3261_7_3_1_folded_wherever_white_space_may_stand() {
    for row in rows() {
        for space in [" ", "\t", "\r\n ", " \r\n\t \r\n  "] {
            let value = row.value.replace("~ ", space).replace('~', space);
            let lines = format!("{}: {value}\r\nSubject: x", row.long);
            let got: Vec<String> = read(&row, &lines)
                .iter()
                .map(|facts| words(facts))
                .collect();
            assert_eq!(got, [words(row.facts)], "{lines:?}");
        }
    }
}

#[test]
fn rfc3261_7_3_1_elements_between_commas_and_in_lines_are_one_list() {
    for row in rows().iter().filter(|row| row.repeats == List) {
        let value = row.value.replace('~', "");
        let (long, other) = (row.long, row.other);
        let short = row.compact.map_or(long.to_lowercase(), String::from);
        let second = read(row, &format!("{long}: {other}"));
        let expected = [row.facts, &second[0]];
        assert_ne!(expected[0], expected[1]);
        for lines in [
            format!("{long}: {value},{other}"),
            format!("{long}: {value} ,\r\n\t{other}"),
            format!("{long}: ,, {value} , , {other} ,"),
            format!("{long}: {value}\r\n{short}: {other}"),
            format!("{short}: {value}\r\nSubject: a, b\r\n{long}: {other}"),
            format!("{short}:\r\n{short}: {value}\r\n{long}: {other}"),
        ] {
            assert_eq!(read(row, &lines), expected, "{lines:?}");
        }
        let three = read(row, &format!("{long}: {other},{value}\r\n{long}: {other}"));
        assert_eq!(three, [&second[0], row.facts, &second[0]]);
    }
}

#[test]
fn rfc3261_7_3_1_credentials_are_one_element_a_line() {
    for row in rows().iter().filter(|row| row.repeats == Lines) {
        let value = row.value.replace('~', "");
        let (long, other) = (row.long, row.other);
        let lines = format!("{long}: {value}\r\n{}: {other}", long.to_uppercase());
        let both = read(row, &lines);
        assert_eq!((both.len(), &*both[0]), (2, row.facts), "{lines:?}");
    }
}

/// Where a header field occurs once, a comma separates nothing: it is part of the value, or the value is broken.
#[test]
fn a_comma_separates_nothing_where_there_is_one_value() {
    for row in rows().iter().filter(|row| row.repeats == Never) {
        let value = row.value.replace('~', "");
        let lines = format!("{}: {value}, {}", row.long, row.other);
        let read = (row.read)(&message(&lines));
        assert!(
            read.as_ref().map_or(true, |read| read.len() == 1),
            "{lines:?}: {read:?}"
        );
    }
}

#[test]
fn broken_ones_are_errors_that_name_the_header() {
    for row in rows() {
        for broken in row.broken {
            let lines = format!("{}: {broken}", row.long);
            match (row.read)(&message(&lines)) {
                Ok(read) => assert!(
                    // An empty element is no element.
                    read.is_empty() && broken.trim_matches([' ', ',']).is_empty(),
                    "{lines:?}: {read:?}"
                ),
                Err(error) => assert_eq!(error.header, row.long, "{lines:?}"),
            }
        }
    }
}

/// Any prefix, and any octet replaced: an element or an error, but never a panic.
#[test]
fn no_damage_panics() {
    let mut refused = 0_usize;
    for row in rows() {
        let value = row.value.replace('~', " ");
        for (at, _) in value.char_indices() {
            let (before, after) = value.split_at(at);
            refused +=
                usize::from((row.read)(&message(&format!("{}: {before}", row.long))).is_err());
            for odd in [
                "\"", "<", ">", ";", ",", "=", "\\", "(", "\r\n ", "ä", "\u{7f}", "%", "",
            ] {
                let lines = format!(
                    "{}: {before}{odd}{}",
                    row.long,
                    after.get(1..).unwrap_or("")
                );
                refused += usize::from((row.read)(&message(&lines)).is_err());
            }
        }
    }
    assert!(refused > 1_000, "{refused} were refused");
}

/// The error of each type carries its own name.
#[test]
fn the_type_says_which_header_it_is() {
    assert_eq!(<Warning<'_> as TypedHeader<'_>>::NAME, Name::WARNING);
    for row in rows() {
        assert!(Name::new(row.long).is_known(), "{}", row.long);
    }
}
