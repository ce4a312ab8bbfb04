//! REGISTER through the P-CSCF (TS 24.229 §5.2.2).

use driver::io::Io;
use driver::locate::NotLocated;
use driver::sip::{Incoming, RETRY_AFTER_S, RequestError, Transport};
use sip_message::{Message, Name, Scheme, Status, Uri};
use sip_stack::{auth_params, proxy, trust};

use crate::outbound::Outbound;
use crate::protection::{self, Protection};
use crate::remember::{private_identity, public_identity, remember};
use crate::{Shared, flow_timer, sec_agree};

/// Takes a phone's REGISTER to its home network and the answer back.
pub(crate) async fn register<I: Io>(pcscf: &Shared<I>, incoming: Incoming<I>) {
    pcscf.metrics.registers.inc();
    let response = match forward(pcscf, &incoming).await {
        Ok(response) => response,
        Err(mut response) => {
            pcscf.metrics.refused.inc();
            // RFC 3261 §8.2.6.2: what we answer ourselves has a tag of ours.
            response.set_to_tag(&pcscf.phones.new_tag());
            response
        }
    };
    incoming.transaction.respond(&response);
}

/// The response for the phone; `Err` where it is our own.
async fn forward<I: Io>(pcscf: &Shared<I>, incoming: &Incoming<I>) -> Result<Message, Message> {
    let received = &incoming.message;
    // §5.2.2.1, 6: to the entry point of the home network, which the Request-URI names.
    let Some(Ok(Uri::Sip(home))) = received.request_uri().map(Uri::parse) else {
        return Err(Message::response(received, Status::UNSUPPORTED_URI_SCHEME));
    };
    // RFC 3261 §26.2.2: every hop by TLS, which is not spoken here.
    if home.scheme == Scheme::Sips {
        return Err(Message::response(received, Status::UNSUPPORTED_URI_SCHEME));
    }
    let request = prepared(pcscf, incoming)?;
    // Only to where the operator's names, or the DNS that they named, say: a phone gives a domain, never an address.
    let home = home.host.to_string();
    let entries = pcscf
        .locator
        .locate_domain(&home)
        .await
        .map_err(|problem| not_located(pcscf, received, &problem))?;
    // The phone's timer F is ours at Gm: what comes later than that answers nobody.
    let gm = pcscf.timers;
    let each = pcscf.settings().entry_wait;
    let asked = pcscf
        .locator
        .request(&pcscf.core, request, &entries, each, gm.f());
    let answered = tokio::time::timeout(gm.f() - gm.t1, asked).await;
    let problem = match answered {
        Ok(Ok(response)) => return answer(pcscf, incoming, response),
        // Ours, and not the home network's (RFC 3261 §21.5.4).
        Ok(Err(RequestError::Overloaded)) => {
            let mut response = Message::response(received, Status::SERVICE_UNAVAILABLE);
            response.append(Name::RETRY_AFTER, &RETRY_AFTER_S.to_string());
            return Err(response);
        }
        Ok(Err(problem)) => problem.to_string(),
        Err(_elapsed) => "nothing in the time that the phone waits".to_owned(),
    };
    tracing::warn!(problem, home, "the home network does not answer");
    pcscf.metrics.core_unreachable.inc();
    // TS 24.229 §5.2.2.1: the phone may try another P-CSCF.
    Err(Message::response_with_reason(
        received,
        Status::SERVER_TIME_OUT,
        "Home network does not answer",
    ))
}

/// What a phone hears whose home network cannot be found.
fn not_located<I: Io>(pcscf: &Shared<I>, received: &Message, problem: &NotLocated) -> Message {
    // Any phone can name any domain: it counts, and fills no log.
    pcscf.metrics.not_located.inc();
    if matches!(problem, NotLocated::Dns { .. }) {
        tracing::debug!(%problem, "REGISTER, and the DNS does not say where its home network is");
        // It may exist: TS 24.229 §5.2.2.1, as for one that does not answer.
        let (status, reason) = (Status::SERVER_TIME_OUT, "Home network not found in time");
        return Message::response_with_reason(received, status, reason);
    }
    tracing::debug!(%problem, "REGISTER for a home network that is not known here");
    Message::response_with_reason(received, Status::NOT_FOUND, "Home network not known")
}

