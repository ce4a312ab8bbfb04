//! Captures: pcapng and pcap, and the headers of link, IP, UDP and TCP in them.

use capture::{Decoder, MAX_BLOCK, Numbers, Record};

/// A file; the first octet says how it comes in pieces.
pub fn capture_file(octets: &[u8]) {
    let Some((step, file)) = octets.split_first() else {
        return;
    };
    let whole = read(file, file.len().max(1));
    assert_eq!(whole, read(file, usize::from(*step) + 1));
    if file.len() <= 512 {
        assert_eq!(whole, read(file, 1));
    }
}

/// What is in it as text, and how it ended.
fn read(file: &[u8], step: usize) -> (Vec<String>, String) {
    let mut decoder = Decoder::new();
    let mut records = Vec::new();
    for piece in file.chunks(step) {
        decoder.feed(piece);
        loop {
            match decoder.next_record() {
                Ok(Some(record)) => {
                    let numbers = match &record {
                        Record::Packet(packet) => {
                            assert!(packet.payload.len() <= MAX_BLOCK.min(file.len()));
                            assert!(packet.numbers.first >= 1);
                            packet.numbers
                        }
                        Record::Fault(fault) => Numbers::one(fault.packet),
                        Record::Secrets(_) => Numbers::one(decoder.packets()),
                    };
                    assert!(numbers.first <= numbers.last);
                    assert!(numbers.last <= decoder.packets());
                    records.push(format!("{record:?}"));
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(decoder.next_packet().is_err(), "read on after {error}");
                    return (records, error.to_string());
                }
            }
        }
    }
    let boundary = decoder.is_at_boundary();
    let ended = format!(
        "{} packets, {:?}, at a boundary: {boundary}, {:?}",
        decoder.packets(),
        decoder.passed_over(),
        decoder.finish()
    );
    (records, ended)
}
