//! Between whom: load balancers, NATs, hosts of several addresses, and captures that have a datagram twice.

use capture::Transport::{Sctp, Tcp, Udp};
use diameter_codec::Flags;

use crate::capture_made::{Capture, lines, said};
use crate::diameter::{uaa, uar};
use crate::sip::{PHONE, PROXY, register, request, response};

const BALANCER: &str = "192.0.2.90:5060";

#[test]
fn a_datagram_that_is_captured_twice_is_not_sent_again() {
    let (ask, answer) = (register(1, "b", 60), response("200 OK", "REGISTER", 1, "b"));
    let mut capture = Capture::new();
    for octets in [&ask, &ask] {
        capture.asks(octets);
    }
    capture.answers(&answer);
    // Each is a millisecond after the one before.
    capture.pass(3);
    capture.answers(&answer);
    let report = capture.report();
    assert_eq!(lines(&report), [""; 0]);
    assert_eq!(report.captured_twice, 2);

    let mut capture = Capture::new();
    capture.asks(&ask);
    capture.pass(5);
    capture.asks(&ask);
    capture.answers(&answer);
    let report = capture.report();
    assert_eq!(
        lines(&report),
        ["1 retransmitted REGISTER: sent 2 times, until packet 2, the same octets"]
    );
    assert_eq!(report.captured_twice, 0);
}

#[test]
fn what_is_garbled_and_captured_twice_is_told_once() {
    let mut capture = Capture::new();
    for _ in 0..2 {
        capture.asks(b"\x00\x01\x02\x03 is no SIP");
    }
    assert_eq!(
        capture.found(),
        ["1 malformed 14 octets: no message that can be read"]
    );
}

#[test]
fn a_hop_that_adds_no_via_sends_nothing_again() {
    let (ask, answer) = (register(1, "b", 60), response("200 OK", "REGISTER", 1, "b"));
    for behind in [BALANCER, PHONE] {
        // The source is the balancer, or stays that of the phone.
        let mut capture = Capture::new();
        capture.sent(Udp, PHONE, BALANCER, &ask);
        capture.sent(Udp, behind, PROXY, &ask);
        capture.sent(Udp, PROXY, behind, &answer);
        capture.sent(Udp, BALANCER, PHONE, &answer);
        assert_eq!(capture.found(), [""; 0], "{behind}");
    }
}

#[test]
fn who_is_answered_behind_a_balancer_has_its_answer() {
    let mut capture = Capture::new();
    capture.sent(Udp, PHONE, BALANCER, &register(1, "b", 60));
    capture.sent(Udp, PHONE, PROXY, &register(1, "b", 60));
    // Not by way of the balancer.
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    capture.pass(40_000);
    capture.asks(&register(2, "c", 60));
    assert_eq!(capture.found(), [""; 0]);
}

#[test]
fn an_answer_may_come_from_or_go_to_another_port_and_one_other_address() {
    for (from, to) in [
        ("192.0.2.2:40000", PHONE),
        (PROXY, "192.0.2.20:40000"),
        ("192.0.2.3:5060", PHONE),
        (PROXY, "192.0.2.21:5060"),
    ] {
        let mut capture = Capture::new();
        capture.asks(&register(1, "b", 60));
        capture.sent(Udp, from, to, &response("200 OK", "REGISTER", 1, "b"));
        capture.pass(40_000);
        capture.asks(&request("OPTIONS", 2, "o", "", ""));
        assert_eq!(capture.found(), [""; 0], "{from} {to}");
    }
}

#[test]
fn an_answer_between_two_others_answers_nothing() {
    let mut capture = Capture::new();
    capture.asks(&register(1, "b", 60));
    let answer = response("200 OK", "REGISTER", 1, "b");
    capture.sent(Udp, "192.0.2.98:5060", "192.0.2.99:5060", &answer);
    capture.pass(40_000);
    capture.asks(&request("OPTIONS", 2, "o", "", ""));
    assert_eq!(
        capture.found(),
        [
            "1 unanswered REGISTER: no answer within 32 s",
            "2 unasked 200: answers REGISTER of packet 1, which went from 192.0.2.20:5060 to 192.0.2.2:5060",
        ]
    );
}

/// RFC 6733 §2.1: with SCTP, a peer has several addresses.
#[test]
fn an_association_answers_by_its_other_addresses() {
    let ask = uar(1, 1, Flags::NONE);
    let by = |transport, from| {
        said(&[
            (1_000, transport, "192.0.2.4:40000", "192.0.2.6:3868", &ask),
            (1_001, transport, from, "198.51.100.4:40000", &uaa(&ask)),
            (
                50_000,
                transport,
                "192.0.2.4:40000",
                "192.0.2.6:3868",
                &uar(2, 2, Flags::NONE),
            ),
        ])
    };
    let report = by(Sctp, "198.51.100.6:3868");
    assert_eq!(lines(&report), [""; 0]);
    assert_eq!((report.perhaps_asked, report.perhaps_answered), (0, 1));
    // Another port is another association, and TCP has one address at each end.
    for (transport, from) in [(Sctp, "198.51.100.6:3869"), (Tcp, "198.51.100.6:3868")] {
        let report = by(transport, from);
        assert_eq!(
            lines(&report),
            ["1 unanswered UAR: no answer within 32 s"],
            "{transport}"
        );
    }
}
