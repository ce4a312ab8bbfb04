//! What the grammar of RFC 3261 §25.1 allows, at random.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use sip_message::quote;

pub(crate) fn text(pattern: &str) -> impl Strategy<Value = String> + Clone + use<> {
    string_regex(pattern).expect("a pattern").boxed()
}

pub(crate) fn token() -> impl Strategy<Value = String> + Clone {
    text("[A-Za-z0-9.!%*_+`'~-]{1,12}")
}

/// `LWS`, `SWS`: nothing, spaces, or a fold.
pub(crate) fn space() -> impl Strategy<Value = &'static str> + Clone {
    select(vec!["", "", " ", "\t ", "\r\n ", " \r\n\t"])
}

pub(crate) fn host() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        text("([a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?\\.){0,2}[a-z]([a-z0-9-]{0,5}[a-z0-9])?"),
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
    ]
}

pub(crate) fn port() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        Just(String::new()),
        (1..=u16::MAX).prop_map(|port| format!(":{port}"))
    ]
}

pub(crate) fn escaped(
    allowed: &str,
    length: &str,
) -> impl Strategy<Value = String> + Clone + use<> {
    text(&format!("([A-Za-z0-9{allowed}]|%[0-9A-Fa-f]{{2}}){length}"))
}

pub(crate) fn sip_uri() -> impl Strategy<Value = String> + Clone {
    let user = prop_oneof![
        Just(String::new()),
        (
            escaped("_.!~*'()&=+$,;?/-", "{1,10}"),
            prop_oneof![
                Just(String::new()),
                escaped("_.!~*'()&=+$,-", "{0,5}").prop_map(|password| format!(":{password}"))
            ]
        )
            .prop_map(|(user, password)| format!("{user}{password}@")),
    ];
    let parameter = escaped("_.!~*'()/:&+$-", "{1,6}");
    let params = prop::collection::vec((parameter.clone(), prop::option::of(parameter)), 0..3)
        .prop_map(|params| {
            params
                .into_iter()
                .enumerate()
                // None may have the name of another (RFC 3261 §19.1.1).
                .map(|(at, (name, value))| match value {
                    Some(value) => format!(";{name}{at}={value}"),
                    None => format!(";{name}{at}"),
                })
                .collect::<String>()
        });
    (
        select(vec!["sip", "sips", "SIP"]),
        user,
        host(),
        port(),
        params,
    )
        .prop_map(|(scheme, user, host, port, params)| {
            format!("{scheme}:{user}{host}{port}{params}")
        })
}

pub(crate) fn uri() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        4 => sip_uri(),
        1 => text("tel:\\+[0-9.()-]{0,3}[0-9]{1,8}"),
        1 => text("(urn|http):[a-z0-9:/.]{1,12}"),
    ]
}

/// A display name as it is written, and as it is meant.
pub(crate) fn display() -> impl Strategy<Value = (String, Option<String>)> + Clone {
    prop_oneof![
        Just((String::new(), None)),
        text("[a-z0-9]{1,5}( [a-z0-9]{1,5})?").prop_map(|words| (format!("{words} "), Some(words))),
        text("[ -~éßж大]{0,12}").prop_map(|meant| (quote(&meant), Some(meant))),
    ]
}

/// Parameters of a header field as they are written, and what the one called `p` says.
pub(crate) fn header_params() -> impl Strategy<Value = String> + Clone {
    let value = prop_oneof![
        token().prop_map(Some),
        text("[ -~é]{0,8}").prop_map(|meant| Some(quote(&meant))),
        Just(None),
    ];
    prop::collection::vec((token(), value, space(), space()), 0..3).prop_map(|params| {
        params
            .into_iter()
            .enumerate()
            // None may have the name of another (RFC 3261 §7.3.1).
            .map(|(at, (name, value, before, after))| match value {
                Some(value) => format!("{before};{after}x-{name}{at}{before}={after}{value}"),
                None => format!("{after};{before}x-{name}{at}"),
            })
            .collect::<String>()
    })
}

#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) written: String,
    pub(crate) uri: String,
    pub(crate) display: Option<String>,
}

pub(crate) fn name_addr() -> impl Strategy<Value = Address> + Clone {
    (display(), uri(), header_params(), space()).prop_map(
        |((written, display), uri, params, space)| {
            // A fold between a quoted name and the bracket; between tokens the space is written already.
            let space = if written.starts_with('"') { space } else { "" };
            Address {
                written: format!("{written}{space}<{uri}>{params}"),
                uri,
                display,
            }
        },
    )
}

#[derive(Debug, Clone)]
pub(crate) struct Hop {
    pub(crate) written: String,
    pub(crate) host: String,
    pub(crate) branch: String,
}

pub(crate) fn via() -> impl Strategy<Value = Hop> + Clone {
    let transport = select(vec!["UDP", "TCP", "tls", "SCTP", "X-odd"]);
    (transport, host(), port(), token(), header_params(), space()).prop_map(
        |(transport, host, port, branch, params, space)| Hop {
            written: format!("SIP{space}/2.0{space}/{space}{transport} {host}{port}{params};branch=z9hG4bK{branch}"),
            host,
            branch: format!("z9hG4bK{branch}"),
        },
    )
}
