//! Public and private identities as the HSS has them (TS 23.003 §13.3, §13.4).

use sip_message::{Host, Scheme, Uri};

/// The public identity that `uri` stands for: scheme, user and host (in lower case) of a SIP URI, or the number of
/// a `tel:` URI; no port and no parameter.
pub fn public(uri: &Uri<'_>) -> Option<String> {
    match uri {
        Uri::Sip(sip) => {
            let mut identity = String::with_capacity(USUAL_LENGTH);
            identity.push_str(match sip.scheme {
                Scheme::Sip => "sip:",
                Scheme::Sips => "sips:",
            });
            if let Some(user) = sip.user {
                identity.push_str(user);
                identity.push('@');
            }
            push_host(&mut identity, &sip.host);
            Some(identity)
        }
        Uri::Tel(tel) => Some(format!("tel:{}", tel.number)),
        Uri::Other { .. } => None,
    }
}

/// The private identity that a public one gives where a REGISTER brings no credentials: without scheme, port and
/// parameters (TS 24.229 §5.4.1.2.1).
pub fn private_of(uri: &Uri<'_>) -> Option<String> {
    match uri {
        Uri::Sip(sip) => sip.user.map(|user| {
            let mut identity = String::with_capacity(USUAL_LENGTH);
            identity.push_str(user);
            identity.push('@');
            push_host(&mut identity, &sip.host);
            identity
        }),
        Uri::Tel(_) | Uri::Other { .. } => None,
    }
}

/// Room for a usual identity, so that it is written without growing.
const USUAL_LENGTH: usize = 64;

fn push_host(identity: &mut String, host: &Host<'_>) {
    match host {
        Host::Name(name) => {
            let from = identity.len();
            identity.push_str(name);
            identity[from..].make_ascii_lowercase();
        }
        other => identity.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_port_parameters_and_case_of_the_host() {
        let uri = Uri::parse("sip:Alice@HOME.example:5060;user=phone").unwrap();
        assert_eq!(public(&uri).as_deref(), Some("sip:Alice@home.example"));
        assert_eq!(private_of(&uri).as_deref(), Some("Alice@home.example"));
        let uri = Uri::parse("tel:+15551234567;x=y").unwrap();
        assert_eq!(public(&uri).as_deref(), Some("tel:+15551234567"));
        assert_eq!(private_of(&uri), None);
        assert_eq!(
            public(&Uri::parse("mailto:alice@home.example").unwrap()),
            None
        );
    }
}
