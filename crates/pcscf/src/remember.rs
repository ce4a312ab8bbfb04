//! What the P-CSCF keeps of a 200 (TS 24.229 §5.2.2.1): the registration as the registrar confirmed it.

use std::time::{Duration, Instant};

use driver::io::Io;
use driver::sip::Flow;
use sip_message::{Authorization, Contact, Message, Name, NameAddr, To};
use smallvec::SmallVec;

use crate::registered::{BoundContact, Entry, MAX_CONTACTS};
use crate::{Shared, now, to_phone};

/// Keeps what `response`, a 2xx, says of the contacts of `request` and of those known before, as long as they last.
pub(crate) fn remember<I: Io>(
    pcscf: &Shared<I>,
    flow: Flow,
    request: &Message,
    response: &Message,
) {
    let Some(impu) = public_identity(request) else {
        return;
    };
    let impu = impu.as_str();
    let private_identity = private_identity(request).unwrap_or_default();
    let mut registered = pcscf.registered.borrow_mut();
    let listed = listed(response, now());
    registered.keep_of_ended(impu, &private_identity, &listed);
    let contacts = match asked(request) {
        Asked::RemoveAll => {
            registered.remove_all(impu, &private_identity);
            SmallVec::new()
        }
        Asked::Bind(mut ours) => {
            // Bound anew or removed: behind the flow that they were registered over before they are no longer.
            registered.take_from_others(flow, impu, &ours);
            let known = registered.get(flow, impu).map(|entry| &entry.contacts);
            ours.extend(known.into_iter().flatten().cloned());
            bound(listed, &ours)
        }
    };
    let entry = Entry {
        private_identity,
        contacts,
        service_route: joined(response, Name::SERVICE_ROUTE),
        associated: joined(response, Name::P_ASSOCIATED_URI),
    };
    registered.set(flow, impu, entry);
    pcscf.metrics.set_registrations(registered.len());
    drop(registered);
    // The connection may have ended while the registrar was asked: nobody tells of it again.
    if !pcscf.phones.is_open(flow) {
        to_phone::end(pcscf, flow);
    }
}

/// The public identity that `request` registers, as it is kept (RFC 3261 §10.3, 5).
pub(crate) fn public_identity(request: &Message) -> Option<String> {
    let to = request.read::<To<'_>>().ok().flatten()?;
    to.0.uri().ok()?.identity()
}

/// The one private identity that the credentials of `request` name; none where they differ: the registrar may take any
/// of them.
pub(crate) fn private_identity(request: &Message) -> Option<Box<str>> {
    let credentials = request
        .read_all::<Authorization<'_>>()
        .filter_map(Result::ok)
        .filter(|authorization| authorization.0.is_digest());
    let mut names = credentials.map(|authorization| authorization.0.get("username"));
    let first = names.next()??;
    let same = !first.is_empty() && names.all(|other| other.as_deref() == Some(&*first));
    same.then(|| first.into())
}

enum Asked {
    RemoveAll,
    /// The contacts of the request, none if it is a query.
    Bind(SmallVec<[BoundContact; 1]>),
}

fn asked(request: &Message) -> Asked {
    let mut contacts = SmallVec::new();
    for contact in request.read_all::<Contact<'_>>().filter_map(Result::ok) {
        match contact {
            Contact::Star => return Asked::RemoveAll,
            Contact::Address(_) if contacts.len() == MAX_CONTACTS => break,
            Contact::Address(address) => contacts.push(read(&contact, &address, now())),
        }
    }
    Asked::Bind(contacts)
}

fn read(contact: &Contact<'_>, address: &NameAddr<'_>, expires_at: Instant) -> BoundContact {
    BoundContact {
        uri: address.uri.into(),
        outbound: match (contact.instance(), contact.reg_id()) {
            (Some(instance), Some(reg_id)) => Some((instance.into(), reg_id)),
            _ => None,
        },
        expires_at,
    }
}

/// The contacts of `response`, each with its time.
fn listed(response: &Message, now: Instant) -> SmallVec<[BoundContact; 1]> {
    let mut listed = SmallVec::new();
    for contact in response.read_all::<Contact<'_>>().filter_map(Result::ok) {
        if let (Contact::Address(address), Some(seconds @ 1..)) = (contact, contact.expires()) {
            let expires_at = now + Duration::from_secs(u64::from(seconds));
            listed.push(read(&contact, &address, expires_at));
        }
    }
    listed
}

/// Those of `listed` that are of `ours`.
fn bound(
    mut listed: SmallVec<[BoundContact; 1]>,
    ours: &[BoundContact],
) -> SmallVec<[BoundContact; 1]> {
    let is_ours = |contact: &BoundContact| {
        ours.iter().any(|ours| match &ours.outbound {
            Some(outbound) if contact.outbound.is_some() => {
                contact.outbound.as_ref() == Some(outbound)
            }
            _ => same_uri(&contact.uri, &ours.uri),
        })
    };
    listed.retain(|contact| is_ours(contact));
    listed.truncate(MAX_CONTACTS);
    listed
}

/// Whether both stand for one contact (RFC 3261 §19.1.4).
fn same_uri(one: &str, other: &str) -> bool {
    use sip_message::Uri;
    one == other
        || matches!((Uri::parse(one), Uri::parse(other)), (Ok(one), Ok(other)) if one.equivalent(&other))
}

fn joined(message: &Message, name: Name<'_>) -> Box<str> {
    message.elements(name).collect::<Vec<_>>().join(", ").into()
}