/// The request as the home network gets it.
fn prepared<I: Io>(pcscf: &Shared<I>, incoming: &Incoming<I>) -> Result<Message, Message> {
    let (received, settings) = (&incoming.message, pcscf.settings());
    let offers_agreement = received.header(Name::SECURITY_CLIENT).is_some();
    let mut settled = Message::clone(received);
    sec_agree::settle(&mut settled, settings.sec_agree)
        .map_err(|status| sec_agree::refused(received, status))?;
    let mut request = proxy::prepare(&settled, pcscf.phones.own_names())?;
    // TS 24.229 §5.2.2.1: a REGISTER goes where its Request-URI says, not where a phone routes it.
    if request.header(Name::ROUTE).is_some() {
        return Err(Message::response_with_reason(
            received,
            Status::FORBIDDEN,
            "Route of another than this P-CSCF",
        ));
    }
    let removed = trust::remove_claims(&mut request);
    pcscf.metrics.headers_removed.inc_by(removed);

    // §5.2.2.1: how well the phone is protected is ours to say, not the phone's.
    let protection = if offers_agreement {
        Protection::No
    } else if associated(pcscf, incoming) {
        Protection::IpAssociated
    } else {
        Protection::IpAssociationPending
    };
    protection::set_protection(&mut request, protection);

    // §5.2.2.1, 1–3: Path, Require: path, the visited network, the charging identifier.
    let path = format!(
        "<sip:{}@{}{}>",
        pcscf.tokens.make(&incoming.flow),
        pcscf.core.sent_by(),
        Outbound::of(received).path_params()
    );
    request.set(Name::PATH, &path);
    if !received
        .elements(Name::REQUIRE)
        .any(|tag| tag.eq_ignore_ascii_case("path"))
    {
        request.append(Name::REQUIRE, "path");
    }
    let visited = format!("\"{}\"", settings.network);
    request.set(Name::P_VISITED_NETWORK_ID, &visited);
    request.set(
        Name::P_CHARGING_VECTOR,
        &charging_vector(pcscf, &settings.network),
    );
    if let Some(access) = &settings.access_network_info {
        // §7.2A.4.
        let access = format!("{access};network-provided");
        request.append(Name::P_ACCESS_NETWORK_INFO, &access);
    }
    Ok(request)
}

/// Whether the phone's addresses are those of a registration of the same user (TS 24.229 §5.2.2.4, IP association).
///
/// Of a connection only: whoever sends a datagram can write any source address on it.
fn associated<I: Io>(pcscf: &Shared<I>, incoming: &Incoming<I>) -> bool {
    if incoming.flow.transport() != Transport::Tcp {
        return false;
    }
    let request = &incoming.message;
    let Some(impu) = public_identity(request) else {
        return false;
    };
    let registered = pcscf.registered.borrow();
    let now = crate::now();
    registered.get(incoming.flow, &impu).is_some_and(|entry| {
        entry.contacts.iter().any(|bound| bound.expires_at > now)
            && private_identity(request).as_deref() == Some(&*entry.private_identity)
    })
}

/// What the phone gets of the home network's `response`.
fn answer<I: Io>(
    pcscf: &Shared<I>,
    incoming: &Incoming<I>,
    mut response: Message,
) -> Result<Message, Message> {
    let received = &incoming.message;
    // RFC 3261 §16.7, 3: what has no Via left was for us, and says nothing to the phone.
    if response.header(Name::VIA).is_none() {
        tracing::warn!("a response to REGISTER came back without the phone's Via");
        return Err(Message::response_with_reason(
            received,
            Status::BAD_GATEWAY,
            "Response of the home network without Via",
        ));
    }
    match response.status() {
        Some(Status::UNAUTHORIZED) => {
            pcscf.metrics.challenged.inc();
            // §5.2.2.2: the keys are between the home network and us.
            auth_params::remove_keys(&mut response);
        }
        // RFC 3261 §16.7, 6: 503 would be read as ours, and as an advice to leave us alone.
        Some(Status::SERVICE_UNAVAILABLE) => {
            pcscf.metrics.core_overloaded.inc();
            let mut refused = Message::response_with_reason(
                received,
                Status::SERVER_INTERNAL_ERROR,
                "Home network unavailable",
            );
            if let Some(pause) = response.header(Name::RETRY_AFTER) {
                refused.append(Name::RETRY_AFTER, pause);
            }
            return Err(refused);
        }
        Some(status) if status.is_success() => {
            pcscf.metrics.registered.inc();
            remember(pcscf, incoming.flow, received, &response);
            flow_timer::settle(pcscf, incoming.flow, received, &mut response);
        }
        _ => {
            pcscf.metrics.refused.inc();
        }
    }
    trust::remove_confidences(&mut response);
    Ok(response)
}

/// `icid-value` unique for this registration, where it was made, and that we are the visited side (§7.2A.5).
fn charging_vector<I: Io>(pcscf: &Shared<I>, network: &str) -> String {
    let mut icid = [0; 16];
    pcscf.core.io().fill_random(&mut icid);
    let icid: String = icid.iter().map(|octet| format!("{octet:02x}")).collect();
    // How the core knows us, which is no wildcard.
    let host = pcscf.core.own_names().host();
    format!("icid-value=\"{icid}\";icid-generated-at={host};orig-ioi=\"Type 1{network}\"")
}
