use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use capture::{Numbers, Transport};

use super::*;
use crate::escape::Charset;
use crate::event::{Outcome, Protocol};
use crate::node::Node;
use crate::terminal::Colours;

const PLAIN: Style = Style {
    charset: Charset::Unicode,
    colours: Colours::Plain,
    width: 80,
};

fn home() -> Nodes {
    Nodes::new(["ue", "pcscf", "icscf", "scscf", "hss"].map(|name| Node {
        name: name.to_owned(),
        places: Vec::new(),
    }))
}

fn event(nodes: &Nodes, microseconds: u64, path: &str, label: &str, detail: &str) -> Event {
    let (from, to) = path.split_once(' ').expect("two names");
    let protocol = if path.contains("hss") {
        Protocol::Diameter
    } else {
        Protocol::Sip
    };
    let outcome = match label.split(' ').next_back() {
        Some("401") => Outcome::Challenge,
        Some("2001" | "200") => Outcome::Success,
        Some("403" | "5012") => Outcome::Failure,
        _ => Outcome::Request,
    };
    Event {
        time: SystemTime::UNIX_EPOCH + Duration::from_micros(microseconds),
        packets: Numbers::one(1),
        transport: Transport::Udp,
        source: SocketAddr::from(([192, 0, 2, 1], 5060)),
        destination: SocketAddr::from(([192, 0, 2, 2], 5060)),
        from: nodes.named(from).expect("a node"),
        to: nodes.named(to).expect("a node"),
        protocol,
        label: label.to_owned(),
        detail: detail.to_owned(),
        outcome,
        passage: Passage::First,
        purpose: Purpose::Procedure,
        octets: Bytes::new(),
        missing: 0,
    }
}

fn registration(nodes: &Nodes) -> Vec<Event> {
    let e = |at, path, label, detail| event(nodes, at, path, label, detail);
    vec![
        e(0, "ue pcscf", "REGISTER", "sip:home.example"),
        e(412, "pcscf icscf", "REGISTER", "sip:home.example"),
        e(900, "icscf hss", "UAR", ""),
        e(1_903, "hss icscf", "UAA 2001", "FIRST_REGISTRATION"),
        e(
            2_350,
            "icscf scscf",
            "REGISTER",
            "sip:scscf.home.example:5060",
        ),
        e(2_800, "scscf hss", "MAR", "SIP Digest"),
        e(3_710, "hss scscf", "MAA 2001", "SUCCESS"),
        e(4_004, "scscf icscf", "401", "Unauthorized"),
        e(4_300, "icscf pcscf", "401", "Unauthorized"),
        e(4_512, "pcscf ue", "401", "Unauthorized"),
        e(9_998_999, "scscf hss", "SAR", "REGISTRATION"),
        e(12_345_678, "pcscf ue", "200", "OK"),
    ]
}

fn drawn(style: Style, nodes: &Nodes, events: &[Event]) -> String {
    let mut ladder = Ladder::new(style, Show::WithoutWatchdog);
    let mut out = String::from("\n");
    for event in events {
        out.push_str(&ladder.draw(nodes, event));
    }
    out
}

#[test]
fn a_registration_in_eighty_columns() {
    let nodes = home();
    let out = drawn(PLAIN, &nodes, &registration(&nodes));
    let expected = "
    ms ue              pcscf             icscf            scscf              hss
   0.0 ├REGISTER sip:hom…▶                 │                │                 │
   0.4 │                 ├REGISTER sip:hom…▶                │                 │
   0.9 │                 │                 ├───────────────UAR────────────────▶
   1.9 │                 │                 ◀───UAA 2001 FIRST_REGISTRATION────┤
   2.4 │                 │                 ├REGISTER sip:sc…▶                 │
   2.8 │                 │                 │                ├─MAR SIP Digest──▶
   3.7 │                 │                 │                ◀MAA 2001 SUCCESS─┤
   4.0 │                 │                 ◀401 Unauthorized┤                 │
   4.3 │                 ◀401 Unauthorized─┤                │                 │
   4.5 ◀401 Unauthorized─┤                 │                │                 │
9999.0 │                 │                 │                ├SAR REGISTRATION─▶
   12s ◀─────200 OK──────┤                 │                │                 │
";
    assert_eq!(out, expected);
    assert!(out.lines().all(|line| columns(line) <= 80));
}

