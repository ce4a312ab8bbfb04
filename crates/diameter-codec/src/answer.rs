//! The answer to a request that is refused before any procedure saw it (RFC 6733 §6.2, §7.2).

use bytes::BytesMut;

use crate::avp::{Avp, Avps};
use crate::codes::AvpCode;
use crate::dictionary;
use crate::encode::{Members, Sink, write_message};
use crate::error::DecodeError;
use crate::generated::base::{
    AuthSessionState, FailedAvp, ResultCode, VendorSpecificApplicationId, avp, definitions,
};
use crate::header::{Flags, HEADER_LEN, MAX_MESSAGE};
use crate::many::Many;
use crate::message::Message;

/// Appends the answer that refuses `request` to `out`.
///
/// It repeats the identifiers, Session-Id and Proxy-Info of the request, as far as they can be read. With a head of at
/// most 1 KiB it has at most [`MAX_MESSAGE`] octets: where it would have more it goes without Failed-AVP, then without
/// Session-Id, then without Proxy-Info.
/// Protocol errors (3xxx) set the E bit; others keep the head that answers of the application have.
pub fn error_answer(
    request: &Message,
    origin_host: &str,
    origin_realm: &str,
    error: &DecodeError,
    out: &mut BytesMut,
) {
    let protocol_error = (3000..4000).contains(&error.result_code().0);
    let flags = if protocol_error {
        Flags::ERROR
    } else {
        Flags::NONE
    };
    let application = match protocol_error {
        true => None,
        false => dictionary::application(request.header().application),
    };
    let mut refusal = Refusal {
        session_id: request.session_id(),
        application: application.and_then(|application| {
            Some(VendorSpecificApplicationId {
                vendor_id: application.vendor?.0,
                auth_application_id: Some(application.id.0),
                acct_application_id: None,
            })
        }),
        result_code: error.result_code(),
        origin_host,
        origin_realm,
        error_message: &error.to_string(),
        failed_avp: error.failed_avp().map(|octets| FailedAvp {
            extra: Many::unchecked(octets),
        }),
        proxied: Some(request),
    };
    // RFC 6733 §6.2 wants the last two, but an answer that is too long ends the connection for all others.
    let leave_out: [fn(&mut Refusal<'_>); 3] = [
        |refusal| refusal.failed_avp = None,
        |refusal| refusal.session_id = None,
        |refusal| refusal.proxied = None,
    ];
    for leave_out in leave_out {
        if HEADER_LEN + refusal.len() <= MAX_MESSAGE {
            break;
        }
        leave_out(&mut refusal);
    }
    write_message(request.header().answered(flags), &refusal, out);
}

struct Refusal<'a> {
    session_id: Option<&'a str>,
    application: Option<VendorSpecificApplicationId>,
    result_code: ResultCode,
    origin_host: &'a str,
    origin_realm: &'a str,
    error_message: &'a str,
    failed_avp: Option<FailedAvp<'a>>,
    /// The request whose Proxy-Info is repeated.
    proxied: Option<&'a Message>,
}

impl Members for Refusal<'_> {
    fn emit<S: Sink>(&self, sink: &mut S) {
        sink.optional(&definitions::SESSION_ID, &self.session_id);
        if let Some(application) = &self.application {
            sink.one(&definitions::VENDOR_SPECIFIC_APPLICATION_ID, application);
            // The applications of 3GPP keep no session (TS 29.229 §5.3).
            let state = AuthSessionState::NO_STATE_MAINTAINED;
            sink.one(&definitions::AUTH_SESSION_STATE, &state);
        }
        sink.one(&definitions::RESULT_CODE, &self.result_code);
        sink.one(&definitions::ORIGIN_HOST, &self.origin_host);
        sink.one(&definitions::ORIGIN_REALM, &self.origin_realm);
        sink.one(&definitions::ERROR_MESSAGE, &self.error_message);
        sink.optional(&definitions::FAILED_AVP, &self.failed_avp);
        // RFC 6733 §6.2: in the same order.
        if let Some(request) = self.proxied {
            for proxy_info in of_code(request.avps(), avp::PROXY_INFO) {
                sink.avp(proxy_info, &proxy_info);
            }
        }
    }
}

fn of_code<'a>(avps: Avps<'a>, code: AvpCode) -> impl Iterator<Item = Avp<'a>> {
    avps.filter(move |avp| avp.code == code)
}
