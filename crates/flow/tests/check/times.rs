//! Clocks that are wrong, and where a capture ends.

use std::time::{Duration, SystemTime};

use capture::Transport::Udp;
use diameter_codec::Flags;

use crate::capture_made::{Capture, lines, said, said_at};
use crate::diameter::uar;
use crate::sip::{PHONE, PROXY, register, request, response};

fn option(branch: &str) -> (Vec<u8>, Vec<u8>) {
    let number = branch.parse().expect("a number");
    (
        request("OPTIONS", number, branch, "", ""),
        response("200 OK", "OPTIONS", number, branch),
    )
}

/// OPTIONS and their answers at these seconds.
fn at(seconds: &[u64]) -> Vec<String> {
    let pairs: Vec<_> = (1..=seconds.len())
        .map(|it| option(&it.to_string()))
        .collect();
    let mut all = Vec::new();
    for (seconds, (ask, answer)) in seconds.iter().zip(&pairs) {
        all.push((seconds * 1_000, Udp, PHONE, PROXY, &ask[..]));
        all.push((seconds * 1_000 + 1, Udp, PROXY, PHONE, &answer[..]));
    }
    lines(&said(&all))
}

#[test]
fn the_ends_of_time_are_times() {
    let far = Duration::from_secs(i64::MAX as u64);
    let end = SystemTime::UNIX_EPOCH + far;
    let begin = SystemTime::UNIX_EPOCH - far;
    let (ask, answer) = option("1");
    let diameter = uar(1, 1, Flags::NONE);
    for times in [[end; 3], [begin; 3], [begin, end, begin], [end, begin, end]] {
        let report = said_at(&[
            (times[0], Udp, PHONE, PROXY, &ask),
            (times[1], Udp, PHONE, PROXY, &diameter),
            (times[2], Udp, PROXY, PHONE, &answer),
        ]);
        assert!(lines(&report).iter().all(|it| !it.contains("unanswered")));
    }
}

#[test]
fn a_message_that_is_stamped_far_off_ends_nothing() {
    let (first, first_answer) = option("1");
    let (second, second_answer) = option("2");
    for (stamp, found) in [
        (
            4_000_000_000_000,
            vec!["2 unread OPTIONS: stamped 3999999000 s later than those around it: not believed"],
        ),
        (
            0,
            vec!["2 unread OPTIONS: stamped 1000 s earlier than those around it: not believed"],
        ),
        // Not that far.
        (700_000, vec![]),
    ] {
        let report = said(&[
            (1_000_000, Udp, PHONE, PROXY, &first),
            (stamp, Udp, PHONE, PROXY, &second),
            (1_000_100, Udp, PROXY, PHONE, &first_answer),
            (1_000_200, Udp, PROXY, PHONE, &second_answer),
        ]);
        assert_eq!(lines(&report), found);
    }
}

#[test]
fn a_pause_is_believed_where_others_agree() {
    assert_eq!(at(&[100, 4_000, 4_001, 4_050]), [""; 0]);
    // Each pause, and the next begins before the one before is believed.
    assert_eq!(at(&[100, 1_000, 2_000, 3_000, 4_000]), [""; 0]);
    let (ask, _) = option("9");
    let (other, answer) = option("10");
    assert_eq!(
        lines(&said(&[
            (100_000, Udp, PHONE, PROXY, &ask),
            (4_000_000, Udp, PHONE, PROXY, &other),
            (4_000_001, Udp, PROXY, PHONE, &answer),
        ])),
        ["1 unanswered OPTIONS: no answer within 32 s"]
    );
}

#[test]
fn a_clock_that_is_set_back_goes_on() {
    assert_eq!(
        at(&[4_000, 100, 101, 110, 120]),
        ["3 unread OPTIONS: the clock is set back by 3900 s"]
    );
    let (ask, _) = option("9");
    let (third, fourth) = (option("10"), option("11"));
    let found = lines(&said(&[
        (4_000_000, Udp, PHONE, PROXY, &ask),
        (100_000, Udp, PHONE, PROXY, &third.0),
        (100_001, Udp, PROXY, PHONE, &third.1),
        (100_002, Udp, PHONE, PROXY, &fourth.0),
        (100_003, Udp, PROXY, PHONE, &fourth.1),
        (133_000, Udp, PHONE, PROXY, &register(12, "12", 60)),
    ]));
    assert_eq!(
        found,
        [
            "1 unanswered OPTIONS: no answer within 32 s",
            "2 unread OPTIONS: the clock is set back by 3900 s",
        ]
    );
}

#[test]
fn what_is_open_where_a_capture_ends_is_counted() {
    let mut capture = Capture::new();
    capture.asks(&request("INVITE", 1, "i", "", ""));
    capture.answers(&response("180 Ringing", "INVITE", 1, "i"));
    capture.pass(100_000);
    capture.asks(&register(1, "b", 60));
    capture.pass(31_990);
    capture.asks(&request("OPTIONS", 2, "o", "", ""));
    let report = capture.report();
    assert_eq!(lines(&report), [""; 0]);
    assert_eq!(report.perhaps_answered, 3);
}
