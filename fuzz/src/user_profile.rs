//! User-Data of Cx.

use user_profile::{ImsSubscription, Wildcard};

/// An XML document of TS 29.228 Annex E.
pub fn user_profile(octets: &[u8]) {
    let Ok(read) = ImsSubscription::read(octets) else {
        return;
    };
    let written = read.write();
    let again = ImsSubscription::read(written.as_bytes()).expect("written, so it can be read");
    assert_eq!(read, again);
    assert_eq!(written, again.write());
    for identity in read.public_identities() {
        if let Some(wildcard) = identity.wildcard()
            && let Ok(wildcard) = Wildcard::parse(wildcard)
        {
            wildcard.matches(&identity.identity);
        }
    }
}
