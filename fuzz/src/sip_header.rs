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

/// What each type must hold for a value.
macro_rules! headers {
    ($($type:ident,)+) => {
        [$(|value| {
            let Ok(read) = $type::parse(value) else {
                return;
            };
            let printed = read.to_string();
            let again = $type::parse(&printed).expect("printed, so it can be read");
            assert_eq!(read, again, "{printed:?}");
            assert_eq!(printed, again.to_string());
        },)+]
    };
}

/// Every type; a new one at the end, for the seeds count from the start.
const HEADERS: &[fn(&str)] = &headers! {
    Via, From, To, Contact, Route, RecordRoute, Path, ServiceRoute, CSeq, CallId, MaxForwards, Expires,
    MinExpires, ContentLength, Authorization, WwwAuthenticate, ProxyAuthenticate, PAssociatedUri,
    PAssertedIdentity, PChargingVector, PVisitedNetworkId, PAccessNetworkInfo, PServedUser, ContentType, Event,
    Require, RetryAfter, SubscriptionState, ContentDisposition, ContentEncoding, ContentLanguage,
    AuthenticationInfo, ProxyAuthorization, ProxyRequire, Supported, Unsupported, Allow, PPreferredIdentity,
    PCalledPartyId, PChargingFunctionAddresses, SecurityClient, SecurityServer, SecurityVerify, Reason, Warning,
    RSeq, RAck, FlowTimer, ReferTo,
};

/// One element of a header field.
pub fn sip_header(octets: &[u8]) {
    let Some((chosen, value)) = octets.split_first() else {
        return;
    };
    let Ok(value) = std::str::from_utf8(value) else {
        return;
    };
    quoted(value);
    HEADERS[usize::from(*chosen) % HEADERS.len()](value);
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
