//! How long the flow of a registered phone lives (RFC 5626 §4.4, §5.4, §8).

use std::time::Duration;

use driver::io::Io;
use driver::sip::{Flow, Transport};
use sip_message::{FlowTimer, Message, Name};

use crate::outbound::Outbound;
use crate::{Shared, now};

/// How much longer than Flow-Timer says a phone may be silent: what it sends may be repeated on its way
/// (RFC 5626 §8).
pub const FLOW_GRACE: Duration = Duration::from_secs(30);

/// After `response`, a 2xx that is remembered: its connection is kept for as long as somebody is registered over it, and
/// the phone is told how often to send keep-alives where outbound is in use. Who is not told is not cut off for it.
///
/// Of UDP nothing is said: there is no connection that could be closed, and what a NAT forgets is earlier than what is
/// worth saying.
pub(crate) fn settle<I: Io>(
    pcscf: &Shared<I>,
    flow: Flow,
    received: &Message,
    response: &mut Message,
) {
    if flow.transport() != Transport::Tcp {
        return;
    }
    let until = pcscf.registered.borrow().until(flow);
    let Some(until) = until else {
        // Nobody is registered over it any more: it is idle like any other.
        pcscf.phones.keep_until(flow, now());
        pcscf.phones.expect_keep_alives(flow, None);
        return;
    };
    pcscf.phones.keep_until(flow, until);
    let agreed = response
        .elements(Name::REQUIRE)
        .any(|tag| tag.eq_ignore_ascii_case("outbound"));
    let own = pcscf.settings().flow_timer_s;
    if !agreed || own == 0 || Outbound::of(received) == Outbound::NotUsed {
        pcscf.phones.expect_keep_alives(flow, None);
        return;
    }
    // The registrar may want them more often.
    let theirs = response.read::<FlowTimer>().ok().flatten();
    let theirs = theirs.map(|timer| timer.0).filter(|seconds| *seconds > 0);
    let seconds = theirs.map_or(own, |theirs| theirs.min(own));
    response.set(Name::FLOW_TIMER, &seconds.to_string());
    let within = Duration::from_secs(u64::from(seconds)) + FLOW_GRACE;
    pcscf.phones.expect_keep_alives(flow, Some(within));
}
