//! SIP header fields with a type: the first octet chooses it, the rest is the value.

use sip_message::header::{
    Authorization, CSeq, CallId, Contact, ContentLength, ContentType, Event, Expires, From,
    MaxForwards, MinExpires, PAccessNetworkInfo, PAssertedIdentity, PAssociatedUri,
    PChargingVector, PServedUser, PVisitedNetworkId, Path, ProxyAuthenticate, RecordRoute, Require,
    RetryAfter, Route, ServiceRoute, SubscriptionState, To, TypedHeader, Via, WwwAuthenticate,
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
            match chosen % 28 {
                $($number => same!($type, value),)+
                _ => unreachable!("a remainder of 28"),
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
    }
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
}

/// What is quoted is unquoted to the same.
fn quoted(text: &str) {
    if !text.contains(['\r', '\n', '\0']) {
        assert_eq!(unquote(&quote(text)), text);
    }
    let _ = unquote(text);
}
