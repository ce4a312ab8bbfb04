//! RFC 4320 §4.1: provisional responses to a non-INVITE request.

use sip_stack::timers::Reliability::{Reliable, Unreliable};
use sip_stack::timers::TimerValues;
use sip_stack::transaction::non_invite_server::{
    Action::{Refused, Send, SendTrying, Terminated},
    Input::Retransmission,
    State,
};

use crate::line::Line;

#[test]
fn a_100_is_sent_when_timer_e_would_reach_t2_over_any_transport() {
    for reliability in [Reliable, Unreliable] {
        let mut line = Line::server(reliability, &TimerValues::DEFAULT);
        line.at(3500, &[SendTrying]);
        assert_eq!(line.machine.state(), State::Proceeding);
        assert_eq!(line.on(Retransmission), [Send]);
        line.at(32_000, &[Terminated]);
    }
}

#[test]
fn with_the_radio_values_of_ts_24_229_it_is_sent_at_14_s() {
    let mut line = Line::server(Unreliable, &TimerValues::RADIO);
    line.at(14_000, &[SendTrying]);
    line.at(128_000, &[Terminated]);
}

#[test]
fn no_100_is_sent_where_an_answer_was() {
    let mut line = Line::server(Unreliable, &TimerValues::DEFAULT);
    line.nothing_until(3499);
    assert_eq!(line.respond(200), [Send]);
    line.at(35_499, &[Terminated]);
}

#[test]
fn over_udp_the_transaction_user_cannot_send_100_earlier() {
    let mut line = Line::server(Unreliable, &TimerValues::DEFAULT);
    line.nothing_until(3499);
    assert_eq!(line.respond(100), [Refused]);
    line.at(3500, &[SendTrying]);
    assert_eq!(line.respond(100), [Send]);
}

#[test]
fn over_tcp_the_transaction_user_may_send_100_at_any_time() {
    let mut line = Line::server(Reliable, &TimerValues::DEFAULT);
    line.nothing_until(10);
    assert_eq!(line.respond(100), [Send]);
    assert_eq!(line.machine.state(), State::Proceeding);
    line.nothing_until(4000);
    assert_eq!(line.respond(200), [Send, Terminated]);
}

#[test]
fn no_provisional_but_100_is_ever_sent() {
    for reliability in [Reliable, Unreliable] {
        for code in 101..200 {
            let mut line = Line::server(reliability, &TimerValues::DEFAULT);
            assert_eq!(line.respond(code), [Refused]);
            line.at(3500, &[SendTrying]);
            assert_eq!(line.respond(code), [Refused]);
            assert_eq!(line.respond(200)[0], Send);
        }
    }
}
