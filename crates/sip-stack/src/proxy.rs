//! What every proxy does with a request before it decides where it goes (RFC 3261 §16.3, §16.4).

use sip_message::{MaxForwards, Message, Name, Route, Status, Uri};

use crate::own::OwnNames;

/// Max-Forwards where a request has none, or none that can be read (RFC 3261 §16.6, 3).
const DEFAULT_MAX_FORWARDS: &str = "70";

/// The request to forward: one hop less, and without the Routes that name `own`, which have done their work.
///
/// No extension of Proxy-Require is known here.
///
/// # Errors
/// The response to send instead: 483 where no hop is left, 420 with the extensions that are not known.
pub fn prepare(received: &Message, own: &OwnNames) -> Result<Message, Message> {
    let mut request = received.clone();
    // §16.3, 3.
    match received.read::<MaxForwards>() {
        Ok(Some(MaxForwards(0))) => return Err(Message::response(received, Status::TOO_MANY_HOPS)),
        Ok(Some(MaxForwards(hops))) => request.set(Name::MAX_FORWARDS, &(hops - 1).to_string()),
        Ok(None) | Err(_) => request.set(Name::MAX_FORWARDS, DEFAULT_MAX_FORWARDS),
    }
    // §16.3, 5.
    let unknown: Vec<&str> = received.elements(Name::PROXY_REQUIRE).collect();
    if !unknown.is_empty() {
        let mut response = Message::response(received, Status::BAD_EXTENSION);
        response.append(Name::UNSUPPORTED, &unknown.join(", "));
        return Err(response);
    }
    // §16.4.
    let routes = received.read_all::<Route<'_>>();
    let ours = routes.take_while(|route| route.as_ref().is_ok_and(|route| names(route, own)));
    request.remove_elements(Name::ROUTE, ours.count());
    Ok(request)
}

fn names(route: &Route<'_>, own: &OwnNames) -> bool {
    matches!(route.0.uri(), Ok(Uri::Sip(uri)) if own.has(&uri))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(headers: &str) -> Message {
        let text = format!(
            "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nTo: <sip:a@h>\r\nFrom: <sip:a@h>;tag=1\r\n\
             Call-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}\r\n"
        );
        Message::parse(Bytes::from(text)).unwrap()
    }

    fn own() -> OwnNames {
        let local = "192.0.2.1:5060".parse().unwrap();
        OwnNames::of(local, "pcscf.example:5060", &[])
    }

    #[test]
    fn rfc3261_16_3_hops() {
        for (before, after) in [
            ("Max-Forwards: 70\r\n", "69"),
            ("Max-Forwards: 1\r\n", "0"),
            ("", "70"),
        ] {
            let forwarded = prepare(&request(before), &own()).unwrap();
            assert_eq!(forwarded.header(Name::MAX_FORWARDS), Some(after));
        }
        let refused = prepare(&request("Max-Forwards: 0\r\n"), &own()).unwrap_err();
        assert_eq!(refused.status(), Some(Status::TOO_MANY_HOPS));
    }

    #[test]
    fn rfc3261_16_3_extensions() {
        let refused = prepare(&request("Proxy-Require: one, two\r\n"), &own()).unwrap_err();
        assert_eq!(refused.status(), Some(Status::BAD_EXTENSION));
        assert_eq!(
            refused.elements(Name::UNSUPPORTED).collect::<Vec<_>>(),
            ["one", "two"]
        );
    }

    /// A line of them is copied once, whatever its length.
    #[test]
    fn rfc3261_16_4_many_own_routes_cost_no_more_than_their_octets() {
        let line = "<sip:192.0.2.1>,".repeat(3_500);
        let received = request(&format!("Route: {line}<sip:192.0.2.9;lr>\r\n"));
        let mut forwarded = None;
        let counted = allocation_counter::measure(|| forwarded = prepare(&received, &own()).ok());
        let forwarded = forwarded.expect("forwarded");
        assert_eq!(forwarded.header(Name::ROUTE), Some("<sip:192.0.2.9;lr>"));
        assert!(counted.bytes_total < 4 * line.len() as u64, "{counted:?}");
    }

    #[test]
    fn rfc3261_16_4_own_routes_go() {
        let routes = |headers| {
            let forwarded = prepare(&request(headers), &own()).unwrap();
            forwarded
                .elements(Name::ROUTE)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            routes(
                "Route: <sip:192.0.2.1;lr>, <sip:pcscf.example:5060;lr>, <sip:192.0.2.9;lr>\r\n"
            ),
            ["<sip:192.0.2.9;lr>"]
        );
        assert_eq!(
            routes("Route: <sip:192.0.2.1:50601;lr>\r\n"),
            ["<sip:192.0.2.1:50601;lr>"]
        );
    }
}
