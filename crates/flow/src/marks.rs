//! What a message says of whom it is about, and of what it is part.

use std::net::SocketAddr;

use diameter_codec::base::avp;
use diameter_codec::{ApplicationId, Avp, Message as Diameter, cx};
use sip_message::{
    Authorization, CSeq, CallId, Contact, From, Message as Sip, Method, NameAddr,
    PAssertedIdentity, PAssociatedUri, PChargingVector, PPreferredIdentity, PServedUser,
    ProxyAuthorization, To, TypedHeader,
};

use crate::event::{Event, Outcome, Protocol};
use crate::identity::Identity;

/// Identities that are taken of one message.
const MAX_TAKEN: usize = 16;

/// See [`Marks::of`].
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// All of one subscriber.
    pub(crate) own: Vec<Identity>,
    /// Of the parties of a call: of whom is which cannot be told.
    pub(crate) parties: Vec<Identity>,
    /// Call-ID.
    pub(crate) call_id: Option<String>,
    /// The IMS charging identifier, which an element that makes two calls of one leaves as it is (TS 24.229 §4.5.2).
    pub(crate) icid: Option<String>,
    /// Session-Id.
    pub(crate) session_id: Option<String>,
    /// A Diameter request and its answer.
    pub(crate) exchange: Option<Exchange>,
    pub(crate) step: Step,
}

/// A request on one connection (RFC 6733 §3, Hop-by-Hop Identifier).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Exchange {
    asked_by: SocketAddr,
    asked: SocketAddr,
    hop_by_hop: u32,
}

/// How far a message brings its transaction.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It begins.
    Request,
    /// It ends.
    Final,
    /// Neither.
    #[default]
    Between,
}

impl Marks {
    /// Reads them of a message; nothing of what is neither SIP nor Diameter.
    pub(crate) fn of(event: &Event) -> Marks {
        match event.protocol {
            Protocol::Sip => Sip::parse(event.octets.clone())
                .map(|message| sip(&message))
                .unwrap_or_default(),
            Protocol::Diameter => Diameter::parse(event.octets.clone())
                .map(|message| diameter(&message, event))
                .unwrap_or_default(),
            Protocol::Stun | Protocol::Unknown => Marks::default(),
        }
    }
}

fn sip(message: &Sip) -> Marks {
    let cseq = message.read::<CSeq<'_>>().ok().flatten();
    let is_register = match message.method() {
        Some(method) => method == Method::REGISTER,
        None => cseq.is_some_and(|cseq| cseq.method == Method::REGISTER),
    };
    let mut marks = Marks {
        call_id: message
            .read::<CallId<'_>>()
            .ok()
            .flatten()
            .map(|id| id.0.to_owned()),
        icid: message
            .read::<PChargingVector<'_>>()
            .ok()
            .flatten()
            .and_then(|vector| Some(vector.icid()?.into_owned())),
        step: match message.status().map(|status| status.0) {
            // What needs no answer begins nothing.
            None if message.method() == Some(Method::ACK) => Step::Between,
            None => Step::Request,
            Some(100..=199) => Step::Between,
            Some(_) => Step::Final,
        },
        ..Marks::default()
    };
    let identities = if is_register {
        // From may be an S-CSCF that registers somebody (TS 24.229 §5.4.1.7).
        marks.own.extend(addresses::<To<'_>>(message));
        if message.status().is_some_and(|status| status.0 / 100 == 2) {
            marks.own.extend(addresses::<PAssociatedUri<'_>>(message));
            marks.own.extend(temporary(message));
        }
        &mut marks.own
    } else {
        marks.parties.extend(addresses::<From<'_>>(message));
        marks.parties.extend(addresses::<To<'_>>(message));
        marks
            .parties
            .extend(addresses::<PAssertedIdentity<'_>>(message));
        marks
            .parties
            .extend(addresses::<PPreferredIdentity<'_>>(message));
        marks.parties.extend(addresses::<PServedUser<'_>>(message));
        &mut marks.parties
    };
    identities.extend(user_names(message));
    identities.truncate(MAX_TAKEN);
    marks
}

fn addresses<'a, H>(message: &'a Sip) -> impl Iterator<Item = Identity>
where
    H: TypedHeader<'a> + std::ops::Deref<Target = NameAddr<'a>> + 'a,
{
    message
        .read_all::<H>()
        .filter_map(|header| Identity::public(header.ok()?.uri))
}

/// Temporary GRUUs, by which a subscriber is called who does not tell who they are (RFC 5627 §3.1.2, §5.3).
fn temporary(message: &Sip) -> impl Iterator<Item = Identity> {
    let contacts = message.read_all::<Contact<'_>>();
    contacts.filter_map(|contact| {
        let contact = contact.ok()?;
        Identity::public(&contact.address()?.params.unquoted("temp-gruu")?)
    })
}

fn user_names(message: &Sip) -> impl Iterator<Item = Identity> {
    let own = message
        .read_all::<Authorization<'_>>()
        .filter_map(|header| header.ok()?.get("username"));
    let proxies = message
        .read_all::<ProxyAuthorization<'_>>()
        .filter_map(|header| header.ok()?.get("username"));
    own.chain(proxies)
        .filter_map(|name| Identity::private(&name))
}

fn diameter(message: &Diameter, event: &Event) -> Marks {
    let header = message.header();
    let mut marks = Marks {
        session_id: message.session_id().map(str::to_owned),
        step: match event.outcome {
            Outcome::Request => Step::Request,
            _ => Step::Final,
        },
        ..Marks::default()
    };
    let (asked_by, asked) = match header.is_request() {
        true => (event.source, event.destination),
        false => (event.destination, event.source),
    };
    marks.exchange = Some(Exchange {
        asked_by,
        asked,
        hop_by_hop: header.hop_by_hop,
    });
    if header.application == ApplicationId::BASE {
        return marks;
    }
    for avp in message.avps() {
        match avp.code {
            // Those with whom they share public identities (TS 29.229 §6.3.33).
            cx::avp::ASSOCIATED_IDENTITIES => marks.own.extend(avp.group().filter_map(identity)),
            _ => marks.own.extend(identity(avp)),
        }
    }
    marks.own.truncate(MAX_TAKEN);
    marks
}

fn identity(avp: Avp<'_>) -> Option<Identity> {
    match avp.code {
        cx::avp::PUBLIC_IDENTITY => avp.text().and_then(Identity::public),
        avp::USER_NAME => avp.text().and_then(Identity::private),
        _ => None,
    }
}