#[test]
fn a_wide_terminal_shows_whole_captions() {
    let nodes = home();
    let style = Style {
        width: 132,
        ..PLAIN
    };
    let out = drawn(style, &nodes, &registration(&nodes)[..2]);
    let expected = "
    ms ue                           pcscf                          icscf                         scscf                           hss
   0.0 ├──REGISTER sip:home.example───▶                              │                             │                              │
   0.4 │                              ├──REGISTER sip:home.example───▶                             │                              │
";
    assert_eq!(out, expected);
}

#[test]
fn ascii_has_the_same_shape() {
    let nodes = home();
    let style = Style {
        charset: Charset::Ascii,
        ..PLAIN
    };
    let mut again = event(&nodes, 100, "ue pcscf", "REGISTER", "sip:home.example");
    again.passage = Passage::Again;
    let events = [
        registration(&nodes)[0].clone(),
        again,
        registration(&nodes)[3].clone(),
    ];
    let expected = "
    ms ue              pcscf             icscf            scscf              hss
   0.0 |REGISTER sip:ho..>                 |                |                 |
   0.1 |.again REGISTER..>                 |                |                 |
   1.9 |                 |                 <---UAA 2001 FIRST_REGISTRATION----|
";
    assert_eq!(drawn(style, &nodes, &events), expected);
}

#[test]
fn a_retransmission_is_marked() {
    let nodes = home();
    let mut again = event(&nodes, 0, "pcscf ue", "401", "Unauthorized");
    again.passage = Passage::Again;
    let out = drawn(PLAIN, &nodes, &[again]);
    assert!(out.contains("◀↻ 401 Unauthoriz…┤"), "{out}");
}

#[test]
fn colours_tell_protocol_and_outcome() {
    let nodes = home();
    let style = Style {
        colours: Colours::Ansi,
        ..PLAIN
    };
    let coloured = |event: &Event| {
        let out = drawn(style, &nodes, std::slice::from_ref(event));
        let line = out.lines().last().expect("a line").to_owned();
        line.replace("\x1b[2m│\x1b[0m", "│")
            .replace("\x1b[2m   0.0\x1b[0m", "   0.0")
    };
    for (path, label, expected) in [
        ("ue pcscf", "REGISTER", "\x1b[36m├────REGISTER─────▶\x1b[0m"),
        ("pcscf ue", "401", "\x1b[33m◀───────401───────┤\x1b[0m"),
        ("pcscf ue", "200", "\x1b[32m◀───────200───────┤\x1b[0m"),
        ("pcscf ue", "403", "\x1b[31m◀───────403───────┤\x1b[0m"),
        ("scscf hss", "SAR", "\x1b[35m├───────SAR───────▶\x1b[0m"),
        (
            "hss scscf",
            "SAA 2001",
            "\x1b[32m◀────SAA 2001─────┤\x1b[0m",
        ),
        (
            "hss scscf",
            "SAA 5012",
            "\x1b[31m◀────SAA 5012─────┤\x1b[0m",
        ),
    ] {
        let line = coloured(&event(&nodes, 0, path, label, ""));
        assert!(line.contains(expected), "{line:?}");
    }
    let mut watchdog = event(&nodes, 0, "scscf hss", "CER", "");
    watchdog.purpose = Purpose::Connection;
    assert!(coloured(&watchdog).contains("\x1b[2;35m├"));
    let heading = drawn(style, &nodes, &[watchdog]);
    assert!(heading.starts_with("\n\x1b[1m    ms ue "), "{heading:?}");
}

