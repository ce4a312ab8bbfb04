//! SIP header fields with a type: the first octet chooses it, the rest is the value.

use sip_message::header::{
    Allow, AuthenticationInfo, Authorization, CSeq, CallId, Contact, ContentDisposition,
    ContentEncoding, ContentLanguage, ContentLength, ContentType, Event, Expires, FlowTimer, From,
    MaxForwards, MinExpires, PAccessNetworkInfo, PAssertedIdentity, PAssociatedUri, PCalledPartyId,
    PChargingFunctionAddresses, PChargingVector, PPreferredIdentity, PServedUser,
    PVisitedNetworkId, Path, ProxyAuthenticate, ProxyAuthorization, ProxyRequire, RAck, RSeq,
    Reason, RecordRoute, ReferTo, Require, RetryAfter, Route, SecurityClient, SecurityServer,
    SecurityVerify, ServiceRoute, SubscriptionState, Supported, To, TypedHeader, Unsupported, Via,
    Warning, WwwAuthenticate,
};
use sip_message::{Uri, quote, unquote};

/// One element of a header field.
pub fn sip_header(octets: &[u8]) {
    let Some((chosen, value)) = octets.split_first() else {
        return;
    };
    let Ok(value) = std::str::from_utf8(value) else {
        return;
    };
    quoted(value);
    macro_rules! one_of {
        ($($number:literal => $type:ident,)+) => {
            match chosen % 49 {
                $($number => same!($type, value),)+
                _ => unreachable!("a remainder of 49"),
            }
        };
    }
    /// Reads, prints and reads again.
    macro_rules! same {
        ($type:ident, $value:expr) => {{
            let Ok(read) = $type::parse($value) else {
                return;
            };
            let printed = read.to_string();
            let again = $type::parse(&printed).expect("printed, so it can be read");
            assert_eq!(read, again, "{printed:?}");
            assert_eq!(printed, again.to_string());
        }};
    }
    one_of! {
        0 => Via, 1 => From, 2 => To, 3 => Contact, 4 => Route, 5 => RecordRoute, 6 => Path, 7 => ServiceRoute,
        8 => CSeq, 9 => CallId, 10 => MaxForwards, 11 => Expires, 12 => MinExpires, 13 => ContentLength,
        14 => Authorization, 15 => WwwAuthenticate, 16 => ProxyAuthenticate, 17 => PAssociatedUri,
        18 => PAssertedIdentity, 19 => PChargingVector, 20 => PVisitedNetworkId, 21 => PAccessNetworkInfo,
        22 => PServedUser, 23 => ContentType, 24 => Event, 25 => Require, 26 => RetryAfter, 27 => SubscriptionState,
        28 => ContentDisposition, 29 => ContentEncoding, 30 => ContentLanguage, 31 => AuthenticationInfo,
        32 => ProxyAuthorization, 33 => ProxyRequire, 34 => Supported, 35 => Unsupported, 36 => Allow,
        37 => PPreferredIdentity, 38 => PCalledPartyId, 39 => PChargingFunctionAddresses, 40 => SecurityClient,
        41 => SecurityServer, 42 => SecurityVerify, 43 => Reason, 44 => Warning, 45 => RSeq, 46 => RAck,
        47 => FlowTimer, 48 => ReferTo,
    }
    accessors(value);
}

/// What a header's methods read of its parameters.
fn accessors(value: &str) {
    if let Ok(contact) = Contact::parse(value) {
        let _ = (
            contact.expires(),
            contact.q(),
            contact.instance(),
            contact.reg_id(),
        );
        if let Some(address) = contact.address() {
            let _ = address.uri().map(|uri: Uri<'_>| uri.to_string());
        }
    }
    if let Ok(via) = Via::parse(value) {
        let _ = (via.branch(), via.received(), via.rport(), via.maddr());
    }
    if let Ok(security) = SecurityClient::parse(value) {
        let _ = (
            security.q(),
            security.integrity(),
            security.encryption(),
            security.protocol(),
            security.mode(),
        );
        let _ = (
            security.spi_c(),
            security.spi_s(),
            security.port_c(),
            security.port_s(),
        );
    }
    if let Ok(state) = SubscriptionState::parse(value) {
        let _ = (state.reason(), state.expires(), state.retry_after());
    }
    if let Ok(reason) = Reason::parse(value) {
        let _ = (reason.cause(), reason.text());
    }
    if let Ok(warning) = Warning::parse(value) {
        let _ = warning.text();
    }
    if let Ok(functions) = PChargingFunctionAddresses::parse(value) {
        let _ = functions.ccf().chain(functions.ecf()).count();
    }
    if let Ok(served) = PServedUser::parse(value) {
        let _ = (served.session_case(), served.registration_state());
    }
}

/// What is quoted is unquoted to the same.
fn quoted(text: &str) {
    if !text.contains(['\r', '\n', '\0']) {
        assert_eq!(unquote(&quote(text)), text);
    }
    let _ = unquote(text);
}
