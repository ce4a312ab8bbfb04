//! Messages made by the grammar of RFC 3261 §25.1: valid, printed as they came, read as they were meant, and edited as
//! the edit says.

use std::fmt::Debug;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::select;
use sip_message::header::{
    CSeq, CallId, Contact, From, MaxForwards, RecordRoute, Route, To, TypedHeader, Via,
};
use sip_message::{Message, Method, Name, StartLine, Uri, quote, unquote, validate};

use crate::generate::{Address, Hop, name_addr, sip_uri, space, text, token, uri, via};

#[derive(Debug, Clone)]
struct Meant {
    method: String,
    uri: String,
    hops: Vec<Hop>,
    from: Address,
    to: Address,
    call_id: String,
    seq: u32,
    hops_left: u32,
    routes: Vec<Address>,
    contacts: Vec<Address>,
    unknown: (String, String),
    body: Vec<u8>,
}

fn meant() -> impl Strategy<Value = Meant> {
    let addresses = || prop::collection::vec(name_addr(), 0..3);
    let method = prop_oneof![
        select(vec!["INVITE", "REGISTER", "OPTIONS", "MESSAGE"]).prop_map(str::to_owned),
        token().prop_filter("a method of its own", |method| !method
            .eq_ignore_ascii_case("SIP")),
    ];
    let core = (
        method,
        sip_uri(),
        prop::collection::vec(via(), 1..4),
        name_addr(),
        name_addr(),
        text("[A-Za-z0-9.!%*_+`'~()<>:/?{}\\[\\]\"\\\\-]{1,12}(@[a-z0-9.]{1,8})?"),
        0..1_u32 << 31,
        0..=255_u32,
    );
    let unknown = (token(), text("[!-~é]([ -~é]{0,20}[!-~é])?"));
    let body = prop::collection::vec(any::<u8>(), 0..40);
    (core, addresses(), addresses(), unknown, body).prop_map(
        |(
            (method, uri, hops, from, to, call_id, seq, hops_left),
            routes,
            contacts,
            unknown,
            body,
        )| Meant {
            method,
            uri,
            hops,
            from,
            to,
            call_id,
            seq,
            hops_left,
            routes,
            contacts,
            unknown: (format!("X-{}", unknown.0), unknown.1),
            body,
        },
    )
}

/// How the same message may be written: one line or several, compact or long names, spaces around colons.
#[derive(Debug, Clone, Copy)]
struct Written {
    is_one_line: bool,
    is_compact: bool,
    before_colon: &'static str,
    after_colon: &'static str,
    has_length: bool,
}

fn written() -> impl Strategy<Value = Written> {
    let before_colon = select(vec!["", "", " ", "\t"]);
    (
        any::<bool>(),
        any::<bool>(),
        before_colon,
        space(),
        any::<bool>(),
    )
        .prop_map(
            |(is_one_line, is_compact, before_colon, after_colon, has_length)| Written {
                is_one_line,
                is_compact,
                before_colon,
                after_colon,
                has_length,
            },
        )
}

impl Meant {
    fn write(&self, how: Written) -> Bytes {
        let mut lines = Vec::new();
        let mut list = |long: &str, compact: &str, elements: Vec<&str>| {
            let name = if how.is_compact { compact } else { long };
            let values = if how.is_one_line && !elements.is_empty() {
                vec![elements.join(&format!("{}, ", how.before_colon))]
            } else {
                elements.into_iter().map(str::to_owned).collect()
            };
            for value in values {
                lines.push(format!(
                    "{name}{}:{}{value}",
                    how.before_colon, how.after_colon
                ));
            }
        };
        list(
            "Via",
            "v",
            self.hops.iter().map(|hop| hop.written.as_str()).collect(),
        );
        list(
            "Route",
            "route",
            self.routes.iter().map(|a| a.written.as_str()).collect(),
        );
        list("From", "f", vec![&self.from.written]);
        list("To", "t", vec![&self.to.written]);
        list("Call-ID", "i", vec![&self.call_id]);
        list(
            "CSeq",
            "CSEQ",
            vec![&format!("{} {}", self.seq, self.method)],
        );
        list(
            "Max-Forwards",
            "max-forwards",
            vec![&self.hops_left.to_string()],
        );
        list(
            "Contact",
            "m",
            self.contacts.iter().map(|a| a.written.as_str()).collect(),
        );
        list(&self.unknown.0, &self.unknown.0, vec![&self.unknown.1]);
        if how.has_length {
            list("Content-Length", "l", vec![&self.body.len().to_string()]);
        }
        let head = format!(
            "{} {} SIP/2.0\r\n{}\r\n\r\n",
            self.method,
            self.uri,
            lines.join("\r\n")
        );
        [head.as_bytes(), &self.body].concat().into()
    }
}

fn all<'a, H: TypedHeader<'a>>(message: &'a Message) -> Vec<H> {
    message
        .read_all()
        .collect::<Result<_, _>>()
        .expect("readable")
}

fn read<'a, H: TypedHeader<'a>>(message: &'a Message) -> H {
    message.read().expect("readable").expect("there")
}

