//! REGISTER through the I-CSCF (TS 24.229 §5.3.1).

use std::hash::BuildHasher;

use cx::{CxError, UserAuthorization, UserAuthorizationType};
use driver::io::Io;
use driver::sip::Incoming;
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
        Err(response) => {
            icscf.metrics.refused.inc();
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
    let names: Vec<String> = match authorized {
        Ok(UserAuthorization::Assigned { server_name }) => vec![server_name],
        Ok(UserAuthorization::ToChoose(capabilities)) => {
            icscf.metrics.selections.inc();
            let spread = usize::try_from(icscf.spread.hash_one(&impu) >> 33).unwrap_or(0);
            selection::choose(&icscf.candidates, &capabilities, spread)
                .into_iter()
                .map(|candidate| candidate.name.clone())
                .collect()
        }
        Err(problem) => return Err(refusal_of(icscf, received, &problem)),
    };
    if names.is_empty() {
        return Err(because(
            Status::SERVICE_UNAVAILABLE,
            "No S-CSCF has the capabilities",
        ));
    }
    for name in &names {
        let Ok(Uri::Sip(target)) = Uri::parse(name) else {
            tracing::error!(name, "the S-CSCF's name is not a SIP URI");
            continue;
        };
        let address = match icscf.names.locate(&target) {
            Ok(address) => address,
            Err(problem) => {
                tracing::error!(%problem, name, "the S-CSCF cannot be found");
                continue;
            }
        };
        let mut request = request.clone();
        request.set_request_uri(name);
        match icscf.endpoint.request(request, address).await {
            // §5.3.1.3: an S-CSCF that is not able (480) is passed over where there is a choice.
            Ok(response)
                if response.status() == Some(Status::TEMPORARILY_UNAVAILABLE)
                    && names.len() > 1 => {}
            Ok(response) => return Ok(response),
            Err(problem) => {
                icscf.metrics.scscf_unreachable.inc();
                tracing::warn!(%problem, name, "the S-CSCF does not answer");
            }
        }
    }
    Err(because(Status::SERVER_TIME_OUT, "S-CSCF does not answer"))
}

fn username(auth: &Auth<'_>) -> Option<String> {
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
