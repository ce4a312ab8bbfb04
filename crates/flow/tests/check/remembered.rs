//! What is forgotten for want of room makes no findings.

use capture::Transport::Udp;
use flow::check::{Kind, MAX_TEXT, Memory};

use crate::capture_made::{Capture, lines, said_with};
use crate::sip::{PHONE, PROXY, request, response};

fn numbered(number: usize) -> (Vec<u8>, Vec<u8>) {
    let branch = format!("b{number}");
    let of_call = |octets: Vec<u8>| {
        let text = String::from_utf8(octets).expect("text");
        text.replace("Call-ID: call", &format!("Call-ID: call{number}"))
            .into_bytes()
    };
    (
        of_call(request("OPTIONS", 1, &branch, "", "")),
        of_call(response("200 OK", "OPTIONS", 1, &branch)),
    )
}

/// As many are open at one time; each lasts a second.
fn load(open: usize, exchanges: usize) -> flow::check::Report {
    const A_SECOND: usize = 100;
    let pairs: Vec<_> = (0..6_000).map(numbered).collect();
    let mut all = Vec::new();
    for (number, (ask, _)) in pairs.iter().enumerate() {
        let at = (40_000 + number * 1_000 / A_SECOND) as u64;
        all.push((at, Udp, PHONE, PROXY, &ask[..]));
        if let Some(answered) = number.checked_sub(open) {
            all.push((at, Udp, PROXY, PHONE, &pairs[answered].1));
        }
    }
    let memory = Memory {
        exchanges,
        ..Memory::default()
    };
    // The capture began long before.
    let (ask, answer) = numbered(9_999);
    all.insert(0, (1, Udp, PROXY, PHONE, &answer));
    all.insert(0, (0, Udp, PHONE, PROXY, &ask));
    said_with(&all, memory)
}

/// 64·T1 at 100 a second are 3,200, of which 100 are open.
#[test]
fn a_load_that_is_answered_makes_no_findings() {
    for exchanges in [200, 3_000, 100_000] {
        let report = load(100, exchanges);
        assert_eq!(lines(&report), [""; 0], "{exchanges}");
        assert_eq!(report.forgotten, 0);
        assert_eq!(report.perhaps_answered, 100);
    }
}

#[test]
fn answers_to_what_was_forgotten_are_counted() {
    let report = load(100, 50);
    assert_eq!(lines(&report), [""; 0]);
    assert!(report.forgotten > 5_000, "{}", report.forgotten);
    assert!(report.perhaps_asked > 5_000, "{}", report.perhaps_asked);
}

#[test]
fn two_messages_of_one_segment_are_two_findings() {
    let mut capture = Capture::new();
    let ask = |number| numbered(number).0;
    capture.sent(
        capture::Transport::Tcp,
        PHONE,
        PROXY,
        &[ask(1), ask(2)].concat(),
    );
    capture.pass(40_000);
    capture.asks(&ask(3));
    let report = capture.report();
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|it| (it.packets.first, it.kind, &it.which[..]))
        .collect();
    assert_eq!(
        found,
        [
            (4, Kind::Unanswered, "call1"),
            (4, Kind::Unanswered, "call2"),
        ]
    );
}

#[test]
fn what_a_finding_says_is_short() {
    use diameter_codec::Flags;
    let mut capture = Capture::new();
    for hop_by_hop in [1, 2] {
        let octets = crate::diameter::uar(hop_by_hop, 7, Flags::NONE);
        let long = crate::diameter::with_origin(&octets, &"h".repeat(60_000));
        capture.client_sends(&long);
    }
    let report = capture.report();
    assert_eq!(report.findings[0].kind, Kind::EndToEndReused);
    assert!(report.findings[0].text.ends_with("hhh…"));
    assert!(report.findings[0].text.len() <= MAX_TEXT);
}
