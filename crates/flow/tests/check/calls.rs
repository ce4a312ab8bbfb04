//! Calls: forked, acknowledged or not, answered twice; and the numbers of their requests.

use capture::Transport::{Tcp, Udp};

use crate::capture_made::{Capture, lines};
use crate::sip::{PHONE, PROXY, register, request, response};

/// Within the dialog of a To tag.
fn within(tag: &str, octets: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(octets).expect("text");
    let to = "To: <sip:alice@home.example>";
    let text = text.replace(&format!("{to};tag=t"), to);
    text.replace(to, &format!("{to};tag={tag}")).into_bytes()
}

fn replaced(octets: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(octets).expect("text");
    assert!(text.contains(from), "{text}");
    text.replace(from, to).into_bytes()
}

/// RFC 3261 §12.2.1.1: each dialog of a forked INVITE has numbers of its own.
#[test]
fn dialogs_of_a_forked_invite_count_for_themselves() {
    let in_dialogs = |tags: [&str; 2]| {
        let mut capture = Capture::new();
        capture.asks(&request("INVITE", 1, "i", "", ""));
        for (tag, branch) in tags.into_iter().zip(["p", "q"]) {
            capture.asks(&within(
                tag,
                request("PRACK", 2, branch, "RAck: 1 1 INVITE\r\n", ""),
            ));
            capture.answers(&within(tag, response("200 OK", "PRACK", 2, branch)));
        }
        capture.answers(&within("x", response("486 Busy Here", "INVITE", 1, "i")));
        capture.found()
    };
    assert_eq!(in_dialogs(["x", "y"]), [""; 0]);
    assert_eq!(
        in_dialogs(["x", "x"]),
        ["4 cseq-order PRACK: CSeq 2 as in packet 2, in another transaction"]
    );
}

/// RFC 3261 §16.6: a proxy forks to one next hop; §18.1.1: TCP cannot be had, and UDP is tried.
#[test]
fn the_same_number_in_another_branch_is_told_where_the_request_originates() {
    let first = || request("OPTIONS", 5, "a", "", "");
    let second = || request("OPTIONS", 5, "b", "", "");
    let via = "Via: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK";
    let forwarded = |it| {
        replaced(
            it,
            via,
            &format!("Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\n{via}"),
        )
    };
    let mut branch = 0;
    let mut forwarded = |it| {
        branch += 1;
        replaced(forwarded(it), "z9hG4bKx", &format!("z9hG4bKx{branch}"))
    };
    let elsewhere = replaced(
        second(),
        "OPTIONS sip:home.example",
        "OPTIONS sip:alice@192.0.2.7",
    );
    for (ask, again, transport, count) in [
        (first(), second(), Udp, 1),
        (first(), elsewhere, Udp, 0),
        (first(), second(), Tcp, 0),
        (forwarded(first()), forwarded(first()), Udp, 0),
    ] {
        let mut capture = Capture::new();
        capture.asks(&ask);
        capture.sent(transport, PHONE, PROXY, &again);
        assert_eq!(capture.found().len(), count, "{transport}");
    }
}

/// RFC 3261 §10.2: one Call-ID for all REGISTERs; the From tag may be new in each.
#[test]
fn registers_are_ordered_by_call_id_whatever_their_tags() {
    let mut capture = Capture::new();
    capture.asks(&register(5, "leave", 0));
    capture.answers(&response("200 OK", "REGISTER", 5, "leave"));
    let late = |it| replaced(it, ";tag=f", ";tag=g");
    capture.asks(&late(register(4, "stay", 60)));
    capture.answers(&late(response("200 OK", "REGISTER", 4, "stay")));
    assert_eq!(
        capture.found(),
        [
            "3 cseq-order REGISTER: CSeq 4 after 5 in packet 1",
            "3 overtaken REGISTER: CSeq 4 comes after the deregistration of packet 1, CSeq 5, which was sent later",
        ]
    );
}

#[test]
fn two_results_of_one_request_are_told_but_of_an_invite() {
    let twice = |method| {
        let mut capture = Capture::new();
        capture.asks(&request(method, 1, "b", "", ""));
        for status in ["200 OK", "500 Server Internal Error"] {
            capture.answers(&response(status, method, 1, "b"));
        }
        capture.found()
    };
    assert_eq!(
        twice("OPTIONS"),
        ["3 wrong-answer 500: a second final answer, after 200 of packet 2"]
    );
    assert_eq!(twice("INVITE"), [""; 0]);
}

fn accepted(more: &str) -> Vec<u8> {
    let lines = format!("{more}Content-Length: 0");
    replaced(
        response("200 OK", "INVITE", 1, "i"),
        "Content-Length: 0",
        &lines,
    )
}

/// What is found where a call is accepted, and after as many milliseconds something else passes.
fn not_acknowledged(accepted: &[u8], wait: u64) -> flow::check::Report {
    let mut capture = Capture::new();
    capture.asks(&request("INVITE", 1, "i", "", ""));
    capture.answers(accepted);
    capture.pass(wait);
    capture.asks(&request("OPTIONS", 2, "o", "", ""));
    capture.report()
}

/// RFC 3261 §13.2.2.4.
#[test]
fn a_2xx_without_an_ack_is_told_once_it_is_no_more_sent_again() {
    let accepted = accepted("Contact: <sip:192.0.2.2>\r\n");
    let report = not_acknowledged(&accepted, 31_990);
    assert_eq!(lines(&report), [""; 0]);
    assert_eq!(report.perhaps_answered, 2);
    assert_eq!(
        lines(&not_acknowledged(&accepted, 32_000)),
        ["2 unacknowledged 200: no ACK within 32 s"]
    );
}

#[test]
fn an_ack_that_may_pass_elsewhere_is_not_missed() {
    for (more, count) in [
        ("Contact: <sip:192.0.2.2>\r\n", 1),
        ("Contact: <sip:192.0.2.2:5070>\r\n", 0),
        ("Contact: <sip:bob@192.0.2.7>\r\n", 0),
        ("Contact: <sip:bob@host.example>\r\n", 0),
        (
            "Record-Route: <sip:192.0.2.2;lr>\r\nContact: <sip:bob@192.0.2.7>\r\n",
            1,
        ),
        (
            "Record-Route: <sip:192.0.2.2;lr>, <sip:192.0.2.3;lr>\r\nContact: <sip:bob@192.0.2.7>\r\n",
            0,
        ),
        (
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKu\r\nContact: <sip:192.0.2.2>\r\n",
            0,
        ),
    ] {
        let report = not_acknowledged(&accepted(more), 40_000);
        assert_eq!(report.findings.len(), count, "{more}");
    }
}

#[test]
fn an_ack_counts_also_where_the_2xx_crosses_it() {
    let accepted = within("t", accepted("Contact: <sip:192.0.2.2>\r\n"));
    let mut capture = Capture::new();
    capture.asks(&request("INVITE", 1, "i", "", ""));
    capture.answers(&accepted);
    capture.asks(&within("t", request("ACK", 1, "k", "", "")));
    capture.pass(10);
    capture.answers(&accepted);
    capture.pass(40_000);
    capture.asks(&request("OPTIONS", 2, "o", "", ""));
    assert_eq!(
        capture.found(),
        ["2 retransmitted 200: sent 2 times, until packet 4, the same octets"]
    );
}
