//! Captures: pcapng and pcap, and the headers of link, IP, UDP and TCP in them.

use capture::{Decoder, MAX_BLOCK};

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

/// The packets as text, and how it ended.
fn read(file: &[u8], step: usize) -> (Vec<String>, String) {
    let mut decoder = Decoder::new();
    let mut packets = Vec::new();
    for piece in file.chunks(step) {
        decoder.feed(piece);
        loop {
            match decoder.next_packet() {
                Ok(Some(packet)) => {
                    assert!(packet.payload.len() <= MAX_BLOCK.min(file.len()));
                    packets.push(format!("{packet:?}"));
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(decoder.next_packet().is_err(), "read on after {error}");
                    return (packets, error.to_string());
                }
            }
        }
    }
    let ended = format!(
        "{} passed over, at a boundary: {}",
        decoder.passed_over(),
        decoder.is_at_boundary()
    );
    (packets, ended)
}
