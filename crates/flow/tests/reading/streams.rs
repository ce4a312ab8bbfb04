//! What is found in TCP.

use std::net::SocketAddr;

use capture::{Segment, Transport};
use flow::event::Protocol;
use flow::reassembly::MAX_LATE;
use flow::{Limits, Reader};

use crate::scene::{DWR, NOTHING, OK, OPTIONS, PLAIN, Scene};

/// Ports on which nobody expects anything.
const PORTS: (u16, u16) = (40_000, 50_000);
const BACK: (u16, u16) = (50_000, 40_000);

const OTHERS: [&[u8]; 5] = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x17\xfe\xfd\x00\x04abcd",
    b"\0\0\0\x08abcdefgh",
    b"220 mail.example ESMTP\r\n",
];

#[test]
fn sip_and_diameter_are_found_on_any_port_however_they_are_cut() {
    let sip = [b"\r\n\r\n", OPTIONS, b"\r\n", OK, OPTIONS].concat();
    let diameter = [DWR, DWR].concat();
    for step in [1, 2, 5, 19, 46, 1_000] {
        for (stream, labels) in [
            (&sip, &["OPTIONS", "200", "OPTIONS"][..]),
            (&diameter, &["DWR", "DWR"]),
        ] {
            let mut scene = Scene::new();
            scene.syn(PORTS);
            let mut told = Vec::new();
            for (place, part) in stream.chunks(step).enumerate() {
                told.extend(scene.data(PORTS, (place * step) as u32, part));
            }
            let found: Vec<&str> = told.iter().filter_map(|it| it.split(' ').nth(1)).collect();
            assert_eq!(found, labels, "{step}: {told:?}");
            assert_eq!(scene.finish(), NOTHING);
        }
    }
}

#[test]
fn an_event_names_its_packets_addresses_and_transport() {
    let mut scene = Scene::new();
    scene.syn(PORTS);
    assert_eq!(scene.data(PORTS, 0, &OPTIONS[..10]), NOTHING);
    assert_eq!(scene.data(PORTS, 10, &OPTIONS[10..20]), NOTHING);
    let rest = [&OPTIONS[20..], OK, &OPTIONS[..1]].concat();
    assert_eq!(scene.data(PORTS, 20, &rest), ["2-4: OPTIONS", "4: 200"]);
    assert_eq!(
        scene.data(PORTS, 20 + rest.len() as u32, &OPTIONS[1..]),
        ["4-5: OPTIONS"]
    );
    let packet = capture::Packet {
        numbers: capture::Numbers { first: 8, last: 9 },
        time: std::time::SystemTime::UNIX_EPOCH,
        direction: None,
        interface: None,
        transport: Transport::Udp,
        from: "192.0.2.7:5060".parse().expect("an address"),
        to: "192.0.2.8:5062".parse().expect("an address"),
        payload: OPTIONS.into(),
        missing: 0,
        segment: None,
        comment: None,
    };
    let event = &scene.reader.read(&packet, &mut scene.nodes)[0];
    assert_eq!(event.packets, packet.numbers);
    assert_eq!(event.transport, Transport::Udp);
    assert_eq!(event.source, SocketAddr::from(([192, 0, 2, 7], 5060)));
    assert_eq!(event.destination, SocketAddr::from(([192, 0, 2, 8], 5062)));
    assert_eq!(
        (event.protocol, &event.octets[..]),
        (Protocol::Sip, OPTIONS)
    );
}

#[test]
fn what_is_neither_is_counted_and_not_told() {
    let mut scene = Scene::new();
    for (place, other) in OTHERS.iter().enumerate() {
        let ports = (100 + place as u16, 8_080);
        scene.syn(ports);
        assert_eq!(scene.data(ports, 0, other), NOTHING);
        // Nor is what is missing of it.
        assert_eq!(scene.data(ports, 5_000, other), NOTHING);
        assert_eq!(scene.data(ports, 9_000, other), NOTHING);
    }
    assert_eq!(scene.finish(), NOTHING);
    let counts = scene.reader.counts();
    assert_eq!(counts.other_streams, OTHERS.len() as u64);
}

