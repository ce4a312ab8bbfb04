//! REGISTER through the I-CSCF (TS 24.229 §5.3.1).

use std::collections::VecDeque;
use std::hash::BuildHasher;
use std::time::Duration;

use cx::{CxError, ServerCapabilities, UserAuthorization, UserAuthorizationType};
use driver::io::Io;
use driver::sip::{Incoming, RequestError};
use sip_message::{
    Auth, Authorization, Contact, Message, Name, PVisitedNetworkId, Status, To, Uri,
};
use sip_stack::proxy;

use crate::{Shared, selection};

/// Takes a REGISTER to the S-CSCF that serves its user, and the answer back.
pub(crate) async fn register<I: Io>(icscf: &Shared<I>, incoming: Incoming<I>) {
    icscf.metrics.registers.inc();
    let response = match forward(icscf, &incoming.message).await {
        Ok(response) => response,
        Err(mut response) => {
            icscf.metrics.refused.inc();
            // RFC 3261 §8.2.6.2: what we answer ourselves has a tag of ours.
            response.set_to_tag(&icscf.endpoint.new_tag());
            response
        }
    };
    incoming.transaction.respond(&response);
}

/// The S-CSCF's response; `Err` where the request went to none.
async fn forward<I: Io>(icscf: &Shared<I>, received: &Message) -> Result<Message, Message> {
    let because = |status, reason| Message::response_with_reason(received, status, reason);
    let request = proxy::prepare(received, icscf.endpoint.local_addr())?;

    // §5.3.1.2: who is it, and which S-CSCF serves them?
    let to = received.read::<To<'_>>().ok().flatten();
    let uri = to.as_ref().and_then(|to| to.0.uri().ok());
    let Some(uri) = uri else {
        return Err(because(Status::BAD_REQUEST, "To cannot be read"));
    };
    let Some(impu) = cx::identity::public(&uri) else {
        return Err(because(Status::BAD_REQUEST, "To names no public identity"));
    };
    let impi = received
        .read_all::<Authorization<'_>>()
        .filter_map(Result::ok)
        .find_map(|authorization: Authorization<'_>| username(&authorization.0))
        .or_else(|| cx::identity::private_of(&uri));
    let Some(impi) = impi else {
        return Err(because(
            Status::BAD_REQUEST,
            "To gives no private identity, and there are no credentials",
        ));
    };
    let visited = received
        .read::<PVisitedNetworkId<'_>>()
        .ok()
        .flatten()
        .map(|visited| visited.network().into_owned());
    let visited = visited.as_deref().unwrap_or(&icscf.home);
    let kind = if removes_all(received) {
        UserAuthorizationType::DE_REGISTRATION
    } else {
        UserAuthorizationType::REGISTRATION
    };
    let authorized = icscf
        .cx
        .user_authorization(&impi, &impu, visited, kind)
        .await;
    let mut assigned = false;
    let mut choice: VecDeque<String> = match authorized {
        Ok(UserAuthorization::Assigned { server_name }) => {
            assigned = true;
            VecDeque::from([server_name])
        }
        Ok(UserAuthorization::ToChoose(capabilities)) => chosen(icscf, &impu, &capabilities),
        Err(problem) => return Err(refusal_of(icscf, received, &problem)),
    };
    if choice.is_empty() {
        return Err(because(
            Status::SERVICE_UNAVAILABLE,
            "No S-CSCF has the capabilities",
        ));
    }
    // Where the assigned one fails another is chosen, but for one who leaves.
    let mut may_choose_anew = assigned && kind == UserAuthorizationType::REGISTRATION;
    let mut failed: Vec<String> = Vec::new();
    loop {
        while let Some(name) = choice.pop_front() {
            let others = !choice.is_empty()
                || may_choose_anew
                    && icscf
                        .candidates
                        .iter()
                        .any(|candidate| candidate.name != name);
            let patience = others.then_some(icscf.scscf_wait);
            if let Some(response) = ask(icscf, &request, &name, patience).await {
                return Ok(response);
            }
            failed.push(name);
        }
        if !may_choose_anew {
            return Err(because(Status::SERVER_TIME_OUT, "S-CSCF does not answer"));
        }
        // §5.3.1.3: the HSS gives what to choose another one by.
        may_choose_anew = false;
        let kind = UserAuthorizationType::REGISTRATION_AND_CAPABILITIES;
        match icscf
            .cx
            .user_authorization(&impi, &impu, visited, kind)
            .await
        {
            Ok(UserAuthorization::ToChoose(capabilities)) => {
                choice = chosen(icscf, &impu, &capabilities)
            }
            Ok(UserAuthorization::Assigned { server_name }) => choice.push_back(server_name),
            Err(problem) => return Err(refusal_of(icscf, received, &problem)),
        }
        choice.retain(|name| !failed.contains(name));
    }
}

/// The S-CSCFs that may serve `impu`, best first (§5.3.1.2).
fn chosen<I: Io>(
    icscf: &Shared<I>,
    impu: &str,
    capabilities: &ServerCapabilities,
) -> VecDeque<String> {
    icscf.metrics.selections.inc();
    let spread = usize::try_from(icscf.spread.hash_one(impu) >> 33).unwrap_or(0);
    let chosen = selection::choose(&icscf.candidates, capabilities, spread);
    chosen
        .into_iter()
        .map(|candidate| candidate.name.clone())
        .collect()
}

/// What the S-CSCF `name` answers; `None` where it does not serve: it cannot be found, is silent, or is passed over
/// with 3xx or 480 (§5.3.1.3). One that is the last, and so has no limit to our `patience`, may say 480 itself.
async fn ask<I: Io>(
    icscf: &Shared<I>,
    request: &Message,
    name: &str,
    patience: Option<Duration>,
) -> Option<Message> {
    let Ok(Uri::Sip(target)) = Uri::parse(name) else {
        tracing::error!(name, "the S-CSCF's name is not a SIP URI");
        return None;
    };
    let address = match icscf.names.locate(&target) {
        Ok(address) => address,
        Err(problem) => {
            tracing::error!(%problem, name, "the S-CSCF cannot be found");
            return None;
        }
    };
    let mut request = request.clone();
    request.set_request_uri(name);
    let answered = icscf.endpoint.request(request, address);
    let outcome = match patience {
        Some(patience) => tokio::time::timeout(patience, answered)
            .await
            .unwrap_or(Err(RequestError::TimedOut)),
        None => answered.await,
    };
    match outcome {
        Ok(response) => {
            let status = response.status()?;
            let passed_over = status.code() / 100 == 3
                || status == Status::TEMPORARILY_UNAVAILABLE && patience.is_some();
            (!passed_over).then_some(response)
        }
        Err(problem) => {
            icscf.metrics.scscf_unreachable.inc();
            tracing::warn!(%problem, name, "the S-CSCF does not answer");
            None
        }
    }
}

/// Of a scheme that is not known, nothing counts (RFC 4475 §3.3.7).
fn username(auth: &Auth<'_>) -> Option<String> {
    auth.is_digest().then_some(())?;
    auth.get("username").map(std::borrow::Cow::into_owned)
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

/// §5.3.1.2: what the HSS refuses is forbidden.
fn refusal_of<I: Io>(icscf: &Shared<I>, received: &Message, problem: &CxError) -> Message {
    match problem {
        CxError::HssUnreachable(_) => {
            tracing::warn!(%problem, "REGISTER refused for want of the HSS");
            icscf.metrics.hss_unreachable.inc();
            Message::response_with_reason(received, Status::SERVER_TIME_OUT, "HSS does not answer")
        }
        CxError::UserUnknown
        | CxError::IdentitiesDontMatch
        | CxError::IdentityNotRegistered
        | CxError::RoamingNotAllowed
        | CxError::AuthorizationRejected => Message::response(received, Status::FORBIDDEN),
        other => {
            tracing::warn!(problem = %other, "the HSS's answer cannot be used");
            Message::response_with_reason(
                received,
                Status::SERVER_INTERNAL_ERROR,
                "HSS cannot do it",
            )
        }
    }
}
