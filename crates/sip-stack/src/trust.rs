//! What only the trusted network may say (TS 24.229 §4.4, RFC 3325 §5): it is taken from what comes from outside, that
//! is from phones and from elements that are not trusted.

use sip_message::{Message, Name};

/// Headers that nobody outside can set, with the clause that says so.
///
/// P-Access-Network-Info is not among them: it is a phone's own, less what is marked `network-provided`.
const NOT_FROM_OUTSIDE: [(&str, &str); 25] = [
    ("Additional-Identity", "TS 24.229 §4.4.19"),
    ("Attestation-Info", "TS 24.229 §4.4.17"),
    ("Cellular-Network-Info", "TS 24.229 §4.4.16"),
    ("Feature-Caps", "RFC 6809 §9, TS 24.229 §4.4.14"),
    ("History-Info", "RFC 7044 §10.1, TS 24.229 §4.4.5"),
    ("Origination-Id", "TS 24.229 §4.4.18"),
    ("P-Asserted-Identity", "RFC 3325 §5, TS 24.229 §4.4.2"),
    ("P-Asserted-Service", "RFC 6050 §4.4, TS 24.229 §4.4.6"),
    ("P-Associated-URI", "RFC 7315 §4.1"),
    ("P-Called-Party-ID", "RFC 7315 §4.2"),
    (
        "P-Charging-Function-Addresses",
        "RFC 7315 §6.5, TS 24.229 §4.4.10",
    ),
    ("P-Charging-Vector", "RFC 7315 §6.6, TS 24.229 §4.4.9"),
    ("P-Early-Media", "RFC 5009 §7, TS 24.229 §4.4.12"),
    (
        "P-Private-Network-Indication",
        "RFC 7316 §8, TS 24.229 §4.4.11",
    ),
    ("P-Profile-Key", "RFC 5002 §5, TS 24.229 §4.4.7"),
    ("P-Served-User", "RFC 5502 §5, TS 24.229 §4.4.8"),
    ("P-User-Database", "RFC 4457 §7, TS 24.229 §4.4.3"),
    ("P-Visited-Network-ID", "RFC 7315 §6.3"),
    ("Path", "RFC 3327 §5.1"),
    ("Relayed-Charge", "TS 24.229 §4.4.15"),
    ("Resource-Share", "TS 24.229 §4.4.20"),
    ("Response-Source", "TS 24.229 §7.2.17"),
    ("Restoration-Info", "TS 24.229 §4.4.13"),
    ("Service-Interact-Info", "TS 24.229 §4.4.21"),
    ("Service-Route", "RFC 3608 §6.2"),
];

/// What the trusted network says and nobody outside must see (TS 24.229 §4.5, §5.2.2.2).
const NOT_FOR_OUTSIDE: [Name<'static>; 2] =
    [Name::P_CHARGING_FUNCTION_ADDRESSES, Name::P_CHARGING_VECTOR];

/// Takes out of a request or response from outside what it may not say; gives how many lines that were.
///
/// `integrity-protected` in credentials is another matter: [`remove_protection`](crate::auth_params::remove_protection).
pub fn remove_claims(message: &mut Message) -> u64 {
    let mut removed = 0;
    for (name, _clause) in NOT_FROM_OUTSIDE {
        let name = Name::new(name);
        let lines = message.all(name).count();
        if lines > 0 {
            message.remove(name);
            removed += lines as u64;
        }
    }
    removed + remove_network_provided(message)
}

/// Takes out of a request or response of the trusted network what is not for who is outside.
pub fn remove_confidences(message: &mut Message) {
    for name in NOT_FOR_OUTSIDE {
        message.remove(name);
    }
}

/// Takes out access network information that a phone gives as the network's (TS 24.229 §7.2A.4); gives how many.
fn remove_network_provided(message: &mut Message) -> u64 {
    let marked = |element: &str| {
        element.split(';').any(|param| {
            let name = param.split('=').next().unwrap_or_default();
            name.trim().eq_ignore_ascii_case("network-provided")
        })
    };
    let elements = || message.elements(Name::P_ACCESS_NETWORK_INFO);
    let removed = elements().filter(|element| marked(element)).count();
    if removed > 0 {
        let own: Vec<String> = elements()
            .filter(|element| !marked(element))
            .map(str::to_owned)
            .collect();
        message.remove(Name::P_ACCESS_NETWORK_INFO);
        for element in own {
            message.append(Name::P_ACCESS_NETWORK_INFO, &element);
        }
    }
    removed as u64
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn message(headers: &str) -> Message {
        let text = format!(
            "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:a@h>\r\n\
             From: <sip:a@h>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}\r\n"
        );
        Message::parse(Bytes::from(text)).unwrap()
    }

    #[test]
    fn every_header_of_the_table_goes_in_any_writing() {
        for (name, clause) in NOT_FROM_OUTSIDE {
            for written in [name.to_owned(), name.to_ascii_uppercase()] {
                let mut request = message(&format!("{written}: a\r\nP-X: b\r\n{written} : c\r\n"));
                assert_eq!(remove_claims(&mut request), 2, "{written}, {clause}");
                assert_eq!(request.header(Name::new(name)), None, "{written}, {clause}");
                assert_eq!(request.header(Name::new("P-X")), Some("b"));
            }
        }
    }

    #[test]
    fn a_phones_own_access_network_stays_and_the_networks_goes() {
        let mut request = message(
            "P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=1;Network-Provided, IEEE-802.11;np\r\n\
             P-Access-Network-Info: IEEE-802.3; network-provided = 1\r\n",
        );
        assert_eq!(remove_claims(&mut request), 2);
        let left: Vec<&str> = request.elements(Name::P_ACCESS_NETWORK_INFO).collect();
        assert_eq!(left, ["IEEE-802.11;np"]);
    }

    #[test]
    fn what_says_nothing_of_it_is_not_touched() {
        let mut request = message("P-Preferred-Identity: <sip:a@h>\r\nPrivacy: id\r\n");
        let before = request.to_bytes();
        assert_eq!(remove_claims(&mut request), 0);
        assert_eq!(request.to_bytes(), before);
    }
}