#[test]
fn what_is_neither_is_told_where_one_is_expected() {
    for port in [5060, 5061, 3868, 5868] {
        for other in OTHERS {
            let mut scene = Scene::new();
            scene.syn((100, port));
            let told = scene.data((100, port), 0, other);
            assert!(told[0].starts_with("2: "), "{told:?}");
            let mut all = scene.data((100, port), other.len() as u32, other);
            all.extend(scene.finish());
            // The first octets are shown, all are counted once.
            let total = 2 * other.len();
            let notice = format!("2-3: ({total} octets that are no message)");
            assert_eq!(all, [notice], "{told:?}");
        }
    }
}

#[test]
fn garbage_between_messages_is_told() {
    for (message, label) in [(OK, "200"), (DWR, "DWR")] {
        let mut scene = Scene::new();
        scene.syn(PORTS);
        let stream = [message, b"\xff\xfejunk\r\n", message, message].concat();
        let told = scene.data(PORTS, 0, &stream);
        assert_eq!(told.len(), 4, "{told:?}");
        assert_eq!(told[0], format!("2: {label}"));
        assert!(
            told[1].starts_with("2: 8 octets, \\xff\\xfejunk"),
            "{told:?}"
        );
        assert_eq!(told[2..], vec![format!("2: {label}"); 2]);
    }
}

#[test]
fn a_message_without_a_length_is_named_and_the_next_one_found() {
    let mut scene = Scene::new();
    scene.syn(PORTS);
    let wrong = b"OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n";
    let told = scene.data(PORTS, 0, &[&wrong[..], OK].concat());
    assert_eq!(told, ["2: OPTIONS, Content-Length missing", "2: 200"]);
}

#[test]
fn octets_that_were_not_captured_are_told_and_reading_goes_on() {
    let mut scene = Scene::new();
    scene.syn(PORTS);
    scene.syn(BACK);
    assert_eq!(scene.data(PORTS, 0, &OPTIONS[..30]), NOTHING);
    let rest = [&OPTIONS[40..], b"\r\n", OK].concat();
    assert_eq!(scene.data(PORTS, 40, &rest), NOTHING);
    let acknowledgment = Segment {
        acknowledgment: Some(72),
        ..PLAIN
    };
    let told = [
        "4: 200",
        "3-4: (10 octets missing, after 30 of a message)",
        "4: (8 octets until the next message)",
    ];
    assert_eq!(scene.segment(BACK, acknowledgment, b""), NOTHING);
    scene.pass(MAX_LATE);
    assert_eq!(scene.segment(BACK, acknowledgment, b""), told);
    assert_eq!(scene.data(PORTS, 72, OPTIONS), ["7: OPTIONS"]);
    // Without a word from the other side it is told in the end.
    assert_eq!(scene.data(PORTS, 200, OPTIONS), NOTHING);
    assert_eq!(scene.finish(), ["8: OPTIONS", "7-8: (82 octets missing)"]);
}

#[test]
fn what_a_snap_length_cut_off_is_missing_and_reading_goes_on() {
    let mut scene = Scene::new();
    scene.syn(PORTS);
    let told = scene.cut_data(PORTS, 0, &OPTIONS[..30], 16);
    assert_eq!(told, ["2: (16 octets missing, after 30 of a message)"]);
    assert_eq!(scene.data(PORTS, 46, OK), ["3: 200"]);
}

/// RFC 6733 §3: the length is of one message.
#[test]
fn a_length_of_diameter_that_lies_costs_no_other_message() {
    let mut scene = Scene::new();
    scene.syn(PORTS);
    let mut broken = DWR.to_vec();
    broken[1] = 0x0f;
    let length = DWR.len() as u32;
    assert_eq!(scene.data(PORTS, 0, &broken), NOTHING);
    let told = scene.data(PORTS, length, DWR);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("2-3: 32 octets, another message begins"),
        "{told:?}"
    );
    assert_eq!(told[1], "3: DWR");
    assert_eq!(scene.data(PORTS, 2 * length, DWR), ["4: DWR"]);
}

