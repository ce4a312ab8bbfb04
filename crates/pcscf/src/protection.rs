//! What the P-CSCF says in a phone's Authorization.

use sip_message::{Authorization, Message, Name, TypedHeader};
use sip_stack::auth_params::{Line, remove_protection, rewrite};

/// How well a phone's REGISTER was protected on its way to us (TS 24.229 §7.2A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Not, and it is to be by IPsec.
    No,
    /// It came from an address that this user has not registered from.
    IpAssociationPending,
    /// It came from where this user is registered.
    IpAssociated,
}

impl Protection {
    fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::IpAssociationPending => "ip-assoc-pending",
            Self::IpAssociated => "ip-assoc-yes",
        }
    }
}

/// Says in every Authorization of `request` how well it is protected, whatever the phone put there
/// (TS 24.229 §5.2.2.1).
pub(crate) fn set_protection(request: &mut Message, protection: Protection) {
    remove_protection(request);
    let protection = protection.as_str();
    rewrite(request, Name::AUTHORIZATION, |value| {
        let params = Authorization::parse(value).map_or("", |read| read.0.params);
        let separator = if params.is_empty() { " " } else { ", " };
        Line::Becomes(format!(
            "{value}{separator}integrity-protected=\"{protection}\""
        ))
    });
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
    fn protection_is_not_the_phones_to_say() {
        let mut request = message(
            "Authorization: Digest username=\"a,\\\"b\", Integrity-Protected=\"yes\",nonce=\"1\"\r\n\
             Authorization: Digest username=\"b\", integrity-protected=auth-done, integrity-protected=yes\r\n",
        );
        set_protection(&mut request, Protection::No);
        let lines: Vec<&str> = request.all(Name::AUTHORIZATION).collect();
        assert_eq!(
            lines,
            [
                "Digest username=\"a,\\\"b\", nonce=\"1\", integrity-protected=\"no\"",
                "Digest username=\"b\", integrity-protected=\"no\""
            ]
        );
    }
}
