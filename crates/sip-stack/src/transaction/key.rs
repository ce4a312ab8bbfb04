//! Which transaction a message belongs to, RFC 3261 §17.1.3 and §17.2.3.
//!
//! A key is a row of octets made of the parts that are compared, so that equal keys mean equal parts.
//! Text parts end in an octet that UTF-8 does not have; addresses and numbers have their length.

use sip_message::{CSeq, From, Host, Message, Method, Name, To, Via};
use smallvec::SmallVec;

use crate::Error;
use crate::branch::MAGIC_COOKIE;

/// Room inside a key: an IPv4 sent-by, the longest usual method and a branch of 38 characters after
/// the cookie stay without an allocation.
const INLINE: usize = 56;

/// Ends a text part: no octet of UTF-8.
const END: u8 = 0xff;

/// The key of a server transaction, of its request and of the retransmissions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerKey(Octets);

/// The key of a client transaction, of its request and of the responses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientKey(Octets);

type Octets = SmallVec<[u8; INLINE]>;

impl ServerKey {
    /// The key of a request (§17.2.3): branch, sent-by and method. A branch without the cookie, or
    /// with nothing behind it (RFC 4475 §3.2.1), identifies nothing: then the rules of RFC 2543 hold.
    ///
    /// An ACK has the key of its INVITE.
    ///
    /// # Errors
    /// `Missing` or `Malformed` if a header field that is compared is not there or not readable,
    /// `Misuse` for a response.
    pub fn of(request: &Message) -> Result<ServerKey, Error> {
        let via = top_via(request)?;
        if let Some(key) = Self::of_branch(request, &via, via.branch()) {
            return key;
        }
        match request.method() {
            Some(Method::ACK) => Self::without_branch(request, Method::INVITE),
            Some(method) => Self::without_branch(request, method),
            None => Err(Error::Misuse("server key of a response")),
        }
    }

    /// The key of the request with `method` that `cancel` is about (§9.2), where a branch identifies it.
    pub fn cancelled(cancel: &Message, method: Method<'_>) -> Option<ServerKey> {
        let via = top_via(cancel).ok()?;
        let branch = identifying_branch(via.branch())?;
        Some(ServerKey(with_branch(b'3', method, &via, branch)))
    }

    /// The same where `branch`, that of the top `via`, identifies it; `None` where it does not.
    pub(crate) fn of_branch(
        request: &Message,
        via: &Via<'_>,
        branch: Option<&str>,
    ) -> Option<Result<ServerKey, Error>> {
        let branch = identifying_branch(branch)?;
        Some(match request.method() {
            Some(Method::ACK) => Ok(ServerKey(with_branch(b'3', Method::INVITE, via, branch))),
            Some(method) => Ok(ServerKey(with_branch(b'3', method, via, branch))),
            None => Err(Error::Misuse("server key of a response")),
        })
    }

    /// §17.2.3, RFC 2543: Request-URI, tags, Call-ID, CSeq and the whole top Via. The To tag of an
    /// ACK is the one that the response gave, so that INVITE and ACK are compared without it.
    fn without_branch(request: &Message, method: Method<'_>) -> Result<ServerKey, Error> {
        let from = request
            .read::<From<'_>>()
            .map_err(|_| Error::Malformed("From"))?
            .ok_or(Error::Missing("From"))?;
        let to = request
            .read::<To<'_>>()
            .map_err(|_| Error::Malformed("To"))?
            .ok_or(Error::Missing("To"))?;
        let cseq = cseq(request)?;
        let mut key = Octets::new();
        key.push(b'2');
        push_text(&mut key, method.as_str());
        key.extend_from_slice(&cseq.seq.to_be_bytes());
        push_text(&mut key, request.request_uri().unwrap_or_default());
        push_text(&mut key, from.tag().unwrap_or_default());
        if method != Method::INVITE {
            push_text(&mut key, to.tag().unwrap_or_default());
        }
        let call_id = request.header(Name::CALL_ID);
        push_text(&mut key, call_id.ok_or(Error::Missing("Call-ID"))?);
        let via = request.elements(Name::VIA).next();
        push_text(&mut key, via.ok_or(Error::Missing("Via"))?);
        Ok(ServerKey(key))
    }
}

impl ClientKey {
    /// The key of a request that we send or of a response to one (§17.1.3): branch and CSeq method;
    /// sent-by too, as a response whose top Via is not ours is discarded (§18.1.2).
    ///
    /// # Errors
    /// `Missing` or `Malformed` if Via, its branch or CSeq is not there or not readable.
    pub fn of(message: &Message) -> Result<ClientKey, Error> {
        let via = top_via(message)?;
        let branch = identifying_branch(via.branch()).ok_or(Error::Missing("branch"))?;
        let method = cseq(message)?.method;
        Ok(ClientKey(with_branch(b'3', method, &via, branch)))
    }

    /// The key of a request of ours of which only the beginning is there: with no CSeq, the method of its first line.
    ///
    /// # Errors
    /// As [`of`](Self::of); `Misuse` for a response.
    pub fn of_request(request: &Message) -> Result<ClientKey, Error> {
        let method = request
            .method()
            .ok_or(Error::Misuse("request key of a response"))?;
        let via = top_via(request)?;
        let branch = identifying_branch(via.branch()).ok_or(Error::Missing("branch"))?;
        Ok(ClientKey(with_branch(b'3', method, &via, branch)))
    }
}

fn top_via(message: &Message) -> Result<Via<'_>, Error> {
    message
        .read::<Via<'_>>()
        .map_err(|_| Error::Malformed("Via"))?
        .ok_or(Error::Missing("Via"))
}

fn cseq(message: &Message) -> Result<CSeq<'_>, Error> {
    message
        .read::<CSeq<'_>>()
        .map_err(|_| Error::Malformed("CSeq"))?
        .ok_or(Error::Missing("CSeq"))
}

/// What stands behind the magic cookie.
fn identifying_branch(branch: Option<&str>) -> Option<&str> {
    branch?
        .strip_prefix(MAGIC_COOKIE)
        .filter(|branch| !branch.is_empty())
}

fn with_branch(kind: u8, method: Method<'_>, via: &Via<'_>, branch: &str) -> Octets {
    let mut key = Octets::new();
    key.push(kind);
    push_text(&mut key, method.as_str());
    match via.host {
        Host::V4(address) => {
            key.push(b'4');
            key.extend_from_slice(&address.octets());
        }
        Host::V6(address) => {
            key.push(b'6');
            key.extend_from_slice(&address.octets());
        }
        Host::Name(name) => {
            key.push(b'n');
            push_lower_case(&mut key, name);
            key.push(END);
        }
    }
    // No port is not the default port: a retransmission has what the request had.
    match via.port {
        Some(port) => {
            key.push(b':');
            key.extend_from_slice(&port.to_be_bytes());
        }
        None => key.push(b'-'),
    }
    // §7.3.1: parameter values are compared without regard to case.
    push_lower_case(&mut key, branch);
    key
}

fn push_text(key: &mut Octets, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(END);
}

fn push_lower_case(key: &mut Octets, text: &str) {
    let start = key.len();
    key.extend_from_slice(text.as_bytes());
    key[start..].make_ascii_lowercase();
}