#[test]
fn a_segment_captured_after_its_acknowledgment_is_read() {
    let mut scene = Scene::new();
    scene.syn(PORTS);
    assert_eq!(scene.data(PORTS, 30, &OPTIONS[30..]), NOTHING);
    let acknowledgment = Segment {
        acknowledgment: Some(OPTIONS.len() as u32),
        ..PLAIN
    };
    assert_eq!(scene.segment(BACK, acknowledgment, b""), NOTHING);
    assert_eq!(scene.data(PORTS, 0, &OPTIONS[..30]), ["2-4: OPTIONS"]);
}

/// RFC 9293 §3.10.7.4, RFC 5961: the other side does not believe them either.
#[test]
fn ends_and_beginnings_of_other_numbers_cost_no_message() {
    let (far, before) = (900_000_000, u32::MAX - 500);
    let segment = |sequence| Segment { sequence, ..PLAIN };
    for stray in [
        Segment {
            rst: true,
            ..segment(5_000_000)
        },
        Segment {
            rst: true,
            ..segment(7)
        },
        Segment {
            fin: true,
            ..segment(before)
        },
        Segment {
            fin: true,
            ..segment(far)
        },
        Segment {
            syn: true,
            ..segment(before)
        },
        Segment {
            syn: true,
            ..segment(far)
        },
    ] {
        let mut scene = Scene::new();
        scene.syn(PORTS);
        assert_eq!(scene.data(PORTS, 0, &OPTIONS[..30]), NOTHING);
        assert_eq!(scene.segment(PORTS, stray, b""), NOTHING);
        let told = scene.data(PORTS, 30, &OPTIONS[30..]);
        assert_eq!(told, ["2-4: OPTIONS"], "{stray:?}");
    }
}

/// RFC 9293 §3.8.4: an octet that was sent before, or any other, asks whether the peer lives.
#[test]
fn a_keep_alive_before_the_first_message_is_no_part_of_it() {
    for ports in [PORTS, (9, 5060), (9, 3868)] {
        for probe in [b"\0", b"\xff", b"\n", b"\x01", b"("] {
            for (message, label) in [(OK, "2: 200"), (DWR, "2: DWR")] {
                let mut scene = Scene::new();
                assert_eq!(scene.data(ports, 6, probe), NOTHING);
                let told = scene.data(ports, 7, message);
                assert_eq!(told[0], label, "{ports:?} {probe:?}");
                assert!(told.len() <= 2, "{told:?}");
            }
        }
        // A message may come in single octets all the same.
        let mut scene = Scene::new();
        assert_eq!(scene.data(ports, 0, &OPTIONS[..1]), NOTHING);
        assert_eq!(scene.data(ports, 1, &OPTIONS[1..]), ["1-2: OPTIONS"]);
    }
}

#[test]
fn a_capture_may_begin_within_a_stream() {
    // Where a protocol is expected: the next start is looked for in all octets.
    let mut scene = Scene::new();
    let ports = (9, 5060);
    let told = scene.data(ports, 7, &[b"rest of it\r\n", OK].concat());
    assert_eq!(told, ["1: 200", "1: (12 octets until the next message)"]);
    let mut scene = Scene::new();
    let ports = (9, 3868);
    let told = scene.data(ports, 7, &[&DWR[4..], DWR].concat());
    assert_eq!(told, ["1: DWR", "1: (28 octets until the next message)"]);
    // Elsewhere a segment that begins as a message does begins one.
    for (message, label) in [(OK, "200"), (DWR, "DWR")] {
        let mut scene = Scene::new();
        assert_eq!(scene.data(PORTS, 0, &message[3..]), NOTHING);
        let at = message.len() as u32 - 3;
        assert_eq!(scene.data(PORTS, at, message), [format!("2: {label}")]);
    }
}