/// Reads again what is printed of a typed header field.
fn prints_itself<H>(read: &H)
where
    H: for<'b> TypedHeader<'b> + ToString,
{
    let printed = read.to_string();
    let again = H::parse(&printed).expect("printed, so it can be read");
    assert_eq!(again.to_string(), printed);
}

fn is_address(address: &sip_message::NameAddr<'_>, meant: &Address) {
    assert_eq!(address.uri, meant.uri);
    assert_eq!(
        address.display_name().map(|name| name.into_owned()),
        meant.display
    );
    assert!(address.uri().is_ok());
    let printed = format!("{address}");
    assert_eq!(
        From::parse(&printed).expect("readable").to_string(),
        printed
    );
}

fn is_meant(message: &Message, meant: &Meant) {
    assert_eq!(
        message.start_line(),
        StartLine::Request {
            method: Method(&meant.method),
            uri: &meant.uri
        }
    );
    let vias = all::<Via<'_>>(message);
    assert_eq!(vias.len(), meant.hops.len());
    for (via, hop) in vias.iter().zip(&meant.hops) {
        assert_eq!(via.branch(), Some(hop.branch.as_str()));
        assert_eq!(Some(via.host), sip_message::Host::parse(&hop.host));
        let printed = via.to_string();
        assert_eq!(Via::parse(&printed).expect("readable").to_string(), printed);
    }
    is_address(&read::<From<'_>>(message), &meant.from);
    is_address(&read::<To<'_>>(message), &meant.to);
    for (route, meant) in all::<Route<'_>>(message).iter().zip(&meant.routes) {
        is_address(route, meant);
    }
    for (contact, meant) in all::<Contact<'_>>(message).iter().zip(&meant.contacts) {
        is_address(contact.address().expect("no star"), meant);
    }
    assert_eq!(all::<Route<'_>>(message).len(), meant.routes.len());
    assert_eq!(all::<Contact<'_>>(message).len(), meant.contacts.len());
    assert_eq!(read::<CallId<'_>>(message).0, meant.call_id);
    let cseq = read::<CSeq<'_>>(message);
    assert_eq!((cseq.seq, cseq.method), (meant.seq, Method(&meant.method)));
    let max_forwards = read::<MaxForwards>(message);
    assert_eq!(max_forwards, MaxForwards(meant.hops_left));
    prints_itself(&max_forwards);
    assert_eq!(
        message.header(Name::new(&meant.unknown.0)),
        Some(meant.unknown.1.as_str())
    );
    assert_eq!(message.body(), meant.body);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_not_touched_is_printed_as_it_came(meant in meant(), how in written()) {
        let octets = meant.write(how);
        let message = Message::parse(octets.clone()).unwrap();
        prop_assert_eq!(validate(&message), Ok(()), "{:?}", String::from_utf8_lossy(&octets));
        is_meant(&message, &meant);
        prop_assert_eq!(message.to_bytes(), octets);
    }

    /// What a proxy does to a request, and nothing else is changed.
    #[test]
    fn edits_give_what_was_meant(mut meant in meant(), how in written(), new in via(), target in sip_uri(), body in prop::collection::vec(any::<u8>(), 1..20)) {
        let mut message = Message::parse(meant.write(how)).unwrap();
        message.prepend(Name::VIA, &new.written.replace("\r\n", ""));
        meant.hops.insert(0, new);
        let routes = message.all(Name::ROUTE).count();
        let popped = message.pop_element(Name::ROUTE);
        prop_assert_eq!(popped.is_some(), routes > 0);
        if popped.is_some() {
            meant.routes.remove(0);
        }
        message.set(Name::MAX_FORWARDS, "17");
        meant.hops_left = 17;
        message.set_request_uri(&target);
        meant.uri = target;
        message.prepend(Name::RECORD_ROUTE, "<sip:proxy.example;lr>");
        message.set_body("text/plain", body.clone().into());
        meant.body = body;
        is_meant(&message, &meant);
        let again = Message::parse(message.to_bytes()).unwrap();
        prop_assert_eq!(validate(&again), Ok(()));
        is_meant(&again, &meant);
        prop_assert_eq!(read::<RecordRoute<'_>>(&again).uri, "sip:proxy.example;lr");
        // Back through the response: the topmost Via goes, what is left is the sender's.
        let mut response = Message::response(&again, sip_message::Status::OK);
        response.pop_element(Name::VIA);
        let response = Message::parse(response.to_bytes()).unwrap();
        prop_assert_eq!(validate(&response), Ok(()));
        prop_assert_eq!(all::<Via<'_>>(&response).len(), meant.hops.len() - 1);
    }

    #[test]
    fn uris_are_equivalent_to_what_they_print(uri in uri()) {
        let read = Uri::parse(&uri).unwrap();
        prop_assert!(read.equivalent(&read));
        let printed = read.to_string();
        prop_assert!(read.equivalent(&Uri::parse(&printed).unwrap()), "{} {}", uri, printed);
    }

    #[test]
    fn quoted_strings(meant in "[ -~éßж大]{0,30}") {
        let quoted = quote(&meant);
        prop_assert_eq!(unquote(&quoted), meant);
    }
}
