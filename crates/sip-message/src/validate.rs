//! The second step after parsing: what a message must satisfy before anything acts on it (RFC 3261 §8.1.1, §16.3).

use memchr::memchr_iter;

use crate::error::UriError;
use crate::framing::{Fault, Names};
use crate::grammar::{is_token, split_element};
use crate::header::{CSeq, CallId, Contact, MaxForwards, TypedHeader, Via};
use crate::message::{Message, StartLine};
use crate::method::Method;
use crate::name::{self, Name, Occurs};
use crate::name_addr::NameAddr;
use crate::status::Status;
use crate::uri::Uri;

/// Why a message is refused, and the response to send if it is a request. An invalid response is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{status} {reason}")]
pub struct Invalid {
    /// The status of the response: 400, 414, 416, 501 or 505; from a [`crate::Framer`] also 413 or 513.
    pub status: Status,
    /// The reason phrase, which says what is wrong.
    pub reason: &'static str,
}

impl Invalid {
    /// The response to `request`, where one can be routed: `None` without a readable topmost Via, and for an ACK or
    /// a response, which are never answered.
    pub fn response(&self, request: &Message) -> Option<Message> {
        let method = request.method()?;
        let is_routable = matches!(request.read::<Via<'_>>(), Ok(Some(_)));
        (is_routable && method != Method::ACK)
            .then(|| Message::response_with_reason(request, self.status, self.reason))
    }
}

/// Checks `message` as far as every element must, whatever its role.
///
/// Mandatory header fields, single ones not doubled, numbers in range, grammar of addresses and Via, version,
/// Request-URI, CSeq against the method, framing. Max-Forwards may be absent (RFC 2543). Extensions in Require, and what
/// to do with an unknown method, are the caller's.
///
/// # Errors
/// [`Invalid`], the first thing found wrong.
pub fn validate(message: &Message) -> Result<(), Invalid> {
    version(message)?;
    framing(message)?;
    occurrence(message)?;
    if let StartLine::Request { method, uri } = message.start_line() {
        if !is_token(method.as_str()) {
            return Err(bad("Method is no token"));
        }
        request_uri(uri)?;
    }
    cseq(message)?;
    read::<CallId<'_>>(message, "Call-ID is malformed")?;
    read::<MaxForwards>(message, "Max-Forwards is not a number from 0 to 255")?;
    fields(message)
}

/// Checks `response` as far as who passes it on must: version, framing, and that what has to be there once is there
/// once. Who acts on an address of it reads that address.
///
/// # Errors
/// [`Invalid`]: the response is to be dropped (RFC 3261 §18.3).
pub fn validate_response(response: &Message) -> Result<(), Invalid> {
    version(response)?;
    framing(response)?;
    occurrence(response)
}

/// The grammar of every line that we know and act on.
fn fields(message: &Message) -> Result<(), Invalid> {
    for field in &message.fields {
        if field.id == Name::VIA.id {
            vias(message.value_of(field))?;
        } else if field.id == Name::CONTACT.id {
            contacts(message.value_of(field))?;
        } else if let Some((name, reason)) = ADDRESSES.iter().find(|(name, _)| name.id == field.id)
        {
            let is_list = name.occurs() == Occurs::List;
            let split: Split = if is_list { split_element } else { whole_line };
            addresses(message.value_of(field), split, reason)?;
        }
    }
    Ok(())
}

/// Cuts the first element off a line.
type Split = fn(&str) -> (&str, Option<&str>);

fn whole_line(line: &str) -> (&str, Option<&str>) {
    (line, None)
}

/// Without these there is no transaction and no dialog (RFC 3261 §8.1.1).
const MANDATORY: [(Name<'static>, &str); 5] = [
    (Name::VIA, "Via missing"),
    (Name::FROM, "From missing"),
    (Name::TO, "To missing"),
    (Name::CALL_ID, "Call-ID missing"),
    (Name::CSEQ, "CSeq missing"),
];

/// Doubled, these leave open which one another element goes by (RFC 3261 §7.3.1, RFC 4475 §3.3.8). What only tells
/// people something (Subject, Server, Date and the like) may be doubled, and the first is read.
const SINGLE: [(Name<'static>, &str); 30] = [
    (Name::FROM, "From more than once"),
    (Name::TO, "To more than once"),
    (Name::CALL_ID, "Call-ID more than once"),
    (Name::CSEQ, "CSeq more than once"),
    (Name::MAX_FORWARDS, "Max-Forwards more than once"),
    (Name::MAX_BREADTH, "Max-Breadth more than once"),
    (Name::CONTENT_LENGTH, "Content-Length more than once"),
    (Name::CONTENT_TYPE, "Content-Type more than once"),
    (
        Name::CONTENT_DISPOSITION,
        "Content-Disposition more than once",
    ),
    (Name::EXPIRES, "Expires more than once"),
    (Name::MIN_EXPIRES, "Min-Expires more than once"),
    (Name::SESSION_EXPIRES, "Session-Expires more than once"),
    (Name::MIN_SE, "Min-SE more than once"),
    (Name::EVENT, "Event more than once"),
    (
        Name::SUBSCRIPTION_STATE,
        "Subscription-State more than once",
    ),
    (Name::RACK, "RAck more than once"),
    (Name::RSEQ, "RSeq more than once"),
    (Name::REPLACES, "Replaces more than once"),
    (Name::REFER_TO, "Refer-To more than once"),
    (Name::REFERRED_BY, "Referred-By more than once"),
    (Name::REPLY_TO, "Reply-To more than once"),
    (Name::RETRY_AFTER, "Retry-After more than once"),
    (Name::FLOW_TIMER, "Flow-Timer more than once"),
    (Name::SIP_ETAG, "SIP-ETag more than once"),
    (Name::SIP_IF_MATCH, "SIP-If-Match more than once"),
    (Name::P_CALLED_PARTY_ID, "P-Called-Party-ID more than once"),
    (Name::P_CHARGING_VECTOR, "P-Charging-Vector more than once"),
    (Name::P_PROFILE_KEY, "P-Profile-Key more than once"),
    (Name::P_SERVED_USER, "P-Served-User more than once"),
    (Name::P_USER_DATABASE, "P-User-Database more than once"),
];

/// Header fields whose elements are addresses that we act on.
const ADDRESSES: [(Name<'static>, &str); 9] = [
    (Name::FROM, "From is malformed"),
    (Name::TO, "To is malformed"),
    (Name::ROUTE, "Route is malformed"),
    (Name::RECORD_ROUTE, "Record-Route is malformed"),
    (Name::PATH, "Path is malformed"),
    (Name::SERVICE_ROUTE, "Service-Route is malformed"),
    (Name::P_ASSOCIATED_URI, "P-Associated-URI is malformed"),
    (
        Name::P_ASSERTED_IDENTITY,
        "P-Asserted-Identity is malformed",
    ),
    (
        Name::P_PREFERRED_IDENTITY,
        "P-Preferred-Identity is malformed",
    ),
];

const fn bad(reason: &'static str) -> Invalid {
    Invalid {
        status: Status::BAD_REQUEST,
        reason,
    }
}

/// RFC 3261 §7.1: `SIP/2.0`, in any case.
fn version(message: &Message) -> Result<(), Invalid> {
    let version = message.version();
    if version.eq_ignore_ascii_case("SIP/2.0") {
        return Ok(());
    }
    let number = version
        .get(..4)
        .filter(|name| name.eq_ignore_ascii_case("SIP/"));
    let is_version = number.is_some()
        && version[4..]
            .split_once('.')
            .is_some_and(|(major, minor)| is_digits(major) && is_digits(minor));
    if is_version {
        Err(Invalid {
            status: Status::VERSION_NOT_SUPPORTED,
            reason: Status::VERSION_NOT_SUPPORTED.reason(),
        })
    } else {
        Err(bad("Start line without SIP version"))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

fn framing(message: &Message) -> Result<(), Invalid> {
    // A CR alone ends a line for some parsers: what is behind it must not pass through us unseen.
    let head = message.head.as_bytes();
    if memchr_iter(b'\r', head).any(|at| head.get(at + 1) != Some(&b'\n')) {
        return Err(bad("Carriage return without line feed"));
    }
    match message.fault {
        None => Ok(()),
        Some(fault) => Err(bad(match fault {
            Fault::StartLine => "Start line is malformed",
            Fault::BareLineFeed => "Line feed without carriage return",
            Fault::NoColon => "Header line without name and colon",
            Fault::NoEmptyLine => "No empty line after the header fields",
            Fault::NotUtf8 => "Header fields are not UTF-8",
            Fault::ContentLength => "Content-Length is not one number",
            Fault::ShortBody => "Content-Length is larger than the body",
        })),
    }
}

fn occurrence(message: &Message) -> Result<(), Invalid> {
    // One walk over the fields.
    let (mut seen, mut doubled) = (Names::default(), Names::default());
    for field in &message.fields {
        if field.id == name::OTHER {
            if !is_token(message.name_of(field).as_str()) {
                return Err(bad("Header field name is no token"));
            }
        } else if seen.has(field.id) {
            doubled.add(field.id);
        } else {
            seen.add(field.id);
        }
    }
    if let Some((_, reason)) = MANDATORY.iter().find(|(name, _)| !seen.has(name.id)) {
        return Err(bad(reason));
    }
    if doubled.is_empty() {
        return Ok(());
    }
    match SINGLE.iter().find(|(name, _)| doubled.has(name.id)) {
        Some((_, reason)) => Err(bad(reason)),
        None => Ok(()),
    }
}

fn request_uri(text: &str) -> Result<(), Invalid> {
    match Uri::parse(text) {
        // RFC 3261 §19.1.1: no headers in a Request-URI; acting on them would be worse than refusing.
        Ok(Uri::Sip(uri)) if uri.headers.is_some() => Err(bad("Request-URI with headers")),
        Ok(Uri::Sip(_) | Uri::Tel(_)) => Ok(()),
        // Services, among them emergency calls, are URNs (RFC 5031).
        Ok(Uri::Other { scheme, .. }) if scheme.eq_ignore_ascii_case("urn") => Ok(()),
        // RFC 3261 §8.2.2.1.
        Ok(Uri::Other { .. }) => Err(Invalid {
            status: Status::UNSUPPORTED_URI_SCHEME,
            reason: Status::UNSUPPORTED_URI_SCHEME.reason(),
        }),
        // RFC 3261 §21.4.12.
        Err(UriError::TooLong) => Err(Invalid {
            status: Status::REQUEST_URI_TOO_LONG,
            reason: Status::REQUEST_URI_TOO_LONG.reason(),
        }),
        Err(UriError::TooManyParameters) => Err(bad("Request-URI with too many parameters")),
        Err(_) => Err(bad("Request-URI is malformed")),
    }
}

fn vias(line: &str) -> Result<(), Invalid> {
    let mut rest = Some(line);
    while let Some(list) = rest {
        let element;
        (element, rest) = split_element(list);
        let is_sound = |via: Via<'_>| via.params.are_sound();
        if !Via::parse(element).is_ok_and(is_sound) {
            return Err(bad("Via is malformed"));
        }
    }
    Ok(())
}

fn cseq(message: &Message) -> Result<(), Invalid> {
    const REASON: &str = "CSeq method is not the request's";
    let cseq = read::<CSeq<'_>>(message, "CSeq is malformed")?;
    match (cseq, message.method()) {
        // RFC 3261 §8.1.1.5.
        (Some(cseq), Some(method)) if cseq.method != method => {
            // RFC 4475 §3.1.2.18: the 501 of an unknown method comes before the 400.
            let status = if method.is_known() {
                Status::BAD_REQUEST
            } else {
                Status::NOT_IMPLEMENTED
            };
            Err(Invalid {
                status,
                reason: REASON,
            })
        }
        _ => Ok(()),
    }
}

fn read<'a, H: TypedHeader<'a>>(
    message: &'a Message,
    reason: &'static str,
) -> Result<Option<H>, Invalid> {
    let value = message.header(H::NAME);
    value.map(H::parse).transpose().map_err(|_| bad(reason))
}

fn addresses(line: &str, split: Split, reason: &'static str) -> Result<(), Invalid> {
    let mut rest = Some(line);
    while let Some(list) = rest {
        let element;
        (element, rest) = split(list);
        let address = NameAddr::read(element).map_err(|_| bad(reason))?;
        address_is_sound(&address, reason)?;
    }
    Ok(())
}

/// Quotes and brackets are in pairs where the parts are sound: none is in a part but around a whole value.
fn address_is_sound(address: &NameAddr<'_>, reason: &'static str) -> Result<(), Invalid> {
    let is_sound = address.has_valid_display() && address.params.are_sound();
    if is_sound && address.uri().is_ok() {
        Ok(())
    } else {
        Err(bad(reason))
    }
}

fn contacts(line: &str) -> Result<(), Invalid> {
    const REASON: &str = "Contact is malformed";
    let mut rest = Some(line);
    while let Some(list) = rest {
        let element;
        (element, rest) = split_element(list);
        match Contact::parse(element) {
            Ok(Contact::Star) => {}
            Ok(Contact::Address(address)) => address_is_sound(&address, REASON)?,
            Err(_) => return Err(bad(REASON)),
        }
    }
    Ok(())
}
