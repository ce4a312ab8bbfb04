//! Every typed header field: read, printed and read again it is the same, and prints the same.

use std::fmt::{Debug, Display};

use proptest::prelude::*;
use proptest::sample::select;
use sip_message::TypedHeader;
use sip_message::header::*;

use crate::generate::{header_params, host, name_addr, port, space, text, token, via};

/// White space that has to be there.
fn white() -> impl Strategy<Value = &'static str> + Clone {
    select(vec![" ", "\t ", "\r\n ", " \r\n\t"])
}

/// Text in quotes, with quotes, backslashes and separators in it.
fn quoted() -> impl Strategy<Value = String> + Clone {
    text("[ -~éßж大]{0,12}").prop_map(|meant| sip_message::quote(&meant))
}

fn token_or_quoted() -> impl Strategy<Value = String> + Clone {
    prop_oneof![token(), quoted()]
}

/// A number from `from`, with zeros before it or not.
fn number(from: u32, to: u32) -> impl Strategy<Value = String> + Clone {
    (text("0{0,2}"), from..=to).prop_map(|(zeros, number)| format!("{zeros}{number}"))
}

fn address() -> impl Strategy<Value = String> + Clone {
    let bare = (
        text("(sip:[a-z0-9]{1,8}@[a-z]{1,8}|tel:\\+[0-9]{1,8})"),
        header_params(),
    )
        .prop_map(|(uri, params)| format!("{uri}{params}"));
    prop_oneof![3 => name_addr().prop_map(|address| address.written), 1 => bare]
}

/// A token and parameters.
fn with_params() -> impl Strategy<Value = String> + Clone {
    (token(), header_params()).prop_map(|(token, params)| format!("{token}{params}"))
}

/// The parameters of `with_params` without the `;` before the first.
fn params(first: &str) -> impl Strategy<Value = String> + Clone + use<> {
    let first = first.to_owned();
    (space(), space(), token_or_quoted(), header_params()).prop_map(
        move |(before, after, value, others)| format!("{first}{before}={after}{value}{others}"),
    )
}

/// `name=value` between commas.
fn auth_params() -> impl Strategy<Value = String> + Clone {
    let param = (token(), space(), space(), token_or_quoted())
        .prop_map(|(name, before, after, value)| format!("{name}{before}={after}{value}"));
    let between = (space(), space()).prop_map(|(before, after)| format!("{before},{after}"));
    (param.clone(), prop::collection::vec((between, param), 0..4)).prop_map(|(first, others)| {
        let others = others
            .into_iter()
            .map(|(between, param)| between + &param)
            .collect::<String>();
        first + &others
    })
}

fn auth() -> impl Strategy<Value = String> + Clone {
    (
        select(vec!["Digest", "digest", "Other"]),
        white(),
        auth_params(),
    )
        .prop_map(|(scheme, white, params)| format!("{scheme}{white}{params}"))
}

fn media_type() -> impl Strategy<Value = String> + Clone {
    (token(), space(), space(), token(), header_params()).prop_map(
        |(kind, before, after, subtype, params)| format!("{kind}{before}/{after}{subtype}{params}"),
    )
}

fn cseq() -> impl Strategy<Value = String> + Clone {
    (number(0, i32::MAX as u32), white(), token())
        .prop_map(|(number, white, method)| format!("{number}{white}{method}"))
}

fn comment() -> impl Strategy<Value = String> + Clone {
    let inner = text("[ !-'*-\\[\\]-~é]{0,8}");
    let nested = (inner.clone(), inner.clone(), inner.clone())
        .prop_map(|(before, within, after)| format!("{before}({within}\\)){after}"));
    prop_oneof![Just(String::new()), inner, nested].prop_map(|comment| format!("({comment})"))
}

/// Reads `value` as `H`, prints it and reads it again.
fn goes_round<'a, H>(value: &'a str, printed: &'a mut String)
where
    H: TypedHeader<'a> + Display + PartialEq + Debug,
{
    let read = H::parse(value).unwrap_or_else(|error| panic!("{value:?}: {error}"));
    *printed = read.to_string();
    let again = H::parse(printed).unwrap_or_else(|error| panic!("{printed:?}: {error}"));
    assert_eq!(read, again, "{value:?} is printed as {printed:?}");
    assert_eq!(again.to_string(), *printed, "of {value:?}");
}

