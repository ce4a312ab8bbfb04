//! REGISTER at the S-CSCF (TS 24.229 §5.4.1.2).

use std::net::IpAddr;

use cx::{ServerAssignment, ServerAssignmentType};
use driver::io::Io;
use driver::turns::LineFull;
use sip_message::{Message, Name, Status, To};
use sip_stack::digest::Parameters;
use sip_stack::{auth_params, branch};

use crate::Shared;
use crate::authenticate::{Asking, Authenticated, authenticate};
use crate::bind::bind;
use crate::doubt::Doubt;
use crate::error::Refusal;

/// Extensions that a REGISTER may require of us.
const KNOWN_EXTENSIONS: [&str; 2] = ["path", "outbound"];

/// Seconds after which a phone may ask again whose user has too many requests waiting.
const RETRY_AFTER_S: u32 = 5;

/// Most octets of a private or a public identity: as many as an NAI may count on (RFC 7542 §2.3), and some more.
pub const MAX_IDENTITY: usize = 255;

/// Who asks, for whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) impi: String,
    pub(crate) impu: String,
}

/// The response to a REGISTER.
pub(crate) enum Answered {
    /// It is kept, and sent again where the request comes again.
    Once(Message),
    /// It is made anew where the request comes again (RFC 3261 §8.2.7): nobody can fill our memory with challenges
    /// that nobody answers.
    Anew(Message),
}

/// The response to `request`, which host `from` sent.
pub(crate) async fn register<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    from: IpAddr,
) -> Answered {
    scscf.metrics.registers.inc();
    let mut response = match procedure(scscf, request, from).await {
        Ok(Answered::Anew(mut challenge)) => {
            challenge.set_to_tag(&branch::stateless_tag(request));
            return Answered::Anew(challenge);
        }
        Ok(Answered::Once(response)) => response,
        Err(refusal) => refusal.response(request),
    };
    response.set_to_tag(&scscf.endpoint.new_tag());
    Answered::Once(response)
}

async fn procedure<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    from: IpAddr,
) -> Result<Answered, Refusal> {
    // RFC 3261 §10.3, step 2: extensions.
    let unknown: Vec<&str> = request
        .elements(Name::REQUIRE)
        .filter(|tag| {
            !KNOWN_EXTENSIONS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(tag))
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Refusal::new(Status::BAD_EXTENSION).with(Name::UNSUPPORTED, unknown.join(", ")));
    }
    let authorization = auth_params::credentials(request, &scscf.realm);
    let said = authorization.as_ref().and_then(Parameters::read);
    let pair = pair(request, said.as_ref())?;
    let turn = scscf.turns.turn_for_peer(pair.impi.as_str().into()).await;
    let _turn = turn.map_err(|LineFull| {
        Refusal::new(Status::SERVER_INTERNAL_ERROR)
            .because("Too many requests of one user")
            .with(Name::RETRY_AFTER, RETRY_AFTER_S.to_string())
    })?;

    // §5.4.1.2.1, §5.4.1.2.2: challenge, or judge the answer to one.
    let asking = Asking {
        request,
        from,
        pair: &pair,
        call_id: request.header(Name::CALL_ID).unwrap_or_default(),
        authorization: authorization.as_ref(),
        said: said.as_ref(),
    };
    match authenticate(scscf, &asking).await? {
        Authenticated::Yes(information) => {
            let response = bind(scscf, request, &pair, information).await?;
            Ok(Answered::Once(response))
        }
        Authenticated::NotYet(challenge) => Ok(Answered::Once(challenge)),
        Authenticated::Unknown(challenge) => Ok(Answered::Anew(challenge)),
    }
}

/// The private identity that the credentials name, else the one that the public identity gives (TS 24.229
/// §5.4.1.2.1), and the public identity of To.
fn pair(request: &Message, said: Option<&Parameters<'_>>) -> Result<Pair, Refusal> {
    let bad = |reason| Refusal::new(Status::BAD_REQUEST).because(reason);
    let to = request
        .read::<To<'_>>()
        .ok()
        .flatten()
        .ok_or_else(|| bad("To cannot be read"))?;
    let uri = to.0.uri().map_err(|_| bad("To cannot be read"))?;
    let impu = uri
        .identity()
        .ok_or_else(|| bad("To names no public identity"))?;
    let impi = said
        .and_then(Parameters::username)
        .map(|username| username.into_owned())
        .or_else(|| cx::identity::private_of(&uri))
        .ok_or_else(|| bad("To gives no private identity, and there are no credentials"))?;
    if impi.len().max(impu.len()) > MAX_IDENTITY {
        return Err(bad("Identity is too long"));
    }
    Ok(Pair { impi, impu })
}

/// One SAR, whose failure is the refusal of the REGISTER.
pub(crate) async fn assign<I: Io>(
    scscf: &Shared<I>,
    pair: &Pair,
    assignment: ServerAssignmentType,
) -> Result<ServerAssignment, Refusal> {
    scscf
        .assign(pair, assignment)
        .await
        .map_err(|problem| unassigned(scscf, pair, Doubt::of(assignment), problem))
}

/// A SAR or MAR failed; what it leaves in `doubt` is cleared up where no answer tells.
pub(crate) fn unassigned<I: Io>(
    scscf: &Shared<I>,
    pair: &Pair,
    doubt: Doubt,
    problem: cx::CxError,
) -> Refusal {
    if problem.is_in_doubt() {
        scscf.doubt(pair, doubt);
    }
    refused(scscf, problem)
}

/// Logs and counts why the HSS did not do it.
pub(crate) fn refused<I: Io>(scscf: &Shared<I>, problem: cx::CxError) -> Refusal {
    // Everybody can make it refuse, by a name that it does not know: who wants to see that counts.
    tracing::debug!(%problem, "the HSS refused or did not answer");
    scscf.metrics.hss_refusals.inc();
    if matches!(problem, cx::CxError::HssUnreachable(_)) {
        scscf.metrics.hss_unreachable.inc();
    }
    problem.into()
}
