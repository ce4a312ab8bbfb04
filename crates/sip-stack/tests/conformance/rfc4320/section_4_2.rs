//! RFC 4320 §4.2: no 408 to a non-INVITE request.

use sip_stack::timers::Reliability::{Reliable, Unreliable};
use sip_stack::timers::TimerValues;
use sip_stack::transaction::non_invite_server::{
    Action::{Refused, Send, SendTrying, Terminated},
    Input::Retransmission,
};

use crate::line::Line;

#[test]
fn a_408_is_refused_and_the_transaction_stays_silent_until_it_expires() {
    for reliability in [Reliable, Unreliable] {
        let mut line = Line::server(reliability, &TimerValues::DEFAULT);
        line.nothing_until(1000);
        assert_eq!(line.respond(408), [Refused]);
        assert_eq!(line.on(Retransmission), []);
        line.at(3500, &[SendTrying]);
        assert_eq!(line.respond(408), [Refused]);
        assert_eq!(line.on(Retransmission), [Send]);
        line.at(32_000, &[Terminated]);
    }
}
