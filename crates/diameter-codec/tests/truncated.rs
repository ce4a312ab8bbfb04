//! A real SAR and SAA cut off at every octet: an error, and never a value that was not there (RFC 6733 §3, §4.1).

mod frames;

use bytes::{Bytes, BytesMut};
use diameter_codec::{Command, FrameError, Message, frame_length};

fn both() -> [Bytes; 2] {
    [
        frames::hex(include_str!("frames/sar.hex")),
        frames::hex(include_str!("frames/saa.hex")),
    ]
}

/// Where AVPs end, by the lengths in the octets.
fn ends(octets: &[u8]) -> Vec<usize> {
    let mut ends = vec![20];
    let mut at = 20;
    while at < octets.len() {
        let length = u32::from_be_bytes([0, octets[at + 5], octets[at + 6], octets[at + 7]]);
        at += (length as usize).next_multiple_of(4);
        ends.push(at);
    }
    ends
}

/// The stream ends early: the message is never taken for whole.
#[test]
fn with_the_length_as_it_was() {
    for octets in both() {
        for cut in 0..octets.len() {
            let cut_off = octets.slice(..cut);
            let length = match cut {
                0..4 => None,
                _ => Some(octets.len()),
            };
            assert_eq!(frame_length(&cut_off), Ok(length));
            let error = Message::parse(cut_off).expect_err("not whole");
            assert!(matches!(error, FrameError::Incomplete { .. }), "{cut}");
        }
    }
}

/// The header says what is there: between AVPs what is left is read as it was, or misses something; within an AVP the
/// length of that AVP is wrong.
#[test]
fn with_a_length_that_says_so() {
    for octets in both() {
        let ends = ends(&octets);
        let (mut read, mut missed, mut broken) = (0, 0, 0);
        for cut in 20..octets.len() {
            let mut cut_off = octets[..cut].to_vec();
            cut_off[1..4].copy_from_slice(&(cut as u32).to_be_bytes()[1..]);
            let message = match Message::parse(cut_off.clone().into()) {
                Ok(message) => message,
                Err(error) => {
                    // RFC 6733 §3: a multiple of four.
                    assert_eq!(error, FrameError::Length(cut as u32));
                    assert_ne!(cut % 4, 0);
                    continue;
                }
            };
            assert_eq!(cut % 4, 0);
            match (Command::decode(&message), ends.contains(&cut)) {
                (Ok(command), true) => {
                    let mut written = BytesMut::new();
                    command.encode(message.header(), &mut written);
                    assert_eq!(written, cut_off, "{cut}");
                    read += 1;
                }
                (Err(error), true) => {
                    assert_eq!(error.result_code().0, 5005, "{cut}: {error}");
                    missed += 1;
                }
                (Err(error), false) => {
                    assert_eq!(error.result_code().0, 5014, "{cut}: {error}");
                    broken += 1;
                }
                (Ok(command), false) => panic!("{cut}: {command:?}"),
            }
        }
        assert!(
            read >= 5 && missed >= 5 && broken > 100,
            "{read} {missed} {broken}"
        );
    }
}

/// Cut within groups, the lengths around adjusted: every AVP that is still read is one that was there.
#[test]
fn within_groups() {
    for octets in both() {
        let whole = Message::parse(octets.clone()).expect("a frame");
        let mut before = octets[..20].to_vec();
        for avp in whole.avps() {
            let (code, flags, vendor) = (avp.code.number, avp.flags.0, avp.code.vendor.0);
            let ending_with = |data: &[u8]| {
                let mut message = before.clone();
                message.extend(frames::avp(code, flags, vendor, data));
                let length = message.len() as u32;
                message[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
                frames::message(message)
            };
            for cut in 0..avp.data.len() {
                let message = ending_with(&avp.data[..cut]);
                // Either it is refused, or what is written is what came. Failed-AVP repeats what is broken, to the octet.
                if let Ok(command) = Command::decode(&message) {
                    let mut written = BytesMut::new();
                    command.encode(message.header(), &mut written);
                    // The last AVP of a group may lack its padding, which is written.
                    let end = cut.next_multiple_of(4).min(avp.data.len());
                    let padded = avp.data[cut..end].iter().all(|octet| *octet == 0);
                    let whole = ending_with(&avp.data[..if padded { end } else { cut }]);
                    let came = [&message.octets()[..], &whole.octets()[..]];
                    assert!(
                        came.contains(&&*written),
                        "{} at {cut}: {written:?}",
                        avp.code
                    );
                }
            }
            before.extend(frames::avp(
                avp.code.number,
                avp.flags.0,
                avp.code.vendor.0,
                avp.data,
            ));
        }
        assert_eq!(before, octets);
    }
}