#[test]
fn a_stream_that_ends_within_a_message_is_told() {
    let fin = Segment {
        sequence: 10,
        fin: true,
        ..PLAIN
    };
    let mut scene = Scene::new();
    scene.syn(PORTS);
    assert_eq!(
        scene.data(PORTS, 0, &[OK, &OPTIONS[..30]].concat()),
        ["2: 200"]
    );
    let end = Segment {
        sequence: 54,
        ..fin
    };
    let incomplete = "2: (the stream ends after 30 octets of a message)";
    assert_eq!(scene.segment(PORTS, end, b""), [incomplete]);
    assert_eq!(scene.finish(), NOTHING);
    // Another connection on the same ports, and the end of the capture.
    let mut scene = Scene::new();
    scene.syn(PORTS);
    assert_eq!(
        scene.data(PORTS, 0, &[DWR, &DWR[..30]].concat()),
        ["2: DWR"]
    );
    let again = Segment {
        sequence: 7_000,
        syn: true,
        ..PLAIN
    };
    assert_eq!(scene.segment(PORTS, again, b""), NOTHING);
    assert_eq!(
        scene.data(PORTS, 7_001, &[DWR, b"\x01\0"].concat()),
        ["4: DWR", incomplete]
    );
    assert_eq!(
        scene.finish(),
        ["4: (the stream ends after 2 octets of a message)"]
    );
}

/// A handshake message that begins with version and random, in a record.
fn hello(kind: u8, rest: &[u8]) -> Vec<u8> {
    let body = [b"\x03\x03", &[7; 32][..], rest].concat();
    let mut octets = vec![22, 3, 1, 0, body.len() as u8 + 4];
    octets.extend([kind, 0, 0, body.len() as u8]);
    octets.extend(body);
    octets
}

#[test]
fn tls_is_told_where_a_protocol_is_expected_and_counted_elsewhere() {
    // No session, TLS_AES_128_GCM_SHA256, no compression; of the server supported_versions, 1.3.
    let client = hello(1, b"\x00\x00\x02\x13\x01\x01\x00");
    let server = hello(2, b"\x00\x13\x01\x00\x00\x06\x00\x2b\x00\x02\x03\x04");
    let no_key =
        "4: (TLS, no key: give --key-log what the client or the server wrote to SSLKEYLOGFILE)";
    for (port, told) in [(5061, vec![no_key]), (443, vec![])] {
        let mut scene = Scene::new();
        scene.syn((100, port));
        // Both in two segments.
        assert_eq!(scene.data((100, port), 0, &client[..20]), NOTHING);
        let end = client.len() as u32;
        assert_eq!(scene.data((100, port), 20, &client[20..]), NOTHING);
        assert_eq!(scene.data((port, 100), 0, &server), told);
        // Nothing of what follows, in whichever direction, is looked at.
        assert_eq!(
            scene.data((port, 100), server.len() as u32, OPTIONS),
            NOTHING
        );
        assert_eq!(scene.data((100, port), end, OK), NOTHING);
        assert_eq!(scene.data((100, port), end + 99, OK), NOTHING);
        assert_eq!(scene.finish(), NOTHING);
        assert_eq!(scene.reader.counts().tls, 1);
        assert_eq!(scene.reader.counts().tls_without_key, 1);
        // The next connection on these ports is another.
        scene.syn((100, port));
        assert_eq!(scene.data((100, port), 0, OK), ["9: 200"]);
    }
}

#[test]
fn tls_that_began_before_the_capture_is_told() {
    let told = "TLS whose hellos were not both captured: capture from the connection's beginning";
    for (port, told) in [(5061, vec![format!("1: ({told})")]), (443, vec![])] {
        let mut scene = Scene::new();
        assert_eq!(
            scene.data((100, port), 500, b"\x17\x03\x03\x00\x20abc"),
            told
        );
        assert_eq!(
            scene.data((port, 100), 900, b"\x17\x03\x03\x00\x20abc"),
            NOTHING
        );
        assert_eq!(scene.finish(), NOTHING);
        assert_eq!(scene.reader.counts().tls, 1);
    }
}

#[test]
fn several_captures_are_read_as_their_packets_come() {
    let mut scene = Scene::with(Reader::as_they_come(Limits::default()));
    scene.syn(PORTS);
    assert_eq!(scene.data(PORTS, 900, &DWR[..10]), NOTHING);
    assert_eq!(scene.data(PORTS, 100, &DWR[10..]), ["2-3: DWR"]);
    assert_eq!(scene.data(PORTS, 100, &DWR[..10]), NOTHING);
    let rst = Segment { rst: true, ..PLAIN };
    let told = ["4: (the stream ends after 10 octets of a message)"];
    assert_eq!(scene.segment(PORTS, rst, b""), told);
    assert_eq!(scene.data(PORTS, 5, DWR), ["6: DWR"]);
}
