//! REGISTER through the I-CSCF (TS 24.229 §5.3.1).

use std::borrow::Cow;

use cx::{UarFlags, UserAuthorization, UserAuthorizationType};
use driver::io::Io;
use driver::sip::Incoming;
use sip_message::{Contact, Message, Name, PVisitedNetworkId, Status, To, Uri};
use sip_stack::{auth_params, proxy, trust};

use crate::attempts::{Attempts, Outcome};
use crate::{Shared, refusal};

/// Takes a REGISTER to the S-CSCF that serves its user, and the answer back.
pub(crate) async fn register<I: Io>(icscf: &Shared<I>, incoming: Incoming<I>) {
    icscf.metrics.registers.inc();
    let is_trusted = icscf.settings().trusted_peers.trusts(incoming.source.ip());
    let response = if is_trusted {
        answered(icscf, &incoming.message).await
    } else {
        let believed = without_claims(icscf, &incoming);
        let mut response = answered(icscf, &believed).await;
        // §4.4.9, §5.4.1.2.1: charging data and keys of a user stay in the trusted network.
        trust::remove_confidences(&mut response);
        auth_params::remove_keys(&mut response);
        response
    };
    incoming.transaction.respond(&response);
}

/// The request of somebody outside, less what only a trusted network may say (§4.4).
fn without_claims<I: Io>(icscf: &Shared<I>, incoming: &Incoming<I>) -> Message {
    let mut request = Message::clone(&incoming.message);
    let removed = trust::remove_claims(&mut request) + auth_params::remove_protection(&mut request);
    icscf.metrics.untrusted.inc();
    icscf.metrics.claims_removed.inc_by(removed);
    tracing::debug!(source = %incoming.source, removed, "REGISTER from who is not in trusted_peers");
    request
}

/// What `received` is answered.
async fn answered<I: Io>(icscf: &Shared<I>, received: &Message) -> Message {
    match forward(icscf, received).await {
        Ok(response) => response,
        Err(mut response) => {
            icscf.metrics.refused.inc();
            // RFC 3261 §8.2.6.2: what we answer ourselves has a tag of ours.
            response.set_to_tag(&icscf.endpoint.new_tag());
            response
        }
    }
}

/// The S-CSCF's response; `Err` where the request went to none, or none answered.
async fn forward<I: Io>(icscf: &Shared<I>, received: &Message) -> Result<Message, Message> {
    let request = proxy::prepare(received, icscf.endpoint.own_names())?;
    let asking = Asking::of(received, &icscf.home)
        .map_err(|reason| Message::response_with_reason(received, Status::BAD_REQUEST, reason))?;
    let mut attempts = Attempts::new(icscf, received, request);

    // §5.3.1.2: may they, and which S-CSCF serves them?
    let kind = asking.kind;
    match asking.ask(icscf, received, kind).await? {
        UserAuthorization::ToChoose(capabilities) => {
            icscf.metrics.selections.inc();
            attempts.choose(&capabilities, &asking.impu);
            attempts.run().await
        }
        // Who leaves is served by the assigned one or not at all: a new one would know nothing of them.
        UserAuthorization::Assigned { server_name }
            if kind == UserAuthorizationType::DE_REGISTRATION =>
        {
            attempts.add(server_name);
            attempts.run().await
        }
        UserAuthorization::Assigned { server_name } => {
            match attempts.try_assigned(server_name).await {
                Outcome::Served(response) => return Ok(response),
                Outcome::Unknown(response) => return Err(response),
                Outcome::Failed => {}
            }
            // §5.3.1.3: it does not serve, so the HSS is asked by what to choose another one.
            icscf.metrics.reselections.inc();
            let kind = UserAuthorizationType::REGISTRATION_AND_CAPABILITIES;
            match asking.ask(icscf, received, kind).await? {
                UserAuthorization::ToChoose(capabilities) => {
                    attempts.choose(&capabilities, &asking.impu)
                }
                UserAuthorization::Assigned { server_name } => attempts.add(server_name),
            }
            attempts.run().await
        }
    }
}

/// What the HSS is asked about a REGISTER.
struct Asking {
    impi: String,
    impu: String,
    visited: String,
    kind: UserAuthorizationType,
    flags: UarFlags,
}

impl Asking {
    /// What `received` says of its user; else what is wrong with it.
    fn of(received: &Message, home: &str) -> Result<Asking, &'static str> {
        let to = received.read::<To<'_>>().ok().flatten();
        let uri = to.as_ref().and_then(|to| to.0.uri().ok());
        let uri = uri.ok_or("To cannot be read")?;
        let impu = uri.identity().ok_or("To names no public identity")?;
        let impi = auth_params::credentials(received, home)
            .and_then(|auth| auth.get("username").map(Cow::into_owned))
            .or_else(|| cx::identity::private_of(&uri))
            .ok_or("To gives no private identity, and there are no credentials")?;
        let visited = received
            .read::<PVisitedNetworkId<'_>>()
            .ok()
            .flatten()
            .map_or_else(|| home.to_owned(), |visited| visited.network().into_owned());
        Ok(Asking {
            impi,
            impu,
            visited,
            kind: if removes_all(received) {
                UserAuthorizationType::DE_REGISTRATION
            } else {
                UserAuthorizationType::REGISTRATION
            },
            flags: if is_emergency(received) {
                UarFlags::IMS_EMERGENCY_REGISTRATION
            } else {
                UarFlags::default()
            },
        })
    }

    /// Asks the HSS; the response to `received` where it refuses.
    async fn ask<I: Io>(
        &self,
        icscf: &Shared<I>,
        received: &Message,
        kind: UserAuthorizationType,
    ) -> Result<UserAuthorization, Message> {
        let asked =
            icscf
                .cx
                .user_authorization(&self.impi, &self.impu, &self.visited, kind, self.flags);
        asked.await.map_err(|problem| {
            let refusal = refusal::of(&problem);
            // Everybody can make it refuse, by a name or a domain that nobody has: the counters tell.
            tracing::debug!(%problem, "REGISTER refused by the HSS, or for want of it");
            icscf.metrics.hss_refusals.inc();
            if refusal.status == Status::SERVER_TIME_OUT {
                icscf.metrics.hss_unreachable.inc();
            }
            let mut response =
                Message::response_with_reason(received, refusal.status, refusal.reason);
            if let Some(seconds) = refusal.retry_after {
                response.append(Name::RETRY_AFTER, &seconds.to_string());
            }
            response
        })
    }
}

/// Whether nothing stays registered by this REGISTER: every contact has expiry 0.
fn removes_all(request: &Message) -> bool {
    let header_zero = request
        .header(Name::EXPIRES)
        .is_some_and(|value| value.trim() == "0");
    let mut contacts = request.read_all::<Contact<'_>>().peekable();
    contacts.peek().is_some()
        && contacts.all(|contact| match contact {
            Ok(Contact::Star) => header_zero,
            Ok(contact) => contact
                .expires()
                .map_or(header_zero, |seconds| seconds == 0),
            Err(_) => false,
        })
}

/// Whether it is an emergency registration: a contact's URI has `sos` (TS 24.229 §7.2A.13).
fn is_emergency(request: &Message) -> bool {
    request
        .read_all::<Contact<'_>>()
        .filter_map(Result::ok)
        .filter_map(|contact| contact.address().and_then(|address| address.uri().ok()))
        .any(|uri| matches!(uri, Uri::Sip(uri) if uri.params.has("sos")))
}
