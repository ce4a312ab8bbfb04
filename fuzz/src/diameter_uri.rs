//! DiameterURIs (RFC 6733 §4.3.1).

use diameter_codec::{DiameterUri, UriProtocol, UriScheme, UriTransport};

/// The text of a URI.
pub fn diameter_uri(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let Ok(uri) = DiameterUri::parse(text) else {
        return;
    };
    assert!(text.is_ascii() && text.contains(uri.host) && !uri.host.is_empty());
    assert_ne!(uri.port, 0);
    let over_udp = (uri.transport, uri.protocol) == (UriTransport::Udp, UriProtocol::Diameter);
    assert!(!over_udp, "{text}");
    let written = written(&uri);
    assert_eq!(
        DiameterUri::parse(&written),
        Ok(uri),
        "{text} and {written}"
    );
    assert_eq!(
        DiameterUri::parse(&format!("{written};transport=tcp")).ok(),
        None,
        "a parameter stands once"
    );
}

fn written(uri: &DiameterUri<'_>) -> String {
    let scheme = match uri.scheme {
        UriScheme::Aaa => "aaa",
        UriScheme::Aaas => "aaas",
    };
    let host = match uri.host.contains(':') {
        true => format!("[{}]", uri.host),
        false => uri.host.to_owned(),
    };
    let transport = match uri.transport {
        UriTransport::Tcp => "tcp",
        UriTransport::Sctp => "sctp",
        UriTransport::Udp => "udp",
    };
    let protocol = match uri.protocol {
        UriProtocol::Diameter => "diameter",
        UriProtocol::Radius => "radius",
        UriProtocol::TacacsPlus => "tacacs+",
    };
    format!(
        "{scheme}://{host}:{};transport={transport};protocol={protocol}",
        uri.port
    )
}