/// A test for each type of what the strategy makes, with white space around it.
macro_rules! go_round {
    ($($test:ident: $type:ty, of $strategy:expr;)+) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(400))]
            $(
                #[test]
                fn $test(value in $strategy, before in space(), after in space()) {
                    let value = format!("{before}{value}{after}");
                    goes_round::<$type>(&value, &mut String::new());
                }
            )+
        }
    };
}

go_round! {
    vias: Via<'_>, of via().prop_map(|hop| hop.written);
    froms: From<'_>, of address();
    tos: To<'_>, of address();
    contacts: Contact<'_>, of prop_oneof![1 => Just("*".to_owned()), 9 => address()];
    routes: Route<'_>, of address();
    record_routes: RecordRoute<'_>, of address();
    paths: Path<'_>, of address();
    service_routes: ServiceRoute<'_>, of address();
    associated_uris: PAssociatedUri<'_>, of address();
    asserted_identities: PAssertedIdentity<'_>, of address();
    preferred_identities: PPreferredIdentity<'_>, of address();
    called_parties: PCalledPartyId<'_>, of address();
    served_users: PServedUser<'_>, of address();
    refer_tos: ReferTo<'_>, of address();
    cseqs: CSeq<'_>, of cseq();
    racks: RAck<'_>, of (number(1, u32::MAX), white(), cseq())
        .prop_map(|(rseq, white, cseq)| format!("{rseq}{white}{cseq}"));
    rseqs: RSeq, of number(1, u32::MAX);
    call_ids: CallId<'_>, of text("[!-~]{1,30}");
    max_forwards: MaxForwards, of number(0, 255);
    expires: Expires, of prop_oneof![number(0, u32::MAX), token()];
    min_expires: MinExpires, of number(0, u32::MAX);
    content_lengths: ContentLength, of number(0, u32::MAX);
    flow_timers: FlowTimer, of number(0, u32::MAX);
    requires: Require<'_>, of token();
    proxy_requires: ProxyRequire<'_>, of token();
    supporteds: Supported<'_>, of token();
    unsupporteds: Unsupported<'_>, of token();
    allows: Allow<'_>, of token();
    www_authenticates: WwwAuthenticate<'_>, of auth();
    authorizations: Authorization<'_>, of auth();
    proxy_authenticates: ProxyAuthenticate<'_>, of auth();
    proxy_authorizations: ProxyAuthorization<'_>, of auth();
    authentication_infos: AuthenticationInfo<'_>, of auth_params();
    charging_vectors: PChargingVector<'_>, of params("icid-value");
    charging_functions: PChargingFunctionAddresses<'_>, of params("ccf");
    access_networks: PAccessNetworkInfo<'_>, of with_params();
    visited_networks: PVisitedNetworkId<'_>, of (token_or_quoted(), header_params())
        .prop_map(|(network, params)| format!("{network}{params}"));
    events: Event<'_>, of with_params();
    subscription_states: SubscriptionState<'_>, of with_params();
    security_clients: SecurityClient<'_>, of with_params();
    security_servers: SecurityServer<'_>, of with_params();
    security_verifies: SecurityVerify<'_>, of with_params();
    reasons: Reason<'_>, of with_params();
    warnings: Warning<'_>, of (text("[0-9]{3}"), white(), host(), port(), white(), quoted())
        .prop_map(|(code, a, host, port, b, text)| format!("{code}{a}{host}{port}{b}{text}"));
    retry_afters: RetryAfter<'_>, of (number(0, u32::MAX), space(), comment(), space(), header_params())
        .prop_map(|(seconds, a, comment, b, params)| format!("{seconds}{a}{comment}{b}{params}"));
    content_types: ContentType<'_>, of media_type();
    content_dispositions: ContentDisposition<'_>, of with_params();
    content_encodings: ContentEncoding<'_>, of token();
    content_languages: ContentLanguage<'_>, of text("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,2}");
}
