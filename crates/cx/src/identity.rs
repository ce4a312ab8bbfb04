//! The private identity that a public one gives (TS 23.003 §13.3).

use sip_message::Uri;

/// The private identity that a public one gives where a REGISTER brings no credentials: without scheme, port and
/// parameters (TS 24.229 §5.4.1.2.1).
pub fn private_of(uri: &Uri<'_>) -> Option<String> {
    match uri {
        Uri::Sip(sip) => sip.user_at_host(),
        Uri::Tel(_) | Uri::Other { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_scheme_port_parameters_and_case_of_the_host() {
        let of = |uri| private_of(&Uri::parse(uri).unwrap());
        assert_eq!(
            of("sip:Alice@HOME.example:5060;user=phone").as_deref(),
            Some("Alice@home.example")
        );
        assert_eq!(of("tel:+15551234567"), None);
        assert_eq!(of("mailto:alice@home.example"), None);
    }
}
