//! The way back of a response: what a server writes into the top Via, and where it sends.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use sip_message::{Host, Message, Name, Transport, Via, WayBack};

use crate::Error;
use crate::transaction::key::ServerKey;

/// Port where sent-by names none, but for TLS (RFC 3261 §18.2.2).
pub const DEFAULT_PORT: u16 = 5060;
/// Port where sent-by names none, for TLS (RFC 3261 §19.1.2).
pub const DEFAULT_SECURE_PORT: u16 = 5061;

/// Notes in the top Via of a received request where it came from: `received` if sent-by says otherwise
/// (RFC 3261 §18.2.1), `received` and the value of `rport` if the client asked for it (RFC 3581 §4).
///
/// What a client itself wrote into these parameters is overwritten: nobody may point responses
/// elsewhere with them. A Via that needs nothing stays octet for octet.
///
/// # Errors
/// `Missing` or `Malformed` if there is no Via or it cannot be read.
pub fn stamp_source(request: &mut Message, source: SocketAddr) -> Result<(), Error> {
    let via = top_via(request)?;
    if let Some(stamped) = stamped(request, &via, &via.way_back(), source) {
        request.replace_element(Name::VIA, &stamped);
    }
    Ok(())
}

/// What a server learns from the top Via of a request that comes.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// As [`response_address`] gives it.
    pub response_address: SocketAddr,
    /// As [`reconnection_address`] gives it.
    pub reconnection_address: SocketAddr,
    /// As [`ServerKey::of`] gives it.
    pub key: Result<ServerKey, Error>,
}

/// Stamps the top Via as [`stamp_source`] does, and gives what it says: all in one reading.
///
/// # Errors
/// As [`stamp_source`].
pub fn arrive(request: &mut Message, source: SocketAddr) -> Result<Arrival, Error> {
    let via = top_via(request)?;
    let way = via.way_back();
    let key = ServerKey::of_branch(request, &via, way.branch);
    let mut reconnection_address = source;
    reconnection_address.set_port(sent_by_port(&via));
    let Some(stamped) = stamped(request, &via, &way, source) else {
        let to = address_of(target(&via, &way), source);
        return Ok(Arrival {
            response_address: to,
            reconnection_address,
            key: key.unwrap_or_else(|| ServerKey::of(request)),
        });
    };
    request.replace_element(Name::VIA, &stamped);
    Ok(Arrival {
        response_address: response_address(request, source)?,
        reconnection_address,
        key: key.unwrap_or_else(|| ServerKey::of(request)),
    })
}

/// The top Via with what is to be noted in it; `None` where nothing is.
fn stamped(
    request: &Message,
    via: &Via<'_>,
    way: &WayBack<'_>,
    source: SocketAddr,
) -> Option<String> {
    let address = source.ip().to_canonical();
    let wants_rport = way.rport.is_some();
    let needs_received = wants_rport || host_address(&via.host) != Some(address);
    if !needs_received && !way.has_received {
        return None;
    }
    let element = request.elements(Name::VIA).next();
    let protocol_and_sent_by = element.and_then(|element| element.split(';').next());
    let mut stamped = String::with_capacity(128);
    stamped.push_str(protocol_and_sent_by.unwrap_or_default().trim());
    for parameter in via.params.iter() {
        let is = |name| parameter.name.eq_ignore_ascii_case(name);
        if is("received") || is("rport") {
            continue;
        }
        stamped.push(';');
        stamped.push_str(parameter.name);
        if let Some(value) = parameter.value {
            stamped.push('=');
            stamped.push_str(value);
        }
    }
    if needs_received {
        // RFC 3261 §25.1: via-received has an IPv6 address without brackets.
        let _infallible = write!(stamped, ";received={address}");
    }
    if wants_rport {
        let _infallible = write!(stamped, ";rport={}", source.port());
    }
    Some(stamped)
}

/// Where a response goes over UDP, by the top Via.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTarget<'a> {
    /// An address, or a name still to be looked up.
    pub host: Host<'a>,
    /// The port.
    pub port: u16,
}

/// Where the response to `request`, received over UDP and stamped, goes (RFC 3261 §18.2.2, RFC 3581
/// §4): `maddr`, else `received` with `rport` or the port of sent-by, else sent-by.
///
/// Over a connection a response goes back over the connection instead.
///
/// # Errors
/// `Missing` or `Malformed` if there is no Via or it cannot be read.
pub fn response_target(request: &Message) -> Result<ResponseTarget<'_>, Error> {
    let via = top_via(request)?;
    Ok(target(&via, &via.way_back()))
}

fn sent_by_port(via: &Via<'_>) -> u16 {
    let default_port = if via.transport == Transport::TLS {
        DEFAULT_SECURE_PORT
    } else {
        DEFAULT_PORT
    };
    via.port.unwrap_or(default_port)
}

fn target<'a>(via: &Via<'a>, way: &WayBack<'a>) -> ResponseTarget<'a> {
    let sent_by_port = sent_by_port(via);
    let (host, port) = match (way.maddr, way.received) {
        (Some(maddr), _) => (maddr, sent_by_port),
        (None, Some(received)) => {
            let host = match received {
                IpAddr::V4(address) => Host::V4(address),
                IpAddr::V6(address) => Host::V6(address),
            };
            (host, way.rport.flatten().unwrap_or(sent_by_port))
        }
        (None, None) => (via.host, sent_by_port),
    };
    ResponseTarget { host, port }
}

/// [`response_target`] as an address, for a request that came from `source`, whose scope a link-local
/// address keeps. A name, which only `maddr` can be after stamping, is not looked up: such a response
/// goes to the address where the request came from.
///
/// # Errors
/// As [`response_target`].
pub fn response_address(request: &Message, source: SocketAddr) -> Result<SocketAddr, Error> {
    Ok(address_of(response_target(request)?, source))
}

fn address_of(target: ResponseTarget<'_>, source: SocketAddr) -> SocketAddr {
    match host_address(&target.host) {
        Some(address) if address != source.ip().to_canonical() => {
            SocketAddr::new(address, target.port)
        }
        Some(_) | None => {
            let mut same_host = source;
            same_host.set_port(target.port);
            same_host
        }
    }
}

/// Where a new connection for the response to `request`, received over a connection from `source` and stamped, is made
/// to when that connection is gone (RFC 3261 §18.2.2): the address that it came from, and the port of sent-by.
///
/// # Errors
/// As [`response_target`].
pub fn reconnection_address(request: &Message, source: SocketAddr) -> Result<SocketAddr, Error> {
    let mut address = source;
    address.set_port(sent_by_port(&top_via(request)?));
    Ok(address)
}

fn top_via(message: &Message) -> Result<Via<'_>, Error> {
    message
        .read::<Via<'_>>()
        .map_err(|_| Error::Malformed("Via"))?
        .ok_or(Error::Missing("Via"))
}

fn host_address(host: &Host<'_>) -> Option<IpAddr> {
    match host {
        Host::V4(address) => Some(IpAddr::V4(*address)),
        Host::V6(address) => Some(IpAddr::V6(*address).to_canonical()),
        Host::Name(_) => None,
    }
}