#[test]
fn what_keeps_connections_is_left_out_on_wish() {
    let nodes = home();
    let mut capabilities = event(&nodes, 0, "scscf hss", "CER", "");
    capabilities.purpose = Purpose::Connection;
    let mut watchdog = event(&nodes, 0, "scscf hss", "DWR", "");
    watchdog.purpose = Purpose::Watchdog;
    let shown = |show, event: &Event| !Ladder::new(PLAIN, show).draw(&nodes, event).is_empty();
    assert!(shown(Show::Everything, &watchdog));
    assert!(shown(Show::WithoutWatchdog, &capabilities));
    assert!(!shown(Show::WithoutWatchdog, &watchdog));
    assert!(!shown(Show::Procedures, &capabilities));
}

#[test]
fn a_stranger_gets_a_column_under_a_new_heading() {
    let mut nodes = home();
    let mut ladder = Ladder::new(PLAIN, Show::Everything);
    let mut out = String::from("\n");
    out += &ladder.draw(&nodes, &registration(&nodes)[0]);
    let stranger = nodes.meet("192.0.2.7:5060".parse().expect("an address"));
    let mut register = registration(&nodes)[0].clone();
    register.from = stranger;
    out += &ladder.draw(&nodes, &register);
    let expected = "
    ms ue              pcscf             icscf            scscf              hss
   0.0 ├REGISTER sip:hom…▶                 │                │                 │
    ms 192.0.2.7        ue          pcscf        icscf         scscf         hss
   0.0     ├REGISTER sip:home.example─▶            │             │            │
";
    assert_eq!(out, expected);
}

#[test]
fn a_terminal_too_narrow_for_columns_gets_sentences() {
    let nodes = home();
    let style = Style { width: 40, ..PLAIN };
    let expected = "
   0.0 ue ▶ pcscf REGISTER sip:home.exa…
";
    assert_eq!(drawn(style, &nodes, &registration(&nodes)[..1]), expected);
    let mut ladder = Ladder::new(style, Show::Everything);
    ladder.draw(&nodes, &registration(&nodes)[0]);
    ladder.resize(80);
    let resized = ladder.draw(&nodes, &registration(&nodes)[1]);
    assert_eq!(resized.lines().count(), 2, "{resized}");
}

#[test]
fn a_message_to_oneself_stays_at_its_lifeline() {
    let nodes = home();
    let own = event(
        &nodes,
        0,
        "icscf icscf",
        "OPTIONS",
        "sip:icscf.home.example",
    );
    let out = drawn(PLAIN, &nodes, &[own]);
    let line = out.lines().last().expect("a line");
    assert_eq!(
        line,
        "   0.0 │                 │                 ↺OPTIONS sip:ics…│                 │"
    );
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    let nodes = home();
    let hostile = "\x1b]0;owned\x07\r\n\u{202e}\u{9b}2J";
    let style = Style {
        width: 200,
        ..PLAIN
    };
    let event = event(&nodes, 0, "ue pcscf", hostile, hostile);
    for width in [10, 40, 80, 200] {
        let out = drawn(
            Style { width, ..style },
            &nodes,
            std::slice::from_ref(&event),
        );
        assert!(
            out.chars()
                .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
            "{out:?}"
        );
    }
}

#[test]
fn time_may_run_backwards_and_long() {
    let nodes = home();
    let mut ladder = Ladder::new(PLAIN, Show::Everything);
    ladder.draw(&nodes, &event(&nodes, 5_000, "ue pcscf", "REGISTER", ""));
    let earlier = ladder.draw(&nodes, &event(&nodes, 4_700, "ue pcscf", "REGISTER", ""));
    assert!(earlier.starts_with("  -0.3 ├"), "{earlier}");
    let day = event(&nodes, 86_400_000_000, "ue pcscf", "REGISTER", "");
    let later = ladder.draw(&nodes, &day);
    assert!(later.starts_with("86400s ├"), "{later}");
}

#[test]
fn no_time_is_wider_than_its_column() {
    for (milliseconds, expected) in [
        (9_998.9, "9998.9"),
        (-9_998.9, "-10s"),
        (99_999e3, "99999s"),
        (-99_999e3, "-1d"),
        (100_000e3, "1d"),
        (3e13, "951y"),
        (4e21, "9999y"),
        (-4e21, "-9999y"),
    ] {
        assert_eq!(short(milliseconds), expected);
    }
}
