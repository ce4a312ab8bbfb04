//! The same captures as Wireshark's tools write and number them; they are needed.

use std::path::Path;
use std::process::Command;

use capture::{Reader, Record};

use crate::file::{Given, IP_UDP, Order};

fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program}, of Wireshark: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// Octets as text2pcap reads them.
fn hexadecimal(octets: &[u8]) -> String {
    let lines = octets.chunks(16).enumerate().map(|(line, octets)| {
        let octets: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        format!("{:06x} {}\n", line * 16, octets.join(" "))
    });
    lines.collect()
}

#[test]
fn what_text2pcap_and_editcap_write_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("hello.txt"), hexadecimal(b"hello")).expect("a file");
    for addresses in ["192.0.2.1,192.0.2.2", "2001:db8::1,2001:db8::2"] {
        let flag = match addresses.contains("::") {
            true => "-6",
            false => "-4",
        };
        for carried in ["-u", "-T"] {
            let made = [flag, addresses, carried, "5060,5061", "hello.txt", "made"];
            run("text2pcap", &[&["-q"][..], &made].concat(), folder.path());
            // Every format that editcap can turn one into and that has these packets.
            for format in ["pcapng", "pcap", "nsecpcap"] {
                run("editcap", &["-F", format, "made", "turned"], folder.path());
                let given = Given::by(&std::fs::read(path("turned")).expect("a file"));
                assert_eq!(given.payloads(), [b"hello"], "{format} {made:?}");
                assert_eq!(given.packets[0].from.port(), 5060);
            }
            run(
                "editcap",
                &["-F", "modpcap", "made", "turned"],
                folder.path(),
            );
            let modified = std::fs::read(path("turned")).expect("a file");
            let error = Reader::new(&modified[..]).next_record();
            assert!(matches!(error, Err(capture::ReadError::Modified)));
        }
        // One merged with itself, cut short behind the headers.
        run("mergecap", &["-w", "merged", "made", "made"], folder.path());
        run("editcap", &["-s", "75", "merged", "cut"], folder.path());
        let given = Given::by(&std::fs::read(path("cut")).expect("a file"));
        let whole = Given::by(&std::fs::read(path("merged")).expect("a file"));
        assert_eq!(whole.numbers(), ["1", "2"]);
        match flag {
            "-6" => {
                let told =
                    |packet| format!("packet {packet}: cut short: 75 of 79 octets were captured");
                assert_eq!(given.faults, [told(1), told(2)]);
            }
            _ => assert_eq!(given.payloads(), [b"hello"; 2]),
        }
    }
}

#[test]
fn packets_have_the_numbers_that_wireshark_gives_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let order = Order::Little;
    let length = order.u32(IP_UDP.len() as u32);
    let old = [&[0; 12][..], &length, &length, &IP_UDP].concat();
    let custom = [&order.u32(32_473)[..], b"data"].concat();
    let good = || order.packet(0, 1, &IP_UDP, &[]);
    let file = [
        order.section(),
        order.interface(101, &[]),
        good(),
        order.block(0x0BAD, &custom),
        order.simple_packet(&IP_UDP, IP_UDP.len() as u32),
        order.block(0x4000_0BAD, &custom),
        order.block(2, &old),
        order.block(9, b"__REALTIME_TIMESTAMP=5\nMESSAGE=hello\n"),
        good(),
        order.block(
            10,
            &[order.u32(0x544c_534b), order.u32(4), *b"none"].concat(),
        ),
        order.block(5, &[0; 12]),
        order.block(0x7777, b"unknown!"),
        good(),
    ];
    let path = folder.path().join("file");
    std::fs::write(&path, file.concat()).expect("a file");
    let fields = ["-T", "fields", "-e", "frame.number", "-Y", "udp"];
    let shown = run(
        "tshark",
        &[&["-r", "file"][..], &fields].concat(),
        folder.path(),
    );
    let theirs: Vec<&str> = shown.lines().collect();
    let mut reader = Reader::new(std::fs::File::open(path).expect("a file"));
    let mut ours = Vec::new();
    while let Some(record) = reader.next_record().expect("well-formed") {
        if let Record::Packet(packet) = record {
            ours.push(packet.numbers.to_string());
        }
    }
    assert_eq!(ours, theirs);
    assert_eq!(ours, ["1", "3", "5", "7", "8"]);
}
