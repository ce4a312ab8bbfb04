//! Security agreement (RFC 3329), of which this P-CSCF has no mechanism: IPsec comes with another issue.

use serde::Deserialize;
use sip_message::{Message, Name, Status};

/// What becomes of a phone that requires a security agreement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecAgree {
    /// It is told that there is none: 420 (RFC 3261 §8.2.2.3, §16.3).
    #[default]
    Refuse,
    /// Its wish is taken out, and it registers unprotected if it goes along with that: for test benches only.
    Strip,
}

const OPTION: &str = "sec-agree";

/// Takes the security agreement out of a phone's `request`: it is between the phone and us (RFC 3329 §2.3,
/// TS 24.229 §5.2.2).
///
/// # Errors
/// The status to refuse it with, where it is required and may not be stripped.
pub(crate) fn settle(request: &mut Message, policy: SecAgree) -> Result<(), Status> {
    for name in [Name::REQUIRE, Name::PROXY_REQUIRE] {
        let required = |tag: &&str| tag.eq_ignore_ascii_case(OPTION);
        if !request.elements(name).any(|tag| required(&tag)) {
            continue;
        }
        match policy {
            SecAgree::Refuse => return Err(Status::BAD_EXTENSION),
            SecAgree::Strip => {
                let others: Vec<String> = request
                    .elements(name)
                    .filter(|tag| !required(tag))
                    .map(str::to_owned)
                    .collect();
                request.remove(name);
                if !others.is_empty() {
                    request.append(name, &others.join(", "));
                }
            }
        }
    }
    for name in [
        Name::SECURITY_CLIENT,
        Name::SECURITY_SERVER,
        Name::SECURITY_VERIFY,
    ] {
        request.remove(name);
    }
    Ok(())
}

/// What 420 names (RFC 3261 §8.2.2.3).
pub(crate) fn refused(received: &Message, status: Status) -> Message {
    let mut response =
        Message::response_with_reason(received, status, "No Security Agreement Here");
    response.append(Name::UNSUPPORTED, OPTION);
    response
}
