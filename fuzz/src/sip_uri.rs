//! URIs: reading, printing, equality.

use sip_message::uri::MAX_URI;
use sip_message::{Uri, UriError};

/// Two URIs with a line end between them.
pub fn sip_uri(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let (one, other) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(uri) = Uri::parse(one) else { return };
    let printed = uri.to_string();
    let again = match Uri::parse(&printed) {
        // An address may be longer in the way that it is printed.
        Err(UriError::TooLong) if printed.len() > MAX_URI => return,
        again => again.expect("printed, so it can be read"),
    };
    assert_eq!(uri, again, "{printed:?}");
    assert!(
        uri.equivalent(&again),
        "{printed:?} is not equivalent to itself"
    );
    if let Ok(other) = Uri::parse(other) {
        assert_eq!(
            uri.equivalent(&other),
            other.equivalent(&uri),
            "equality goes both ways"
        );
    }
}
