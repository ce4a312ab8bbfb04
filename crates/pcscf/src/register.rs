//! REGISTER through the P-CSCF (TS 24.229 §5.2.2).

use driver::io::Io;
use driver::sip::Incoming;
use sip_message::{Contact, Message, Name, NameAddr, Status, To, Uri};
use sip_stack::proxy;

use crate::registered::Entry;
use crate::{Shared, auth_params, now};

/// Headers that only the trusted network may set: taken from what a phone sends (TS 24.229 §4.4, RFC 3325 §5,
/// RFC 3327 §5.1, RFC 7315 §6).
const TRUSTED_ONLY: [Name<'static>; 12] = [
    Name::PATH,
    Name::SERVICE_ROUTE,
    Name::P_ASSERTED_IDENTITY,
    Name::P_ASSERTED_SERVICE,
    Name::P_ASSOCIATED_URI,
    Name::P_CALLED_PARTY_ID,
    Name::P_CHARGING_FUNCTION_ADDRESSES,
    Name::P_CHARGING_VECTOR,
    Name::P_PROFILE_KEY,
    Name::P_SERVED_USER,
    Name::P_USER_DATABASE,
    Name::P_VISITED_NETWORK_ID,
];

/// Headers that the home network sends and a phone must not see (TS 24.229 §4.5, §5.2.2.2).
const CORE_ONLY: [Name<'static>; 2] =
    [Name::P_CHARGING_FUNCTION_ADDRESSES, Name::P_CHARGING_VECTOR];

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

/// The response for the phone; `Err` where the request went nowhere.
async fn forward<I: Io>(pcscf: &Shared<I>, incoming: &Incoming<I>) -> Result<Message, Message> {
    let received = &incoming.message;
    let refuse = |status| Message::response(received, status);
    let mut request = proxy::prepare(received, pcscf.phones.local_addr())?;
    for name in TRUSTED_ONLY {
        request.remove(name);
    }
    remove_network_provided(&mut request);
    // §5.2.2.1: what the phone says of its own protection is worth nothing.
    auth_params::remove_protection(&mut request);
    // §5.2.2.1, 1–3: Path, Require: path, the visited network, the charging identifier.
    let path = format!(
        "<sip:{}@{};lr>",
        pcscf.tokens.make(incoming.source),
        pcscf.core.sent_by()
    );
    request.prepend(Name::PATH, &path);
    if !received
        .elements(Name::REQUIRE)
        .any(|tag| tag.eq_ignore_ascii_case("path"))
    {
        request.append(Name::REQUIRE, "path");
    }
    request.set(
        Name::P_VISITED_NETWORK_ID,
        &format!("\"{}\"", pcscf.network),
    );
    request.set(Name::P_CHARGING_VECTOR, &charging_vector(pcscf));

    // §5.2.2.1, 6: to the entry point of the home network, which the Request-URI names.
    let home = received.request_uri().map(Uri::parse);
    let Some(Ok(Uri::Sip(home))) = home else {
        return Err(refuse(Status::UNSUPPORTED_URI_SCHEME));
    };
    // Only to a home network of the configuration: a phone does not choose where we send to.
    let entry = pcscf
        .names
        .name(&home.host.to_string())
        .map_err(|problem| {
            tracing::warn!(%problem, "REGISTER for a home network that is not known here");
            Message::response_with_reason(received, Status::NOT_FOUND, "Home network not known")
        })?;
    let mut response = pcscf
        .core
        .request(request, entry)
        .await
        .map_err(|problem| {
            tracing::warn!(%problem, %entry, "the home network does not answer");
            pcscf.metrics.core_unreachable.inc();
            // Of use where it is refused at once; a phone whose timer F has fired has ended it itself (RFC 4320 §4.2).
            Message::response_with_reason(
                received,
                Status::SERVER_TIME_OUT,
                "Home network does not answer",
            )
        })?;

    match response.status() {
        Some(Status::UNAUTHORIZED) => {
            pcscf.metrics.challenged.inc();
            // §5.2.2.2: the keys are between the home network and us.
            auth_params::remove_keys(&mut response);
        }
        Some(status) if status.is_success() => {
            pcscf.metrics.registered.inc();
            remember(pcscf, incoming, &response);
        }
        _ => {
            pcscf.metrics.refused.inc();
        }
    }
    for name in CORE_ONLY {
        response.remove(name);
    }
    Ok(response)
}

/// `icid-value` unique for this registration, where it was made, and that we are the visited side (§7.2A.5).
fn charging_vector<I: Io>(pcscf: &Shared<I>) -> String {
    let mut icid = [0; 16];
    pcscf.core.io().fill_random(&mut icid);
    let icid: String = icid.iter().map(|octet| format!("{octet:02x}")).collect();
    let host = pcscf.core.local_addr().ip();
    format!(
        "icid-value=\"{icid}\";icid-generated-at={host};orig-ioi=\"Type 1{}\"",
        pcscf.network
    )
}

/// §5.2.2.1, on 200: the registration as the registrar confirmed it, for as long as it lasts.
fn remember<I: Io>(pcscf: &Shared<I>, incoming: &Incoming<I>, response: &Message) {
    let Ok(Some(to)) = incoming.message.read::<To<'_>>() else {
        return;
    };
    let Ok(Some(Contact::Address(asked))) = incoming.message.read::<Contact<'_>>() else {
        // `*`: every contact behind this flow is gone (RFC 3261 §10.2.2). A query changes nothing.
        if matches!(
            incoming.message.read::<Contact<'_>>(),
            Ok(Some(Contact::Star))
        ) {
            pcscf
                .registered
                .borrow_mut()
                .remove(incoming.source, to.0.uri);
        }
        return;
    };
    let granted = response
        .read_all::<Contact<'_>>()
        .filter_map(Result::ok)
        .find(|contact| {
            contact
                .address()
                .is_some_and(|bound| same_contact(bound, &asked))
        })
        .and_then(|bound| bound.expires());
    let mut registered = pcscf.registered.borrow_mut();
    match granted.filter(|seconds| *seconds > 0) {
        None => registered.remove(incoming.source, to.0.uri),
        Some(seconds) => registered.set(
            now(),
            incoming.source,
            to.0.uri,
            Entry {
                contact: asked.uri.into(),
                service_route: joined(response, Name::SERVICE_ROUTE),
                associated: joined(response, Name::P_ASSOCIATED_URI),
                expires_at: now() + std::time::Duration::from_secs(u64::from(seconds)),
            },
        ),
    }
}

/// Whether both stand for one contact (RFC 3261 §19.1.4).
fn same_contact(one: &NameAddr<'_>, other: &NameAddr<'_>) -> bool {
    one.uri == other.uri
        || matches!((one.uri(), other.uri()), (Ok(one), Ok(other)) if one.equivalent(&other))
}

/// Takes out access network information that a phone gives as the network's (TS 24.229 §7.2A.4).
fn remove_network_provided(request: &mut Message) {
    let marked = |element: &&str| {
        element
            .split(';')
            .any(|param| param.trim().eq_ignore_ascii_case("network-provided"))
    };
    if request
        .elements(Name::P_ACCESS_NETWORK_INFO)
        .any(|element| marked(&element))
    {
        let elements = request.elements(Name::P_ACCESS_NETWORK_INFO);
        let own: Vec<String> = elements
            .filter(|element| !marked(element))
            .map(str::to_owned)
            .collect();
        request.remove(Name::P_ACCESS_NETWORK_INFO);
        for element in own {
            request.append(Name::P_ACCESS_NETWORK_INFO, &element);
        }
    }
}

fn joined(message: &Message, name: Name<'_>) -> Box<str> {
    message.elements(name).collect::<Vec<_>>().join(", ").into()
}
