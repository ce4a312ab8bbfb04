//! Faults of SIP.

use capture::Transport::{Tcp, Udp};
use flow::check::{Kind, Memory};

use crate::capture_made::{Capture, lines, without};

pub(crate) const PHONE: &str = "192.0.2.20:5060";
pub(crate) const PROXY: &str = "192.0.2.2:5060";

/// A request of a call, with more lines, each ended.
pub(crate) fn request(method: &str, seq: u32, branch: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK{branch}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:alice@home.example>;tag=f\r\nTo: <sip:alice@home.example>\r\n\
         Call-ID: call\r\nCSeq: {seq} {method}\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub(crate) fn response(status: &str, method: &str, seq: u32, branch: &str) -> Vec<u8> {
    format!(
        "SIP/2.0 {status}\r\nVia: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK{branch};received=192.0.2.20\r\n\
         From: <sip:alice@home.example>;tag=f\r\nTo: <sip:alice@home.example>;tag=t\r\n\
         Call-ID: call\r\nCSeq: {seq} {method}\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

pub(crate) fn register(seq: u32, branch: &str, expires: u32) -> Vec<u8> {
    let contact = format!("Contact: <sip:alice@192.0.2.20>;expires={expires}\r\n");
    request("REGISTER", seq, branch, &contact, "")
}

impl Capture {
    pub(crate) fn asks(&mut self, octets: &[u8]) {
        self.sent(Udp, PHONE, PROXY, octets);
    }

    pub(crate) fn answers(&mut self, octets: &[u8]) {
        self.sent(Udp, PROXY, PHONE, octets);
    }
}

/// A registration that is challenged, refreshed and ended.
fn well() -> Capture {
    let mut capture = Capture::new();
    for (seq, expires, status) in [
        (1, 600, "401 Unauthorized"),
        (2, 600, "200 OK"),
        (3, 600, "200 OK"),
        (4, 0, "200 OK"),
    ] {
        let branch = format!("b{seq}");
        capture.asks(&register(seq, &branch, expires));
        capture.answers(&response("100 Trying", "REGISTER", seq, &branch));
        capture.answers(&response(status, "REGISTER", seq, &branch));
        capture.pass(60_000);
    }
    capture
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(well().found(), [""; 0]);
    let mut call = Capture::new();
    call.asks(&request("INVITE", 7, "i", "", ""));
    call.answers(&response("180 Ringing", "INVITE", 7, "i"));
    // Three minutes after the last provisional answer, no sooner (RFC 3261 §16.6, timer C).
    call.pass(179_000);
    call.answers(&response("180 Ringing", "INVITE", 7, "i"));
    call.pass(179_000);
    call.answers(&response("200 OK", "INVITE", 7, "i"));
    call.asks(&request("ACK", 7, "a", "", ""));
    // Another INVITE is cancelled: the CANCEL has its branch and number.
    call.asks(&request("INVITE", 8, "j", "", ""));
    call.asks(&request("CANCEL", 8, "j", "", ""));
    call.answers(&response("200 OK", "CANCEL", 8, "j"));
    call.answers(&response("487 Request Terminated", "INVITE", 8, "j"));
    call.asks(&request("ACK", 8, "j", "", ""));
    assert_eq!(call.found(), [""; 0]);
}

#[test]
fn a_message_that_breaks_its_grammar_is_malformed() {
    let mut capture = Capture::new();
    let text = String::from_utf8(register(1, "b", 60)).expect("text");
    capture.asks(text.replace("Call-ID: call\r\n", "").as_bytes());
    capture.asks(
        text.replace("Max-Forwards: 70", "Max-Forwards: many")
            .as_bytes(),
    );
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    capture.asks(b"\x00\x01\x02\x03 is no SIP");
    assert_eq!(
        capture.found(),
        [
            "1 malformed REGISTER: Call-ID missing; deserves 400",
            "2 malformed REGISTER: Max-Forwards is not a number from 0 to 255; deserves 400",
            "4 malformed 14 octets: no message that can be read",
        ]
    );
}

#[test]
fn a_request_is_unanswered_after_timer_f_and_not_before() {
    let mut capture = Capture::new();
    capture.asks(&register(1, "b", 60));
    capture.answers(&response("100 Trying", "REGISTER", 1, "b"));
    capture.pass(31_990);
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    assert_eq!(capture.found(), [""; 0]);

    let mut capture = Capture::new();
    capture.asks(&register(1, "b", 60));
    capture.pass(32_000);
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    assert_eq!(
        capture.found(),
        [
            "1 unanswered REGISTER: no answer within 32 s",
            "2 unasked 200: answers no request of this capture",
        ]
    );
}

#[test]
fn an_invite_may_ring_for_three_minutes_and_no_longer() {
    let mut capture = Capture::new();
    capture.asks(&request("INVITE", 1, "i", "", ""));
    capture.answers(&response("180 Ringing", "INVITE", 1, "i"));
    capture.pass(230_000);
    capture.asks(&request("OPTIONS", 2, "o", "", ""));
    let report = capture.report();
    assert_eq!(
        lines(&report),
        ["1 unanswered INVITE: no final answer within 180 s"]
    );
    // The OPTIONS, after which the capture ends.
    assert_eq!(report.perhaps_answered, 1);
}

#[test]
fn an_answer_without_a_request_is_told_where_the_request_should_be_there() {
    let mut capture = Capture::new();
    capture.answers(&response("200 OK", "REGISTER", 1, "before"));
    capture.pass(40_000);
    capture.answers(&response("200 OK", "REGISTER", 2, "never"));
    // Its request may have rung since before the capture began.
    capture.answers(&response("200 OK", "INVITE", 3, "rang"));
    let report = capture.report();
    assert_eq!(
        lines(&report),
        ["2 unasked 200: answers no request of this capture"]
    );
    assert_eq!(report.perhaps_asked, 2);
}

#[test]
fn what_is_sent_again_is_counted() {
    let mut capture = Capture::new();
    for _ in 0..3 {
        capture.asks(&register(1, "b", 60));
        capture.pass(500);
    }
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    capture.pass(500);
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    assert_eq!(
        capture.found(),
        [
            "1 retransmitted REGISTER: sent 3 times, until packet 3, the same octets",
            "4 retransmitted 200: sent 2 times, until packet 5, the same octets",
        ]
    );
    let mut capture = Capture::new();
    capture.asks(&register(1, "b", 60));
    capture.asks(&register(1, "b", 61));
    capture.answers(&response("200 OK", "REGISTER", 1, "b"));
    assert_eq!(
        capture.found(),
        ["1 retransmitted REGISTER: sent 2 times, until packet 2, not always the same octets"]
    );
}

#[test]
fn a_lower_cseq_is_out_of_order_and_the_same_in_another_transaction_too() {
    let mut capture = Capture::new();
    for (seq, branch) in [(5, "a"), (4, "b"), (5, "c"), (6, "d")] {
        capture.asks(&request("OPTIONS", seq, branch, "", ""));
        capture.answers(&response("200 OK", "OPTIONS", seq, branch));
    }
    assert_eq!(
        capture.found(),
        [
            "3 cseq-order OPTIONS: CSeq 4 after 5 in packet 1",
            "5 cseq-order OPTIONS: CSeq 5 as in packet 1, in another transaction",
        ]
    );
}

#[test]
fn a_request_that_comes_round_has_its_cseq() {
    let mut capture = Capture::new();
    let first = String::from_utf8(request("OPTIONS", 5, "a", "", "")).expect("text");
    capture.asks(first.as_bytes());
    let second = first
        .replace("z9hG4bKa", "z9hG4bKb")
        .replace("Via:", "Via: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bKa\r\nVia:");
    capture.asks(second.as_bytes());
    assert_eq!(capture.found(), [""; 0]);
}

pub(crate) fn notify(seq: u32, version: &str) -> Vec<u8> {
    let more =
        "Event: reg\r\nSubscription-State: active\r\nContent-Type: application/reginfo+xml\r\n";
    let body = format!(
        "<?xml version=\"1.0\"?>\n<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"{version}\" \
         state=\"full\"/>"
    );
    let text = request("NOTIFY", seq, &format!("n{seq}"), more, &body);
    let text = String::from_utf8(text).expect("text");
    let to = "To: <sip:alice@home.example>";
    text.replace(to, &format!("{to};tag=t")).into_bytes()
}

fn notified(versions: &[&str]) -> Vec<String> {
    let mut capture = Capture::new();
    for (seq, version) in (1..).zip(versions) {
        capture.asks(&notify(seq, version));
        capture.answers(&response("200 OK", "NOTIFY", seq, &format!("n{seq}")));
    }
    capture.found()
}

#[test]
fn versions_of_registration_state_rise_by_one() {
    assert_eq!(notified(&["0", "1", "2"]), [""; 0]);
    assert_eq!(
        notified(&["1", "0", "3", "x"]),
        [
            "3 reginfo-version NOTIFY: version 0 after 1 in packet 1",
            "5 reginfo-version NOTIFY: version 3 next after 1 in packet 1: some are missing",
            "7 reginfo-version NOTIFY: registration state without a readable version",
        ]
    );
}

/// With credentials, or to a subscriber that was busy: nobody has it yet.
#[test]
fn a_document_that_was_refused_is_sent_again() {
    for (status, versions, count) in [
        ("407 Proxy Authentication Required", ["0", "0", "1"], 0),
        ("200 OK", ["0", "0", "1"], 1),
        ("407 Proxy Authentication Required", ["1", "0", "1"], 1),
    ] {
        let mut capture = Capture::new();
        for (seq, version) in (1..).zip(versions) {
            let status = if seq == 1 { status } else { "200 OK" };
            capture.asks(&notify(seq, version));
            capture.answers(&response(status, "NOTIFY", seq, &format!("n{seq}")));
        }
        assert_eq!(capture.found().len(), count, "{status} {versions:?}");
    }
}

#[test]
fn a_deregistration_that_arrives_first_overtook() {
    let mut capture = Capture::new();
    capture.asks(&register(2, "leave", 0));
    capture.answers(&response("200 OK", "REGISTER", 2, "leave"));
    capture.asks(&register(1, "stay", 60));
    capture.answers(&response(
        "500 Server Internal Error",
        "REGISTER",
        1,
        "stay",
    ));
    assert_eq!(
        capture.found(),
        [
            "3 cseq-order REGISTER: CSeq 1 after 2 in packet 1",
            "3 overtaken REGISTER: CSeq 1 comes after the deregistration of packet 1, CSeq 2, which was sent later",
        ]
    );
}

#[test]
fn a_deregistration_that_is_granted_first_overtook_where_the_registration_is_granted_too() {
    for (status, found) in [
        (
            "200 OK",
            vec![
                "4 overtaken 200: grants the registration of packet 1, CSeq 1, after the deregistration of packet 2, \
                 CSeq 2, was granted",
            ],
        ),
        ("500 Server Internal Error", vec![]),
    ] {
        let mut capture = Capture::new();
        capture.asks(&register(1, "stay", 60));
        capture.asks(&register(2, "leave", 0));
        capture.answers(&response("200 OK", "REGISTER", 2, "leave"));
        capture.answers(&response(status, "REGISTER", 1, "stay"));
        assert_eq!(capture.found(), found);
    }
}

#[test]
fn a_deregistration_of_another_contact_overtakes_nothing() {
    let mut capture = Capture::new();
    let leave = "Contact: <sip:alice@192.0.2.99>;expires=0\r\n";
    capture.asks(&request("REGISTER", 2, "leave", leave, ""));
    capture.answers(&response("200 OK", "REGISTER", 2, "leave"));
    capture.asks(&register(1, "stay", 60));
    capture.answers(&response("200 OK", "REGISTER", 1, "stay"));
    let found = without(capture.found(), &[Kind::CseqOrder]);
    assert_eq!(found, [""; 0]);
    // `*` is every contact (RFC 3261 §10.2.2).
    let mut capture = Capture::new();
    let leave = "Contact: *\r\nExpires: 0\r\n";
    capture.asks(&request("REGISTER", 2, "leave", leave, ""));
    capture.answers(&response("200 OK", "REGISTER", 2, "leave"));
    capture.asks(&register(1, "stay", 60));
    capture.answers(&response("200 OK", "REGISTER", 1, "stay"));
    assert_eq!(without(capture.found(), &[Kind::CseqOrder]).len(), 1);
}

#[test]
fn octets_that_are_no_message_are_told_by_their_packets() {
    let mut capture = Capture::new();
    capture.sent(Tcp, PHONE, PROXY, &register(1, "b", 60));
    capture.sent(Tcp, PROXY, PHONE, &response("200 OK", "REGISTER", 1, "b"));
    capture.sent(Tcp, PHONE, PROXY, &register(2, "c", 60)[..100]);
    assert_eq!(
        capture.found(),
        ["6 unread stream: the stream ends after 100 octets of a message"]
    );
}

#[test]
fn what_is_remembered_has_limits_and_what_falls_out_is_counted() {
    let memory = Memory {
        exchanges: 3,
        senders: 3,
        registrants: 3,
        findings: 2,
        ..Memory::default()
    };
    let mut capture = Capture::new();
    for call in 0..10 {
        let text = String::from_utf8(register(1, &format!("b{call}"), 60)).expect("text");
        let call_id = format!("Call-ID: call{call}");
        capture.asks(text.replace("Call-ID: call", &call_id).as_bytes());
    }
    capture.pass(32_000);
    capture.asks(&request("OPTIONS", 2, "last", "", ""));
    let report = capture.report_with(memory);
    assert_eq!(report.findings.len(), 2);
    assert_eq!(report.more[&Kind::Unanswered], 1);
    // Seven requests, eight senders, and all registrants but one: with its REGISTER and contact it weighs three.
    assert_eq!(report.forgotten, 7 + 8 + 9);
}
