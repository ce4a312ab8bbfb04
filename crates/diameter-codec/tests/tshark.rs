//! The same messages through Wireshark's dissector and through ours: right ones made from the dictionaries, and the
//! same with octets changed or AVPs doubled. What differs stands in two tables of the README, and only that may differ.

mod frames;
mod random;

use std::collections::BTreeSet;
use std::process::Command as Process;

use diameter_codec::{AvpCode, Avps, Command, DataType, ResultCode, definition};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Messages of each command, right and broken ones.
const EACH: usize = 100;

/// One AVP as either sees it: code, vendor, flags, length.
type Seen = (u32, u32, u8, usize);

/// What tshark says of one message.
#[derive(Debug, Default)]
struct Dissected {
    avps: Vec<Seen>,
    experts: Vec<String>,
}

impl Dissected {
    fn says(&self, start: &str) -> bool {
        self.experts.iter().any(|expert| expert.starts_with(start))
    }
}

/// Random messages of every command, the same each time.
fn messages() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut runner = TestRunner::deterministic();
    let (mut right, mut broken) = (Vec::new(), Vec::new());
    for (dictionary, command) in random::commands() {
        let content = (
            random::header_flags(command),
            random::content(&command.members),
        );
        let changes = proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4);
        for at in 0..EACH {
            let tree = (&content, &changes).new_tree(&mut runner).expect("a tree");
            let ((flags, mut content), changes) = tree.current();
            without_foreign(&mut content);
            // Reserved flags are another matter, which the tests of RFC 6733 §3 look at.
            let flags = flags & 0xf0;
            let frame = random::frame(command, dictionary.application, flags, &content);
            let mut other = frame.clone();
            for (at, octet) in changes {
                // The header stays: it says where the message ends and what it is.
                let at = 20 + at.index(other.len() - 20);
                other[at] = octet;
            }
            right.push(frame);
            broken.push(other);
            // Everything there is once more: too many of what may stand once.
            if at % 10 == 0 {
                for nodes in &mut content {
                    nodes.extend_from_within(..);
                }
                let doubled = random::frame(command, dictionary.application, flags, &content);
                broken.push(doubled);
            }
        }
    }
    (right, broken)
}

/// Takes out known AVPs where the grammar does not name them, which are carried here and not looked into.
fn without_foreign(content: &mut random::Content) {
    for nodes in content.iter_mut() {
        nodes.retain(random::Node::is_at_home);
        for node in nodes {
            if let random::Value::Group(content) = &mut node.value {
                without_foreign(content);
            }
        }
    }
}

/// A capture whose packets are Diameter messages without anything around them: link type 252, where tags name the
/// protocol (`packet-exported_pdu.c`).
fn capture(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 1 << 20, 252] {
        file.extend(word.to_be_bytes());
    }
    for message in messages {
        let tags: &[u8] = b"\x00\x0c\x00\x08diameter\x00\x00\x00\x00";
        let length = (tags.len() + message.len()) as u32;
        for word in [0, 0, length, length] {
            file.extend(word.to_be_bytes());
        }
        file.extend(tags);
        file.extend(message);
    }
    file
}

/// tshark with the names of AVPs that its own dictionary lacks, laid over the file that its package has for them in a
/// mount namespace of this one command.
fn dissect(messages: &[Vec<u8>], name: &str) -> Vec<Dissected> {
    const ADDITIONS: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../pcaps/wireshark/cx-additions.xml"
    );
    const WITH_ADDITIONS: &str =
        "mount --bind \"$0\" /usr/share/wireshark/diameter/Custom.xml && exec tshark \"$@\"";
    const FIELDS: [&str; 5] = [
        "diameter.avp.code",
        "diameter.avp.vendorId",
        "diameter.avp.flags",
        "diameter.avp.len",
        "_ws.expert.message",
    ];
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, capture(messages)).expect("a file");
    let mut tshark = Process::new("unshare");
    tshark.args(["--mount", "--map-root-user", "sh", "-c", WITH_ADDITIONS]);
    tshark.args([ADDITIONS, "-r"]).arg(&path);
    tshark.args(["-T", "fields", "-E", "separator=|", "-E", "aggregator=;"]);
    for field in FIELDS {
        tshark.args(["-e", field]);
    }
    let output = tshark.output().expect("unshare, of util-linux");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8_lossy(&output.stdout);
    let dissected: Vec<_> = text.lines().map(line).collect();
    assert_eq!(dissected.len(), messages.len(), "{said}");
    dissected
}

