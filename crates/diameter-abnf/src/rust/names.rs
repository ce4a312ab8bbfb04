//! The standards' names as Rust names.

/// The type for an AVP or a command: `SCSCF-Restoration-Info` → `ScscfRestorationInfo`.
#[must_use]
pub fn type_name(name: &str) -> String {
    name.split('-').map(capitalised).collect()
}

fn capitalised(part: &str) -> String {
    // `SourceID` and `WebRTC` keep the humps that they have; `SCSCF` has none.
    let lower = part.chars().any(char::is_lowercase);
    let mut characters = part.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    let rest = characters.as_str();
    let mut out: String = first.into_iter().collect();
    let mut last_upper = true;
    for c in rest.chars() {
        let upper = c.is_ascii_uppercase();
        out.push(if lower && upper && !last_upper {
            c
        } else {
            c.to_ascii_lowercase()
        });
        last_upper = upper;
    }
    out
}

/// The member for an AVP: `Call-ID-SIP-Header` → `call_id_sip_header`.
#[must_use]
pub fn field(name: &str) -> String {
    name.replace('-', "_").to_ascii_lowercase()
}

/// `REMOVE_S-CSCF` → `REMOVE_S_CSCF`; `3GPP` → `THREE_GPP`, as no Rust name begins with a digit.
pub(crate) fn constant(name: &str) -> String {
    const DIGITS: [&str; 10] = [
        "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
    ];
    let upper = name.replace('-', "_").to_ascii_uppercase();
    let digit = upper.chars().next().and_then(|first| first.to_digit(10));
    match digit.and_then(|digit| DIGITS.get(digit as usize)) {
        Some(word) => format!("{word}_{}", &upper[1..]),
        None => upper,
    }
}

/// `Cx` → `cx`.
pub(crate) fn module(name: &str) -> String {
    field(name)
}

/// `Server-Assignment-Request` → `SAR`.
pub(crate) fn abbreviation(name: &str) -> String {
    name.split('-')
        .filter_map(|part| part.chars().next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_standards_become_names_of_rust() {
        for (name, rust) in [
            ("SCSCF-Restoration-Info", "ScscfRestorationInfo"),
            ("P-CSCF-Subscription-Info", "PCscfSubscriptionInfo"),
            (
                "WebRTC-Web-Server-Function-Name",
                "WebRtcWebServerFunctionName",
            ),
            ("SIP-Digest-Authenticate", "SipDigestAuthenticate"),
            ("OC-OLR", "OcOlr"),
            ("SourceID", "SourceId"),
            (
                "Identity-with-Emergency-Registration",
                "IdentityWithEmergencyRegistration",
            ),
        ] {
            assert_eq!(type_name(name), rust);
        }
        assert_eq!(field("Call-ID-SIP-Header"), "call_id_sip_header");
        assert_eq!(constant("3GPP"), "THREE_GPP");
        assert_eq!(constant("REMOVE_S-CSCF"), "REMOVE_S_CSCF");
        assert_eq!(abbreviation("Device-Watchdog-Answer"), "DWA");
    }
}
