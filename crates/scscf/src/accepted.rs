//! The 200 (TS 24.229 §5.4.1.2.2, step 11).

use std::fmt::Write;
use std::time::Instant;

use cx::ChargingAddresses;
use driver::io::Io;
use sip_message::{Message, Name, PChargingVector, PVisitedNetworkId, Status};

use crate::Shared;
use crate::registrar::Registration;

/// The 200 to `request`, with what is `held` after it.
pub(crate) fn accepted<I: Io>(
    scscf: &Shared<I>,
    request: &Message,
    held: Option<&Registration>,
    now: Instant,
) -> Message {
    let mut response = Message::response(request, Status::OK);
    for path in request.elements(Name::PATH) {
        response.append(Name::PATH, path);
    }
    if let Some(held) = held {
        let mut text = String::with_capacity(256);
        for binding in &held.bindings {
            let left = binding.expires_at.saturating_duration_since(now).as_secs();
            text.clear();
            for part in ["<", binding.uri(), ">", binding.params(), ";expires="] {
                text.push_str(part);
            }
            write!(text, "{left}").expect("a string takes everything");
            response.append(Name::CONTACT, &text);
        }
        response.append(Name::SERVICE_ROUTE, &scscf.service_route);
        text.clear();
        for impu in held.identities.shown() {
            let before = if text.is_empty() { "<" } else { ", <" };
            text.push_str(before);
            text.push_str(impu);
            text.push('>');
        }
        response.append(Name::P_ASSOCIATED_URI, &text);
        if let Some(addresses) = charging_addresses(&held.services.charging)
            && is_at_home(scscf, request)
        {
            response.append(Name::P_CHARGING_FUNCTION_ADDRESSES, &addresses);
        }
    }
    if let Some(vector) = charging_vector(scscf, request) {
        response.append(Name::P_CHARGING_VECTOR, &vector);
    }
    response
}

/// §5.4.1.2.2: the same identifier and originating side, and ourselves as the terminating side.
fn charging_vector<I: Io>(scscf: &Shared<I>, request: &Message) -> Option<String> {
    let vector = request.read::<PChargingVector<'_>>().ok().flatten()?;
    let mut value = String::with_capacity(192);
    for name in ["icid-value", "icid-generated-at", "orig-ioi"] {
        let Some(text) = vector.get(name) else {
            continue;
        };
        // RFC 7315 §5.6: a host, which has no quotes, and values, which may have them.
        let host = |octet: u8| octet.is_ascii_alphanumeric() || b".-:[]".contains(&octet);
        let bare = name == "icid-generated-at" && text.bytes().all(host);
        let written = match bare {
            true => write!(value, "{name}={text};"),
            false => write!(value, "{name}={};", sip_message::quote(&text)),
        };
        written.expect("a string takes everything");
    }
    write!(value, "term-ioi=\"Type 1{}\"", scscf.realm).expect("a string takes everything");
    Some(value)
}

/// P-Charging-Function-Addresses (RFC 7315 §5.5): collection functions as `ccf`, event functions as `ecf`.
fn charging_addresses(charging: &ChargingAddresses) -> Option<String> {
    let named = [
        ("ccf", &charging.primary_collection),
        ("ccf", &charging.secondary_collection),
        ("ecf", &charging.primary_event),
        ("ecf", &charging.secondary_event),
    ];
    let mut value = String::new();
    for (name, address) in named {
        let Some(address) = address else { continue };
        if !value.is_empty() {
            value.push(';');
        }
        write!(value, "{name}={}", sip_message::quote(address)).expect("a string takes everything");
    }
    (!value.is_empty()).then_some(value)
}

/// Whether the P-CSCF is of our network, which alone is told where charging data go (§5.4.1.2.2).
fn is_at_home<I: Io>(scscf: &Shared<I>, request: &Message) -> bool {
    let visited = request.read::<PVisitedNetworkId<'_>>().ok().flatten();
    visited.is_some_and(|visited| visited.network().eq_ignore_ascii_case(&scscf.realm))
}
