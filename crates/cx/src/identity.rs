//! Public and private identities as the HSS has them (TS 23.003 §13.3, §13.4).

use sip_message::{Host, Scheme, Uri};

/// The public identity that `uri` stands for: scheme, user and host (in lower case) of a SIP URI, or the number of
/// a `tel:` URI; no port and no parameter.
pub fn public(uri: &Uri<'_>) -> Option<String> {
    match uri {
        Uri::Sip(sip) => {
            let scheme = match sip.scheme {
                Scheme::Sip => "sip",
                Scheme::Sips => "sips",
            };
            let host = host(&sip.host);
            Some(match sip.user {
                Some(user) => format!("{scheme}:{user}@{host}"),
                None => format!("{scheme}:{host}"),
            })
        }
        Uri::Tel(tel) => Some(format!("tel:{}", tel.number)),
        Uri::Other { .. } => None,
    }
}

/// The private identity that a public one gives where a REGISTER brings no credentials: without scheme, port and
/// parameters (TS 24.229 §5.4.1.2.1).
pub fn private_of(uri: &Uri<'_>) -> Option<String> {
    match uri {
        Uri::Sip(sip) => sip.user.map(|user| format!("{user}@{}", host(&sip.host))),
        Uri::Tel(_) | Uri::Other { .. } => None,
    }
}

fn host(host: &Host<'_>) -> String {
    match host {
        Host::Name(name) => name.to_ascii_lowercase(),
        other => other.to_string(),
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