fn line(line: &str) -> Dissected {
    let mut columns = line.splitn(5, '|').map(|column| {
        let values = column.split(';').filter(|value| !value.is_empty());
        values.map(str::to_owned).collect::<Vec<_>>()
    });
    let mut column = || columns.next().unwrap_or_default();
    let (codes, vendors, flags, lengths) = (column(), column(), column(), column());
    let number = |text: &String| match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).expect("a number"),
        None => text.parse().expect("a number"),
    };
    // A vendor stands only where the V bit is set.
    let mut vendors = vendors.iter().map(number);
    let avps = codes
        .iter()
        .zip(&flags)
        .zip(&lengths)
        .map(|((code, flags), length)| {
            let flags = number(flags) as u8;
            let vendor = match flags & 0x80 {
                0 => 0,
                _ => vendors.next().unwrap_or(0),
            };
            (number(code), vendor, flags, number(length) as usize)
        })
        .collect();
    Dissected {
        avps,
        experts: column(),
    }
}

/// Every AVP as we see it, a group before what is in it.
fn walk(avps: Avps<'_>, seen: &mut Vec<Seen>) {
    for avp in avps {
        let vendor = avp.code.vendor.0;
        let header = if avp.flags.0 & 0x80 == 0 { 8 } else { 12 };
        let length = header + avp.data.len();
        seen.push((avp.code.number, vendor, avp.flags.0, length));
        if definition(avp.code).is_some_and(|definition| definition.data == DataType::Grouped) {
            walk(avp.group(), seen);
        }
    }
}

/// The first column of the table below a heading of the README.
fn rows(heading: &str) -> Vec<&'static str> {
    let (_, below) = include_str!("../README.md")
        .split_once(heading)
        .expect("the heading");
    let lines = below.lines().skip_while(|line| !line.starts_with("| `"));
    lines
        .take_while(|line| line.starts_with("| `"))
        .map(|line| line.split('`').nth(1).expect("a row"))
        .collect()
}

/// What tshark says where it stops reading an AVP, or the message.
fn is_about_length(expert: &str) -> bool {
    ["Wrong AVP", "Bad ", "Malformed Packet"]
        .iter()
        .any(|start| expert.starts_with(start))
}

#[test]
fn what_differs_is_in_the_tables() {
    let theirs_only = rows("Wireshark warns, and it is read here");
    let ours_only = rows("Refused here, and Wireshark says nothing");
    let (right, broken) = messages();
    let all = right
        .iter()
        .zip(dissect(&right, "right.pcap"))
        .map(|pair| (true, pair))
        .chain(
            broken
                .iter()
                .zip(dissect(&broken, "broken.pcap"))
                .map(|pair| (false, pair)),
        );
    let (mut compared, mut strange) = (0, 0);
    let (mut used, mut unexplained) = (BTreeSet::new(), BTreeSet::new());
    for (is_right, (octets, theirs)) in all {
        let message = frames::message(octets.clone());
        let mut ours = Vec::new();
        walk(message.avps(), &mut ours);
        // Changed into one that Wireshark may know and we do not: there is nothing to compare.
        let changed = |seen: &Seen| {
            let code = AvpCode::new(seen.1, seen.0);
            definition(code).is_none() && seen.0 < random::UNKNOWN
        };
        if ours.iter().any(changed) {
            strange += 1;
            continue;
        }
        compared += 1;
        let gave_up = theirs.says("Malformed Packet");
        match gave_up {
            // The same AVPs as far as it went, but for the one that it gave up at.
            true => {
                let pairs = ours.iter().zip(&theirs.avps);
                let same = pairs.take_while(|(ours, theirs)| ours == theirs).count();
                assert!(same + 1 >= theirs.avps.len(), "{message}");
            }
            false => assert_eq!(ours, theirs.avps, "{message}"),
        }
        let Err(error) = Command::decode(&message) else {
            // Read here: everything that it says is explained.
            assert!(!theirs.says("Wrong AVP"), "{message}");
            for expert in &theirs.experts {
                let row = theirs_only.iter().find(|row| expert.starts_with(**row));
                match row {
                    Some(row) => used.insert(*row),
                    None => unexplained.insert(format!("read: {expert}")),
                };
            }
            continue;
        };
        assert!(!is_right, "{error}: {message}");
        let code = error.result_code().to_string();
        match theirs.experts.iter().any(|expert| is_about_length(expert)) {
            true => {}
            false => {
                let is_address = error
                    .path()
                    .last()
                    .and_then(definition)
                    .is_some_and(|definition| definition.data == DataType::Address);
                let length = error.result_code() == ResultCode::INVALID_AVP_LENGTH;
                assert!(is_address || !length, "{error}: {message}");
                let row = ours_only.iter().find(|row| code.starts_with(**row));
                match row {
                    Some(row) => used.insert(*row),
                    None => unexplained.insert(format!("refused: {error}")),
                };
            }
        }
    }
    assert!(compared > 5 * strange, "{compared} {strange}");
    assert_eq!(unexplained, BTreeSet::new());
    // No row is there for nothing.
    let rows: BTreeSet<_> = theirs_only.into_iter().chain(ours_only).collect();
    assert_eq!(used, rows);
}
