//! The faults in what was said: whatever was said, and however little may be remembered of it.

use flow::check::{MAX_TEXT, Memory, Report};
use flow::{Checker, Limits, Nodes, Reader};

use crate::spoken;

/// What a few nodes say to each other, as of [`spoken::packets`].
pub fn flow_check(octets: &[u8]) {
    let scarce = Memory {
        exchanges: 2,
        senders: 1,
        accepted: 1,
        subscriptions: 1,
        registrants: 1,
        end_to_end: 2,
        assignments: 1,
        waiting: 1,
        findings: 3,
    };
    check(octets, scarce);
    let all = check(octets, Memory::default());
    assert_eq!((all.forgotten, all.more.len()), (0, 0));
}

fn check(octets: &[u8], memory: Memory) -> Report {
    let packets = spoken::packets(octets);
    let mut reader = Reader::as_they_come(Limits::default());
    let mut nodes = Nodes::new([]);
    let mut checker = Checker::new(memory);
    for packet in &packets {
        for event in reader.read(packet, &mut nodes) {
            checker.take(&event);
        }
        for notice in reader.take_notices() {
            checker.take_notice(&notice);
        }
    }
    for event in reader.finish(&mut nodes) {
        checker.take(&event);
    }
    for notice in reader.take_notices() {
        checker.take_notice(&notice);
    }
    let report = checker.finish();
    assert!(report.findings.len() <= memory.findings);
    for pair in report.findings.windows(2) {
        assert!(pair[0].packets.first <= pair[1].packets.first);
    }
    for finding in &report.findings {
        assert!(finding.packets.first >= 1);
        assert!(finding.packets.last <= packets.len() as u64, "{finding:?}");
        assert!(!finding.text.is_empty());
        assert!(finding.text.len() <= MAX_TEXT);
    }
    report
}
