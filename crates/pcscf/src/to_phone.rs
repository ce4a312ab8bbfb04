//! Requests of the core that come back by our Path, and go over the flow of its token (RFC 5626 §5.3,
//! TS 24.229 §5.2.6.4).

use driver::io::Io;
use driver::sip::{Flow, Incoming, RETRY_AFTER_S, RequestError};
use sip_message::{Message, Method, Name, Route, Status, Uri};
use sip_stack::own::OwnNames;
use sip_stack::{proxy, trust};

use crate::Shared;

/// What the core may send to a phone outside dialogs.
pub(crate) const METHODS: &[Method<'static>] = &[Method::OPTIONS, Method::MESSAGE, Method::NOTIFY];

/// Takes a request of the core to the phone and the answer back.
pub(crate) async fn to_phone<I: Io>(pcscf: &Shared<I>, incoming: Incoming<I>) {
    let response = match forward(pcscf, &incoming).await {
        Ok(response) => response,
        Err(Unforwarded::Answer(mut response)) => {
            response.set_to_tag(&pcscf.core.new_tag());
            response
        }
        // RFC 4320 §4.2: 408 is never sent; who asked has given up.
        Err(Unforwarded::Silent) => return,
    };
    incoming.transaction.respond(&response);
}

enum Unforwarded {
    Answer(Message),
    Silent,
}

async fn forward<I: Io>(pcscf: &Shared<I>, incoming: &Incoming<I>) -> Result<Message, Unforwarded> {
    let received = &incoming.message;
    let refuse = |status, reason| {
        Unforwarded::Answer(Message::response_with_reason(received, status, reason))
    };
    let flow = match token(received) {
        Some(token) => pcscf.tokens.read(&token).map_err(|forged| {
            pcscf.metrics.forged_tokens.inc();
            tracing::warn!(source = %incoming.source, %forged, "request of the core refused");
            // RFC 5626 §5.3: whoever made it is not to reach anybody by it.
            refuse(Status::FORBIDDEN, "Flow token not of this P-CSCF")
        })?,
        None if is_for_us(received, pcscf.core.own_names()) => {
            // RFC 3261 §11.2: neighbours ask whether we are there.
            return Err(refuse(Status::OK, "OK"));
        }
        None => return Err(refuse(Status::NOT_FOUND, "Route without flow token")),
    };
    let mut request =
        proxy::prepare(received, pcscf.core.own_names()).map_err(Unforwarded::Answer)?;
    trust::remove_confidences(&mut request);
    pcscf.metrics.to_phones.inc();
    match pcscf.phones.request(request, flow).await {
        Ok(mut response) => {
            // RFC 3261 §16.7, 3.
            if response.header(Name::VIA).is_none() {
                return Err(refuse(
                    Status::BAD_GATEWAY,
                    "Response of the phone without Via",
                ));
            }
            let removed = trust::remove_claims(&mut response);
            pcscf.metrics.headers_removed.inc_by(removed);
            Ok(response)
        }
        // RFC 5626 §5.3.1: over that flow or not at all.
        Err(RequestError::FlowGone | RequestError::Transport(_)) => {
            pcscf.metrics.flows_failed.inc();
            end(pcscf, flow);
            Err(refuse(Status::FLOW_FAILED, "Flow Failed"))
        }
        Err(RequestError::Overloaded) => {
            let mut response = Message::response(received, Status::SERVICE_UNAVAILABLE);
            response.append(Name::RETRY_AFTER, &RETRY_AFTER_S.to_string());
            Err(Unforwarded::Answer(response))
        }
        Err(RequestError::TimedOut) => Err(Unforwarded::Silent),
    }
}

/// Notes that `flow` is gone.
pub(crate) fn end<I: Io>(pcscf: &Shared<I>, flow: Flow) {
    let cut_off = pcscf.registered.borrow_mut().cut_off(flow);
    if cut_off > 0 {
        tracing::info!(
            transport = %flow.transport(), phone = %flow.remote(), registrations = cut_off,
            "a flow has ended: until the phone comes back it cannot be reached"
        );
        pcscf.metrics.cut_off.inc_by(cut_off as u64);
    }
}

/// The user part of the topmost Route, which is our Path URI.
fn token(request: &Message) -> Option<String> {
    let route = request.read::<Route<'_>>().ok().flatten()?;
    match route.0.uri() {
        Ok(Uri::Sip(uri)) => uri.user.map(str::to_owned),
        _ => None,
    }
}

/// Whether a request without a Route asks the P-CSCF itself.
fn is_for_us(request: &Message, own: &OwnNames) -> bool {
    let Some(Ok(Uri::Sip(uri))) = request.request_uri().map(Uri::parse) else {
        return false;
    };
    request.method() == Some(Method::OPTIONS)
        && request.header(Name::ROUTE).is_none()
        && uri.user.is_none()
        && own.has_host(&uri.host)
}
