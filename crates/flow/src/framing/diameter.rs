//! Diameter messages out of one direction of a TCP connection.

use bytes::BytesMut;
use diameter_codec::{HEADER_LEN, frame_length};

use super::Cut;
use crate::content::{Look, look};

/// Octets that show the start of a message in the middle of garbage: the header and the first AVP's code.
const SIGNATURE: usize = HEADER_LEN + 4;

/// Code, flags and length (RFC 6733 §4.1).
const AVP_HEADER: usize = 8;

/// What one message after another begins with: Session-Id, Origin-Host, or in the answers of the base protocol
/// Result-Code (RFC 6733 §3.2, §5.3, §5.5).
const FIRST_AVPS: [u32; 3] = [263, 264, 268];

/// A stream being cut into messages.
///
/// Holds less than [`diameter_codec::MAX_MESSAGE`] octets between calls: a longer message is garbage.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    held: BytesMut,
    /// Garbage came last: the next message has to show more than a length to be believed.
    lost: bool,
    /// Where the AVPs of the message that is held lead so far.
    avps: usize,
    /// Where a run of octets begins as a message does, amid the one that is held.
    begins: Option<usize>,
}

impl Framer {
    /// For a stream that may begin within a message.
    pub(crate) fn lost() -> Framer {
        Framer {
            lost: true,
            ..Framer::default()
        }
    }

    /// Takes the next octets.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        if self.begins.is_none() && !self.held.is_empty() && is_signature(octets) {
            self.begins = Some(self.held.len());
        }
        self.held.extend_from_slice(octets);
    }

    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// Drops what there is of a message whose rest will not come; how many octets that were.
    pub(crate) fn lose(&mut self) -> usize {
        let held = self.held.len();
        *self = Framer::lost();
        held
    }

    /// Whether the message that is held ends at a place, whatever its length says: its AVPs lead there, where another
    /// message begins, or lead nowhere. What begins as a message within an AVP is its data; and no AVP begins as a message
    /// does, since none has a code above 2²⁴ and a command's number for its length.
    fn is_broken_at(&mut self, place: usize) -> bool {
        self.avps = self.avps.max(HEADER_LEN);
        while self.avps < place {
            let Some(&[a, b, c]) = self.held.get(self.avps + 5..self.avps + 8) else {
                return true;
            };
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            if length < AVP_HEADER {
                return true;
            }
            self.avps += length.next_multiple_of(4);
        }
        self.avps == place
    }

    /// What has come.
    pub(crate) fn next(&mut self) -> Option<Cut> {
        if self.held.is_empty() {
            // What is left of the block belongs to the last message.
            self.held = BytesMut::new();
            return None;
        }
        match begin(&self.held, self.lost) {
            Begin::Message(length) => {
                if let Some(place) = self.begins.take().filter(|&place| place < length)
                    && self.is_broken_at(place)
                {
                    (self.lost, self.avps) = (false, 0);
                    return Some(Cut::Refused {
                        head: self.held.split_to(place).freeze(),
                        reason: "another message begins before the end that its length says",
                    });
                }
                if self.held.len() < length {
                    return None;
                }
                (self.lost, self.avps) = (false, 0);
                Some(Cut::Message(self.held.split_to(length).freeze()))
            }
            Begin::TooShortToSay => None,
            Begin::No => {
                self.lost = true;
                self.begins = None;
                let next = (1..self.held.len())
                    .find(|&at| !matches!(begin(&self.held[at..], true), Begin::No));
                let garbage = next.unwrap_or(self.held.len());
                Some(Cut::Garbage(self.held.split_to(garbage).freeze()))
            }
        }
    }
}

/// Whether a run begins with a header and the first AVP of a message.
fn is_signature(octets: &[u8]) -> bool {
    look(octets) == Look::Diameter && matches!(begin(octets, true), Begin::Message(_))
}

enum Begin {
    /// A message of this length.
    Message(usize),
    TooShortToSay,
    No,
}

/// Whether a message begins here.
fn begin(octets: &[u8], after_garbage: bool) -> Begin {
    let length = match frame_length(octets) {
        Ok(Some(length)) => length,
        Ok(None) => return Begin::TooShortToSay,
        Err(_) => return Begin::No,
    };
    if !after_garbage {
        return Begin::Message(length);
    }
    match octets.first_chunk::<SIGNATURE>() {
        // The last four flags are reserved and zero (RFC 6733 §3).
        Some(head) if head[4] & 0x0f == 0 && FIRST_AVPS.contains(&first_avp(head)) => {
            Begin::Message(length)
        }
        Some(_) => Begin::No,
        None => Begin::TooShortToSay,
    }
}

