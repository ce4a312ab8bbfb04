//! Whether a REGISTER is of RFC 5626 (§6), and whether its way is.

use sip_message::{Message, Name, Path, Uri};

/// What of outbound a REGISTER gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outbound {
    /// It does not support outbound: reg-id says nothing.
    NotAsked,
    /// It does, and so does the first hop, or we are the first hop.
    Used,
    /// It does, and the proxy nearest to the phone does not.
    NotAtFirstHop,
}

impl Outbound {
    /// Reads it from Supported, Via and Path.
    pub(crate) fn of(request: &Message) -> Self {
        if !request
            .elements(Name::SUPPORTED)
            .any(|tag| tag.eq_ignore_ascii_case("outbound"))
        {
            return Self::NotAsked;
        }
        // RFC 5626 §6: with one Via nothing is between the phone and us.
        if request.elements(Name::VIA).nth(1).is_none() {
            return Self::Used;
        }
        // The proxy nearest to the phone has put its URI into Path first, so that it stands last (RFC 3327 §5.3).
        let nearest = request.read_all::<Path<'_>>().last();
        let uri = nearest
            .and_then(Result::ok)
            .and_then(|path| path.0.uri().ok());
        match uri {
            Some(Uri::Sip(uri)) if uri.params.has("ob") => Self::Used,
            _ => Self::NotAtFirstHop,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn of(headers: &str) -> Outbound {
        let text = format!(
            "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n{headers}\r\n"
        );
        Outbound::of(&Message::parse(Bytes::from(text)).unwrap())
    }

    #[test]
    fn rfc5626_6_by_supported_and_the_path_of_the_first_hop() {
        const PROXY: &str = "Via: SIP/2.0/UDP b;branch=z9hG4bK2\r\nSupported: path, Outbound\r\n";
        assert_eq!(
            of("Supported: path\r\nPath: <sip:p;lr;ob>\r\n"),
            Outbound::NotAsked
        );
        assert_eq!(of("Supported: outbound\r\n"), Outbound::Used);
        for (path, outbound) in [
            ("", Outbound::NotAtFirstHop),
            ("Path: <sip:t@p;lr>\r\n", Outbound::NotAtFirstHop),
            ("Path: <sip:t@p;lr;ob>\r\n", Outbound::Used),
            ("Path: <sip:i;lr>, <sip:t@p;lr;ob>\r\n", Outbound::Used),
            (
                "Path: <sip:i;lr;ob>\r\nPath: <sip:t@p;lr>\r\n",
                Outbound::NotAtFirstHop,
            ),
        ] {
            assert_eq!(of(&format!("{PROXY}{path}")), outbound, "{path}");
        }
    }
}