fn first_avp(head: &[u8; SIGNATURE]) -> u32 {
    let [.., a, b, c, d] = *head;
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use diameter_codec::MAX_MESSAGE;

    /// A DWR (RFC 6733 §5.5.1) of the given length, its Origin-Host filled with `x`.
    fn watchdog(length: u32) -> Vec<u8> {
        let mut message = vec![1, 0, 0, 0, 0x80, 0, 1, 0x18];
        message[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
        message.extend([0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 7]);
        message.extend([0, 0, 1, 8, 0x40]);
        message.extend(&(length - 20).to_be_bytes()[1..]);
        message.resize(length as usize, b'x');
        message
    }

    /// The lengths of messages, and below zero those of garbage.
    fn taken(reader: &mut Framer, octets: &[u8]) -> Vec<isize> {
        reader.push(octets);
        let length = |cut: Cut| match cut {
            Cut::Message(octets) => octets.len() as isize,
            Cut::Garbage(octets) => -(octets.len() as isize),
            Cut::Refused { .. } => panic!("of Diameter no message is refused here"),
        };
        std::iter::from_fn(|| reader.next()).map(length).collect()
    }

    #[test]
    fn messages_are_found_however_the_stream_is_cut() {
        let stream = [watchdog(64), watchdog(28), watchdog(1000)].concat();
        for cut in [1, 3, 7, 19, 20, 21, 64, 65, 500, 2000] {
            let mut reader = Framer::default();
            let found: Vec<isize> = stream
                .chunks(cut)
                .flat_map(|chunk| taken(&mut reader, chunk))
                .collect();
            assert_eq!(found, [64, 28, 1000], "chunks of {cut}");
            assert!(reader.held.is_empty());
        }
    }

    #[test]
    fn garbage_is_passed_over_to_the_next_message() {
        let mut reader = Framer::default();
        let stream = [b"GET / HTTP/1.1\r\n\x01\x00\x00".to_vec(), watchdog(64)].concat();
        assert_eq!(taken(&mut reader, &stream), [-19, 64]);
        assert_eq!(taken(&mut reader, &watchdog(28)), [28]);
    }

    #[test]
    fn garbage_in_single_octets_is_as_good() {
        let mut reader = Framer::default();
        let stream = [b"\xff\x01\x01\x00".to_vec(), watchdog(64)].concat();
        let (messages, garbage): (Vec<isize>, Vec<isize>) = stream
            .iter()
            .flat_map(|octet| taken(&mut reader, &[*octet]))
            .partition(|&length| length > 0);
        assert_eq!(messages, [64]);
        assert_eq!(garbage.iter().sum::<isize>(), -4);
    }

    #[test]
    fn a_length_that_no_message_has_is_garbage() {
        let mut reader = Framer::default();
        for length in [0, 19, 22, MAX_MESSAGE as u32 + 4, 0x00ff_fffc] {
            let mut broken = watchdog(64);
            broken[1..4].copy_from_slice(&length.to_be_bytes()[1..]);
            let found = taken(&mut reader, &[broken, watchdog(28)].concat());
            assert_eq!(found, [-64, 28], "length {length}");
        }
    }

    /// RFC 6733 §3: the length is of the whole message; of one that lies the next messages tell.
    #[test]
    fn a_length_that_lies_costs_its_message_alone() {
        let good = watchdog(64);
        for lie in [68, 100, 1_000, MAX_MESSAGE as u32 - 4] {
            let mut broken = good.clone();
            broken[1..4].copy_from_slice(&lie.to_be_bytes()[1..]);
            let mut reader = Framer::default();
            reader.push(&broken);
            assert_eq!(reader.next(), None);
            reader.push(&good);
            let cut = reader.next();
            assert!(
                matches!(&cut, Some(Cut::Refused { head, .. }) if *head == broken),
                "{lie}: {cut:?}"
            );
            assert_eq!(taken(&mut reader, &good), [64, 64]);
            assert!(reader.held.is_empty());
        }
    }

    /// A message within an AVP of another, in a segment of its own.
    #[test]
    fn what_looks_like_a_message_within_an_avp_is_its_data() {
        for length in [200, 10_000, MAX_MESSAGE as u32] {
            let mut message = watchdog(length);
            for at in [28, 92, 156] {
                let inner = watchdog((length - at as u32).min(64) & !3);
                message[at..at + inner.len()].copy_from_slice(&inner);
            }
            let mut reader = Framer::default();
            assert_eq!(taken(&mut reader, &message[..28]), [0; 0]);
            assert_eq!(taken(&mut reader, &message[28..92]), [0; 0]);
            assert_eq!(taken(&mut reader, &message[92..156]), [0; 0]);
            assert_eq!(taken(&mut reader, &message[156..]), [length as isize]);
            assert_eq!(taken(&mut reader, &message), [length as isize]);
        }
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut reader = Framer::default();
        let endless = vec![0x01; 1000];
        for _ in 0..2000 {
            taken(&mut reader, &endless);
            assert!(reader.held.len() < MAX_MESSAGE);
        }
        let mut reader = Framer::default();
        taken(
            &mut reader,
            &watchdog(MAX_MESSAGE as u32)[..MAX_MESSAGE - 1],
        );
        assert_eq!(reader.held.len(), MAX_MESSAGE - 1);
        assert_eq!(taken(&mut reader, b"x"), [MAX_MESSAGE as isize]);
    }

    #[test]
    fn after_a_loss_a_message_must_show_more_than_a_length() {
        for mut reader in [Framer::lost(), Framer::default()] {
            taken(&mut reader, &watchdog(64)[..50]);
            assert!(reader.lose() <= 50);
            let plain_length = [1, 0, 0, 24, 0xff, 0, 1, 1];
            let stream = [&plain_length[..], &[0xff; 20], &watchdog(28)].concat();
            assert_eq!(taken(&mut reader, &stream), [-28, 28]);
        }
    }
}
